"""An announcement with python-telegram-bot: its own transport, with its limiter or without."""

import uvloop
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from benchmarks.peers import loops

POOL = 256
"""What PTB's builder gives a bot."""


async def main() -> None:
    given = loops.options()
    bot = ExtBot(
        given.token,
        base_url=f"{given.api_base}/bot",
        request=HTTPXRequest(connection_pool_size=POOL),
        rate_limiter=AIORateLimiter(overall_max_rate=given.limiter) if given.limiter else None,
    )
    async with bot:
        await loops.announcement(bot.send_message, given)


if __name__ == "__main__":
    uvloop.run(main())
