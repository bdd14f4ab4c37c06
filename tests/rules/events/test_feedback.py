"""When people are asked how it was, and that nobody is known by what is shown."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.feedback import Answer, ask_at, shown
from tests.miniature.rows import ZONE, local

answers = st.lists(
    st.builds(Answer, st.integers(1, 5), st.sampled_from(["", "", "好", "太挤", "谢谢大家"]))
)
ends = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(ZONE),
)


@given(ends)
def test_people_are_asked_at_ten_of_the_day_after(ends_at: datetime) -> None:
    asked = ask_at(ends_at, ZONE)
    assert (asked.hour, asked.minute) == (10, 0)
    assert timedelta(hours=4) <= asked - ends_at < timedelta(hours=28)


def test_what_ends_in_the_night_was_the_evening_before() -> None:
    assert ask_at(local(5, 23), ZONE) == ask_at(local(6, 1), ZONE) == local(6, 10)
    assert ask_at(local(6, 17), ZONE) == local(7, 10)


@given(answers)
def test_answers_are_shown_in_fives(given: list[Answer]) -> None:
    found = shown(given)
    if len(given) < 5:
        assert found is None
        return
    assert found is not None
    assert found.number == len(given) // 5 * 5
    counted = given[: found.number]
    assert found.by_stars == tuple(Counter(e.stars for e in counted)[each] for each in range(1, 6))
    assert sorted(found.sentences) == sorted(each.words for each in counted if each.words)
    assert 1 <= found.mean <= 5


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_sentences_does_not_tell_when_they_were_written(given, random) -> None:  # type: ignore[no-untyped-def]
    counted = given[: len(given) // 5 * 5]
    other = random.sample(counted, len(counted))
    assert shown(other) == shown(counted)
