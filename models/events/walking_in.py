"""Seat people who come without a seat: with a phone by the door's code, without one by name.

Nobody overtakes the queue while it can still be asked: it gets what is free first. Over the number
of seats people come in only where an organizer says so, and the audit tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from models.events import checking_in, either, gates, id_numbers, offers, parties, quotas
from models.events._claims import CLAIM_BY_ID, EVENT, count, set_claim
from models.events.checking_in import CheckedIn, NotNow
from models.events.events import Event, Signup, SignupState
from models.network.members import Caller
from models.network.stations import Care
from models.rules.events import windows
from models.rules.events.gates import WayIn
from models.rules.events.seating import Party, Room
from models.rules.events.windows import EventAct, Why
from models.store import Moment
from models.store.compiled import Row

IN_QUEUE = (SignupState.WAITING, SignupState.OFFERED)
MOST_AT_ONCE = 30
"""Names that an organizer may write at once."""


@dataclass(frozen=True, slots=True)
class Full:
    """Nobody came in: ``left`` seats are free for those who wanted to."""

    left: int


def why_not(
    session: Session, event: Event, caller: Caller, claim: Signup | None, care: Care, now: Moment
) -> Why | None:
    """Return why a member who stands at the door cannot come in by themselves, seats aside."""
    state = claim.state if claim is not None else None
    if why := windows.refusal(EventAct.WALK_IN, event, now, state):
        return why
    way = WayIn.QUEUE if state in IN_QUEUE else WayIn.DOOR
    return gates.why_closed(session, event, caller, care, now, way)


def claim_of(session: Session, event_id: int, member_id: int) -> Signup | None:
    """Return a member's claim in whatever state."""
    return session.exec(
        select(Signup)
        .where(Signup.event_id == event_id, Signup.member_id == member_id)
        .execution_options(populate_existing=True)
    ).first()


def room_of(session: Session, event: Row, care: Care, now: Moment) -> Room:
    """Return the room that is left to who stands at the door, once the queue was asked."""
    room = quotas.room_of(session, event, now)
    if event.waiting and not room.is_full:
        room = offers.fill(session, event.id, care, now).room
    return room


def seat_member(
    session: Session, event_id: int, caller: Caller, care: Care, now: Moment
) -> Signup | Full:
    """Give a member at the door a free seat; who waits with others comes in with them.

    ``why_not`` has said that they may.
    """
    event = EVENT.one(session, {"event_id": event_id})
    claim = claim_of(session, event_id, caller.id)
    if claim is not None and claim.state in IN_QUEUE:
        return _from_queue(session, event, claim, care, now)
    counts_in = quotas.counts_in(session, event, caller)
    party = [quotas.person_of(counts_in)]
    room = room_of(session, event, care, now)
    if not room.fits(party):
        return Full(0)
    claim = claim or Signup(
        event_id=event_id, member_id=caller.id, state=SignupState.SEATED, at=now
    )
    claim.state, claim.turn, claim.at, claim.counts_in = (
        SignupState.SEATED,
        event.turns + 1,
        now,
        counts_in,
    )
    claim.party_id, claim.by_member_id, claim.brings, claim.takes_seat = None, None, 0, True
    claim.offered_until, claim.knows = None, None
    session.add(claim)
    session.flush()
    count(session, event_id, held=1, turns=1)
    id_numbers.carry(session, event, caller.id, care.sealing, now)
    _leave_other_queues(session, event, claim.id, care, now)
    return claim


def _from_queue(
    session: Session, event: Row, claim: Signup, care: Care, now: Moment, *, over: bool = False
) -> Signup | Full:
    """Seat somebody of the queue with all who came with them, or nobody."""
    leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id or claim.id})
    party = parties.as_seated(session, leader)
    if leader.state == SignupState.WAITING:
        room = quotas.room_of(session, event, now)
        # Once no more of the queue can be asked, whoever of it is here comes first.
        if windows.refusal(EventAct.BE_OFFERED, event, now, SignupState.WAITING) is None:
            room = offers.fill(session, event.id, care, now, before=leader.turn).room
        if not over and not room.fits(party):
            return Full(_left(room, party))
        count(session, event.id, held=len(party), waiting=-len(party))
    set_claim(session, leader.id, SignupState.SEATED, leader.turn, None, now)
    parties.set_state(session, leader.id, SignupState.SEATED, now)
    _leave_other_queues(session, event, leader.id, care, now)
    session.refresh(claim)
    return claim


def _leave_other_queues(
    session: Session, event: Row, signup_id: int, care: Care, now: Moment
) -> None:
    """Of two events of which people take one: who came in here waits at the other no more."""
    if event.series_id is not None:
        claim = CLAIM_BY_ID.one(session, {"signup_id": signup_id})
        either.leave_queues(session, event, claim, care, now)


def _left(room: Room, party: Party) -> int:
    return room.left_for(party[0], len(party))


# What an organizer does


def let_in(
    session: Session,
    event_id: int,
    names: Sequence[str],
    by: int,
    care: Care,
    now: Moment,
    *,
    over: bool = False,
    counted_in: Sequence[int] = (),
    client_id: str = "",
) -> Sequence[CheckedIn] | Full | NotNow:
    """Seat and check in people without a phone, all or none; ``over``: beyond the seats as well.

    ``counted_in`` are the quotas in which they count, by number: a group may be full before the
    event is.

    Raises NotAllowed when ``by`` may not check people in at the event.
    """
    event = checking_in.to_check_in(session, event_id, by, now)
    if (done := checking_in.repeated(session, event_id, client_id)) is not None:
        return [done]
    if why := windows.refusal(EventAct.WALK_IN, event, now):
        return NotNow(why)
    row = EVENT.one(session, {"event_id": event_id})
    room = room_of(session, row, care, now)
    column = quotas.column_of(session, row, counted_in) if counted_in else ""
    party = [quotas.person_of(column)] * len(names)
    is_over = not room.fits(party)
    if is_over and not over:
        return Full(_left(room, party))
    seated = [
        Signup(
            event_id=event_id,
            state=SignupState.SEATED,
            turn=row.turns + number,
            at=now,
            name=name,
            by_member_id=by,
            counts_in=column,
        )
        for number, name in enumerate(names, start=1)
    ]
    session.add_all(seated)
    session.flush()
    count(session, event_id, held=len(names), turns=len(names))
    done_all = [
        checking_in.check_in(session, event, each, by, now, walk_in=True, over=is_over)
        for each in seated
    ]
    checking_in.note_repeat(session, seated[0], client_id)
    session.refresh(event)
    return done_all


def let_in_from_queue(
    session: Session,
    event_id: int,
    signup_id: int,
    by: int,
    care: Care,
    now: Moment,
    *,
    over: bool = False,
) -> CheckedIn | Full | NotNow | None:
    """Seat and check in somebody who waits for a seat; None if they do not wait."""
    event = checking_in.to_check_in(session, event_id, by, now)
    claim = session.get(Signup, signup_id)
    if claim is None or claim.event_id != event_id or claim.state not in IN_QUEUE:
        return None
    if why := windows.refusal(EventAct.WALK_IN, event, now, claim.state):
        return NotNow(why)
    row = EVENT.one(session, {"event_id": event_id})
    seated = _from_queue(session, row, claim, care, now, over=over)
    if isinstance(seated, Full):
        return seated
    done = checking_in.check_in(session, event, seated, by, now, walk_in=True, over=over)
    session.refresh(event)
    return done
