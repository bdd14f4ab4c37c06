"""What an account of a period says: figures, and the parts that they are sums of.

Numbers of people are Counts: whoever may not find a single member by them gets multiples of five.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from models.rules.network import floors
from models.rules.network.floors import NOBODY, STEP, Count

Key = TypeVar("Key", bound=Hashable)

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """An event that took place, with who came.

    ``place_id`` is the part of the network to which its host belongs, ``day`` its first day in the
    station's zone. ``seats`` is None where there was room for everybody, ``taken`` how many of them
    were. ``learnt`` are the minutes that each who came learnt there. ``answers`` are the stars that
    are told of it, ``stars`` their sum. ``partners`` are the numbers of those with it, each with
    what it does.
    """

    event_id: int
    station_id: int
    place_id: int
    enterprise_id: int | None
    category: str
    kind: str
    starts_at: datetime
    day: date
    seats: int | None = None
    taken: int = 0
    came: int = 0
    absent: int = 0
    learnt: int = 0
    answers: int = 0
    stars: int = 0
    partners: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over some events; ``taught`` in minutes, ``learnt`` in minutes of all who came."""

    events: int = 0
    came: int = 0
    absent: int = 0
    seats: int = 0
    taken: int = 0
    taught: int = 0
    learnt: int = 0
    answers: int = 0
    stars: int = 0
    with_partners: int = 0

    def plus(self, each: Held, *, is_exact: bool = True) -> "Totals":
        """The sums with one more event.

        Hours are exact only where numbers of people may be.
        """
        came = each.came if is_exact else floors.floored(each.came).number
        return Totals(
            self.events + 1,
            self.came + each.came,
            self.absent + each.absent,
            self.seats + (each.seats or 0),
            self.taken + (each.taken if each.seats is not None else 0),
            self.taught + each.learnt,
            self.learnt + came * each.learnt,
            self.answers + each.answers,
            self.stars + each.stars,
            self.with_partners + bool(each.partners),
        )


@dataclass(frozen=True, slots=True)
class Letters:
    """The threads of a period: how many, how many answered, and how long that took each time.

    ``timed`` counts those of which it is known: all but those whose member was erased since.
    """

    opened: int = 0
    answered: int = 0
    timed: int = 0
    waits: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """How many people came, how many for the first time anywhere.

    ``others`` of them had no chat, or are erased: nothing tells whether they came twice, so they
    count once for each event.
    """

    people: int = 0
    first_timers: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """What there is at the end of a period."""

    teams: int = 0
    clubs: int = 0
    core_members: int = 0
    contact_points: int = 0
    partners: int = 0


@dataclass(frozen=True, slots=True)
class Contested:
    """The contests and awards that were opened in a period, entries handed in, and laureates."""

    contests: int = 0
    entries: int = 0
    laureates: int = 0


