"""A walk over every page and act with every kind of right that there is, about what is others'.

The demo's rows stand behind every address; whoever walks belongs to another town, or leads, judges
or helps at something beside them.
"""

import functools
import itertools
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import Session, SQLModel

import console.pages
import migrations
from console.routing import Declared
from models.network.roles import NotAllowed
from models.store import Store
from tests import databases
from tests.browser.furnished import Furnished, furnish
from tests.console import rights
from tests.console.browsing import Browser, Nanhai, nanhai
from tests.console.declared import ACTS, PAGES, PARAMETER
from tests.console.rights import KINDS, Kind
from tests.miniature.rows import local
from tests.stories.spread import STORES

FIELD = re.compile(r'asked\.(?:word|number|every|is_on)\(\s*"([^"]+)"')
FIELDS = sorted({
    name
    for path in Path(console.pages.__file__).parent.rglob("*.py")
    for name in FIELD.findall(path.read_text(encoding="utf-8"))
})  # fmt: skip
"""Every field that an act reads: an act is sent all of them, so that only the right is missing."""

OWN = re.compile(r"/account\b|/programs\b(?!/hooks/\{hook)")
"""What everybody does about themselves."""

SHARED = "/desk/misses/{miss:int}"
"""What nobody understood belongs to no place: all who may see it teach it, or drop it."""

REFUSED, NOT_TAKEN = (403, 404), (303, 400, 422)
"""An act about others' row finds none, or is refused; one without a row may be about their own."""

UNSEEN = ("console_session", "console_link", "audit", "store_tick")
"""Tables in which a walk leaves traces."""

NOW = local(1, 10)
PRIVATE = ("周晓彤", "黄小燕", "停车请走东门", "迟到二十分钟", "screen.nanhai.example")
"""What only those who have to do with it see: people, a letter, a draft, a program."""


Furnishings = Callable[[str], "Furnishing"]


@dataclass(frozen=True, slots=True)
class Furnishing:
    """The demo with a row behind every address, to be copied. ``place`` is a file or a database."""

    place: str
    found: Furnished


@pytest.fixture(scope="session")
def furnishings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Furnishings:
    """The furnished demo by the kind of store; each is made once."""

    @functools.cache
    def of(kind: str) -> Furnishing:
        if kind == "sqlite":
            place = str(tmp_path_factory.mktemp("furnished") / "demo.db")
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), place)
            url = f"sqlite:///{place}"
        else:
            server = request.getfixturevalue("postgresql_server")
            place = f"furnished_{worker_id}"
            url = databases.create_database(server, place)
            migrations.upgrade(url)
        store = Store(url)
        found = store.write_now(furnish, NOW)
        store.close()
        return Furnishing(place, found)

    return of


@pytest.fixture
def furnished(request: pytest.FixtureRequest, furnishings: Furnishings) -> Furnishing:
    return furnishings(request.param)


@pytest_asyncio.fixture
async def desks(
    request: pytest.FixtureRequest, furnished: Furnishing, tmp_path: Path, worker_id: str
) -> AsyncIterator[Nanhai]:
    if furnished.place.endswith(".db"):
        shutil.copyfile(furnished.place, tmp_path / "demo.db")
        url = f"sqlite:///{tmp_path / 'demo.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        url = databases.create_database(server, f"walked_{worker_id}", of=furnished.place)
    store = Store(url)
    async with nanhai(store, NOW, fill=lambda _session: None) as town:
        yield town
    store.close()


@pytest.fixture
def found(furnished: Furnishing) -> Furnished:
    return furnished.found


def address(declared: Declared, found: Furnished) -> str:
    """The path of a page or an act about the rows of the demo."""

    def value(parameter: re.Match[str]) -> str:
        return str(found.by_parameter.get(parameter[0].strip("{}").removesuffix(":int"), 1))

    return f"/console{PARAMETER.sub(value, declared.path)}".removesuffix("/")


def everything(found: Furnished, key: str) -> dict[str, str]:
    """A form with every field there is, about the rows of the demo."""
    rows = {name: str(number) for name, number in found.by_parameter.items()}
    return {**dict.fromkeys(FIELDS, "1"), **rows, "key": key}


def what_stands(session: Session) -> dict[str, Any]:
    """Every row of the store, by table."""
    return {
        table.name: session.execute(select(table).order_by(*table.primary_key)).all()
        for table in SQLModel.metadata.sorted_tables
        if table.name not in UNSEEN
    }


def test_of_every_column_that_names_a_member_it_is_known_whether_it_gives_rights() -> None:
    assert rights.undecided() == set()


@pytest.mark.parametrize(
    ("kind", "furnished"), list(zip(KINDS, itertools.cycle(STORES))), indirect=["furnished"]
)
async def test_no_right_opens_what_is_others(desks: Nanhai, found: Furnished, kind: Kind) -> None:
    holder = desks.store.write_now(rights.hold, kind, found, desks.now)
    if not holder.opens_alone:
        with pytest.raises(NotAllowed):
            desks.link(holder.member_id)
        desks.store.write_now(rights.add_small_role, holder.member_id, desks.now)
    browser = await desks.signed_in(holder.member_id)
    await no_page_shows_it(desks, browser, found)
    await no_act_changes_it(desks, browser, found)


async def no_page_shows_it(desks: Nanhai, browser: Browser, found: Furnished) -> None:
    for each in PAGES:
        desks.now += timedelta(seconds=0.2)
        seen = await browser.opens(address(each, found))
        assert seen.status < 500, each.path
        shown = [words for words in PRIVATE if words in seen.text]
        assert not shown, (each.path, shown)


async def no_act_changes_it(desks: Nanhai, browser: Browser, found: Furnished) -> None:
    key = (await browser.opens("/console/account")).key
    form = everything(found, key)
    before = desks.look(what_stands)
    for each in ACTS:
        if OWN.search(each.path) or each.path.startswith(SHARED):
            continue
        desks.now += timedelta(seconds=0.2)
        url = f"{desks.origin}{address(each, found)}"
        async with browser.session.post(url, data=form, allow_redirects=False) as answer:
            refused = REFUSED if PARAMETER.search(each.path) else (*REFUSED, *NOT_TAKEN)
            assert answer.status in refused, each.path
    after = desks.look(what_stands)
    assert [name for name, rows in before.items() if rows != after[name]] == []
