"""Telegram by hand: what is typed is said to the bot, and what it answers is printed."""

import argparse
import asyncio
import sys

from tests.platforms.telegram.people import Person
from tests.platforms.telegram.server import TOKEN, TelegramServer


async def _talk(server: TelegramServer, person: Person) -> None:
    """Say every line of standard input as the person; ``!label`` presses."""
    say = sys.stdout.write
    while line := await asyncio.to_thread(sys.stdin.readline):
        words = line.strip()
        if not words:
            continue
        try:
            news = await (person.presses(words[1:]) if words[0] == "!" else person.says(words))
        except AssertionError as problem:
            say(f"  ({problem})\n")
            continue
        except TimeoutError:
            say("  (the bot does not answer)\n")
            continue
        for shown in news:
            say("\n".join(f"  {line}" for line in shown.text.splitlines()) + "\n")
            for row in shown.rows:
                say("  " + " ".join(f"[{button['text']}]" for button in row) + "\n")
            if shown.document is not None:
                say(f"  <{shown.document.name}, {len(shown.document.content)} bytes>\n")
    await server.stop()


async def main() -> None:
    parser = argparse.ArgumentParser(description="A Telegram of your own to try the bot with.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--language", default="zh-hans")
    parser.add_argument("--name", default="小王")
    options = parser.parse_args()
    server = TelegramServer(token=options.token, hurry=1.0)
    await server.start(options.port)
    sys.stdout.write(f'api_base = "{server.api_base}"\ntoken = "{server.token}"\n')
    sys.stdout.flush()
    await _talk(server, server.person(language_code=options.language, name=options.name))


if __name__ == "__main__":
    asyncio.run(main())
