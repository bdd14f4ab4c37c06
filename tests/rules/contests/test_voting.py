"""What votes weigh, what is noticed in them, and how jury and public make places."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.rules.contests import bursts, results, weighing
from models.rules.contests.bursts import Cast, Sign
from models.rules.contests.scoring import Standing
from models.rules.contests.weighing import Ballots

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)

ballots = st.lists(
    st.builds(
        Ballots, st.integers(1, 4), st.sampled_from(["a", "b", "c", None]), st.integers(1, 90)
    ),
    max_size=12,
)
ceilings = st.integers(weighing.LEAST_CEILING, 60)


@given(ballots, ceilings)
def test_no_company_weighs_more_than_the_ceiling(given_: list[Ballots], ceiling: int) -> None:
    for group in ("a", "b", "c", None):
        own = [each for each in given_ if each.group == group]
        weighs = sum(weighing.totals(own, ceiling).values())
        votes = sum(each.votes for each in own)
        assert weighs == min(votes, ceiling)
    # What a group weighs does not depend on the others.
    assert sum(weighing.totals(given_, ceiling).values()) == sum(
        sum(weighing.totals([each for each in given_ if each.group == group], ceiling).values())
        for group in ("a", "b", "c", None)
    )


@given(ballots, ceilings, st.integers(1, 4), st.sampled_from(["a", "b", None]))
def test_a_vote_helps_its_entry_more_than_any_other(
    given_: list[Ballots], ceiling: int, entry: int, group: str | None
) -> None:
    before = weighing.totals(given_, ceiling)
    after = weighing.totals([*given_, Ballots(entry, group)], ceiling)
    gain = {each: after.get(each, 0) - before.get(each, 0) for each in range(1, 5)}
    assert gain[entry] >= 0
    assert all(gain[each] <= 0 for each in gain if each != entry)


@given(ballots)
def test_without_a_ceiling_votes_are_counted(given_: list[Ballots]) -> None:
    found = weighing.totals(given_, None)
    for entry in range(1, 5):
        assert found.get(entry, 0) == sum(each.votes for each in given_ if each.entry == entry)


# Signs


def cast(number: int, seconds: float, *, known: timedelta = YEAR, **more: object) -> Cast:
    at = NOON + timedelta(seconds=seconds)
    entry = more.pop("entry", 1)
    return Cast(number, entry, at, at - known, **more)  # type: ignore[arg-type]


def signs(casts: list[Cast]) -> list[tuple[Sign, int]]:
    return [(each.sign, len(each.votes)) for each in bursts.notice(casts)]


def test_votes_as_people_give_them_show_no_sign() -> None:
    assert signs([cast(n, 40 * n, units=frozenset({"e1"})) for n in range(60)]) == []
    assert signs([]) == []


def test_new_accounts_one_source_and_one_minute_are_noticed() -> None:
    assert signs([cast(n, 90 * n, known=timedelta(hours=2)) for n in range(3)]) == [(Sign.NEW, 3)]
    assert signs([cast(n, 90 * n, source="x") for n in range(3)]) == [(Sign.SOURCE, 3)]
    assert signs([cast(n, 90 * n, source="x", entry=n) for n in range(3)]) == []
    assert signs([cast(n, n) for n in range(20)]) == [(Sign.AT_ONCE, 20)]
    # Two rushes are two signs, and what lies between them is in neither.
    rushes = [cast(n, n) for n in range(20)]
    rushes += [cast(50, 200), *(cast(100 + n, 400 + 2 * n) for n in range(25))]
    assert signs(rushes) == [(Sign.AT_ONCE, 20), (Sign.AT_ONCE, 25)]


def test_a_unit_that_votes_as_one_is_noticed_but_not_one_that_votes_over_the_day() -> None:
    lamp_works = frozenset({"e1"})
    at_once = [cast(n, n, units=lamp_works) for n in range(8)]
    (found,) = bursts.notice([*at_once, cast(9, 7200, units=lamp_works)])
    assert (found.sign, found.unit, len(found.votes)) == (Sign.UNIT, "e1", 8)
    later = [cast(10 + n, 3600 * n, units=lamp_works) for n in range(1, 4)]
    assert signs(at_once + later) == []
    assert signs(at_once[:4]) == []


@given(st.lists(st.tuples(st.integers(1, 2), st.floats(0, 400)), max_size=80))
def test_a_rush_is_found_wherever_a_minute_is_full(rows: list[tuple[int, float]]) -> None:
    casts = [cast(n, at, entry=entry) for n, (entry, at) in enumerate(rows)]
    full = {
        each.id
        for one in casts
        if len(
            within := [
                each
                for each in casts
                if each.entry == one.entry and timedelta(0) <= each.at - one.at <= bursts.MINUTE
            ]
        )
        >= bursts.FEWEST_AT_ONCE
        for each in within
    }
    found = [number for each in bursts.notice(casts) for number in each.votes]
    assert sorted(found) == sorted(full)


# Jury and public


def standing(entry: str, score: int) -> Standing:
    return Standing(entry, 0, Fraction(score), Fraction(score), Fraction(score))


def test_the_ratio_decides_how_much_the_public_moves() -> None:
    jury = [standing("A", 90), standing("B", 80), standing("C", 40)]
    votes = {"B": Fraction(50), "C": Fraction(25)}
    groups = dict.fromkeys("ABCD", 0)

    def places(percent: int) -> list[tuple[int, str, float]]:
        return [
            (each.place, each.entry, float(each.total))
            for each in results.join(jury, votes, groups, percent)
        ]

    assert places(100) == [(1, "A", 90), (2, "B", 80), (3, "C", 40)]
    assert places(70) == [(1, "B", 86), (2, "A", 63), (3, "C", 43)]
    # Where the public decides alone, an entry without votes still has its place.
    assert places(0) == [(1, "B", 100), (2, "C", 50), (3, "A", 0), (4, "D", 0)]


def test_equal_totals_are_broken_by_the_jury_and_else_shared() -> None:
    jury = [standing("A", 80), standing("B", 100), standing("C", 80)]
    votes = {"A": Fraction(10), "B": Fraction(8), "C": Fraction(10), "D": Fraction(3)}
    found = results.join(jury, votes, {"A": 0, "B": 0, "C": 0, "D": 1}, 50)
    assert [(each.place, each.entry) for each in found] == [(1, "B"), (2, "A"), (2, "C")]
