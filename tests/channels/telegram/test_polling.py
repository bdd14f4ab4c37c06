"""Long polling: nothing is acknowledged that was not heard."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from bot.conversation.messages import Message, ShownButton
from models.store import StoreDown
from tests.channels.listener import echo
from tests.channels.telegram.telegram_station import Station, account, polling, until
from tests.platforms.telegram.server import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


async def test_without_a_public_address_people_are_answered_too(server: TelegramServer) -> None:
    async with polling(server, Station()) as telegram:
        shown = await server.person().says("你好")
        assert telegram.problem == ""
    assert [each.text for each in shown] == ["听到：你好"]


async def test_a_webhook_set_before_is_taken_away(server: TelegramServer) -> None:
    server.updates.webhook.url = "https://old.example.org/telegram/nanhai"
    async with polling(server, Station()):
        await server.person().says("你好")
    assert server.updates.webhook.url == ""


async def test_only_what_the_station_understands_is_asked_for(server: TelegramServer) -> None:
    async with polling(server, Station()):
        await server.person().says("你好")
    assert server.updates.allowed == ("message", "callback_query", "my_chat_member")


async def test_a_press_is_answered_and_changes_its_message(server: TelegramServer) -> None:
    menu = Message("去吗", buttons=(ShownButton("去", "go"),))
    station = Station(lambda heard: Message("说好了", edit=True) if heard.press else menu)
    async with polling(server, station):
        person = server.person()
        await person.says("活动")
        await person.presses("去")
    assert [(each.text, each.edits) for each in person.screen] == [("说好了", 1)]
    assert person.spinning == {}


async def test_each_person_is_heard_in_order_and_no_one_waits_for_another(
    server: TelegramServer,
) -> None:
    station = Station()
    people = [server.person() for _ in range(5)]
    said = [str(number) for number in range(8)]
    async with polling(server, station):
        await asyncio.gather(*(person.says(each) for each in said for person in people))
    for person in people:
        heard = [each.text for each in station.heard if each.address == str(person.chat_id)]
        assert heard == said
        assert [each.text for each in person.screen] == [f"听到：{each}" for each in said]


async def test_a_slow_chat_keeps_its_update_and_holds_nobody_else_up(
    server: TelegramServer,
) -> None:
    station = Station()
    slow, quick = server.person(name="慢"), server.person(name="快")
    station.gate.clear()
    station.waits = lambda incoming: incoming.address == str(slow.chat_id)
    waiting = [asyncio.create_task(each.says("你好")) for each in (slow, quick)]
    await asyncio.sleep(0)
    async with polling(server, station):
        await station.came.wait()
        await until(lambda: bool(station.heard))
        assert [each.address for each in station.heard] == [str(quick.chat_id)]
        assert len(server.updates.pending) == 2
        station.gate.set()
        await asyncio.gather(*waiting)
    assert (slow.sees, quick.sees) == ("听到：你好", "听到：你好")


async def test_a_crash_before_it_was_heard_loses_nothing(server: TelegramServer) -> None:
    person, station = server.person(), Station()
    station.gate.clear()
    waiting = asyncio.create_task(person.says("报名 1"))
    first = account(server, station)
    await first.start()
    await station.came.wait()
    await first.stop()
    assert station.heard == []
    assert len(server.updates.pending) == 1
    async with polling(server, Station()):
        await waiting
    assert person.sees == "听到：报名 1"


async def test_what_was_heard_before_a_stop_is_not_answered_again_after_it(
    server: TelegramServer,
) -> None:
    person, station = server.person(), Station()
    station.gate.clear()
    waiting = asyncio.create_task(person.says("报名 1"))
    first = account(server, station)
    await first.start()
    await station.came.wait()
    stopping = asyncio.create_task(first.stop())
    await asyncio.sleep(0)
    station.gate.set()
    await asyncio.gather(stopping, waiting)
    async with polling(server, station):
        await person.says("还在吗")
    assert [each.text for each in person.screen] == ["听到：报名 1", "听到：还在吗"]


async def test_a_stop_does_not_wait_for_the_long_poll(server: TelegramServer) -> None:
    telegram = account(server, Station())
    await telegram.start()
    await until(lambda: server.updates.polls > 0)
    await telegram.stop()
    # The stand-in has ended no poll by itself: the channel hung up.
    assert server.updates.full_polls == 0


async def test_while_the_store_is_down_an_update_is_kept_and_tried_again(
    server: TelegramServer,
) -> None:
    outcomes = iter([StoreDown("the disk is gone")] * 3)
    station = Station(lambda incoming: next(outcomes, None) or echo(incoming))
    async with polling(server, station):
        shown = await server.person().says("报名 1")
    assert [each.text for each in shown] == ["听到：报名 1"]
    assert list(station.asked.values()) == [4]


async def test_an_update_the_station_stumbles_over_is_left_out_in_the_end(
    server: TelegramServer,
) -> None:
    mistake = RuntimeError("a mistake in the station")
    station = Station(lambda incoming: mistake if incoming.text == "坏" else echo(incoming))
    async with polling(server, station):
        person = server.person()
        with structlog.testing.capture_logs() as logs:
            await person.says("坏")
        await person.says("好")
    assert [each.text for each in person.screen] == ["听到：好"]
    assert [line["tries"] for line in logs if "tries" in line] == [1, 2, 3, 4, 5]


async def test_another_program_that_polls_is_named_and_outlived(server: TelegramServer) -> None:
    async with polling(server, Station()) as telegram:
        await until(lambda: server.updates.polls > 0)
        server.updates.interrupt()
        await until(lambda: telegram.problem != "")
        assert telegram.problem == "another program receives this bot's updates"
        await server.person().says("你好")
        assert telegram.problem == ""


@pytest.mark.parametrize("kind", ["refuse", "drop", "reset"])
async def test_a_broken_connection_is_made_again(server: TelegramServer, kind: str) -> None:
    server.breaks(kind, times=3, method="getUpdates")  # type: ignore[arg-type]
    async with polling(server, Station()):
        shown = await server.person().says("你好")
    assert [each.text for each in shown] == ["听到：你好"]
    assert server.counted["getupdates"] >= 4


async def test_a_429_is_waited_for_before_the_answer_is_tried_again(
    server: TelegramServer,
) -> None:
    server.limits(1, method="sendMessage")
    async with polling(server, Station()):
        shown = await server.person().says("你好")
    assert [each.text for each in shown] == ["听到：你好"]


async def test_a_token_revoked_while_polling_is_a_problem(server: TelegramServer) -> None:
    async with polling(server, Station()) as telegram:
        await until(lambda: server.updates.polls > 0)
        server.refuses(401, "Unauthorized", method="getUpdates")
        server.push("message", {}, lane=0)
        await until(lambda: telegram.problem == "Telegram does not accept the token")


async def test_groups_and_other_noise_are_acknowledged_unheard(server: TelegramServer) -> None:
    station, person = Station(), server.person()
    group = {"id": -1001987654321, "title": "桂城羽毛球", "type": "supergroup"}
    noise = server.push("message", {**person.message(text="大家好"), "chat": group}, lane=-1)
    async with polling(server, station):
        await asyncio.wait_for(noise.settled.wait(), 10)
    assert station.heard == []
    assert server.updates.pending == []


async def test_somebody_whose_answer_has_to_wait_does_not_slow_the_others(
    server: TelegramServer,
) -> None:
    waiting, other = server.person(name="等"), server.person(name="不等")
    server.limits(60, chat=waiting.chat_id, times=5)
    async with polling(server, Station()):
        server.push("message", waiting.message(text="你好"), lane=waiting.chat_id)
        await until(lambda: server.called("sendMessage") != [])
        for said in ("一", "二", "三"):
            await other.says(said)
        # The other's answer is not due for a minute.
        assert waiting.screen == []
    assert [each.text for each in other.screen] == ["听到：一", "听到：二", "听到：三"]
