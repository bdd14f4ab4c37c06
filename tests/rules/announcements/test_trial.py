"""The trial wave: what its twenty deliveries say about the rest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.announcements.trial import MAX_WAIT, TrialCounts, TrialSize, Verdict, verdict

JUST_NOW = timedelta(seconds=3)
SOME = st.integers(0, 20)
ANY = st.builds(TrialCounts, SOME, SOME, SOME, SOME, SOME, SOME, SOME)


@pytest.mark.parametrize(
    ("tried", "lasted", "expected"),
    [
        (TrialCounts(sent=20), JUST_NOW, Verdict.GO),
        (TrialCounts(sent=18, unreachable=2), JUST_NOW, Verdict.GO),
        (TrialCounts(sent=10, unreachable=5, in_doubt=5), JUST_NOW, Verdict.GO),
        (TrialCounts(sent=9, unreachable=5, in_doubt=6), JUST_NOW, Verdict.HOLD),
        (TrialCounts(sent=19, refused=1), JUST_NOW, Verdict.HOLD),
        (TrialCounts(refused=1, under_way=19), JUST_NOW, Verdict.HOLD),
        (TrialCounts(sent=19, under_way=1), JUST_NOW, Verdict.WAIT),
        (TrialCounts(sent=19, under_way=1), MAX_WAIT, Verdict.GO),
        (TrialCounts(unreachable=2, under_way=18), MAX_WAIT, Verdict.HOLD),
        (TrialCounts(under_way=20), MAX_WAIT, Verdict.WAIT),
        (TrialCounts(postponed=20), timedelta(hours=9), Verdict.WAIT),
        (TrialCounts(sent=1, postponed=19), JUST_NOW, Verdict.GO),
        (TrialCounts(unreachable=1, postponed=19), JUST_NOW, Verdict.WAIT),
        (TrialCounts(waiting=20), JUST_NOW, Verdict.GO),
        (TrialCounts(waiting=19, postponed=1), JUST_NOW, Verdict.WAIT),
        (TrialCounts(), JUST_NOW, Verdict.GO),
    ],
)
def test_the_rest_goes_out_when_the_trial_has_gone_well(
    tried: TrialCounts, lasted: timedelta, expected: Verdict
) -> None:
    assert verdict(tried, lasted) is expected


@given(ANY, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_what_a_platform_refuses_never_goes_to_the_rest(
    tried: TrialCounts, lasted: timedelta
) -> None:
    assert not (tried.refused and verdict(tried, lasted) is not Verdict.HOLD)


@given(ANY, st.timedeltas(MAX_WAIT, timedelta(days=1)))
def test_what_some_got_and_nothing_speaks_against_is_not_held_up_for_ever(
    tried: TrialCounts, lasted: timedelta
) -> None:
    failed = tried.refused + tried.in_doubt + tried.unreachable
    if tried.sent and not failed:
        assert verdict(tried, lasted) is Verdict.GO


@pytest.mark.parametrize(
    ("trial", "people", "expected"),
    [
        (TrialSize(), 100, False),
        (TrialSize(), 101, True),
        (TrialSize(over=10, wave=20), 15, False),
        (TrialSize(over=10, wave=20), 21, True),
        (TrialSize(wave=0), 1_000_000, False),
    ],
)
def test_only_a_wide_one_is_tried_first(trial: TrialSize, people: int, expected: bool) -> None:
    assert trial.is_for(people) is expected
