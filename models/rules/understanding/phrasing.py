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


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A language's rules, and the words around what is asked for.

    ``how`` finds questions about the way and not the thing, ``doubts`` what makes a certain text
    uncertain. ``lead``, ``trail`` and ``play`` are taken off the words that are left; ``ordinal``
    is a place in a list.
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
