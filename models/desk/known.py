"""Known answers: a question with its answer, of a station or of one of its events."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, cast, false, or_
from sqlmodel import Field, Session, col, select

from models.events import signups
from models.events.audiences import Somebody, admits
from models.events.events import HIDDEN, Event
from models.network import audit, roles
from models.network.stations import Station
from models.network.translations import Translatable
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment


class KnownAnswer(Translatable, table=True):
    """A question and its answer, both in each language in which they were written.

    ``variants`` are further ways of asking it, in any language. ``source`` says in free words, or
    by a link, who says so. ``valid_until`` is the last day, in the station's zone, on which it is
    shown. ``by_member_id`` wrote it last, at ``changed_at``; it is None for the operator, and for
    somebody who was erased. ``is_loaded`` says that the text is that of a file.
    """

    __tablename__ = "known_answer"

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    question: str
    variants: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    answer: str
    source: str = ""
    valid_until: date | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    changed_at: Moment
    is_loaded: bool = False

    def is_valid(self, today: date) -> bool:
        """Whether it may be shown on this day of the station's zone."""
        return self.valid_until is None or today <= self.valid_until


# Reading


def get(session: Session, answer_id: int) -> KnownAnswer | None:
    return session.get(KnownAnswer, answer_id)


def listed(
    session: Session, places: Sequence[Station], *, skip: int = 0, limit: int = 6
) -> Sequence[KnownAnswer]:
    """Return the answers at these stations and below them, the newest first, with outdated ones."""
    query = select(KnownAnswer).where(_is_at(places))
    newest = query.order_by(col(KnownAnswer.changed_at).desc(), col(KnownAnswer.id).desc())
    return session.exec(newest.offset(skip).limit(limit)).all()


def page(
    session: Session,
    places: Sequence[Station],
    team_ids: Sequence[int],
    *,
    words: str = "",
    after: int | None = None,
    limit: int = 20,
) -> Sequence[tuple[KnownAnswer, Station, Event | None]]:
    """Return the answers at these stations and below them, and of these teams' events.

    They have all the words, in a question or an answer in any language, and are the newest first,
    with outdated ones; ``after`` is the last one of the page before.
    """
    theirs = or_(_is_at(places) if places else false(), col(Event.team_id).in_(team_ids))
    query = (
        select(KnownAnswer, Station, Event)
        .join(Station, col(Station.id) == col(KnownAnswer.station_id))
        .join(Event, col(Event.id) == col(KnownAnswer.event_id), isouter=True)
        .where(theirs)
    )
    for word in words.split():
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in _TEXTS)))
    if after is not None:
        query = query.where(col(KnownAnswer.id) < after)
    return session.exec(query.order_by(col(KnownAnswer.id).desc()).limit(limit)).all()


_TEXTS: tuple[Any, ...] = (
    col(KnownAnswer.question),
    col(KnownAnswer.answer),
    cast(col(KnownAnswer.variants), String),
    cast(col(KnownAnswer.translations), String),
)


def told(
    session: Session, station_id: int | None, today: date, *, skip: int = 0, limit: int = 6
) -> Sequence[KnownAnswer]:
    """Return the answers of a station and of those above it that hold on this day, oldest first.

    Without a station they are those of the district.
    """
    station = session.get(Station, station_id) if station_id is not None else None
    above = [int(each) for each in station.path.split("/") if each] if station else []
    is_above = (
        col(KnownAnswer.station_id).in_(above)
        if above
        else col(KnownAnswer.station_id).in_(
            select(Station.id).where(col(Station.parent_id).is_(None))
        )
    )
    holds = or_(col(KnownAnswer.valid_until).is_(None), col(KnownAnswer.valid_until) >= today)
    query = select(KnownAnswer).where(is_above, holds, col(KnownAnswer.event_id).is_(None))
    return session.exec(query.order_by(col(KnownAnswer.id)).offset(skip).limit(limit)).all()


def for_member(
    session: Session, answer_id: int, member: Somebody, today: date
) -> KnownAnswer | None:
    """The answer, where it holds on this day and this member may be told it.

    That is one of their station, of those above it, or of an event that was published and is for
    them, or has them.
    """
    row = session.get(KnownAnswer, answer_id)
    if row is None or not row.is_valid(today):
        return None
    if row.event_id is not None:
        event = session.get(Event, row.event_id)
        return row if event is not None and _is_for(session, event, member) else None
    own = session.get(Station, member.station_id) if member.station_id is not None else None
    place = session.get_one(Station, row.station_id)
    is_above = own.path.startswith(place.path) if own is not None else place.parent_id is None
    return row if is_above else None


