"""Load a network from a file: read and check all of it, say what would change, write it in turns.

Loading is idempotent. A row that changed in the file changes in the store; what people did since
(sign-ups, counters, a cancellation) stays. Each turn is a transaction of its own and ends within
some 25 ms, so that a station serves on meanwhile; a load that was killed is run again and goes on.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session

from models.loading.answers import AnswerLoader
from models.loading.columns import SHEETS
from models.loading.directory import Directory
from models.loading.events import EventLoader
from models.loading.groups import ClubLoader, TeamLoader
from models.loading.loader import Loader, Plan
from models.loading.people import MemberLoader
from models.loading.places import (
    EnterpriseLoader,
    SecondDistrict,
    StationLoader,
    require_one_district,
)
from models.loading.posts import RoleLoader
from models.loading.rows import Fate, Ready, Report
from models.loading.sheets import (
    KINDS,
    SheetFile,
    SheetProblem,
    Unreadable,
    read,
    read_bytes,
)
from models.loading.templates import template
from models.network import audit
from models.network.stations import Care
from models.rules.network.permissions import Act
from models.rules.sentences import Text
from models.store import Moment, Store

__all__ = [
    "KINDS",
    "Fate",
    "Loading",
    "Preview",
    "Report",
    "RowPreview",
    "SecondDistrict",
    "SheetFile",
    "SheetProblem",
    "Unreadable",
    "check",
    "load",
    "prepare",
    "preview",
    "read",
    "read_bytes",
    "template",
    "write",
]

SHARE = 0.02
"""Seconds after which a turn takes no more rows; with the last ones and the commit it is 25 ms."""

OF_THE_FILE, OF_ROWS = 0.5, 0.1
"""How long it rests beside each turn: SQLite locks the file, PostgreSQL new rows alone."""

FIRST_GROWN = 500
"""After how many rows PostgreSQL is to see how the tables have grown, and again at four times."""

COMPARED_AT_ONCE = 500

Progress = Callable[[int, int], None]
"""Is told how many rows of how many are done."""

Note = Callable[[Session, int, int], None]
"""Notes the same in the transaction in which they are written."""


@dataclass(frozen=True, slots=True)
class RowPreview:
    """What loading one row would do.

    ``fields`` are the columns that would change, as the file calls them; ``problems`` are what is
    wrong with it, in which case nothing is done.
    """

    sheet: str
    line: int
    label: str
    fate: Fate
    fields: tuple[str, ...] = ()
    problems: tuple[Text | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading a file would do: each row in order, and problems that belong to no row."""

    file: str
    rows: tuple[RowPreview, ...]
    problems: tuple[SheetProblem, ...]
    report: Report


