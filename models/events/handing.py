"""Hand a seat over: who has it asks a colleague, or gives a one-time code to somebody new.

The seat stays with the giver until it is taken. Whoever takes it passes what every sign-up passes,
and ``models.rules.events.handing`` says whose seat may be whose. What is not answered yet is a row
of ``models.events.handovers``.
"""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, select

from models.events import (
    forgetting,
    gates,
    handed_parties,
    id_numbers,
    offers,
    parties,
    quotas,
    reminders,
)
from models.events._claims import (
    CLAIM,
    CLAIM_BY_ID,
    EVENT,
    SIGNUPS,
    count,
    make_claim,
    set_claim,
    set_leader,
)
from models.events.events import HIDDEN, Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.handovers import Handover, for_member
from models.network import audit
from models.network.members import Caller, Member
from models.network.stations import Care
from models.rules.events import handing as rules
from models.rules.events import windows
from models.rules.events.gates import WayIn
from models.rules.events.handing import NotHanded
from models.rules.events.questions import NOTHING, Values
from models.rules.events.seating import ANYBODY, Person
from models.rules.events.windows import EventAct, Why
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment
from models.store.compiled import Row


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Somebody was asked, or got this code; the seat is the giver's until then."""

    event: Row
    handover: Handover
    code: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """The seat stays where it is: by the event's times, or by the rule of handing over."""

    event: Row
    why: Why | NotHanded


@dataclass(frozen=True, slots=True)
class Taken:
    """The seat is the caller's; ``from_member_id`` had it."""

    event: Row
    signup_id: int
    from_member_id: int


def ask(
    session: Session, event_id: int, signup_id: int, to: int, giver: Caller, care: Care, now: Moment
) -> OnItsWay | Stays | None:
    """Ask a member whether they take a seat of the caller's; None without such a seat or member."""
    found = _begun(session, event_id, signup_id, giver, now)
    if not isinstance(found, tuple):
        return found
    event, claim = found
    member = session.get(Member, to)
    if member is None or to == giver.id:
        return None
    # What they will answer may decide in which quotas they count: then that is seen when they do.
    waits = bool(quotas.asked(session, event))
    column = None if waits else quotas.counts_in(session, event, member)
    if why := _why_not(session, event, claim, member, column, care, now):
        return Stays(event, why)
    hours = care.quiet_of(member.quiet, member.shift)
    row = _put(session, event, claim, giver, care, now, hours, to=to)
    if row is None:
        return Stays(event, Why.TIME_PASSED)
    deliveries.plan_for_member(
        session,
        to,
        key=f"seat-handed:{row.id}",
        topic="seat-handed",
        facts={"event_id": event_id, "handover": row.id},
        due_at=now,
        expires_at=row.until,
        now=now,
        about=giver.id,
    )
    return OnItsWay(event, row)


def give_code(
    session: Session, event_id: int, signup_id: int, giver: Caller, care: Care, now: Moment
) -> OnItsWay | Stays | None:
    """Return a code with which somebody may take a seat of the caller's, whom they send it to."""
    found = _begun(session, event_id, signup_id, giver, now)
    if not isinstance(found, tuple):
        return found
    event, claim = found
    code = codes.make(secrets.choice)
    row = _put(session, event, claim, giver, care, now, "", code_hash=_hash(code))
    return OnItsWay(event, row, code) if row is not None else Stays(event, Why.TIME_PASSED)


def _begun(
    session: Session, event_id: int, signup_id: int, giver: Caller, now: Moment
) -> tuple[Row, Row] | Stays | None:
    """Lock the event and find a seat that the caller may hand over."""
    event = EVENT.first(session, {"event_id": event_id})
    claim = CLAIM_BY_ID.first(session, {"signup_id": signup_id})
    if event is None or event.state in HIDDEN or claim is None:
        return None
    own = CLAIM.first(session, {"event_id": event_id, "member_id": giver.id})
    if own is None or not _is_theirs(claim, own):
        return None
    if why := why_nobody(session, event, claim, now):
        return Stays(event, why)
    return event, claim


def _is_theirs(claim: Row, own: Row) -> bool:
    """Return whether a seat is their own, or that of somebody whom they bring."""
    return bool(claim.takes_seat) and own.id in (claim.id, claim.party_id)


