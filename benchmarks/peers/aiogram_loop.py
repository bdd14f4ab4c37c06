"""An announcement with aiogram."""

import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from benchmarks.peers import loops


async def main() -> None:
    given = loops.options()
    session = AiohttpSession(api=TelegramAPIServer.from_base(given.api_base))
    async with Bot(given.token, session=session) as bot:
        await bot.get_me()
        await loops.announcement(bot.send_message, given)


if __name__ == "__main__":
    uvloop.run(main())
