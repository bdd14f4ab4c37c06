"""Compose announcements out of their pieces: openings, titles in their frames, times, remarks.

What no form foresees is mostly an order: a remark before the place, a title behind three lines of
greetings. The pieces stand in ``announcements/``, one a line, and are put together by chance.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "announcements"

_CHINESE = re.compile("[\u4e00-\u9fff]")
_TIMES = ("{}", "{}", "{}", "时间：{}", "时间:{}", "时间｜{}", "时间 {}", "⏰{}", "📅 {}", "定于{}")
_PLACES = (
    *("{}", "{}", "{}", "{}", "地点：{}", "地点:{}", "地点｜{}", "地点{}", "地点 {}", "📍{}"),
    *("在{}", "在{}", "到{}", "就在{}", "于{}", "{}集合", "{}见", "地址：{}"),
)
_SEATS = (
    "限{}人",
    "{}人",
    "{}个位",
    "名额{}个",
    "名额：{}人",
    "👥{}人",
    "{}人以内",
    "收{}个",
    "共{}人",
)
_TOLD = (
    "{time}在{place}{title}",
    "{title}定于{time}在{place}举行",
    "{title}将于{time}在{place}举行",
    "{time}{place}{title}",
    "兹定于{time}在{place}{title}",
    "{time}到{place}{title}",
    "{title}，{time}，{place}",
    "{time}，{place}，{title}",
    "{place}，{time}，{title}",
    "{title}时间为{time}，地点{place}",
    "{title}于{time}在{place}举行",
    "{time}去{place}，{title}",
)
_ENGLISH_TIMES = ("{}", "{}", "on {}", "When: {}", "Time: {}", "Date: {}")
_ENGLISH_PLACES = (
    *("{}", "{}", "at {}", "in the {}", "@ {}", "Where: {}", "Venue: {}", "Location: {}"),
)
_ENGLISH_SEATS = ("{} people", "{} spots", "max {}", "{} seats", "limited to {}", "Seats: {}")
_ENGLISH_TOLD = (
    *("{title} on {time} at {place}", "{title} this {time}, {place}", "{title}, {time}, {place}"),
    *("join us for {title} in the {place} on {time}", "{title} at {place}, {time}"),
    *("you are invited to {title} at {place} on {time}", "{title} – {time} – {place}"),
)
_ENGLISH_FRAMES = ("{title}",) * 6 + ("[{title}]", "What: {title}", "{title}!", "🎉 {title}")
_BETWEEN = ("，", "，", "，", " ", " ", "。", "；", "！", "｜", " | ", " / ", " · ", "\n")
_ENGLISH_BETWEEN = (", ", ", ", ". ", ". ", " | ", " - ", "\n", "; ")
_VERBS = re.compile("^(?:搞|有|来|一起|组织|举行|举办|开展|进行|召开|参加|我们搞|今次搞)")


@dataclass(frozen=True, slots=True)
class Composed:
    text: str
    title: str
    place: str


class Composer:
    """Puts announcements of one language together, out of the pieces that chance chooses."""

    def __init__(self, chance: random.Random, *, is_chinese: bool) -> None:
        self.chance, self.is_chinese = chance, is_chinese
        self.openings = self._lines("openings")
        self.remarks = self._lines("remarks")
        self.titles = self._lines("titles")
        self.places = self._lines("places")
        self.times = [
            each for each in _read("times") if (re.search("[A-Z]", each) is None) == is_chinese
        ]
        frames = _read("frames") if is_chinese else list(_ENGLISH_FRAMES)
        self.frames = [each for each in frames if not _VERBS.match(each)]
        self.verbs = [each for each in frames if _VERBS.match(each)] or self.frames

    def _lines(self, name: str) -> list[str]:
        return [each for each in _read(name) if bool(_CHINESE.search(each)) == self.is_chinese]

    def compose(self) -> Composed:
        """An announcement; now and then without a title, or without a place."""
        choose, odds = self.chance.choice, self.chance.random
        title = choose(self.titles) if odds() < 0.94 else ""
        place = choose(self.places) if odds() < 0.93 else ""
        layout: Callable[[str, str], list[str]] = choose((self._listed, self._listed, self._told))
        pieces = layout(title, place)
        if odds() < 0.5:
            pieces.append(self._filled(_SEATS if self.is_chinese else _ENGLISH_SEATS, self._many()))
        pieces += self.chance.sample(self.remarks, choose((0, 0, 1, 1, 2, 3)))
        between = choose(_BETWEEN if self.is_chinese else _ENGLISH_BETWEEN)
        text = self._joined(pieces, between)
        if odds() < 0.55:
            opening = choose(self.openings)
            is_led = opening.strip()[-1:] in "，：！】]:,!"
            text = opening + choose(("", "\n") if is_led else ("\n", " ", "\n")) + text
        return Composed(text, title, place)

    def _joined(self, pieces: Sequence[str], between: str) -> str:
        """The pieces with one sign between them; in lines now and then two share a line."""
        if between != "\n":
            ends = self.chance.choice(("", "", "。", "！", "～")) if self.is_chinese else ""
            return between.join(pieces) + ends
        text = pieces[0]
        for each in pieces[1:]:
            text += ("\n" if self.chance.random() < 0.85 else " ") + each
        return text

    def _listed(self, title: str, place: str) -> list[str]:
        """The title, the time and the place by themselves, in any order but mostly in this."""
        times = _TIMES if self.is_chinese else _ENGLISH_TIMES
        places = _PLACES if self.is_chinese else _ENGLISH_PLACES
        named = self.chance.choice(self.frames).format(title=title) if title else ""
        pieces = [
            named,
            self._filled(times, self.chance.choice(self.times)),
            self._filled(places, place) if place else "",
        ]
        if self.chance.random() < 0.3:
            self.chance.shuffle(pieces)
        return [each for each in pieces if each]

    def _told(self, title: str, place: str) -> list[str]:
        """One sentence that says all three."""
        if not title or not place:
            return self._listed(title, place)
        told = self.chance.choice(_TOLD if self.is_chinese else _ENGLISH_TOLD)
        is_led = told.endswith("{title}") and not told.endswith("，{title}")
        frame = self.chance.choice(self.verbs) if is_led and self.is_chinese else "{title}"
        named = frame.format(title=title)
        return [told.format(time=self.chance.choice(self.times), place=place, title=named)]

    def _filled(self, forms: Sequence[str], by: str) -> str:
        return self.chance.choice(forms).format(by)

    def _many(self) -> str:
        return str(self.chance.choice((6, 8, 10, 12, 15, 20, 24, 30, 40, 45, 60, 80, 100)))


def _read(name: str) -> list[str]:
    lines = (HERE / f"{name}.txt").read_text("utf-8").split("\n")
    return [each for each in lines if each.strip()]
