"""A bare aiogram bot, after its own example of a webhook on aiohttp."""

import argparse

import uvloop
from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, CommandObject
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.peers import club

router = Router()


@router.message(Command("signup"))
async def signup(message: Message, command: CommandObject, sign_up: club.SignUp) -> SendMessage:
    if not command.args or not command.args.isdecimal():
        return message.answer("/signup NUMBER")
    # A returned method travels in the webhook's own response, which saves a request.
    return message.answer(await sign_up(message.chat.id, int(command.args)))


def background(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--background", action="store_true", help="answer before the work")


def main() -> None:
    options = club.options(background)
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.api_base))
    bot = Bot(options.token, session=session)
    dispatcher = Dispatcher(sign_up=club.signing_up(options))
    dispatcher.include_router(router)

    @dispatcher.startup()
    async def register(bot: Bot) -> None:
        await bot.set_webhook(
            f"http://127.0.0.1:{options.port}/telegram", secret_token=options.secret
        )

    app = web.Application()
    # The handler's default answers Telegram before the update is worked on; False keeps the
    # answer until the commit, as a sign-up deserves, and is also the cheaper of the two.
    SimpleRequestHandler(
        dispatcher, bot, handle_in_background=options.background, secret_token=options.secret
    ).register(app, path="/telegram")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(
        app,
        host="127.0.0.1",
        port=options.port,
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    main()
