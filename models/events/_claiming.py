"""Steps that signing up, bringing others along and giving up share, and their outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, or_
from sqlmodel import Session, select

from models.events import either, entries, forgetting, gates, parties, quotas, reminders
from models.events._claims import (
    AROUND,
    CAME,
    CLAIM,
    CLAIM_BY_ID,
    LIVE,
    SIGNUPS,
    count,
    note_no,
    set_claim,
    set_leader,
)
from models.events.events import Event, SignupState
from models.events.offers import fill, fill_room
from models.events.parties import Companion
from models.events.quotas import Quotas
from models.network.members import Caller, Member
from models.network.stations import Care
from models.rules.events import gates as gate_rules
from models.rules.events import seating, windows
from models.rules.events.companions import Along
from models.rules.events.gates import WayIn
from models.rules.events.questions import Values
from models.rules.events.seating import NotAdmitted, Party, Room, Seated, Waiting
from models.rules.events.windows import EventAct, Why
from models.sending.topics import is_muted
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared


@dataclass(frozen=True, slots=True)
class AskedFirst:
    """Nothing was done, for they have a seat at the same time: ``SignedUp.clash``."""


@dataclass(frozen=True, slots=True)
class Entered:
    """In the draw of the event, under this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Requested:
    """An organizer is asked whether they may come; until then they have no seat."""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The outcome of a sign-up; ``again`` if the member had this claim already.

    ``event`` is the event's row before the sign-up, ``was`` the state of the member's claim,
    ``clash`` another event in the same hours at which they have a seat. ``reminders`` are the times
    of those that are planned for it, by lead in minutes. ``claim`` is theirs, as it was
    found or made.
    """

    event: Row
    outcome: Seated | Waiting | Entered | Requested | NotAdmitted | AskedFirst
    again: bool = False
    was: SignupState | None = None
    clash: Row | None = None
    reminders: Mapping[int, Moment] = field(default_factory=dict)
    claim: Row | None = None


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


# Steps


def why_not_bringing(
    session: Session,
    event: Row,
    bringing: Sequence[Companion],
    care: Care,
    now: Moment,
    there: int = 0,
) -> Why | None:
    """Return why these people cannot come along, beside those who are ``there`` already.

    Which condition keeps a colleague out is theirs to know: it is NOT_FOR_THEM, whichever it is.
    """
    if there + len(bringing) > Along(event.along).most:
        return Why.TOO_MANY
    for each in bringing:
        if each.member_id is None:
            if gates.why_closed(session, event, None, care, now, WayIn.NO_CHAT):
                return Why.NOT_FOR_THEM
            continue
        member = session.get_one(Member, each.member_id)
        if gates.why_closed(session, event, member, care, now, WayIn.WITH_SOMEBODY):
            return Why.NOT_FOR_THEM
        if was_refused(session, event, each.member_id):
            return Why.NOT_FOR_THEM
        if event.series_id is not None and either.has_other(session, event, each.member_id):
            return Why.HAS_CLAIM
        claim = CLAIM.first(session, {"event_id": event.id, "member_id": each.member_id})
        if claim is None:
            continue
        if claim.state != SignupState.CANCELLED:
            return Why.HAS_CLAIM
        if claim.by_member_id == claim.member_id:
            return Why.SAID_NO
    return None


def was_refused(session: Session, event: Event | Row, member_id: int) -> bool:
    """Return whether an organizer refused this member, where sign-ups are still approved."""
    if not gate_rules.from_column(event.gates).approval:
        return False
    claim = CLAIM.first(session, {"event_id": event.id, "member_id": member_id})
    return claim is not None and claim.refused is not None


def columns_of(
    session: Session,
    shares: Quotas,
    caller: Caller,
    bringing: Sequence[Companion],
    said: Sequence[Values],
) -> list[str]:
    """Return in which of an event's quotas a member and those who come along count."""
    if not shares:
        return [""] * (1 + len(bringing))
    members = [
        session.get_one(Member, each.member_id) if each.member_id is not None else None
        for each in bringing
    ]
    return quotas.of_party(session, shares, [caller, *members], said)


