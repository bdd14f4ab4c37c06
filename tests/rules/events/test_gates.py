"""Who may sign up: each condition keeps out whom it should, by each way in, and nobody else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.events import gate_words, gates
from models.rules.events.gates import HOLDS, NONE, WITHIN, Gate, Gates, Person, WayIn
from models.rules.events.windows import Why
from tests.miniature.rows import ZONE, local

NOW = local(1, 12)
SOON, BEFORE = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)
YEAR = 2026
FITS = Person(birth_year=2000, has_done=True)
MISSED = (NOW - timedelta(days=1), NOW - timedelta(days=89))
WELDERS = Gates(age_from=18, age_to=35, done="焊接", comes=True, approval=True)

CLOSED: Mapping[Gate, tuple[Why, dict[str, Any]]] = {
    Gate.OPENING: (Why.NOT_YET_OPEN, {"opens_at": SOON}),
    Gate.AUDIENCE: (Why.NOT_FOR_THEM, {"belongs": False}),
    Gate.AGE: (Why.NOT_OF_AGE, {"birth_year": 1980}),
    Gate.DONE: (Why.NOT_DONE_BEFORE, {"has_done": False}),
    Gate.COMES: (Why.MISSED_TWICE, {"missed": MISSED}),
}


def first(facts: Mapping[str, Any], way: WayIn) -> Why | None:
    person = replace(FITS, **{name: each for name, each in facts.items() if name != "opens_at"})
    return gates.first_closed(WELDERS, facts.get("opens_at"), YEAR, person, NOW, way)


@pytest.mark.parametrize("way", WayIn)
@pytest.mark.parametrize("gate", CLOSED)
def test_each_condition_keeps_out_by_the_ways_in_where_it_holds(gate: Gate, way: WayIn) -> None:
    why, facts = CLOSED[gate]
    at_door = Why.NEEDS_APPROVAL if way in (WayIn.DOOR, WayIn.HANDED) else None
    assert first({}, way) == at_door
    assert first(facts, way) == (why if gate in HOLDS[way] else at_door)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(sorted(CLOSED, key=list(Gate).index))), st.sampled_from(WayIn))
def test_the_first_that_is_closed_is_said_and_the_queue_is_asked_nothing(
    closed: set[Gate], way: WayIn
) -> None:
    facts: dict[str, Any] = {}
    for each in closed:
        facts |= CLOSED[each][1]
    said = [CLOSED[each][0] for each in Gate if each in closed and each in HOLDS[way]]
    at_door = Why.NEEDS_APPROVAL if way in (WayIn.DOOR, WayIn.HANDED) else None
    assert first(facts, way) == (said[0] if said else at_door)
    assert first(facts, WayIn.QUEUE) is None
    # An event without conditions is open to everybody.
    person = replace(FITS, has_done=False, birth_year=None, missed=MISSED, is_known=False)
    assert gates.first_closed(NONE, BEFORE, YEAR, person, NOW, way) is None


ages = st.one_of(st.none(), st.integers(1, 120))


@given(ages, ages, st.integers(1900, 2026))
def test_who_may_be_of_the_age_on_some_day_of_the_year_is_let_in(
    first_age: int | None, last: int | None, born: int
) -> None:
    said = Gates(age_from=first_age, age_to=last)
    possible = (YEAR - born - 1, YEAR - born)
    fits = any((first_age or 0) <= age <= (last if last is not None else 200) for age in possible)
    if first_age is not None and last is not None and first_age > last:
        return
    assert gates.is_of_age(said, YEAR, born) == fits
    unknown = Person()
    why = gates.first_closed(said, None, YEAR, unknown, NOW)
    assert why is (Why.AGE_UNKNOWN if said.has_age else None)
    assert gates.first_closed(said, None, YEAR, unknown, NOW, WayIn.DOOR) is None


@given(st.lists(st.integers(-10, 200), max_size=6))
def test_two_missed_within_ninety_days_keep_out_until_the_second_last_is_older(
    days: list[int],
) -> None:
    missed = [NOW - timedelta(days=each, hours=1) for each in days]
    late = [each for each in missed if NOW - WITHIN < each <= NOW]
    at = gates.open_again_at(missed, NOW)
    assert (at is not None) == (len(late) >= 2)
    if at is not None:
        assert NOW < at <= NOW + WITHIN
        assert gates.open_again_at(missed, at - timedelta(seconds=1)) is not None
        # From then on at most one of those that lie behind counts.
        assert gates.open_again_at([each for each in missed if each <= NOW], at) is None


def test_the_station_says_whether_no_shows_stay_out_unless_the_event_does() -> None:
    person = Person(missed=MISSED)
    for own, by_default, closed in (
        *((None, False, False), (None, True, True)),
        *((True, False, True), (False, True, False)),
    ):
        said = Gates(comes=own)
        why = gates.first_closed(said, None, YEAR, person, NOW, comes_by_default=by_default)
        assert (why is Why.MISSED_TWICE) == closed
    # A new browser has missed nothing, and is nobody in particular.
    unknown = Person(is_known=False)
    assert gates.first_closed(Gates(comes=True), None, YEAR, unknown, NOW) is Why.WEB_ALONE


conditions = st.builds(
    Gates,
    ages,
    ages,
    st.sampled_from(["", "焊接基础班", "#12 焊接 基础班", "Welding basics"]),
    st.sampled_from([None, True, False]),
    st.booleans(),
)


@given(conditions)
def test_a_column_holds_the_conditions(said: Gates) -> None:
    assert gates.from_column(said.to_column()) == said
    assert (said.to_column() == "") == (said == NONE)


def test_a_number_or_words_name_what_was_to_be_done() -> None:
    by_number = Gates(done="#12 焊接基础班")
    assert (by_number.done_number, by_number.done_title) == (12, "焊接基础班")
    by_words = Gates(done="焊接 基础")
    assert (by_words.done_number, by_words.done_title) == (None, "焊接 基础")
    assert gates.has_done(by_words, ["插花", "焊接技能基础班 Welding"])
    assert not gates.has_done(by_words, ["焊接高级班", "电工基础"])
    assert not gates.has_done(by_words, [])


WORDS: Mapping[str, dict[str, Any]] = {
    "18-35岁；上过焊接基础班；要我同意；爽约两次的不收": {
        "ages": (18, 35),
        "done": "焊接基础班",
        "approval": True,
        "comes": True,
    },
    "18岁以上，60周岁以下": {"ages": (18, 60)},
    "年满18周岁": {"ages": (18, None)},
    "12月5日 20:00 开始报名": {"opens_at": datetime(2026, 12, 5, 12, tzinfo=UTC)},
    "报名开始：12月5日 20:00": {"opens_at": datetime(2026, 12, 5, 12, tzinfo=UTC)},
    "参加过第12号活动": {"done": "#12"},
    "不用同意\n不限年龄\n随时可报\n爽约也可以": {
        "approval": False,
        "any_age": True,
        "any_time": True,
        "comes": False,
    },
    "ages 18 to 35; after Welding basics; approval; no no-shows": {
        "ages": (18, 35),
        "done": "Welding basics",
        "approval": True,
        "comes": True,
    },
    "sign-up opens 5 December 8pm; no-shows allowed": {
        "opens_at": datetime(2026, 12, 5, 12, tzinfo=UTC),
        "comes": False,
    },
}


@pytest.mark.parametrize("words", WORDS)
def test_conditions_are_read_as_they_are_written(words: str) -> None:
    said = gate_words.read(words, NOW, ZONE)
    assert said == gate_words.Said(**WORDS[words])


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("18-35岁；随便写写", "随便写写"),
        ("35-18岁", "35-18岁"),
        ("0-300岁", "0-300岁"),
        ("报名开始：以后再说", "报名开始：以后再说"),
    ],
)
def test_what_is_no_condition_is_named(words: str, wrong: str) -> None:
    assert gate_words.read(words, NOW, ZONE) == wrong


@given(st.text(max_size=60))
def test_any_words_are_read_or_named(words: str) -> None:
    said = gate_words.read(words, NOW, ZONE)
    assert isinstance(said, gate_words.Said) or said in words


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("对象：18-35岁职工", (18, 35)),
        ("年满18周岁可报", (18, None)),
        ("欢迎25岁左右的朋友", (None, None)),
        ("适合3-6岁孩子", (None, None)),
        ("14:00-17:00", (None, None)),
    ],
)
def test_an_announcement_sets_only_what_is_plain(
    text: str, ages: tuple[int | None, int | None]
) -> None:
    said = gate_words.pasted(text)
    assert (said.age_from, said.age_to) == ages
