"""Programs with tokens, in front of the API."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlmodel import Session

from models.announcements import announcements
from models.events.events import Signup, SignupState
from models.events.questions import EventQuestion
from models.network import roles, tokens
from models.network.stations import Station
from models.network.tokens import LASTS, Made
from models.rules.events.questions import QuestionKind
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from models.rules.network.scopes import Scope
from tests.console.browsing import DISTRICT, GUICHENG, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works, team

EVERYTHING = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a program got it; ``body`` is None where there was no JSON."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def numbers(self) -> list[int]:
        """The numbers of the rows of a page."""
        assert self.status == 200, self.body
        return [each["number"] for each in self.body["items"]]


@dataclass(frozen=True, slots=True)
class Program:
    """One program; without a ``secret`` it sends no token."""

    desks: Nanhai
    secret: str = ""
    member_id: int = 0

    async def asks(self, method: str, path: str, sent: Any = None, **headers: str) -> Answer:
        """Send a request; underscores in names of headers stand for hyphens."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            said.setdefault("Authorization", f"Bearer {self.secret}")
        said.setdefault("Accept-Language", "en")
        url = f"{self.desks.origin}/api/v1{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=sent, headers=said) as response,
        ):
            is_json = "json" in response.headers.get("Content-Type", "")
            body = (
                await response.json(content_type=None)
                if is_json and response.status != 304
                else None
            )
            return Answer(response.status, body, response.headers)

    async def gets(self, path: str, **headers: str) -> Answer:
        return await self.asks("GET", path, **headers)

    async def posts(self, path: str, sent: Any = None, **headers: str) -> Answer:
        return await self.asks("POST", path, sent, **headers)


def program(
    desks: Nanhai,
    role: Role,
    station_id: int = DISTRICT,
    scopes: Collection[Scope] = EVERYTHING,
    name: str = "",
) -> Program:
    """A program of somebody with this role there."""
    member_id = desks.member(name or f"{role} {station_id}", role, station_id)
    return of_member(desks, member_id, scopes)


def of_member(desks: Nanhai, member_id: int, scopes: Collection[Scope] = EVERYTHING) -> Program:
    """A program of a member who holds a role."""

    def make(session: Session) -> str:
        grant, _station = roles.grants_of(session, member_id, desks.now)[0]
        made = tokens.make(session, grant.id, "A program", scopes, LASTS[0], member_id, desks.now)
        assert isinstance(made, Made)
        return made.secret

    return Program(desks, desks.store.write_now(make), member_id)


def furnish(desks: Nanhai) -> None:
    """An event with a seat and a question, a team and an announcement of Guicheng.

    Each is the first of its kind.
    """
    chen = desks.member("陈主任", Role.TOWN, GUICHENG)
    keep(desks, lamp_works(station_id=GUICHENG))
    ana = desks.member("安娜")

    def add(session: Session) -> None:
        session.add(Signup(event_id=1, member_id=ana, state=SignupState.SEATED, at=desks.now))
        asked = QuestionKind.TEXT
        session.add(EventQuestion(event_id=1, position=1, kind=asked, text="吃什么？"))
        session.add(team(station_id=GUICHENG))
        place, aim = session.get_one(Station, GUICHENG), Audience(stations=(GUICHENG,))
        announcements.draft(session, place, chen, desks.now, audience=aim).text = "停水"

    desks.store.write_now(add)
