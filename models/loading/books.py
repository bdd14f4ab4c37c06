"""Read the pages of an Excel workbook, as people fill them in.

Merged cells hold their value in each of their rows; a title may stand above the headers; a formula
that no program has worked out is told apart from an empty cell.
"""

import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from models.loading.columns import SHEETS, column_named, enumerated, sheet_named
from models.loading.sheets import (
    MOST_ROWS,
    FormulaWithoutValue,
    SheetFile,
    SheetRow,
    Unreadable,
    is_empty,
    no_such_column,
)
from models.rules.sentences import say

MOST_BYTES = 100_000_000
"""What the parts of a workbook may come to when they are unpacked."""

MOST_COLUMNS = 256
"""Columns that are read of a page; no sheet has as many."""

LAST_ROW = 1_048_576
"""The last row that Excel knows."""

TITLES = 8
"""How many rows with something in them may stand above the headers."""

MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')

Cells = Sequence[Any]
Lines = Iterator[tuple[int, Cells]]


def read_xlsx(content: bytes, sheets: SheetFile) -> SheetFile:
    """Read every page of a workbook. Raises Unreadable when it is none, or too large."""
    from openpyxl import load_workbook

    with _is_workbook(sheets.file), ZipFile(BytesIO(content)) as parts:
        size = sum(part.file_size for part in parts.infolist())
        if size > MOST_BYTES:
            raise Unreadable(
                say(
                    "{file}: unpacked it has more than {most} MB; load it in parts",
                    file=sheets.file,
                    most=MOST_BYTES // 1_000_000,
                )
            )
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        pages = [(page, _Page(parts, page, content, sheets.file)) for page in book.worksheets]
    sheets.language = _language([page.title for page, _ in pages])
    try:
        for page, raw in pages:
            rows = enumerate(_rows(page, sheets.file), 1)
            read_page(sheets, page.title, raw.mended(rows))
    finally:
        book.close()
    return sheets


