"""A bare python-telegram-bot bot, after its own example of a custom webhook (starlettebot)."""

import argparse
import hmac
from functools import partial

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes

from benchmarks.peers import club

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def signup(sign_up: club.SignUp, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.effective_user is not None
    if not context.args or not context.args[0].isdecimal():
        await update.message.reply_text("/signup NUMBER")
        return
    answer = await sign_up(update.effective_user.id, int(context.args[0]))
    await update.message.reply_text(answer)


def concurrency(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrent-updates", action="store_true")


async def main() -> None:
    options = club.options(concurrency)
    application = (
        Application.builder()
        .token(options.token)
        .base_url(f"{options.api_base}/bot")
        .updater(None)
        .concurrent_updates(options.concurrent_updates)
        .build()
    )
    application.add_handler(CommandHandler("signup", partial(signup, club.signing_up(options))))

    async def telegram(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), options.secret):
            return Response(status_code=403)
        update = Update.de_json(data=await request.json(), bot=application.bot)
        await application.update_queue.put(update)
        return Response()

    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=[Route("/telegram", telegram, methods=["POST"])]),
            host="127.0.0.1",
            port=options.port,
            log_level="warning",
        )
    )
    async with application:
        await application.bot.set_webhook(
            f"http://127.0.0.1:{options.port}/telegram", secret_token=options.secret
        )
        await application.start()
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    uvloop.run(main())