@dataclass(slots=True)
class Loading:
    """A file that was read and checked, and how much of it is written."""

    plan: Plan
    loaders: Sequence[Loader]
    report: Report = field(default_factory=Report)
    _work: list[tuple[Loader, list[Ready]]] = field(default_factory=list)
    _next: int = 0
    _kept: int = 0
    _turn: "_Turn | None" = None

    @property
    def total(self) -> int:
        """How many rows are to be written."""
        return sum(len(rows) for _loader, rows in self._work)

    @property
    def done(self) -> int:
        return sum(len(rows) for _loader, rows in self._work[: self._next])

    @property
    def reached(self) -> int:
        """How many rows will be done once the last turn is kept."""
        until = self._turn.until if self._turn is not None else self._next
        return sum(len(rows) for _loader, rows in self._work[:until])

    @property
    def is_over(self) -> bool:
        return self._next >= len(self._work)

    def plan_work(self) -> None:
        """Put the good rows in the order in which they are written, few at once."""
        for loader in self.loaders:
            good = [each for each in loader.rows if not each.reader.is_bad]
            for start in range(0, len(good), loader.at_once):
                self._work.append((loader, good[start : start + loader.at_once]))
        self._kept = len(self.plan.problems)

    def turn(self, session: Session, share: float = SHARE) -> None:
        """Write rows for a while in this transaction. ``keep`` follows once it is committed.

        It may be run again where the transaction failed, and begins where the last one that was
        kept ended. Raises NotAllowed when whoever loads has lost the right to.
        """
        self.plan.take_rights(session)
        del self.plan.problems[self._kept :]
        if self._turn is not None:
            for each in self._turn.refused:
                each.reader.is_bad, each.reader.own = False, ()
        self._turn = turn = _Turn(self._next)
        began = perf_counter()
        while turn.until < len(self._work):
            loader, rows = self._work[turn.until]
            turn.until += 1
            loader.write(session, rows, turn.report)
            turn.refused += [each for each in rows if each.reader.is_bad]
            if perf_counter() - began >= share:
                break
        if turn.until >= len(self._work):
            self._record(session, turn)

    def keep(self) -> None:
        """Count what the last turn did: it is committed."""
        assert self._turn is not None
        self._next, self._kept = self._turn.until, len(self.plan.problems)
        self.report.add(self._turn.report)
        self._turn = None

    def finished(self) -> Report:
        """The report of everything, with the problems in the order of the file."""
        self.report.problems = self.plan.problems
        for loader in self.loaders:
            self.report.bad[loader.sheet] = sum(each.reader.is_bad for each in loader.rows)
        _sort(self.report.problems, self.plan.sheets)
        return self.report

    def _record(self, session: Session, turn: "_Turn") -> None:
        """Note in the audit that a member loaded a file, and how many rows it changed."""
        by, root = self.plan.by, min(self.plan.at, default=None)
        if by is None:
            return
        whole = Report()
        whole.add(self.report)
        whole.add(turn.report)
        counted = {sheet: new + changed for sheet, (new, changed, _same) in whole.counts()}
        audit.record(
            session, by, Act.LOAD, f"station:{root}", self.plan.now, station_id=root, rows=counted
        )


@dataclass(slots=True)
class _Turn:
    """What a turn did: up to which piece of work, and which rows were refused by then."""

    until: int
    report: Report = field(default_factory=Report)
    refused: list[Ready] = field(default_factory=list)


def prepare(
    session: Session,
    sheets: SheetFile,
    care: Care,
    now: Moment,
    by: int | None = None,
    were_there: frozenset[int] = frozenset(),
) -> Loading:
    """Read and check every row of a file beside what the store has; this writes nothing.

    Relative days count from ``now`` in the zone of ``care``. ``by`` may load into the places of
    their role alone; None is the operator. Nobody is made anew who was there, by their lines in
    ``were_there``, when the file was looked at: they were erased since.

    Raises SecondDistrict when the file would give the tree of stations a second root, and
    NotAllowed when ``by`` may load nowhere.
    """
    # Else the first turn that meets a row object would do it, with a transaction open.
    configure_mappers()
    directory = Directory(session)
    require_one_district(sheets, directory.root)
    found = list(sheets.problems)
    plan = Plan(sheets, directory, care, now, by, were_there=were_there, problems=found)
    plan.take_rights(session)
    members, events = MemberLoader(plan), EventLoader(plan)
    posts = RoleLoader(plan, members)
    places = (EnterpriseLoader(plan), StationLoader(plan), TeamLoader(plan), ClubLoader(plan))
    # In this order: a row is read behind the sheets that it names.
    loaders = (*places, members, posts, events, AnswerLoader(plan))
    for loader in loaders:
        loader.read(session)
    loading = Loading(plan, loaders)
    loading.plan_work()
    for rows in sheets.rows.values():
        # They are read, and may be a hundred thousand.
        rows.clear()
    return loading


