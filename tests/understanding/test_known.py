"""Questions in other words find the answers that are known, and others find none."""

import time
from statistics import median

import pytest

from models.rules.desk import likeness
from models.rules.desk.likeness import Index
from tests.understanding.known import DEMO, NONE, PARTS, Outcome, demo, lines, measure

REACHED = {"tuned": 0.95, "kept_apart": 0.9}
AT_ONCE = {"tuned": 0.75, "kept_apart": 0.65}
WRONG = {"tuned": 0.0, "kept_apart": 0.02}
MOST_MS = 0.6
"""Twice what a text may cost, among 300 answers: other tests run beside this one."""


@pytest.mark.parametrize("part", PARTS)
def test_who_asks_in_other_words_is_answered_or_asked(part: str) -> None:
    counted = measure(part)
    asked = sum(wanted != NONE for wanted, _ in lines(part))
    reached = counted[Outcome.CERTAIN] + counted[Outcome.ASKED]
    assert reached >= REACHED[part] * asked
    assert counted[Outcome.CERTAIN] >= AT_ONCE[part] * asked
    wrong = counted[Outcome.WRONG] + counted[Outcome.FOR_NOTHING]
    assert wrong <= WRONG[part] * counted.total()


def test_the_sets_are_large_and_every_answer_is_asked_for() -> None:
    told = [each for part in PARTS for each in lines(part)]
    assert sum(wanted != NONE for wanted, _ in told) >= 120
    assert sum(wanted == NONE for wanted, _ in told) >= 60
    assert {wanted for wanted, _ in told} - {NONE} == set(demo()[0])
    texts = [text for _, text in told]
    assert len(set(texts)) == len(texts)


def test_nothing_that_is_kept_apart_stands_among_the_questions() -> None:
    written = DEMO.read_text("utf-8")
    copied = [text for _, text in lines("kept_apart") if f'"{text}"' in written]
    assert len(copied) <= 3


def test_a_text_is_compared_quickly_among_three_hundred_answers() -> None:
    questions, _ = demo()
    places = ("狮山", "桂城", "大沥", "里水", "丹灶", "西樵", "九江", "区里")
    asked = {
        number * len(places) + place: [question + name]
        for number, question in enumerate(questions)
        for place, name in enumerate(places)
    }
    assert len(asked) >= 300
    index, taken = Index(asked), []
    for _, text in lines("tuned"):
        likeness._pieces.cache_clear()
        before = time.process_time()
        index.find(text)
        taken.append((time.process_time() - before) * 1000)
    assert median(taken) < MOST_MS


@pytest.mark.parametrize("text", ["", "？", "1", "啊", "x" * 4000, "工资" * 2000, "\ud83d\ude00"])
def test_whatever_is_written_is_compared(text: str) -> None:
    found = demo()[1].find(text)
    assert len(found.likely) <= likeness.OFFERED
    assert demo()[1].find(text, among=()) == likeness.NOTHING
