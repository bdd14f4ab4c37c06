"""Seats, the queue, offers and reminders hold together, whatever people do in whatever order."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlmodel import Session, col, select

import migrations
from models.events import offers, running, signups
from models.events.events import Event, Signup, SignupState
from models.events.reminders import Reminder
from models.members.profile import set_muted
from models.network import members, roles
from models.network.members import Address, Caller, NoticeKind
from models.network.stations import Station
from models.rules.events import windows
from models.rules.events.windows import Phase
from models.rules.network.permissions import Role
from models.rules.sending import quiet_hours
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Store
from tests.miniature.rows import CARE, lamp_works, local, network

HOLDING = (SignupState.SEATED, SignupState.OFFERED)
people = st.integers(0, 5)
BOSS = 1
"""The organizer."""


@cache
def migrated() -> Path:
    """A store with every table in it, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="yizhan-seats-")) / "store.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


class Seats(RuleBasedStateMachine):
    """Six people and one event with a seat or two, on a real store.

    Offers are sent at once; ``odd`` are people whom one may not have reached at some time.
    """

    @initialize(seats=st.integers(1, 3))
    def opens(self, seats: int) -> None:
        self.folder = tempfile.mkdtemp(prefix="yizhan-seats-")
        path = shutil.copy(migrated(), f"{self.folder}/store.db")
        self.store = Store(f"sqlite:///{path}")
        self.now: datetime = local(1, 10)
        self.seats = seats
        self.store.write_now(self._furnish)
        self.odd: set[int] = set()

    def _furnish(self, session: Session) -> None:
        network(session)
        session.add(lamp_works(seats=self.seats))
        session.flush()
        boss = members.meet(session, "web.chat", "boss", language="zh", now=self.now)
        assert boss.id == BOSS
        roles.give(session, BOSS, Role.DISTRICT, session.get_one(Station, 1), self.now)
        for number in range(6):
            assert signups.sign_up(session, 1, self._caller(session, number), CARE, self.now)

    def _caller(self, session: Session, number: int) -> Caller:
        who = str(number)
        return members.meet(session, "web.chat", who, language="zh", now=self.now)

    @rule(who=people)
    def signs_up(self, who: int) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            assert signups.sign_up(session, 1, caller, CARE, self.now) is not None

        self._does(act)

    @rule(who=people)
    def gives_up(self, who: int) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            assert signups.give_up(session, 1, caller.id, CARE, self.now) is not None

        self._does(act)

    @rule(minutes=st.sampled_from([1, 30, 121, 400]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._does(lambda session: None)

    # With a seat for everybody there is no queue.
    @precondition(lambda self: self.seats < 4)
    @rule(more=st.integers(1, 2))
    def seats_are_added(self, more: int) -> None:
        def act(session: Session) -> None:
            done = running.change_seats(session, 1, self.seats + more, BOSS, CARE, self.now)
            if isinstance(done, running.Changed):
                self.seats += more

        self._does(act)

    @rule(who=people, muted=st.booleans())
    def mutes(self, who: int, muted: bool) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            self.odd.add(caller.id)
            set_muted(session, caller, list(NoticeKind) if muted else [])
            offers.fill_queues_of(session, caller.id, CARE, self.now)

        self._does(act)

    @rule(who=people)
    def blocks(self, who: int) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            self.odd.add(caller.id)
            members.mark_unreachable(session, caller.address_id, Reason.BLOCKED)

        self._does(act)

    @rule()
    def closes(self) -> None:
        self._does(lambda session: running.close_sign_up(session, 1, BOSS, self.now))

    @rule(minutes=st.sampled_from([30, 600, 6000]))
    def reopens(self, minutes: int) -> None:
        closes_at = self.now + timedelta(minutes=minutes)
        self._does(
            lambda session: running.open_sign_up(session, 1, closes_at, BOSS, CARE, self.now)
        )

    @rule(hours=st.sampled_from([-20, 3, 30]))
    def moves(self, hours: int) -> None:
        def act(session: Session) -> None:
            event, later = session.get_one(Event, 1), timedelta(hours=hours)
            starts_at, ends_at = event.starts_at + later, event.ends_at + later
            running.move(session, 1, starts_at, ends_at, BOSS, CARE, self.now)

        self._does(act)

    @precondition(lambda self: self.now > local(3, 8))
    @rule()
    def is_cancelled(self) -> None:
        self._does(lambda session: running.call_off(session, 1, "雨", BOSS, self.now))

    def _does(self, act: Callable[[Session], object]) -> None:
        """Do something, and then what the clock and the senders do at once."""
        self.store.write_now(act)
        # Who is asked in vain makes room for the next.
        self.store.write_now(self._send)
        while self.store.read_now(offers.any_lapsed, self.now):
            self.store.write_now(offers.lapse_offers, self.now, CARE)
            self.store.write_now(self._send)
        self.store.write_now(offers.tell_queues, self.now)

    def _send(self, session: Session) -> None:
        planned = select(Delivery).where(Delivery.state == DeliveryState.PLANNED)
        for delivery in session.exec(planned).all():
            address = session.get_one(Address, delivery.address_id)
            lost = bool(address.unreachable)
            delivery.state = DeliveryState.UNREACHABLE if lost else DeliveryState.SENT
            session.add(delivery)
            session.flush()
            if lost and delivery.topic == "offer":
                assert delivery.member_id is not None
                until = delivery.expires_at
                offers.end_undelivered(session, 1, delivery.member_id, until, self.now)

    @invariant()
    def it_holds_together(self) -> None:
        if hasattr(self, "store"):
            self.store.read_now(self._check)

    def _check(self, session: Session) -> None:
        event = session.get_one(Event, 1)
        claims = session.exec(select(Signup).order_by(col(Signup.turn))).all()
        held = [each for each in claims if each.state in HOLDING]
        waiting = [each for each in claims if each.state == SignupState.WAITING]
        assert (event.held, event.waiting) == (len(held), len(waiting))
        assert len(held) <= self.seats
        assert all((each.offered_until is None) == (each.state != "offered") for each in claims)
        # Turns are given out once, so nobody ever comes to stand before somebody who was there.
        assert len({each.turn for each in claims}) == len(claims)
        self._nobody_overtakes(claims)
        self._no_seat_is_idle(session, event, waiting)
        self._queue_knows(session, event, waiting)
        seated = {each.id for each in claims if each.state == SignupState.SEATED}
        reminders = session.exec(select(Reminder)).all()
        assert {each.signup_id for each in reminders} <= seated
        assert all(each.due_at < event.starts_at for each in reminders)

    def _nobody_overtakes(self, claims: Sequence[Signup]) -> None:
        regular = [each for each in claims if each.member_id not in self.odd]
        waiting = [each for each in regular if each.state == SignupState.WAITING]
        offered = [each for each in regular if each.state == SignupState.OFFERED]
        if waiting and offered:
            assert max(each.turn for each in offered) < min(each.turn for each in waiting)

    def _no_seat_is_idle(self, session: Session, event: Event, waiting: Sequence[Signup]) -> None:
        """Whoever waits beside a free seat cannot be asked: now, or in time before it closes."""
        if windows.phase_of(event, self.now) != Phase.OPEN or event.held == self.seats:
            return
        ends, hours = windows.sign_up_ends(event), CARE.quiet_of("", None)
        if quiet_hours.offer_until(self.now, ends, hours, CARE.zone) is not None:
            assert all(each.member_id in self.odd for each in waiting)

    def _queue_knows(self, session: Session, event: Event, waiting: Sequence[Signup]) -> None:
        """Once sign-up has closed, everybody who waits has been told so once."""
        told = session.exec(select(Delivery.key).where(Delivery.topic == "no-seats")).all()
        assert len(set(told)) == len(told)
        if windows.phase_of(event, self.now) in (Phase.CLOSED, Phase.BEGUN):
            assert {f"no-seats:{each.id}:{each.turn}" for each in waiting} <= set(told)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


TestSeats = Seats.TestCase
TestSeats.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    # Made shorter step by step it would take minutes, and the steps are printed anyway.
    phases=[hypothesis.Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
