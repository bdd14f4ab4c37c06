"""Polls as they are written: a title, then questions with their answers below."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from models.rules.texts import one_line

MOST_QUESTIONS, MOST_CHOICES, MOST_POLLS = 10, 8, 40
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_CHOICE = 60, 120, 40

_CHOICE = re.compile(r"[-－*•·]\s*")
_RIGHT = re.compile(r"[√✓✔=＝]\s*")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers; ``right`` are the places of the right ones, from 1."""

    text: str
    choices: tuple[str, ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A poll that can be kept. It is a quiz where every question has a right answer."""

    title: str
    questions: tuple[Question, ...]

    @property
    def is_quiz(self) -> bool:
        return all(each.right for each in self.questions)


class Unclear(StrEnum):
    """Why a text is no poll."""

    NO_TITLE = "no title"
    NO_QUESTION = "no question"
    TOO_MANY_QUESTIONS = "too many questions"
    FEW_CHOICES = "fewer than two answers"
    TOO_MANY_CHOICES = "too many answers"
    TOO_LONG = "too long"
    SOME_RIGHT = "some questions have no right answer"


@dataclass(slots=True)
class _Draft:
    text: str
    choices: list[str] = field(default_factory=list)
    right: set[int] = field(default_factory=set)


def read(title: str, text: str) -> Drafted | Unclear:
    """Return the poll that a text tells: a question a line, below it its answers with a hyphen.

    The right answer of a quiz begins with ``=``: ``= Foshan`` instead of ``- Foshan``.
    """
    title = one_line(title)
    if not title or len(title) > LONGEST_TITLE:
        return Unclear.NO_TITLE if not title else Unclear.TOO_LONG
    drafts: list[_Draft] = []
    for line in filter(None, map(one_line, text.splitlines())):
        right, choice = _RIGHT.match(line), _CHOICE.match(line)
        if right is None and choice is None:
            drafts.append(_Draft(line))
            continue
        if not drafts:
            return Unclear.NO_QUESTION
        mark = right or choice
        assert mark is not None
        drafts[-1].choices.append(line[mark.end() :])
        if right is not None:
            drafts[-1].right.add(len(drafts[-1].choices))
    return _checked(title, drafts)


def _checked(title: str, drafts: list[_Draft]) -> Drafted | Unclear:
    if not drafts:
        return Unclear.NO_QUESTION
    if len(drafts) > MOST_QUESTIONS:
        return Unclear.TOO_MANY_QUESTIONS
    for each in drafts:
        if len([choice for choice in each.choices if choice]) < 2:
            return Unclear.FEW_CHOICES
        if len(each.choices) > MOST_CHOICES:
            return Unclear.TOO_MANY_CHOICES
        if len(each.text) > LONGEST_QUESTION or max(map(len, each.choices)) > LONGEST_CHOICE:
            return Unclear.TOO_LONG
    if len({bool(each.right) for each in drafts}) > 1:
        return Unclear.SOME_RIGHT
    return Drafted(
        title,
        tuple(Question(e.text, tuple(e.choices), frozenset(e.right)) for e in drafts),
    )


def written(drafted: Drafted) -> str:
    """Return the text that ``read`` reads as these questions."""
    return "\n".join(
        "\n".join(
            (
                each.text,
                *(
                    f"{'=' if place in each.right else '-'} {choice}"
                    for place, choice in enumerate(each.choices, start=1)
                ),
            )
        )
        for each in drafted.questions
    )
