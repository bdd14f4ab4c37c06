"""Offer free seats to the head of the queue, and end offers that lapse."""

from collections import defaultdict

from sqlalchemy import Integer, bindparam, update
from sqlmodel import Session, col, select

from models.events._claims import EVENT, SIGNUPS, count
from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Member
from models.network.stations import Care
from models.rules.events import waitlist
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.store import Moment
from models.store.statements import Prepared

ASLEEP = 50
"""The most members skipped at a time, because quiet hours outlast their offer."""

LAPSED_AT_ONCE = 200

_NEXT = Prepared(
    select(Signup.id, Signup.member_id)
    .where(
        Signup.event_id == bindparam("event_id"),
        Signup.state == SignupState.WAITING,
        # Claims of erased members stay for the counts; they get no offers.
        col(Signup.member_id).is_not(None),
    )
    .order_by(col(Signup.turn))
    .limit(bindparam("most", type_=Integer))
)


def fill(session: Session, event_id: int, care: Care, now: Moment) -> int:
    """Offer free seats to the head of the queue; return how many were offered.

    A member whose quiet hours last until it is too late is skipped and keeps their place in the
    queue.
    """
    event = EVENT.one(session, {"event_id": event_id})
    if event.state == EventState.CANCELLED:
        return 0
    asked = waitlist.to_ask(event.seats, event.held, event.waiting)
    offered = 0
    if not asked:
        return 0
    for signup in _NEXT.all(session, {"event_id": event_id, "most": asked + ASLEEP}):
        member = session.get_one(Member, signup.member_id)
        hours = care.quiet_of(member.quiet, member.shift)
        until = quiet_hours.offer_until(now, event.closes_at, hours, care.zone)
        if until is None:
            continue
        session.execute(
            update(SIGNUPS)
            .where(SIGNUPS.c.id == signup.id)
            .values(state=SignupState.OFFERED, offered_until=until)
        )
        deliveries.plan_for_member(
            session,
            signup.member_id,
            key=f"offer:{signup.id}:{int(until.timestamp())}",
            topic="offer",
            facts={"event_id": event_id},
            due_at=now,
            expires_at=until,
            now=now,
        )
        offered += 1
        if offered == asked:
            break
    count(session, event_id, held=offered, waiting=-offered)
    return offered


def any_lapsed(session: Session, now: Moment) -> bool:
    """Return whether ``lapse_offers`` has work."""
    lapsed = select(Signup.id).where(
        Signup.state == SignupState.OFFERED, col(Signup.offered_until) <= now
    )
    return session.exec(lapsed.limit(1)).first() is not None


def lapse_offers(session: Session, now: Moment, care: Care) -> int:
    """End offers whose deadline has passed, offer the seats again; return how many ended."""
    lapsed: dict[int, list[Signup]] = defaultdict(list)
    for signup in session.exec(
        select(Signup)
        .where(Signup.state == SignupState.OFFERED, col(Signup.offered_until) <= now)
        # Ordered by event, SQLite would read all sign-ups.
        .order_by(col(Signup.offered_until), col(Signup.id))
        .limit(LAPSED_AT_ONCE)
    ):
        lapsed[signup.event_id].append(signup)
    ended = 0
    # Every process locks events in the order of their ids, so that no two deadlock.
    for event_id in sorted(lapsed):
        EVENT.one(session, {"event_id": event_id})
        event = session.get_one(Event, event_id)
        ended_here = sum(_lapse(session, signup, event, now) for signup in lapsed[event_id])
        session.flush()
        count(session, event_id, held=-ended_here)
        fill(session, event_id, care, now)
        ended += ended_here
    return ended


def _lapse(session: Session, signup: Signup, event: Event, now: Moment) -> bool:
    """End one offer; return False if it was answered before the event was locked."""
    session.refresh(signup)
    if signup.state != SignupState.OFFERED:
        return False
    signup.state, signup.offered_until = SignupState.CANCELLED, None
    session.add(signup)
    if signup.member_id is not None:
        deliveries.plan_for_member(
            session,
            signup.member_id,
            key=f"lapsed:{signup.id}:{signup.turn}",
            topic="lapsed",
            facts={"event_id": event.id},
            due_at=now,
            expires_at=event.starts_at,
            now=now,
        )
    return True
