"""Offers that nobody answered in time, over several events at once."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.events import offers, signups
from models.events.events import Event, Signup, SignupState
from models.network import members
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store
from tests.miniature.rows import CARE, badminton, lamp_works, local, network


def furnish(session: Session, now: datetime) -> None:
    """Two events with two seats each, all taken, and three people in each queue."""
    network(session)
    session.add(lamp_works(seats=2))
    session.add(badminton(seats=2))
    session.flush()
    for number in range(5):
        caller = members.meet(session, "web.chat", str(number), language="zh", now=now)
        for event_id in session.exec(select(Event.id)).all():
            assert signups.sign_up(session, event_id, caller, CARE, now)


def offer(session: Session, now: datetime) -> None:
    """Everybody with a seat gives it up, so that four of those who wait are asked."""
    seated = select(Signup).where(Signup.state == SignupState.SEATED)
    for signup in session.exec(seated).all():
        assert signup.member_id is not None
        assert signups.give_up(session, signup.event_id, signup.member_id, CARE, now)


def deliver(session: Session) -> None:
    """Every offer arrives."""
    session.execute(update(Delivery).values(state=DeliveryState.SENT))


def states(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for signup in session.exec(select(Signup).order_by(col(Signup.event_id), col(Signup.turn))):
        found.setdefault(signup.event_id, []).append(str(signup.state))
    return found


def test_lapsed_offers_are_counted_and_the_next_in_line_is_asked(store: Store) -> None:
    now = local(1, 10)
    store.write_now(furnish, now)
    store.write_now(offer, now)
    store.write_now(deliver)
    late = now + timedelta(hours=3)
    assert store.read_now(offers.any_lapsed, late)
    assert store.write_now(offers.lapse_offers, late, CARE) == 4
    given_up = ["cancelled"] * 4
    assert store.read_now(states) == {
        number: [*given_up, "offered"] for number in store.read_now(states)
    }
    assert store.write_now(offers.lapse_offers, late, CARE) == 0


def test_an_offer_that_was_answered_meanwhile_does_not_count(store: Store) -> None:
    now = local(1, 10)
    store.write_now(furnish, now)
    store.write_now(offer, now)

    def take_and_lapse(session: Session) -> int:
        late = now + timedelta(hours=3)
        taken = session.exec(select(Signup).where(Signup.state == SignupState.OFFERED)).first()
        assert taken is not None
        taken.state, taken.offered_until = SignupState.SEATED, None
        session.flush()
        return offers.lapse_offers(session, late, CARE)

    assert store.write_now(take_and_lapse) == 3
