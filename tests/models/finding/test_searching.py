"""One search finds what each member may see, of every kind, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models.announcements.announcements import Announcement, AnnouncementState
from models.desk.threads import Thread, ThreadLine
from models.events.events import EventState
from models.finding import searching, sieving
from models.finding.hits import Found, Hit, HitKind
from models.network import roles
from models.network.members import Member
from models.network.stations import Enterprise, Station
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.rules.search import sounds
from models.rules.teams.joining import TeamState
from models.store import Store
from tests.miniature.rows import badminton, lamp_works, local, network, team

DISTRICT, GUICHENG, SHISHAN, ZHAOXIN = 1, 2, 3, 4
NOW = local(1, 10)

PEOPLE = {
    "小安": (ZHAOXIN, None, 0),
    "区长": (GUICHENG, Role.DISTRICT, DISTRICT),
    "镇长": (SHISHAN, Role.TOWN, SHISHAN),
    "点长": (ZHAOXIN, Role.CONTACT_POINT, ZHAOXIN),
}


class Scene:
    """A town with something of every kind that has 羽毛球 in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.numbers: dict[str, int] = {}
        store.write_now(self._furnish)

    def _add(self, session: Session, name: str, row: Any) -> None:
        session.add(row)
        session.flush()
        self.numbers[name] = row.id

    def _furnish(self, session: Session) -> None:
        network(session)
        self._add(session, "firm", Enterprise(id=1, code="zx", name="昭信羽毛球厂"))
        session.get_one(Station, ZHAOXIN).enterprise_id = 1
        for name, (place, role, where) in PEOPLE.items():
            row = Member(name=name, station_id=place, consented_at=NOW, created_at=NOW)
            self._add(session, name, row)
            if role is not None:
                roles.give(session, row.id, role, session.get_one(Station, where), NOW)
        self._add(session, "match", badminton())
        self._add(session, "lamps", lamp_works())
        asked = badminton(code="asked", title="羽毛球夜场", state=EventState.ASKED)
        self._add(session, "asked", asked)
        elsewhere = badminton(code="gui", station_id=GUICHENG, audience=f",s{GUICHENG},")
        self._add(session, "guicheng's", elsewhere)
        self._add(session, "team", team())
        self._add(session, "club", team(code="club", name="昭信羽毛球社", enterprise_id=1))
        self._add(session, "new", team(code="new", name="羽毛球新队", state=TeamState.WAITING))
        self._letter(session, "letter", "想要羽毛球场，最好带灯。", SHISHAN)
        self._letter(session, "to the firm", "食堂能放羽毛球吗？", ZHAOXIN)
        self._letter(session, "later", "羽毛球拍坏了", SHISHAN, at=NOW + timedelta(minutes=30))
        for name, state in (("told", AnnouncementState.DONE), ("draft", AnnouncementState.DRAFT)):
            said = Announcement(station_id=SHISHAN, text="周六羽毛球赛改期。", created_at=NOW)
            said.state = state
            self._add(session, name, said)

    def _letter(self, session: Session, name: str, text: str, to: int, at: Any = NOW) -> None:
        thread = Thread(
            member_id=self.numbers["小安"],
            chosen_station_id=to,
            station_id=to,
            opened_at=at,
            last_at=at,
        )
        self._add(session, name, thread)
        session.add(ThreadLine(thread_id=thread.id, text=text, at=at))

    def search(self, by: str, words: str) -> Found:
        return self.store.read_now(searching.search, self.numbers[by], words, NOW)

    def finds(self, by: str, words: str) -> set[str]:
        """What is found, by the names of the scene; people and places by their own."""
        named = {value: key for key, value in self.numbers.items()}
        found = self.search(by, words)
        things = (*found.events, *found.teams, *found.clubs, *found.threads)
        things += found.announcements
        own = {self._name_of(hit, named) for hit in things}
        return own | {hit.title.text for hit in (*found.people, *found.stations, *found.companies)}

    def _name_of(self, hit: Hit, _named: dict[int, str]) -> str:
        kinds = {
            HitKind.EVENT: ("match", "lamps", "asked", "guicheng's"),
            HitKind.TEAM: ("team", "new"),
            HitKind.CLUB: ("club",),
            HitKind.THREAD: ("letter", "to the firm", "later"),
            HitKind.ANNOUNCEMENT: ("told", "draft"),
        }
        return next(name for name in kinds[hit.kind] if self.numbers[name] == hit.id)


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


