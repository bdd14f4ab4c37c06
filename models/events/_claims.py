"""Lock and change claims and an event's counts: the steps of every sign-up.

Private to ``models.events``: the verbs decide, and these functions write.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, insert, literal_column, or_, update
from sqlalchemy import select as columns_of
from sqlalchemy.event import listens_for
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.events.events import Event, EventState, Signup, SignupState
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.sending.hook_kinds import HookKind
from models.sending import noting
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared

HOLDING = (SignupState.SEATED, SignupState.OFFERED)
LIVE = (
    SignupState.SEATED,
    SignupState.WAITING,
    SignupState.OFFERED,
    SignupState.ENTERED,
    SignupState.ASKED,
)
CAME = (SignupState.ATTENDED, SignupState.NO_SHOW)
CONCERNED = windows.claims_for(EventAct.BE_TOLD)
"""Who is told of changes: everybody with a claim in force, those who are there already as well."""

EVENT = Prepared(
    select(  # type: ignore[call-overload]
        Event.id,
        Event.title,
        Event.translations,
        Event.state,
        Event.seats,
        Event.held,
        Event.waiting,
        Event.turns,
        Event.starts_at,
        Event.ends_at,
        Event.closes_at,
        Event.audience,
        Event.along,
        Event.quotas,
        Event.quotas_until,
        Event.draw,
        Event.entered,
        Event.questions,
        Event.series_id,
        Event.opens_at,
        Event.gates,
        Event.kind,
        Event.station_id,
        Event.meet,
        Event.hall_seats,
    )
    .where(Event.id == bindparam("event_id"))
    .with_for_update()
)
SIGNUPS = table_of(Signup)
EVENTS = table_of(Event)
IN_FORCE = or_(*(SIGNUPS.c.state == each for each in LIVE))
"""A condition of prepared statements, which take no lists."""
HAS_SEAT = SIGNUPS.c.state.in_([literal_column(f"'{each}'") for each in (*HOLDING, *CAME)])
"""A condition as the index ``signup_held`` writes it, or neither database would use that."""

_CLAIM = columns_of(
    SIGNUPS.c.id,
    SIGNUPS.c.member_id,
    SIGNUPS.c.state,
    SIGNUPS.c.turn,
    SIGNUPS.c.offered_until,
    SIGNUPS.c.party_id,
    SIGNUPS.c.brings,
    SIGNUPS.c.takes_seat,
    SIGNUPS.c.counts_in,
    SIGNUPS.c.by_member_id,
    SIGNUPS.c.refused,
    SIGNUPS.c.seat,
)
CLAIM = Prepared(
    _CLAIM.where(
        SIGNUPS.c.event_id == bindparam("event_id"), SIGNUPS.c.member_id == bindparam("member_id")
    )
)
CLAIM_BY_ID = Prepared(_CLAIM.where(SIGNUPS.c.id == bindparam("signup_id")))
_OWN, _THEIRS = aliased(Signup), aliased(Event)
AROUND = Prepared(
    select(  # type: ignore[call-overload]
        _OWN.id,
        _OWN.member_id,
        _OWN.event_id,
        _OWN.state,
        _OWN.turn,
        _OWN.offered_until,
        _OWN.party_id,
        _OWN.brings,
        _OWN.takes_seat,
        _OWN.counts_in,
        _OWN.refused,
        _THEIRS.title,
        _THEIRS.translations,
        _THEIRS.starts_at,
    )
    .join(_THEIRS, col(_THEIRS.id) == col(_OWN.event_id))
    .where(
        _OWN.member_id == bindparam("member_id"),
        or_(
            col(_OWN.event_id) == bindparam("event_id"),
            and_(
                col(_OWN.state) == SignupState.SEATED,
                or_(col(_THEIRS.state) == EventState.OPEN, col(_THEIRS.state) == EventState.CLOSED),
                col(_THEIRS.ends_at) > bindparam("begins", type_=EVENTS.c.ends_at.type),
                col(_THEIRS.starts_at) < bindparam("ends", type_=EVENTS.c.ends_at.type),
            ),
        ),
    )
)
"""A member's claim on an event, and their seats at others in the same hours: one statement."""
_NEW_CLAIM = Prepared(
    insert(SIGNUPS).returning(*_CLAIM.selected_columns),
    (
        *("event_id", "member_id", "state", "turn", "offered_until", "at"),
        *("brings", "counts_in", "name", "is_child", "takes_seat", "stop", "seat"),
    ),
)
_CLAIM_AGAIN = Prepared(
    update(SIGNUPS)
    .where(SIGNUPS.c.id == bindparam("signup_id"))
    .values(
        state=bindparam("new_state"),
        turn=bindparam("new_turn"),
        offered_until=bindparam("new_deadline"),
        at=bindparam("new_at"),
        refused=None,
        # Whoever signs up again reads what holds now.
        knows=case((SIGNUPS.c.state == SignupState.CANCELLED, None), else_=SIGNUPS.c.knows),
    )
)
_LEADS = Prepared(
    update(SIGNUPS)
    .where(SIGNUPS.c.id == bindparam("signup_id"))
    .values(
        party_id=None,
        # Whoever has no chat has no other name, which goes when its giver is erased.
        by_member_id=case((SIGNUPS.c.member_id.is_(None), SIGNUPS.c.by_member_id), else_=None),
        name=case((SIGNUPS.c.member_id.is_(None), SIGNUPS.c.name), else_=""),
        takes_seat=True,
        from_member_id=None,
        brings=bindparam("others"),
        counts_in=bindparam("quotas"),
    )
)
_SAID_NO = Prepared(
    update(SIGNUPS)
    .where(SIGNUPS.c.id == bindparam("signup_id"))
    .values(by_member_id=SIGNUPS.c.member_id)
)
_COUNT = Prepared(
    update(EVENTS)
    .where(EVENTS.c.id == bindparam("event_id"))
    .values(
        held=EVENTS.c.held + bindparam("more_held"),
        waiting=EVENTS.c.waiting + bindparam("more_waiting"),
        entered=EVENTS.c.entered + bindparam("more_entered"),
        turns=EVENTS.c.turns + bindparam("more_turns"),
    )
)


