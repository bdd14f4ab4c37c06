"""Events that come again: each is published in time, with all that the one before it tells.

One mechanism for a team's regular sessions and for whatever a station holds again. A published one
is an event like others: it is changed, moved and cancelled by itself. The verbs raise
``roles.NotAllowed`` when ``by`` may not run the event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as columns_of
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.events import entries, partnering, questions, quotas, running
from models.events.events import UNLISTED, Category, Event, Kind
from models.events.groups import Repeating
from models.events.questions import EventQuestion
from models.events.quotas import Quota
from models.events.running import ChangeOutcome, Meanwhile, TooLate
from models.network import audit, roles
from models.network.stations import Care
from models.rules.dates import repeats
from models.rules.dates.repeats import Repeat
from models.rules.events import undated, windows
from models.rules.events.windows import EventAct
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.search import sounds
from models.store import Moment, insert_once
from models.store.tables import table_of

CHUNK = 50
TEAM = "{team}"
"""Stands for the team's name in the title of a team's sessions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where it is held from the next on; ``place`` None: where it was."""

    rule: Repeat
    first: Moment
    length: timedelta
    place: str | None = None


# Outcomes


@dataclass(frozen=True, slots=True)
class Begun:
    """It comes again; ``coming`` are the next times that are planned, the published ones too."""

    repeating: Repeating
    coming: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class RepeatsAlready:
    repeating: Repeating


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The next one, which was not published yet, will not be."""

    at: Moment


def begin(
    session: Session, event_id: int, rule: Repeat, by: int | None, care: Care, now: Moment
) -> Begun | RepeatsAlready | TooLate:
    """Let a published event be the first of those that come again by this rule."""
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)
    if why := windows.refusal(EventAct.CANCEL, event, now):
        return TooLate(event, why)
    already = of_event(session, event)
    if already is not None and already.due_at is not None:
        return RepeatsAlready(already)
    row = Repeating(
        station_id=event.station_id,
        team_id=event.team_id,
        rule=rule.to_column(),
        first=event.starts_at,
        minutes=int((event.ends_at - event.starts_at).total_seconds()) // 60,
        upto=event.starts_at,
    )
    row.put_text("place", event.text_of("place"))
    session.add(row)
    session.flush()
    event.repeating_id = row.id
    session.add(event)
    session.flush()
    put_ahead(session, row, care, now)
    _record(session, row, by, now, "repeats", rule=row.rule)
    return Begun(row, coming(row, now, care, most=3))


def change(
    session: Session, row: Repeating, plan: Plan, by: int | None, care: Care, now: Moment
) -> Begun:
    """Hold it by another rule from the next on; those published already are moved, in order."""
    _lock(session, row, by, now)
    published = published_of(session, row.id, now)
    row.rule, row.first = plan.rule.to_column(), plan.first
    row.minutes = int(plan.length.total_seconds()) // 60
    if plan.place is not None and plan.place != row.place:
        row.put_text("place", plan.place)
    row.upto = now
    times = repeats.coming(
        plan.rule, plan.first, now, care.zone, care.workdays, most=len(published) or 1
    )
    for event, starts_at in zip(published, times, strict=False):
        _put(session, event, row, starts_at, by, care, now)
        row.upto = starts_at
    put_ahead(session, row, care, now)
    _record(session, row, by, now, "repeats otherwise")
    return Begun(row, coming(row, now, care, most=3))


def _put(
    session: Session,
    event: Event,
    row: Repeating,
    starts_at: Moment,
    by: int | None,
    care: Care,
    now: Moment,
) -> ChangeOutcome:
    ends_at = starts_at + timedelta(minutes=row.minutes)
    place = row.text_of("place") if row.place != event.place else None
    return running.move(session, event.id, starts_at, ends_at, by, care, now, place=place)


def stop(session: Session, row: Repeating, by: int | None, now: Moment) -> None:
    """Publish no more of it; those published already stay."""
    _lock(session, row, by, now)
    row.due_at = None
    session.add(row)
    session.flush()
    _record(session, row, by, now, "repeats no more")


def skip(
    session: Session,
    row: Repeating,
    reason: str,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    seen: tuple[int, int] | None = None,
) -> ChangeOutcome | LeftOut | None:
    """Call off the next one only; None where there is none.

    ``seen`` are the id and the revision of the published one that the organizer was asked about.
    """
    _lock(session, row, by, now)
    published = published_of(session, row.id, now)
    if published:
        event = published[0]
        if seen not in (None, (event.id, event.revision)):
            return Meanwhile(event)
        return running.call_off(session, event.id, reason, by, now)
    following = next(iter(coming(row, now, care)), None)
    if following is None or row.due_at is None:
        return None
    day = following.astimezone(care.zone).date()
    row.rule = row.repeat.without(day).to_column()
    _plan_next(row, care)
    session.add(row)
    session.flush()
    _record(session, row, by, now, "left out", day=day.isoformat())
    return LeftOut(following)


# By the clock


