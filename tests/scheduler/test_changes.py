"""Changes of an event and sends in any order: what a member heard last is what holds."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.channels import Doubtful, Outcome, Sent, TryLater
from bot.conversation.messages import Message, Tells
from handlers import subjects
from models.events import changes, running
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.rules.events.changes import Difference, Facts, between
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.sending.hearing import Hearing
from models.sending.reasons import Reason
from models.store import Store
from tests.miniature.house import House
from tests.miniature.platform import Platform
from tests.miniature.rows import local

A_PLACE, ANOTHER = "体育馆", "操场"
STARTS = (local(5, 14), local(5, 16), local(6, 14))


class Heard(Platform):
    """A platform that fails as the story says, and keeps what arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, Tells]] = []
        self.mood: random.Random | None = None

    async def send(self, to: str, message: Message) -> Outcome:
        assert message.tells is not None
        match self.mood.randrange(4) if self.mood is not None else None:
            case 0:
                return TryLater(timedelta(seconds=30), "busy")
            case 1:
                return Doubtful("read timed out")
            case _:
                self.heard.append((to, message.tells))
                return Sent()


class Town(House):
    """One event and three people with a claim: one awake, one asleep, one in the queue."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.there = Heard()
        super().__init__(store, now, self.there, answering=subjects.routes())
        self.event_id = self.event(STARTS[0])
        self.change(Event, self.event_id, place=A_PLACE)
        for who, quiet, state in (
            ("ana", "off", SignupState.SEATED),
            ("ben", "22:00-08:00", SignupState.SEATED),
            ("cai", "off", SignupState.WAITING),
        ):
            signup_id = self.seat(self.member(who, quiet=quiet, leads=[]), self.event_id)
            self.change(Signup, signup_id, state=state)
        self.known = dict.fromkeys(("ana", "ben", "cai"), self.holds())

    def holds(self) -> Facts:
        facts: Facts = self.look(lambda s: changes.facts_of(s.get_one(Event, self.event_id)))
        return facts

    def moves(self, starts_at: datetime, place: str | None = None) -> Hearing:
        def move(session: Session) -> Any:
            ends_at, now = starts_at + timedelta(hours=2), self.hands.now
            return running.move(
                session, self.event_id, starts_at, ends_at, None, self.care, now, place=place
            )

        return self.told(move)

    def relocates(self, place: str) -> Hearing:
        return self.told(lambda s: running.relocate(s, self.event_id, place, None, self.hands.now))

    def calls_off(self) -> Hearing:
        return self.told(lambda s: running.call_off(s, self.event_id, "", None, self.hands.now))

    def told(self, act: Any) -> Hearing:
        done = self.store.write_now(act)
        return done.told if isinstance(done, running.Changed) else Hearing()

    async def sends(self, **after: float) -> None:
        """Let time pass and send; each notice that arrives tells something that is new."""
        before = len(self.there.heard)
        await self.at(self.hands.now + timedelta(**after))
        for who, tells in self.there.heard[before:]:
            said = Facts.from_json(tells.facts)
            assert Facts.from_json(tells.knew) == self.known[who]
            assert between(self.known[who], said)
            self.known[who] = said

    def pending(self) -> list[int | None]:
        return [each.member_id for each in self.rows(Delivery) if each.state in OPEN_STATES]


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


@pytest.mark.parametrize("seed", range(12))
async def test_what_was_heard_last_is_what_holds(store: Store, now: datetime, seed: int) -> None:
    town, dice = Town(store, now), random.Random(seed)
    town.there.mood = random.Random(seed)
    for _ in range(14):
        match dice.randrange(8):
            case 0 | 1:
                town.moves(dice.choice(STARTS))
            case 2:
                town.relocates(dice.choice((A_PLACE, ANOTHER)))
            case 3:
                town.moves(dice.choice(STARTS), dice.choice((A_PLACE, ANOTHER)))
            case 4 if dice.randrange(4) == 0:
                town.calls_off()
            case _:
                await town.sends(hours=dice.choice((0, 1, 5)))
        pending = town.pending()
        assert len(pending) == len(set(pending))
    # What was in doubt twice was perhaps not heard, so nobody is told again unless it changes.
    town.there.mood = None
    for _ in range(12):
        await town.sends(hours=1)
    in_doubt = {
        each.member_id for each in town.rows(Delivery) if each.state == DeliveryState.IN_DOUBT
    }
    for number, (who, known) in enumerate(town.known.items(), start=1):
        assert number in in_doubt or not between(known, town.holds()), who
    assert town.pending() == []


async def test_moved_there_and_back_is_told_to_nobody(town: Town) -> None:
    town.hands.now = local(1, 23)
    town.moves(STARTS[2])
    assert town.moves(STARTS[0]) == Hearing()
    await town.sends(hours=10)
    assert town.there.heard == []


async def test_moved_and_relocated_is_one_notice_of_both(town: Town) -> None:
    town.moves(STARTS[1])
    town.relocates(ANOTHER)
    await town.sends(minutes=1)
    to_ana = [tells for who, tells in town.there.heard if who == "ana"]
    assert len(to_ana) == 1
    told = between(Facts.from_json(to_ana[0].knew), Facts.from_json(to_ana[0].facts))
    assert told == Difference(time=True, place=True)


async def test_who_hears_of_it_is_counted_and_the_others_are_named(town: Town) -> None:
    ana, ben, _cai = (each.id for each in town.rows(Member))
    town.change(Member, ana, muted=["change"])
    hearing = town.relocates(ANOTHER)
    assert (hearing.heard, dict(hearing.missed)) == (2, {ana: Reason.MUTED})
    assert ben not in hearing.missed
