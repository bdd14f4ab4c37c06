"""What a bot says in a group, by webhook and by polling, and how it counts."""

import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.groups import GroupHints
from models.store import StoreDown
from tests.channels.services import render
from tests.channels.telegram import telegram_station
from tests.channels.telegram.telegram_station import Station
from tests.platforms.telegram.groups import Group
from tests.platforms.telegram.server import TelegramServer

HINT = "我在群里不说话，单独找我聊：https://t.me/nanhai_yizhan_bot"


class Days:
    """Whether something is the first of its day: as the list says, in turn."""

    def __init__(self, *outcomes: bool | StoreDown) -> None:
        self.outcomes = list(outcomes)

    async def is_first(self, group: int, update: int) -> bool:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, StoreDown):
            raise outcome
        return outcome


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as started:
        yield started


@pytest.fixture
def group(server: TelegramServer) -> Group:
    return server.group(server.person())


@contextlib.asynccontextmanager
async def by_webhook(
    server: TelegramServer, station: Station, hints: GroupHints
) -> AsyncIterator[Telegram]:
    async with telegram_station.webhook(server, station, hints=hints) as (channel, _address):
        yield channel


@contextlib.asynccontextmanager
async def by_polling(
    server: TelegramServer, station: Station, hints: GroupHints
) -> AsyncIterator[Telegram]:
    async with telegram_station.polling(server, station, hints=hints) as channel:
        yield channel


Opens = Callable[
    [TelegramServer, Station, GroupHints], contextlib.AbstractAsyncContextManager[Telegram]
]
ways_in = pytest.mark.parametrize("opens", [by_webhook, by_polling])


@ways_in
async def test_the_hint_counts_as_a_message_to_the_group(
    opens: Opens, server: TelegramServer, group: Group
) -> None:
    station, days = Station(), Days(True, False)
    async with opens(server, station, GroupHints(render, days.is_first)) as channel:
        await group.adds_the_bot()
        await group.says("@nanhai_yizhan_bot 你好")
        await telegram_station.until(lambda: len(group.screen) == 1 and not days.outcomes)
        assert 0 < channel.recent_sends.wait_for(str(group.chat_id)) <= 1
        assert channel.recent_sends.wait_for(str(group.member.chat_id)) == 0
    assert [each.text for each in group.screen] == [HINT]
    assert (station.heard, server.unseen) == ([], [])


@ways_in
async def test_a_store_that_is_away_for_a_moment_costs_no_hint(
    opens: Opens, server: TelegramServer, group: Group
) -> None:
    days = Days(StoreDown("away"), True)
    async with opens(server, Station(), GroupHints(render, days.is_first)):
        await group.adds_the_bot()
        await telegram_station.until(lambda: len(group.screen) == 1)
    assert [each.text for each in group.screen] == [HINT]


async def test_a_group_that_does_not_let_it_write_is_not_written_to_again(
    server: TelegramServer, group: Group
) -> None:
    days = Days(True)
    async with by_polling(server, Station(), GroupHints(render, days.is_first)):
        words = "Bad Request: not enough rights to send text messages to the chat"
        server.refuses(400, words, method="sendMessage")
        await group.adds_the_bot()
        await telegram_station.until(lambda: server.called("sendMessage") != [])
        await group.member.says("你好")
    assert (group.screen, len(server.called("sendMessage"))) == ([], 2)