NOTHING_CONTESTED = Contested()


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period, as their reader may see them.

    ``taught`` are minutes of lectures and training, ``learnt`` those of everybody who came.
    ``stars`` is the mean of ``answers`` answers, ``median`` the time after which half of the
    answered letters were.
    """

    teams: int = 0
    clubs: int = 0
    core_members: Count = NOBODY
    contact_points: int = 0
    events: int = 0
    people: Count = NOBODY
    others: Count = NOBODY
    first_timers: Count = NOBODY
    came: Count = NOBODY
    absent: Count = NOBODY
    seats: int = 0
    taken: Count = NOBODY
    taught: int = 0
    learnt: int = 0
    certificates: Count = NOBODY
    answers: int = 0
    stars: float | None = None
    letters: Count = NOBODY
    answered: Count = NOBODY
    timed: Count = NOBODY
    within_a_day: Count = NOBODY
    median: timedelta | None = None
    partners: int = 0
    with_partners: int = 0
    contests: int = 0
    entries: Count = NOBODY
    laureates: int = 0

    @property
    def attendance(self) -> float | None:
        """The share of those with a seat who came, where people were checked in."""
        return share(self.came.number, self.came.number + self.absent.number)

    @property
    def filled(self) -> float | None:
        """The share of the seats that were taken."""
        return share(self.taken.number, self.seats)

    @property
    def answered_within_a_day(self) -> float | None:
        return share(self.within_a_day.number, self.timed.number)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell that happened, whatever there is of the network."""
        return not (self.events or self.letters.number or self.certificates.number)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole and what it was before: a category, a town, a month.

    ``key`` is what it is: a word, a day, or the number of a row; None: none of them.
    """

    key: str | int | date | None
    events: int = 0
    came: Count = NOBODY
    events_before: int = 0
    came_before: Count = NOBODY


@dataclass(frozen=True, slots=True)
class Line:
    """An event of the account."""

    event_id: int
    station_id: int
    category: str
    kind: str
    starts_at: datetime
    seats: int | None
    came: Count
    absent: Count
    stars: float | None


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def total(events: Iterable[Held], *, is_exact: bool = True) -> Totals:
    totals = Totals()
    for each in events:
        totals = totals.plus(each, is_exact=is_exact)
    return totals


def figures(
    network: Network,
    totals: Totals,
    people: People,
    letters: Letters,
    certificates: int,
    *,
    is_exact: bool,
    contested: Contested = NOTHING_CONTESTED,
) -> Figures:
    """Return what a reader sees, who may see exact numbers of people or may not."""

    def count(number: int) -> Count:
        return counted(number, is_exact)

    quick = sum(each <= A_DAY for each in letters.waits)
    is_told = is_exact or len(letters.waits) >= STEP
    return Figures(
        teams=network.teams,
        clubs=network.clubs,
        core_members=count(network.core_members),
        contact_points=network.contact_points,
        events=totals.events,
        people=count(people.people),
        others=count(people.others),
        first_timers=count(people.first_timers),
        came=count(totals.came),
        absent=count(totals.absent),
        seats=totals.seats,
        taken=count(totals.taken),
        taught=totals.taught,
        learnt=totals.learnt,
        certificates=count(certificates),
        answers=totals.answers,
        stars=mean_stars(totals.stars, totals.answers),
        letters=count(letters.opened),
        answered=count(letters.answered),
        timed=count(letters.timed),
        within_a_day=count(quick),
        median=_middle(letters.waits) if letters.waits and is_told else None,
        partners=network.partners,
        with_partners=totals.with_partners,
        contests=contested.contests,
        entries=count(contested.entries),
        laureates=contested.laureates,
    )


def parts(
    now: Iterable[Held], before: Iterable[Held], key: Callable[[Held], Key], *, is_exact: bool
) -> Mapping[Key, Part]:
    """Return the parts that events fall into by their key; each is in exactly one."""
    return shares(now, before, lambda each: (key(each),), is_exact=is_exact)


def shares(
    now: Iterable[Held],
    before: Iterable[Held],
    keys: Callable[[Held], Iterable[Key]],
    *,
    is_exact: bool,
) -> Mapping[Key, Part]:
    """Return the parts by each key that events have; one event may be in several, or in none."""
    these, those = _by(now, keys), _by(before, keys)
    return {
        each: Part(
            each,  # type: ignore[arg-type]
            len(these.get(each, ())),
            counted(sum(event.came for event in these.get(each, ())), is_exact),
            len(those.get(each, ())),
            counted(sum(event.came for event in those.get(each, ())), is_exact),
        )
        for each in dict.fromkeys((*these, *those))
    }


def line(each: Held, *, is_exact: bool) -> Line:
    return Line(
        each.event_id,
        each.station_id,
        each.category,
        each.kind,
        each.starts_at,
        each.seats,
        counted(each.came, is_exact),
        counted(each.absent, is_exact),
        mean_stars(each.stars, each.answers),
    )


def counted(number: int, is_exact: bool) -> Count:
    return Count(number) if is_exact else floors.floored(number)


def mean_stars(total: int, answers: int) -> float | None:
    """The mean to one place; None where there are no answers."""
    return round(total / answers, 1) if answers else None


def _middle(waits: Sequence[timedelta]) -> timedelta:
    """The median of waits in their order."""
    half = len(waits) // 2
    return waits[half] if len(waits) % 2 else (waits[half - 1] + waits[half]) / 2


def _by(events: Iterable[Held], keys: Callable[[Held], Iterable[Key]]) -> dict[Key, list[Held]]:
    found: dict[Key, list[Held]] = {}
    for each in events:
        for key in dict.fromkeys(keys(each)):
            found.setdefault(key, []).append(each)
    return found


# Figures that are kept


def packed(figures: Figures) -> dict[str, Any]:
    """Return exact figures as plain numbers, without those that are nothing."""
    kept = {each.name: _number(getattr(figures, each.name)) for each in fields(Figures)}
    return {name: value for name, value in kept.items() if value}


def _number(value: Count | timedelta | float | None) -> float | None:
    if isinstance(value, Count):
        return value.number
    return value.total_seconds() if isinstance(value, timedelta) else value


def unpacked(kept: Mapping[str, Any]) -> Figures:
    """Return the figures that were packed; what this version does not know is left out."""
    known: dict[str, Any] = {}
    for each in fields(Figures):
        value: Any = kept.get(each.name)
        if value is None:
            continue
        if each.name == "median":
            value = timedelta(seconds=value)
        known[each.name] = Count(value) if isinstance(each.default, Count) else value
    return Figures(**known)


# Who came


ELSEWHERE, NOW, BEFORE = 0, 1, 2
"""What an event counts for: nothing, the period, or the one before it."""
_CAME = 4


@dataclass(slots=True)
class Attendance:
    """Counts people over events that are told one after the other, the earliest first.

    Numbers of members go up to ``highest``: a byte for each is kept, which is much quicker and
    smaller than a set of them where there are a million.
    """

    highest: int
    people: dict[int, int] = field(default_factory=lambda: dict.fromkeys((NOW, BEFORE), 0))
    first_timers: dict[int, int] = field(default_factory=lambda: dict.fromkeys((NOW, BEFORE), 0))
    others: dict[int, int] = field(default_factory=lambda: dict.fromkeys((NOW, BEFORE), 0))
    _marks: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self._marks = bytearray(self.highest + 1)

    def add(self, counts_for: int, members: Iterable[int], others: int = 0) -> None:
        """Tell of an event who came, and how many are no members any more or never were."""
        marks, new, first, bits = self._marks, 0, 0, counts_for | _CAME
        for member in members:
            mark = marks[member]
            if mark & bits != bits:
                new += not mark & counts_for
                first += not mark & _CAME
                marks[member] = mark | bits
        if counts_for != ELSEWHERE:
            self.people[counts_for] += new
            self.first_timers[counts_for] += first
            self.others[counts_for] += others

    def of(self, counts_for: int) -> People:
        others = self.others[counts_for]
        return People(self.people[counts_for] + others, self.first_timers[counts_for], others)
