"""The code at the door: it hangs at the place, or stands on a screen and changes.

Who has a seat is checked in by it. Who has none gets a pass, with which they take a free seat by
one tap and are checked in.
"""

import hmac
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events import checking_in, walking_in
from models.events.checking_in import (
    KEY,
    SEAT,
    CheckedIn,
    CheckInOutcome,
    NoSeat,
    NotNow,
    OldCode,
)
from models.events.events import Event, Signup
from models.events.walking_in import Full
from models.network import audit, roles
from models.network.members import Caller
from models.network.stations import Care, Station
from models.rules.events import codes
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment, keys


@dataclass(frozen=True, slots=True)
class MayJoin:
    """A seat is free for them: with this pass of that half minute they may take it."""

    step: int
    proof: str


def place_secret(session: Session, event_id: int) -> str:
    """Return the secret in the code that hangs at the place."""
    return codes.secret_of_place(keys.shared(session, KEY), event_id)


def code_now(session: Session, event_id: int, now: Moment) -> str:
    """Return the code that stands on a screen at the door now."""
    return codes.of_door(keys.shared(session, KEY), event_id, codes.step_of(now))


def choose(session: Session, event_id: int, rotates: bool, by: int, now: Moment) -> Event:
    """Let the code that changes count alone, or that which hangs at the door again.

    Raises NotAllowed when ``by`` may not check people in at the event.
    """
    event = checking_in.to_check_in(session, event_id, by, now)
    if event.door_rotates != rotates:
        event.door_rotates = rotates
        session.add(event)
        session.flush()
        what, place = "changing code" if rotates else "code for the door", event.station_id
        subject = f"event:{event_id}"
        audit.record(session, by, Act.CHECK_IN, subject, now, station_id=place, what=what)
    return event


def by_place_code(
    session: Session, event_id: int, secret: str, member_id: int, now: Moment
) -> CheckInOutcome | None:
    """Check in the member who scanned the code at the place; None if the code is wrong."""
    event = session.get(Event, event_id, with_for_update=True)
    if event is None:
        return None
    if len(secret) == codes.OF_A_STEP:
        if not codes.is_of_door(keys.shared(session, KEY), event_id, secret, now):
            return OldCode()
    elif not hmac.compare_digest(secret.encode(), place_secret(session, event_id).encode()):
        return None
    elif event.door_rotates:
        return OldCode()
    if why := checking_in.why_not(event, now):
        return NotNow(why)
    signup = session.exec(
        select(Signup).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            col(Signup.state).in_(SEAT),
        )
    ).first()
    if signup is None:
        return NoSeat()
    return checking_in.check_in(session, event, signup, None, now)


def ask_in(
    session: Session, event_id: int, caller: Caller, care: Care, now: Moment
) -> MayJoin | Full | NotNow:
    """Return what a member without a seat can do who has just scanned the code at the door."""
    event = session.get_one(Event, event_id, with_for_update=True)
    claim = walking_in.claim_of(session, event_id, caller.id)
    if why := walking_in.why_not(session, event, caller, claim, care, now):
        return NotNow(why)
    # Only a try: what it would change is undone.
    with session.begin_nested() as attempt:
        seated = walking_in.seat_member(session, event_id, caller, care, now)
        attempt.rollback()
    if isinstance(seated, Full):
        return seated
    step = codes.step_of(now)
    key = keys.shared(session, KEY)
    return MayJoin(step, codes.pass_of(key, event_id, caller.id, step))


def join(
    session: Session,
    event_id: int,
    step: int,
    proof: str,
    caller: Caller,
    care: Care,
    now: Moment,
) -> CheckedIn | Full | NotNow | OldCode:
    """Seat and check in the member who got this pass at the door."""
    event = session.get(Event, event_id, with_for_update=True)
    key = keys.shared(session, KEY)
    if event is None or not codes.is_pass(key, event_id, caller.id, step, proof, now):
        return OldCode()
    claim = walking_in.claim_of(session, event_id, caller.id)
    if claim is not None and claim.state in SEAT:
        return checking_in.check_in(session, event, claim, None, now)
    if why := walking_in.why_not(session, event, caller, claim, care, now):
        return NotNow(why)
    seated = walking_in.seat_member(session, event_id, caller, care, now)
    if isinstance(seated, Full):
        return seated
    done = checking_in.check_in(session, event, seated, None, now)
    session.refresh(event)
    return done


# The page with the code


def page_token(session: Session, event_id: int, member_id: int, account: str) -> str:
    """Return the last part of the page's address, for one who may check people in there."""
    proof = codes.token_of_page(keys.shared(session, KEY), event_id, member_id)
    return f"{event_id}-{member_id}-{proof}-{account}"


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows now: the event's title, and the path of its code."""

    title: Translated
    path: str


def page_of(session: Session, token: str, now: Moment) -> Page | None:
    """Return what the page of a token shows; None where it shows nothing.

    That is when there is no check-in now, or when whoever opened it may no longer check people in.
    """
    match token.split("-", 3):
        case [event, member, proof, account] if event.isdecimal() and member.isdecimal():
            event_id, member_id = int(event), int(member)
        case _:
            return None
    key = keys.kept(session, KEY)
    row = session.get(Event, event_id) if max(event_id, member_id) < 2**31 else None
    if key is None or row is None or checking_in.why_not(row, now) is not None:
        return None
    expected = codes.token_of_page(key, event_id, member_id)
    station = session.get_one(Station, row.station_id)
    if not hmac.compare_digest(proof.encode(), expected.encode()) or not roles.may(
        session,
        member_id,
        Act.CHECK_IN,
        station,
        now,
        team_id=row.team_id,
        event_id=event_id,
    ):
        return None
    code = codes.of_door(key, event_id, codes.step_of(now))
    return Page(row.text_of("title"), f"/go/{account}/k{event_id}-{code}")
