"""Seats, the queue, offers and reminders hold together, whatever people do in whatever order."""

import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, col, select

import migrations
from models.events import offers, signups
from models.events.events import Event, Signup, SignupState
from models.events.reminders import Reminder
from models.network import members
from models.network.members import Caller
from models.store import Store
from tests.miniature.rows import CARE, lamp_works, local, network

HOLDING = (SignupState.SEATED, SignupState.OFFERED)
people = st.integers(0, 5)


@cache
def migrated() -> Path:
    """A store with every table in it, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="yizhan-seats-")) / "store.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


class Seats(RuleBasedStateMachine):
    """Six people and one event with a seat or two, on a real store."""

    @initialize(seats=st.integers(1, 3))
    def opens(self, seats: int) -> None:
        self.folder = tempfile.mkdtemp(prefix="yizhan-seats-")
        path = shutil.copy(migrated(), f"{self.folder}/store.db")
        self.store = Store(f"sqlite:///{path}")
        self.now: datetime = local(1, 10)
        self.seats = seats
        self.store.write_now(self._furnish)
        self.turns: dict[int, int] = {}

    def _furnish(self, session: Session) -> None:
        network(session)
        session.add(lamp_works(seats=self.seats))
        session.flush()
        for number in range(6):
            self._caller(session, number)

    def _caller(self, session: Session, number: int) -> Caller:
        who = str(number)
        return members.meet(session, "web.chat", who, language="zh", now=self.now)

    @rule(who=people)
    def signs_up(self, who: int) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            assert signups.sign_up(session, 1, caller, CARE, self.now) is not None

        self.store.write_now(act)

    @rule(who=people)
    def gives_up(self, who: int) -> None:
        def act(session: Session) -> None:
            caller = self._caller(session, who)
            assert signups.give_up(session, 1, caller.id, CARE, self.now) is not None

        self.store.write_now(act)

    @rule(minutes=st.sampled_from([1, 30, 121, 600, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.store.write_now(offers.lapse_offers, self.now, CARE)

    @rule(more=st.integers(1, 2))
    def seats_are_added(self, more: int) -> None:
        self.seats += more

        def act(session: Session) -> None:
            session.get_one(Event, 1).seats = self.seats
            session.flush()
            offers.fill(session, 1, CARE, self.now)

        self.store.write_now(act)

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
        seated = {each.id for each in claims if each.state == SignupState.SEATED}
        reminders = session.exec(select(Reminder)).all()
        assert {each.signup_id for each in reminders} <= seated
        assert all(each.due_at < event.starts_at for each in reminders)

    def _nobody_overtakes(self, claims: Sequence[Signup]) -> None:
        waiting = [each for each in claims if each.state == SignupState.WAITING]
        offered = [each for each in claims if each.state == SignupState.OFFERED]
        if waiting and offered:
            assert max(each.turn for each in offered) < min(each.turn for each in waiting)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


TestSeats = Seats.TestCase
TestSeats.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    # Made shorter step by step it would take minutes, and the steps are printed anyway.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
