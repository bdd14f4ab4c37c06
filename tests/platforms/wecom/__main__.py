"""A WeCom to try a station by hand.

``python -m tests.platforms.wecom --port 8083 --callback http://127.0.0.1:8080/wecom/NAME``
"""

import argparse
import asyncio
import sys

from tests.platforms.tencent.envelope import Fault
from tests.platforms.tencent.server import AES_KEY
from tests.platforms.wecom.server import WeComServer


async def _converse(server: WeComServer, port: int) -> None:
    await server.start(port)
    say = sys.stdout.write
    say(f"WeCom is at {server.url} (api_base), one member is here.\n")
    say("Type, or: /press LABEL  /scan CODE  /join  /leave  /wait HOURS  /verify\n")
    person = server.person("ZhangSan")
    loop = asyncio.get_running_loop()
    seen = 0
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        act, _, about = line.strip().partition(" ")
        try:
            match act:
                case "/press":
                    await person.presses(about)
                case "/scan":
                    await person.scans(about)
                case "/join":
                    await person.joins()
                case "/leave":
                    await person.is_taken_out()
                case "/wait":
                    server.advance(hours=float(about))
                case "/verify":
                    say(f"verified: {await server.verify()}\n")
                case "":
                    pass
                case _:
                    await person.says(line.strip())
        except (LookupError, ValueError, StopIteration, Fault) as problem:
            say(f"! {problem}\n")
        for each in person.screen[seen:]:
            buttons = "".join(f" [{button.label}]" for button in each.buttons)
            say(f"--- {each.text}{buttons}\n")
        seen = len(person.screen)
        sys.stdout.flush()
    await server.stop()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.platforms.wecom")
    options.add_argument("--port", type=int, default=8083)
    options.add_argument("--callback", default="http://127.0.0.1:8080/wecom/demo")
    options.add_argument("--corp-id", default="ww0123456789abcdef")
    options.add_argument("--agent-id", type=int, default=1000002)
    options.add_argument("--secret", default="secret")
    options.add_argument("--token", default="token")
    options.add_argument("--aes-key", default=AES_KEY)
    given = options.parse_args()

    async def run() -> None:
        server = WeComServer(
            corp_id=given.corp_id,
            agent_id=given.agent_id,
            secret=given.secret,
            token=given.token,
            encoding_aes_key=given.aes_key,
            callback=given.callback,
        )
        await _converse(server, given.port)

    asyncio.run(run())


if __name__ == "__main__":
    main()
