"""How well questions in other words find the known answers of the demo.

``known_tuned.tsv`` is what the comparing was built with; nothing was looked at in
``known_kept_apart.tsv``. A line holds the question of the answer, or ``-`` where no answer fits,
and what was written.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from models.rules.desk.likeness import Index

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "demo" / "nanhai.toml"
PARTS = ("tuned", "kept_apart")
NONE = "-"


class Outcome(StrEnum):
    """What becomes of a question with an answer, and of one without."""

    CERTAIN = "answered at once"
    ASKED = "asked with it"
    MISSED = "not found"
    WRONG = "answered wrongly"
    PASSED = "passed on"
    ASKED_FOR_NOTHING = "asked for nothing"
    FOR_NOTHING = "answered for nothing"


@cache
def demo() -> tuple[tuple[str, ...], Index]:
    """The questions of the demo by number, and their index."""
    answers = tomllib.loads(DEMO.read_text("utf-8"))["answers"]
    asked = {
        number: (each["question"], each["question_en"], *each["variants"])
        for number, each in enumerate(answers)
    }
    return tuple(each["question"] for each in answers), Index(asked)


def lines(part: str) -> Iterator[tuple[str, str]]:
    """What is asked, and how."""
    for line in (HERE / f"known_{part}.tsv").read_text("utf-8").splitlines():
        wanted, _, text = line.partition("\t")
        yield wanted, text


def judge(wanted: str, text: str) -> Outcome:
    questions, index = demo()
    found = index.find(text)
    if wanted == NONE:
        if found.certain is not None:
            return Outcome.FOR_NOTHING
        return Outcome.ASKED_FOR_NOTHING if found.likely else Outcome.PASSED
    if found.certain is not None:
        return Outcome.CERTAIN if questions[found.certain] == wanted else Outcome.WRONG
    is_offered = wanted in {questions[each] for each in found.likely}
    return Outcome.ASKED if is_offered else Outcome.MISSED


def measure(part: str) -> Counter[Outcome]:
    return Counter(judge(wanted, text) for wanted, text in lines(part))


def rows() -> Iterator[str]:
    """The lines of the table."""
    yield "| known answers |" + "".join(f" {each} |" for each in Outcome)
    yield "|---|" + "---|" * len(Outcome)
    for part in PARTS:
        counted = measure(part)
        yield f"| {part.replace('_', ' ')} |" + "".join(f" {counted[each]} |" for each in Outcome)
