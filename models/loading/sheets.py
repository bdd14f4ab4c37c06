"""Read TOML and Excel files that describe a network into rows with line numbers.

Sheets and columns have an English and a Chinese name; both are accepted. A text may stand in
further languages, each in a column of its own: ``title_en``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from models.rules.desk.likeness import LONGEST_ANSWER, LONGEST_QUESTION, LONGEST_SOURCE
from models.rules.events.details import DETAILS, Detail
from models.rules.languages import LANGUAGES, unknown

MOST_BYTES = 100_000_000
"""What the parts of a workbook may come to when they are unpacked."""

MOST_ROWS = 20_000
"""Rows that are read of one sheet."""


class Unreadable(Exception):
    """The file as a whole cannot be read. The message says why, for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong with a row or a cell, and where: ``line`` counts from 1."""

    file: str
    sheet: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sheet}: {_clipped(self.text)}"


def _clipped(text: str) -> str:
    """The beginning and the end of a text: it may quote a cell of any length."""
    return text if len(text) <= 400 else f"{text[:200]}…{text[-150:]}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a row by column; ``lines`` has the lines of cells not on ``line``."""

    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class SheetFile:
    """The content of a file: rows by sheet, and problems found while reading it.

    ``folder`` is where it stands, with the pictures that its rows name.
    """

    file: str
    folder: Path
    rows: dict[str, list[SheetRow]]
    problems: list[SheetProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; ``most`` is the greatest length of a cell in characters.

    ``most_translated`` is the greatest length of a translation, 0 where the column has none.
    Translations stand in columns such as ``title_en``; ``examples`` are theirs by language code.
    """

    name: str
    zh: str
    example: str = ""
    most: int = 60
    most_translated: int = 0
    examples: Mapping[str, str] = field(default_factory=dict)

    def translation(self, code: str) -> "Column":
        """The column of its texts in this language."""
        zh = f"{LANGUAGES[code].header}{self.zh}"
        example = self.examples.get(code, "")
        return Column(f"{self.name}_{code}", zh, example, self.most_translated)


def _detail(detail: Detail) -> Column:
    """The column of a detail of an event."""
    examples = {"en": detail.example_en} if detail.example_en else {}
    sizes = (detail.most, detail.most_translated)
    return Column(detail.name, detail.header, detail.example, *sizes, examples)


SHEETS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "stations": (
        "站点",
        (
            Column("code", "代码", "guicheng"),
            Column("kind", "类型", "镇街"),
            Column("parent", "上级", "nanhai"),
            Column("enterprise", "企业"),
            Column("name", "名称", "桂城", 60, 60, {"en": "Guicheng"}),
            Column(
                "address", "地址", "南海大道北 60 号", 120, 120, {"en": "60 Nanhai Avenue North"}
            ),
            Column("map_url", "地图", "https://uri.amap.com/marker?position=113.15,23.03", 300),
            Column("aliases", "别名", "桂城街道", 300),
        ),
    ),
    "enterprises": (
        "企业",
        (
            Column("code", "代码", "mingdeng"),
            Column("name", "名称", "明灯照明", 60, 60, {"en": "Mingdeng Lighting"}),
        ),
    ),
    "teams": (
        "队伍",
        (
            Column("code", "代码", "guicheng-badminton"),
            Column("station", "站点", "guicheng"),
            Column("interest", "兴趣", "球类"),
            Column("name", "名称", "千灯湖羽毛球队", 60, 60, {"en": "Lakeside Badminton"}),
            Column(
                "about",
                "简介",
                "下班来打两局，新手有人带。",
                300,
                400,
                {"en": "A few games after work; beginners welcome."},
            ),
            Column(
                "meets",
                "集合时间",
                "每周三 19:30，桂城站球馆",
                120,
                160,
                {"en": "Wednesdays 19:30, Guicheng hall"},
            ),
            Column("aliases", "别名", "羽毛球", 300),
        ),
    ),
    "members": (
        "工友",
        (
            Column("name", "姓名", "小李"),
            Column("station", "站点", "guicheng"),
            Column("staff_number", "工号", "", 20),
            Column("interests", "兴趣", "球类、摄影", 200),
            Column("shift", "班次", "白班"),
            Column("language", "语言", "zh"),
        ),
    ),
    "events": (
        "活动",
        (
            Column("code", "代码", "lamp-works-tour"),
            Column("station", "站点", "guicheng"),
            Column("team", "队伍"),
            Column("audience", "面向", "", 300),
            Column("category", "类别", "职场提升"),
            Column("kind", "形式", "体验游"),
            Column("title", "标题", "走进灯具厂", 60, 60, {"en": "Inside the lamp works"}),
            Column("day", "日期", "2030-12-05", 20),
            Column("time", "开始", "9:00", 10),
            Column("until_day", "结束日期", "", 20),
            Column("until", "结束", "12:00", 10),
            Column("closes_before", "提前截止", "2h", 10),
            Column("seats", "名额", "45", 10),
            Column("draw", "抽签", "", 10),
            Column("place", "地点", "明灯照明厂区", 120, 160, {"en": "Mingdeng Lighting"}),
            Column("map_url", "地图", "https://uri.amap.com/marker?position=113.15,23.03", 300),
            Column("questions", "报名问题", "要不要订餐？要/不要", 1000),
            Column("shares", "名额分配", "guicheng 至少 10", 300),
            Column("hall", "座位", "", 300),
            Column("shared_until", "提前放开", "1d", 10),
            Column("opens_before", "提前开放", "7d", 10),
            Column("conditions", "报名条件", "18-60岁", 300),
            *(_detail(each) for each in DETAILS.values()),
            Column("picture", "图片", "", 100),
            Column("aliases", "别名", "工厂参观", 300),
            Column("postponed", "延期", "", 10),
            Column("reason", "改期原因", "", 120),
        ),
    ),
    "answers": (
        "常见问答",
        (
            Column("station", "站点", "nanhai"),
            Column("event", "活动"),
            Column(
                "question",
                "问题",
                "加班费怎么算？",
                LONGEST_QUESTION,
                2 * LONGEST_QUESTION,
                {"en": "How is overtime paid?"},
            ),
            Column("variants", "问法", "周末上班几倍工资；加班没有加班费", 2000),
            Column(
                "answer",
                "回答",
                "休息日加班又不能补休，2 倍。",
                LONGEST_ANSWER,
                2 * LONGEST_ANSWER,
                {"en": "Twice the wage on rest days without time off instead."},
            ),
            Column(
                "source",
                "来源",
                "《劳动法》第 44 条",
                LONGEST_SOURCE,
                LONGEST_SOURCE,
                {"en": "Labour Law, article 44"},
            ),
            Column("valid_until", "有效期至", "2030-12-31", 20),
        ),
    ),
}

TOML_PART = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|(?:^|(?<=\n))[ \t]*\[\[[ \t]*(?P<table>[\w-]+)[ \t]*\]\]"
    r"|(?:^|(?<=\n))[ \t]*\[(?P<other>[^\[\]\n]+)\]"
    r"|(?:^|(?<=\n))[ \t]*(?P<key>[\w-]+)[ \t]*=",
    re.DOTALL,
)


def read(path: Path | str) -> SheetFile:
    """Read a .toml or .xlsx file.

    Raises Unreadable when it is neither, is missing or cannot be parsed.
    """
    path = Path(path)
    readers = {".toml": _read_toml, ".xlsx": _read_xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"{path.name}: only .toml and .xlsx files can be loaded")
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    return reader(path)


# TOML


def _read_toml(path: Path) -> SheetFile:
    try:
        text = path.read_text(encoding="utf-8-sig")
        parsed = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        raise Unreadable(f"{path.name}: this is not UTF-8 text") from problem
    except tomllib.TOMLDecodeError as problem:
        raise Unreadable(f"{path.name}: {problem}") from problem
    sheets = SheetFile(path.name, path.parent, {name: [] for name in SHEETS})
    places = _places(text)
    for name, tables in parsed.items():
        sheet = _sheet_named(name)
        if sheet is None or not isinstance(tables, list):
            names = ", ".join(SHEETS)
            line = next((line for table, line, _ in places if table == name), 1)
            text = f"there is no such sheet; a row begins with [[name]], one of {names}"
            sheets.problems.append(SheetProblem(path.name, name, line, text))
            continue
        headers = [(line, keys) for table, line, keys in places if table == name]
        for number, table in enumerate(tables):
            line, keys = headers[number] if number < len(headers) else (1, {})
            if not isinstance(table, dict):
                sheets.problems.append(SheetProblem(path.name, sheet, line, "this is not a table"))
                continue
            _add(sheets, sheet, SheetRow(line, table, keys))
    return sheets


def _places(text: str) -> list[tuple[str, int, dict[str, int]]]:
    """Each ``[[table]]`` in order: its name, its line, and the lines of its keys."""
    places: list[tuple[str, int, dict[str, int]]] = []
    line, seen = 1, 0
    for part in TOML_PART.finditer(text):
        line += text.count("\n", seen, part.start())
        seen = part.start()
        if part["table"] or part["other"]:
            places.append(((part["table"] or part["other"]).strip(), line, {}))
        elif part["key"] and places:
            places[-1][2][part["key"]] = line
        elif part["key"]:
            places.append((part["key"], line, {}))
    return places


# Excel


def _read_xlsx(path: Path) -> SheetFile:
    from xml.etree.ElementTree import ParseError

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise Unreadable(f"{path.name}: unpacked it has more than {most} MB; load it in parts")
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, ParseError) as problem:
        raise Unreadable(f"{path.name}: this is not an Excel workbook (.xlsx)") from problem
    sheets = SheetFile(path.name, path.parent, {name: [] for name in SHEETS})
    try:
        for page in book.worksheets:
            _read_page(sheets, page.title, page.iter_rows(values_only=True))
    finally:
        book.close()
    return sheets


def _read_page(sheets: SheetFile, title: str, cells: Iterator[tuple[Any, ...]]) -> None:
    filled = (
        (line, row) for line, row in enumerate(cells, 1) if any(not _is_empty(c) for c in row)
    )
    header = next(filled, None)
    if header is None:
        return
    sheet = _sheet_named(title)
    if sheet is None:
        existing = ", ".join(f"{name} {zh}" for name, (zh, _) in SHEETS.items())
        text = f"there is no such sheet; the sheets are {existing}"
        sheets.problems.append(SheetProblem(sheets.file, title, header[0], text))
        return
    names = ["" if _is_empty(cell) else str(cell).strip() for cell in header[1]]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1 and name):
        text = f"two columns are called {name!r}; the last one counts"
        sheets.problems.append(SheetProblem(sheets.file, sheet, header[0], text))
    for name in names:
        if name and _column_named(sheet, name) is None:
            sheets.problems.append(_no_such_column(sheets, sheet, header[0], name))
    for line, row in filled:
        if line > MOST_ROWS:
            text = f"no row after the {MOST_ROWS:,}th is read; load the others from another file"
            sheets.problems.append(SheetProblem(sheets.file, sheet, line, text))
            return
        pairs = zip(names, row, strict=False)
        values = {
            name: cell
            for name, cell in pairs
            if name and not _is_empty(cell) and _column_named(sheet, name)
        }
        first = next(cell for cell in row if not _is_empty(cell))
        if not str(first).startswith("#"):
            _add(sheets, sheet, SheetRow(line, values))


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


# Names of sheets and columns


def _add(sheets: SheetFile, sheet: str, row: SheetRow) -> None:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, value in row.values.items():
        line = row.lines.get(name, row.line)
        column = _column_named(sheet, name)
        if column is None:
            sheets.problems.append(_no_such_column(sheets, sheet, line, name))
        elif value != "":
            values[column.name] = value
            lines[column.name] = line
    sheets.rows[sheet].append(SheetRow(row.line, values, lines))


def _no_such_column(sheets: SheetFile, sheet: str, line: int, name: str) -> SheetProblem:
    text, _, code = _plain(name).rpartition("_")
    if any(column.name == text and column.most_translated for column in SHEETS[sheet][1]):
        return SheetProblem(sheets.file, sheet, line, f"{name}: {unknown(code)}")
    known = ", ".join(
        f"{column.name}, {column.name}_LANGUAGE" if column.most_translated else column.name
        for column in SHEETS[sheet][1]
    )
    return SheetProblem(sheets.file, sheet, line, f"there is no column {name!r}; there are {known}")


def _sheet_named(name: str) -> str | None:
    folded = name.strip().casefold()
    for sheet, (zh, _) in SHEETS.items():
        if folded in (sheet, zh):
            return sheet
    return None


def columns(sheet: str) -> Iterator[Column]:
    """Every column that the sheet may have, those of translations behind their own."""
    for column in SHEETS[sheet][1]:
        yield column
        if column.most_translated:
            yield from (column.translation(code) for code in LANGUAGES)


def _column_named(sheet: str, name: str) -> Column | None:
    wanted = _plain(name)
    for column in columns(sheet):
        if wanted in (column.name, column.zh):
            return column
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())
