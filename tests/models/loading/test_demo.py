"""The demo network is complete, and reads as the station speaks."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from models.events.events import Category, Event, Kind
from models.loading.network import Report, load, read
from models.network.stations import Enterprise, Station, StationKind
from models.rules.events import undated
from models.rules.members.interests import Interest
from models.store import Store
from models.teams.teams import Team
from tests.miniature.rows import CARE

FOLDER = Path(__file__).parents[3] / "demo"
DEMO = FOLDER / "nanhai.toml"
FILES = [DEMO, FOLDER / "earlier.toml", FOLDER / "today.toml"]
TOWNS = ["桂城", "狮山", "大沥", "里水", "丹灶", "西樵", "九江"]

# The texts that come in two languages.
TWINS = ("name", "title", "about", "meets", "place", "bring", "address", "meet", "cost", "contact")
CHINESE = r"[\u4e00-\u9fff]"


def load_demo(store: Store, now: datetime) -> Report:
    return store.write_now(load, read(DEMO), CARE, now)


def rows() -> Iterator[tuple[str, dict[str, object]]]:
    """Every row of the demo's files, with the name of its sheet; people have but one name."""
    for file in FILES:
        for sheet, tables in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for table in tables if sheet != "members" else ():
                yield sheet, table


def texts() -> list[tuple[str, str]]:
    """Every text of the demo, Chinese and English, with the name of its column."""
    columns = [name for twin in TWINS for name in (twin, f"{twin}_en")]
    return [(name, str(row[name])) for _, row in rows() for name in columns if name in row]


def chinese() -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts() if not name.endswith("_en")]


def english() -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts() if name.endswith("_en")]


def coming(session: Session) -> list[Event]:
    return list(session.exec(select(Event).order_by(col(Event.starts_at))))


def test_the_demo_loads_without_a_complaint_and_twice_changes_nothing(
    store: Store, now: datetime
) -> None:
    first = load_demo(store, now)
    wanted = {"stations": 50, "enterprises": 42, "teams": 40, "members": 0, "events": 30}
    wanted |= {"answers": 38, "clubs": 0, "roles": 0}
    assert (first.problems, first.added) == ([], wanted)
    again = load_demo(store, now + timedelta(hours=20))
    assert (again.problems, again.same) == ([], wanted)


def test_the_network_is_the_district_its_towns_and_their_contact_points(
    store: Store, now: datetime
) -> None:
    load_demo(store, now)

    def look(session: Session) -> None:
        found = session.exec(select(Station).order_by(col(Station.id))).all()
        district = found[0]
        towns = [each for each in found if each.kind is StationKind.TOWN]
        assert (district.name, district.path) == ("南海区", f"/{district.id}/")
        assert [each.name for each in towns] == TOWNS
        for town in towns:
            points = [each for each in found if each.parent_id == town.id]
            assert len(points) == 6
            assert all(each.path == f"{town.path}{each.id}/" for each in points)
        employers = {each.id for each in session.exec(select(Enterprise))}
        assert {each.enterprise_id for each in found} == employers | {None}

    store.read_now(look)


def test_there_is_something_of_every_kind_and_in_every_town(store: Store, now: datetime) -> None:
    load_demo(store, now)

    def look(session: Session) -> None:
        found, teams = coming(session), session.exec(select(Team)).all()
        towns = {
            station.id: station.path.split("/")[2]
            for station in session.exec(select(Station))
            if station.kind is not StationKind.DISTRICT
        }
        assert {each.category for each in found} == set(Category)
        assert {each.kind for each in found} == set(Kind)
        assert {each.interest for each in teams} == set(Interest)
        assert len({towns[each.station_id] for each in found}) == 7
        assert len({towns[each.station_id] for each in teams}) == 7

    store.read_now(look)


@pytest.mark.parametrize("ahead", range(7))
def test_whatever_the_day_of_loading_all_events_are_to_come(
    sqlite_url: str, now: datetime, ahead: int
) -> None:
    late = datetime(2026, 12, 1, 23, 59, tzinfo=CARE.zone).astimezone(UTC)
    today = late + timedelta(days=ahead)
    store = Store(sqlite_url)
    assert load_demo(store, today).problems == []
    for event in store.read_now(coming):
        starts_at = undated.planned(event.starts_at)
        assert starts_at - today < timedelta(days=25), event.code
        assert today < event.starts_at < event.ends_at, event.code
        assert event.closes_at <= event.starts_at, event.code
        assert timedelta(minutes=30) <= event.ends_at - event.starts_at <= timedelta(hours=8)
        hour = event.starts_at.astimezone(CARE.zone).hour
        assert 7 <= hour <= 20, event.code
        # Whoever is reminded two hours before must still be able to sign up a day after loading
        # the demo: only the events of tomorrow may close sooner.
        assert event.closes_at > today or event.starts_at - today < timedelta(days=2), event.code
    store.close()


