"""Offer free seats to the head of the queue, and end offers that lapse or reach nobody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    update,
)
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.events import parties, quotas
from models.events._claims import EVENT, SIGNUPS, count
from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Address, Member
from models.network.stations import Care
from models.rules.events import windows
from models.rules.events.seating import Party, Room
from models.rules.events.windows import EventAct
from models.rules.members.shifts import WORKS
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.sending.deliveries import Delivery, DeliveryState, Plan
from models.sending.reasons import Reason
from models.sending.topics import is_muted
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared

FIRST_PAGE, PAGE = 3, 50
"""How many of the queue are read at a time: at first, and afterwards."""

LAPSED_AT_ONCE = 200
QUEUES_AT_ONCE = 20

ASKED_IN_VAIN = timedelta(days=1)
"""How long a member whom an offer did not reach is not asked again."""

ARRIVES = (DeliveryState.SENT, DeliveryState.LEASED, DeliveryState.IN_DOUBT)
"""States of an offer's delivery in which the member may know of it."""

_NEXT = Prepared(
    select(  # type: ignore[call-overload]
        Signup.id,
        Signup.member_id,
        Signup.turn,
        Signup.brings,
        Signup.counts_in,
        Member.quiet,
        Member.shift,
        Member.muted,
    )
    # Claims of erased members stay for the counts; they get no offers.
    .join(Member, col(Member.id) == col(Signup.member_id))
    .where(
        Signup.event_id == bindparam("event_id"),
        Signup.state == SignupState.WAITING,
        col(Signup.party_id).is_(None),
        col(Signup.turn) > bindparam("after", type_=Integer),
        col(Signup.turn) < bindparam("before", type_=Integer),
        exists().where(
            col(Address.member_id) == col(Signup.member_id), col(Address.unreachable) == ""
        ),
    )
    .order_by(col(Signup.turn))
    .limit(bindparam("most", type_=Integer))
)
_TURNS = Prepared(
    columns_of(SIGNUPS.c.turn, SIGNUPS.c.counts_in.label("kind"))
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        SIGNUPS.c.state == SignupState.WAITING,
        SIGNUPS.c.party_id.is_(None),
        SIGNUPS.c.turn > bindparam("after", type_=Integer),
        SIGNUPS.c.turn < bindparam("before", type_=Integer),
    )
    .order_by(SIGNUPS.c.turn)
    .limit(bindparam("most", type_=Integer))
)
_WAITS = and_(
    SIGNUPS.c.event_id == bindparam("event_id"),
    # As the index ``signup_kind`` writes it, or neither database would use that.
    SIGNUPS.c.state == literal_column(f"'{SignupState.WAITING}'"),
    SIGNUPS.c.party_id.is_(None),
)
_FIRST_KIND = columns_of(func.min(SIGNUPS.c.counts_in).label("kind")).where(_WAITS)
_KIND = _FIRST_KIND.cte("kinds", recursive=True)
_NEXT_KIND = columns_of(func.min(SIGNUPS.c.counts_in)).where(
    _WAITS, SIGNUPS.c.counts_in > _KIND.c.kind
)
_KINDS = _KIND.union_all(
    columns_of(_NEXT_KIND.correlate(_KIND).scalar_subquery()).where(_KIND.c.kind.is_not(None))
)
_FIRST_TURN = columns_of(func.min(SIGNUPS.c.turn)).where(
    _WAITS,
    SIGNUPS.c.counts_in == _KINDS.c.kind,
    SIGNUPS.c.turn > bindparam("after", type_=Integer),
    SIGNUPS.c.turn < bindparam("before", type_=Integer),
)
_FIRST_OF_EACH_KIND = Prepared(
    columns_of(_KINDS.c.kind, _FIRST_TURN.correlate(_KINDS).scalar_subquery().label("turn")).where(
        _KINDS.c.kind.is_not(None)
    )
)
"""The first turn of each of the columns ``counts_in`` in a queue, a look into the index each."""
END_OF_QUEUE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Filled:
    """How many seats were offered, and the room that is left beside those who wait for more."""

    offered: int
    room: Room


