"""Read a table of comma-separated values, as spreadsheets write it: in UTF-8, UTF-16 or GBK."""

import csv
from collections.abc import Sequence

from models.loading.books import read_page
from models.loading.columns import SHEETS, column_named, enumerated
from models.loading.sheets import SheetFile, Unreadable, is_empty
from models.rules.sentences import say

ENCODINGS = ("utf-8-sig", "gb18030")
"""In the order in which they are tried: hardly any text in GBK is UTF-8 by chance."""

BETWEEN = ",;\t"


def read_csv(content: bytes, sheets: SheetFile) -> SheetFile:
    """Read a table as the sheet that the file's name tells, or else its headers.

    Raises Unreadable when it is no text, or no sheet has such columns.
    """
    text = _text(content)
    if text is None or "\0" in text:
        raise Unreadable(say("{file}: this is neither UTF-8 nor GBK text", file=sheets.file))
    lines = text.splitlines(keepends=True)
    first = next(filter(str.strip, lines), "")
    between = max(BETWEEN, key=first.count)
    try:
        rows = list(csv.reader(lines, delimiter=between))
    except csv.Error as problem:
        raise Unreadable(say("{file}: {problem}", file=sheets.file, problem=problem)) from problem
    sheet = _sheet(sheets.file, rows)
    if sheet is None:
        known = enumerated(zh for zh, _ in SHEETS.values())
        raise Unreadable(
            say(
                "{file}: its columns are those of no sheet; the sheets are {known}",
                file=sheets.file,
                known=known,
            )
        )
    head = next((row for row in rows if _known(sheet, row)), [])
    sheets.language = "en" if all(cell.isascii() for cell in head) else "zh"
    read_page(sheets, sheet, iter(enumerate(rows, 1)), sheet)
    return sheets


def _text(content: bytes) -> str | None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sheet(file: str, rows: Sequence[Sequence[str]]) -> str | None:
    """The sheet whose name is in the file's, else the one that has most of the columns."""
    called = file.casefold()
    for sheet, (zh, _) in SHEETS.items():
        if sheet in called or zh in called:
            return sheet
    counted = {sheet: max((_known(sheet, row) for row in rows[:8]), default=0) for sheet in SHEETS}
    best = max(counted, key=lambda sheet: counted[sheet])
    return best if counted[best] > 1 else None


def _known(sheet: str, row: Sequence[str]) -> int:
    """How many cells of a row name a column of the sheet."""
    return sum(not is_empty(cell) and column_named(sheet, cell) is not None for cell in row)
