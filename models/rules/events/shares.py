"""How organizers write who gets how many seats: 昭信集团 10；狮山 至少5；大沥 最多20."""

import re
from dataclasses import dataclass

BETWEEN = re.compile(r"[\n;；,，、。]+")
_LEAST = "至少|最少|保底|不少于|留|预留|at least|keep"
_MOST = "最多|不超过|至多|限|at most|up to|max"
_SHARE = re.compile(
    r"(?P<kept>预留给?|留给|给)?(?P<name>[^\d:：\s]+?(?: [^\d:：\s]+?)*?)\s*[:：]?\s*"
    rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST}))?\s*[:：]?\s*"
    r"(?P<n>\d{1,5})(?:\s*[-–—~到至]\s*(?P<to>\d{1,5}))?\s*(?:个?人|个?席位?|个?名额?|位|座|seats?|people)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: the group's name as it is written, and its seats."""

    name: str
    least: int
    most: int | None


def read(words: str) -> list[Said] | str:
    """Return the shares that the words tell, in order; or the first part that tells none.

    A number alone is both: so many are kept, and no more can be had.
    """
    found: list[Said] = []
    parts: list[str] = [each.strip() for each in BETWEEN.split(words)]
    for part in filter(None, parts):
        match = _SHARE.fullmatch(part)
        if match is None or not match["name"].strip():
            return part
        name, number = match["name"].strip(), int(match["n"])
        if match["to"]:
            if int(match["to"]) < number:
                return part
            found.append(Said(name, number, int(match["to"])))
        elif match["least"] or match["kept"]:
            found.append(Said(name, number, None))
        elif match["most"]:
            found.append(Said(name, 0, number))
        else:
            found.append(Said(name, number, number))
    return found
