"""What another program changes at Telegram while the station runs is noticed and mended."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.api import Api
from bot.channels.telegram.channel import WEBHOOK_TAKEN
from tests.channels.telegram.telegram_station import Station, polling, until, webhook
from tests.platforms.telegram.server import TelegramServer

OFTEN = 0.02


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def another(server: TelegramServer) -> AsyncIterator[Api]:
    """Another program that has the same token."""
    api = Api(server.token, api_base=server.api_base)
    yield api
    await api.close()


async def test_a_webhook_that_was_taken_away_is_set_again_and_told_of_if_that_goes_on(
    server: TelegramServer, another: Api
) -> None:
    silent = Station(lambda _: None)
    async with webhook(server, silent, watch_seconds=OFTEN) as (telegram, address):

        def is_ours() -> bool:
            return server.updates.webhook.url == address

        await another.bot.delete_webhook()
        await until(is_ours)
        await until(lambda: telegram.problem == "")
        while telegram.problem != WEBHOOK_TAKEN:
            await another.bot.delete_webhook()
        await until(is_ours)
        await until(lambda: telegram.problem == "")


async def test_a_webhook_that_was_set_beside_polling_is_taken_away(
    server: TelegramServer, another: Api
) -> None:
    async with polling(server, Station(lambda _: None)) as telegram:
        await until(lambda: telegram.problem == "")
        await another.bot.set_webhook("https://elsewhere.example.org/hook")
        await until(lambda: not server.updates.webhook.url)
