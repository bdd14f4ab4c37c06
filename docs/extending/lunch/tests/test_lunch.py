"""Lunch, told by people in a chat.

``pip install -e .`` the package beside Yizhan, and run ``pytest``.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from yizhan_lunch.handlers import page
from yizhan_lunch.menus import Menu, Reader

from bot.station import printing
from bot.station.rehearsing import DISTRICT, TOWN, Rehearsal, Somebody, rehearsal
from models.members import inventory, merging, privacy
from models.network import members
from models.network.members import Member
from models.rules.network.permissions import Role
from papers.facts import Order

MORNING = datetime(2026, 12, 1, 1, tzinfo=UTC)
"""A Tuesday, at nine in Nanhai."""

DISHES = "红烧肉\n番茄炒蛋"


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    async with rehearsal(tmp_path, MORNING) as station:
        yield station


async def member(station: Rehearsal, name: str, *, language: str = "zh") -> Somebody:
    person = station.person(name, language=language)
    await person.arrives()

    def works_in_town(session: Session) -> None:
        session.get_one(Member, number_of(session, person)).station_id = TOWN

    station.store.write_now(works_in_town)
    return person


def number_of(session: Session, person: Somebody) -> int:
    caller = members.find(session, "stage.one", person.name)
    assert caller is not None
    return caller.id


async def cook(station: Rehearsal) -> Somebody:
    """An organizer, who has written today's menu."""
    cook = await member(station, "阿珍")
    await station.appoint(cook, Role.DISTRICT, DISTRICT)
    assert "一行一个菜" in await cook.says("发午饭")
    assert "写好了" in await cook.says(DISHES)
    return cook


async def test_a_menu_is_written_once_and_read_by_everybody_below(station: Rehearsal) -> None:
    ana, ben = await member(station, "安娜"), await member(station, "Ben", language="en")
    assert await ana.says("午饭") == "今天的菜单还没有出来。"
    await cook(station)
    for words in ("午饭", "/lunch", "今天吃什么", "食堂有什么菜？"):
        assert await ana.says(words) == "南海区，12月1日 周二：\n红烧肉\n番茄炒蛋", words
    assert (await ben.says("/lunch")).endswith("Tue 1 Dec:\n红烧肉\n番茄炒蛋")


async def test_only_organizers_write_it(station: Rehearsal) -> None:
    ana = await member(station, "安娜")
    await ana.says("发午饭")
    assert station.reads(lambda session: session.exec(select(Menu)).all()) == []


async def test_who_asked_for_it_is_told_at_half_past_ten_and_once(station: Rehearsal) -> None:
    ana, ben = await member(station, "安娜"), await member(station, "阿本")
    await ana.says("午饭")
    assert "十点半" in await ana.presses("每天告诉我")
    await cook(station)
    await station.at(MORNING + timedelta(hours=1))
    assert ana.told == []
    for minutes in (91, 95):
        await station.at(MORNING + timedelta(minutes=minutes))
    assert ana.told == ["南海区，12月1日 周二：\n红烧肉\n番茄炒蛋"]
    assert ben.told == []
    await ana.says("午饭")
    await ana.presses("不用告诉我了")
    assert station.reads(lambda session: session.exec(select(Reader)).all()) == []


async def test_nothing_of_an_erased_member_stays_and_the_menu_does(station: Rehearsal) -> None:
    chief = await cook(station)
    await chief.says("午饭")
    await chief.presses("每天告诉我")
    number = station.reads(number_of, chief)
    told = station.reads(privacy.export, number)
    assert told["lunch_menus_written"][0]["dishes"] == DISHES
    assert [list(each) for each in told["lunch_told_daily"]] == [["since"]]

    def erase(session: Session) -> None:
        privacy.erase_member(session, number, station.core.settings.care(), station.now)

    station.store.write_now(erase)
    assert station.reads(lambda session: session.exec(select(Reader)).all()) == []
    [menu] = station.reads(lambda session: session.exec(select(Menu)).all())
    assert (menu.dishes, menu.by_member_id) == (DISHES, None)


async def test_one_person_of_two_chats_reads_the_menu_once(station: Rehearsal) -> None:
    people = [await member(station, name) for name in ("安娜", "安娜二", "阿本")]
    for each in people[:2]:
        await each.says("午饭")
        await each.presses("每天告诉我")
    one, other, third = (station.reads(number_of, each) for each in people)

    def merge(session: Session, first: int, second: int) -> None:
        care = station.core.settings.care()
        merging.merge(session, first, second, care, station.now)

    station.store.write_now(merge, one, other)
    station.store.write_now(merge, third, one)
    readers = station.reads(lambda session: session.exec(select(Reader.member_id)).all())
    assert readers == [min(one, third)]


async def test_old_menus_are_forgotten(station: Rehearsal) -> None:
    await cook(station)
    [forgetting] = station.core.extensions.forgetting()
    station.store.write_now(forgetting.work, MORNING + timedelta(days=1))
    assert station.reads(lambda session: session.exec(select(Menu)).all()) == []


async def test_a_page_is_drawn_to_hang_up(station: Rehearsal) -> None:
    await cook(station)
    order = station.reads(page, 1)
    assert isinstance(order, Order)
    drawn = await printing.draw(order)
    assert drawn.startswith(b"%PDF")


def test_the_inventory_knows_its_tables() -> None:
    assert {each.at for each in inventory.places()} >= {
        "lunch_menu.by_member_id",
        "lunch_reader.member_id",
    }
