"""Lines that people write to the screen: shown as they come, or once somebody has read them.

Who wrote a line is known to who runs the event. Lines are erased some time after the evening.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Index, bindparam, delete, func, insert
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.gala import screens
from models.gala.screens import Moderation, Screen
from models.network.members import Blockable, is_blocked
from models.rules.gala import lines as rules
from models.store import Moment, one_of, table_of
from models.store.statements import Prepared

A_SECOND = timedelta(seconds=1)
KEPT = timedelta(days=30)
"""How long lines and questions are kept after they were written."""

ON_SCREEN = 60
"""How many of the newest lines a screen is given: what flows over a wall in some seconds."""


class LineState(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class ScreenLine(SQLModel, table=True):
    """A line for the screen of an event. ``by_member_id`` is who let it pass, or hid it.

    ``is_flagged``: it has one of the words in it with which nothing is shown unread.
    """

    __tablename__ = "screen_line"
    __table_args__ = (
        Index("screen_line_shown", "event_id", "shown_at"),
        Index("screen_line_state", "event_id", "state", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    words: str
    state: LineState = Field(sa_type=one_of(LineState))
    is_flagged: bool = False
    at: Moment = Field(index=True)
    shown_at: Moment | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


# Outcomes


class NotTaken(StrEnum):
    """Why a line or a question was not taken."""

    OFF = "off"
    BLOCKED = "blocked"
    EMPTY = "empty"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Taken:
    """It is shown now, or once somebody has read it. ``again``: it was said just before."""

    state: LineState
    again: bool = False


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The next line can be written after this time."""

    wait: timedelta


_LINES = table_of(ScreenLine)
_RULES = Prepared(
    columns_of(
        table_of(Screen).c.lines, table_of(Screen).c.seconds, table_of(Screen).c.banned
    ).where(table_of(Screen).c.event_id == bindparam("event_id"))
)
_LAST = Prepared(
    columns_of(_LINES.c.at, _LINES.c.words, _LINES.c.state)
    .where(_LINES.c.event_id == bindparam("event_id"), _LINES.c.member_id == bindparam("member_id"))
    .order_by(_LINES.c.id.desc())
    .limit(1)
)
_ADD = Prepared(
    insert(_LINES),
    ("event_id", "member_id", "words", "state", "is_flagged", "at", "shown_at"),
)
_SHOWN = Prepared(
    columns_of(_LINES.c.id, _LINES.c.words)
    .where(
        _LINES.c.event_id == bindparam("event_id"),
        _LINES.c.state == LineState.SHOWN,
        _LINES.c.shown_at.is_not(None),
    )
    .order_by(_LINES.c.shown_at.desc(), _LINES.c.id.desc())
    .limit(ON_SCREEN)
)


# What people do


class Writer(Blockable, Protocol):
    """Who writes: a member, as a row or as a caller."""

    @property
    def id(self) -> int: ...


def write(
    session: Session, event_id: int, who: Writer, words: str, now: Moment
) -> Taken | TooSoon | NotTaken:
    """Take a line to the screen of an event; the same line again is taken once."""
    screen = _RULES.first(session, {"event_id": event_id})
    if screen is None or screen.lines is Moderation.OFF:
        return NotTaken.OFF
    if is_blocked(who, now):
        return NotTaken.BLOCKED
    said = rules.cleaned(words)
    if not rules.plain(said) and not said:
        return NotTaken.EMPTY
    last = _LAST.first(session, {"event_id": event_id, "member_id": who.id})
    wait = rules.wait(last.at if last is not None else None, screen.seconds, now)
    if wait:
        if last is not None and last.words == said:
            return Taken(last.state, again=True)
        return TooSoon(wait)
    is_flagged = rules.is_banned(said, screen.banned)
    is_shown = screen.lines is Moderation.AFTER and not is_flagged
    state = LineState.SHOWN if is_shown else LineState.WAITING
    _ADD.run(
        session,
        {
            "event_id": event_id,
            "member_id": who.id,
            "words": said,
            "state": state,
            "is_flagged": is_flagged,
            "at": now,
            "shown_at": now if is_shown else None,
        },
    )
    return Taken(state)


# What organizers do


def decide(
    session: Session,
    event_id: int,
    line_ids: Sequence[int],
    by: int | None,
    now: Moment,
    *,
    shown: bool,
) -> int:
    """Show lines, or hide them; return how many changed.

    Raises NotAllowed when ``by`` may not run the event.
    """
    event = screens.locked(session, event_id, by, now)
    state = LineState.SHOWN if shown else LineState.HIDDEN
    rows = session.exec(
        select(ScreenLine).where(
            ScreenLine.event_id == event_id,
            col(ScreenLine.id).in_(line_ids),
            ScreenLine.state != state,
        )
    ).all()
    for each in rows:
        each.state, each.by_member_id = state, by
        each.shown_at = now if shown and each.shown_at is None else each.shown_at
        session.add(each)
    session.flush()
    if rows:
        what = "lines shown" if shown else "lines hidden"
        screens.record(session, event, by, now, what, lines=len(rows))
    return len(rows)


# Reading


def shown(session: Session, event_id: int) -> list[tuple[int, str]]:
    """Return the newest lines that are shown with their numbers, the oldest of them first."""
    rows = _SHOWN.all(session, {"event_id": event_id})
    return [(row.id, row.words) for row in reversed(rows)]


def queue(
    session: Session, event_id: int, state: LineState, limit: int, *, before: int | None = None
) -> Sequence[ScreenLine]:
    """Return lines in a state: those that wait the oldest first, others the newest first."""
    query = select(ScreenLine).where(ScreenLine.event_id == event_id, ScreenLine.state == state)
    if before is not None:
        query = query.where(col(ScreenLine.id) < before)
    order = col(ScreenLine.id)
    query = query.order_by(order if state is LineState.WAITING else order.desc()).limit(limit)
    return session.exec(query).all()


def waiting(session: Session, event_id: int) -> int:
    """Return how many lines wait to be read."""
    return session.exec(
        select(func.count()).where(
            ScreenLine.event_id == event_id, ScreenLine.state == LineState.WAITING
        )
    ).one()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the lines that a member wrote and that are kept, as plain values."""
    rows = session.exec(
        select(ScreenLine, Event.title)
        .join(Event, col(Event.id) == col(ScreenLine.event_id))
        .where(ScreenLine.member_id == member_id)
        .order_by(col(ScreenLine.id))
    )
    return [
        {"event": title, "words": each.words, "state": each.state, "at": each.at}
        for each, title in rows
    ]


# Forgetting


def old(session: Session, moment: datetime) -> Sequence[int]:
    """Return some lines from before a moment; to be read on a snapshot."""
    rows: Sequence[int] = session.exec(
        select(ScreenLine.id)
        .where(ScreenLine.at < moment)
        .order_by(col(ScreenLine.id))
        .limit(AT_ONCE)
    ).all()
    return rows


def forget(session: Session, line_ids: Sequence[int], _now: Moment) -> None:
    """Delete these lines."""
    session.execute(delete(ScreenLine).where(col(ScreenLine.id).in_(line_ids)))


AT_ONCE = 500
"""How many lines are deleted in one transaction."""
