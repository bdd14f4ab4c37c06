"""Let people come along with somebody who signed up, and leave one of them out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.events import id_numbers, parties, quotas
from models.events._claiming import (
    GaveUp,
    Kept,
    SignedUp,
    columns_of,
    others_wait_behind,
    party_of,
    position,
    release,
    why_kept,
    why_not_bringing,
)
from models.events._claims import (
    CLAIM,
    CLAIM_BY_ID,
    EVENT,
    count,
    set_leader,
)
from models.events.events import HIDDEN, Signup, SignupState
from models.events.offers import fill
from models.events.parties import Companion
from models.network.members import Caller
from models.network.stations import Care
from models.rules.events import gates, windows
from models.rules.events.questions import Values
from models.rules.events.seating import NotAdmitted, Seated, Waiting
from models.rules.events.windows import EventAct, Why
from models.store import Moment
from models.store.compiled import Row


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Nobody was added to a party: so many more people of it could be seated."""

    event: Row
    left: int


def bring(
    session: Session,
    event_id: int,
    caller: Caller,
    bringing: Sequence[Companion],
    care: Care,
    now: Moment,
    *,
    said: Sequence[Values] = (),
) -> SignedUp | NoRoom | None:
    """Let more people come along with a member who has a seat or waits; all of them or none.

    A party that waits does not grow while others wait behind it: they would be overtaken.
    ``said`` is what each of these answered, as in ``signups.sign_up``.
    """
    event = EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": caller.id})
    if claim is None or claim.state not in (SignupState.SEATED, SignupState.WAITING):
        return SignedUp(event, NotAdmitted(Why.NO_SUCH_CLAIM))
    if why := windows.refusal(EventAct.SIGN_UP, event, now):
        return SignedUp(event, NotAdmitted(why))
    if claim.party_id is not None:
        return SignedUp(event, NotAdmitted(Why.TOO_MANY))
    is_seated = claim.state == SignupState.SEATED
    if not is_seated and others_wait_behind(session, event_id, claim):
        return SignedUp(event, NotAdmitted(Why.OTHERS_WAIT))
    there = len(parties.in_force(session, claim.id))
    # They would come in without the answer that the others waited for.
    if gates.from_column(event.gates).approval:
        return SignedUp(event, NotAdmitted(Why.NEEDS_APPROVAL))
    if why := why_not_bringing(session, event, bringing, care, now, there):
        return SignedUp(event, NotAdmitted(why))
    led = quotas.said_by(session, event, claim.id)
    shares = quotas.shared_by(session, event)
    columns = columns_of(session, shares, caller, bringing, [led, *said])
    more = party_of(event, columns, bringing)[1:]
    room = quotas.room_of(session, event, now, shares)
    if not is_seated and not room.could_fit([*parties.as_seated(session, claim), *more]):
        return SignedUp(event, NotAdmitted(Why.TOO_LARGE))
    if is_seated:
        if event.waiting and not room.is_full:
            room = fill(session, event_id, care, now).room
        if not room.fits(more):
            return NoRoom(event, room.left_of(more))
    set_leader(session, claim.id, claim.brings + len(more), claim.counts_in)
    state = SignupState(claim.state)
    parties.add(session, event, claim, bringing, columns[1:], state, event.turns, caller.id, now)
    for each in bringing:
        if each.member_id is not None:
            id_numbers.carry(session, event, each.member_id, care.sealing, now)
    seats = len(more)
    count(
        session,
        event_id,
        held=seats if is_seated else 0,
        waiting=0 if is_seated else seats,
        turns=len(bringing),
    )
    if is_seated:
        parties.remind(session, event, claim.id, care, now, but=claim.id)
        return SignedUp(event, Seated(), was=state, claim=claim)
    place = Waiting(position(session, event_id, claim.turn))
    return SignedUp(event, place, was=state, claim=claim)


def leave_out(
    session: Session, event_id: int, member_id: int, signup_id: int, care: Care, now: Moment
) -> GaveUp | Kept | None:
    """Give up the claim of one who comes along with this member, who leads the party."""
    event = EVENT.first(session, {"event_id": event_id})
    leader = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    claim = CLAIM_BY_ID.first(session, {"signup_id": signup_id})
    if event is None or event.state in HIDDEN:
        return None
    if leader is None or claim is None or claim.party_id != leader.id:
        return Kept(event, Why.NO_SUCH_CLAIM)
    was = SignupState(claim.state)
    if why := why_kept(event, was, now):
        return Kept(event, why)
    parties.tell_one(session, event, session.get_one(Signup, claim.id), member_id, now)
    return GaveUp(event, was, offered=release(session, event, claim, member_id, care, now))
