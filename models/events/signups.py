"""What can be done with sign-ups: seats, the queue, offers.

The verbs lock the event first, count, and ask the rules. The rows stand in ``models.events``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, update
from sqlmodel import Session, col, select

from models.events import reminders
from models.events.events import HIDDEN, Event, EventState, Signup, SignupState
from models.network.members import Caller, Member
from models.network.stations import Care
from models.rules.events import admission, waitlist
from models.rules.events.admission import NotAdmitted, Seated, Waiting
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared

HOLDING = (SignupState.SEATED, SignupState.OFFERED)
LIVE = (SignupState.SEATED, SignupState.WAITING, SignupState.OFFERED)
CAME = (SignupState.ATTENDED, SignupState.NO_SHOW)

ASLEEP = 50
"""How many of the queue are passed over at most, because they could not be asked in time."""


# Outcomes


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What became of a sign-up; ``again`` says that nothing changed, it stood already.

    ``event`` is the event's row as the sign-up found it.
    """

    event: Row
    outcome: Seated | Waiting | NotAdmitted
    again: bool = False


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A claim that was given up, and in what state it had been; None when there was none."""

    event: Row
    was: SignupState | None


# Statements on the path of every sign-up, compiled once

_EVENT = Prepared(
    select(  # type: ignore[call-overload]
        Event.id,
        Event.title,
        Event.title_en,
        Event.state,
        Event.seats,
        Event.held,
        Event.waiting,
        Event.turns,
        Event.starts_at,
        Event.ends_at,
        Event.closes_at,
    )
    .where(Event.id == bindparam("event_id"))
    .with_for_update()
)
_SIGNUPS = table_of(Signup)
_EVENTS = table_of(Event)
_CLAIM = Prepared(
    select(Signup.id, Signup.state, Signup.turn, Signup.offered_until).where(
        Signup.event_id == bindparam("event_id"), Signup.member_id == bindparam("member_id")
    )
)
_NEW_CLAIM = Prepared(
    insert(_SIGNUPS).returning(_SIGNUPS.c.id),
    ("event_id", "member_id", "state", "turn", "offered_until", "at"),
)
_CLAIM_AGAIN = Prepared(
    update(_SIGNUPS)
    .where(_SIGNUPS.c.id == bindparam("signup_id"))
    .values(
        state=bindparam("new_state"),
        turn=bindparam("new_turn"),
        offered_until=bindparam("new_deadline"),
        at=bindparam("new_at"),
    )
)
_COUNT = Prepared(
    update(_EVENTS)
    .where(_EVENTS.c.id == bindparam("event_id"))
    .values(
        held=_EVENTS.c.held + bindparam("more_held"),
        waiting=_EVENTS.c.waiting + bindparam("more_waiting"),
        turns=_EVENTS.c.turns + bindparam("more_turns"),
    )
)
_AHEAD = Prepared(
    select(func.count())
    .select_from(_SIGNUPS)
    .where(
        _SIGNUPS.c.event_id == bindparam("event_id"),
        _SIGNUPS.c.state == SignupState.WAITING,
        _SIGNUPS.c.turn < bindparam("turn"),
    )
)
_NEXT = Prepared(
    select(Signup.id, Signup.member_id)
    .where(
        Signup.event_id == bindparam("event_id"),
        Signup.state == SignupState.WAITING,
        # Whoever was erased after an event that is held anew waits for nothing.
        col(Signup.member_id).is_not(None),
    )
    .order_by(col(Signup.turn))
    .limit(bindparam("most", type_=Integer))
)


def sign_up(
    session: Session, event_id: int, caller: Caller, care: Care, now: Moment
) -> SignedUp | None:
    """Claim a seat, or take the one on offer; None when there is no such event."""
    event = _EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = _CLAIM.first(session, {"event_id": event_id, "member_id": caller.id})
    if claim is not None and claim.state in CAME:
        return SignedUp(event, Seated(), again=True)
    if claim is not None and claim.state in LIVE:
        return _sign_up_again(session, event, claim, caller, care, now)
    outcome = admission.admit(
        cancelled=event.state == EventState.CANCELLED,
        open_=event.state == EventState.OPEN,
        seats=event.seats,
        held=event.held,
        waiting=event.waiting,
        closes_at=event.closes_at,
        now=now,
    )
    if isinstance(outcome, NotAdmitted):
        return SignedUp(event, outcome)
    is_seated = isinstance(outcome, Seated)
    state = SignupState.SEATED if is_seated else SignupState.WAITING
    turn = event.turns + 1
    if claim is None:
        signup_id = _NEW_CLAIM.one(
            session,
            {
                "event_id": event_id,
                "member_id": caller.id,
                "state": state,
                "turn": turn,
                "offered_until": None,
                "at": now,
            },
        )[0]
    else:
        signup_id = claim.id
        _set_claim(session, signup_id, state, turn, None, now)
    _count(session, event_id, held=int(is_seated), waiting=int(not is_seated), turns=1)
    if is_seated:
        _remind(session, signup_id, event, caller, care, now)
    return SignedUp(event, outcome)


def _sign_up_again(
    session: Session, event: Row, claim: Row, caller: Caller, care: Care, now: Moment
) -> SignedUp:
    if claim.state == SignupState.SEATED:
        return SignedUp(event, Seated(), again=True)
    if event.state == EventState.CANCELLED:
        return SignedUp(event, NotAdmitted(admission.Closed.CANCELLED))
    takes_offer = claim.state == SignupState.OFFERED and now < claim.offered_until
    # Near the end nobody can be offered a seat fairly any more; then a free one goes to whoever
    # of the queue asks for it.
    takes_leftover = (
        claim.state == SignupState.WAITING
        and now < event.closes_at
        and (event.seats is None or event.held < event.seats)
    )
    if takes_offer or takes_leftover:
        _set_claim(session, claim.id, SignupState.SEATED, claim.turn, None, now)
        if takes_leftover:
            _count(session, event.id, held=1, waiting=-1)
        _remind(session, claim.id, event, caller, care, now)
        return SignedUp(event, Seated())
    if claim.state == SignupState.OFFERED:
        # The deadline has passed and the clock has not come round to it yet: back to the end.
        _set_claim(session, claim.id, SignupState.WAITING, event.turns + 1, None, now)
        _count(session, event.id, held=-1, waiting=1, turns=1)
        fill(session, event.id, care, now)
        claim = _CLAIM.one(session, {"event_id": event.id, "member_id": caller.id})
        return SignedUp(event, Waiting(position(session, event.id, claim.turn)))
    return SignedUp(event, Waiting(position(session, event.id, claim.turn)), again=True)


def give_up(
    session: Session, event_id: int, member_id: int, care: Care, now: Moment
) -> GaveUp | None:
    """Give up a seat, an offer or a place in the queue; the next in line is asked."""
    event = _EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = _CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    if claim is None or claim.state not in LIVE:
        return GaveUp(event, None)
    _set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    reminders.forget(session, claim.id)
    if claim.state == SignupState.WAITING:
        _count(session, event_id, waiting=-1)
    else:
        _count(session, event_id, held=-1)
        fill(session, event_id, care, now)
    return GaveUp(event, SignupState(claim.state))


def fill(session: Session, event_id: int, care: Care, now: Moment) -> int:
    """Offer free seats to the head of the queue; return how many were offered.

    Whoever is asleep until it is too late is passed over, and keeps their place in the queue.
    """
    event = _EVENT.one(session, {"event_id": event_id})
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
            update(_SIGNUPS)
            .where(_SIGNUPS.c.id == signup.id)
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
    _count(session, event_id, held=offered, waiting=-offered)
    return offered


def any_lapsed(session: Session, now: Moment) -> bool:
    lapsed = select(Signup.id).where(
        Signup.state == SignupState.OFFERED, col(Signup.offered_until) <= now
    )
    return session.exec(lapsed.limit(1)).first() is not None


def lapse_offers(session: Session, now: Moment, care: Care) -> int:
    """End the offers whose deadline has passed, and ask the next in line; return how many ended."""
    lapsed = session.exec(
        select(Signup)
        .where(Signup.state == SignupState.OFFERED, col(Signup.offered_until) <= now)
        # In the order of the events SQLite would look through all sign-ups.
        .order_by(col(Signup.offered_until), col(Signup.id))
        .limit(200)
    ).all()
    # Whoever locks several events locks them in their order.
    for event_id in sorted({signup.event_id for signup in lapsed}):
        _EVENT.one(session, {"event_id": event_id})
        ended = 0
        for signup in lapsed:
            if signup.event_id != event_id:
                continue
            session.refresh(signup)
            if signup.state != SignupState.OFFERED:
                continue
            signup.state, signup.offered_until, ended = SignupState.CANCELLED, None, ended + 1
            session.add(signup)
            if signup.member_id is not None:
                deliveries.plan_for_member(
                    session,
                    signup.member_id,
                    key=f"lapsed:{signup.id}:{signup.turn}",
                    topic="lapsed",
                    facts={"event_id": event_id},
                    due_at=now,
                    expires_at=_event_of(session, event_id).starts_at,
                    now=now,
                )
        session.flush()
        _count(session, event_id, held=-ended)
        fill(session, event_id, care, now)
    return len(lapsed)


def move(
    session: Session,
    event: Event,
    *,
    starts_at: Moment,
    ends_at: Moment,
    closes_at: Moment,
    reason: str,
    care: Care,
    now: Moment,
) -> int:
    """Move an event in time; reminders go along and everyone with a claim is told; how many."""
    was = event.starts_at
    event.starts_at, event.ends_at, event.closes_at = starts_at, ends_at, closes_at
    event.reason = reason
    session.add(event)
    session.flush()
    # An offer lasts no longer than sign-up does; one that is cut short to nothing lapses.
    session.execute(
        update(_SIGNUPS)
        .where(
            _SIGNUPS.c.event_id == event.id,
            _SIGNUPS.c.state == SignupState.OFFERED,
            _SIGNUPS.c.offered_until > closes_at,
        )
        .values(offered_until=closes_at)
    )
    reminders.refit_event(session, event.id, care, now)
    facts = {"event_id": event.id, "was": was.isoformat(), "reason": reason}
    facts |= _by(was, starts_at, now=now)
    return _tell_everyone(session, event, "moved", f"moved:{now.timestamp():.0f}", facts, now)


def relocate(session: Session, event: Event, *, place: str, now: Moment) -> int:
    """Hold an event somewhere else; everyone with a claim is told; how many.

    The English name of the place and its map go, for they are of the old one.
    """
    was = event.place
    event.place, event.place_en, event.map_url = place, "", ""
    session.add(event)
    session.flush()
    facts = {"event_id": event.id, "was": was, "place": place}
    facts |= _by(event.starts_at, now=now)
    key = f"relocated:{now.timestamp():.0f}"
    return _tell_everyone(session, event, "relocated", key, facts, now)


def call_off(session: Session, event: Event, *, reason: str, now: Moment) -> int:
    """Cancel an event; its reminders and offers end and everyone with a claim is told; how many."""
    event.state, event.reason = EventState.CANCELLED, reason
    session.add(event)
    session.flush()
    # Nobody is told that a seat has gone to the next, where there are no seats any more.
    ended = session.execute(
        update(_SIGNUPS)
        .where(_SIGNUPS.c.event_id == event.id, _SIGNUPS.c.state == SignupState.OFFERED)
        .values(state=SignupState.WAITING, offered_until=None)
        .returning(_SIGNUPS.c.id)
    ).all()
    _count(session, event.id, held=-len(ended), waiting=len(ended))
    session.refresh(event)
    reminders.forget_event(session, event.id)
    facts = {"event_id": event.id} | _by(event.starts_at, now=now)
    return _tell_everyone(session, event, "called-off", "called-off", facts, now)


def _by(*starts: Moment, now: Moment) -> dict[str, str]:
    """By when a change must be told, so that nobody comes in vain, or late: the next beginning."""
    ahead = [start for start in starts if start > now]
    return {"by": min(ahead).isoformat()} if ahead else {}


def _tell_everyone(
    session: Session, event: Event, topic: str, key: str, facts: dict[str, Any], now: Moment
) -> int:
    concerned = session.exec(
        select(Signup.id, Signup.member_id).where(
            Signup.event_id == event.id,
            col(Signup.state).in_(LIVE),
            col(Signup.member_id).is_not(None),
        )
    ).all()
    for signup_id, member_id in concerned:
        assert member_id is not None
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"{key}:{signup_id}",
            topic=topic,
            facts=facts,
            due_at=now,
            expires_at=max(event.ends_at, now),
            now=now,
        )
    return len(concerned)


# Looking


def claim_of(session: Session, event_id: int, member_id: int) -> Row | None:
    """The member's claim: id, state, turn, offered_until; None when there is none any more."""
    claim = _CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    return claim if claim is not None and claim.state in (*LIVE, *CAME) else None