def _put(
    session: Session,
    event: Row,
    claim: Row,
    giver: Caller,
    care: Care,
    now: Moment,
    hours: str,
    *,
    to: int | None = None,
    code_hash: str | None = None,
) -> Handover | None:
    """Write the row in place of an earlier one of this seat; None when it is too late to ask."""
    until = rules.answer_until(now, event.starts_at, hours, care.zone)
    if until is None:
        return None
    _delete(session, claim.id)
    row = Handover(
        event_id=event.id,
        signup_id=claim.id,
        turn=claim.turn,
        from_member_id=giver.id,
        to_member_id=to,
        code_hash=code_hash,
        at=now,
        until=until,
    )
    session.add(row)
    session.flush()
    # It is dropped when it comes to be sent, if the seat was taken or refused by then.
    _tell_giver(session, row, "lapsed", until, event.starts_at, now)
    return row


def _delete(session: Session, signup_id: int) -> None:
    for each in session.exec(select(Handover).where(Handover.signup_id == signup_id)):
        session.delete(each)
    session.flush()


def why_nobody(
    session: Session, event: Event | Row, claim: Row, now: Moment
) -> Why | NotHanded | None:
    """Return why this seat cannot be handed over to anybody now; None if it can."""
    if why := windows.refusal(EventAct.HAND_OVER, event, now, SignupState(claim.state)):
        return why
    row = session.get_one(Event, event.id)
    course = session.get(Series, row.series_id) if row.series_id is not None else None
    if course is not None and course.mode is Mode.WHOLE:
        return NotHanded.WHOLE_COURSE
    leaves = _person(event, claim.counts_in, now)
    return rules.why_nobody(row.handing, leaves, event.waiting, is_drawn=bool(event.draw))


def _why_not(
    session: Session,
    event: Row,
    claim: Row,
    member: Member | Caller,
    column: str | None,
    care: Care,
    now: Moment,
) -> Why | NotHanded | None:
    """Return why this seat cannot be this member's, who would sign up for it.

    ``column`` are the quotas in which they count, None where that is not known yet.
    """
    # Which condition keeps them out is theirs to know, and not the giver's.
    if gates.why_closed(session, event, member, care, now, WayIn.HANDED):
        return Why.NOT_FOR_THEM
    theirs = CLAIM.first(session, {"event_id": event.id, "member_id": member.id})
    # Whoever waits alone leaves the queue; a party is not torn.
    if theirs is not None and theirs.state != SignupState.CANCELLED and not _waits_alone(theirs):
        return Why.HAS_CLAIM
    if column is None:
        return None
    return rules.why_not(
        session.get_one(Event, event.id).handing,
        quotas.room_of(session, event, now),
        _person(event, claim.counts_in, now),
        _person(event, column, now),
        event.waiting - int(theirs is not None and theirs.state == SignupState.WAITING),
        is_drawn=bool(event.draw),
    )


def _waits_alone(claim: Row) -> bool:
    return claim.state == SignupState.WAITING and claim.party_id is None and not claim.brings


def _person(event: Event | Row, column: str, now: Moment) -> Person:
    return quotas.person_of(column) if quotas.has_quotas(event, now) else ANYBODY


# Whoever is asked


def by_code(session: Session, caller: Caller, code: str, now: Moment) -> Handover | None:
    """Return what a code hands over, to the caller from now on; None if it is no such code."""
    row = session.exec(
        select(Handover).where(Handover.code_hash == _hash(code)).with_for_update()
    ).first()
    if row is None or row.from_member_id == caller.id:
        return None
    if row.to_member_id not in (None, caller.id) or now >= row.until:
        return None
    row.to_member_id = caller.id
    session.add(row)
    session.flush()
    return row


