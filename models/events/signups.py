"""Sign up for an event and give up: verbs that lock the event, ask the rules, and write."""

from collections.abc import Sequence

from sqlalchemy import not_
from sqlmodel import Session, col, select

from models.events import either, entries, gates, id_numbers, parties, quotas, reminders, requests
from models.events._claiming import (
    AskedFirst,
    Entered,
    GaveUp,
    Kept,
    Requested,
    SignedUp,
    admit,
    claim_of,
    clash_of,
    columns_of,
    party_of,
    position,
    release,
    remind,
    was_refused,
    why_kept,
    why_not_bringing,
)
from models.events._claims import (
    AROUND,
    CAME,
    CLAIM,
    CLAIM_BY_ID,
    EVENT,
    HOLDING,
    LIVE,
    count,
    make_claim,
    set_claim,
    set_leader,
)
from models.events.events import HIDDEN, NEVER, Event, Signup, SignupState
from models.events.offers import fill
from models.events.parties import Companion
from models.network.members import Caller
from models.network.stations import Care
from models.rules.events import gates as rules
from models.rules.events import windows
from models.rules.events.questions import Values
from models.rules.events.seating import NotAdmitted, Party, Seated, Waiting
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.store import Moment
from models.store.compiled import Row

__all__ = [
    "CAME",
    "HOLDING",
    "LIVE",
    "AskedFirst",
    "Entered",
    "GaveUp",
    "Kept",
    "Requested",
    "SignedUp",
    "claim_of",
    "clash_of",
    "give_up",
    "of_member",
    "position",
    "sign_up",
    "was_refused",
    "why_kept",
    "would_fit",
]


