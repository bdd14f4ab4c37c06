"""What ``yizhan load`` does and prints, in the language of the file's headers."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from bot.conversation.language import phrasebook
from bot.conversation.messages import Sayable, say
from bot.station.progress import Bar
from models.loading import network
from models.loading.columns import title
from models.loading.network import Fate, Preview, Report, SecondDistrict, SheetFile, Unreadable
from models.network import erased_rows
from models.network.stations import Care
from models.store import Moment, Store

NO_KEY = (
    "No [server] answers_key is known here: rows of people who were erased under one may "
    "come back. A command by hand reads it from .env beside config.toml."
)

SHOWN = 20
"""How many rows of each kind ``--check`` names of a sheet; the others are counted."""


def template(file: Path) -> None:
    """Write a workbook to fill in. Raises OSError when the file exists or cannot be made."""
    network.template(file)


def read(file: Path) -> SheetFile | str:
    """Read a file; a sentence that says why it cannot be read."""
    try:
        return network.read(file)
    except Unreadable as problem:
        return str(problem)


def check(store: Store, sheets: SheetFile, care: Care, now: Moment) -> bool | str:
    """Print what loading would do; return whether a row is bad, or why nothing can be loaded."""
    try:
        found = store.read_now(network.check, sheets, care, now)
    except SecondDistrict as problem:
        return f"{problem}."
    lines = [*_counts(found.report), *_rows(found), *_problems(found.report)]
    _print(sheets, [*lines, say("Nothing is saved: this was a check only.")] if lines else [])
    return bool(found.report.problems)


def load(store: Store, sheets: SheetFile, care: Care, now: Moment) -> bool | str:
    """Load a file in turns, and print what came of it; returns as ``check`` does."""
    try:
        loading = store.read_now(network.prepare, sheets, care, now)
    except SecondDistrict as problem:
        return f"{problem}."
    with Bar(loading.total, sheets.file) as progress:
        report = asyncio.run(network.write_in_turns(store, loading, progress.show))
    _print(sheets, [*_counts(report), *_problems(report)])
    return bool(report.problems)


def warn(store: Store, care: Care) -> None:
    """Say so where rows of erased people are kept, and no key by which they can be known again."""
    if not care.sealing.keys and store.read_now(erased_rows.are_noted):
        typer.echo(NO_KEY, err=True)


def _print(sheets: SheetFile, lines: Sequence[Sayable]) -> None:
    put: Callable[[Sayable], str] = str
    lines = lines or [say("{file} holds no rows.", file=sheets.file)]
    if sheets.language != "en":
        put = phrasebook().into(sheets.language)
    for line in lines:
        typer.echo(put(line))


def _counts(report: Report) -> list[Sayable]:
    return [
        say(
            "{sheet}: {new} new, {changed} changed, {same} as before",
            sheet=title(sheet),
            new=new,
            changed=changed,
            same=same,
        )
        for sheet, (new, changed, same) in report.counts()
    ]


def _problems(report: Report) -> list[Sayable]:
    return [each.said() for each in report.problems]


def _rows(found: Preview) -> list[Sayable]:
    """A line for each row that would be added or changed, of each sheet the first ones."""
    lines: list[Sayable] = []
    counted: dict[tuple[str, Fate], int] = {}
    for row in found.rows:
        if row.fate not in (Fate.ADDED, Fate.CHANGED):
            continue
        number = counted[row.sheet, row.fate] = counted.get((row.sheet, row.fate), 0) + 1
        if number > SHOWN:
            continue
        about = {"sheet": title(row.sheet), "line": row.line, "name": row.label}
        if row.fate is Fate.ADDED:
            lines.append(say("{sheet}, row {line}: {name} is new", **about))
        else:
            said = say("{sheet}, row {line}: {name} changes: {columns}", **about,
                       columns=", ".join(row.fields))  # fmt: skip
            lines.append(said)
    lines += [
        say("{sheet}: and {number} more", sheet=title(sheet), number=number - SHOWN)
        for (sheet, _fate), number in counted.items()
        if number > SHOWN
    ]
    return lines