@contextmanager
def _is_workbook(file: str) -> Iterator[None]:
    """Raises Unreadable for what openpyxl raises where a file is none, or is damaged."""
    from xml.etree.ElementTree import ParseError

    from openpyxl.utils.exceptions import InvalidFileException

    archive = (BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
    try:
        yield
    except (*archive, InvalidFileException, ParseError, LookupError, TypeError, ValueError) as why:
        raise Unreadable(say("{file}: this is not an Excel workbook (.xlsx)", file=file)) from why


def _rows(page: Any, file: str) -> Iterator[Cells]:
    """The rows of a page. Raises Unreadable where it is damaged.

    A page that is formatted as a whole says that it has a million rows of 16,384 cells, and a
    single cell can stand in the last of them: so it is said here how far they are read.
    """
    columns = min(page.max_column or MOST_COLUMNS, MOST_COLUMNS)
    with _is_workbook(file):
        yield from page.iter_rows(max_row=LAST_ROW, max_col=columns, values_only=True)


def _language(titles: Sequence[str]) -> str:
    """The language of the pages' names, which is that of most files' headers as well."""
    known = [title.strip() for title in titles if sheet_named(title) is not None]
    chinese = sum(not title.isascii() for title in known)
    return "zh" if chinese * 2 >= len(known) > 0 else "en"


class _Page:
    """What the plain cells of a page do not tell: which are merged, which formulas lack a value."""

    def __init__(self, parts: ZipFile, page: Any, content: bytes, file: str) -> None:
        xml = parts.read(str(page._worksheet_path).lstrip("/"))
        merged = MERGED.finditer(xml, xml.rfind(b"<mergeCells")) if b"<mergeCells" in xml else ()
        self._merged = sorted(
            (int(each[2]), int(each[4]), _column_number(each[1]))
            for each in merged
            if int(each[4]) > int(each[2])
        )
        self._formulas = (
            _formulas(content, page.title, file) if b"<f>" in xml or b"<f " in xml else frozenset()
        )

    def mended(self, rows: Lines) -> Lines:
        """The rows with what is merged in each of them, and formulas that have no value."""
        if not self._merged and not self._formulas:
            yield from rows
            return
        waiting, open_ = deque(self._merged), dict[int, _Merged]()
        for line, row in rows:
            cells = list(row)
            for place, cell in enumerate(cells):
                if cell is None and (line, place) in self._formulas:
                    cells[place] = FormulaWithoutValue()
            while waiting and waiting[0][0] <= line:
                first, last, place = waiting.popleft()
                if first == line and place < len(cells):
                    open_[place] = _Merged(last, cells[place])
            open_ = {place: each for place, each in open_.items() if each.last >= line}
            for place, each in open_.items():
                if place < len(cells) and is_empty(cells[place]):
                    cells[place] = each.value
            yield line, cells


@dataclass(frozen=True, slots=True)
class _Merged:
    last: int
    value: Any


def _formulas(content: bytes, title: str, file: str) -> frozenset[tuple[int, int]]:
    """The line and place of each cell with a formula."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), read_only=True, data_only=False)
    try:
        return frozenset(
            (line, place)
            for line, row in enumerate(_rows(book[title], file), 1)
            for place, cell in enumerate(row)
            if isinstance(cell, str) and cell.startswith("=")
        )
    finally:
        book.close()


def _column_number(letters: bytes) -> int:
    """The place of a column, counted from 0: A, B … Z, AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


# Pages


def read_page(sheets: SheetFile, title: str, rows: Lines, sheet: str | None = None) -> None:
    """Read the rows of a page into those of the sheet of its title, or of ``sheet``."""
    filled = ((line, row) for line, row in rows if not _is_blank(row))
    sheet = sheet or sheet_named(title)
    first = next(filled, None)
    if first is None:
        return
    if sheet is None:
        chinese = [zh for zh, _columns in SHEETS.values()]
        known = enumerated(chinese if sheets.language == "zh" else SHEETS)
        what = say("there is no such sheet; the sheets are {known}", known=known)
        sheets.problem(title, first[0], what)
        return
    header = _header(sheets, sheet, first, filled)
    if header is None:
        return
    line, names = header
    for name in dict.fromkeys(name for name in names if names.count(name) > 1 and name):
        what = say("two columns are called '{name}'; the last one counts", name=name)
        sheets.problem(sheet, line, what)
    kept: list[str] = []
    for name in names:
        column = column_named(sheet, name) if name else None
        if name and column is None:
            no_such_column(sheets, sheet, line, name)
        kept.append(column.name if column is not None else "")
    _read_rows(sheets, sheet, filled, kept)


def _is_blank(row: Cells) -> bool:
    # Below and between the rows of a page are up to a million without a cell.
    return row.count(None) == len(row) or all(map(is_empty, row))


def _read_rows(sheets: SheetFile, sheet: str, filled: Lines, kept: Sequence[str]) -> None:
    rows = sheets.rows[sheet]
    for line, row in filled:
        if line > MOST_ROWS:
            sheets.problem(
                sheet,
                line,
                say(
                    "no row after the {most}th is read; load the others from another file",
                    most=f"{MOST_ROWS:,}",
                ),
            )
            return
        first = next(cell for cell in row if not is_empty(cell))
        if isinstance(first, str) and first.startswith("#"):
            continue
        pairs = zip(kept, row, strict=False)
        rows.append(
            SheetRow(line, {name: cell for name, cell in pairs if name and not is_empty(cell)})
        )


def _header(
    sheets: SheetFile, sheet: str, first: tuple[int, Cells], filled: Lines
) -> tuple[int, list[str]] | None:
    """The line and names of the headers: the first row in which most cells name a column."""
    rows = [first]
    while True:
        line, row = rows[-1]
        names = ["" if is_empty(cell) else str(cell).strip() for cell in row]
        named = [name for name in names if name]
        known = sum(column_named(sheet, name) is not None for name in named)
        if known * 2 > len(named) or (known and len(rows) == 1):
            return line, names
        following = next(filled, None) if len(rows) <= TITLES else None
        if following is None:
            break
        rows.append(following)
    columns = enumerated(
        column.zh if sheets.language == "zh" else column.name for column in SHEETS[sheet][1]
    )
    sheets.problem(
        sheet,
        first[0],
        say(
            "no row names the columns; the headers are the first row with {columns}",
            columns=columns,
        ),
    )
    return None