def sign_up(
    session: Session,
    event_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    asks_first: bool = False,
    bringing: Sequence[Companion] = (),
    said: Sequence[Values] = (),
    instead_of: int = 0,
    birth_year: int | None = None,
    of_course: bool = False,
) -> SignedUp | None:
    """Claim a seat or accept an offer; return None if there is no such event.

    With ``asks_first`` a free seat is not claimed by who has another one at the same time.
    ``bringing`` are seated with the member or not at all. ``instead_of`` is the event whose seat is
    given up for it. ``said`` is what the member and each of these answered; where it decides in
    which quotas they count, ``answering.keep_first`` is to keep it. ``birth_year`` is the member's,
    as they told it for this sign-up. A date ``of_course``, which is taken whole, may be postponed:
    its seat is theirs once there is a date.
    """
    event = EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    hours = {"begins": event.starts_at, "ends": event.ends_at}
    around = AROUND.all(session, {"event_id": event_id, "member_id": caller.id, **hours})
    claim = next((each for each in around if each.event_id == event_id), None)
    was = SignupState(claim.state) if claim is not None else None
    if claim is not None and was != SignupState.CANCELLED:
        return _sign_up_again(session, event, claim, caller, care, now)
    why = windows.refusal(EventAct.SIGN_UP, event, now, was)
    if why is not None and not (of_course and why is Why.POSTPONED):
        return SignedUp(event, NotAdmitted(why))
    # Whoever has a claim keeps it, so only a new one is held against the conditions.
    if was_refused(session, event, caller.id):
        return SignedUp(event, NotAdmitted(Why.REFUSED))
    if why := gates.why_closed(session, event, caller, care, now, birth_year=birth_year):
        return SignedUp(event, NotAdmitted(why))
    if event.series_id is not None and either.has_other(session, event, caller.id, instead_of):
        return SignedUp(event, NotAdmitted(Why.HAS_OTHER))
    if bringing and (why := why_not_bringing(session, event, bringing, care, now)):
        return SignedUp(event, NotAdmitted(why))
    if event.draw and (why := _why_not_drawn(session, event, caller, bringing)):
        return SignedUp(event, NotAdmitted(why))
    shares = quotas.shared_by(session, event)
    columns = columns_of(session, shares, caller, bringing, said)
    counts_in, party = columns[0], party_of(event, columns, bringing)
    room = quotas.room_of(session, event, now, shares)
    if not room.could_fit(party):
        return SignedUp(event, NotAdmitted(Why.TOO_LARGE))
    clash = next((each for each in around if each.event_id != event_id), None)
    is_drawn = event.draw == DrawState.ENTERING
    is_asked = not is_drawn and rules.from_column(event.gates).approval
    if asks_first and clash is not None and (is_drawn or is_asked or room.fits(party)):
        return SignedUp(event, AskedFirst(), clash=clash)
    outcome = None
    if not is_drawn and not is_asked:
        outcome = admit(session, event, room, party, care, now)
    is_seated = isinstance(outcome, Seated)
    state = SignupState.SEATED if is_seated else SignupState.WAITING
    if outcome is None:
        state = SignupState.ASKED if is_asked else SignupState.ENTERED
    turn = event.turns + 1
    if claim is None:
        made = make_claim(
            session,
            {
                "event_id": event_id,
                "member_id": caller.id,
                "state": state,
                "turn": turn,
                "offered_until": None,
                "at": now,
                "brings": len(party) - 1,
                "counts_in": counts_in,
                "name": "",
                "is_child": False,
                "takes_seat": True,
                "stop": "",
                "seat": "",
            },
        )
    else:
        set_claim(session, claim.id, state, turn, None, now)
        set_leader(session, claim.id, len(party) - 1, counts_in)
        made = CLAIM_BY_ID.one(session, {"signup_id": claim.id})
    if bringing:
        parties.add(session, event, made, bringing, columns[1:], state, turn, caller.id, now)
    seats = len(party)
    count(
        session,
        event_id,
        held=seats if state == SignupState.SEATED else 0,
        waiting=seats if state == SignupState.WAITING else 0,
        entered=seats if state == SignupState.ENTERED else 0,
        turns=1 + len(bringing),
    )
    if event.series_id is not None:
        for member_id in (caller.id, *(each.member_id for each in bringing)):
            if member_id is not None:
                id_numbers.carry(session, event, member_id, care.sealing, now)
    if is_asked:
        requests.tell(session, event, made.id, caller.id, now)
        return SignedUp(event, Requested(), clash=clash, claim=made)
    if outcome is None:
        entered = Entered(entries.enter(session, event_id, made.id))
        return SignedUp(event, entered, clash=clash, claim=made)
    planned = remind(session, made.id, event, caller, care, now) if is_seated else {}
    if bringing and is_seated:
        parties.remind(session, event, made.id, care, now, but=made.id)
    if is_seated and event.series_id is not None:
        either.leave_queues(session, event, made, care, now)
    return SignedUp(event, outcome, clash=clash, reminders=planned, claim=made)


def _why_not_drawn(
    session: Session, event: Row, caller: Caller, bringing: Sequence[Companion]
) -> Why | None:
    """Return why they cannot be in the draw of an event; None also where it is over."""
    if event.draw in LISTED:
        return Why.BEING_DRAWN
    if event.draw != DrawState.ENTERING:
        return None
    members = [caller.id, *(each.member_id for each in bringing if each.member_id is not None)]
    return None if entries.may_enter(session, event.id, members) else Why.WEB_ALONE


