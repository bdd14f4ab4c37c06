"""Every long dialog, left in every way, is offered again and stands as it stood."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.conversation import drafts
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Incoming, Picture
from bot.conversation.language import phrasebook
from bot.conversation.messages import Message
from handlers import subjects
from handlers.actions import Agree, ShowMenu, SignUp
from models.network import invites
from models.network.members import Address
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.rules.sending.buckets import Buckets
from models.store import Store
from tests.miniature.rows import CARE, badminton, network
from tests.pictures import png

BEGUN = {
    "new-event": ("发布活动", "羽毛球友谊赛", "周六下午3点"),
    "edit-event": ("改标题 1", "元旦友谊赛"),
    "announce-words": ("发公告", "写内容"),
    "wish": ("心愿", "想学理发"),
    "newteam": ("建队伍", "跑步健身"),
    "newteam-rest": ("建队伍", "跑步健身", "狮山", "狮山夜跑队"),
    "newclub": ("申请社团", "昭信集团"),
    "new-contest": ("发布评选", "一句话写车间"),
    "newclub-rest": ("申请社团", "昭信集团", "跑步健身", "夜跑社"),
}
"""What is typed to begin each dialog that is kept."""

BY_A_PRESS = {
    "own-question",
    "asked",
    "birth-year-for",
    "entry-part",
    "dossier",
    "nominate",
    "set-judging",
    "set-voting",
}
"""Kept dialogs that nobody begins by a word; stories of sign-up and of contests leave them."""

WAYS: dict[str, dict[str, Any]] = {
    "a command": {"text": "/events"},
    "the word of a command": {"text": "我的"},
    "a press": {"press": SignUp(1).pack()},
    "a press of the menu": {"press": ShowMenu().pack()},
    "a code": {"text": "绑定 AAAA2222"},
    "a link": {"link": "e1"},
    "the word of the menu": {"text": "菜单"},
    "another long dialog": {"text": "申请社团"},
}


def _dialog(session: Session) -> Mapping[str, Any] | None:
    return session.exec(select(Address.dialog)).one()


class Desk:
    """A station, and one organizer who talks with it."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self._keys = count(1)
        self.station = Dispatcher(
            store,
            subjects.routes(),
            phrasebook(),
            CARE,
            lambda: self.now,
            station=Translated("创思驿站", {"en": "the Yizhan station"}),
            per_address=Buckets(per_second=1000, burst=1000),
        )

    async def hears(self, **what: Any) -> Message:
        message = await self.station.listen(
            Incoming("telegram.nanhai", "7", f"k{next(self._keys)}", **what)
        )
        assert message is not None
        self.now += timedelta(seconds=1)
        return message

    @property
    def kept(self) -> Mapping[str, Any]:
        return self.store.read_now(_dialog) or {}


@pytest.fixture
async def desk(store: Store, now: datetime) -> Desk:
    def furnish(session: Session) -> str:
        network(session)
        session.add(badminton(station_id=4))
        station = session.get_one(Station, 4)
        return invites.invite(session, Role.CONTACT_POINT, station, now)

    code = store.write_now(furnish)
    desk = Desk(store, now)
    await desk.hears(text="你好")
    await desk.hears(press=Agree("e1").pack())
    await desk.hears(text=f"绑定 {code}")
    return desk


def way_back(message: Message) -> str:
    """The press that opens a draft again, where it is offered; else empty."""
    shown = [each.data for each in message.choices] + [each.data for each in message.buttons]
    return next((each for each in shown if each.startswith("go-on.")), "")


def test_the_table_names_every_dialog_that_is_kept() -> None:
    assert set(BEGUN) | BY_A_PRESS == set(subjects.routes().drafts)


@pytest.mark.parametrize("topic", BEGUN)
async def test_whatever_leaves_it_keeps_it(desk: Desk, topic: str) -> None:
    *first, last = BEGUN[topic]
    for words in first:
        await desk.hears(text=words)
    asked = await desk.hears(text=last)
    state = desk.kept
    assert state["topic"] == topic
    for way, what in WAYS.items():
        left = await desk.hears(**what)
        if "topic" not in desk.kept:
            assert way_back(left) or "回“继续”接着写" in left.text, (way, left)
        menu = await desk.hears(text="菜单")
        again = await desk.hears(press=way_back(menu))
        assert again.text.endswith(asked.text.rpartition("\n")[2]), (way, again)
        assert desk.kept == state, way
    # The word is a command, or the label of the button that says so.
    await desk.hears(text="算了")
    assert desk.kept == {}


@pytest.mark.parametrize("topic", ["edit-event", "newteam", "newclub-rest"])
async def test_a_picture_that_is_no_answer_leaves_nothing(desk: Desk, topic: str) -> None:
    for words in BEGUN[topic]:
        await desk.hears(text=words)
    state = desk.kept

    async def fetch() -> Picture:
        return Picture("image/png", png())

    await desk.hears(not_text=True, fetch=fetch)
    assert {**desk.kept, "drafts": 0} == {**state, "drafts": 0}


async def test_few_are_kept_and_none_for_longer_than_is_said(desk: Desk) -> None:
    games = ("象棋赛", "羽毛球赛", "乒乓球赛", "篮球赛", "掼蛋赛")
    assert len(games) == drafts.MOST + 2
    for game in games:
        await desk.hears(text=f"发布活动 周六下午3点{game} 桂城站 10人")
        await desk.hears(text="我的")
    titles = [each["state"]["start"]["known"]["title"] for each in desk.kept["drafts"]]
    assert titles == list(games[2:])
    desk.now += drafts.KEPT
    assert not way_back(await desk.hears(text="菜单"))
    await desk.hears(text="心愿")
    assert "drafts" not in desk.kept