def take(
    session: Session,
    handover_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    said: Values = NOTHING,
) -> Taken | Stays | None:
    """Give the caller the seat that is handed to them; None where nothing is any more.

    ``said`` is what they answered, which decides in which quotas they count. The giver's claim ends
    with their answers and reminders; the taker gets reminders of their own, and leads whom the
    giver brought.
    """
    row = session.get(Handover, handover_id)
    if row is None:
        return None
    event = EVENT.first(session, {"event_id": row.event_id})
    if event is None or for_member(session, handover_id, caller.id, now) is None:
        return None
    claim = CLAIM_BY_ID.one(session, {"signup_id": row.signup_id})
    column = quotas.counts_in(session, event, caller, said)
    why = _why_not_now(session, event, claim, caller, column, care, now)
    if why is not None:
        return Stays(event, why)
    giver, room = row.from_member_id, quotas.room_of(session, event, now)
    with session.begin_nested() as step:
        session.delete(row)
        session.flush()
        _leave(session, event, claim, giver, now)
        signup_id = _seat(session, event, caller, column, giver, claim.seat, now)
        why = handed_parties.follow(session, event, claim, signup_id, said, room, now)
        if why is not None:
            step.rollback()
            return Stays(event, why)
    id_numbers.carry(session, event, caller.id, care.sealing, now)
    parties.remind(session, event, signup_id, care, now, but=0)
    if event.waiting:
        # What the giver counted in may have room for somebody of the queue now.
        offers.fill(session, event.id, care, now)
    _tell_giver(session, row, "taken", now, event.starts_at, now, about=caller.id)
    place = session.get_one(Event, event.id).station_id
    subject = f"event:{event.id}"
    # The giver holds no role: it stands there so that organizers can follow a seat.
    audit.record(
        session, giver, Act.RUN_EVENT, subject, now, station_id=place, what="seat handed over"
    )
    return Taken(event, signup_id, giver)


def _why_not_now(
    session: Session,
    event: Row,
    claim: Row,
    caller: Caller,
    column: str,
    care: Care,
    now: Moment,
) -> Why | NotHanded | None:
    """Return why the caller cannot take this seat now, who may wait for another themselves."""
    if why := windows.refusal(EventAct.HAND_OVER, event, now, SignupState(claim.state)):
        return why
    return _why_not(session, event, claim, caller, column, care, now)


def _leave(session: Session, event: Row, claim: Row, giver: int, now: Moment) -> None:
    """End the giver's claim, or that of one whom they bring, and what hangs on it."""
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    session.execute(update(SIGNUPS).where(SIGNUPS.c.id == claim.id).values(seat=""))
    reminders.forget(session, claim.id)
    if claim.party_id is not None:
        parties.brings_less(session, claim.party_id)
        parties.tell_one(session, event, session.get_one(Signup, claim.id), giver, now)
    set_leader(session, claim.id, 0, claim.counts_in)
    forgetting.drop(session, claim.id)


def _seat(
    session: Session, event: Row, caller: Caller, column: str, giver: int, seat: str, now: Moment
) -> int:
    """Seat the caller by themselves, in the next turn; return the number of their claim."""
    theirs = CLAIM.first(session, {"event_id": event.id, "member_id": caller.id})
    waits = theirs is not None and theirs.state == SignupState.WAITING
    turn = event.turns + 1
    if theirs is None:
        values = {"event_id": event.id, "member_id": caller.id, "state": SignupState.SEATED}
        values |= {"turn": turn, "offered_until": None, "at": now, "brings": 0, "name": ""}
        values |= {"counts_in": column, "is_child": False, "takes_seat": True, "stop": ""}
        values["seat"] = ""
        signup_id: int = make_claim(session, values).id
    else:
        signup_id = theirs.id
        set_claim(session, signup_id, SignupState.SEATED, turn, None, now)
        set_leader(session, signup_id, 0, column)
    # Who takes a seat sits in the hall where its giver sat.
    mine = update(SIGNUPS).where(SIGNUPS.c.id == signup_id)
    session.execute(mine.values(from_member_id=giver, seat=seat))
    count(session, event.id, waiting=-int(waits), turns=1)
    return signup_id


def refuse(session: Session, handover_id: int, member_id: int, now: Moment) -> Event | None:
    """Leave a seat with its giver, who is told; None where nothing is handed to this member."""
    row = for_member(session, handover_id, member_id, now)
    if row is None:
        return None
    event = session.get_one(Event, row.event_id)
    session.delete(row)
    session.flush()
    _tell_giver(session, row, "refused", now, event.starts_at, now, about=member_id)
    return event


def _tell_giver(
    session: Session,
    row: Handover,
    end: str,
    at: Moment,
    before: Moment,
    now: Moment,
    *,
    about: int | None = None,
) -> None:
    deliveries.plan_for_member(
        session,
        row.from_member_id,
        key=f"seat-{end}:{row.id}",
        topic="seat-answered",
        facts={"event_id": row.event_id, "handover": row.id, "end": end, "taker_id": about},
        due_at=at,
        expires_at=before,
        now=now,
        about=about,
    )


def _hash(code: str) -> str:
    return hashlib.sha256(codes.plain(code).encode()).hexdigest()