def _is_for(session: Session, event: Event, member: Somebody) -> bool:
    if event.state in HIDDEN:
        return False
    is_admitted = admits(session, event.audience, member)
    return is_admitted or signups.claim_of(session, event.id, member.id) is not None


def to_question(
    session: Session, station_id: int, question: str, *, event_id: int | None = None
) -> KnownAnswer | None:
    """The answer of a station, or of its event, to a question in exactly these words."""
    same = select(KnownAnswer).where(
        KnownAnswer.station_id == station_id,
        KnownAnswer.event_id == event_id,
        KnownAnswer.question == question,
    )
    return session.exec(same.order_by(col(KnownAnswer.id)).limit(1)).first()


def team_of(session: Session, row: KnownAnswer) -> int | None:
    """The team whose event has this answer: those who lead it may change it."""
    event = session.get(Event, row.event_id) if row.event_id is not None else None
    return event.team_id if event is not None else None


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the answers that a member wrote, as plain values."""
    rows = session.exec(select(KnownAnswer).where(KnownAnswer.by_member_id == member_id))
    return [
        {"question": each.question, "answer": each.answer, "at": each.changed_at} for each in rows
    ]


def _is_at(places: Sequence[Station]) -> ColumnElement[bool]:
    below = [col(Station.path).startswith(each.path) for each in places]
    stations = select(Station.id).where(or_(*below))
    return col(KnownAnswer.station_id).in_(stations)


# Writing


def keep(
    session: Session,
    station_id: int,
    question: str | Translated,
    answer: str | Translated,
    by: int | None,
    now: Moment,
    *,
    event_id: int | None = None,
    **more: Any,
) -> KnownAnswer:
    """Add an answer, or change the one to the same question of the same station and event.

    ``more`` are further columns, as ``change`` takes them. This, ``change`` and ``remove`` raise
    NotAllowed when ``by`` may not write answers there; None is the operator.
    """
    words = _text(question)
    kept = to_question(session, station_id, words, event_id=event_id)
    values = {"question": question, "answer": answer, **more}
    if kept is not None:
        return _change(session, kept, values, by, now, "changed")
    row = KnownAnswer(
        station_id=station_id, event_id=event_id, question=words, answer="", changed_at=now
    )
    _require(session, row, by, now)
    session.add(row)
    session.flush()
    return _change(session, row, values, by, now, "added")


def change(
    session: Session, answer_id: int, values: Mapping[str, Any], by: int | None, now: Moment
) -> KnownAnswer | None:
    """Change columns of an answer (question, answer, variants, source, valid_until).

    Texts are a str or a Translated. Returns None when there is no such answer.
    """
    row = session.get(KnownAnswer, answer_id)
    return _change(session, row, values, by, now, "changed") if row is not None else None


def remove(session: Session, answer_id: int, by: int | None, now: Moment) -> KnownAnswer | None:
    """Delete an answer and return what it was; None when it was gone already."""
    row = session.get(KnownAnswer, answer_id)
    if row is None:
        return None
    _require(session, row, by, now)
    _record(session, row, by, now, "removed")
    session.delete(row)
    session.flush()
    return row


def _change(
    session: Session,
    row: KnownAnswer,
    values: Mapping[str, Any],
    by: int | None,
    now: Moment,
    what: str,
) -> KnownAnswer:
    _require(session, row, by, now)
    for name, value in values.items():
        if name in ("question", "answer", "source"):
            row.put_text(name, value)
        else:
            setattr(row, name, value)
    row.by_member_id, row.changed_at, row.is_loaded = by, now, False
    session.add(row)
    session.flush()
    _record(session, row, by, now, what)
    return row


def _text(words: str | Translated) -> str:
    return words.text if isinstance(words, Translated) else words


def _require(session: Session, row: KnownAnswer, by: int | None, now: Moment) -> None:
    team_id = team_of(session, row)
    roles.require(session, by, Act.KEEP_ANSWER, row.station_id, now, team_id=team_id)


def _record(session: Session, row: KnownAnswer, by: int | None, now: Moment, what: str) -> None:
    subject = f"answer:{row.id}"
    audit.record(session, by, Act.KEEP_ANSWER, subject, now, station_id=row.station_id, what=what)
