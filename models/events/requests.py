"""Sign-ups that wait for an organizer's approval: asked, let in, refused with a reason.

Who asks takes no seat until they are let in; then they get one that is free, or their place in the
queue by when they asked. A party is let in whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from models.events import either, forgetting, history, parties, quotas
from models.events._claiming import admit
from models.events._claims import CLAIM_BY_ID, EVENT, SIGNUPS, count, set_claim, set_leader
from models.events.events import Event, Signup, SignupState
from models.network import audit, roles
from models.network.members import Member
from models.network.stations import Care, Station
from models.rules.events import windows
from models.rules.events.seating import Seated
from models.rules.events.windows import EventAct, Phase, Why
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment
from models.store.compiled import Row

TO_ANSWER, STILL_TO_ANSWER = "sign-up-request", "sign-up-requests-wait"
ANSWERED, UNANSWERED = "sign-up-answered", "sign-up-unanswered"
"""Topics of the notices to organizers, and to who asked."""

LAST_CALL = timedelta(days=1)
"""How long before the start organizers are told once more that somebody waits."""

NO_ANSWER = timedelta(hours=3)
"""How long before the start whoever still waits is told so."""

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LetIn:
    """A request was granted: they have a seat, or wait for one where it is full."""

    event: Event
    signup: Signup
    is_seated: bool


@dataclass(frozen=True, slots=True)
class NotLetIn:
    """The request was refused; they are told, with the reason."""

    event: Event
    signup: Signup


@dataclass(frozen=True, slots=True)
class NothingDone:
    """Nothing was done, for this reason; CLOSED also where it is full and the queue is closed."""

    event: Event
    why: Why


def tell(session: Session, event: Event | Row, signup_id: int, member_id: int, now: Moment) -> None:
    """Tell those in charge of an event that somebody asks to come, in one notice for all who wait.

    While they have not answered who asked first, no further one is planned.
    """
    first = session.exec(
        select(Signup.id)
        .where(*_asking(event.id))
        .order_by(col(Signup.turn), col(Signup.id))
        .limit(1)
    ).first()
    whole = session.get_one(Event, event.id)
    last_call = event.starts_at - LAST_CALL
    for each in in_charge(session, whole, now):
        if each.id == member_id:
            continue
        for topic, at in ((TO_ANSWER, now), (STILL_TO_ANSWER, last_call)):
            if at < now:
                continue
            key = f"{topic}:{event.id}:{first}:{each.id}"
            if topic == STILL_TO_ANSWER:
                key = f"{topic}:{event.id}:{int(at.timestamp())}:{each.id}"
            deliveries.plan_for_member(
                session,
                each.id,
                key=key,
                topic=topic,
                facts={"event_id": event.id},
                due_at=at,
                expires_at=event.starts_at,
                now=now,
            )
    if event.starts_at - NO_ANSWER > now:
        _tell(session, event, signup_id, member_id, UNANSWERED, now, event.starts_at - NO_ANSWER)


def in_charge(session: Session, event: Event, now: Moment) -> Sequence[Member]:
    """Return who answers: the leaders of the event's team, else those who run its station's."""
    return history.in_charge(session, event, now, Act.RUN_EVENT)


def let_in(
    session: Session,
    event_id: int,
    signup_id: int,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    tells: bool = True,
) -> LetIn | NothingDone | None:
    """Grant a request, also one that was refused; None if there is no such one.

    With ``tells`` the person hears of it. Raises ``roles.NotAllowed`` when ``by`` may not run the
    event.
    """
    found = _to_answer(session, event_id, signup_id, by, now)
    if not isinstance(found, tuple):
        return found
    event, claim = found
    row = EVENT.one(session, {"event_id": event_id})
    if claim.member_id is not None and either.has_other(session, row, claim.member_id):
        return NothingDone(event, Why.HAS_OTHER)
    leader = CLAIM_BY_ID.one(session, {"signup_id": claim.id})
    party = parties.as_seated(session, leader)
    room = quotas.room_of(session, row, now)
    outcome = admit(session, row, room, party, care, now)
    is_seated = isinstance(outcome, Seated)
    if not is_seated and windows.phase_of(event, now) != Phase.OPEN:
        return NothingDone(event, Why.CLOSED)
    state = SignupState.SEATED if is_seated else SignupState.WAITING
    set_claim(session, claim.id, state, claim.turn, None, now)
    parties.set_state(session, claim.id, state, now)
    seats = len(party)
    count(session, event_id, held=seats if is_seated else 0, waiting=0 if is_seated else seats)
    if is_seated:
        parties.remind(session, event, claim.id, care, now, but=0)
        either.leave_queues(session, row, leader, care, now)
    _answered(session, event, claim, by, now, came_in=True, tells=tells)
    session.refresh(claim)
    session.refresh(event)
    return LetIn(event, claim, is_seated)


def let_in_all(session: Session, event_id: int, by: int | None, care: Care, now: Moment) -> int:
    """Grant every request, in the order in which they were made; return how many."""
    done = [
        let_in(session, event_id, each, by, care, now)
        for each in session.exec(
            select(Signup.id)
            .where(*_asking(event_id))
            .order_by(col(Signup.turn), col(Signup.id))
            .limit(MOST_AT_ONCE)
        ).all()
    ]
    return sum(isinstance(each, LetIn) for each in done)


def refuse(
    session: Session, event_id: int, signup_id: int, reason: str, by: int | None, now: Moment
) -> NotLetIn | NothingDone | None:
    """Refuse a request with a reason that the person reads, perhaps empty; None: no such one.

    They cannot ask again, but can be let in yet. Raises ``roles.NotAllowed`` as ``let_in`` does.
    """
    found = _to_answer(session, event_id, signup_id, by, now)
    if not isinstance(found, tuple):
        return found
    event, claim = found
    if claim.state != SignupState.ASKED:
        return None
    parties.give_up(session, event, claim.id, by, now)
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    set_leader(session, claim.id, 0, claim.counts_in)
    if event.questions:
        forgetting.drop(session, claim.id)
    session.execute(update(SIGNUPS).where(SIGNUPS.c.id == claim.id).values(refused=reason))
    _answered(session, event, claim, by, now, came_in=False)
    session.refresh(claim)
    return NotLetIn(event, claim)


def _to_answer(
    session: Session, event_id: int, signup_id: int, by: int | None, now: Moment
) -> tuple[Event, Signup] | NothingDone | None:
    """Return the event, locked, and the claim of who leads the request."""
    event = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        return None
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    claim = session.get(Signup, signup_id, populate_existing=True)
    if claim is None or claim.event_id != event_id or claim.member_id is None:
        return None
    if claim.party_id is not None:
        claim = session.get_one(Signup, claim.party_id, populate_existing=True)
    # Whoever was refused may be let in after all.
    is_refused = claim.state == SignupState.CANCELLED and claim.refused is not None
    if claim.state != SignupState.ASKED and not is_refused:
        return None
    if why := windows.refusal(EventAct.APPROVE, event, now, SignupState.ASKED):
        return NothingDone(event, why)
    return event, claim


def _answered(
    session: Session,
    event: Event,
    claim: Signup,
    by: int | None,
    now: Moment,
    *,
    came_in: bool,
    tells: bool = True,
) -> None:
    # The reason is what the person reads; the audit keeps nobody's words about them.
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event.id}",
        now,
        station_id=event.station_id,
        what="let in" if came_in else "refused",
        signup=claim.id,
    )
    assert claim.member_id is not None
    deliveries.withdraw(session, [claim.member_id], [UNANSWERED], {"event_id": event.id}, now)
    if tells:
        _tell(session, event, claim.id, claim.member_id, ANSWERED, now, now)


def _tell(
    session: Session,
    event: Event | Row,
    signup_id: int,
    member_id: int,
    topic: str,
    now: Moment,
    at: Moment,
) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{signup_id}:{int(now.timestamp() * 1000)}",
        topic=topic,
        facts={"event_id": event.id},
        due_at=at,
        expires_at=event.starts_at,
        now=now,
    )


# Reading


def _asking(event_id: int) -> tuple[Any, ...]:
    """Return the conditions of the requests for an event, a party as one."""
    return (
        Signup.event_id == event_id,
        Signup.state == SignupState.ASKED,
        col(Signup.party_id).is_(None),
    )


def number(session: Session, event_id: int) -> int:
    """Return how many requests wait for an answer; a party is one."""
    return session.exec(select(func.count()).where(*_asking(event_id))).one()


def waiting(
    session: Session, event_id: int, *, limit: int | None = None
) -> Sequence[tuple[Signup, Member | None, Station | None]]:
    """Return the requests that wait with their members and stations, who asked first before."""
    query = (
        select(Signup, Member, Station)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(*_asking(event_id))
        .order_by(col(Signup.turn), col(Signup.id))
    )
    return session.exec(query.limit(limit) if limit is not None else query).all()


def refused(session: Session, event_id: int, member_id: int) -> str | None:
    """Return why a member was refused at an event; None if they were not."""
    return session.exec(
        select(Signup.refused).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            Signup.state == SignupState.CANCELLED,
        )
    ).first()
