"""Whom an event is for: everybody, or the people of the places and teams that it names.

An announcement narrows by every further group; an event is for everyone who belongs to any part of
its audience: ``昭信集团、狮山羽毛球队`` means both.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from models.rules.network.audience import Audience

LETTERS = {"stations": "s", "enterprises": "e", "teams": "t"}
"""The groups that an event's audience has, by the letter that stands for each in its column."""

GROUPS = {letter: group for group, letter in LETTERS.items()}
PART = re.compile(r"([set])([1-9][0-9]{0,9})")


def admits(
    audience: Audience, path: str, enterprise_id: int | None, teams: Collection[int]
) -> bool:
    """Whether an event is for a person, by the path of their station, their employer and teams.

    A station means itself and everything below it; an empty audience is everybody.
    """
    if not audience:
        return True
    here = path.strip("/").split("/")
    return (
        any(str(station) in here for station in audience.stations)
        or enterprise_id in audience.enterprises
        or any(team in audience.teams for team in teams)
    )


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