def make_claim(session: Session, values: Mapping[str, Any]) -> Row:
    """Insert a claim of these ``values``; return the columns that ``CLAIM`` reads."""
    made = _NEW_CLAIM.one(session, values)
    noting.note(session, HookKind.SIGN_UP, values["at"], signup_id=made.id)
    return made


@listens_for(Signup, "after_insert")
def _made(_mapper: object, connection: Connection, claim: Signup) -> None:
    # Of a party only who leads it is told of.
    if claim.party_id is None:
        noting.note_on(connection, HookKind.SIGN_UP, claim.at, signup_id=claim.id)


def set_claim(
    session: Session,
    signup_id: int,
    state: SignupState,
    turn: int,
    until: Moment | None,
    now: Moment,
) -> None:
    """Set the state of a claim, its turn in the queue and the deadline of its offer."""
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
    is_over = state == SignupState.CANCELLED
    kind = HookKind.CANCEL if is_over else HookKind.SIGN_UP
    noting.note(session, kind, now, signup_id=signup_id)


def set_leader(session: Session, signup_id: int, brings: int, counts_in: str) -> None:
    """Make a claim that of somebody who signed up by themselves, with so many others who sit."""
    _LEADS.run(session, {"signup_id": signup_id, "others": brings, "quotas": counts_in})


def note_no(session: Session, signup_id: int) -> None:
    """Keep that somebody gave up what another had signed them up for: nobody else does it again."""
    _SAID_NO.run(session, {"signup_id": signup_id})


def count(
    session: Session,
    event_id: int,
    *,
    held: int = 0,
    waiting: int = 0,
    turns: int = 0,
    entered: int = 0,
) -> None:
    """Add to an event's numbers: seats held, people waiting or in the draw, turns given out."""
    _COUNT.run(
        session,
        {
            "event_id": event_id,
            "more_held": held,
            "more_waiting": waiting,
            "more_turns": turns,
            "more_entered": entered,
        },
    )
