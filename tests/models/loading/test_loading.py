"""A network comes out of an organizer's file, with its mistakes; what people did stays."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from bot.station.commands import cli
from models import census
from models.events import events, pictures, questions, quotas, running, signups
from models.events.events import Event, EventState, Signup, SignupState
from models.loading.books import MOST_BYTES
from models.loading.network import Report, SecondDistrict, Unreadable, load, read, template
from models.loading.sheets import SheetProblem
from models.loading.words import INTEREST_WORDS
from models.members import binding, linking
from models.members.linking import ToBind
from models.network import audit, members, stations
from models.network.members import Address, Member, MemberInterest
from models.network.stations import Station
from models.rules.events import undated
from models.rules.events.states import DrawState
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.sending.deliveries import Delivery
from models.store import Store
from models.teams.teams import Team
from tests.miniature.rows import CARE, ZONE
from tests.pictures import png

NETWORK = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "guicheng"
kind = "镇街"
parent = "nanhai"
name = "桂城"

[[teams]]
code = "chess"
station = "guicheng"
interest = "chess"
name = "象棋角"
"""

WALK = """
[[events]]
code = "walk"
station = "guicheng"
category = "life"
kind = "tour"
title = "湖边散步"
day = 3
time = "14:00"
until = "16:30"
closes_before = "2h"
seats = 1
"""


def put(store: Store, folder: Path, text: str, now: datetime) -> Report:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return store.write_now(load, read(path), CARE, now)


def event(store: Store, code: str) -> Event:
    def look(session: Session) -> Event:
        return session.exec(select(Event).where(Event.code == code)).one()

    return store.read_now(look)


def station(store: Store, code: str) -> Station:
    def look(session: Session) -> Station:
        return session.exec(select(Station).where(Station.code == code)).one()

    return store.read_now(look)


def topics_owed(store: Store) -> list[str]:
    def look(session: Session) -> list[str]:
        return list(session.exec(select(Delivery.topic)).all())

    return store.read_now(look)


def somebody_signs_up(store: Store, who: str, code: str, now: datetime) -> None:
    def sign_up(session: Session) -> None:
        caller = members.meet(session, "web", who, language="zh", now=now)
        wanted = session.exec(select(Event).where(Event.code == code)).one()
        assert signups.sign_up(session, wanted.id, caller, CARE, now)

    store.write_now(sign_up)


def test_a_day_counts_from_the_day_of_loading(store: Store, tmp_path: Path, now: datetime) -> None:
    assert put(store, tmp_path, NETWORK + WALK, now).problems == []
    walk = event(store, "walk")
    assert walk.starts_at == datetime(2026, 12, 4, 14, 0, tzinfo=ZONE)
    assert walk.ends_at == datetime(2026, 12, 4, 16, 30, tzinfo=ZONE)
    assert walk.closes_at == datetime(2026, 12, 4, 12, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"2026-12-24"', (12, 24)),
        ("2026-12-24", (12, 24)),
        ('"2026年12月24日"', (12, 24)),
        ('"2026/12/24"', (12, 24)),
        ("1", (12, 2)),
        ('"+3"', (12, 4)),
        # It is a Tuesday: the next Tuesday is a week away.
        ('"wed"', (12, 2)),
        ('"sat"', (12, 5)),
        ('"sat+1"', (12, 12)),
        ('"周六"', (12, 5)),
        ('"星期日+1"', (12, 13)),
        ('"Mon"', (12, 7)),
        ('"tue"', (12, 8)),
    ],
)
def test_days_are_written_in_a_few_ways(
    tmp_path: Path, written: str, meant: tuple[int, int], sqlite_url: str, now: datetime
) -> None:
    store = Store(sqlite_url)
    text = NETWORK + WALK.replace("day = 3", f"day = {written}")
    assert put(store, tmp_path, text, now).problems == []
    assert event(store, "walk").starts_at == datetime(2026, *meant, 14, 0, tzinfo=ZONE)
    store.close()


def test_without_a_deadline_sign_up_ends_when_the_event_begins(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK.replace('closes_before = "2h"\n', ""), now)
    walk = event(store, "walk")
    assert walk.closes_at == walk.starts_at


