"""Sign up for an event and give up: verbs that lock the event, ask the rules, and write."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from models.events import audiences, reminders
from models.events._claims import (
    CAME,
    CLAIM,
    EVENT,
    HOLDING,
    LIVE,
    NEW_CLAIM,
    SIGNUPS,
    count,
    set_claim,
)
from models.events.events import HIDDEN, Event, EventState, Signup, SignupState
from models.events.offers import fill
from models.network.members import Caller
from models.network.stations import Care
from models.rules.events import admission
from models.rules.events.admission import NotAdmitted, Seated, Waiting
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared

__all__ = [
    "CAME",
    "HOLDING",
    "LIVE",
    "GaveUp",
    "SignedUp",
    "claim_of",
    "give_up",
    "of_member",
    "position",
    "sign_up",
]

# Outcomes


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The outcome of a sign-up; ``again`` if the member had this claim already.

    ``event`` is the event's row before the sign-up.
    """

    event: Row
    outcome: Seated | Waiting | NotAdmitted
    again: bool = False


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A claim that was given up, with its state before; None if there was none."""

    event: Row
    was: SignupState | None


_AHEAD = Prepared(
    select(func.count())
    .select_from(SIGNUPS)
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        SIGNUPS.c.state == SignupState.WAITING,
        SIGNUPS.c.turn < bindparam("turn"),
    )
)


def sign_up(
    session: Session, event_id: int, caller: Caller, care: Care, now: Moment
) -> SignedUp | None:
    """Claim a seat or accept an offer; return None if there is no such event."""
    event = EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": caller.id})
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
    # Whoever has a claim keeps it, so only a new one asks whom the event is for.
    if not audiences.admits(session, event.audience, caller):
        return SignedUp(event, NotAdmitted(admission.Closed.NOT_FOR_THEM))
    is_seated = isinstance(outcome, Seated)
    state = SignupState.SEATED if is_seated else SignupState.WAITING
    turn = event.turns + 1
    if claim is None:
        signup_id = NEW_CLAIM.one(
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
        set_claim(session, signup_id, state, turn, None, now)
    count(session, event_id, held=int(is_seated), waiting=int(not is_seated), turns=1)
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
    # Near the deadline no offer leaves enough time to answer; then a free seat goes to the first
    # member of the queue who asks for it.
    takes_leftover = (
        claim.state == SignupState.WAITING
        and now < event.closes_at
        and (event.seats is None or event.held < event.seats)
    )
    if takes_offer or takes_leftover:
        set_claim(session, claim.id, SignupState.SEATED, claim.turn, None, now)
        if takes_leftover:
            count(session, event.id, held=1, waiting=-1)
        _remind(session, claim.id, event, caller, care, now)
        return SignedUp(event, Seated())
    if claim.state == SignupState.OFFERED:
        # The deadline has passed and no tick has ended the offer yet: to the end of the queue.
        set_claim(session, claim.id, SignupState.WAITING, event.turns + 1, None, now)
        count(session, event.id, held=-1, waiting=1, turns=1)
        fill(session, event.id, care, now)
        claim = CLAIM.one(session, {"event_id": event.id, "member_id": caller.id})
        return SignedUp(event, Waiting(position(session, event.id, claim.turn)))
    return SignedUp(event, Waiting(position(session, event.id, claim.turn)), again=True)


def give_up(
    session: Session, event_id: int, member_id: int, care: Care, now: Moment
) -> GaveUp | None:
    """Give up a seat, an offer or a place in the queue, and offer a free seat to the next."""
    event = EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    if claim is None or claim.state not in LIVE:
        return GaveUp(event, None)
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    reminders.forget(session, claim.id)
    if claim.state == SignupState.WAITING:
        count(session, event_id, waiting=-1)
    else:
        count(session, event_id, held=-1)
        fill(session, event_id, care, now)
    return GaveUp(event, SignupState(claim.state))


# Reading


def claim_of(session: Session, event_id: int, member_id: int) -> Row | None:
    """Return the member's claim (id, state, turn, offered_until); None without one in force."""
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    return claim if claim is not None and claim.state in (*LIVE, *CAME) else None


def position(session: Session, event_id: int, turn: int) -> int:
    """Return the place of a turn in the queue; 1 is the next to get an offer."""
    ahead: int = _AHEAD.one(session, {"event_id": event_id, "turn": turn})[0]
    return 1 + ahead


def of_member(session: Session, member_id: int, now: Moment) -> Sequence[tuple[Signup, Event]]:
    """Return the member's claims on events that have not ended, soonest first."""
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


def _remind(
    session: Session, signup_id: int, event: Row, caller: Caller, care: Care, now: Moment
) -> None:
    reminders.plan(
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
