"""To whom a seat may be handed over, and until when whoever is asked may take it.

Nobody in the queue is overtaken: while others wait, a seat only goes on to somebody who counts in
the same quotas, as the seats of one company do. Where the organizer lets it go to anybody, it does.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.events.seating import Person, Room
from models.rules.sending import quiet_hours

TO_ANSWER = timedelta(days=1)
"""How long somebody may think about a seat that is handed to them, at most."""


_TO_WHOM = re.compile(
    r"(?:[转让送]|位子|位置|座位|名额|席位)给(?P<who>[^\s,，。我吧了的]{2,8})(?:吧|了)?$"
    r"|\b(?:seat|place|it)(?: over)? to (?P<en>[a-z][\w' -]{1,30})$",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"[换改](?!人)|\b(?:change|switch|swap|move|another)\b", re.IGNORECASE)


def whom(said: str) -> str:
    """Return whom the words give a seat to, 把位子给何伟明; empty where they name nobody."""
    found = _TO_WHOM.search(said)
    return (found["who"] or found["en"]).strip() if found is not None else ""


def is_another_date(said: str) -> bool:
    """Return whether words about one's seat, 换到19号, are of its date and not of a person."""
    return _ANOTHER.search(said) is not None


class Handing(StrEnum):
    """What an event says of handing seats over; ALIKE is the rule above."""

    ALIKE = ""
    ANYBODY = "anybody"
    NOBODY = "nobody"


class NotHanded(StrEnum):
    """Why a seat stays with whoever has it."""

    NOBODY = "seats of this event are not handed over"
    DRAWN = "its seats are drawn"
    OTHERS_WAIT = "others wait"
    OTHER_QUOTA = "they count in other quotas, and others wait"
    NO_ROOM = "the quotas have no room for them"
    WHOLE_COURSE = "a course is taken whole"


def why_nobody(
    handing: Handing, leaves: Person, waiting: int, *, is_drawn: bool
) -> NotHanded | None:
    """Return why a seat cannot be handed over, whoever would take it.

    ``leaves`` are the quotas in which the seat counts now, none where quotas do not hold;
    ``waiting`` are the people of the queue besides whoever would take it.
    """
    if handing is Handing.NOBODY:
        return NotHanded.NOBODY
    if handing is Handing.ANYBODY:
        return None
    if is_drawn:
        return NotHanded.DRAWN
    return NotHanded.OTHERS_WAIT if waiting and not leaves else None


def why_not(
    handing: Handing, room: Room, leaves: Person, comes: Person, waiting: int, *, is_drawn: bool
) -> NotHanded | None:
    """Return why the seat of one person cannot go to another, who ``comes`` in for them."""
    if why := why_nobody(handing, leaves, waiting, is_drawn=is_drawn):
        return why
    if handing is Handing.ALIKE and waiting and leaves != comes:
        return NotHanded.OTHER_QUOTA
    return None if room.could_swap(leaves, comes) else NotHanded.NO_ROOM


def answer_until(now: datetime, starts_at: datetime, hours: str, zone: ZoneInfo) -> datetime | None:
    """Return until when whoever is asked now may take the seat; None when it is too late to ask.

    It is a day, or half of what is left until the start: whoever hands it over can then still ask
    somebody else. ``hours`` are those in which they are not asked.
    """
    asked = quiet_hours.next_allowed(now, hours, zone)
    left = starts_at - asked
    if left < quiet_hours.AT_LEAST:
        return None
    return asked + min(TO_ANSWER, max(left / 2, quiet_hours.AT_LEAST))


_NOBODY = re.compile(r"不能|不可|不得|不许|禁止|不让|nobody|\bno\b|not", re.IGNORECASE)
_ANYBODY = re.compile(r"任何人|谁都|都可以|随便|都行|不限|anybody|anyone", re.IGNORECASE)
_ALIKE = re.compile(r"本单位|同单位|本厂|同厂|工友|同名额|同一|alike|same", re.IGNORECASE)


def read(words: str) -> Handing | None:
    """Return what an organizer's words say of handing seats over; None where they say nothing."""
    plain = words.casefold().strip()
    for each, pattern in (
        (Handing.NOBODY, _NOBODY),
        (Handing.ANYBODY, _ANYBODY),
        (Handing.ALIKE, _ALIKE),
    ):
        if pattern.search(plain):
            return each
    return None