EVERYBODYS = {"match", "team", "club", "昭信羽毛球厂"}


@pytest.mark.parametrize("words", ["羽毛球", "ymq", "yumaoqiu", "羽毛求"])
def test_a_member_finds_what_is_for_everybody(scene: Scene, words: str) -> None:
    assert scene.finds("小安", words) == EVERYBODYS


def test_each_organizer_finds_what_is_theirs_besides(scene: Scene) -> None:
    assert scene.finds("镇长", "羽毛球") == EVERYBODYS | {
        "asked",
        "new",
        "letter",
        "to the firm",
        "told",
    }
    assert scene.finds("区长", "羽毛球") == EVERYBODYS | {
        "asked",
        "guicheng's",
        "new",
        "letter",
        "to the firm",
        "told",
    }


def test_a_firms_organizer_finds_no_person_and_only_letters_to_the_firm(scene: Scene) -> None:
    assert scene.finds("点长", "羽毛球") == EVERYBODYS | {"to the firm"}
    assert scene.finds("点长", "小安") == set()
    assert scene.finds("镇长", "小安") == {"小安"}


def test_a_number_finds_what_bears_it(scene: Scene) -> None:
    match, ana = scene.numbers["match"], scene.numbers["小安"]
    found = scene.search("镇长", f"#{match}")
    assert (found.events[0].id, found.events[0].score) == (match, 1.0)
    assert [hit.id for hit in scene.search("镇长", str(ana)).people] == [ana]
    letter = scene.numbers["letter"]
    assert [hit.id for hit in scene.search("镇长", str(letter)).threads] == [letter]
    assert scene.search("点长", str(letter)).threads == ()


def test_a_hit_says_which_one_it_is(scene: Scene) -> None:
    found = scene.search("镇长", "想要羽毛球场")
    assert found.threads[0].line == Translated("想要羽毛球场，最好带灯。")
    match = next(e for e in scene.search("镇长", "友谊赛").events)
    assert match.line is not None
    assert match.line.to("en") == "Shishan"
    assert match.at == local(5, 14)
    assert scene.search("镇长", "桂城").stations[0].line is not None
    assert [hit.kind for hit in scene.search("镇长", "羽毛球").best(3)] != []


@pytest.mark.parametrize("words", ["", " ", "！", "\x00", "%", "_" * 500, "9" * 30])
def test_nothing_finds_nothing(scene: Scene, words: str) -> None:
    assert scene.search("区长", words) == Found()


def test_of_very_many_events_those_that_begin_with_the_words_are_weighed(scene: Scene) -> None:
    def add(session: Session) -> None:
        for number in range(sieving.MOST_WEIGHED + 20):
            later = NOW + timedelta(days=2 + number)
            row = badminton(code=f"many-{number}", title=f"初级登山{number}", starts_at=later)
            row.ends_at = row.closes_at = later
            row.search = sounds.index(row.title)
            session.add(row)
        first = badminton(code="first", title="登山")
        first.search = sounds.index(first.title)
        session.add(first)

    scene.store.write_now(add)

    def titles(words: str) -> list[str]:
        return [hit.title.text for hit in scene.search("小安", words).events]

    assert titles("登山")[:2] == ["登山", "初级登山319"]
    assert titles("dengshan")[:2] == ["初级登山319", "初级登山318"]
    # A slip is looked for among the latest; those of long ago are found as they are written.
    assert titles("初级登善")[0] == "初级登山319"
    assert titles("初级登山7")[0] == "初级登山7"
