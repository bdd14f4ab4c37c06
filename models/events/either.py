"""Two events of which people take one: whoever has a seat at one leaves the queue of the other."""

from sqlmodel import Session, col, select

from models.events import forgetting, offers, parties
from models.events._claims import CLAIM_BY_ID, EVENT, HOLDING, count, set_claim, set_leader
from models.events.events import Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.network.stations import Care
from models.store import Moment
from models.store.compiled import Row


def leave_queues(session: Session, event: Row, leader: Row, care: Care, now: Moment) -> None:
    """Take a party that was seated out of the queues of the others, where they are one or other."""
    if leader.member_id is None or not _is_either(session, event):
        return
    for other_id, claim_id in _queued(session, event, leader.member_id):
        other = EVENT.one(session, {"event_id": other_id})
        claim = CLAIM_BY_ID.one(session, {"signup_id": claim_id})
        seats, was_offered = len(parties.as_seated(session, claim)), claim.state in HOLDING
        set_claim(session, claim_id, SignupState.CANCELLED, claim.turn, None, now)
        parties.set_state(session, claim_id, SignupState.CANCELLED, now)
        set_leader(session, claim_id, 0, claim.counts_in)
        if other.questions:
            forgetting.drop(session, claim_id)
        if was_offered:
            count(session, other_id, held=-seats)
        else:
            count(session, other_id, waiting=-seats)
        offers.fill(session, other_id, care, now)


def waits_elsewhere(session: Session, event: Event, member_id: int) -> bool:
    """Return whether a member is in the queue of another one of these."""
    return _is_either(session, event) and bool(_queued(session, event, member_id))


def _is_either(session: Session, event: Event | Row) -> bool:
    series = session.get(Series, event.series_id) if event.series_id is not None else None
    return series is not None and series.mode is Mode.EITHER


def _queued(session: Session, event: Event | Row, member_id: int) -> list[tuple[int, int]]:
    """Return the other events at which they wait or are offered seats, with their claims there."""
    in_line = (SignupState.WAITING, SignupState.OFFERED)
    return list(
        session.exec(
            select(Event.id, Signup.id)
            .join(Signup, col(Signup.event_id) == col(Event.id))
            .where(
                Event.series_id == event.series_id,
                Event.id != event.id,
                Signup.member_id == member_id,
                col(Signup.party_id).is_(None),
                col(Signup.state).in_(in_line),
            )
            .order_by(col(Event.id))
        ).all()
    )


def has_other(session: Session, event: Row, member_id: int, instead_of: int = 0) -> bool:
    """Return whether a member has a seat at another one of these, but for ``instead_of``."""
    found = other_seat(session, event, member_id)
    return found is not None and found.id != instead_of


def other_seat(session: Session, event: Event | Row, member_id: int) -> Event | None:
    """Return the event at which a member has the seat that they can have at one of them only."""
    if not _is_either(session, event):
        return None
    return session.exec(
        select(Event)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(
            Event.series_id == event.series_id,
            Event.id != event.id,
            Signup.member_id == member_id,
            col(Signup.state).in_((SignupState.SEATED, SignupState.ATTENDED)),
        )
        .order_by(col(Event.id))
    ).first()
