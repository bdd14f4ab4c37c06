"""Sign up for an event and give up: verbs that lock the event, ask the rules, and write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from models.events import answers, audiences, entries, parties, quotas, reminders
from models.events._claims import (
    AROUND,
    CAME,
    CLAIM,
    CLAIM_BY_ID,
    EVENT,
    HOLDING,
    LIVE,
    NEW_CLAIM,
    SIGNUPS,
    count,
    set_claim,
    set_leader,
)
from models.events.events import HIDDEN, Event, Signup, SignupState
from models.events.offers import fill
from models.events.parties import Companion
from models.network.members import Caller, Member
from models.network.stations import Care
from models.rules.events import seating, windows
from models.rules.events.companions import Along
from models.rules.events.seating import NotAdmitted, Party, Room, Seated, Waiting
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.sending.topics import is_muted
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared

__all__ = [
    "CAME",
    "HOLDING",
    "LIVE",
    "AskedFirst",
    "Entered",
    "GaveUp",
    "Kept",
    "NoRoom",
    "SignedUp",
    "bring",
    "claim_of",
    "give_up",
    "leave_out",
    "of_member",
    "position",
    "sign_up",
    "why_kept",
    "would_fit",
]

# Outcomes


@dataclass(frozen=True, slots=True)
class AskedFirst:
    """Nothing was done, for they have a seat at the same time: ``SignedUp.clash``."""


@dataclass(frozen=True, slots=True)
class Entered:
    """In the draw of the event, under this code."""

    code: str


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The outcome of a sign-up; ``again`` if the member had this claim already.

    ``event`` is the event's row before the sign-up, ``was`` the state of the member's claim,
    ``clash`` another event in the same hours at which they have a seat. ``reminders`` are the times
    of those that are planned for it, by lead in minutes.
    """

    event: Row
    outcome: Seated | Waiting | Entered | NotAdmitted | AskedFirst
    again: bool = False
    was: SignupState | None = None
    clash: Row | None = None
    reminders: Mapping[int, Moment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A claim that was given up, with its state before, and how many were offered the seat."""

    event: Row
    was: SignupState
    offered: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Nothing was given up, for this reason."""

    event: Row
    why: Why


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
    session: Session,
    event_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    asks_first: bool = False,
    bringing: Sequence[Companion] = (),
) -> SignedUp | None:
    """Claim a seat or accept an offer; return None if there is no such event.

    With ``asks_first`` a free seat is not claimed by who has another one at the same time.
    ``bringing`` are seated with the member or not at all.
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
    if why := windows.refusal(EventAct.SIGN_UP, event, now, was):
        return SignedUp(event, NotAdmitted(why))
    # Whoever has a claim keeps it, so only a new one asks whom the event is for.
    if not audiences.admits(session, event.audience, caller):
        return SignedUp(event, NotAdmitted(Why.NOT_FOR_THEM))
    if bringing and (why := _why_not_bringing(session, event, bringing)):
        return SignedUp(event, NotAdmitted(why))
    if event.draw and (why := _why_not_drawn(session, event, caller, bringing)):
        return SignedUp(event, NotAdmitted(why))
    counts_in = quotas.counts_in(session, event, caller)
    party = _party(session, event, counts_in, bringing)
    room = quotas.room_of(session, event, now)
    if not room.could_fit(party):
        return SignedUp(event, NotAdmitted(Why.TOO_LARGE))
    clash = next((each for each in around if each.event_id != event_id), None)
    is_drawn = event.draw == DrawState.ENTERING
    if asks_first and clash is not None and (is_drawn or room.fits(party)):
        return SignedUp(event, AskedFirst(), clash=clash)
    outcome = None if is_drawn else _admit(session, event, room, party, care, now)
    is_seated = isinstance(outcome, Seated)
    state = SignupState.SEATED if is_seated else SignupState.WAITING
    if outcome is None:
        state = SignupState.ENTERED
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
                "brings": len(party) - 1,
                "counts_in": counts_in,
                "name": "",
                "is_child": False,
                "takes_seat": True,
                "stop": "",
            },
        )[0]
    else:
        signup_id = claim.id
        set_claim(session, signup_id, state, turn, None, now)
        set_leader(session, signup_id, len(party) - 1, counts_in)
    if bringing:
        leader = CLAIM_BY_ID.one(session, {"signup_id": signup_id})
        parties.add(session, event, leader, bringing, state, turn, caller.id, now)
    seats = len(party)
    count(
        session,
        event_id,
        held=seats if state == SignupState.SEATED else 0,
        waiting=seats if state == SignupState.WAITING else 0,
        entered=seats if state == SignupState.ENTERED else 0,
        turns=1 + len(bringing),
    )
    if outcome is None:
        entered = Entered(entries.enter(session, event_id, signup_id))
        return SignedUp(event, entered, clash=clash)
    planned = _remind(session, signup_id, event, caller, care, now) if is_seated else {}
    if bringing and is_seated:
        parties.remind(session, event, signup_id, care, now, but=signup_id)
    return SignedUp(event, outcome, clash=clash, reminders=planned)


def _why_not_bringing(
    session: Session, event: Row, bringing: Sequence[Companion], there: int = 0
) -> Why | None:
    """Return why these people cannot come along, beside those who are ``there`` already."""
    if there + len(bringing) > Along(event.along).most:
        return Why.TOO_MANY
    for each in bringing:
        if each.member_id is None:
            continue
        member = session.get_one(Member, each.member_id)
        if not audiences.admits(session, event.audience, member):
            return Why.NOT_FOR_THEM
        if claim_of(session, event.id, each.member_id) is not None:
            return Why.HAS_CLAIM
    return None


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


def _party(session: Session, event: Row, own: str, bringing: Sequence[Companion]) -> Party:
    """Return the party of a new claim: who has no chat counts as the one who brings them."""
    columns = [own]
    for each in bringing:
        if not parties.takes_seat(event, each):
            continue
        if each.member_id is None:
            columns.append(own)
        else:
            member = session.get_one(Member, each.member_id)
            columns.append(quotas.counts_in(session, event, member))
    return [quotas.person_of(each) for each in columns]


def _admit(
    session: Session, event: Row, room: Room, party: Party, care: Care, now: Moment
) -> Seated | Waiting:
    if event.waiting and not room.is_full:
        # Seats are free beside a queue: they go to the first who can be asked, else to who asks.
        filled = fill(session, event.id, care, now)
        before = event.waiting - filled.offered
        return Seated() if filled.room.fits(party) else Waiting(before + 1)
    return seating.admit(room, party, event.waiting)


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
        return SignedUp(event, NotAdmitted(why), was=was)
    if was == SignupState.ENTERED:
        entered = Entered(entries.code_of(session, claim.id) or "")
        return SignedUp(event, entered, again=True, was=was)
    if asked_as not in (SignupState.OFFERED, SignupState.WAITING):
        planned = reminders.of_signup(session, claim.id)
        return SignedUp(event, Seated(), again=True, was=was, reminders=planned)
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
        planned = _remind(session, claim.id, event, caller, care, now)
        if leader.brings:
            parties.remind(session, event, leader.id, care, now, but=claim.id)
        return SignedUp(event, Seated(), was=was, reminders=planned)
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
    return SignedUp(event, place, again=not has_lapsed, was=was)


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
    return GaveUp(event, was, offered=_release(session, event, claim, member_id, care, now))


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
    return GaveUp(event, was, offered=_release(session, event, claim, member_id, care, now))


def _release(session: Session, event: Row, claim: Row, by: int, care: Care, now: Moment) -> int:
    """Cancel a claim, with those of the party that it leads; return how many were offered seats."""
    was = SignupState(claim.state)
    seats = int(claim.takes_seat)
    if was == SignupState.ENTERED:
        entries.leave(session, event, claim.id, now)
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    reminders.forget(session, claim.id)
    if claim.party_id is None:
        seats += parties.give_up(session, event, claim.id, by, now)
    elif claim.takes_seat:
        parties.brings_less(session, claim.party_id)
    set_leader(session, claim.id, 0, claim.counts_in)
    if event.questions:
        answers.drop(session, claim.id)
    if was == SignupState.ENTERED:
        count(session, event.id, entered=-seats)
        return 0
    if was == SignupState.WAITING:
        count(session, event.id, waiting=-seats)
        # A smaller party may fit into what was kept for it, and others into what a party kept.
        is_party = claim.party_id is not None or claim.brings
        return fill(session, event.id, care, now).offered if is_party else 0
    count(session, event.id, held=-seats)
    return fill(session, event.id, care, now).offered


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
) -> SignedUp | NoRoom | None:
    """Let more people come along with a member who has a seat or waits; all of them or none."""
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
    there = len(parties.in_force(session, claim.id))
    if why := _why_not_bringing(session, event, bringing, there):
        return SignedUp(event, NotAdmitted(why))
    more = _party(session, event, claim.counts_in, bringing)[1:]
    is_seated = claim.state == SignupState.SEATED
    room = quotas.room_of(session, event, now)
    if not is_seated and not room.could_fit([*parties.as_seated(session, claim), *more]):
        return SignedUp(event, NotAdmitted(Why.TOO_LARGE))
    if is_seated:
        if event.waiting and not room.is_full:
            room = fill(session, event_id, care, now).room
        if not room.fits(more):
            return NoRoom(event, room.left_for(quotas.person_of(claim.counts_in), len(more)))
    set_leader(session, claim.id, claim.brings + len(more), claim.counts_in)
    state = SignupState(claim.state)
    parties.add(session, event, claim, bringing, state, event.turns, caller.id, now)
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
        return SignedUp(event, Seated(), was=state)
    return SignedUp(event, Waiting(position(session, event_id, claim.turn)), was=state)


def why_kept(event: Event | Row, claim: SignupState | None, now: Moment) -> Why | None:
    """Return why a claim in this state cannot be given up now; None if it can."""
    act = _GIVING_UP.get(claim, EventAct.GIVE_UP)
    return windows.refusal(act, event, now, claim)


_GIVING_UP: dict[SignupState | None, EventAct] = {
    SignupState.WAITING: EventAct.LEAVE_QUEUE,
    SignupState.ENTERED: EventAct.LEAVE_DRAW,
}


# Reading


def claim_of(session: Session, event_id: int, member_id: int) -> Row | None:
    """Return the member's claim (id, state, turn, offered_until); None without one in force.

    The offer to a party is its leader's, and every one of it may answer it until then.
    """
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    if claim is None or claim.state not in (*LIVE, *CAME):
        return None
    if claim.party_id is not None and claim.state == SignupState.OFFERED:
        leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id})
        return claim._replace(offered_until=leader.offered_until)
    return claim


def would_fit(session: Session, event: Event, claim: Row, now: Moment) -> bool:
    """Return whether a claim that waits could be seated now with its party, if nobody is asked."""
    leader = claim
    if claim.party_id is not None:
        leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id})
    return quotas.room_of(session, event, now).fits(parties.as_seated(session, leader))


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
) -> dict[int, Moment]:
    """Plan the reminders of a seat, unless they are muted; return their times by lead."""
    if is_muted("reminder", caller.muted):
        return {}
    return reminders.plan(
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
