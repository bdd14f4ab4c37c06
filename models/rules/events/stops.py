"""Read the stops of a tour out of where its people meet: ``8:20 桂城站；8:40 狮山站``.

Two places at least, each with a time, are stops. Anything else is a meeting point in one's own
words, and nobody is asked where they get on.
"""

import re
from dataclasses import dataclass

LEAST, MOST = 2, 12

_BETWEEN = re.compile(r"[\n;；→|]+|[,，、](?=\s*\D*\d{1,2}[:：点])")
_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>[01]?\d|2[0-3])(?:[:：](?P<minute>[0-5]\d)|点(?P<half>半)?)(?!\d)"
)
_LATE = re.compile(r"下午|晚上|\bpm\b", re.IGNORECASE)
_AROUND = re.compile(
    r"^\s*(?:\d{1,2}[.、)）]\s*|第?[一二三四五六七八九十]+站[:：]|早上|上午|下午|晚上)|"
    r"[()（）:：,，\s]+$|^[()（）:：,，\s]+"
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop by its ``name``, and the minutes after midnight when the bus leaves there."""

    name: str
    minute: int

    @property
    def clock(self) -> str:
        return f"{self.minute // 60}:{self.minute % 60:02}"

    @property
    def label(self) -> str:
        return f"{self.clock} {self.name}"


def of(meet: str) -> tuple[Stop, ...]:
    """The stops in the order in which they are written; none where these are no stops."""
    found = [_stop(part) for part in _BETWEEN.split(meet) if part.strip()]
    stops = [each for each in found if each is not None]
    names = {each.name for each in stops}
    is_whole = len(stops) == len(found) == len(names)
    return tuple(stops) if is_whole and LEAST <= len(stops) <= MOST else ()


def _stop(part: str) -> Stop | None:
    clocks = list(_CLOCK.finditer(part))
    if len(clocks) != 1:
        return None
    clock = clocks[0]
    minutes = 30 if clock["half"] else int(clock["minute"] or 0)
    hour = int(clock["hour"])
    if hour < 12 and _LATE.search(part):
        hour += 12
    name = part[: clock.start()] + " " + part[clock.end() :]
    while (shorter := _AROUND.sub("", name)) != name:
        name = shorter
    return Stop(name, hour * 60 + minutes) if name else None


def named(stops: tuple[Stop, ...], name: str) -> Stop | None:
    """The stop of this name; None where there is none any more."""
    return next((each for each in stops if each.name == name), None)


_HEADING = re.compile(
    r"\s*(?:上车(?:点|地点|站点)?|集合(?:点|地点)|停靠(?:点|站)|站点|stops?|meeting points?)"
    r"\s*[:：]?\s*",
    re.IGNORECASE,
)


def on_one_line(text: str) -> list[tuple[str, int]]:
    """The lines of a text, each with how many it was written in: stops that stand in lines of
    their own below a label are put behind it."""
    lines = text.splitlines()
    kept: list[tuple[str, int]] = []
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        if _HEADING.fullmatch(line):
            while end < len(lines) and _stop(lines[end]) is not None:
                end += 1
        if end - at > LEAST:
            below = "；".join(each.strip() for each in lines[at + 1 : end])
            kept.append((f"{line.strip().rstrip(':：')}：{below}", end - at))
            at = end
        else:
            kept.append((line, 1))
            at += 1
    return kept
