"""Files that cannot be loaded, or not wholly: every mistake is named."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from typer.testing import CliRunner

from bot.station.commands import cli
from models.loading import books
from models.loading.books import MOST_BYTES
from models.loading.network import SecondDistrict, Unreadable, read, read_bytes
from models.loading.sheets import SheetProblem
from models.loading.words import INTEREST_WORDS
from models.network import stations
from models.store import Store
from tests.models.loading.files import book
from tests.models.loading.walk import (
    NETWORK,
    WALK,
    put,
)

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
    (
        "seats = 1",
        'questions = "忌口[答“要”才问]"',
        "no question before '有什么忌口",
    ),
    ("seats = 1", 'questions = "带什么？[多选]"', "'带什么？' needs at least two answers"),
    ("seats = 1", 'questions = "带什么？水/茶[数字]"', "'带什么？' has answers to choose from"),
    ("seats = 1", 'questions = "订餐[再来一次]"', "'再来一次' says nothing of '要不要订餐？'"),
    ("seats = 1", 'questions = "订餐[保留 8 天]"', "'要不要订餐？' are kept 1/7/30/90 days, not 8"),
    ("seats = 1", 'questions = "证书照片[签到时再问]"', "cannot be asked again: it takes a photo"),
    ("seats = 1", 'questions = "身份证号"', "ID numbers are asked only where a key is set"),
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


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (MOST_BYTES + 1))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Unreadable, match="more than 100 MB"):
        read(path)


CELL = '<row r="{line}"><c r="{at}" t="{kind}"><v>{value}</v></c></row></sheetData>'


def with_a_cell(line: int, column: str, kind: str = "n", value: str = "1") -> bytes:
    """A workbook that says it is as large as Excel knows, with one more cell in it."""
    made, content = book({"members": [["name"], ["阿梅"]]}), BytesIO()
    cell = CELL.format(line=line, at=f"{column}{line}", kind=kind, value=value)
    with ZipFile(BytesIO(made)) as parts, ZipFile(content, "w", ZIP_DEFLATED) as changed:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
                part = part.replace(b"</sheetData>", cell.encode())
            changed.writestr(name, part)
    return content.getvalue()


def test_a_small_file_with_a_cell_far_away_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "LAST_ROW", 5000)
    for line, column in ((10**12, "A"), (3, "XFD")):
        found = read_bytes(with_a_cell(line, column), "a.xlsx")
        assert [each.values for each in found.rows["members"]] == [{"name": "阿梅"}]


def test_a_workbook_with_a_damaged_cell_is_refused() -> None:
    for kind, value in (("s", "99"), ("n", "x"), ("d", "someday"), ("b", "?")):
        with pytest.raises(Unreadable, match="is not an Excel workbook"):
            read_bytes(with_a_cell(3, "A", kind, value), "a.xlsx")


def test_a_message_quotes_no_cell_of_any_length() -> None:
    problem = SheetProblem("a.xlsx", "events", 3, f"seats: {'9' * 5000} is not a number of seats")
    assert len(str(problem)) < 500
    assert str(problem).endswith("is not a number of seats")