def test_a_night_shift_event_may_end_on_the_next_day(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    late = WALK.replace('"14:00"', '"23:00"').replace('"16:30"', '"1:00"\nuntil_day = 4')
    assert put(store, tmp_path, NETWORK + late, now).problems == []
    walk = event(store, "walk")
    assert walk.ends_at - walk.starts_at == timedelta(hours=2)


def test_loading_again_the_next_day_leaves_a_coming_event_where_it_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    was = event(store, "walk").starts_at
    again = put(store, tmp_path, NETWORK + WALK, now + timedelta(days=1))
    assert event(store, "walk").starts_at == was
    assert (again.same["events"], again.changed["events"]) == (1, 0)


def test_a_past_event_comes_round_again_only_if_nobody_had_signed_up(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = NETWORK + WALK + WALK.replace('"walk"', '"ride"')
    put(store, tmp_path, text, now)
    somebody_signs_up(store, "ana", "ride", now)
    rode = event(store, "ride").starts_at
    later = now + timedelta(days=30)
    assert put(store, tmp_path, text, later).problems == []
    assert event(store, "walk").starts_at == datetime(2027, 1, 3, 14, 0, tzinfo=ZONE)
    assert event(store, "ride").starts_at == rode


def test_an_event_moved_in_the_file_keeps_its_signups_and_tells_them(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fixed = WALK.replace("day = 3", "day = 2026-12-05")
    put(store, tmp_path, NETWORK + fixed, now)
    somebody_signs_up(store, "ana", "walk", now)
    somebody_signs_up(store, "ben", "walk", now)
    moved = fixed.replace("12-05", "12-06") + 'reason = "下雨"\n'
    report = put(store, tmp_path, NETWORK + moved, now)
    assert (report.changed["events"], report.problems) == (1, [])
    walk = event(store, "walk")
    assert walk.starts_at == datetime(2026, 12, 6, 14, 0, tzinfo=ZONE)
    assert (walk.held, walk.waiting, walk.turns) == (1, 1, 2)

    def told(session: Session) -> int:
        return len(session.exec(select(Delivery).where(Delivery.topic == "moved")).all())

    assert (store.read_now(told), walk.reason) == (2, "下雨")
    assert put(store, tmp_path, NETWORK + moved, now).same["events"] == 1


def test_more_seats_in_the_file_are_offered_to_the_queue(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    somebody_signs_up(store, "ana", "walk", now)
    somebody_signs_up(store, "ben", "walk", now)
    put(store, tmp_path, NETWORK + WALK.replace("seats = 1", "seats = 2"), now)

    def states(session: Session) -> list[SignupState]:
        return [each.state for each in session.exec(select(Signup).order_by(col(Signup.turn)))]

    assert store.read_now(states) == [SignupState.SEATED, SignupState.OFFERED]
    walk = event(store, "walk")
    assert (walk.seats, walk.held, walk.waiting) == (2, 2, 0)


def test_seats_are_drawn_where_the_file_says_so(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    drawn = NETWORK + WALK.replace('closes_before = "2h"', 'draw = "含网页"')
    assert put(store, tmp_path, drawn, now).problems == []
    walk = event(store, "walk")
    assert walk.draw is DrawState.ENTERING
    assert walk.starts_at - walk.closes_at == timedelta(days=1)
    somebody_signs_up(store, "ana", "walk", now)
    assert event(store, "walk").entered == 1
    # The same file again changes nothing.
    assert not any(put(store, tmp_path, drawn, now).changed.values())
    # Who has a seat already keeps it: such an event is not drawn any more.
    first = WALK.replace('"walk"', '"run"')
    put(store, tmp_path, NETWORK + first, now)
    somebody_signs_up(store, "ben", "run", now)
    late = put(
        store, tmp_path, NETWORK + first.replace("seats = 1", "seats = 1\ndraw = 'yes'"), now
    )
    assert "draw: somebody has signed up" in str(late.problems[0])
    assert event(store, "run").draw is DrawState.NONE


def test_a_cancelled_event_stays_cancelled_when_loaded_again(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)

    def call_off(session: Session) -> None:
        found = session.exec(select(Event)).one()
        running.call_off(session, found.id, "下雨", None, now)

    store.write_now(call_off)
    put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").state is EventState.CANCELLED
    assert event(store, "walk").reason == "下雨"


def test_a_postponed_event_gets_its_date_from_the_file_by_another_day_or_by_a_no(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fixed = NETWORK + WALK.replace("day = 3", "day = 2026-12-04")
    later = fixed.replace("seats = 1", 'seats = 1\npostponed = "是"\nreason = "下雨"')
    put(store, tmp_path, fixed, now)
    was = event(store, "walk")
    assert put(store, tmp_path, later, now).problems == []
    walk = event(store, "walk")
    assert undated.is_to_come(walk.starts_at)
    assert (undated.planned(walk.starts_at), walk.reason) == (was.starts_at, "下雨")
    # The day that stood in the file before is no date for it.
    put(store, tmp_path, fixed, now)
    assert event(store, "walk").starts_at == walk.starts_at
    put(store, tmp_path, fixed.replace("2026-12-04", "2026-12-11"), now)
    assert event(store, "walk").starts_at == was.starts_at + timedelta(days=7)
    assert event(store, "walk").closes_at == was.closes_at + timedelta(days=7)
    put(store, tmp_path, later, now)
    put(store, tmp_path, fixed.replace("seats = 1", 'seats = 1\npostponed = "否"'), now)
    assert event(store, "walk").starts_at == was.starts_at


def test_what_changed_in_the_file_changes_in_the_store(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK, now)
    report = put(store, tmp_path, NETWORK.replace("象棋角", "象棋社"), now)
    assert (report.changed["teams"], report.same["stations"]) == (1, 2)

    def look(session: Session) -> Team:
        return session.exec(select(Team)).one()

    team = store.read_now(look)
    assert team.name == "象棋社"
    assert team.search.startswith("象棋社\txiang qi she")


def test_a_parent_may_stand_below_its_children_and_children_follow_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = """
[[stations]]
code = "works"
kind = "contact_point"
parent = "guicheng"
name = "灯具厂"
"""
    dali = '[[stations]]\ncode = "dali"\nkind = "town"\nparent = "nanhai"\nname = "大沥"\n'
    assert put(store, tmp_path, text + NETWORK + dali, now).problems == []
    ids = {code: station(store, code).id for code in ("nanhai", "guicheng", "dali", "works")}
    assert station(store, "works").path == f"/{ids['nanhai']}/{ids['guicheng']}/{ids['works']}/"
    put(store, tmp_path, text.replace('"guicheng"', '"dali"') + NETWORK + dali, now)
    assert station(store, "works").path == f"/{ids['nanhai']}/{ids['dali']}/{ids['works']}/"


MISTAKES = [
    ('station = "guicheng"', 'station = "guichen"', "station: there is no station 'guichen'"),
    ('station = "guicheng"\n', "", "station is missing"),
    ('title = "湖边散步"\n', "", "title is missing"),
    ('title = "湖边散步"', f'title = "{"长" * 61}"', "title: 61 characters; 60 at most"),
    ("day = 3", 'day = "someday"', "day: 'someday' is not a day"),
    ("day = 3", 'day = "2026-02-30"', "day: '2026-02-30' is not a day"),
    ("day = 3", "day = 0", "day: '0' is not a day"),
    ("day = 3", "day = true", "day: 'True' is not a day"),
    ("day = 3\n", "", "day is missing"),
    ("day = 3", "day = 2026-11-30", "this day and time have passed"),
    ('time = "14:00"', 'time = "25:00"', "time: '25:00' is not a time like 14:00"),
    ('time = "14:00"\n', "", "time is missing"),
    ('until = "16:30"', 'until = "13:30"', "it ends before it begins"),
    ('closes_before = "2h"', 'closes_before = "2"', "closes_before: '2' is not a time"),
    ("seats = 1", "seats = 0", "seats: 0 is not a number of seats"),
    ('closes_before = "2h"', 'draw = "maybe"', "draw: 'maybe' is none of 是, yes, 抽签"),
    ("seats = 1", 'postponed = "rain"', "postponed: 'rain' is none of 是, yes, 延期"),
    ("seats = 1", 'draw = "yes"', "draw: seats for all"),
    ("seats = 1", "seats = -4", "seats: -4 is not a number of seats"),
    ("seats = 1", 'seats = "many"', "seats: 'many' is not a number of seats"),
    ("seats = 1", "seats = 2.5", "seats: 2.5 is not a number of seats"),
    ("seats = 1", 'team = "golf"', "team: there is no team 'golf'"),
    ("seats = 1", 'map_url = "around the corner"', "is not a web address"),
    ("seats = 1", "place = [1]", "place: this is not text"),
    ("seats = 1", 'place = "a\\u0000b"', "place: there are invisible control characters"),
    ("seats = 1", 'aliases = ["a\\u0000b"]', "aliases: there are invisible control characters"),
    ('category = "life"', 'category = "lives"', "category: 'lives' is none of 思想教育"),
    ('kind = "tour"', 'kind = "ride"', "kind: 'ride' is none of 大讲堂"),
    ("seats = 1", 'companions = "狗"', "companions: '狗' is none of 只限本人"),
    ("seats = 1", 'along = "9"', "along: '9' is no number from 1 to 5"),
    ("seats = 1", 'handing = "红"', "handing: '红' is none of 同单位, 谁都可以"),
    ("seats = 1", 'shares = "guicheng"', "shares: 'guicheng' names no place, company or team"),
    ("seats = 1", f'questions = "要吗？{"好" * 21}/不"', "is no question with its answers"),
    ("seats = 1", 'shares = "golf 3"', "shares: 'golf' is no code and no name of only one"),
    ("seats = 1", f'cost = "{"免" * 61}"', "cost: 61 characters; 60 at most"),
    ("seats = 1", f'contact_en = "{"a" * 81}"', "contact_en: 81 characters; 80 at most"),
    ("seats = 1", "meet = [1]", "meet: this is not text"),
    ("seats = 1", 'picture = "../a.png"', "picture: there is no file '../a.png' beside this one"),
    ("seats = 1", 'picture = "network.toml"', "picture: 'network.toml' is no JPEG, PNG"),
    ('code = "walk"', 'code = "a walk"', "code: 'a walk' does not do"),
    ('code = "walk"', 'code = "chess-day"', "the code 'chess-day' stands in line 19 already"),
]

GOOD = WALK.replace('"walk"', '"chess-day"')


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_a_bad_row_is_named_by_its_line_and_the_others_are_loaded(
    sqlite_url: str, tmp_path: Path, now: datetime, right: str, wrong: str, said: str
) -> None:
    store = Store(sqlite_url)
    assert right in WALK
    text = NETWORK + GOOD + WALK.replace(right, wrong)
    report = put(store, tmp_path, text, now)
    # The place of the mistake is its own line, or the row's where something is missing.
    line = (
        text[: text.rindex(wrong)].count("\n") + 1
        if wrong
        else text[: text.rindex("[[")].count("\n") + 1
    )
    assert [str(each) for each in report.problems] == [
        f"network.toml:{line}: events: {report.problems[0].text}"
    ]
    assert said in str(report.problems[0].text)
    assert report.added["events"] == 1
    store.close()


def test_every_mistake_of_a_file_is_reported_in_one_go(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = (
        NETWORK
        + WALK.replace("seats = 1", "seats = 0").replace("湖边散步", "")
        + '\n[[teams]]\ncode = "go"\nstation = "nowhere"\ninterest = "golf"\nname = "围棋社"\n'
        + '\n[[evnts]]\ncode = "x"\n'
        + '\n[[teams]]\ncode = "tea"\nstation = "guicheng"\ninterest = "food"\n'
        + 'name = "茶"\ncolour = 1\n'
    )
    report = put(store, tmp_path, text, now)
    said = [(each.line, str(each.text).split(";")[0]) for each in report.problems]
    known = ", ".join(INTEREST_WORDS)
    assert said == [
        (19, "title is missing"),
        (29, "seats: 0 is not a number of seats"),
        (33, "station: there is no station 'nowhere'"),
        (34, f"interest: 'golf' is none of {known}"),
        (37, "there is no such sheet"),
        (45, "there is no column 'colour'"),
    ]
    assert (report.added["teams"], report.added["events"]) == (2, 0)
    assert report.lines()[0] == "stations: 2 new, 0 changed, 0 as before"
    assert report.lines()[-1].startswith("network.toml:45: teams: there is no column 'colour'")


SANSHUI = """
[[stations]]
code = "sanshui"
kind = "区"
name = "三水区"

[[stations]]
code = "xinan"
kind = "town"
parent = "sanshui"
name = "西南"
"""
ONE_DISTRICT = (
    "stations: 'sanshui' would be a second district; "
    "one deployment is one district, and this one is 'nanhai' (南海区)"
)


def test_a_file_with_two_districts_is_refused_as_a_whole(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(SecondDistrict) as refused:
        put(store, tmp_path, NETWORK + SANSHUI, now)
    assert str(refused.value) == f"network.toml:19: {ONE_DISTRICT}"
    assert store.read_now(stations.district) is None


def test_a_second_file_with_another_district_is_refused_as_a_whole(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    assert put(store, tmp_path, NETWORK, now).problems == []
    with pytest.raises(SecondDistrict) as refused:
        put(store, tmp_path, SANSHUI, now)
    assert str(refused.value) == f"network.toml:2: {ONE_DISTRICT}"
    assert {each.code for each in store.read_now(stations.everything)} == {"nanhai", "guicheng"}


def test_a_second_district_is_refused_by_the_command_in_one_sentence(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    settings, file = tmp_path / "config.toml", tmp_path / "both.toml"
    settings.write_text(f'[store]\nurl = "{sqlite_url}"\n', "utf-8")
    file.write_text(NETWORK + SANSHUI, "utf-8")
    done = CliRunner().invoke(cli, ["load", str(file), "--config", str(settings)])
    assert done.exit_code == 1
    assert done.stderr == f"both.toml:19: {ONE_DISTRICT}.\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('kind = "town"', "a town needs a parent"),
        ('kind = "town"\nparent = "guicheng"', "the parent of a town is a district"),
        ('kind = "town"\nparent = "x"', "parent: there is no station 'x'"),
        ('kind = "district"\nparent = "nanhai"', "a district has no parent"),
        ('kind = "contact_point"\nparent = "x"', "parent: there is no station 'x'"),
        ('kind = "village"\nparent = "nanhai"', "kind: 'village' is none of"),
        ('kind = "town"\nparent = "nanhai"\nenterprise = "acme"', "there is no enterprise 'acme'"),
    ],
)
def test_a_station_out_of_place_is_reported(
    sqlite_url: str, tmp_path: Path, now: datetime, row: str, said: str
) -> None:
    store = Store(sqlite_url)
    text = NETWORK + f'\n[[stations]]\ncode = "x"\nname = "某站"\n{row}\n'
    report = put(store, tmp_path, text, now)
    assert [said in str(each.text) for each in report.problems] == [True]
    assert report.added["stations"] == 2
    store.close()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", b"[[events]\n", "line 1"),
        ("a.toml", "[[events]]\ntitle = '桂城'".encode("gb18030"), "not UTF-8"),
        ("a.xlsx", b"PK nonsense", "not an Excel workbook"),
        ("a.xls", b"a,b", "only .toml, .xlsx and .csv"),
        ("a.csv", b"a,b", "its columns are those of no sheet"),
        ("a.toml", None, "there is no such file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unreadable, match=said):
        read(path)


def test_lines_are_right_below_long_texts_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_text(
        '# [[teams]] in a comment\n[[teams]]\nabout = """\n[[teams]]\nname = 1\n"""\n'
        "name = 'a [[teams]] \"x'\n\n  [[ teams ]]  # again\ncode = 'b'\n",
        encoding="utf-8",
    )
    rows = read(path).rows["teams"]
    assert [(row.line, dict(row.lines)) for row in rows] == [
        (2, {"about": 3, "name": 7}),
        (9, {"code": 10}),
    ]


# Members


MEMBERS = """
[[members]]
name = "小李"
station = "guicheng"
interests = ["chess", "摄影"]
shift = "夜班"

[[members]]
name = "小王"
"""


def test_members_are_loaded_once_and_follow_the_file(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    assert put(store, tmp_path, NETWORK + MEMBERS, now).added["members"] == 2
    assert put(store, tmp_path, NETWORK + MEMBERS, now).same["members"] == 2
    changed = MEMBERS.replace('"摄影"', '"food"')
    assert put(store, tmp_path, NETWORK + changed, now).changed["members"] == 1

    def look(session: Session) -> tuple[Shift | None, set[Interest]]:
        member = session.exec(select(Member).where(Member.name == "小李")).one()
        likes = session.exec(select(MemberInterest).where(MemberInterest.member_id == member.id))
        return member.shift, {each.interest for each in likes}

    assert store.read_now(look) == (Shift.NIGHT, {Interest.CHESS, Interest.FOOD})


def test_who_talks_with_the_station_keeps_their_own_answers(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + MEMBERS, now)

    def arrive(session: Session) -> None:
        member = session.exec(select(Member).where(Member.name == "小李")).one()
        session.add(Address(member_id=member.id, account="web", external="x", created_at=now))

    store.write_now(arrive)
    report = put(store, tmp_path, NETWORK + MEMBERS.replace("夜班", "白班"), now)
    assert (report.same["members"], report.changed["members"]) == (2, 0)


def test_a_member_listed_twice_is_reported(store: Store, tmp_path: Path, now: datetime) -> None:
    report = put(store, tmp_path, NETWORK + MEMBERS + '[[members]]\nname = "小王"\n', now)
    said = [str(each) for each in report.problems]
    assert said == ["network.toml:28: members: the same name and station stand in line 25 already"]


# Languages


def test_a_text_is_kept_and_found_in_every_language(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    words = 'title_en = "A walk by the lake"\nplace = "湖边"\nplace_en = "the lake"\n'
    assert put(store, tmp_path, NETWORK + WALK + words, now).problems == []
    walk = event(store, "walk")
    assert walk.translations == {"title": {"en": "A walk by the lake"}, "place": {"en": "the lake"}}
    assert walk.text_of("title").to("zh") == "湖边散步"
    assert walk.text_of("bring").to("en") == ""
    assert store.read_now(events.matching, "a walk by", now) == [walk.id]
    # What is taken out of the file is taken out of the store.
    assert put(store, tmp_path, NETWORK + WALK, now).changed["events"] == 1
    assert event(store, "walk").translations == {}
    assert store.read_now(events.matching, "a walk by", now) == []


def test_a_language_that_is_not_known_is_named(store: Store, tmp_path: Path, now: datetime) -> None:
    words = 'title_fr = "Au bord du lac"\n'
    people = '[[members]]\nname = "小王"\nlanguage = "fr"\n'
    report = put(store, tmp_path, NETWORK + WALK + words + people, now)
    assert [str(each) for each in report.problems] == [
        "network.toml:30: events: title_fr: there is no language 'fr'; there are zh, en",
        "network.toml:33: members: language: there is no language 'fr'; there are zh, en",
    ]


# Excel


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_an_excel_file_is_loaded_as_a_toml_file_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = workbook(
        tmp_path / "network.xlsx",
        {
            "站点": [
                ["代码", "类型", "上级", "名称"],
                ["nanhai", "区", None, "南海区"],
                ["guicheng", "镇街", "nanhai", "桂城"],
            ],
            "活动": [
                ["代码", "站点", "类别", "形式", "标题", "日期", "开始", "结束", "名额", "别名",
                 "英文标题"],
                [1001, "guicheng", "生活服务", "体验游", "湖边散步", date(2026, 12, 5),
                 clock(14, 0), "16:30", 6.0, "散步、走路", "By the lake"],
                [None] * 10,
                ["b", "guicheng", "生活服务", "体验游", None, 3, "14:00", "16:30", "不限", None],
            ],
            "Notes": [],
            "Teams": [["code", "station", "Interest", "Name", "colour"],
                      ["chess", "guicheng", "棋牌", "象棋角", "red"]],
        },
    )  # fmt: skip
    report = store.write_now(load, read(path), CARE, now)
    said = [str(each).split(";")[0] for each in report.problems]
    assert said == [
        "network.xlsx:1: teams: there is no column 'colour'",
        "network.xlsx:4: events: 标题 is missing",
    ]
    walk = event(store, "1001")
    assert walk.starts_at == datetime(2026, 12, 5, 14, 0, tzinfo=ZONE)
    assert walk.seats == 6
    assert walk.text_of("title").to("en") == "By the lake"
    assert "散步\tsan bu" in walk.search
    assert store.write_now(load, read(path), CARE, now).same["events"] == 1


def test_the_template_can_be_filled_in_and_its_example_is_not_loaded(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "template.xlsx"
    template(path)
    empty = store.write_now(load, read(path), CARE, now)
    assert empty.lines() == []
    # Without its mark the example is a network of its own, but for what it refers to.
    book = load_workbook(path)
    for page in book.worksheets:
        page["A2"] = str(page["A2"].value).removeprefix("# ")
    book["站点"].append(["nanhai", "区", None, None, "南海区"])
    book.save(path)
    filled = store.write_now(load, read(path), CARE, now)
    assert filled.problems == []
    assert filled.added == {
        "stations": 2, "enterprises": 1, "teams": 1, "clubs": 1, "members": 1, "roles": 1,
        "events": 1, "answers": 1,
    }  # fmt: skip


def test_loaded_events_are_found_by_pinyin(store: Store, tmp_path: Path, now: datetime) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    walk = event(store, "walk").id
    assert store.read_now(events.matching, "hubian", now) == [walk]
    assert store.read_now(events.matching, "桂城 散步", now) == [walk]
    assert store.read_now(events.matching, "hubian", now + timedelta(days=9)) == []


def test_times_are_kept_in_utc(store: Store, tmp_path: Path, now: datetime) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").starts_at.utcoffset() == timedelta(0)
    assert event(store, "walk").starts_at.astimezone(UTC).hour == 6


def test_the_command_writes_a_template_but_never_over_a_file(tmp_path: Path) -> None:
    command = CliRunner()
    path = tmp_path / "network.xlsx"
    assert command.invoke(cli, ["load", "--template", str(path)]).exit_code == 0
    assert load_workbook(path).sheetnames == [
        *("站点", "企业", "队伍", "社团", "工友", "角色", "活动", "常见问答")
    ]
    written = path.read_bytes()
    again = command.invoke(cli, ["load", "--template", str(path)])
    assert again.exit_code == 2
    assert "needs a new name ending in .xlsx" in again.output
    assert path.read_bytes() == written


def test_the_audience_of_a_row_is_kept_where_the_file_says_nothing_of_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    narrowed = WALK + 'audience = "guicheng, chess"\n'
    put(store, tmp_path, NETWORK + narrowed, now)
    aim = event(store, "walk").aim
    assert (len(aim.stations), len(aim.teams)) == (1, 1)
    report = put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").aim == aim
    assert report.same["events"] == 1
    put(store, tmp_path, NETWORK + WALK + 'audience = "全区"\n', now)
    assert event(store, "walk").audience == ""
    report = put(store, tmp_path, NETWORK + WALK + 'audience = ["guicheng", "nobody"]\n', now)
    assert "'nobody' is the code of no station" in str(report.problems[0])
    assert event(store, "walk").audience == ""


def test_seats_are_shared_out_by_a_row_and_kept_where_it_says_nothing(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    def shared(session: Session) -> list[tuple[str, int, int | None]]:
        return [(e.who, e.least, e.most) for e in (q.share for q in quotas.of_event(session, 1))]

    many = WALK.replace("seats = 1", "seats = 9")
    row = many + 'shares = "guicheng 至少 3；chess 最多 4"\nshared_until = "1d"\n'
    put(store, tmp_path, NETWORK + row, now)
    kept = store.read_now(shared)
    assert [each[1:] for each in kept] == [(3, None), (0, 4)]
    walk = event(store, "walk")
    assert walk.quotas_until == walk.starts_at - timedelta(days=1)
    put(store, tmp_path, NETWORK + many, now)
    assert store.read_now(shared) == kept
    report = put(store, tmp_path, NETWORK + many + 'shares = "guicheng 10"\n', now)
    assert "they keep 10 of 9 seats" in str(report.problems[0])
    put(store, tmp_path, NETWORK + many + 'shares = ""\n', now)
    assert store.read_now(shared) == kept

    # By answers and stops as well; a second time changes nothing.
    row = many + 'questions = "每人：男还是女？男/女；忌口？"\nmeet = "8:20 桂城站；8:40 狮山站"\n'
    row += 'shares = "男/女 各 4；桂城站 最多 5"\n'
    put(store, tmp_path, NETWORK + row, now)

    def by_answers(session: Session) -> list[tuple[str, str, bool]]:
        asked = {each.id: each for each in questions.of_event(session, 1)}
        shares = [each.share for each in quotas.of_event(session, 1)]
        return [
            (each.choice, asked[each.question_id].text, asked[each.question_id].per_person)
            if each.question_id is not None
            else (each.choice, "", False)
            for each in shares
        ]

    told = [("男", "男还是女？", True), ("女", "男还是女？", True), ("桂城站", "", False)]
    assert store.read_now(by_answers) == told
    put(store, tmp_path, NETWORK + row, now)
    assert store.read_now(by_answers) == told
    assert [each.text for each in store.read_now(questions.of_event, 1)] == ["男还是女？", "忌口？"]


def test_a_picture_beside_the_file_is_kept_once_and_of_a_photo_the_pixels_alone(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    def shown(session: Session) -> tuple[int, bytes]:
        number = session.exec(select(Event.picture_id).where(Event.code == "walk")).one()
        found = pictures.named(session, pictures.name(session, number))
        assert found is not None
        return number or 0, found[1]

    drawn = png()
    (tmp_path / "walk.png").write_bytes(drawn)
    row = WALK + 'picture = "walk.png"\n'
    assert put(store, tmp_path, NETWORK + row, now).problems == []
    number, content = store.read_now(shown)
    assert content == drawn
    assert put(store, tmp_path, NETWORK + row, now).same["events"] == 1
    assert put(store, tmp_path, NETWORK + WALK, now).same["events"] == 1
    assert store.read_now(shown) == (number, drawn)
    at_home = len(drawn) - 12
    (tmp_path / "walk.png").write_bytes(
        drawn[:at_home] + b"\0\0\0\x04tEXtHome\x8e\xcd\x6d\x14" + drawn[at_home:]
    )
    put(store, tmp_path, NETWORK + row, now)
    assert store.read_now(shown) == (number, drawn)


def test_what_chats_have_written_is_kept_where_the_file_says_nothing_of_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    told = 'meet = "8:00 东门"\nmeet_en = "8:00, east gate"\ncost = "免费"\n'
    told += 'companions = "可带家属"\ncontact = "小陈"\n'
    assert put(store, tmp_path, NETWORK + WALK + told, now).problems == []
    somebody_signs_up(store, "ana", "walk", now)
    walk = event(store, "walk")
    assert (walk.meet, walk.cost, walk.contact) == ("8:00 东门", "免费", "小陈")
    assert (walk.companions, walk.text_of("meet").to("en")) == ("family", "8:00, east gate")
    assert put(store, tmp_path, NETWORK + WALK, now).same["events"] == 1
    # Who has a seat hears of another meeting point, and of nothing else.
    put(store, tmp_path, NETWORK + WALK + told.replace("免费", "AA"), now)
    assert topics_owed(store) == []
    put(store, tmp_path, NETWORK + WALK + told.replace("东门", "西门"), now)
    assert topics_owed(store) == ["relocated"]
    walk = event(store, "walk")
    assert (walk.meet, walk.text_of("meet").to("en")) == ("8:00 西门", "8:00, east gate")


def test_what_a_file_changes_about_a_coming_event_is_audited_and_only_a_place_is_told(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    somebody_signs_up(store, "ana", "walk", now)
    corrected = WALK.replace("湖边散步", "湖边健步走") + 'bring = "水"\nplace = "湖边"\n'
    report = put(store, tmp_path, NETWORK + corrected, now)
    assert report.changed["events"] == 1
    walk = event(store, "walk")
    assert (walk.title, walk.bring, walk.place, walk.held) == ("湖边健步走", "水", "湖边", 1)
    acts = store.read_now(audit.about, f"event:{walk.id}")
    assert [(each.member_id, each.details["what"]) for each in acts] == [
        (None, "relocated"),
        (None, "edited"),
    ]
    assert acts[1].details["changes"]["title"] == ["湖边散步", "湖边健步走"]
    assert topics_owed(store) == ["relocated"]
    assert put(store, tmp_path, NETWORK + corrected, now).same["events"] == 1
    # Fewer seats than are taken are refused with the row as a whole.
    fewer = corrected.replace("湖边健步走", "散步").replace("seats = 1", "seats = 2")
    put(store, tmp_path, NETWORK + fewer, now)
    somebody_signs_up(store, "ben", "walk", now)
    report = put(store, tmp_path, NETWORK + corrected, now)
    assert "seats: 2 are taken already" in str(report.problems[0])
    assert event(store, "walk").title == "散步"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (MOST_BYTES + 1))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Unreadable, match="more than 100 MB"):
        read(path)


def test_a_message_quotes_no_cell_of_any_length() -> None:
    problem = SheetProblem("a.xlsx", "events", 3, f"seats: {'9' * 5000} is not a number of seats")
    assert len(str(problem)) < 500
    assert str(problem).endswith("is not a number of seats")


def test_a_file_that_changes_when_sign_up_closes_is_audited_as_an_organizer_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    report = put(store, tmp_path, NETWORK + WALK.replace('"2h"', '"1h"'), now)
    walk = event(store, "walk")
    # Of a relative day the times stay as they were first loaded.
    assert (report.same["events"], walk.starts_at - walk.closes_at) == (1, timedelta(hours=2))
    dated = WALK.replace("day = 3", f"day = {walk.starts_at.astimezone(ZONE):%Y-%m-%d}")
    report = put(store, tmp_path, NETWORK + dated.replace('"2h"', '"1h"'), now)
    walk = event(store, "walk")
    assert (report.changed["events"], walk.starts_at - walk.closes_at) == (1, timedelta(hours=1))
    (act,) = store.read_now(audit.about, f"event:{walk.id}")
    assert (act.member_id, act.details["what"]) == (None, "closing time")


def test_a_row_with_a_staff_number_is_known_by_it_and_bound_once(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    rows = NETWORK + MEMBER_ROW.format(name="李伟", number="0317")
    rows += MEMBER_ROW.format(name="李伟", number="0318")
    assert put(store, tmp_path, rows, now).added["members"] == 2
    renamed = rows.replace("李伟", "李大伟", 1)
    assert put(store, tmp_path, renamed, now).changed["members"] == 1
    assert store.read_now(census.count, now)["rows without a chat"] == 2

    def bind(session: Session) -> int:
        town = stations.named(session, "guicheng")
        assert town is not None
        [row, _other] = binding.new_codes(session, town, now)
        caller = members.meet(session, "web.chat", "a", language="zh", now=now)
        caller.consented_at = now
        typed = linking.type_code(session, caller, row.shown.lower(), now)
        assert isinstance(typed, ToBind)
        linking.bind(session, caller, typed.code_id, CARE, now)
        return caller.id

    number = store.write_now(bind)
    counted = store.read_now(census.count, now)
    assert (counted["members"], counted["rows without a chat"]) == (1, 1)
    # Loaded again, the row is theirs, whatever they call themselves.
    assert put(store, tmp_path, renamed, now).same["members"] == 2
    assert store.read_now(members.get, number).name in ("李伟", "李大伟")


MEMBER_ROW = """
[[members]]
name = "{name}"
station = "guicheng"
staff_number = "{number}"
"""
