"""Audiences as values: any within a group, all across groups; empty means no one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Came:
    """Having come to an event of a ``kind``, to any where it is empty, that ended in this time."""

    kind: str
    since: date
    until: date

    def __str__(self) -> str:
        return f"{self.kind}:{self.since}:{self.until}"

    @classmethod
    def parse(cls, written: str) -> Self:
        kind, since, until = written.split(":")
        return cls(kind, date.fromisoformat(since), date.fromisoformat(until))


@dataclass(frozen=True, slots=True)
class Audience:
    """People by what they belong to. Each group lists what to belong to one of.

    ``stations`` mean themselves and all below, and together with ``enterprises`` they are one
    group: a place. ``seated``, ``waiting`` and ``came`` are events and one group as well, the last
    of them events that are over. ``got`` names announcements that were received. ``history`` is
    what people came to within a time, each as ``Came`` writes it.
    """

    stations: tuple[int, ...] = ()
    enterprises: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    seated: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    interests: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    got: tuple[int, ...] = ()
    came: tuple[int, ...] = ()
    history: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def has(self, group: str, value: int | str) -> bool:
        return value in getattr(self, group)

    def toggled(self, group: str, value: int | str) -> Self:
        """With this part, or without it where it was there."""
        parts = getattr(self, group)
        kept = tuple(part for part in parts if part != value)
        return replace(self, **{group: kept if value in parts else (*parts, value)})

    def without(self, groups: Iterable[str]) -> Self:
        """With these groups empty."""
        return replace(self, **dict.fromkeys(groups, ()))

    @property
    def is_one_list(self) -> bool:
        """Whether it is one list of names: of a team, or of those with a seat or in the queue."""
        named = sum(len(getattr(self, group)) for group in LISTS)
        return named == 1 and not any(getattr(self, group) for group in FILTERS)

    def to_json(self) -> dict[str, list[int | str]]:
        """As plain JSON values, what is empty left out."""
        kept = {each.name: list(getattr(self, each.name)) for each in fields(self)}
        return {group: parts for group, parts in kept.items() if parts}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{group: tuple(parts) for group, parts in kept.items()})


GROUPS = tuple(each.name for each in fields(Audience))
LISTS = ("teams", "seated", "waiting", "came")
"""Groups whose people stand on a list with their names."""
FILTERS = tuple(group for group in GROUPS if group not in LISTS)
