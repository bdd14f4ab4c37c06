"""Who asks for what, and what must be in the store afterwards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OPEN_EVENTS = 10
SEATS = 45
ASKERS = 60
"""As many ask for each of the events with seats, so that a quarter of these wait."""

FIRST_CHAT = 5_000_000_000
"""Ids of Telegram users no longer fit into 32 bits."""

STRIDE = 618_041
"""A prime near the golden section of a million: neighbours in time are far apart in the tables."""

DAYS_AHEAD = 10
"""The events are far enough away that both reminders are still to come."""


@dataclass(frozen=True, slots=True)
class Ask:
    chat_id: int
    event_id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """``members`` counts the chats from FIRST_CHAT on; ``seats`` lists the events, from id 1 on."""

    members: int
    seats: tuple[int | None, ...]
    asks: tuple[Ask, ...]
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A sign-up as it was found in the store."""

    state: str
    place: int
    reminders: int


Claims = Mapping[tuple[int, int], Claim]
"""By event and chat."""


def make_plan(asks: int) -> Plan:
    """Each member asks once; every other one for an event with seats."""
    limited = -(-asks // 2 // ASKERS)
    return Plan(
        members=asks,
        seats=(None,) * OPEN_EVENTS + (SEATS,) * limited,
        asks=tuple(Ask(FIRST_CHAT + number, _event(number)) for number in range(asks)),
        starts_at=_start(),
    )


def _event(number: int) -> int:
    if number % 2 == 0:
        return 1 + number // 2 % OPEN_EVENTS
    return 1 + OPEN_EVENTS + number // 2 // ASKERS


def make_wide_plan(asks: int, members: int) -> Plan:
    """Members from all over ask for events without seats, and come back for others."""
    if asks > members * OPEN_EVENTS or members % OPEN_EVENTS or members % STRIDE == 0:
        raise ValueError(f"{members} members cannot ask {asks} times")
    return Plan(
        members=members,
        seats=(None,) * OPEN_EVENTS,
        asks=tuple(
            # Each time round, a member asks for the event after the one before.
            Ask(FIRST_CHAT + n * STRIDE % members, 1 + (n + n // members) % OPEN_EVENTS)
            for n in range(asks)
        ),
        starts_at=_start(),
    )


def make_rush_plan(asks: int) -> Plan:
    """All ask for the same event, which has SEATS seats."""
    return Plan(
        members=asks,
        seats=(SEATS,),
        asks=tuple(Ask(FIRST_CHAT + number, 1) for number in range(asks)),
        starts_at=_start(),
    )


def _start() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=DAYS_AHEAD)


def verify(plan: Plan, claims: Claims) -> None:
    """Raise unless the store holds exactly what was asked for: seats, queue and reminders."""
    asked = {(ask.event_id, ask.chat_id) for ask in plan.asks}
    if asked != set(claims):
        lost, extra = len(asked - set(claims)), len(set(claims) - asked)
        raise AssertionError(f"{lost} sign-ups are lost, {extra} were never asked for")
    askers = Counter(ask.event_id for ask in plan.asks)
    for event_id, count in askers.items():
        seats = plan.seats[event_id - 1]
        of_event = [claim for (event, _), claim in claims.items() if event == event_id]
        _verify_event(event_id, of_event, seated=count if seats is None else min(seats, count))


def _verify_event(event_id: int, claims: Sequence[Claim], *, seated: int) -> None:
    states = Counter(claim.state for claim in claims)
    expected = Counter(seated=seated, waiting=len(claims) - seated)
    if states != +expected:
        raise AssertionError(f"event {event_id} has {states}, not {expected}")
    queue = sorted(claim.place for claim in claims if claim.state == "waiting")
    if queue != list(range(1, len(queue) + 1)):
        raise AssertionError(f"the queue of event {event_id} is {queue}")
    for claim in claims:
        owed = 2 if claim.state == "seated" else 0
        if claim.reminders != owed:
            raise AssertionError(f"a {claim.state} sign-up has {claim.reminders} reminders")