def test_some_events_are_small_enough_to_queue_for_and_some_have_room_for_all(
    store: Store, now: datetime
) -> None:
    load_demo(store, now)
    seats = [event.seats for event in store.read_now(coming)]
    assert sum(each is not None and each <= 6 for each in seats) >= 4
    assert seats.count(None) >= 3


def test_english_stands_beside_every_chinese_text() -> None:
    for _, row in rows():
        for twin in TWINS:
            assert (twin in row) == (f"{twin}_en" in row), (row["code"], twin)
    for name, text in english():
        assert not re.search(CHINESE, text), (name, text)
    for name, text in chinese():
        assert re.search(CHINESE, text), (name, text)


def test_the_texts_are_plain_and_calm() -> None:
    for name, text in texts():
        assert not re.search(r"[您！!]|尊敬|请知悉|please be informed", text), (name, text)
        assert not re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", text), (name, text)


def test_chinese_texts_use_chinese_punctuation_and_give_latin_room() -> None:
    for name, text in chinese():
        assert not re.search(rf"{CHINESE}[,.;:?()]", text), (name, text)
        assert not re.search(rf"{CHINESE}[A-Za-z0-9]|[A-Za-z0-9]{CHINESE}", text), (name, text)


def test_sentences_end_as_sentences_and_titles_do_not() -> None:
    for name, text in texts():
        if name in ("about", "about_en"):
            assert text[-1] in "。.", (name, text)
        if name in ("title", "name", "title_en", "name_en"):
            assert text[-1] not in "。.", (name, text)


def test_titles_are_short_enough_for_lists() -> None:
    for name, text in texts():
        if name in ("title", "name"):
            assert len(text) <= 14, text
        if name in ("title_en", "name_en"):
            assert len(text) <= 40, text


def test_an_event_fits_one_screen() -> None:
    for sheet, row in rows():
        if sheet == "answers":
            continue
        for language, limit in (("", 110), ("_en", 300)):
            said = [str(row[part + language]) for part in TWINS if part + language in row]
            assert not any("\n" in text for text in said)
            assert sum(map(len, said)) <= limit, (sheet, row["code"])
            # What it costs, whom to bring and whom to ask stand in one line.
            terms = [said.pop() for part in ("contact", "cost") if part + language in row]
            said += [" · ".join(terms)] if terms else []
            # A phone shows some twenty Chinese characters in a line, or forty letters.
            lines = sum(-(-len(text) // (40 if language else 20)) for text in said)
            # An event's time takes a line of its own; who opens its card has asked for details.
            assert lines <= (7 if sheet == "events" else 6), (row["code"], said)


def test_every_place_has_a_map() -> None:
    for sheet, row in rows():
        if sheet == "events" or row.get("kind") in ("town", "contact_point"):
            assert re.fullmatch(
                r"https://uri\.amap\.com/marker\?position=11[23]\.\d{4},2[23]\.\d{4}",
                str(row["map_url"]),
            ), row["code"]


def test_every_known_answer_is_in_both_languages_fits_a_screen_and_says_who_says_so() -> None:
    answers = [row for sheet, row in rows() if sheet == "answers"]
    for row in answers:
        for language, most in (("", 120), ("_en", 360)):
            question, answer, source = (
                str(row[f"{each}{language}"]) for each in ("question", "answer", "source")
            )
            assert 0 < len(answer) <= most, question
            assert answer.count("\n") <= 2, question
            assert answer[-1] in "。.", question
            assert source, question
            assert not re.search(r"[您！!]|尊敬", answer), question
        variants = row["variants"]
        assert isinstance(variants, list)
        assert len(set(variants)) == len(variants) >= 6, row["question"]
    questions = [row["question"] for row in answers]
    assert len(set(questions)) == len(questions) >= 30


def test_what_to_look_at_names_events_of_the_demo() -> None:
    table = (FOLDER / "README.md").read_text("utf-8").partition("|---|")[2]
    cells = [line.split("|")[2] for line in table.splitlines()[1:]]
    named = {each.strip() for cell in cells for each in cell.split(",")}
    titles = {str(row["title"]) for sheet, row in rows() if sheet == "events"}
    assert len(named - {"any 哪一场都行"}) > 8
    assert named - {"any 哪一场都行"} <= titles
