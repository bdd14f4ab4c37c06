"""The section of the letters, its tabs, and the keys by which its lists go on."""

from datetime import UTC, datetime

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import BadForm, Section
from models.desk.listing import Which
from models.rules.network.permissions import Act

section = Section("desk", label=say("Letters"), path="/desk")
HERE = "/console/desk"
ANSWERS, MISSES = f"{HERE}/answers", f"{HERE}/misses"

LISTS: dict[Which, Sayable] = {
    Which.WAITING: say("Waiting"),
    Which.MINE: say("Mine"),
    Which.ANSWERED: say("Answered"),
    Which.ALL: say("All"),
}


def tabs(desk: Desk) -> list[tuple[str, str, Sayable]]:
    """The pages beside each other that this member may open: name, path and label."""
    found: list[tuple[str, str, Sayable]] = [
        (str(which), f"{HERE}?which={which}", label) for which, label in LISTS.items()
    ]
    found.append(("often", f"{HERE}/often", say("Asked often")))
    if desk.holds(Act.KEEP_ANSWER):
        found.append(("answers", ANSWERS, say("Known answers")))
    if desk.holds(Act.SEE_MISSES):
        found.append(("misses", MISSES, say("Not understood")))
    return found


def to_key(at: datetime | None, number: int) -> str:
    """The place of a row in a list that is ordered by a time, as the query of the next page."""
    return f"{at.timestamp() if at is not None else 0:.6f}_{number}"


def from_key(key: str) -> tuple[datetime, int] | None:
    """What ``to_key`` wrote; None where there is no key. Raises BadForm for anything else."""
    if not key:
        return None
    seconds, _, number = key.partition("_")
    if not number.isdecimal() or len(number) > 18:
        raise BadForm("after")
    try:
        return datetime.fromtimestamp(float(seconds), UTC), int(number)
    except (ValueError, OverflowError, OSError):
        raise BadForm("after") from None
