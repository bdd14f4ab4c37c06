"""Read files that describe a network into rows with line numbers: TOML, Excel, and CSV.

``books`` reads the pages of workbooks and ``tables`` a table of comma-separated values; what all
three have in common stands here.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.loading.columns import SHEETS, column_named, enumerated, plain, sheet_named, title
from models.rules.languages import LANGUAGES
from models.rules.sentences import Text, say

MOST_ROWS = 200_000
"""Rows that are read of one sheet."""

KINDS = (".toml", ".xlsx", ".csv")


class Unreadable(Exception):
    """The file as a whole cannot be read. ``why`` says it to the person who wrote it."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong with a row or a cell, and where: ``line`` counts from 1."""

    file: str
    sheet: str
    line: int
    text: Text | str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sheet}: {clipped(str(self.text))}"

    def said(self) -> Text:
        """The whole problem with its place, for a reader of any language."""
        return say(
            "{file}:{line}: {sheet}: {problem}",
            file=self.file,
            line=self.line,
            sheet=title(self.sheet),
            problem=self.text,
        )


def clipped(text: str) -> str:
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

    ``folder`` is where it stands, with the pictures that its rows name; None where nothing stands
    beside it. ``language`` is that of its headers, and ``headers`` are how it calls its columns.
    """

    file: str
    folder: Path | None
    rows: dict[str, list[SheetRow]] = field(default_factory=lambda: {name: [] for name in SHEETS})
    problems: list[SheetProblem] = field(default_factory=list)
    language: str = "en"

    def problem(self, sheet: str, line: int, text: Text) -> None:
        self.problems.append(SheetProblem(self.file, sheet, line, text))


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
    """Read a .toml, .xlsx or .csv file.

    Raises Unreadable when it is none of these, is missing or cannot be parsed.
    """
    path = Path(path)
    _require_kind(path.name)
    if not path.is_file():
        raise Unreadable(say("{file}: there is no such file", file=path))
    return read_bytes(path.read_bytes(), path.name, path.parent)


def read_bytes(content: bytes, name: str, folder: Path | None = None) -> SheetFile:
    """Read the content of a file of this name. Raises Unreadable as ``read`` does."""
    from models.loading.books import read_xlsx
    from models.loading.tables import read_csv

    match _require_kind(name):
        case ".toml":
            return _read_toml(content, SheetFile(name, folder))
        case ".xlsx":
            return read_xlsx(content, SheetFile(name, folder))
        case _:
            return read_csv(content, SheetFile(name, folder))


def _require_kind(name: str) -> str:
    kind = Path(name).suffix.lower()
    if kind not in KINDS:
        raise Unreadable(say("{file}: only .toml, .xlsx and .csv files can be loaded", file=name))
    return kind


# TOML


def _read_toml(content: bytes, sheets: SheetFile) -> SheetFile:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        parsed = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        raise Unreadable(say("{file}: this is not UTF-8 text", file=sheets.file)) from problem
    except tomllib.TOMLDecodeError as problem:
        why = say("{file}: {problem}", file=sheets.file, problem=str(problem))
        raise Unreadable(why) from problem
    places = _places(text)
    by_table: dict[str, list[tuple[int, dict[str, int]]]] = {}
    for table, line, keys in places:
        by_table.setdefault(table, []).append((line, keys))
    for name, tables in parsed.items():
        sheet, headers = sheet_named(name), by_table.get(name, [])
        if sheet is None or not isinstance(tables, list):
            line = headers[0][0] if headers else 1
            sheets.problem(
                name,
                line,
                say(
                    "there is no such sheet; a row begins with [[name]], one of {names}",
                    names=", ".join(SHEETS),
                ),
            )
            continue
        for number, table in enumerate(tables):
            line, keys = headers[number] if number < len(headers) else (1, {})
            if not isinstance(table, dict):
                sheets.problem(sheet, line, say("this is not a table"))
                continue
            add(sheets, sheet, SheetRow(line, table, keys))
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


# Rows and columns of any file


def add(sheets: SheetFile, sheet: str, row: SheetRow) -> None:
    """Add a row under the English names of its columns; a column that there is none is noted."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, value in row.values.items():
        column = column_named(sheet, name)
        if column is None:
            no_such_column(sheets, sheet, row.lines.get(name, row.line), name)
        elif value != "":
            values[column.name] = value
            if name in row.lines:
                lines[column.name] = row.lines[name]
    sheets.rows[sheet].append(SheetRow(row.line, values, lines))


def no_such_column(sheets: SheetFile, sheet: str, line: int, name: str) -> None:
    text, _, code = plain(name).rpartition("_")
    if any(column.name == text and column.most_translated for column in SHEETS[sheet][1]):
        what = say("there is no language '{code}'; there are {codes}", code=code, codes=_CODES)
        sheets.problem(sheet, line, say("{column}: {problem}", column=name, problem=what))
        return
    if sheets.language == "zh":
        known = enumerated(column.zh for column in SHEETS[sheet][1])
    else:
        known = ", ".join(
            f"{column.name}, {column.name}_LANGUAGE" if column.most_translated else column.name
            for column in SHEETS[sheet][1]
        )
    sheets.problem(
        sheet, line, say("there is no column '{name}'; there are {known}", name=name, known=known)
    )


_CODES = ", ".join(LANGUAGES)


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A cell whose formula no program has worked out: the file holds no value of it."""


def is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
