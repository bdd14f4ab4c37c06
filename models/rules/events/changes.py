"""What members know of an event, and what of it has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Facts:
    """What a change of is told to everybody with a claim: when and where, and whether it is on.

    ``meet`` is where people gather first; empty where they come to ``place`` by themselves. With
    ``is_postponed`` the date is to come, and the times are those for which it was planned.
    """

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    is_cancelled: bool = False
    meet: str = ""
    is_postponed: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "place": self.place,
            "cancelled": self.is_cancelled,
            "meet": self.meet,
            "postponed": self.is_postponed,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            datetime.fromisoformat(kept["starts_at"]),
            datetime.fromisoformat(kept["ends_at"]),
            kept["place"],
            kept["cancelled"],
            # Facts that were kept before events had one say nothing of it.
            kept.get("meet", ""),
            kept.get("postponed", False),
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What of the facts differs; false where nothing does. A cancellation says all there is.

    ``dated``: the date was to come and is set.
    """

    time: bool = False
    postponed: bool = False
    dated: bool = False
    place: bool = False
    cancelled: bool = False
    restored: bool = False
    meet: bool = False

    def __bool__(self) -> bool:
        when = self.time or self.postponed or self.dated
        return when or self.place or self.cancelled or self.restored or self.meet


def between(knew: Facts, holds: Facts) -> Difference:
    """Return what differs for somebody who knew the first facts, where the second ones hold."""
    if holds.is_cancelled:
        return Difference(cancelled=not knew.is_cancelled)
    was, now = (knew.starts_at, knew.ends_at), (holds.starts_at, holds.ends_at)
    return Difference(
        time=was != now and not holds.is_postponed,
        postponed=holds.is_postponed and not knew.is_postponed,
        dated=knew.is_postponed and not holds.is_postponed,
        place=knew.place != holds.place,
        restored=knew.is_cancelled,
        meet=knew.meet != holds.meet,
    )
