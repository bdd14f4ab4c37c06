"""An evening for stories: an event with a programme and a second screen, and its audience."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from bot.station.screens.serving import SHORTLY
from models.events.events import Event, Kind
from models.gala import polls, programme, screens
from models.gala.polls import Poll
from models.gala.screens import Moderation
from models.rules.gala import polls as rules
from models.rules.gala import running_order
from models.rules.gala.polls import Drafted
from tests.miniature.rows import badminton, local
from tests.stories.station import Nanhai

STARTS, ENDS = local(5, 19, 30), local(5, 21, 30)
PROGRAMME = "开场舞 | 木棉队 | 6 | 灯光全开\n合唱《十年》 | 五家企业 | 5\n抽奖 | 主持人 | 10"


@dataclass
class Phone:
    """A browser in the audience that looks at the screen."""

    town: Nanhai
    token: str
    http: aiohttp.ClientSession

    async def reads(self, part: str = "now") -> dict[str, Any]:
        """A document of the screen, a moment later than what was done before."""
        self.town.hands.now += SHORTLY
        async with self.http.get(f"{self.town.origin}/screen/{self.token}/{part}") as answer:
            assert answer.status == 200
            told: dict[str, Any] = await answer.json()
            return told

    async def sends(self, what: str, **body: Any) -> dict[str, Any]:
        status, told = await self.posts(what, body)
        assert status == 200, told
        return told

    async def posts(
        self, what: str, body: dict[str, Any], **headers: str
    ) -> tuple[int, dict[str, Any]]:
        path = f"{self.town.origin}/screen/{self.token}/{what}"
        async with self.http.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def phone(town: Nanhai, token: str) -> AsyncIterator[Phone]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Phone(town, token, http)


def gala(town: Nanhai, *, lines: Moderation = Moderation.AFTER, banned: str = "") -> Event:
    """A gala on Saturday evening with three items."""
    event = town.save(
        badminton(
            code="gala",
            title="年度汇报会",
            kind=Kind.GALA,
            starts_at=STARTS,
            ends_at=ENDS,
            closes_at=STARTS,
        )
    )
    items = running_order.read(PROGRAMME)
    assert not isinstance(items, int)
    now = town.hands.now
    town.store.write_now(programme.add, event.id, items, None, now)
    town.store.write_now(screens.open_one, event.id, None, now)
    set_up = partial(screens.set_up, lines=lines, seconds=5, banned=banned, questions=True)
    town.store.write_now(set_up, event.id, None, now)
    return event


def link_of(town: Nanhai, event: Event) -> str:
    """The token of a new link to its screen."""
    opened = town.store.write_now(screens.open_one, event.id, None, town.hands.now)
    return opened.token


def asks(
    town: Nanhai,
    event: Event,
    title: str,
    text: str,
    *,
    is_hidden: bool = False,
    may_change: bool = True,
) -> int:
    """A poll that is open; its number."""
    drafted = rules.read(title, text)
    assert isinstance(drafted, Drafted), drafted
    now = town.hands.now
    write = partial(polls.write, is_hidden=is_hidden, may_change=may_change)
    poll = town.store.write_now(write, event.id, drafted, None, now)
    assert isinstance(poll, Poll)
    number = poll.id
    town.store.write_now(polls.open_one, event.id, number, None, now)
    return number
