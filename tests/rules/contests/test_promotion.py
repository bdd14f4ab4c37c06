"""Who goes on to the next round, for any heats and any rule."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.rules.contests import promotion
from models.rules.contests.promotion import Ranked, Rule


@st.composite
def _heats(draw: st.DrawFn) -> list[list[Ranked]]:
    companies = st.one_of(st.none(), st.integers(1, 4))
    heats, number = list[list[Ranked]](), 0
    for size in draw(st.lists(st.integers(0, 6), min_size=1, max_size=4)):
        heat = list[Ranked]()
        for _ in range(size):
            number += 1
            score = Fraction(draw(st.integers(0, 10)))
            heat.append(Ranked(f"E{number}", draw(companies), (score, Fraction(-number))))
        heats.append(sorted(heat, key=lambda each: each.key, reverse=True))
    return heats


@given(_heats(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
def test_a_rule_promotes_the_best_and_keeps_the_limit(
    heats: list[list[Ranked]], first: int, others: int, standby: int, per_company: int
) -> None:
    rule = Rule(first, others, standby, per_company)
    found = promotion.promote(heats, rule)
    every = {each.code: each for heat in heats for each in heat}
    named = (*found.on, *found.standby, *found.over)
    assert len(set(named)) == len(named)
    assert set(named) <= every.keys()
    assert len(found.on) <= first * len(heats) + others
    assert len(found.standby) <= standby
    taken = Counter(every[code].company for code in found.on)
    taken.pop(None, None)
    if per_company:
        assert all(number <= per_company for number in taken.values())
    else:
        assert not found.over
        for heat in heats:
            assert {each.code for each in heat[:first]} <= set(found.on)
    # Nobody goes on over a better one of the same heat who was not stopped by the limit.
    for heat in heats:
        left_out = [each for each in heat if each.code not in (*found.on, *found.over)]
        if left_out:
            assert all(each.key > left_out[0].key for each in heat if each.code in found.on)


def test_a_quota_takes_the_first_of_a_company_and_all_who_have_none() -> None:
    entries = [("A", 1), ("B", 1), ("C", None), ("D", 1), ("E", 2), ("F", None)]
    assert promotion.within_quota(entries, 2) == (["A", "B", "C", "E", "F"], ["D"])
    assert promotion.within_quota(entries, 0)[1] == []
