"""Who gets a seat: first come, first seated; parties whole, quotas kept, nobody overtakes.

A **quota** says how many seats a group must have (``least``) or may have (``most``); one seat may
count in several. Quotas of one ``kind`` (by place, by the answer to one question) leave each other
room: what a group must have is kept free of the others of its kind. A **party** is the people who
are seated together or not at all; each is given as the numbers of the quotas they count in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from models.rules.events.windows import Why


@dataclass(frozen=True, slots=True)
class Seated:
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """In the queue; ``position`` 1 is the next to be asked."""

    position: int


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    reason: Why


Person = frozenset[int]
"""The numbers of the quotas in which a person counts."""

Party = Sequence[Person]

ANYBODY: Person = frozenset()
"""Somebody who counts in no quota."""

NOBODY: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Quota:
    """Seats of a group: at ``least`` so many are kept for it, at ``most`` so many it may have.

    ``held`` counts those that are taken or on offer.
    """

    number: int
    kind: str
    least: int = 0
    most: int | None = None
    held: int = 0

    @property
    def kept(self) -> int:
        """How many seats are still kept for the group."""
        return max(0, self.least - self.held)

    def counting(self, more: int) -> "Quota":
        """Return the quota with so many more seats held."""
        if not more:
            return self
        return Quota(self.number, self.kind, self.least, self.most, self.held + more)


@dataclass(frozen=True, slots=True)
class Room:
    """The seats of an event: how many there are, None for no limit, how many are ``held``."""

    seats: int | None
    held: int = 0
    quotas: tuple[Quota, ...] = ()

    @property
    def is_full(self) -> bool:
        return self.seats is not None and self.held >= self.seats

    def fits(self, party: Party) -> bool:
        """Return whether all of a party can be seated now.

        Where less is free than quotas promise, seats still go to those for whom they are kept.
        """
        if not self.quotas:
            return self.seats is None or self.held + len(party) <= self.seats
        if self.seats is not None and self.held + len(party) > self.seats:
            return False
        counted = Counter(chain.from_iterable(party))
        for each in self.quotas:
            more = counted[each.number]
            if more and each.most is not None and each.held + more > each.most:
                return False
        if self.seats is None:
            return True
        after, before = self._taken_or_kept(len(party), counted), self._taken_or_kept()
        return all(taken <= self.seats or taken <= before[kind] for kind, taken in after.items())

    def could_fit(self, party: Party) -> bool:
        """Return whether a party could be seated if nobody else were and nothing kept."""
        if self.seats is not None and len(party) > self.seats:
            return False
        counted = Counter(chain.from_iterable(party))
        return all(each.most is None or counted[each.number] <= each.most for each in self.quotas)

    def seating(self, party: Party) -> "Room":
        """Return the room with this party seated, whether it fits or not."""
        return Room(self.seats, self.held + len(party), self._counting(party, 1))

    def without(self, party: Party) -> "Room":
        """Return the room after a party has left it."""
        return Room(self.seats, self.held - len(party), self._counting(party, -1))

    def exchanging(self, was: Party, now: Party) -> "Room":
        """Return the room after people in it, who counted as ``was``, count as ``now``."""
        left = Room(self.seats, self.held, self._counting(was, -1))
        return Room(self.seats, self.held, left._counting(now, 1))

    def allows(self, was: Party, now: Party) -> bool:
        """Return whether people with a seat, who counted as ``was``, may count as ``now``.

        No quota that grows by it may have too many, and nothing more may be missing of what is
        kept: where too much is promised already, it may stay as it is.
        """
        after = self.exchanging(was, now)
        for each, before in zip(after.quotas, self.quotas, strict=True):
            if each.most is not None and each.held > max(each.most, before.held):
                return False
        if self.seats is None:
            return True
        taken = self._taken_or_kept()
        keeps = all(
            number <= max(self.seats, taken[kind])
            for kind, number in after._taken_or_kept().items()
        )
        # Where more is promised than there are seats, they have what a newcomer could have.
        return keeps or self.without(was).fits(now)

    def _counting(self, party: Party, each_as: int) -> tuple[Quota, ...]:
        """Return the quotas with each person of a party counted as so many."""
        if not self.quotas:
            return ()
        counted = Counter(chain.from_iterable(party))
        return tuple(each.counting(each_as * counted[each.number]) for each in self.quotas)

    def could_swap(self, leaves: Person, comes: Person) -> bool:
        """Return whether one person's seat could be another's, and all that is promised be kept.

        Between two who count alike it always can: also where there are fewer seats than people.
        """
        if leaves == comes:
            return True
        return self.without([leaves]).fits([comes])

    def keeping_for(self, party: Party) -> "Room":
        """Return the room with all seats taken that this party could use, one person at a time.

        Whoever stands behind a party that waits for more seats does not get those it waits with.
        """
        room = self
        for person in party:
            if room.fits([person]):
                room = room.seating([person])
        return room

    def is_open_to_each(self, party: Party) -> bool:
        """Return whether every person of a party could have a seat alone.

        A party for which this is false is barred by a quota, so who stands behind it may pass.
        """
        return all(self.fits([person]) for person in set(party))

    def left_for(self, person: Person, most: int) -> int:
        """Return how many like this person could still be seated, up to ``most``."""
        room, number = self, 0
        while number < most and room.fits([person]):
            room, number = room.seating([person]), number + 1
        return number

    def left_of(self, party: Party) -> int:
        """Return how many of a party could be seated, one person at a time."""
        return self.keeping_for(party).held - self.held

    def _taken_or_kept(self, more: int = 0, counted: Mapping[int, int] = NOBODY) -> dict[str, int]:
        """By kind of quota: the seats that are held, and those still kept for its groups.

        With so many ``more`` people in them, ``counted`` by the quotas in which they count.
        """
        numbers = dict.fromkeys((each.kind for each in self.quotas), self.held + more)
        for each in self.quotas:
            numbers[each.kind] += max(0, each.least - each.held - counted.get(each.number, 0))
        return numbers


def admit(room: Room, party: Party, waiting: int) -> Seated | Waiting:
    """Decide on a new sign-up of a party, with so many people in the queue.

    Beside a queue nobody is seated at once: ``models.events.offers`` asks the queue first.
    """
    if room.seats is None and not room.quotas:
        return Seated()
    if waiting == 0 and room.fits(party):
        return Seated()
    return Waiting(waiting + 1)