def fill(
    session: Session, event_id: int, care: Care, now: Moment, *, before: int = END_OF_QUEUE
) -> Filled:
    """Offer free seats to the head of the queue, as far as the turn ``before``.

    Who cannot be asked is skipped and keeps their place: whoever muted offers, has no address that
    can be reached, was just asked in vain, or whose quiet hours last until it is too late. So is a
    party that a quota bars; one that waits for more seats than are free keeps those it can use.
    """
    event = EVENT.one(session, {"event_id": event_id})
    return fill_room(session, event, quotas.room_of(session, event, now), care, now, before=before)


def fill_room(
    session: Session,
    event: Row,
    room: Room,
    care: Care,
    now: Moment,
    *,
    before: int = END_OF_QUEUE,
) -> Filled:
    """As ``fill``, for an event that was locked and read just now, with its room."""
    event_id = event.id
    if windows.refusal(EventAct.BE_OFFERED, event, now, SignupState.WAITING) is not None:
        return Filled(0, room)
    offered, after, most = 0, -1, FIRST_PAGE
    while event.waiting and not room.is_full:
        first = _first_open(session, event_id, room, after, before)
        if first is None:
            break
        page = _NEXT.all(
            session, {"event_id": event_id, "after": first - 1, "before": before, "most": most}
        )
        for waiting in page:
            if room.is_full:
                break
            party = parties.as_seated(session, waiting)
            if room.fits(party):
                if _offer(session, event, waiting, care, now):
                    offered += len(party)
                    room = room.seating(party)
            elif _may_wait_with(room, party) and _may_be_asked(session, event, waiting, care, now):
                room = room.keeping_for(party)
        if len(page) < most:
            break
        after, most = page[-1].turn, PAGE
    if offered:
        count(session, event_id, held=offered, waiting=-offered)
    return Filled(offered, room)


def _may_wait_with(room: Room, party: Party) -> bool:
    """Return whether a party that waits for more seats keeps those that it can use.

    There may be too few for it, however many give up: after a change of the seats or quotas.
    """
    return room.is_open_to_each(party) and room.could_fit(party)


def _first_open(session: Session, event_id: int, room: Room, after: int, before: int) -> int | None:
    """Return the next turn whose person no quota bars; None where all who wait are barred.

    It is mostly one of the first; a long queue of those whom quotas bar is not read.
    """
    if not room.quotas:
        return after + 1
    values = {"event_id": event_id, "after": after, "before": before}
    first = _TURNS.all(session, {**values, "most": FIRST_PAGE})
    turns = _turns_open(room, first)
    if not turns and len(first) == FIRST_PAGE:
        turns = _turns_open(room, _FIRST_OF_EACH_KIND.all(session, values))
    return min(turns, default=None)


def _turns_open(room: Room, turns: Sequence[Row]) -> list[int]:
    """Return those of the turns whose person no quota bars."""
    return [
        each.turn
        for each in turns
        if each.turn is not None and room.fits([quotas.person_of(each.kind)])
    ]


def fill_queues_of(session: Session, member_id: int, care: Care, now: Moment) -> None:
    """Offer free seats where this member waits, who may have changed whether they can be asked."""
    waits = select(Signup.event_id).where(
        Signup.member_id == member_id, Signup.state == SignupState.WAITING
    )
    for event_id in sorted(session.exec(waits)):
        fill(session, event_id, care, now)


def _may_be_asked(
    session: Session, event: Row, waiting: Row, care: Care, now: Moment
) -> Moment | None:
    """Return until when a seat would be kept for a member of the queue; None: they get no offer."""
    if is_muted("offer", waiting.muted):
        return None
    hours = care.quiet_of(waiting.quiet, waiting.shift)
    work = WORKS.get(waiting.shift, "") if waiting.shift is not None else ""
    until = quiet_hours.offer_until(now, windows.sign_up_ends(event), hours, care.zone, work)
    if until is None:
        return None
    last = _last_offer(session, waiting.member_id, waiting.id, waiting.turn)
    if last is not None and _was_in_vain(last) and last.due_at > now - ASKED_IN_VAIN:
        return None
    return until


