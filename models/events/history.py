"""What members took part in; and whoever is marked as absent, but says that they were there.

Somebody took part where they were checked in, or had a seat where nobody was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.events import helping
from models.events.events import UNLISTED, Event, Signup, SignupState
from models.network import audit, roles
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.events import history as rules
from models.rules.events import windows
from models.rules.events.history import Year
from models.rules.events.windows import EventAct, Why
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK
from models.store import Moment

DISPUTED, DECIDED = "attendance-disputed", "attendance-decided"
"""Topics of the notices to organizers and to the member."""

TOOK_PART = (SignupState.ATTENDED, SignupState.SEATED)
LISTED = (*TOOK_PART, SignupState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Said:
    """A member says that they were there; ``told`` organizers can confirm it in one tap."""

    told: int


@dataclass(frozen=True, slots=True)
class NotSaid:
    """Nothing was done, for this reason."""

    why: Why


# What somebody took part in


def years(session: Session, member_id: int, now: Moment, zone: ZoneInfo) -> list[Year]:
    """Return the years in which a member took part in something, the latest first."""
    rows = session.exec(
        select(Event.starts_at, Event.ends_at)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(*_of(member_id, now), col(Signup.state).in_(TOOK_PART))
    )
    return rules.by_year(rows.all(), zone)


def of_year(
    session: Session,
    member_id: int,
    year: int,
    now: Moment,
    zone: ZoneInfo,
    *,
    skip: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[Signup, Event]]:
    """Return the events of a year that a member had a seat at, the latest first.

    Those at which they are marked as absent stand among them.
    """
    # A year out of the calendar, which a forged press may name, has no events either.
    year = min(max(year, MINYEAR + 1), MAXYEAR - 1)
    begins, ends = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    query = (
        select(Signup, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            *_of(member_id, now),
            col(Signup.state).in_(LISTED),
            col(Event.starts_at) >= begins,
            col(Event.starts_at) < ends,
        )
        .order_by(col(Event.starts_at).desc(), col(Event.id))
        .offset(skip)
    )
    return session.exec(query.limit(limit) if limit is not None else query).all()


def has_any(session: Session, member_id: int, now: Moment) -> bool:
    """Return whether a member had a seat at something that is over, or helped there."""
    found = (
        select(Signup.id)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(*_of(member_id, now), col(Signup.state).in_(LISTED))
    )
    had_seat = session.exec(found.limit(1)).first() is not None
    return had_seat or bool(helping.by_member(session, member_id, now))


def _of(member_id: int, now: Moment) -> tuple[Any, ...]:
    """Return the conditions of a member's claims on events that took place."""
    return (
        Signup.member_id == member_id,
        col(Event.ends_at) <= now,
        col(Event.state).not_in(UNLISTED),
    )


# I was there


def dispute(session: Session, event_id: int, member_id: int, now: Moment) -> Said | NotSaid:
    """Tell those who check people in that a member who is marked as absent was there, once."""
    event = session.get(Event, event_id)
    claim = session.exec(
        select(Signup)
        .where(Signup.event_id == event_id, Signup.member_id == member_id)
        .with_for_update()
    ).first()
    if event is None:
        return NotSaid(Why.NO_SUCH_CLAIM)
    why = windows.refusal(EventAct.DISPUTE, event, now, claim.state if claim is not None else None)
    if claim is None or why is not None:
        return NotSaid(why or Why.NO_SUCH_CLAIM)
    able = [each for each in in_charge(session, event, now) if each.id != member_id]
    claim.disputed_at = claim.disputed_at or now
    session.add(claim)
    session.flush()
    for each in able:
        deliveries.plan_for_member(
            session,
            each.id,
            key=f"disputed:{claim.id}:{each.id}",
            topic=DISPUTED,
            facts={"event_id": event.id, "signup_id": claim.id},
            due_at=now,
            expires_at=now + A_WEEK,
            now=now,
            about=member_id,
        )
    return Said(len(able))


def decide(
    session: Session, signup_id: int, by: int, now: Moment, *, was_there: bool
) -> Signup | NotSaid:
    """Believe a member who says that they were there, or do not; they hear it.

    Raises ``roles.NotAllowed`` when ``by`` may not check people in at the event.
    """
    claim = session.get(Signup, signup_id, with_for_update=True, populate_existing=True)
    if claim is None:
        return NotSaid(Why.NO_SUCH_CLAIM)
    event = session.get_one(Event, claim.event_id)
    roles.require(session, by, Act.CHECK_IN, event.station_id, now, team_id=event.team_id)
    why = windows.refusal(EventAct.BELIEVE, event, now, claim.state)
    if why is not None or claim.member_id is None or claim.disputed_at is None:
        return NotSaid(why or Why.NO_SUCH_CLAIM)
    if was_there:
        claim.state, claim.attended_at = SignupState.ATTENDED, event.starts_at
    claim.disputed_at = None
    session.add(claim)
    session.flush()
    audit.record(
        session,
        by,
        Act.CHECK_IN,
        f"event:{event.id}",
        now,
        station_id=event.station_id,
        signup=claim.id,
        disputed=True,
        came=was_there,
    )
    deliveries.plan_for_member(
        session,
        claim.member_id,
        key=f"decided:{claim.id}:{int(now.timestamp())}",
        topic=DECIDED,
        facts={"event_id": event.id, "came": was_there},
        due_at=now,
        expires_at=now + A_WEEK,
        now=now,
    )
    return claim


def in_charge(
    session: Session, event: Event, now: Moment, act: Act = Act.CHECK_IN
) -> Sequence[Member]:
    """Return who does an act at an event: the leaders of its team, else those of its station."""
    if event.team_id is not None:
        leaders = session.exec(
            select(Member)
            .join(Grant, col(Grant.member_id) == col(Member.id))
            .where(Grant.team_id == event.team_id, *roles.in_force(now), roles.has_chat())
            .order_by(col(Grant.id))
        ).all()
        if leaders:
            return leaders
    station = session.get_one(Station, event.station_id)
    return roles.who_can(session, act, station, now)


# Reading


def claim(session: Session, signup_id: int) -> Signup | None:
    """Return a claim by its number."""
    return session.get(Signup, signup_id)


def claim_of(session: Session, event_id: int, member_id: int) -> Signup | None:
    """Return a member's claim on an event, in whatever state it is."""
    return session.exec(
        select(Signup).where(Signup.event_id == event_id, Signup.member_id == member_id)
    ).first()