def any_due(session: Session, now: Moment) -> bool:
    """Whether any event is to be published."""
    return session.exec(_due(now).limit(1)).first() is not None


def publish_due(session: Session, now: Moment, care: Care) -> int:
    """Publish what comes again soon; return how many repeats were handled."""
    due = session.exec(_due(now).limit(CHUNK).with_for_update(skip_locked=True)).all()
    for row in due:
        put_ahead(session, row, care, now)
    return len(due)


def _due(now: Moment) -> SelectOfScalar[Repeating]:
    due_at = col(Repeating.due_at)
    return select(Repeating).where(due_at <= now).order_by(due_at, col(Repeating.id))


def put_ahead(
    session: Session, row: Repeating, care: Care, now: Moment, *, like: Event | None = None
) -> None:
    """Publish each that begins soon, unless it is there, and set when the following is due.

    ``like`` is what the first of them tells where none was published before; that one is published
    however far ahead it is.
    """
    rule = row.repeat
    soon = now + repeats.ahead(rule)
    after = max(now, row.upto)
    for at in repeats.moments(rule, row.first, care.zone, care.workdays):
        if at <= after:
            continue
        if at > soon and like is None:
            break
        example = example_of(session, row) or like or bare(row)
        _publish(session, _next_of(session, row, example, at, care), example, now)
        row.upto, like = at, None
    row.upto = max(row.upto, now)
    _plan_next(row, care)
    session.add(row)
    session.flush()


def bare(row: Repeating) -> Event:
    """A session that tells nothing but its place."""
    return Event(
        code="",
        station_id=row.station_id,
        category=Category.CULTURE,
        kind=Kind.SESSION,
        title="",
        place=row.place,
        starts_at=row.first,
        ends_at=row.first,
        closes_at=row.first,
    )


def _publish(session: Session, event: Event, example: Event, now: Moment) -> None:
    if not insert_once(session, Event, event.model_dump(exclude={"id"})) or example.id is None:
        return
    made = session.exec(select(Event).where(Event.code == event.code)).one()
    carry(session, example.id, made)
    entries.begin_like(session, made, example, now)


def carry(session: Session, like: int, event: Event) -> None:
    """Bring along what belongs to the event that this one is like, in the same order."""
    for rows in CARRIED:
        table = table_of(rows)
        told = columns_of(table).where(table.c.event_id == like).order_by(table.c.id)
        for each in session.execute(told).mappings().all():
            session.add(rows(**{**each, "id": None, "event_id": event.id}))
    session.flush()
    quotas.relink(session, event.id, questions.relink(session, like, event.id))
    partnering.carry(session, like, event)


def _plan_next(row: Repeating, care: Care) -> None:
    rule = row.repeat
    following = repeats.next_after(rule, row.first, row.upto, care.zone, care.workdays)
    row.due_at = following - repeats.ahead(rule) if following is not None else None


OWN = frozenset(
    {"id", "code", "station_id", "team_id", "repeating_id", "series_id"}
    | {"starts_at", "ends_at", "closes_at", "state", "state_was", "reason", "by_member_id"}
    | {"revision", "held", "waiting", "turns", "changed_at", "asked_again_at", "queue_told_at"}
    | {"draw", "entered", "is_template", "hall_seated_at"}
    | {"certifying_at", "certifying_minutes"}
)
"""The columns that are an event's own; all others come along, so a new one does by itself."""

OF_PLACE = frozenset({"place", "map_url", "meet"})
"""What only one at the same place tells."""

CARRIED: tuple[type[SQLModel], ...] = (Quota, EventQuestion)
"""Rows of other tables that come along: what belongs to an event by its ``event_id``."""


def _next_of(session: Session, row: Repeating, like: Event, starts_at: Moment, care: Care) -> Event:
    """The one that begins then, with what the one it is ``like`` tells."""
    is_there = like.place == row.place
    kept = {
        name: value
        for name, value in like.model_dump(exclude=set(OWN)).items()
        if is_there or name not in OF_PLACE
    }
    texts = {
        name: said for name, said in like.translations.items() if is_there or name not in OF_PLACE
    }
    later = starts_at - like.starts_at
    # A time before it is as long before the next one.
    kept |= {name: each + later for name, each in kept.items() if isinstance(each, datetime)}
    event = Event(
        **{**kept, "translations": texts},
        code=_unused(session, code_of(row, starts_at, care), starts_at),
        station_id=row.station_id,
        team_id=row.team_id,
        repeating_id=row.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=row.minutes),
        closes_at=starts_at - max(like.starts_at - like.closes_at, timedelta(0)),
    )
    if not is_there:
        event.put_text("place", row.text_of("place"))
    if row.title:
        title = _title_of(session, row)
        event.put_text("title", title)
        event.search = sounds.index(*title.versions(), *_team_of(session, row).versions())
    return event


