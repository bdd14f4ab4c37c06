"""What must hold after the year, read from the store and the published records by own means."""

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, fields, is_dataclass
from io import StringIO
from pathlib import Path
from types import CodeType
from unittest.mock import patch

from sqlalchemy import Column, Connection, text
from sqlmodel import Session, SQLModel

from models.contests import protocols
from models.events import draws, feedback
from models.network.stations import Station
from models.reports import reports
from models.reports.reports import Report
from models.rules.network.floors import STEP, Count
from models.rules.reports.periods import Period
from models.store import Store, open_engine
from tests.year.agenda import ZONE
from tests.year.evenings import Evenings
from tests.year.program import Program
from tests.year.residents import FIRST_COMPANY, organizer_of
from tests.year.watching import MOST_A_DAY, Listener

DOCS = Path(__file__).parents[2] / "docs"
ENDED = ("sent", "dropped", "late", "unreachable", "refused", "in_doubt")


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked at, how much of it there was, and what is wrong with it."""

    what: str
    number: int
    wrong: tuple[str, ...] = ()


class Checker:
    """Looks at everything after the year; ``url`` is the store's, whose station has stopped."""

    def __init__(self, url: str, program: Program, evenings: Evenings, listener: Listener) -> None:
        self.url, self.program, self.evenings, self.listener = url, program, evenings, listener

    def look(self) -> list[Found]:
        """Return all that was found."""
        found = [*self._heard(), *self._failures()]
        engine = open_engine(self.url)
        with engine.connect() as connection:
            found += [
                *self._seats(connection),
                *self._promises(connection),
                *self._deliveries(connection),
                *self._erased_rows(connection),
            ]
        engine.dispose()
        store = Store(self.url)
        found += store.read_now(self._published)
        found += store.read_now(self._companies)
        store.close()
        return [*found, *self._erased_bytes()]

    # What people heard

    def _heard(self) -> Iterator[Found]:
        heard = self.listener.heard
        yield Found("messages that came by themselves", heard.messages)
        yield Found("urgent ones among them", heard.urgent)
        early = [f"{who} at {at}: {words[:40]}" for who, at, words in heard.in_quiet]
        yield Found("messages in somebody's quiet hours", len(early), tuple(early))
        over = (f"{heard.most} a day",) if heard.most > MOST_A_DAY else ()
        yield Found("announcements that somebody got in a day, at most", heard.most, over)

    def _failures(self) -> Iterator[Found]:
        failed = self.program.told.failed
        yield Found("acts that failed", len(failed), tuple(failed))

    # Seats

    def _seats(self, connection: Connection) -> Iterator[Found]:
        over = connection.execute(
            text(
                "SELECT event.id, event.seats, count(*) FROM event JOIN signup"
                " ON signup.event_id = event.id"
                " WHERE signup.state IN ('seated', 'offered', 'attended', 'no_show')"
                " AND event.seats IS NOT NULL GROUP BY event.id, event.seats"
                " HAVING count(*) > event.seats"
            )
        ).all()
        wrong = [f"event {each[0]} has {each[2]} on {each[1]} seats" for each in over]
        twice = connection.execute(
            text(
                "SELECT event_id, member_id, count(*) FROM signup WHERE member_id IS NOT NULL"
                " AND state <> 'cancelled' GROUP BY event_id, member_id HAVING count(*) > 1"
            )
        ).all()
        wrong += [f"{each[1]} has {each[2]} seats at event {each[0]}" for each in twice]
        number = connection.execute(text("SELECT count(*) FROM signup")).scalar_one()
        yield Found("sign-ups", number, tuple(wrong))

    def _promises(self, connection: Connection) -> Iterator[Found]:
        """Hold what people were told against the rows."""
        kept = connection.execute(
            text(
                "SELECT event_id, member_id FROM signup WHERE member_id IS NOT NULL"
                " AND state IN ('seated', 'attended', 'no_show')"
            )
        ).all()
        lost = self.program.told.seats - {(each[0], each[1]) for each in kept}
        wrong = [f"{member} was told of a seat at {event}" for event, member in sorted(lost)]
        yield Found("seats that people were told of", len(self.program.told.seats), tuple(wrong))

    # Deliveries

    def _deliveries(self, connection: Connection) -> Iterator[Found]:
        rows = connection.execute(
            text("SELECT state, reason <> '' AS has_reason, count(*) FROM delivery GROUP BY 1, 2")
        ).all()
        wrong = [f"{each[2]} are {each[0]}" for each in rows if each[0] not in ENDED]
        wrong += [
            f"{each[2]} are {each[0]} without a reason"
            for each in rows
            if each[0] in ENDED and each[0] != "sent" and not each[1]
        ]
        yield Found("deliveries that are still kept", sum(each[2] for each in rows), tuple(wrong))

    # What is published

    def _published(self, session: Session) -> list[Found]:
        lines = shown_to_strangers("draws.md")
        wrong, drawn = [], 0
        for event_id in sorted(self.program.told.drawn):
            record = draws.record_of(session, event_id)
            if record is None or "order" not in record:
                if not _is_cancelled(session, event_id):
                    wrong.append(f"event {event_id} was not drawn")
                continue
            drawn += 1
            if not proves(lines, record):
                wrong.append(f"the draw of event {event_id} does not verify")
        found = [Found("draws", drawn, tuple(wrong))]
        lines, wrong = shown_to_strangers("judging.md"), []
        for contest_id in self.evenings.contests:
            kept = protocols.published(session, contest_id)
            if kept is None:
                wrong.append(f"contest {contest_id} has no record")
            elif not proves(lines, kept.record):
                wrong.append(f"the record of contest {contest_id} does not verify")
        return [*found, Found("contests", len(self.evenings.contests), tuple(wrong))]

    def _companies(self, session: Session) -> list[Found]:
        """Read all that organizers of companies may: no number tells of fewer than five people."""
        now = self.program.year.time()
        first, last = (each.astimezone(ZONE).date() for each in (self.program.begins, now))
        period = Period(first, last, ZONE)
        numbers, wrong = 0, []
        for company in range(FIRST_COMPANY, FIRST_COMPANY + self.program.volumes.companies):
            station = session.get_one(Station, company)
            report = reports.of(session, organizer_of(company), station, period, now)
            assert isinstance(report, Report)
            for counted in _counts(report):
                numbers += 1
                if counted.is_exact and 0 < counted.number < STEP:
                    wrong.append(f"{station.name} sees {counted}")
        answered = session.connection().execute(
            text("SELECT event_id, count(*) FROM feedback GROUP BY event_id HAVING count(*) < 5")
        )
        for event_id, answers in answered.all():
            numbers += 1
            if feedback.shown(session, event_id) is not None:
                wrong.append(f"{answers} answers about event {event_id} are shown")
        return [Found("numbers that companies see", numbers, tuple(wrong))]

    # Who was erased

    def _erased_rows(self, connection: Connection) -> Iterator[Found]:
        """Look for the numbers of who was erased in every column that points to a member."""
        gone = [each.id for each in self.program.told.erased]
        wrong = []
        for column in columns_of_members():
            numbers = ", ".join(map(str, gone))
            where = f'FROM "{column.table.name}" WHERE "{column.name}" IN ({numbers})'
            left = connection.execute(text(f"SELECT count(*) {where}")).scalar_one() if gone else 0
            if left:
                wrong.append(f"{left} rows in {column.table.name}.{column.name}")
        yield Found("members that were erased", len(gone), tuple(wrong))

    def _erased_bytes(self) -> Iterator[Found]:
        """Look for their names and chats: in each byte of a file, or in each row of a server."""
        words = [word for each in self.program.told.erased for word in (each.name, each.chat[1])]
        if self.url.startswith("sqlite"):
            path = Path(self.url.removeprefix("sqlite:///"))
            whole = _bytes_of(path)
            wrong = sorted(set(_words_in(words, whole)))
            yield Found("bytes of the file", len(whole), tuple(wrong))
            return
        wrong, rows = [], 0
        engine = open_engine(self.url)
        with engine.connect() as server:
            for table in SQLModel.metadata.sorted_tables:
                told = server.execute(text(f'SELECT t::text FROM "{table.name}" t'))
                for line in told.scalars():
                    rows += 1
                    wrong += [f"{table.name}: {word}" for word in _words_in(words, line.encode())]
        engine.dispose()
        yield Found("rows of the server", rows, tuple(wrong))


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a SQLite file and of its log."""
    files = (path, path.with_name(path.name + "-wal"))
    return b"".join(each.read_bytes() for each in files if each.exists())


def _words_in(words: Sequence[str], content: bytes) -> Iterator[str]:
    if words:
        pattern = re.compile("|".join(words).encode())
        yield from (found[0].decode() for found in pattern.finditer(content))


def columns_of_members() -> list[Column[int]]:
    """Return every column that holds the number of a member, by its key or by its name."""
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("member_id")
        or any(key.target_fullname == "member.id" for key in column.foreign_keys)
    ]


def _counts(value: object) -> Iterator[Count]:
    """Yield every number of people in a report."""
    if isinstance(value, Count):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _counts(each)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _counts(getattr(value, one.name))


def _is_cancelled(session: Session, event_id: int) -> bool:
    state = text("SELECT state FROM event WHERE id = :id")
    return bool(session.connection().execute(state, {"id": event_id}).scalar_one() == "cancelled")


def shown_to_strangers(page: str) -> CodeType:
    """Return the lines of Python in a page of the documentation."""
    [lines] = re.findall(r"(?ms)^```python\n(.*?)^```$", (DOCS / page).read_text("utf-8"))
    return compile(lines, page, "exec")


def proves(lines: CodeType, record: dict[str, object]) -> bool:
    """Return whether these lines come to the same result as a record, without the station."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "record.json"
        kept.write_text(json.dumps(record, default=str), "utf-8")
        with patch.object(sys, "argv", ["", str(kept)]), redirect_stdout(StringIO()):
            try:
                exec(lines, {})
            except AssertionError:
                return False
    return True
