"""Texts that were not understood, counted; and meanings that organizers taught.

A text that one member wrote is erased with them, and no organizer sees it; one that several members
wrote belongs to nobody. Long texts, and those with a phone number or an address in them, are not
kept at all.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, and_, case, false, null, or_, update
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.desk import chain
from models.desk.lessons import Lessons
from models.network import audit, roles
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.understanding.intents import Intent
from models.rules.understanding.understanding import tidy
from models.store import Moment, insert_once, one_of

MAX_KEPT_LENGTH = 40
NUMBER = re.compile(r"\d[\d\s-]{4,}\d")
ADDRESS = re.compile(r"@|https?:|www\.|\.com")
KEEP = timedelta(days=90)
REFRESH_AFTER = timedelta(seconds=10)


class Miss(SQLModel, table=True):
    """A text that was not understood, normalized by ``tidy``, and how often it came.

    ``by_member_id`` is the only member who wrote it; None after another did.
    """

    __table_args__ = (UniqueConstraint("text", "language"),)

    id: int = Field(default=None, primary_key=True)
    text: str
    language: str
    count: int = Field(default=1, index=True)
    last_at: Moment = Field(index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


class Synonym(SQLModel, table=True):
    """A text that an organizer assigned to an intent, for a station and all below it."""

    __table_args__ = (UniqueConstraint("station_id", "text"),)

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    text: str
    intent: Intent = Field(sa_type=one_of(Intent))
    taught_at: Moment


# Counting


def note(session: Session, text: str, language: str, by: int, now: Moment) -> bool:
    """Count a text of this member that was not understood; False when it may not be kept."""
    normalized = tidy(text)
    if not _may_be_kept(text, normalized):
        return False
    values = {
        "text": normalized,
        "language": language,
        "count": 1,
        "last_at": now,
        "by_member_id": by,
    }
    if not insert_once(session, Miss, values):
        session.execute(
            update(Miss)
            .where(col(Miss.text) == normalized, col(Miss.language) == language)
            .values(
                count=col(Miss.count) + 1,
                last_at=now,
                by_member_id=case((col(Miss.by_member_id) == by, by), else_=null()),
            )
        )
    return True


def _may_be_kept(text: str, normalized: str) -> bool:
    if not normalized or len(text.strip()) > MAX_KEPT_LENGTH:
        return False
    return NUMBER.search(text) is None and ADDRESS.search(text.casefold()) is None


def frequent(
    session: Session, *, skip: int = 0, after: tuple[int, int] | None = None, limit: int = 5
) -> Sequence[Miss]:
    """Texts of several people that were not understood, the most frequent first.

    ``after`` are how often the last one of the page before came, and its number.
    """
    times, number = col(Miss.count), col(Miss.id)
    query = select(Miss).where(col(Miss.by_member_id).is_(None))
    if after is not None:
        query = query.where(or_(times < after[0], and_(times == after[0], number > after[1])))
    return session.exec(query.order_by(times.desc(), number).offset(skip).limit(limit)).all()


def get(session: Session, miss_id: int) -> Miss | None:
    return session.get(Miss, miss_id)


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the texts that only this member wrote, as plain values."""
    rows = session.exec(select(Miss).where(Miss.by_member_id == member_id).order_by(col(Miss.id)))
    return [{"text": each.text, "times": each.count, "last_at": each.last_at} for each in rows]


def drop(session: Session, miss: Miss, by: int, now: Moment) -> None:
    """Delete a text from the list, in every language.

    This and ``teach`` raise NotAllowed when ``by`` may not see the list.
    """
    _record(session, _own_place(session, by, now), by, now, "dropped", miss.text)
    _drop(session, miss.text)


def _drop(session: Session, text: str) -> None:
    session.execute(delete(Miss).where(col(Miss.text) == text))


def forget_before(session: Session, before: datetime) -> None:
    """Delete the texts last seen before a moment."""
    session.execute(delete(Miss).where(col(Miss.last_at) < before))


# Teaching