def position(session: Session, event_id: int, turn: int) -> int:
    """The place in the queue of whoever has this turn; 1 is the next to be asked."""
    ahead: int = _AHEAD.one(session, {"event_id": event_id, "turn": turn})[0]
    return 1 + ahead


def of_member(session: Session, member_id: int, now: Moment) -> Sequence[tuple[Signup, Event]]:
    """The member's claims on events that have not ended, soonest first."""
    return session.exec(
        select(Signup, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            Signup.member_id == member_id,
            col(Signup.state).in_((*LIVE, SignupState.ATTENDED)),
            col(Event.ends_at) > now,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    ).all()


# Small steps


def _event_of(session: Session, event_id: int) -> Event:
    return session.get_one(Event, event_id)


def _set_claim(
    session: Session,
    signup_id: int,
    state: SignupState,
    turn: int,
    until: Moment | None,
    now: Moment,
) -> None:
    _CLAIM_AGAIN.run(
        session,
        {
            "signup_id": signup_id,
            "new_state": state,
            "new_turn": turn,
            "new_deadline": until,
            "new_at": now,
        },
    )


def _count(
    session: Session, event_id: int, *, held: int = 0, waiting: int = 0, turns: int = 0
) -> None:
    _COUNT.run(
        session,
        {
            "event_id": event_id,
            "more_held": held,
            "more_waiting": waiting,
            "more_turns": turns,
        },
    )


def _remind(
    session: Session, signup_id: int, event: Row, caller: Caller, care: Care, now: Moment
) -> None:
    reminders.owe(
        session,
        signup_id=signup_id,
        member_id=caller.id,
        event_id=event.id,
        starts_at=event.starts_at,
        leads=caller.leads,
        quiet=care.quiet_of(caller.quiet, caller.shift),
        zone=care.zone,
        now=now,
    )
