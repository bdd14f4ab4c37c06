"""Browsers in front of the desk: they keep cookies, follow redirects and send forms as pages do."""

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
from sqlmodel import Session
from starlette.applications import Starlette

from bot.conversation.language import phrasebook
from bot.station import printing
from console.api.app import api_routes
from console.app import console_routes
from console.desk import House
from models.network import consoles, roles
from models.network.members import Address, Member
from models.network.stations import Care, Station
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import CARE, network
from tests.serving import serving

DISTRICT, GUICHENG, SHISHAN, ZHAOXIN = 1, 2, 3, 4
TAGS = re.compile(r"<(style|script|title)\b.*?</\1>|<[^>]*>", re.DOTALL)
KEY = re.compile(r'name="key" value="([^"]+)"')
SEALING_KEY = b"k" * 32

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as a browser got it; ``path`` is where it stands after redirects."""

    status: int
    path: str
    html: str
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """What a reader sees, in one line."""
        return " ".join(unescape(TAGS.sub(" ", self.html)).split())

    @property
    def key(self) -> str:
        """The key that its forms carry."""
        found = KEY.search(self.html)
        assert found is not None, self.text
        return found[1]


@dataclass
class Browser:
    """One browser. ``language`` is what it asks for before anybody is signed in."""

    origin: str
    session: aiohttp.ClientSession
    last: Seen | None = None

    async def opens(self, path: str, **headers: str) -> Seen:
        async with self.session.get(f"{self.origin}{path}", headers=headers) as response:
            return await self._seen(response)

    async def sends(
        self, path: str, /, files: Mapping[str, tuple[str, bytes]] | None = None, **fields: Any
    ) -> Seen:
        """Send a form of the page that was opened last, with its key."""
        assert self.last is not None
        fields = {"key": self.last.key, **fields} if KEY.search(self.last.html) else fields
        form = aiohttp.FormData()
        for name, value in fields.items():
            for each in value if isinstance(value, list) else [value]:
                form.add_field(name, str(each))
        for name, (called, content) in (files or {}).items():
            form.add_field(name, BytesIO(content), filename=called)
        async with self.session.post(f"{self.origin}{path}", data=form) as response:
            return await self._seen(response)

    async def _seen(self, response: aiohttp.ClientResponse) -> Seen:
        html = await response.text(errors="replace")
        self.last = Seen(response.status, response.url.path, html, response.headers)
        return self.last


@dataclass
class Nanhai:
    """The desk of a small network. ``now`` can be moved on; ``public`` is its public address."""

    store: Store
    now: datetime
    care: Care = CARE
    origin: str = ""
    public: str = "https://station.example"
    problems: dict[str, str] = field(default_factory=dict)
    browsers: list[aiohttp.ClientSession] = field(default_factory=list)

    def member(self, name: str, role: Role | None = None, station_id: int = DISTRICT) -> int:
        """A member with a chat, and with a role at a station."""

        def make(session: Session) -> int:
            made = Member(name=name, language="zh", consented_at=self.now, created_at=self.now)
            session.add(made)
            session.flush()
            chat = Address(
                member_id=made.id,
                account="telegram.nanhai",
                external=f"{made.id}",
                created_at=self.now,
            )
            session.add(chat)
            session.flush()
            if role is not None:
                station = session.get_one(Station, station_id)
                roles.give(session, made.id, role, station, self.now)
            return made.id

        return self.store.write_now(make)

    def browser(self, language: str = "zh-CN") -> Browser:
        """A browser in which nobody is signed in."""
        jar = aiohttp.CookieJar(unsafe=True)
        session = aiohttp.ClientSession(cookie_jar=jar, headers={"Accept-Language": language})
        self.browsers.append(session)
        return Browser(self.origin, session)

    def link(self, member_id: int) -> str:
        token = self.store.write_now(consoles.make_link, member_id, self.now)
        return f"/console/enter/{token}"

    async def signed_in(self, member_id: int) -> Browser:
        """A browser in which this member is signed in."""
        browser = self.browser()
        link = self.link(member_id)
        await browser.opens(link)
        seen = await browser.sends(link)
        assert (seen.status, seen.path) == (200, "/console"), seen.text
        return browser

    async def desk_of(self, role: Role, station_id: int = DISTRICT) -> Browser:
        """A browser of somebody with this role there."""
        return await self.signed_in(self.member(f"{role} {station_id}", role, station_id))

    def look(self, fn: Callable[[Session], Result]) -> Result:
        return self.store.read_now(fn)


@contextlib.asynccontextmanager
async def nanhai(
    store: Store, now: datetime, fill: Callable[[Session], object] = network, **care: Any
) -> AsyncIterator[Nanhai]:
    """The desk of what ``fill`` puts into an empty store."""
    store.write_now(fill)
    town = Nanhai(store, now, replace(CARE, **care))
    house = House(
        town.care,
        phrasebook(),
        Translated("创思驿站", {"en": "Yizhan"}),
        "zh",
        lambda path: f"{town.public}{path}" if town.public else "",
        lambda: town.problems,
    )
    routes = console_routes(
        store,
        house,
        lambda: town.now,
        draw=printing.draw,
        origin="",
        secure_cookies=False,
        clock=lambda: town.now.timestamp(),
    )
    routes += api_routes(store, house, lambda: town.now)
    try:
        async with serving(Starlette(routes=routes)) as town.origin:
            yield town
    finally:
        for each in town.browsers:
            await each.close()