def code_of(row: Repeating, starts_at: Moment, care: Care) -> str:
    """The key of the one of that day, so that none is published twice."""
    name = f"session-{row.team_id}" if row.is_session else f"repeat-{row.id}"
    return f"{name}-{starts_at.astimezone(care.zone):%Y-%m-%d}"


def _unused(session: Session, code: str, starts_at: Moment) -> str:
    """The code, numbered where one that was called off or moved from that day has it.

    One that stands has it still, so that it is not published twice.
    """
    rows = session.exec(
        select(Event.code, Event.state, Event.starts_at).where(col(Event.code).startswith(code))
    ).all()
    stands = next(
        (each[0] for each in rows if each[1] not in UNLISTED and each[2] == starts_at), ""
    )
    is_taken = any(each[0] == code for each in rows)
    return stands or (f"{code}-{len(rows) + 1}" if is_taken else code)


def _title_of(session: Session, row: Repeating) -> Translated:
    """The title of a team's sessions, under the name that it has now."""
    pattern, name = row.text_of("title"), _team_of(session, row)
    return Translated(
        pattern.text.replace(TEAM, name.text),
        {code: said.replace(TEAM, name.to(code)) for code, said in pattern.translations.items()},
    )


def _team_of(session: Session, row: Repeating) -> Translated:
    """The team's name; its table belongs to a package above this one."""
    key = next(iter(table_of(Repeating).c.team_id.foreign_keys))
    team = key.column.table
    named = session.execute(
        columns_of(team.c.name, team.c.translations).where(team.c.id == row.team_id)
    ).first()
    if named is None:
        return Translated("")
    return Translated(named.name, (named.translations or {}).get("name", {}))


# Reading


def get(session: Session, repeating_id: int | None) -> Repeating | None:
    return session.get(Repeating, repeating_id) if repeating_id is not None else None


def of_event(session: Session, event: Event) -> Repeating | None:
    """What an event is one of; None where it stands alone."""
    return get(session, event.repeating_id)


def session_of(session: Session, team_id: int) -> Repeating | None:
    """A team's regular session, unless it has ended."""
    return session.exec(
        select(Repeating)
        .where(
            Repeating.team_id == team_id,
            col(Repeating.is_session).is_(True),
            col(Repeating.due_at).is_not(None),
        )
        .order_by(col(Repeating.id).desc())
        .limit(1)
    ).first()


def last_session(session: Session, team_id: int) -> Event | None:
    """The latest regular session that a team had."""
    return session.exec(
        _sessions(team_id).order_by(col(Event.starts_at).desc(), col(Event.id)).limit(1)
    ).first()


def next_session(session: Session, team_id: int, now: Moment) -> Event | None:
    """A team's next regular session that is published, whether more will come or not."""
    return session.exec(
        _sessions(team_id)
        .where(
            col(Event.state).not_in(UNLISTED),
            col(Event.starts_at) > now,
            col(Event.starts_at) < undated.BEGINS,
        )
        .order_by(col(Event.starts_at), col(Event.id))
        .limit(1)
    ).first()


def _sessions(team_id: int) -> SelectOfScalar[Event]:
    return (
        select(Event)
        .join(Repeating, col(Repeating.id) == col(Event.repeating_id))
        .where(Event.team_id == team_id, col(Repeating.is_session).is_(True))
    )


def published_of(session: Session, repeating_id: int, now: Moment) -> Sequence[Event]:
    """Those that are published, have a date and have not begun, the next one first."""
    return session.exec(
        select(Event)
        .where(
            Event.repeating_id == repeating_id,
            col(Event.state).not_in(UNLISTED),
            col(Event.starts_at) > now,
            col(Event.starts_at) < undated.BEGINS,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    ).all()


def example_of(session: Session, row: Repeating) -> Event | None:
    """The latest one, at the usual place if there was one: the next one tells what it tells."""
    is_usual = col(Event.place) == row.place
    return session.exec(
        select(Event)
        .where(Event.repeating_id == row.id)
        .order_by(is_usual.desc(), col(Event.starts_at).desc())
        .limit(1)
    ).first()


def coming(row: Repeating, now: Moment, care: Care, *, most: int = 1) -> Sequence[Moment]:
    """The next times by the rule, whether they are published or not."""
    return repeats.coming(row.repeat, row.first, now, care.zone, care.workdays, most=most)


def _lock(session: Session, row: Repeating, by: int | None, now: Moment) -> None:
    """Lock it for somebody who may run it, before anything of it is read or changed."""
    session.refresh(row, with_for_update=True)
    act = Act.RUN_TEAM if row.is_session else Act.RUN_EVENT
    roles.require(session, by, act, row.station_id, now, team_id=row.team_id)


def _record(
    session: Session, row: Repeating, by: int | None, now: Moment, what: str, **details: object
) -> None:
    example = example_of(session, row)
    subject = f"team:{row.team_id}" if row.is_session else f"event:{example.id if example else 0}"
    act = Act.RUN_TEAM if row.is_session else Act.RUN_EVENT
    audit.record(session, by, act, subject, now, station_id=row.station_id, what=what, **details)
