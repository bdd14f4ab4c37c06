"""What a model's answer is worth: a choice among what was offered, or nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.understanding.choosing import (
    MEANS,
    NEVER,
    NoAnswer,
    Unread,
    instructions,
    intents_for,
    schema,
    understood,
)
from models.rules.understanding.intents import Confidence, Intent
from models.rules.understanding.understanding import ORGANIZING

TEXT = "那个打毛球的周六搞不搞，3号那场"
UNREAD = Unread(TEXT, intents_for(organizes=False))


def said(**answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)


def test_a_choice_is_likely_at_most_and_keeps_to_the_text() -> None:
    found = understood(said(intent="signup", thing="打毛球", number=7, day=""), UNREAD, TEXT)
    assert (found.intent, found.words, found.span) == (Intent.SIGN_UP, "打毛球", "saturday")
    assert found.confidence == Confidence.LIKELY
    assert not found.certain
    assert understood(said(intent="when", number=3), UNREAD, TEXT).number == 3
    # What does not stand in the text, or was hidden in it, is not taken over.
    assert understood(said(intent="when", thing="你这个笨蛋"), UNREAD, TEXT).words == ""
    assert understood(said(intent="when", thing="□"), UNREAD, "□几点").words == ""


def test_a_day_is_taken_where_the_station_reads_none() -> None:
    unread = Unread("过两晚有乜玩", UNREAD.intents)
    found = understood(said(intent="events", day="day_after"), unread, unread.text)
    assert found.span == "day_after"
    assert understood(said(intent="events", day="someday"), unread, unread.text).span == ""


def test_unclear_is_an_answer() -> None:
    assert understood(said(intent="unclear"), UNREAD, TEXT).intent is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "羽毛球是周六",
        "{",
        "[]",
        "{}",
        said(intent="delete_everything"),
        said(intent=["signup"]),
        said(intent=None),
        said(intent="announcement"),
        said(intent="yes"),
        "{" * 5000,
    ],
)
def test_anything_else_is_no_answer(content: str) -> None:
    with pytest.raises(NoAnswer):
        understood(content, UNREAD, TEXT)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each)), st.text())
def test_no_answer_does_more_than_choose(value: object, text: str) -> None:
    unread = Unread(text, UNREAD.intents)
    found = understood(said(intent="signup", thing=value, number=value, day=value), unread, text)
    assert not found.certain
    assert found.intent == Intent.SIGN_UP


def test_an_answer_in_words_around_it_is_found() -> None:
    assert understood(f"```json\n{said(intent='cost')}\n```", UNREAD, TEXT).intent == Intent.COST


def test_whoever_has_no_role_is_offered_no_act_of_organizers() -> None:
    assert ORGANIZING.isdisjoint(intents_for(organizes=False))
    assert set(intents_for(organizes=True)) == set(Intent) - NEVER


def test_the_model_is_told_of_every_choice_and_the_schema_holds_it_to_them() -> None:
    told = instructions(UNREAD)
    assert all(f"\n{each}: " in told for each in UNREAD.intents)
    assert set(MEANS) <= set(Intent) - NEVER
    assert schema(UNREAD)["properties"]["intent"]["enum"] == [*UNREAD.intents, "unclear"]


def test_a_known_answer_comes_before_an_intent_and_only_of_those_offered() -> None:
    unread = Unread(TEXT, UNREAD.intents, answers=((7, "几点开门？"), (9, "几点关门？")))
    assert schema(unread)["properties"]["answer"]["enum"] == [0, 7, 9]
    assert "9: 几点关门？" in instructions(unread)
    found = understood(said(intent="when", answer=9), unread, TEXT)
    assert (found.intent, found.answer, found.certain) == (None, 9, False)
    assert understood(said(intent="when", answer=0), unread, TEXT).intent is Intent.WHEN
    # Where none was offered, none is chosen.
    assert understood(said(intent="when", answer=9), UNREAD, TEXT).answer == 0
    for wrong in (8, "9", True, [9]):
        with pytest.raises(NoAnswer):
            understood(said(intent="when", answer=wrong), unread, TEXT)