def check(
    session: Session, sheets: SheetFile, care: Care, now: Moment, by: int | None = None
) -> Preview:
    """Say what loading a file would do with each of its rows; this writes nothing.

    Raises as ``prepare`` does.
    """
    loading = prepare(session, sheets, care, now, by)
    report = loading.report
    rows: list[RowPreview] = []
    for loader in loading.loaders:
        for some in _parts(loader.rows):
            good = [each for each in some if not each.reader.is_bad]
            compared = {id(each.ready): each for each in loader.compare(session, good)}
            for ready in some:
                found = compared.get(id(ready))
                reader = ready.reader
                fate = Fate.BAD if reader.is_bad or found is None else found.fate
                fields = found.fields if found is not None and fate is Fate.CHANGED else ()
                report.count(loader.sheet, fate)
                rows.append(
                    RowPreview(
                        loader.sheet,
                        reader.line,
                        ready.label,
                        fate,
                        tuple(dict.fromkeys(map(reader.called, fields))),
                        tuple(each.text for each in reader.own),
                    )
                )
    loading.finished()
    order = list(SHEETS)
    rows.sort(key=lambda each: (order.index(each.sheet), each.line))
    return Preview(sheets.file, tuple(rows), tuple(sheets.problems), report)


def _parts(rows: Sequence[Ready]) -> Iterator[Sequence[Ready]]:
    for start in range(0, len(rows), COMPARED_AT_ONCE):
        yield rows[start : start + COMPARED_AT_ONCE]


def load(session: Session, sheets: SheetFile, care: Care, now: Moment) -> Report:
    """Write the correct rows of a file in this transaction alone and report on all of them.

    For small files, and where nobody is served meanwhile. Raises as ``prepare`` does.
    """
    loading = prepare(session, sheets, care, now)
    while not loading.is_over:
        loading.turn(session)
        loading.keep()
        session.flush()
        # What was written by statements is read anew.
        session.expire_all()
    return loading.finished()


async def write_in_turns(
    store: Store,
    loading: Loading,
    told: Progress | None = None,
    note: Note | None = None,
    share: float = SHARE,
) -> Report:
    """Write what was prepared, in turns of ``share`` seconds between which others write.

    Behind a turn it rests, and longer where others had kept it waiting. What ``note`` raises undoes
    the turn, and ends the writing.
    """
    rest, grown = OF_THE_FILE if store.is_sqlite else OF_ROWS, FIRST_GROWN
    while not loading.is_over:
        asked = perf_counter()
        began, ended = await store.write(_take, loading, note, share)
        loading.keep()
        if told is not None:
            told(loading.done, loading.total)
        if loading.done >= grown and not store.is_sqlite:
            await store.write(_analyze)
            grown *= 4
        waited = began - asked
        await asyncio.sleep(max((ended - began) * rest, min(waited * 2, 0.5)))
    return loading.finished()


def _analyze(session: Session) -> None:
    """Let PostgreSQL see how large the tables are: till then it looks through them for each row."""
    session.execute(text("ANALYZE member"))


def _take(
    session: Session, loading: Loading, note: Note | None, share: float
) -> tuple[float, float]:
    began = perf_counter()
    loading.turn(session, share)
    if note is not None:
        note(session, loading.reached, loading.total)
    return began, perf_counter()


# What was sent as a file


def preview(
    session: Session, content: bytes, name: str, care: Care, now: Moment, *, by: int | None = None
) -> Preview:
    """Say what loading a file of this name and content would do; this writes nothing.

    Raises Unreadable, SecondDistrict or NotAllowed.
    """
    return check(session, read_bytes(content, name), care, now, by)


async def write(
    store: Store,
    content: bytes,
    name: str,
    care: Care,
    now: Moment,
    *,
    by: int | None = None,
    were_there: frozenset[int] = frozenset(),
    told: Progress | None = None,
    note: Note | None = None,
) -> Report:
    """Write the correct rows of a file of this name and content, in turns; report on all of them.

    ``were_there`` is as in ``prepare``. Raises as ``preview`` does, and what ``note`` raises; what
    was written by then stays, and may be written again.
    """
    sheets = await asyncio.to_thread(read_bytes, content, name)
    loading = await store.read(prepare, sheets, care, now, by, were_there)
    return await write_in_turns(store, loading, told, note)


def _sort(problems: list[SheetProblem], sheets: SheetFile) -> None:
    order = list(SHEETS)
    by_line = sheets.file.endswith(".toml")

    def place(each: SheetProblem) -> tuple[int, int]:
        sheet = order.index(each.sheet) if each.sheet in order else -1
        return (each.line, sheet) if by_line else (sheet, each.line)

    problems.sort(key=place)