def party_of(event: Row, columns: Sequence[str], bringing: Sequence[Companion]) -> Party:
    """Return the party of a new claim: those of these columns who take a seat."""
    takes_seat = [True, *(parties.takes_seat(event, each) for each in bringing)]
    return [
        quotas.person_of(column) for column, sits in zip(columns, takes_seat, strict=True) if sits
    ]


def admit(
    session: Session, event: Row, room: Room, party: Party, care: Care, now: Moment
) -> Seated | Waiting:
    """Decide on a new claim of a party, whose place is behind all who wait."""
    if event.waiting and room.seats is not None and room.fits(party):
        # Seats are free beside a queue: they go to the first who can be asked, else to who asks.
        filled = fill_room(session, event, room, care, now)
        before = event.waiting - filled.offered
        return Seated() if filled.room.fits(party) else Waiting(before + 1)
    return seating.admit(room, party, event.waiting)


def remind(
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


def why_kept(event: Event | Row, claim: SignupState | None, now: Moment) -> Why | None:
    """Return why a claim in this state cannot be given up now; None if it can."""
    act = _GIVING_UP.get(claim, EventAct.GIVE_UP)
    return windows.refusal(act, event, now, claim)


_GIVING_UP: dict[SignupState | None, EventAct] = {
    SignupState.WAITING: EventAct.LEAVE_QUEUE,
    SignupState.ENTERED: EventAct.LEAVE_DRAW,
    SignupState.ASKED: EventAct.TAKE_BACK,
}


def release(session: Session, event: Row, claim: Row, who: int, care: Care, now: Moment) -> int:
    """Cancel a claim, with those of the party that it leads; return how many were offered seats."""
    was = SignupState(claim.state)
    seats = int(claim.takes_seat)
    if was == SignupState.ENTERED:
        entries.leave(session, event, claim.id, now)
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    reminders.forget(session, claim.id)
    if claim.party_id is None:
        seats += parties.give_up(session, event, claim.id, who, now)
    elif claim.takes_seat:
        parties.brings_less(session, claim.party_id)
    # What somebody answered goes with their claim, and so does what follows from it; a fixed list
    # of a draw tells it still.
    set_leader(session, claim.id, 0, claim.counts_in if was == SignupState.ENTERED else "")
    if claim.by_member_id is not None and claim.member_id == who:
        note_no(session, claim.id)
    if event.questions:
        forgetting.drop(session, claim.id)
    if was == SignupState.ASKED:
        return 0
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


# Reading


def clash_of(session: Session, event: Event, member_id: int, now: Moment) -> Row | None:
    """Return another event in the same hours at which a member has a seat.

    None also where they would have to wait for a seat at this one: who is offered it decides then.
    """
    hours = {"begins": event.starts_at, "ends": event.ends_at}
    around = AROUND.all(session, {"event_id": event.id, "member_id": member_id, **hours})
    clash = next((each for each in around if each.event_id != event.id), None)
    if clash is None or event.draw:
        return clash
    return None if quotas.room_of(session, event, now).is_full else clash


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


_AHEAD = Prepared(
    select(func.count())
    .select_from(SIGNUPS)
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        SIGNUPS.c.state == SignupState.WAITING,
        SIGNUPS.c.turn < bindparam("turn"),
    )
)


_BEHIND = Prepared(
    select(SIGNUPS.c.id)
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        SIGNUPS.c.state == SignupState.WAITING,
        SIGNUPS.c.turn > bindparam("turn"),
        or_(SIGNUPS.c.party_id.is_(None), SIGNUPS.c.party_id != bindparam("signup_id")),
    )
    .limit(1)
)


def others_wait_behind(session: Session, event_id: int, claim: Row) -> bool:
    """Return whether anybody but the party that this claim leads waits behind it."""
    values = {"event_id": event_id, "turn": claim.turn, "signup_id": claim.id}
    return _BEHIND.first(session, values) is not None


def position(session: Session, event_id: int, turn: int) -> int:
    """Return the place of a turn in the queue; 1 is the next to get an offer."""
    ahead: int = _AHEAD.one(session, {"event_id": event_id, "turn": turn})[0]
    return 1 + ahead
