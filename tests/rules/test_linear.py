"""No text that anybody can send costs more than a few steps for each of its characters.

Two budgets, both counted and neither timed: what a pattern costs a backtracking matcher grows no
faster than the square of a text as short as the rules let through to it, and what a rule does
beside its patterns is bounded for a text of 4,000 characters.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import bot.conversation
import handlers
from bot.conversation import typed
from handlers.events import pasting
from models import rules
from models.rules import texts
from models.rules.dates import reading
from models.rules.desk import alike
from models.rules.events import publishing
from models.rules.languages import asked_for
from models.rules.search import naming, search, sounds
from models.rules.sending import quiet_hours
from models.rules.teams import weekly
from models.rules.understanding import classifier, hiding, understanding
from tests.backtracking import Backtracker, TooManySteps, letters_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, tzinfo=ZONE)


# Patterns

LENGTH = 80
SQUARE = 40 * LENGTH * LENGTH


def _patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's value: alone, in containers, in the fields of its own classes."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 4:
        inside: Any = ()
        if isinstance(value, list | tuple | set | frozenset):
            inside = value
        elif isinstance(value, dict):
            inside = value.values()
        elif type(value).__module__.startswith(("models.", "handlers.", "bot.")):
            inside = [getattr(value, name, None) for name in getattr(value, "__slots__", ())]
        for each in inside:
            yield from _patterns(each, depth + 1)


def _all_patterns() -> list[re.Pattern[str]]:
    found: dict[tuple[str, int], re.Pattern[str]] = {}
    for root in (rules, handlers, bot.conversation):
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                found.update(((each.pattern, each.flags), each) for each in _patterns(value))
    return list(found.values())


def _attacks(pattern: re.Pattern[str]) -> Iterator[str]:
    """Long runs of what the pattern itself speaks of, with an end that fits nothing."""
    letters = letters_of(pattern)[:24] or ["a"]
    pieces = [*letters, *("".join(pair) for pair in pairwise(letters[:8])), "".join(letters[:4])]
    for piece in pieces:
        yield (piece * LENGTH)[:LENGTH] + "\x01"


@pytest.mark.parametrize("share", range(8))
def test_no_pattern_explodes(share: int) -> None:
    patterns = _all_patterns()
    assert len(patterns) > 100
    for pattern in patterns[share::8]:
        for attack in _attacks(pattern):
            try:
                Backtracker(pattern, SQUARE).search(attack)
            except TooManySteps:
                pytest.fail(f"{pattern.pattern[:80]!r} takes more than n² steps on {attack[:12]!r}")


def test_the_counter_finds_what_explodes_and_agrees_with_the_library() -> None:
    with pytest.raises(TooManySteps):
        Backtracker(re.compile("(?:a|aa)+b"), SQUARE).search("a" * LENGTH)
    with pytest.raises(TooManySteps):
        Backtracker(re.compile(" " + "(?:[a-z]* )?".join("a" * 24 + "b")), SQUARE).search(
            " a aaa" * 15
        )


@given(st.sampled_from(_all_patterns()), st.data())
def test_the_counter_matches_what_the_library_matches(
    pattern: re.Pattern[str], data: st.DataObject
) -> None:
    letters = st.sampled_from(letters_of(pattern)[:30] or ["a"])
    text = "".join(data.draw(st.lists(letters, max_size=8)))
    if pattern.flags & re.IGNORECASE:
        text = text.lower()
    assert Backtracker(pattern, 10**6).search(text) == (pattern.search(text) is not None)


# Rules

LONG = 4000
BUDGET = 300_000
"""Calls of functions, Python's own and the library's, for one text."""

ENTRIES = [
    (number, sounds.index(name))
    for number, name in enumerate(("千灯湖羽毛球队", "啊aaa" * 15, "Badminton Club of Guicheng"))
]


def _quiet(text: str) -> None:
    try:
        quiet_hours.parse(text)
    except ValueError:
        return


READERS: dict[str, Callable[[str], object]] = {
    "meaning": understanding.understand,
    "question": understanding.asks,
    "hidden": hiding.hidden,
    "time": lambda text: reading.read(text, NOW, ZONE),
    "seats": publishing.read_seats,
    "event": lambda text: pasting.understand(text, NOW, ZONE),
    "search": lambda text: search.rank(text, ENTRIES),
    "naming": lambda text: naming.named(text, list(ENTRIES)),
    "alike": lambda text: alike.groups([text, text]),
    "quiet hours": _quiet,
    "weekly": lambda text: weekly.read(text, NOW, ZONE),
    "language": asked_for,
    "one line": texts.one_line,
    "plain": typed.plain,
    "whole": typed.whole,
}
PIECES = st.sampled_from(
    (
        *("1-", "9:", "啊", "a", "aaaab", "1太你好啊", "3点", "周六", "1月", "报名", "怎么", "，"),
        *("第1", "12:", "/", "c1-", "什么时候有", "不去了", "羽毛球", "how", "sign", "十一点半"),
        *("\u200d", "（", "1月 ", "how "),
    )
)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(pieces=st.lists(PIECES, min_size=1, max_size=3), end=st.sampled_from(("", "!", "？", "b")))
def test_a_long_text_costs_a_rule_few_steps(name: str, pieces: list[str], end: str) -> None:
    piece = "".join(pieces)
    # Weights are read once.
    classifier.weights()
    READERS[name]("周六下午3点羽毛球")
    for length in (LONG, reading.LONGEST - 1):
        text = (piece * length)[: length - len(end)] + end
        assert _calls(READERS[name], text) <= BUDGET


def _calls(read: Callable[[str], object], text: str) -> int:
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(text)
    finally:
        sys.setprofile(before)
    return calls
