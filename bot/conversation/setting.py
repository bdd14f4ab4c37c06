"""Set values into a sentence, as they stand beside its words: what only the values decide."""

import re
from collections.abc import Callable, Mapping
from string import ascii_letters, digits
from typing import Any

from bot.conversation.messages import Days, When

_CLOSED = "\ue000"
"""Stands behind a full-width bracket, which has its space within: 12月5日（后天）截止."""

_SEAM = "\ue001"
"""Stands where a value begins or ends with a letter or digit that is half as wide as Chinese."""

_HAN, _NARROW = "[\u3400-\u9fff]", "[0-9A-Za-z]"
_APART = re.compile(
    rf"(?<={_HAN})(?<![年月]){_SEAM}(?={_NARROW})|(?<={_NARROW}){_SEAM}(?![日月号])(?={_HAN})"
)
"""Where a space parts a value from Chinese, as in 在 8:20 桂城站上车; in 12月5日 none does."""

_IS_NARROW = frozenset(ascii_letters + digits)


def filled(pattern: str, values: Mapping[str, Any], in_words: Callable[[Any], str]) -> str:
    """Return the sentence of a pattern; ``in_words`` says the values that it asks for."""
    said = pattern.format_map(_Values(values, in_words))
    if _SEAM in said:
        said = _APART.sub(" ", said).replace(_SEAM, "")
    return said.replace(f"{_CLOSED} ", "").replace(_CLOSED, "") if _CLOSED in said else said


class _Values(dict[str, str]):
    """Puts a value into words when, and only if, the sentence asks for it."""

    def __init__(self, values: Mapping[str, Any], in_words: Callable[[Any], str]) -> None:
        super().__init__()
        self._values = values
        self._in_words = in_words

    def __missing__(self, name: str) -> str:
        value = self._values[name]
        said = self._in_words(value)
        if isinstance(value, When | Days) and said.endswith("）"):
            said += _CLOSED
        elif said[-1:] in _IS_NARROW:
            said += _SEAM
        return _SEAM + said if said[:1] in _IS_NARROW else said
