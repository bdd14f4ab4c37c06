"""Unite the claims of two members who are one person: of two on one event the better stays."""

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.events import (
    checking_in,
    either,
    entries,
    forgetting,
    handovers,
    offers,
    parties,
    quotas,
    reminders,
)
from models.events._claiming import release
from models.events._claims import CAME, CLAIM, EVENT, HOLDING, SIGNUPS, count
from models.events.certificates import Certificate
from models.events.events import Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.reminders import Reminder
from models.network.stations import Care
from models.rules.events.states import LISTED
from models.store import Moment
from models.store.compiled import Row

BETTER = (
    SignupState.ATTENDED,
    SignupState.SEATED,
    SignupState.OFFERED,
    SignupState.NO_SHOW,
    SignupState.WAITING,
    SignupState.ENTERED,
    SignupState.ASKED,
    SignupState.CANCELLED,
)
"""The states of a claim, the best first; of two that wait, the earlier turn is better."""


SEATS = {SignupState.SEATED, *CAME}

HAVE_ONE = (SignupState.ATTENDED, SignupState.SEATED)
"""The states of a claim by which a member has one of the events of which people take one."""


def unite_claims(
    session: Session, stays: int, goes: int, care: Care, now: Moment
) -> frozenset[int]:
    """Give one member the claims of another; return the ids of the claims that were deleted.

    A seat held twice is freed and offered to the queue.
    """
    both = select(Signup.event_id).where(Signup.member_id == goes)
    events = session.exec(
        select(Signup.event_id)
        .where(Signup.member_id == stays, col(Signup.event_id).in_(both))
        .order_by(col(Signup.event_id))
    ).all()
    session.expunge_all()
    deleted = frozenset(_unite(session, each, stays, goes, care, now) for each in events)
    session.execute(update(SIGNUPS).where(SIGNUPS.c.member_id == goes).values(member_id=stays))
    session.execute(update(Reminder).where(col(Reminder.member_id) == goes).values(member_id=stays))
    _keep_one_of_either(session, stays, care, now)
    return deleted


def _keep_one_of_either(session: Session, member_id: int, care: Care, now: Moment) -> None:
    """Of events of which people take one, leave a member a seat at one, as both chats had one.

    It is that where they were, else the seat they took first. A place in another queue ends.
    """
    rows = session.exec(
        select(Event.series_id, Event.id, Event.starts_at)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .join(Series, col(Series.id) == col(Event.series_id))
        .where(
            Series.mode == Mode.EITHER,
            Signup.member_id == member_id,
            col(Signup.state).in_(HAVE_ONE),
        )
        .order_by(col(Signup.state) != SignupState.ATTENDED, col(Signup.at), col(Signup.id))
    ).all()
    for number in sorted(event_id for _, event_id, _ in rows):
        # In the order of their numbers, so that two never wait for each other.
        EVENT.one(session, {"event_id": number})
    kept: set[int | None] = set()
    for series_id, event_id, starts_at in rows:
        event = EVENT.one(session, {"event_id": event_id})
        claim = CLAIM.one(session, {"event_id": event_id, "member_id": member_id})
        if claim.state not in HAVE_ONE:
            # An organizer took it back before the events were locked.
            continue
        if series_id not in kept:
            kept.add(series_id)
            either.leave_queues(session, event, claim, care, now)
        elif claim.state == SignupState.SEATED and starts_at > now:
            release(session, event, claim, member_id, care, now)


def _unite(session: Session, event_id: int, stays: int, goes: int, care: Care, now: Moment) -> int:
    event = EVENT.one(session, {"event_id": event_id})
    claims = [
        CLAIM.one(session, {"event_id": event_id, "member_id": each}) for each in (stays, goes)
    ]
    best, other = sorted(claims, key=_rank)
    reminders.forget(session, other.id)
    checking_in.unite_repeats(session, best.id, other.id)
    joins = _joins(event, best, other)
    entries.unite(session, event, best.id, other.id, joins=joins, now=now)
    freed = int(other.takes_seat) + _unite_parties(session, event, best, other, joins, now)
    forgetting.unite(session, best.id, other.id)
    handovers.forget_claim(session, other.id)
    session.execute(delete(SIGNUPS).where(SIGNUPS.c.id == other.id))
    session.execute(update(SIGNUPS).where(SIGNUPS.c.id == best.id).values(member_id=stays))
    if event.quotas:
        # What only the other one had answered counts from now on.
        quotas.count_anew(session, session.get_one(Event, event_id, populate_existing=True))
    if other.state == SignupState.WAITING:
        count(session, event_id, waiting=-freed)
    elif other.state == SignupState.ENTERED:
        count(session, event_id, entered=-freed)
    elif other.state in (*HOLDING, *CAME):
        count(session, event_id, held=-freed)
    # Others may fit into what the claim held, or what its party waited with.
    offers.fill(session, event_id, care, now)
    number: int = other.id
    return number


def _joins(event: Row, best: Row, other: Row) -> bool:
    """Return whether those who come along with one claim can come with the one that stays.

    Whoever came along with themselves leads then. In a draw whose list is fixed no party grows.
    """
    is_fixed = event.draw in LISTED and other.state == SignupState.ENTERED
    # With a seat, whoever was checked in already stands as those who were not.
    alike = best.state == other.state or {best.state, other.state} <= SEATS
    leads = best.party_id is None or best.party_id == other.id
    return leads and alike and not is_fixed


def _unite_parties(
    session: Session, event: Row, best: Row, other: Row, joins: bool, now: Moment
) -> int:
    """Let those who come along with the claim that goes come with the one that stays.

    Where these stand differently, in the queue the one and seated the other, they give up and are
    told, but for those who are there already; returns how many seats that frees.
    """
    is_counted = other.takes_seat and other.state != SignupState.CANCELLED
    if other.party_id is not None and is_counted:
        parties.brings_less(session, other.party_id)
    comes_along, freed = SIGNUPS.c.party_id == other.id, 0
    if joins:
        is_theirs = best.party_id == other.id and best.takes_seat
        more = other.brings - int(is_theirs)
        session.execute(
            update(SIGNUPS)
            .where(SIGNUPS.c.id == best.id)
            .values(brings=SIGNUPS.c.brings + more, party_id=None)
        )
    else:
        freed = parties.give_up(session, event, other.id, best.member_id, now)
    party_id = best.id if joins else None
    session.execute(update(SIGNUPS).where(comes_along).values(party_id=party_id))
    return freed


def _rank(claim: Row) -> tuple[int, int]:
    return BETTER.index(SignupState(claim.state)), claim.turn


def unite_certificates(session: Session, stays: int, goes: int, now: Moment) -> None:
    """Give one member the certificates of another; of two for one event theirs stays."""
    in_force = col(Certificate.revoked_at).is_(None)
    theirs = select(Certificate.event_id).where(Certificate.member_id == stays, in_force)
    events = session.exec(theirs).all()
    session.execute(
        update(Certificate)
        .where(col(Certificate.member_id) == goes, in_force, col(Certificate.event_id).in_(events))
        .values(revoked_at=now)
    )
    moved = update(Certificate).where(col(Certificate.member_id) == goes).values(member_id=stays)
    session.execute(moved)
