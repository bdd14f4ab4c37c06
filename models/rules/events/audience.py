"""Whom an event is for: everybody, or the people of the places and teams that it names.

An announcement narrows by every further group; an event is for everyone who belongs to any part of
its audience: ``昭信集团、狮山羽毛球队`` means both.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import lru_cache

from models.rules.network.audience import Audience

LETTERS = {"stations": "s", "enterprises": "e", "teams": "t"}
"""The groups that an event's audience has, by the letter that stands for each in its column."""

GROUPS = {letter: group for group, letter in LETTERS.items()}
PART = re.compile(r"([set])([1-9][0-9]{0,9})")


def admits(column: str, parts: AbstractSet[str]) -> bool:
    """Whether an event with this audience is for a person of these parts; empty is for everybody.

    A station means itself and everything below it.
    """
    return not column or not parts.isdisjoint(column.split("/"))


def parts_of(path: str, enterprise_id: int | None, teams: Iterable[int]) -> AbstractSet[str]:
    """Return every part of a column that a person belongs to.

    That is by their station's path, their employer and their teams: ``s3``, ``e2``, ``t17``.
    """
    parts = {f"t{each}" for each in teams}
    parts.update(f"s{each}" for each in path.strip("/").split("/") if each)
    if enterprise_id is not None:
        parts.add(f"e{enterprise_id}")
    return parts


def to_column(audience: Audience) -> str:
    """``/s3/t17/``: station 3 and team 17; empty for everybody.

    In this form a condition in SQL finds a part by its text, as it does in a station's path.
    """
    parts = [
        f"{letter}{number}"
        for group, letter in LETTERS.items()
        for number in getattr(audience, group)
    ]
    return f"/{'/'.join(parts)}/" if parts else ""


@lru_cache(maxsize=1024)
def from_column(column: str) -> Audience:
    """The audience of a column; what is no part of one is left out."""
    audience = Audience()
    for part in column.split("/"):
        if (read := part_of(part)) is not None and not audience.has(*read):
            audience = audience.toggled(*read)
    return audience


def part_of(code: str) -> tuple[str, int] | None:
    """The group and number of ``s3``; None for anything else."""
    read = PART.fullmatch(code)
    return (GROUPS[read[1]], int(read[2])) if read is not None else None
