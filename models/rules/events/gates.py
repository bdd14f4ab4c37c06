"""Whether somebody may sign up for an event: its conditions, and the first that keeps them out.

The conditions of an event are its opening time, its audience, an age, something that people did
before, that they come to what they sign up for, and an organizer's approval. Not each of them holds
for everybody who comes to a seat: ``HOLDS`` says which do, by the way in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.events.windows import Why

NO_SHOWS = 2
WITHIN = timedelta(days=90)
"""Whoever missed so many events within this time may be kept out, where organizers want it so."""

YOUNGEST, OLDEST = 1, 120
LONGEST_DONE = 60


@dataclass(frozen=True, slots=True)
class Gates:
    """The conditions of an event, but for its opening time and audience.

    ``done`` is what was to be done before: words of a title, or ``#12`` for the event of this
    number, with its title behind it. ``comes`` keeps out who did not come; None: as the station
    has it. ``approval`` asks an organizer for each sign-up.
    """

    age_from: int | None = None
    age_to: int | None = None
    done: str = ""
    comes: bool | None = None
    approval: bool = False

    @property
    def has_age(self) -> bool:
        return self.age_from is not None or self.age_to is not None

    @property
    def done_number(self) -> int | None:
        """The number of the event that was to be done before; None where words name it."""
        number = self.done.partition(" ")[0].removeprefix("#")
        is_number = self.done.startswith("#") and number.isdecimal() and len(number) < 10
        return int(number) if is_number else None

    @property
    def done_title(self) -> str:
        """What was to be done before, in words."""
        return self.done.partition(" ")[2] if self.done_number is not None else self.done

    def asks_to_come(self, by_default: bool) -> bool:
        """Return whether it keeps out who did not come; ``by_default`` is the station's setting."""
        return by_default if self.comes is None else self.comes

    def to_column(self) -> str:
        """A line for each condition, as a column keeps them; empty where there is none."""
        said = []
        if self.has_age:
            said.append(f"age {_number(self.age_from)}-{_number(self.age_to)}")
        if self.done:
            said.append(f"done {self.done}")
        if self.comes is not None:
            said.append(f"comes {'yes' if self.comes else 'no'}")
        if self.approval:
            said.append("approval")
        return "\n".join(said)


NONE = Gates()


def _number(age: int | None) -> str:
    return "" if age is None else str(age)


def from_column(column: str) -> Gates:
    """The conditions of a column."""
    if not column:
        return NONE
    said = dict(each.partition(" ")[::2] for each in column.split("\n"))
    first, _, last = said.get("age", "").partition("-")
    return Gates(
        int(first) if first else None,
        int(last) if last else None,
        said.get("done", ""),
        said["comes"] == "yes" if "comes" in said else None,
        "approval" in said,
    )


class WayIn(StrEnum):
    """How somebody comes to a seat."""

    ALONE = "alone"
    """By their own sign-up, which may be an entry in a draw."""

    WITH_SOMEBODY = "with somebody"
    """Signed up by somebody else, as one of a party."""

    NO_CHAT = "without a chat"
    """The same, of whom nothing is known."""

    DOOR = "at the door"
    """Without a seat before, by the code at the door."""

    HANDED = "from who had the seat"
    """By taking over the seat of somebody else."""

    QUEUE = "from the queue"
    """By an offer, or with a claim that was there before."""


class Gate(StrEnum):
    OPENING = "opening"
    AUDIENCE = "audience"
    AGE = "age"
    DONE = "done"
    COMES = "comes"
    APPROVAL = "approval"


_ALL = frozenset(Gate)

HOLDS: dict[WayIn, frozenset[Gate]] = {
    WayIn.ALONE: _ALL,
    # A colleague is let in by what is known of them, as if they had signed up themselves.
    WayIn.WITH_SOMEBODY: _ALL,
    # Who brings somebody answers for their age; that they did a course nobody can tell.
    WayIn.NO_CHAT: frozenset({Gate.OPENING, Gate.DONE, Gate.APPROVAL}),
    # Who stands at the door has come, whatever was before, and is seen; but nobody passes by an
    # organizer's decision, who can let in whom they want by name.
    WayIn.DOOR: frozenset({Gate.AUDIENCE, Gate.AGE, Gate.DONE, Gate.APPROVAL}),
    # A seat is open to whoever it is open to; what an organizer granted, they granted to a person.
    WayIn.HANDED: _ALL - {Gate.OPENING},
    # They were let in when they joined it; what changes later takes nobody's place.
    WayIn.QUEUE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody; what an event does not ask for may be left as it is here.

    ``missed`` are the ends of events that they had a seat at and did not come to, without those
    where they say that they did. ``is_known`` says that they are one person for all we can know,
    and not a new browser.
    """

    belongs: bool = True
    birth_year: int | None = None
    has_done: bool = False
    missed: Sequence[datetime] = ()
    is_known: bool = True


def first_closed(
    gates: Gates,
    opens_at: datetime | None,
    year: int,
    person: Person,
    now: datetime,
    way: WayIn = WayIn.ALONE,
    *,
    comes_by_default: bool = False,
) -> Why | None:
    """Return the first condition that keeps a person out; None where they may sign up.

    ``year`` is that of the event. An approval keeps out at the door, and from seats that are
    handed over: elsewhere it is asked for once everything else holds.
    """
    holds = HOLDS[way]
    if Gate.OPENING in holds and opens_at is not None and now < opens_at:
        return Why.NOT_YET_OPEN
    if Gate.AUDIENCE in holds and not person.belongs:
        return Why.NOT_FOR_THEM
    if Gate.AGE in holds and gates.has_age:
        if person.birth_year is None:
            # At the door they are seen.
            if way is not WayIn.DOOR:
                return Why.AGE_UNKNOWN
        elif not is_of_age(gates, year, person.birth_year):
            return Why.NOT_OF_AGE
    if Gate.DONE in holds and gates.done and not person.has_done:
        return Why.NOT_DONE_BEFORE
    if Gate.COMES in holds and gates.asks_to_come(comes_by_default):
        # A new browser has never missed anything.
        if not person.is_known:
            return Why.WEB_ALONE
        if open_again_at(person.missed, now) is not None:
            return Why.MISSED_TWICE
    if Gate.APPROVAL in holds and gates.approval and way in (WayIn.DOOR, WayIn.HANDED):
        return Why.NEEDS_APPROVAL
    return None


def is_of_age(gates: Gates, year: int, birth_year: int) -> bool:
    """Return whether somebody born in that year may be of the age in the year of the event.

    Of the year alone it is not known whether the birthday was: who may be of the age is let in.
    """
    oldest = year - birth_year
    is_old_enough = gates.age_from is None or oldest >= gates.age_from
    return is_old_enough and (gates.age_to is None or oldest - 1 <= gates.age_to)


def open_again_at(missed: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when who missed too many events may sign up again; None if they may now."""
    late = sorted((each for each in missed if now - WITHIN < each <= now), reverse=True)
    return late[NO_SHOWS - 1] + WITHIN if len(late) >= NO_SHOWS else None


def has_done(gates: Gates, took_part: Sequence[str]) -> bool:
    """Return whether one of these titles, in any language, has all words that were asked for."""
    words = gates.done_title.casefold().split()
    return any(all(each in title.casefold() for each in words) for title in took_part)
