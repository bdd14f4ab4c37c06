"""What is a member's own: their team's, their company's, their town's, what they like."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from models.rules.members.interests import Interest


class Reason(StrEnum):
    """Why something is shown first; the strongest stands first."""

    TEAM = "team"
    COMPANY = "company"
    TOWN = "town"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class Own:
    """A thing with the reasons why it is the member's own; ``liked`` is what they like of it."""

    number: int
    reasons: tuple[Reason, ...] = ()
    liked: Interest | None = None


OwnKind = TypeVar("OwnKind", bound=Own)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a member told, as far as it orders what they see.

    ``town`` is the path of their town, as ``/1/3/``, and empty where they told none;
    ``company`` the number of their enterprise.
    """

    town: str = ""
    company: int | None = None
    interests: frozenset[Interest] = frozenset()
    teams: frozenset[int] = frozenset()

    @property
    def any(self) -> bool:
        """Whether anything is known that makes a thing their own."""
        return bool(self.town or self.company or self.interests or self.teams)


def reasons(
    mine: Belongings,
    *,
    path: str,
    company: int | None = None,
    team: int | None = None,
    about: Collection[Interest] = (),
) -> tuple[Reason, ...]:
    """Return why a thing is this member's own; empty where it is not.

    ``path`` is that of its station, ``about`` what it is about. What is the company's own counts
    for more than what is in its town besides: it has both reasons.
    """
    found: Iterable[tuple[Reason, bool]] = (
        (Reason.TEAM, team is not None and team in mine.teams),
        (Reason.COMPANY, company is not None and company == mine.company),
        (Reason.TOWN, bool(mine.town) and path.startswith(mine.town)),
        (Reason.INTEREST, not mine.interests.isdisjoint(about)),
    )
    return tuple(reason for reason, is_so in found if is_so)


def liked(mine: Belongings, about: Collection[Interest]) -> Interest | None:
    """Return the first of the member's interests among what a thing is about."""
    return min(mine.interests.intersection(about), default=None)


def own_first(rows: Sequence[OwnKind]) -> list[OwnKind]:
    """Return what has most reasons first; within the same number the order stays."""
    return sorted(rows, key=lambda each: -len(each.reasons))
