"""Who may be nominated, and when an award can be decided."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.contests import awarding
from models.rules.contests.awarding import Fault, Lack, Nominee, Terms

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TERMS = Terms(months=6, years=3)


def test_what_speaks_against_a_nominee_is_told_all_at_once() -> None:
    fresh = Nominee(NOW - timedelta(days=100), False, 2024, True)
    assert awarding.faults(TERMS, fresh, 2026, NOW) == (
        Fault.NOT_MEANT,
        Fault.TOO_NEW,
        Fault.LAUREATE_LATELY,
        Fault.IS_JUDGE,
    )
    long_here = Nominee(NOW - timedelta(days=400), True, 2022, False)
    assert awarding.faults(TERMS, long_here, 2026, NOW) == ()
    # Whoever had it this very year has it still where the terms name no years.
    assert awarding.faults(Terms(), Nominee(None, True, 2026, False), 2026, NOW) == (
        Fault.LAUREATE_LATELY,
    )


@given(st.integers(1, 3), st.integers(1, 3), st.integers(-5, 5), st.integers(0, 3))
def test_two_people_decide_after_the_notice_with_every_objection_answered(
    proposed_by: int, by: int, days: int, waiting: int
) -> None:
    found = awarding.lacks(
        proposed_by=proposed_by,
        notice_until=NOW + timedelta(days=days),
        waiting=waiting,
        decider=by,
        now=NOW,
    )
    assert (Lack.NOTICE in found) == (days > 0)
    assert (Lack.OBJECTIONS in found) == (waiting > 0)
    assert (Lack.SECOND in found) == (by == proposed_by)
    assert Lack.PROPOSAL not in found


def test_nothing_is_decided_that_nobody_proposed() -> None:
    found = awarding.lacks(proposed_by=None, notice_until=None, waiting=0, decider=1, now=NOW)
    assert found == (Lack.PROPOSAL,)
