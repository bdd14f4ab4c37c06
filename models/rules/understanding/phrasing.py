"""The tables by which a language's requests are understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.rules.understanding.intents import Intent


@dataclass(frozen=True, slots=True)
class Rule:
    """A text that holds ``pattern`` asks for ``intent``.

    It is certain where the whole text is ``plain``, with nothing around it but courtesies, or
    where the rule is ``certain`` itself. ``how`` marks what is only asked about.
    """

    intent: Intent
    pattern: str
    plain: str = ""
    certain: bool = False
    how: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text that holds ``pattern`` must not be acted on; it is answered with a choice."""

    pattern: str
    likeliest: tuple[Intent, ...]


LATIN = re.compile("[a-z]{3}|^[^\u3400-\u9fff]*$")
"""A word in Latin letters, or no Chinese at all."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A language's rules, and the words around what is asked for.

    ``how`` finds questions about the way and not the thing, ``doubts`` what makes a certain text
    uncertain. ``lead``, ``trail`` and ``play`` are taken off the words that are left; ``ordinal``
    is a place in a list. ``separator`` stands between the phrases of ``exact``, None for blanks.

    ``reads`` finds the texts that may be in this language. ``always`` are words whose misspellings
    hardly ever mean anything else, ``often`` those whose slips are forgiven where nothing else is
    understood, ``known`` those that look like such a slip and are none; ``spelt`` are the words
    that pinyin may stand for. With ``names_follow`` an exact phrase and a blank stand before a
    name.
    """

    rules: tuple[Rule | Doubt, ...]
    exact: Mapping[Intent, str]
    before: str
    after: str
    how: re.Pattern[str]
    doubts: re.Pattern[str]
    lead: re.Pattern[str]
    trail: re.Pattern[str]
    play: re.Pattern[str]
    ordinal: re.Pattern[str]
    separator: str | None = "|"
    reads: re.Pattern[str] = LATIN
    always: tuple[str, ...] = ()
    often: str = ""
    known: str = ""
    spelt: str = ""
    names_follow: bool = False
