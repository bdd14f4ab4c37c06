"""Find events by time, category, town, team and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.events import audiences
from models.events.events import UNLISTED, Event, EventState
from models.network.members import Caller
from models.network.stations import Station
from models.rules.events import undated
from models.rules.search import naming, search
from models.store import Moment

_IS_FOR = audiences.is_for(col(Event.audience))


def upcoming(
    session: Session,
    now: Moment,
    *,
    until: Moment | None = None,
    since: Moment | None = None,
    category: str = "",
    station_id: int | None = None,
    team_id: int | None = None,
    among: Sequence[int] | None = None,
    caller: Caller | None = None,
    skip: int = 0,
    limit: int = 6,
) -> Sequence[Event]:
    """Return events that have not ended, soonest first, those that take no sign-ups last.

    ``station_id`` means that station and everything below it; ``among`` keeps only these ids,
    ``caller`` only events that admit this member.
    """
    wanted = Wanted(since, until, category, station_id, team_id)
    query = (
        _narrowed(select(Event), now, wanted, caller)
        .order_by(_takes_sign_ups(now).desc(), col(Event.starts_at), col(Event.id))
        .offset(skip)
        .limit(limit)
    )
    if among is not None:
        query = query.where(col(Event.id).in_(among))
    params = audiences.asked_by(caller) if caller is not None else None
    rows: Sequence[Event] = session.exec(query, params=params).all()
    return rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which coming events are looked for: on which days, of what, where (and below it), by whom."""

    since: Moment | None = None
    until: Moment | None = None
    category: str = ""
    station_id: int | None = None
    team_id: int | None = None


_OUTLINE: tuple[Any, ...] = (
    Event.id,
    Event.starts_at,
    Event.ends_at,
    Event.title,
    Event.team_id,
    Station.path,
    Station.enterprise_id,
)


def outline(session: Session, now: Moment, wanted: Wanted, caller: Caller) -> Sequence[Any]:
    """Return, of all that ``upcoming`` returns to a member, the columns that order them.

    They are the id, starts_at, ends_at, title, team_id, path and enterprise_id of the host, and
    ``is_open`` for sign-up; in no order.
    """
    columns = (*_OUTLINE, _takes_sign_ups(now).label("is_open"))
    query = _narrowed(columns_of(*columns), now, wanted, caller).join(
        Station, col(Station.id) == col(Event.station_id)
    )
    rows: Sequence[Any] = session.execute(query, audiences.asked_by(caller)).all()
    return rows


def _narrowed(query: Any, now: Moment, wanted: Wanted, caller: Caller | None) -> Any:
    """Keep coming events that are wanted, and only those that admit the caller, if there is one."""
    query = query.where(col(Event.ends_at) > now, col(Event.state).not_in(UNLISTED))
    if wanted.since is not None:
        query = query.where(col(Event.starts_at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(Event.starts_at) < wanted.until)
    if wanted.category:
        query = query.where(Event.category == wanted.category)
    if wanted.team_id is not None:
        query = query.where(Event.team_id == wanted.team_id)
    if caller is not None:
        query = query.where(_IS_FOR)
    if wanted.station_id is not None:
        here = select(Station.path).where(Station.id == wanted.station_id).scalar_subquery()
        below = select(Station.id).where(col(Station.path).startswith(here))
        query = query.where(col(Event.station_id).in_(below))
    return query


def past(
    session: Session, now: Moment, station_id: int, *, skip: int = 0, limit: int = 6
) -> Sequence[Event]:
    """Return events of a station and all below it that took place, the latest first."""
    here = select(Station.path).where(Station.id == station_id).scalar_subquery()
    below = select(Station.id).where(col(Station.path).startswith(here))
    return session.exec(
        select(Event)
        .where(
            col(Event.ends_at) <= now,
            col(Event.state).not_in(UNLISTED),
            col(Event.station_id).in_(below),
        )
        .order_by(col(Event.starts_at).desc(), col(Event.id))
        .offset(skip)
        .limit(limit)
    ).all()


def starts(session: Session, now: Moment) -> Sequence[tuple[int, Moment]]:
    """Return the id and the start of all events that have not ended."""
    query = select(Event.id, Event.starts_at).where(
        col(Event.ends_at) > now, col(Event.state).not_in(UNLISTED)
    )
    return session.exec(query).all()


def _takes_sign_ups(now: Moment) -> ColumnElement[bool]:
    """Return the condition of the phase OPEN, as ``models.rules.events.windows`` has it."""
    return and_(
        col(Event.state) == EventState.OPEN,
        col(Event.closes_at) > now,
        col(Event.starts_at) > now,
        col(Event.starts_at) < undated.BEGINS,
    )


def matching(
    session: Session, words: str, now: Moment, limit: int = 20, *, caller: Caller | None = None
) -> list[int]:
    """Return ids of coming events that match the words, best first.

    Words may be Chinese, pinyin, initials or English. ``caller`` keeps only events that admit this
    member.
    """
    texts = _search_texts(session, now, caller)
    return [event_id for event_id, _score in search.rank(words, texts)][:limit]


def named_in(
    session: Session, text: str, now: Moment, *, caller: Caller | None = None
) -> list[int]:
    """Return ids of coming events whose titles stand in a text that says other things as well."""
    return naming.named(text, _search_texts(session, now, caller))


def of_kind(
    session: Session, kind: str, now: Moment, limit: int = 20, *, caller: Caller | None = None
) -> list[int]:
    """Return ids of coming events of a kind, soonest first."""
    coming = _narrowed(select(Event.id), now, Wanted(), caller)
    query = coming.where(Event.kind == kind).order_by(col(Event.starts_at), col(Event.id))
    params = audiences.asked_by(caller) if caller is not None else None
    return list(session.execute(query.limit(limit), params).scalars())


def _search_texts(session: Session, now: Moment, caller: Caller | None) -> list[tuple[int, str]]:
    """Return ids and search texts of coming events, soonest first; those that admit the caller."""
    query = (
        select(Event.id, Event.search)
        .where(col(Event.ends_at) > now, col(Event.state).not_in(UNLISTED))
        .order_by(col(Event.starts_at))
    )
    if caller is not None:
        query = query.where(_IS_FOR)
    params = audiences.asked_by(caller) if caller is not None else None
    return list(session.exec(query, params=params).all())
