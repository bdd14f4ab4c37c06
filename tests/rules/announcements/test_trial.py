"""The trial wave: what its twenty deliveries say about the rest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.announcements.trial import PATIENCE, Trial, Tried, Verdict, verdict

JUST_NOW = timedelta(seconds=3)
SOME = st.integers(0, 20)
ANY = st.builds(Tried, SOME, SOME, SOME, SOME, SOME, SOME, SOME)


@pytest.mark.parametrize(
    ("tried", "lasted", "expected"),
    [
        (Tried(sent=20), JUST_NOW, Verdict.GO),
        (Tried(sent=18, unreachable=2), JUST_NOW, Verdict.GO),
        (Tried(sent=10, unreachable=5, in_doubt=5), JUST_NOW, Verdict.GO),
        (Tried(sent=9, unreachable=5, in_doubt=6), JUST_NOW, Verdict.HOLD),
        (Tried(sent=19, refused=1), JUST_NOW, Verdict.HOLD),
        (Tried(refused=1, under_way=19), JUST_NOW, Verdict.HOLD),
        (Tried(sent=19, under_way=1), JUST_NOW, Verdict.WAIT),
        (Tried(sent=19, under_way=1), PATIENCE, Verdict.GO),
        (Tried(unreachable=2, under_way=18), PATIENCE, Verdict.HOLD),
        (Tried(under_way=20), PATIENCE, Verdict.WAIT),
        (Tried(postponed=20), timedelta(hours=9), Verdict.WAIT),
        (Tried(sent=1, postponed=19), JUST_NOW, Verdict.GO),
        (Tried(unreachable=1, postponed=19), JUST_NOW, Verdict.WAIT),
        (Tried(waiting=20), JUST_NOW, Verdict.GO),
        (Tried(waiting=19, postponed=1), JUST_NOW, Verdict.WAIT),
        (Tried(), JUST_NOW, Verdict.GO),
    ],
)
def test_the_rest_goes_out_when_the_trial_has_gone_well(
    tried: Tried, lasted: timedelta, expected: Verdict
) -> None:
    assert verdict(tried, lasted) is expected


@given(ANY, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_what_a_platform_refuses_never_goes_to_the_rest(tried: Tried, lasted: timedelta) -> None:
    assert not (tried.refused and verdict(tried, lasted) is not Verdict.HOLD)


@given(ANY, st.timedeltas(PATIENCE, timedelta(days=1)))
def test_what_some_got_and_nothing_speaks_against_is_not_held_up_for_ever(
    tried: Tried, lasted: timedelta
) -> None:
    failed = tried.refused + tried.in_doubt + tried.unreachable
    if tried.sent and not failed:
        assert verdict(tried, lasted) is Verdict.GO


@pytest.mark.parametrize(
    ("trial", "people", "expected"),
    [
        (Trial(), 100, False),
        (Trial(), 101, True),
        (Trial(over=10, wave=20), 15, False),
        (Trial(over=10, wave=20), 21, True),
        (Trial(wave=0), 1_000_000, False),
    ],
)
def test_only_a_wide_one_is_tried_first(trial: Trial, people: int, expected: bool) -> None:
    assert trial.is_for(people) is expected
