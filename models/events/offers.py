"""Offer free seats to the head of the queue, and end offers that lapse or reach nobody."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import Integer, and_, bindparam, exists, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.events._claims import EVENT, SIGNUPS, count
from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Address, Member
from models.network.stations import Care
from models.rules.events import waitlist, windows
from models.rules.events.windows import EventAct
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.sending.deliveries import Delivery, DeliveryState, Plan
from models.sending.topics import is_muted
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared

PAGE = 50
"""How many of the queue are read at a time."""

LAPSED_AT_ONCE = 200
QUEUES_AT_ONCE = 20

ASKED_IN_VAIN = timedelta(days=1)
"""How long a member whom an offer did not reach is not asked again."""

ARRIVES = (DeliveryState.SENT, DeliveryState.LEASED, DeliveryState.IN_DOUBT)
"""States of an offer's delivery in which the member may know of it."""

_NEXT = Prepared(
    select(  # type: ignore[call-overload]
        Signup.id, Signup.member_id, Signup.turn, Member.quiet, Member.shift, Member.muted
    )
    # Claims of erased members stay for the counts; they get no offers.
    .join(Member, col(Member.id) == col(Signup.member_id))
    .where(
        Signup.event_id == bindparam("event_id"),
        Signup.state == SignupState.WAITING,
        col(Signup.turn) > bindparam("after", type_=Integer),
        exists().where(
            col(Address.member_id) == col(Signup.member_id), col(Address.unreachable) == ""
        ),
    )
    .order_by(col(Signup.turn))
    .limit(bindparam("most", type_=Integer))
)


def fill(session: Session, event_id: int, care: Care, now: Moment) -> int:
    """Offer free seats to the head of the queue; return how many were offered.

    Who cannot be asked is skipped and keeps their place: whoever muted offers, has no address that
    can be reached, was just asked in vain, or whose quiet hours last until it is too late.
    """
    event = EVENT.one(session, {"event_id": event_id})
    if windows.refusal(EventAct.BE_OFFERED, event, now, SignupState.WAITING) is not None:
        return 0
    free = waitlist.to_ask(event.seats, event.held, event.waiting)
    offered, after = 0, -1
    while offered < free:
        page = _NEXT.all(session, {"event_id": event_id, "after": after, "most": PAGE})
        for waiting in page:
            if offered < free and _offer(session, event, waiting, care, now):
                offered += 1
        if len(page) < PAGE:
            break
        after = page[-1].turn
    if offered:
        count(session, event_id, held=offered, waiting=-offered)
    return offered


def fill_queues_of(session: Session, member_id: int, care: Care, now: Moment) -> None:
    """Offer free seats where this member waits, who may have changed whether they can be asked."""
    waits = select(Signup.event_id).where(
        Signup.member_id == member_id, Signup.state == SignupState.WAITING
    )
    for event_id in sorted(session.exec(waits)):
        fill(session, event_id, care, now)


def _offer(session: Session, event: Row, waiting: Row, care: Care, now: Moment) -> bool:
    """Offer a seat to a member of the queue; return False if they cannot be asked now."""
    if is_muted("offer", waiting.muted):
        return False
    hours = care.quiet_of(waiting.quiet, waiting.shift)
    until = quiet_hours.offer_until(now, windows.sign_up_ends(event), hours, care.zone)
    if until is None:
        return False
    last = _last_offer(session, waiting.member_id, waiting.id, waiting.turn)
    if last is not None and last.state not in ARRIVES and last.due_at > now - ASKED_IN_VAIN:
        return False
    session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.id == waiting.id)
        .values(state=SignupState.OFFERED, offered_until=until)
    )
    deliveries.plan_for_member(
        session,
        waiting.member_id,
        key=f"{_key(waiting.id, waiting.turn)}{int(until.timestamp())}",
        topic="offer",
        facts={"event_id": event.id},
        due_at=now,
        expires_at=until,
        now=now,
    )
    return True


def _key(signup_id: int, turn: int) -> str:
    """Return how the keys of all offers to this place in the queue begin."""
    return f"offer:{signup_id}:{turn}:"


def _last_offer(session: Session, member_id: int, signup_id: int, turn: int) -> Row | None:
    """Return state and due time of the newest delivery of an offer to this place in the queue."""
    return session.exec(
        select(Delivery.state, Delivery.due_at)
        .where(
            Delivery.member_id == member_id,
            col(Delivery.announcement_id).is_(None),
            Delivery.topic == "offer",
            col(Delivery.key).startswith(_key(signup_id, turn), autoescape=True),
        )
        .order_by(col(Delivery.id).desc())
        .limit(1)
    ).first()


