"""What a text to Telegram costs the process that sends it: directly, and through a proxy.

python -m benchmarks.outgoing

The server answers requests in absolute form as well, so it is its own proxy.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence

import uvloop

from benchmarks.driver import TOKEN
from benchmarks.standin import standin
from bot.channels.telegram.transport import TelegramTransport

UNDER_WAY = 50


async def send(transport: TelegramTransport, origin: str, texts: int) -> None:
    """Send so many texts, ``UNDER_WAY`` of them at a time."""
    left = iter(range(texts))

    async def speak() -> None:
        for number in left:
            text = {"chat_id": 1_000_000 + number, "text": "明天 19:00 羽毛球，桂城体育馆。"}
            await transport.call(f"{origin}/bot{TOKEN}/sendMessage", text)

    async with asyncio.TaskGroup() as group:
        for _ in range(UNDER_WAY):
            group.create_task(speak())


async def cost(origin: str, proxy: str, texts: int) -> float:
    """Milliseconds of this process's CPU for a text."""
    transport = TelegramTransport(proxy=proxy)
    try:
        await send(transport, origin, texts // 10)
        began = time.process_time()
        await send(transport, origin, texts)
        return (time.process_time() - began) / texts * 1000
    finally:
        await transport.shutdown()


async def measure(texts: int, pairs: int) -> None:
    direct, proxied = [], []
    async with standin() as server:
        for _ in range(pairs):
            direct.append(await cost(server.base, "", texts))
            proxied.append(await cost(server.base, server.base, texts))
        wanted = 2 * pairs * (texts + texts // 10)
        if (came := await server.count()) != wanted:
            raise SystemExit(f"{came} texts came instead of {wanted}")
    print("| way | ms of CPU a text | from | to |\n| --- | --- | --- | --- |")
    for name, found in (("directly", direct), ("through a proxy", proxied)):
        print(f"| {name} | {statistics.median(found):.3f} | {min(found):.3f} | {max(found):.3f} |")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--pairs", type=int, default=5)
    asked = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(asked.texts, asked.pairs))


if __name__ == "__main__":
    main()
