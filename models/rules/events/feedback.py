"""When people are asked how an event was, and what organizers see of the answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from models.rules.network.floors import STEP

MOST_STARS = 5
LONGEST = 300
"""Characters of the sentence."""

ASKED_AT = time(10)
STILL_NIGHT = timedelta(hours=6)
"""What ends before this hour belongs to the evening before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of an event: one to five stars, and a sentence or nothing."""

    stars: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: how many gave one star, two stars and so on, and the sentences."""

    by_stars: tuple[int, ...]
    sentences: tuple[str, ...]

    @property
    def number(self) -> int:
        return sum(self.by_stars)

    @property
    def mean(self) -> float:
        """The mean number of stars, to one place."""
        total = sum(stars * number for stars, number in enumerate(self.by_stars, start=1))
        return round(total / self.number, 1)


def ask_at(ends_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when people are asked: in the morning of the day after, as clocks in ``zone`` show."""
    evening = (ends_at.astimezone(zone) - STILL_NIGHT).date()
    return datetime.combine(evening + timedelta(days=1), ASKED_AT, zone)


def shown(answers: Sequence[Answer]) -> Shown | None:
    """Return what is shown of these answers, the oldest first; None with fewer than STEP.

    Those beyond a multiple of STEP wait for the next ones: looked at before and after a single
    answer, both pictures are the same. The sentences are in an order that has nothing to do with
    when they were written.
    """
    counted = answers[: len(answers) - len(answers) % STEP]
    if not counted:
        return None
    by_stars = tuple(
        sum(each.stars == stars for each in counted) for stars in range(1, MOST_STARS + 1)
    )
    return Shown(by_stars, shuffled(each.words for each in counted if each.words))


def shuffled(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return them in an order that follows from the words alone."""
    return tuple(sorted(sentences, key=lambda each: sha256(each.encode()).digest()))