# When no more seats will come


def _closed_with_a_queue(now: Moment) -> SelectOfScalar[int]:
    """Select the events whose queue is to be told that no more seats will come."""
    return (
        select(Event.id)
        .where(
            col(Event.ends_at) > now,
            col(Event.waiting) > 0,
            col(Event.queue_told_at).is_(None),
            or_(
                col(Event.state) == EventState.CLOSED,
                and_(
                    col(Event.state) == EventState.OPEN,
                    or_(col(Event.closes_at) <= now, col(Event.starts_at) <= now),
                ),
            ),
        )
        .order_by(col(Event.ends_at), col(Event.id))
    )


def any_queue_to_tell(session: Session, now: Moment) -> bool:
    """Return whether ``tell_queues`` has work."""
    return session.exec(_closed_with_a_queue(now).limit(1)).first() is not None


def tell_queues(session: Session, now: Moment) -> int:
    """Tell those who wait for an event whose sign-up has closed; return how many events it were.

    Each is told once for their place in the queue, though sign-up be opened and closed again.
    """
    ids = session.exec(_closed_with_a_queue(now).limit(QUEUES_AT_ONCE)).all()
    for event_id in sorted(ids):
        EVENT.one(session, {"event_id": event_id})
        event = session.get_one(Event, event_id, populate_existing=True)
        can_come = windows.refusal(EventAct.BE_OFFERED, event, now, SignupState.WAITING) is None
        if can_come or event.queue_told_at is not None:
            continue
        event.queue_told_at = now
        session.add(event)
        waiting = session.exec(
            select(Signup).where(
                Signup.event_id == event_id,
                Signup.state == SignupState.WAITING,
                col(Signup.member_id).is_not(None),
            )
        ).all()
        deliveries.plan_all(session, [_no_more(event, signup) for signup in waiting], now)
    return len(ids)


def _no_more(event: Event, signup: Signup) -> Plan:
    assert signup.member_id is not None
    assert event.queue_told_at is not None
    return Plan(
        key=f"no-seats:{signup.id}:{signup.turn}",
        member_id=signup.member_id,
        topic="no-seats",
        facts={"event_id": event.id},
        due_at=event.queue_told_at,
        expires_at=event.ends_at,
    )


# Offers that end


def end_undelivered(
    session: Session, event_id: int, member_id: int, until: Moment, now: Moment
) -> None:
    """Let an offer lapse at the next tick because its message, useful until then, has failed.

    The offer may have been cut short since, but one that lasts longer is another, made later.
    """
    session.execute(
        update(SIGNUPS)
        .where(
            SIGNUPS.c.event_id == event_id,
            SIGNUPS.c.member_id == member_id,
            SIGNUPS.c.state == SignupState.OFFERED,
            SIGNUPS.c.offered_until <= until,
        )
        .values(offered_until=now)
    )


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
        states = [_lapse(session, signup, event, now) for signup in lapsed[event_id]]
        session.flush()
        back = states.count(SignupState.WAITING)
        ended_here = back + states.count(SignupState.CANCELLED)
        count(session, event_id, held=-ended_here, waiting=back)
        fill(session, event_id, care, now)
        ended += ended_here
    return ended


def _lapse(session: Session, signup: Signup, event: Event, now: Moment) -> SignupState | None:
    """End one offer and return the claim's new state; None if it was answered meanwhile.

    A member whom the offer never reached keeps their place in the queue.
    """
    session.refresh(signup)
    if signup.state != SignupState.OFFERED:
        return None
    member_id = signup.member_id
    offer = None
    if member_id is not None:
        offer = _last_offer(session, member_id, signup.id, signup.turn)
    is_known = offer is not None and offer.state in ARRIVES
    signup.state = SignupState.WAITING
    signup.offered_until = None
    if member_id is None or is_known:
        signup.state, signup.at = SignupState.CANCELLED, now
    session.add(signup)
    if member_id is not None and is_known:
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"lapsed:{signup.id}:{signup.turn}",
            topic="lapsed",
            facts={"event_id": event.id},
            due_at=now,
            expires_at=event.starts_at,
            now=now,
        )
    return signup.state