def _sign_up_again(
    session: Session, event: Row, claim: Row, caller: Caller, care: Care, now: Moment
) -> SignedUp:
    was = SignupState(claim.state)
    # A party is offered and seated together, whoever of it answers.
    leader = claim
    if claim.party_id is not None:
        leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id})
    has_lapsed = was == SignupState.OFFERED and now >= leader.offered_until
    asked_as = SignupState.WAITING if has_lapsed else was
    if why := windows.refusal(_AGAIN.get(asked_as, EventAct.KEEP), event, now, asked_as):
        return SignedUp(event, NotAdmitted(why), was=was, claim=claim)
    if was == SignupState.ASKED:
        return SignedUp(event, Requested(), again=True, was=was, claim=claim)
    if was == SignupState.ENTERED:
        entered = Entered(entries.code_of(session, claim.id) or "")
        return SignedUp(event, entered, again=True, was=was, claim=claim)
    if asked_as not in (SignupState.OFFERED, SignupState.WAITING):
        planned = reminders.of_signup(session, claim.id)
        return SignedUp(event, Seated(), again=True, was=was, reminders=planned, claim=claim)
    party = parties.as_seated(session, leader)
    # A free seat that nobody of the queue can be asked for in time goes to the first who asks.
    takes_leftover = was == SignupState.WAITING and _has_leftover(
        session, event, leader, party, care, now
    )
    if asked_as == SignupState.OFFERED or takes_leftover:
        set_claim(session, leader.id, SignupState.SEATED, leader.turn, None, now)
        parties.set_state(session, leader.id, SignupState.SEATED, now)
        if takes_leftover:
            count(session, event.id, held=len(party), waiting=-len(party))
        planned = remind(session, claim.id, event, caller, care, now)
        if leader.brings:
            parties.remind(session, event, leader.id, care, now, but=claim.id)
        either.leave_queues(session, event, leader, care, now)
        return SignedUp(event, Seated(), was=was, reminders=planned, claim=claim)
    if has_lapsed:
        # No tick has ended the offer yet: to the end of the queue.
        seats = len(party)
        set_claim(session, leader.id, SignupState.WAITING, event.turns + 1, None, now)
        parties.set_state(session, leader.id, SignupState.WAITING, now)
        count(session, event.id, held=-seats, waiting=seats, turns=1)
        fill(session, event.id, care, now)
        claim = CLAIM.one(session, {"event_id": event.id, "member_id": caller.id})
        leader = CLAIM_BY_ID.one(session, {"signup_id": leader.id})
    place = Waiting(position(session, event.id, leader.turn))
    return SignedUp(event, place, again=not has_lapsed, was=was, claim=claim)


def _has_leftover(
    session: Session, event: Row, leader: Row, party: Party, care: Care, now: Moment
) -> bool:
    """Return whether this party of the queue can be seated, nobody before it being asked."""
    room = quotas.room_of(session, event, now)
    if not room.fits(party):
        return False
    ahead = fill(session, event.id, care, now, before=leader.turn)
    return ahead.room.fits(party)


_AGAIN = {
    SignupState.OFFERED: EventAct.ANSWER_OFFER,
    SignupState.WAITING: EventAct.TAKE_SEAT,
}


def give_up(
    session: Session, event_id: int, member_id: int, care: Care, now: Moment
) -> GaveUp | Kept | None:
    """Give up a seat, an offer or a place in the queue, and offer a free seat to the next."""
    event = EVENT.first(session, {"event_id": event_id})
    if event is None or event.state in HIDDEN:
        return None
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    was = SignupState(claim.state) if claim is not None else None
    why = why_kept(event, was, now)
    if claim is None or was is None or why is not None:
        return Kept(event, why or Why.NO_SUCH_CLAIM)
    return GaveUp(event, was, offered=release(session, event, claim, member_id, care, now))


# Reading


def would_fit(session: Session, event: Event, claim: Row, now: Moment) -> bool:
    """Return whether a claim that waits could be seated now with its party, if nobody is asked."""
    leader = claim
    if claim.party_id is not None:
        leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id})
    return quotas.room_of(session, event, now).fits(parties.as_seated(session, leader))


def of_member(session: Session, member_id: int, now: Moment) -> Sequence[tuple[Signup, Event]]:
    """Return the member's claims on events that have not ended, soonest first."""
    return session.exec(
        select(Signup, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            Signup.member_id == member_id,
            col(Signup.state).in_((*LIVE, SignupState.ATTENDED)),
            col(Event.ends_at) > now,
            not_(NEVER),
        )
        .order_by(col(Event.starts_at), col(Event.id))
    ).all()
