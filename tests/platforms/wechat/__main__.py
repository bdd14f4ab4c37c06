"""A WeChat to try a station by hand."""

import argparse
import asyncio
import sys

from tests.platforms.tencent.server import AES_KEY
from tests.platforms.wechat.server import WeChatServer


async def _converse(server: WeChatServer, port: int) -> None:
    await server.start(port)
    say = sys.stdout.write
    say(f"WeChat is at {server.url} (api_base), one person is here.\n")
    say("Type, or: /press LABEL  /follow [SCENE]  /scan SCENE  /unfollow  /wait HOURS  /show\n")
    person = server.person("o6_bmjrPTlm6_2sgVt7hMZOPfL2M")
    loop = asyncio.get_running_loop()
    seen = 0
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        act, _, about = line.strip().partition(" ")
        try:
            match act:
                case "/press":
                    await person.presses(about)
                case "/follow":
                    await person.follows(about)
                case "/scan":
                    await person.scans(about)
                case "/unfollow":
                    await person.unfollows()
                case "/wait":
                    server.advance(hours=float(about))
                case "/show" | "":
                    pass
                case _:
                    await person.says(line.strip())
        except (LookupError, ValueError) as problem:
            say(f"! {problem}\n")
        for text in person.screen[seen:]:
            say(f"--- {text}\n")
        seen = len(person.screen)
    await server.stop()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.platforms.wechat")
    options.add_argument("--port", type=int, default=8082)
    options.add_argument("--callback", default="http://127.0.0.1:8080/wechat/demo")
    options.add_argument("--app-id", default="wx0123456789abcdef")
    options.add_argument("--secret", default="secret")
    options.add_argument("--token", default="token")
    options.add_argument("--aes-key", default=AES_KEY)
    options.add_argument("--mode", choices=("plain", "compatible", "safe"), default="plain")
    options.add_argument("--unverified", action="store_true")
    given = options.parse_args()

    async def run() -> None:
        server = WeChatServer(
            app_id=given.app_id,
            secret=given.secret,
            token=given.token,
            encoding_aes_key=given.aes_key,
            mode=given.mode,
            verified=not given.unverified,
            callback=given.callback,
        )
        await _converse(server, given.port)

    asyncio.run(run())


if __name__ == "__main__":
    main()
