"""Counts the steps that a backtracking matcher such as ``re`` takes for a pattern and a text.

``re`` itself cannot be asked. This matcher walks the same parsed pattern in the same order and
counts every character it compares and every way it tries, so that a pattern whose cost explodes is
found by a number instead of a clock. It knows what the project's patterns use; it raises
NotImplementedError for the rest.
"""

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

# Private, and described by no types but those of packages that happen to be there.
c: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")


class TooManySteps(Exception):
    """The budget is spent."""


class Backtracker:
    """Searches a pattern with a budget of steps."""

    def __init__(self, pattern: re.Pattern[str], budget: int) -> None:
        self._items = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | re.UNICODE)
        self._ignores_case = bool(pattern.flags & re.IGNORECASE)
        self._many_lines = bool(pattern.flags & re.MULTILINE)
        self._dot_all = bool(pattern.flags & re.DOTALL)
        self._left = budget
        self._groups: dict[int, tuple[int, int]] = {}

    def search(self, text: str) -> bool:
        """Return whether the pattern is found. Raises TooManySteps when the budget is spent."""
        folded = text.lower() if self._ignores_case else text
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(60_000)
        try:
            return any(
                next(self._all(list(self._items), folded, start), None) is not None
                for start in range(len(text) + 1)
            )
        finally:
            sys.setrecursionlimit(limit)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooManySteps

    def _all(self, items: list[Any], text: str, at: int) -> Iterator[int]:
        """The places where all items may end, in the order in which they are tried."""
        if not items:
            yield at
            return
        first, rest = items[0], items[1:]
        for place in self._one(first, text, at):
            yield from self._all(rest, text, place)

    def _one(self, item: Any, text: str, at: int) -> Iterator[int]:
        self._step()
        op, value = item
        if op in (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY):
            if at < len(text) and self._fits(op, value, text[at]):
                yield at + 1
        elif op is c.AT:
            if self._is_at(value, text, at):
                yield at
        elif op is c.SUBPATTERN:
            number, _on, _off, inside = value
            for place in self._all(list(inside), text, at):
                if number is not None:
                    self._groups[number] = (at, place)
                yield place
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from self._all(list(branch), text, at)
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT):
            yield from self._repeat(value, text, at, lazy=op is c.MIN_REPEAT)
        elif op is c.POSSESSIVE_REPEAT:
            yield from _first(self._repeat(value, text, at, lazy=False))
        elif op is c.ATOMIC_GROUP:
            yield from _first(self._all(list(value), text, at))
        elif op in (c.ASSERT, c.ASSERT_NOT):
            direction, inside = value
            begins = at if direction > 0 else at - inside.getwidth()[0]
            found = begins >= 0 and next(self._all(list(inside), text, begins), None) is not None
            if found == (op is c.ASSERT):
                yield at
        elif op is c.GROUPREF:
            begins, ends = self._groups.get(value, (0, -1))
            if begins <= ends and text.startswith(text[begins:ends], at):
                yield at + ends - begins
        else:
            raise NotImplementedError(f"{op} in a pattern")

    def _repeat(self, value: Any, text: str, at: int, *, lazy: bool) -> Iterator[int]:
        least, most, inside = value
        items = list(inside)
        if len(items) == 1 and items[0][0] in (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY):
            yield from self._run(items[0], least, most, text, at, lazy=lazy)
            return
        yield from self._rounds(items, least, most, text, at, lazy=lazy)

    def _run(
        self, item: Any, least: int, most: Any, text: str, at: int, *, lazy: bool
    ) -> Iterator[int]:
        op, value = item
        ends = at
        while ends < len(text) and ends - at < most and self._fits(op, value, text[ends]):
            self._step()
            ends += 1
        places = range(at + least, ends + 1)
        for place in places if lazy else reversed(places):
            self._step()
            yield place

    def _rounds(
        self, items: list[Any], least: int, most: Any, text: str, at: int, *, lazy: bool
    ) -> Iterator[int]:
        self._step()
        if least <= 0 and lazy:
            yield at
        if most > 0:
            for place in self._all(items, text, at):
                if place > at or least > 0:
                    yield from self._rounds(items, least - 1, most - 1, text, place, lazy=lazy)
        if least <= 0 and not lazy:
            yield at

    def _fits(self, op: Any, value: Any, letter: str) -> bool:
        if op is c.ANY:
            return self._dot_all or letter != "\n"
        if op is c.LITERAL:
            return self._same(value, letter)
        if op is c.NOT_LITERAL:
            return not self._same(value, letter)
        negated, found = False, False
        for kind, inside in value:
            if kind is c.NEGATE:
                negated = True
            elif kind is c.LITERAL:
                found = found or self._same(inside, letter)
            elif kind is c.RANGE:
                found = found or inside[0] <= ord(letter) <= inside[1]
            elif kind is c.CATEGORY:
                found = found or _in_category(inside, letter)
            else:
                raise NotImplementedError(f"{kind} in a set")
        return found != negated

    def _same(self, code: int, letter: str) -> bool:
        return chr(code).lower() == letter if self._ignores_case else chr(code) == letter

    def _is_at(self, where: Any, text: str, at: int) -> bool:
        if where in (c.AT_BEGINNING, c.AT_BEGINNING_STRING):
            return at == 0 or (self._many_lines and text[at - 1] == "\n")
        if where in (c.AT_END, c.AT_END_STRING):
            return at == len(text) or (self._many_lines and text[at] == "\n")
        before = at > 0 and _in_category(c.CATEGORY_WORD, text[at - 1])
        after = at < len(text) and _in_category(c.CATEGORY_WORD, text[at])
        return (before != after) == (where is c.AT_BOUNDARY)


def _first(places: Iterator[int]) -> Iterator[int]:
    place = next(places, None)
    if place is not None:
        yield place


def _in_category(category: Any, letter: str) -> bool:
    match category:
        case c.CATEGORY_DIGIT:
            return letter.isdecimal()
        case c.CATEGORY_NOT_DIGIT:
            return not letter.isdecimal()
        case c.CATEGORY_SPACE:
            return letter.isspace()
        case c.CATEGORY_NOT_SPACE:
            return not letter.isspace()
        case c.CATEGORY_WORD:
            return letter.isalnum() or letter == "_"
        case c.CATEGORY_NOT_WORD:
            return not (letter.isalnum() or letter == "_")
    raise NotImplementedError(f"{category}")


def letters_of(pattern: re.Pattern[str]) -> list[str]:
    """Return characters that the pattern speaks of, in order, one for each of its sets."""
    return list(dict.fromkeys(_letters(list(_parser.parse(pattern.pattern, pattern.flags)))))


def _letters(items: list[Any]) -> Iterator[str]:
    for op, value in items:
        if op in (c.LITERAL, c.NOT_LITERAL):
            yield chr(value)
        elif op is c.IN:
            yield from _of_set(value)
        elif op is c.SUBPATTERN:
            yield from _letters(list(value[3]))
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _letters(list(branch))
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            yield from _letters(list(value[2]))
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _letters(list(value[1]))
        elif op is c.ATOMIC_GROUP:
            yield from _letters(list(value))


def _of_set(value: Any) -> Iterator[str]:
    samples = {c.CATEGORY_DIGIT: "1", c.CATEGORY_SPACE: " ", c.CATEGORY_WORD: "a"}
    for kind, inside in value:
        if kind is c.LITERAL:
            yield chr(inside)
        elif kind is c.RANGE:
            yield chr(inside[0])
        elif kind is c.CATEGORY and inside in samples:
            yield samples[inside]
