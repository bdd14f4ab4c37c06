"""Where an evening is streamed, and when its links leave so that everybody has them in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.announcements import trial
from models.rules.sending import paces, quiet_hours

MOST, LONGEST_NAME, LONGEST_URL = 3, 20, 120
"""Platforms of an evening, and the characters of each: all of them fit into one message."""

SPARE, SHARE = timedelta(minutes=15), 0.25
"""What is left at the end, and the share of the sending time for who joins until then."""

UNKNOWN_PACE = 10.0
"""Messages a second of an account that no process has told of: the slowest default of all."""

_SCHEME = "https://"


@dataclass(frozen=True, slots=True)
class Stream:
    """A platform by its name, and the address at which it streams."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class OnPages:
    """What pages show of an evening's streams: the links, or from when on they stand there."""

    opens_at: datetime
    links: tuple[Stream, ...]


def on_pages(
    streams: Sequence[Stream], starts_at: datetime, ends_at: datetime, now: datetime
) -> OnPages | None:
    """Return what pages show: links from ``SPARE`` before the start until the end; then nothing.

    By then everybody who is told has the links: the announcement is planned to end so long before.
    """
    opens_at = starts_at - SPARE
    if not streams or now >= ends_at:
        return None
    return OnPages(opens_at, tuple(streams) if now >= opens_at else ())


@dataclass(frozen=True, slots=True)
class Load:
    """How many people an account is to tell, and how many messages it may send in a second."""

    people: int
    per_second: float

    @property
    def lasts(self) -> timedelta:
        return paces.lasting(self.people, self.per_second or UNKNOWN_PACE)


@dataclass(frozen=True, slots=True)
class Timing:
    """When sending begins, and how long it takes at most; ``is_late``: it ends after the start."""

    begins_at: datetime
    lasts: timedelta
    is_late: bool


def read(text: str) -> tuple[Stream, ...] | int:
    """Read ``name address`` of each line; or return the number of the first that is none.

    That is also the first line beyond ``MOST``.
    """
    found = list[Stream]()
    lines = [each.strip() for each in text.splitlines()]
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        name, _, url = line.rpartition(" ")
        name = name.strip(" :：|｜，,")
        is_one = 0 < len(name) <= LONGEST_NAME and len(_SCHEME) < len(url) <= LONGEST_URL
        if not is_one or not url.startswith(_SCHEME) or len(found) == MOST:
            return number
        found.append(Stream(name, url))
    return tuple(found)


def written(streams: Sequence[Stream]) -> str:
    """Return the lines from which ``read`` makes these streams."""
    return "\n".join(f"{each.name} {each.url}" for each in streams)


def timing(
    loads: Sequence[Load],
    starts_at: datetime,
    now: datetime,
    hours: str,
    zone: ZoneInfo,
    *,
    is_tried: bool,
) -> Timing:
    """Plan backwards: the accounts send side by side, and the slowest is done before the start.

    ``hours`` are the station's quiet hours, in which nothing leaves; ``is_tried`` says that a few
    people get it first and the others wait for what becomes of it.
    """
    sending = max((each.lasts for each in loads), default=timedelta())
    lasts = (1 + SHARE) * sending + (trial.MAX_WAIT if is_tried else timedelta())
    begins_at = quiet_hours.before(starts_at, lasts + SPARE, hours, zone)
    # A whole minute is what people are told.
    begins_at = begins_at.replace(second=0, microsecond=0)
    if begins_at > now:
        return Timing(begins_at, lasts, is_late=False)
    left = quiet_hours.before(starts_at, lasts, hours, zone) - now
    return Timing(now, lasts, is_late=left < timedelta())
