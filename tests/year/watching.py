"""What people hear of themselves: when, and how many announcements a day. It trusts no setting."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time

from models.rules.members.shifts import Shift
from tests.year.agenda import ZONE
from tests.year.program import ANNOUNCED, URGENT
from tests.year.residents import Person, person
from tests.year.volumes import Volumes

NIGHT = (time(22), time(8))
AFTER_NIGHTS = (time(8), time(15))
MOST_A_DAY = 3


@dataclass
class Heard:
    """Messages that came by themselves.

    ``in_quiet`` are those in somebody's quiet hours that no organizer called urgent, by member,
    moment and words. ``most`` is the most announcements that somebody got in a day.
    """

    messages: int = 0
    urgent: int = 0
    most: int = 0
    in_quiet: list[tuple[int, datetime, str]] = field(default_factory=list)


class Listener:
    """Listens to the platforms as the people do, each by the hours that they keep."""

    def __init__(self, volumes: Volumes) -> None:
        self.heard = Heard()
        self._volumes = volumes
        self._day: date | None = None
        self._announced = Counter[int]()

    def hear(self, at: datetime, to: str, words: str) -> None:
        """Somebody gets a message."""
        who, local = person(int(to.removeprefix("chat")), self._volumes), at.astimezone(ZONE)
        self.heard.messages += 1
        if URGENT in words:
            self.heard.urgent += 1
            return
        if is_quiet(who, local.time()):
            self.heard.in_quiet.append((who.id, at, words))
        if ANNOUNCED in words:
            if local.date() != self._day:
                self._day, self._announced = local.date(), Counter()
            self._announced[who.id] += 1
            self.heard.most = max(self.heard.most, self._announced[who.id])


def is_quiet(who: Person, at: time) -> bool:
    """Return whether somebody sleeps at a time of the day, by what they or their shift say."""
    if who.quiet == "off":
        return False
    if who.quiet:
        spans = [span.split("-") for span in who.quiet.split(",")]
        kept = [(time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in spans]
    else:
        kept = [NIGHT, AFTER_NIGHTS] if who.shift is Shift.NIGHT else [NIGHT]
    return any(
        begins <= at < ends if begins < ends else at >= begins or at < ends for begins, ends in kept
    )
