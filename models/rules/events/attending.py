"""How long somebody attended, as a certificate says it; and the name that stands on it."""

import re
from datetime import datetime, timedelta

HALF = 30
"""Minutes: hours are told in halves."""
LONGEST = timedelta(hours=12)
"""What takes longer has nights in it, so how many hours it was is not known from its times."""
MOST_MINUTES = 1000 * 60
LONGEST_NAME = 40

_HOURS = re.compile(
    r"共?\s*([0-9]{1,4})(?:\.([0-9]))?\s*(个半)?\s*(?:个?小时|个?钟头?|学时|h(?:ours?)?)?"
)


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    """Return how long an event takes, in whole half hours; 0 where its times do not tell."""
    length = ends_at - starts_at
    if not timedelta(0) < length <= LONGEST:
        return 0
    return max(HALF, round(length / timedelta(minutes=HALF)) * HALF)


def read_hours(words: str) -> int | None:
    """Return the minutes of ``6``, ``2.5 hours`` or ``2个半小时``; None for anything else."""
    found = _HOURS.fullmatch(words.strip().lower())
    if found is None:
        return None
    minutes = int(found[1]) * 60 + int(found[2] or 0) * 6 + (HALF if found[3] else 0)
    return minutes if 0 < minutes <= MOST_MINUTES else None


def hours(minutes: int) -> str:
    """Return hours as they are written: ``6``, ``2.5``."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def read_name(words: str) -> str | None:
    """Return a name as it is printed, in one line; None for what can be none."""
    name = " ".join(words.split())
    has_letter = any(each.isalpha() for each in name)
    is_clean = not re.search(r"[0-9<>@#/\\:：，,。!！?？]", name)
    return name if has_letter and is_clean and len(name) <= LONGEST_NAME else None
