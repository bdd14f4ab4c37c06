"""Read events, and say what loading them would change. ``event_writing`` writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from models.events.draws import WhyNot
from models.events.events import Event
from models.events.partnering import Chosen
from models.loading import event_groups, event_partners, event_writing, questions
from models.loading.cells import CellReader, EventTimes
from models.loading.directory import Known
from models.loading.event_cells import (
    DRAWN,
    EVENT_WORDS,
    POSTPONED,
    UNDRAWN,
    Part,
    SaidShare,
    audience_of,
    details_of,
    hall_of,
    shares_of,
)
from models.loading.event_groups import Course
from models.loading.loader import Loader, Plan
from models.loading.pinyin import index
from models.loading.places import STATION, TEAM
from models.loading.rows import Compared, Fate, Ready, Report
from models.loading.words import CATEGORIES, EVENT_KINDS
from models.rules.dates.repeats import Repeat
from models.rules.events import gate_words, picturing
from models.rules.events.gate_words import Said
from models.rules.events.sheet_questions import OfSheet
from models.rules.sentences import say


@dataclass(slots=True)
class EventRow:
    """What a row says besides the columns of its event; None where it says nothing of it."""

    station: Known | None
    times: EventTimes | None
    reason: str
    audience: list[Part] | None = None
    picture: str | None = None
    questions: Sequence[OfSheet] = ()
    shares: list[SaidShare] | None = None
    shared_until: timedelta | None = None
    hall: str | None = None
    course: Course | None = None
    rule: Repeat | None = None
    drawn: str = ""
    postponed: str = ""
    conditions: Said | None = None
    partners: frozenset[Chosen] | None = None
    opens_before: timedelta | None = None


class EventLoader(Loader):
    sheet = "events"
    # An event that people signed up for is changed by verbs, some milliseconds each.
    at_once = 1

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._asked_at_courses: dict[tuple[str, str], Sequence[OfSheet]] = {}

    def read(self, session: Session) -> None:
        """Read the rows; which answers an event has that is there already, the store tells."""
        for reader in self.readers():
            self._read(session, reader)

    def _read(self, session: Session, reader: CellReader) -> None:
        directory = self.directory
        station = reader.reference("station", directory.stations, STATION, required=True)
        team = reader.reference("team", directory.teams, TEAM, within=station)
        category = reader.choice("category", CATEGORIES, "category")
        kind = reader.choice("kind", EVENT_KINDS, "kind of event")
        title = reader.texts("title", required=True)
        about_it = [*reader.words("aliases"), *(team.names if team else ())]
        about_it += [*directory.around(station), *(EVENT_WORDS.get(kind, ()) if kind else ())]
        values = {
            "station_id": station,
            "team_id": team,
            "category": category,
            "kind": kind,
            "title": title,
            "place": reader.texts("place"),
            **details_of(reader),
            "map_url": reader.url("map_url"),
            "seats": reader.seats(),
            "search": index(*title.versions(), *about_it) if title else "",
        }
        code = self._code(reader, station, title.text)
        known = directory.events.by_code.get(code) or Known(code, None, (), station)
        self.plan.require(reader, station)
        if known.id is not None:
            self.plan.require(reader, known.above, "code")
        row = EventRow(
            station, reader.times(self.plan.now, self.plan.care.zone), reader.text("reason")
        )
        self._read_more(session, reader, known, values, row)
        if known.id is None and row.times is not None and row.times.starts_at <= self.plan.now:
            reader.problem(say("this day and time have passed"), "day")
        self.keep(Ready(reader, code, title.text, values, known, row))
        if not reader.is_bad:
            directory.events.by_code[code] = known
            known.above = station
            directory.events.call(known, title.versions())

    def _questions(self, reader: CellReader, known: Known, row: EventRow) -> Sequence[OfSheet]:
        """The questions of the cell; where it is empty at a new date, those of the one above it.

        What a date asks that is there already may have been changed in a chat since.
        """
        read = questions.read(reader, self.plan.care.sealing)
        if row.course is None:
            return read
        key = reader.text("station"), row.course.name
        if not reader.text("questions"):
            return self._asked_at_courses.get(key, ()) if known.id is None else ()
        self._asked_at_courses[key] = read
        return read

    def _read_more(
        self,
        session: Session,
        reader: CellReader,
        known: Known,
        values: dict[str, Any],
        row: EventRow,
    ) -> None:
        # Without its cell an event keeps what it has: that may have been set in a chat.
        if reader.has("audience"):
            row.audience = audience_of(reader, self.directory)
        if reader.has("picture"):
            row.picture = self._picture(reader)
        row.course = event_groups.course_of(reader)
        row.questions = self._questions(reader, known, row)
        if reader.has("shares"):
            meet = values["meet"].text if "meet" in values else ""
            answers = questions.answers(session, known.id, row.questions, meet)
            row.shares = shares_of(reader, answers, self.directory)
            if reader.has("shared_until"):
                row.shared_until = reader.span("shared_until")
        row.partners = event_partners.read(session, reader, row.station, known)
        if reader.has("hall"):
            row.hall = hall_of(reader)
        starts_at = row.times.starts_at if row.times is not None else None
        row.rule = event_groups.rule_of(reader, starts_at, self.plan)
        row.drawn = reader.choice("draw", DRAWN, required=False) or ""
        row.postponed = reader.choice("postponed", POSTPONED, required=False) or ""
        if row.drawn and values["seats"] is None:
            reader.wrong("draw", UNDRAWN[WhyNot.NO_LIMIT])
        if reader.has("conditions") or reader.has("opens_before"):
            self._read_conditions(reader, row)

    def _read_conditions(self, reader: CellReader, row: EventRow) -> None:
        said = gate_words.read(reader.text("conditions"), self.plan.now, self.plan.care.zone)
        row.opens_before = reader.span("opens_before")
        if isinstance(said, str):
            example = "18-35岁；上过焊接基础班；要同意；爽约的不收"
            reader.wrong(
                "conditions",
                say("'{words}' is no condition, as {example}", words=said, example=example),
            )
            return
        row.conditions = said

    def _code(self, reader: CellReader, station: Known | None, title: str) -> str:
        """The row's code; without one it is known by its station, title and date."""
        if reader.has("code"):
            return reader.code()
        zone = self.plan.care.zone
        day = reader.own_day("day", self.plan.now.astimezone(zone).date())
        if day is None:
            if reader.has("day"):
                reader.problem(
                    say(
                        "{column} is missing: an event whose day counts from today needs one",
                        column=reader.called("code"),
                    )
                )
            return ""
        at = station.code if station else ""
        return self.code_of(
            reader,
            self.directory.events,
            title,
            f"{at}-{day:%Y%m%d}",
            lambda each: each.code.startswith(f"{at}-{day:%Y%m%d}") and each.above is station,
        )

    def _picture(self, reader: CellReader) -> str:
        """The name of a picture whose file stands beside this one."""
        name = reader.text("picture")
        if not name:
            return ""
        path = picture_path(self.plan.sheets.folder, name)
        if path is None:
            reader.wrong("picture", say("there is no file '{name}' beside this one", name=name))
            return ""
        content = path.read_bytes()
        if not picturing.holds_pixels_alone(content) and picturing.cleaned(content) is None:
            reader.wrong(
                "picture", say("'{name}' is no JPEG, PNG, WebP or GIF of at most 5 MB", name=name)
            )
        return name

    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        query = select(Event).where(col(Event.code).in_([each.key for each in rows]))
        stored = {each.code: each for each in session.exec(query)}
        found = []
        for ready in rows:
            event = stored.get(ready.key)
            if event is None:
                found.append(Compared(ready, Fate.ADDED))
                continue
            assert ready.known is not None
            ready.known.id = event.id
            fields = event_writing.would_change(session, ready, event, self.plan)
            if ready.reader.is_bad:
                found.append(Compared(ready, Fate.BAD, event))
            else:
                fate = Fate.CHANGED if fields else Fate.SAME
                found.append(Compared(ready, fate, event, fields=tuple(fields)))
        return found

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        for ready in rows:
            fate = event_writing.write(session, ready, self.plan)
            report.count(self.sheet, fate)


def picture_path(folder: Path | None, name: str) -> Path | None:
    """The file of this name beside the one that is loaded; None where there is none."""
    if folder is None:
        return None
    path = (folder.resolve() / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
