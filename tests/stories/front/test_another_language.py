"""A language that is added: everything that its reader sees passed its catalogue.

The language is made for the test: ``Sign up for {title}?`` becomes ``⟦Sign up for ⟧{title}⟦?⟧``, so
what stands outside the brackets was put there by the code, or came from a row without translation.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from sqlmodel import Session

import locales
from bot.conversation.language import phrasebook
from models.network.stations import Station
from models.rules.languages import LANGUAGES, Language
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories import spread
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai, nanhai

CODE, NAME = "xx", "Ix"
PLACEHOLDER = re.compile(r"(\{\w+\})")
OWN_WORDS = {"小安", *(each.name for each in LANGUAGES.values()), NAME, "JPEG", "PNG"}


def x(text: str) -> str:
    """The text in the language of the test."""
    parts = PLACEHOLDER.split(text)
    return "".join(
        f"⟦{part}⟧" if re.search(r"[^\W\d_]", part) and not PLACEHOLDER.fullmatch(part) else part
        for part in parts
    )


def untranslated(text: str) -> str:
    """The letters that did not pass the catalogue, nor are people's own words."""
    rest = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    for own in OWN_WORDS:
        rest = rest.replace(own, " ")
    return " ".join(re.findall(r"[^\W\d_]+", rest))


def _write_catalogue(folder: Path) -> None:
    catalogue = Catalog(locale="en", fuzzy=False)
    for original in locales.originals():
        if isinstance(original, str):
            catalogue.add(original, x(original))
        else:
            catalogue.add(original, tuple(x(form) for form in original))
    path = folder / "LC_MESSAGES" / "yizhan.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)


@pytest.fixture
def another_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / CODE
    _write_catalogue(folder)
    monkeypatch.setitem(LANGUAGES, CODE, Language(str(folder), NAME))
    phrasebook.cache_clear()
    yield
    phrasebook.cache_clear()


@pytest_asyncio.fixture
async def foreign(another_language: None, store_url: str, now: datetime) -> AsyncIterator[Nanhai]:
    async with nanhai("web", store_url, now, station={f"name_{CODE}": "⟦Yizhan⟧"}) as town:
        for number, name in enumerate(("Nanhai", "Guicheng", "Shishan", "Zhaoxin"), start=1):
            town.store.write_now(_name_station, number, f"⟦{name}⟧")
        yield town


def _name_station(session: Session, number: int, name: str) -> None:
    row = session.get_one(Station, number)
    row.translations = {"name": {CODE: name}}
    session.add(row)


class Reader:
    """Somebody who reads the language of the test, and notes what is not in it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.leaks: list[tuple[str, str]] = []

    def _note(self, act: str) -> None:
        seen = [self.person.sees, *self.person.labels, *self.person.unasked()]
        self.leaks += [(act, left) for text in seen if (left := untranslated(text))]

    async def says(self, text: str) -> str:
        answer = await self.person.says(text)
        self._note(text)
        return answer

    async def presses(self, label: str) -> str:
        answer = await self.person.presses(x(label))
        self._note(label)
        return answer

    def hears(self, act: str, words: str) -> None:
        """The newest message that came by itself is this notice, and holds these words."""
        self._note(act)
        assert words in self.person.unasked()[-1], act


async def _settled(town: Nanhai) -> Reader:
    """A reader who has answered the three questions of the first meeting."""
    ana = Reader(town.person("小安", language=CODE))
    await ana.says("hello")
    await ana.presses("Details")
    await ana.presses("Agree")
    await ana.person.presses("⟦Guicheng⟧")
    await ana.presses("Ball games")
    await ana.presses("Done")
    await ana.presses("Day shift")
    return ana


on_both_stores = pytest.mark.parametrize("store_url", spread.STORES, indirect=True)
WORDS = {f"{each}_{CODE}": f"⟦{each}⟧" for each in ("title", "place", "bring", "about")}


@on_both_stores
async def test_nothing_of_another_language_is_read_in_a_language_that_is_added(
    foreign: Nanhai,
) -> None:
    town = foreign
    lamps = town.save(lamp_works(seats=1, **WORDS))
    match = town.save(badminton(**WORDS | {f"title_{CODE}": "⟦match⟧"}))
    game = town.save(team(name_xx="⟦team⟧", about_xx="⟦about⟧", meets_xx="⟦meets⟧"))
    ana = await _settled(town)
    for said in ("profile", "events", "teams", "help", "menu", "quiet", "privacy", "language"):
        await ana.says(said)
    await ana.says(f"join {game.id}")
    await ana.says(f"signup {match.id}")
    await ana.says(f"signup {lamps.id}")
    for said in ("mine", "stop", "subscribe", "what on earth", "wish"):
        await ana.says(said)
    await ana.presses("Not now")
    await ana.says(f"cancel {lamps.id}")
    assert sorted(set(ana.leaks)) == []


@on_both_stores
async def test_every_notice_is_read_in_a_language_that_is_added(foreign: Nanhai) -> None:
    town = foreign
    lamps = town.save(lamp_works(seats=1, **WORDS))
    match = town.save(badminton(**WORDS | {f"title_{CODE}": "⟦match⟧"}))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"报名 {lamps.id}")
    ana = await _settled(town)
    await ana.says(f"signup {lamps.id}")
    await ana.says(f"signup {match.id}")

    await boss.says(f"取消报名 {lamps.id}")
    await boss.presses("让出位子")
    await town.after(minutes=1)
    ana.hears("offer", "⟦title⟧")
    town.moves(match, local(6, 16), "⟦reason⟧")
    await town.after(minutes=1)
    ana.hears("moved", "⟦reason⟧")
    town.relocates(match, "⟦hall⟧")
    await town.after(minutes=1)
    ana.hears("relocated", "⟦hall⟧")

    await ana.says("wish ⟦A later canteen⟧")
    await ana.presses("With my name")
    await town.works()
    await boss.hears("A later canteen")
    await boss.presses("回答")
    await boss.says("⟦From Monday on⟧")
    await town.after(minutes=1)
    ana.hears("wish answered", "⟦From Monday on⟧")
    for said in ("发公告", "写内容", "周六打球，来吗？", "改一改", f"{NAME} 版", "⟦Coming?⟧"):
        await (boss.presses if said in boss.labels else boss.says)(said)
    await boss.presses("发送")
    await town.after(minutes=1)
    ana.hears("announcement", "⟦Coming?⟧")

    await town.at(local(5, 16))
    ana.hears("reminder", "⟦match⟧")
    town.calls_off(match, "⟦rain⟧")
    await town.after(minutes=1)
    ana.hears("called off", "⟦rain⟧")
    assert sorted(set(ana.leaks)) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦Sign up for ⟧⟦title⟧⟦?⟧ 12:00–14:00 · 小安", ""),
        ("⟦Sign up for ⟧走进灯具厂⟦?⟧", "走进灯具厂"),
        ("⟦Sign up⟧ and go", "and go"),
    ],
)
def test_what_did_not_pass_the_catalogue_is_found(text: str, left: str) -> None:
    assert untranslated(text) == left
