"""What several events of a sheet have in common: that they are one course, or come again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from models.events import repeating
from models.events.events import Event
from models.events.groups import Mode, Series
from models.events.repeating import Begun
from models.loading.cells import CellReader
from models.loading.loader import Plan
from models.rules.dates import repeat_words, repeats
from models.rules.dates.repeats import Off, Repeat
from models.rules.sentences import say
from models.store import Moment

MODES: Mapping[str, Mode] = {
    **dict.fromkeys(("只能全报", "whole"), Mode.WHOLE),
    **dict.fromkeys(("一次一次报", "single"), Mode.SINGLE),
    **dict.fromkeys(("都可以", "both"), Mode.BOTH),
}
"""Words for how people sign up for a course, behind its name."""

_BETWEEN = re.compile(r"[;；]")
_ON_DAYS_OFF = re.compile(r"(?:遇|逢)?(?:节假日|假期)(?:跳过|不办)|not on holidays")
_READ = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|[\s;；,，。.]")


@dataclass(frozen=True, slots=True)
class Course:
    """The course that an event is one date of; without ``mode`` people sign up as they like."""

    name: str
    mode: Mode | None = None

    def code(self, event: Event) -> str:
        return f"sheet-{event.station_id}-{self.name}"


def course_of(reader: CellReader) -> Course | None:
    """The course in the cell: ``家庭教育课``, ``家庭教育课；只能全报``; None without one."""
    name, *rest = (each.strip() for each in _BETWEEN.split(reader.text("course")))
    said = [MODES.get(each.casefold()) for each in rest if each]
    if len(said) > 1 or None in said:
        known = "只能全报, 一次一次报, 都可以"
        reader.wrong("course", say("behind its name stands none of {known}", known=known))
        return None
    return Course(name, next(iter(said), None)) if name else None


def rule_of(reader: CellReader, starts_at: Moment | None, plan: Plan) -> Repeat | None:
    """The rule by which an event comes again: ``每周五``, ``每月15号，节假日跳过``."""
    words = reader.text("repeat")
    if not words:
        return None
    bare, off = _ON_DAYS_OFF.subn("", words)
    found = repeat_words.read(bare, plan.now, plan.care.zone)
    if found is None or _READ.sub("", found.text):
        example = "每周五；每两周周六 到2027年3月1日；每月15号，节假日跳过"
        told = say("'{words}' is no rule, as {example}", words=words, example=example)
        reader.wrong("repeat", told)
        return None
    rule = replace(found.rule, off=Off.SKIPPED) if off else found.rule
    day = starts_at.astimezone(plan.care.zone).date() if starts_at is not None else None
    if day is not None and next(repeats.days(rule, day, plan.care.workdays), None) != day:
        reader.wrong("repeat", say("the event itself is on none of these days"))
    return rule


def differing(
    session: Session, reader: CellReader, event: Event, course: Course | None, rule: Repeat | None
) -> list[str]:
    """The columns that loading would change; what an event cannot become is reported."""
    columns = []
    if course is not None:
        row = _series(session, course, event)
        if event.series_id is not None and (row is None or row.id != event.series_id):
            reader.wrong("course", say("it is one date of another course already"))
        if event.series_id is None or (row is not None and course.mode not in (None, row.mode)):
            columns.append("course")
    if rule is not None:
        now = repeating.of_event(session, event)
        if now is None or now.due_at is None:
            columns.append("repeat")
        elif now.repeat != rule:
            reader.wrong("repeat", say("it comes again by another rule: change that in the chat"))
    return columns


def write(
    session: Session,
    reader: CellReader,
    event: Event,
    course: Course | None,
    rule: Repeat | None,
    plan: Plan,
) -> bool:
    """Make an event a date of its course, and let it come again; return whether that is new."""
    columns = differing(session, reader, event, course, rule)
    if reader.is_bad:
        return False
    if course is not None and "course" in columns:
        row = _series(session, course, event)
        if row is None:
            code, mode = course.code(event), course.mode or Mode.BOTH
            row = Series(code=code, station_id=event.station_id, mode=mode)
        row.mode = course.mode or row.mode
        session.add(row)
        session.flush()
        event.series_id = row.id
        session.add(event)
        session.flush()
    if rule is not None and "repeat" in columns:
        done = repeating.begin(session, event.id, rule, plan.by, plan.care, plan.now)
        if not isinstance(done, Begun):
            reader.wrong("repeat", say("it is over or cancelled"))
    return bool(columns)


def _series(session: Session, course: Course, event: Event) -> Series | None:
    return session.exec(select(Series).where(Series.code == course.code(event))).first()
