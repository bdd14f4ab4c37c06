"""What two chats of one person do at the same moment: one member, one claim, one answer each."""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook
from handlers import subjects
from handlers.actions import Agree
from models.events.events import Event, Signup
from models.network.members import Address, Member
from models.rules.languages import Translated
from models.store import Store
from tests.miniature.rows import CARE, badminton, lamp_works, network

ACCOUNT = "telegram.nanhai"
ROUNDS = 2
keys = count()


class Two:
    """A station of two processes; on SQLite both share the one store."""

    def __init__(self, one: Store, two: Store, now: datetime) -> None:
        self.stores = one, two
        routes = subjects.routes()
        self.stations = [
            Dispatcher(
                each, routes, phrasebook(), CARE, lambda: now, station=Translated("创思驿站")
            )
            for each in self.stores
        ]

    async def hears(self, process: int, who: str, text: str = "", *, press: str = "") -> str:
        push = Incoming(ACCOUNT, who, f"once-{next(keys)}", text=text, press=press)
        said = await self.stations[process].listen(push)
        return said.text if said is not None else ""

    async def arrive(self, *names: str) -> None:
        for who in names:
            await self.hears(0, who, "你好")
            await self.hears(0, who, press=Agree("e1").pack())

    async def code(self, who: str) -> str:
        found = re.search(r"绑定 ([A-Z0-9-]{8,})", await self.hears(0, who, "换手机"))
        assert found is not None
        return found[1]

    def look(self, fn: Callable[..., Any]) -> Any:
        return self.stores[0].read_now(fn)


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, now: datetime) -> Iterator[Two]:
    url = request.getfixturevalue(f"{request.param}_url")
    one = Store(url)
    other = Store(url) if request.param == "postgresql" else one

    def add(session: Session) -> None:
        network(session)
        session.add(lamp_works(seats=1))
        session.add(badminton())

    one.write_now(add)
    try:
        yield Two(one, other, now)
    finally:
        one.close()
        if other is not one:
            other.close()


def people(session: Session) -> list[int]:
    return list(session.exec(select(Member.id).order_by(col(Member.id))))


def claims(session: Session) -> int:
    return len(session.exec(select(Signup.id)).all())


def held(session: Session) -> list[int]:
    return list(session.exec(select(Event.held + Event.waiting).order_by(col(Event.id))))


def lost(session: Session) -> list[str]:
    """Addresses of nobody."""
    rows = session.exec(
        select(Address.external).where(col(Address.member_id).not_in(select(Member.id)))
    )
    return list(rows)


async def test_a_code_typed_in_two_chats_at_once_is_one_chats(two: Two) -> None:
    for turn in range(ROUNDS):
        ana, ben, eve = (f"{name}{turn}" for name in ("ana", "ben", "eve"))
        await two.arrive(ana, ben, eve)
        code = await two.code(ana)
        said = await asyncio.gather(
            two.hears(0, ben, f"绑定 {code}"), two.hears(1, eve, f"绑定 {code}")
        )
        assert sum("要合并吗？" in each for each in said) == 1, said
        assert sum("用过了" in each for each in said) == 1, said


async def test_both_agree_at_once(two: Two) -> None:
    for turn in range(ROUNDS):
        ana, ben = (f"{name}{turn}" for name in ("ana", "ben"))
        await two.arrive(ana, ben)
        before = len(two.look(people))
        code = await two.code(ana)
        await two.hears(0, ben, f"绑定 {code}")
        assert "两个聊天会变成同一个人" in await two.hears(0, ana, "合并")
        both = await asyncio.gather(two.hears(0, ana, "合并"), two.hears(1, ben, "合并"))
        said = list(both)
        if not any("现在是同一个人了" in each for each in said):
            # Hers came first, so she is asked once more; the word shows it, and said again agrees.
            await two.hears(0, ana, "合并")
            said.append(await two.hears(0, ana, "合并"))
        assert sum("现在是同一个人了" in each for each in said) == 1, said
        assert len(two.look(people)) == before - 1
        assert not two.look(lost)


async def test_a_sign_up_amid_the_merge_leaves_one_claim(two: Two) -> None:
    for turn in range(ROUNDS):
        ana, ben = (f"{name}{turn}" for name in ("ana", "ben"))
        await two.arrive(ana, ben)
        code = await two.code(ana)
        await two.hears(0, ben, f"绑定 {code}")
        assert "两个聊天会变成同一个人" in await two.hears(0, ana, "合并")
        await two.hears(0, ben, "合并")
        said = await asyncio.gather(
            two.hears(1, ben, "报名 2"),
            two.hears(0, ana, "合并"),
            two.hears(1, ana, "报名 2"),
            two.hears(0, ben, "报名 2"),
        )
        assert "现在是同一个人了" in said[1], said
        assert not any("出了点问题" in each for each in said), said
        assert sum("报上了" in each for each in said) == 3, said
        assert two.look(claims) == turn + 1, said
        assert two.look(held)[1] == turn + 1
        assert not two.look(lost)


async def test_a_chat_erased_while_it_is_joined(two: Two) -> None:
    for turn in range(ROUNDS):
        ana, ben = (f"{name}{turn}" for name in ("ana", "ben"))
        await two.arrive(ana, ben)
        await two.hears(0, ben, "报名 2")
        code = await two.code(ana)
        await two.hears(0, ben, f"绑定 {code}")
        assert "两个聊天会变成同一个人" in await two.hears(0, ana, "合并")
        await two.hears(0, ben, "合并")
        erases = ana if turn % 2 else ben
        said = await asyncio.gather(
            two.hears(1, erases, press="erase.1"),
            two.hears(0, ana, "合并"),
            two.hears(turn % 2, ben, "我的"),
        )
        assert not any("出了点问题" in each for each in said), said
        assert not two.look(lost)