def teach(session: Session, miss: Miss, intent: Intent, by: int, now: Moment) -> Synonym:
    """Assign a text to an intent at the organizer's station and take it off the list."""
    station = _own_place(session, by, now)
    _record(session, station, by, now, "taught", miss.text, intent=str(intent))
    values = {
        "station_id": station.id,
        "text": miss.text,
        "intent": intent,
        "taught_at": now,
    }
    is_same = (col(Synonym.station_id) == station.id, col(Synonym.text) == miss.text)
    if not insert_once(session, Synonym, values):
        session.execute(update(Synonym).where(*is_same).values(intent=intent, taught_at=now))
    _drop(session, miss.text)
    return session.exec(select(Synonym).where(*is_same)).one()


def taught(
    session: Session,
    by: int,
    now: Moment,
    *,
    skip: int = 0,
    after: tuple[Moment, int] | None = None,
    limit: int = 5,
) -> Sequence[tuple[Synonym, Station]]:
    """Meanings taught at an organizer's stations and below them, newest first.

    ``after`` are when the last one of the page before was taught, and its number.
    """
    places = [
        col(Station.path).startswith(station.path)
        for grant, station in roles.grants_of(session, by, now)
        if grant.role in permissions.roles_for(Act.SEE_MISSES)
    ]
    at, number = col(Synonym.taught_at), col(Synonym.id)
    query = (
        select(Synonym, Station)
        .join(Station, col(Station.id) == col(Synonym.station_id))
        .where(or_(false(), *places))
    )
    if after is not None:
        query = query.where(or_(at < after[0], and_(at == after[0], number < after[1])))
    query = query.order_by(at.desc(), number.desc())
    return session.exec(query.offset(skip).limit(limit)).all()


def get_taught(session: Session, synonym_id: int) -> Synonym | None:
    return session.get(Synonym, synonym_id)


def unteach(session: Session, synonym_id: int, by: int, now: Moment) -> Synonym | None:
    """Delete a taught meaning and return it; None when there is none.

    Raises NotAllowed when ``by`` may not take words of its station back.
    """
    synonym = session.get(Synonym, synonym_id)
    if synonym is None:
        return None
    roles.require(session, by, Act.SEE_MISSES, synonym.station_id, now)
    station, intent = session.get_one(Station, synonym.station_id), str(synonym.intent)
    _record(session, station, by, now, "taken back", synonym.text, intent=intent)
    session.delete(synonym)
    session.flush()
    return synonym


def _own_place(session: Session, by: int, now: Moment) -> Station:
    """The station that an organizer teaches for. Raises NotAllowed where there is none."""
    station = roles.where(session, by, Act.SEE_MISSES, now)
    if station is None:
        raise NotAllowed(Act.SEE_MISSES)
    return station


def _record(
    session: Session, station: Station, by: int, now: Moment, what: str, text: str, **details: str
) -> None:
    subject = f"word:{text}"
    audit.record(
        session, by, Act.SEE_MISSES, subject, now, station_id=station.id, what=what, **details
    )


class Taught:
    """A cache of the taught meanings, at most ``REFRESH_AFTER`` old; one a process.

    It is read at the beginning of a transaction, before anything is written in it, so that it
    never holds what is rolled back later.
    """

    def __init__(self) -> None:
        self._by_station: dict[int, dict[str, Intent]] = {}
        self._paths: Mapping[int, str] = {}
        self._lessons: dict[tuple[int, ...], Lessons] = {}
        self._read_at: datetime | None = None

    def lessons(self, session: Session, now: datetime, station_id: int | None) -> Lessons:
        """Return what counts for members of a station; None means of no station."""
        read_at = self._read_at
        if read_at is None or not read_at <= now < read_at + REFRESH_AFTER:
            self._read(session)
            self._read_at = now
        teach = self._by_station
        places = tuple(each for each in chain.above(self._paths, station_id) if each in teach)
        if places not in self._lessons:
            nearest: dict[str, Intent] = {}
            for place in places:
                nearest.update(teach[place])
            self._lessons[places] = Lessons(nearest)
        return self._lessons[places]

    def _read(self, session: Session) -> None:
        by_station: dict[int, dict[str, Intent]] = defaultdict(dict)
        for row in session.exec(select(Synonym).order_by(col(Synonym.id))):
            by_station[row.station_id][row.text] = Intent(row.intent)
        paths = select(Station.id, Station.path)
        self._paths = dict(session.exec(paths).all()) if by_station else {}
        if by_station != self._by_station:
            self._by_station, self._lessons = dict(by_station), {}