def _was_in_vain(offer: Row) -> bool:
    """Return whether an offer did not reach its member; one that was taken back was not made."""
    return offer.state not in ARRIVES and offer.reason not in (Reason.OUTDATED, Reason.OFFER_ENDED)


def _offer(session: Session, event: Row, waiting: Row, care: Care, now: Moment) -> bool:
    """Offer seats to a party of the queue; return False if its leader cannot be asked now."""
    until = _may_be_asked(session, event, waiting, care, now)
    if until is None:
        return False
    session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.id == waiting.id)
        .values(state=SignupState.OFFERED, offered_until=until)
    )
    parties.set_state(session, waiting.id, SignupState.OFFERED, now)
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


_DELIVERIES = table_of(Delivery)
_LAST_OFFER = Prepared(
    columns_of(_DELIVERIES.c.state, _DELIVERIES.c.due_at, _DELIVERIES.c.reason)
    .where(
        _DELIVERIES.c.member_id == bindparam("member_id"),
        _DELIVERIES.c.announcement_id.is_(None),
        _DELIVERIES.c.topic == "offer",
        func.substr(_DELIVERIES.c.key, 1, bindparam("length", type_=Integer))
        == bindparam("begins", type_=String),
    )
    .order_by(_DELIVERIES.c.id.desc())
    .limit(1)
)


def _last_offer(session: Session, member_id: int, signup_id: int, turn: int) -> Row | None:
    """Return state, due time and reason of the newest delivery of an offer to this place."""
    begins = _key(signup_id, turn)
    return _LAST_OFFER.first(
        session, {"member_id": member_id, "begins": begins, "length": len(begins)}
    )


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


# Quotas that end


def _to_release(now: Moment) -> SelectOfScalar[int]:
    """Select the events whose quotas have ended, so that all seats are everybody's."""
    return (
        select(Event.id)
        .where(col(Event.quotas) > 0, col(Event.quotas_until) <= now)
        .order_by(col(Event.id))
    )


def any_quotas_to_release(session: Session, now: Moment) -> bool:
    """Return whether ``release_quotas`` has work."""
    return session.exec(_to_release(now).limit(1)).first() is not None


def release_quotas(session: Session, now: Moment, care: Care) -> int:
    """Ask the queue for the seats that quotas have kept until now; return of how many events.

    The claims still tell in which quotas they counted.
    """
    ids = session.exec(_to_release(now).limit(QUEUES_AT_ONCE)).all()
    for event_id in ids:
        EVENT.one(session, {"event_id": event_id})
        event = session.get_one(Event, event_id, populate_existing=True)
        event.quotas = 0
        session.add(event)
        session.flush()
        fill(session, event_id, care, now)
    return len(ids)


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
        back, freed = 0, 0
        for signup in lapsed[event_id]:
            session.refresh(signup)
            seats = 1 + signup.brings
            state = _lapse(session, signup, event, now)
            if state is None:
                continue
            ended += 1
            freed += seats
            back += seats * (state == SignupState.WAITING)
        session.flush()
        count(session, event_id, held=-freed, waiting=back)
        fill(session, event_id, care, now)
    return ended


def _lapse(session: Session, signup: Signup, event: Event, now: Moment) -> SignupState | None:
    """End one offer and return the claim's new state; None if it was answered meanwhile.

    A member whom the offer never reached keeps their place in the queue.
    """
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
        signup.state, signup.at, signup.brings = SignupState.CANCELLED, now, 0
        parties.tell_given_up(session, event, signup.id, member_id, now)
    session.add(signup)
    session.flush()
    parties.set_state(session, signup.id, SignupState(signup.state), now)
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
