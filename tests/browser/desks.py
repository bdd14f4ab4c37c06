"""The desk of the demo in a browser, and people who sit at it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from playwright.async_api import Browser
from sqlmodel import Session

from console.pages import SECTIONS
from models.network.members import Member
from models.network.sealing import Sealing
from models.store import Store
from tests.browser.conftest import Look, Visitor, visitors
from tests.browser.furnished import Furnished, furnish
from tests.console.browsing import SEALING_KEY, Nanhai, nanhai

PHONE, SCREEN = Look(320, 720, "dark"), Look(1440, 900, "light")
"""The smallest screen, at night, and one on a desk."""

PATIENCE = 30_000
"""How long a page may take where much else runs, in milliseconds."""

PARAMETER = re.compile(r"\{(\w+)[^}]*\}")
FILES = re.compile(r"\.(pdf|xlsx)$|/picture$|/posters/|/hall/|/files/")
"""Addresses that answer with a file."""


@dataclass
class Desks:
    """The desk of the demo, and people who sit at it in a browser."""

    town: Nanhai
    rows: Furnished
    browser: Browser

    @asynccontextmanager
    async def visitor(
        self, member_id: int, look: Look, language: str = "zh"
    ) -> AsyncIterator[Visitor]:
        """Somebody who is signed in."""

        def speak(session: Session) -> None:
            session.get_one(Member, member_id).language = language

        self.town.store.write_now(speak)
        async with visitors(self.browser, self.town.origin) as arrive:
            person = await arrive(look)
            person.context.set_default_timeout(PATIENCE)
            await person.context.clock.set_fixed_time(self.town.now)
            page = await person.opens(self.town.link(member_id))
            await page.get_by_role("button").click()
            await page.wait_for_url("**/console")
            await page.close()
            yield person

    def pages(self) -> list[str]:
        """The address of every page, and of those that look otherwise for another row."""
        rows = self.rows
        declared = [each.path for section in SECTIONS for each in section.declared if not each.does]
        filled = [PARAMETER.sub(partial(self._number, at), at) for at in declared]
        more = [
            "/search?words=灯",
            "/events?words=灯",
            *(f"/events/{each}" for each in (rows.drawn, rows.groups, rows.held, rows.queue)),
            f"/events/{rows.drawn}/draw",
            f"/events/{rows.held}/day",
            f"/events/{rows.groups}/questions",
            "/desk?which=all",
            "/people?words=周",
        ]
        return [f"/console{at}".rstrip("/") for at in (*filled, *more) if not FILES.search(at)]

    def _number(self, path: str, parameter: re.Match[str]) -> str:
        is_draft = path.endswith(("/write", "/preview"))
        return str(self.rows.draft if is_draft else self.rows.by_parameter[parameter[1]])


@asynccontextmanager
async def furnished_desks(browser: Browser, url: str, now: datetime) -> AsyncIterator[Desks]:
    """The desk of the demo over an empty store at this address."""
    store = Store(url)
    rows: list[Furnished] = []

    def fill(session: Session) -> None:
        rows.append(furnish(session, now))

    async with nanhai(store, now, fill, sealing=Sealing((SEALING_KEY,))) as town:
        yield Desks(town, rows[0], browser)
    store.close()
