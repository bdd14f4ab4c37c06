"""Scores follow from points in exact numbers, and a record is recomputed from itself alone."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.station.record_commands import protocol
from models.rules.contests import assigning, protocols, scoring
from models.rules.contests.protocols import Fault, Judging, Proven, Public
from models.rules.contests.scoring import Criterion, Method, Scored


@st.composite
def judgings(draw: st.DrawFn) -> Judging:
    criteria = draw(
        st.lists(
            st.builds(Criterion, st.integers(1, 9), st.integers(1, 20)), min_size=1, max_size=4
        )
    )
    entries = {f"E{n:02}": draw(st.integers(0, 1)) for n in range(draw(st.integers(0, 9)))}
    judges = tuple(f"J{n}" for n in range(draw(st.integers(1, 6))))
    conflicts, scored = set(), []
    for entry in entries:
        for judge in judges:
            match draw(st.integers(0, 4)):
                case 0:
                    conflicts.add((entry, judge))
                case 1:
                    pass
                case _:
                    points = tuple(draw(st.integers(0, each.most)) for each in criteria)
                    scored.append(Scored(entry, judge, points))
    return Judging(
        tuple(criteria),
        draw(st.sampled_from(Method)),
        draw(st.booleans()),
        3,
        assigning.seed_of(entries, judges),
        entries,
        judges,
        frozenset(conflicts),
        tuple(scored),
    )


def record_of(judging: Judging) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(protocols.record_of(judging, 7)))
    return again


def small(**changes: Any) -> dict[str, Any]:
    """A record of three entries and judges, a part of it exchanged, with a hash that fits."""
    entries, judges = {"AAAA": 0, "BBBB": 0, "CCCC": 0}, ("J1", "J2", "J3")
    points = {"AAAA": ((9, 8), (7, 8), (8, 8)), "BBBB": ((5, 9), (6, 9), (9, 9)), "CCCC": ()}
    record = record_of(
        Judging(
            (Criterion(60, 10), Criterion(40, 10)),
            Method.MEAN,
            False,
            3,
            assigning.seed_of(entries, judges),
            entries,
            judges,
            frozenset({("CCCC", "J1")}),
            tuple(
                Scored(entry, judge, given)
                for entry, all_given in points.items()
                for judge, given in zip(judges, all_given, strict=False)
            ),
        )
    )
    record |= changes
    return record if "hash" in changes else {**record, "hash": protocols.hash_of(record)}


PUBLIC = {"jury_percent": 70, "ceiling": 30, "weighs": [["BBBB", "45/2"]], "web": [], "apart": []}


# Marks, scores, places


def test_a_mark_is_the_weighted_share_of_the_points() -> None:
    criteria = (Criterion(60, 10), Criterion(40, 5))
    assert scoring.mark(criteria, (10, 5)) == 100
    assert scoring.mark(criteria, (5, 0)) == 30
    assert scoring.mark((Criterion(1, 3),), (1,)) == Fraction(100, 3)


def test_the_methods_differ_in_what_one_judge_can_do() -> None:
    marks = [Fraction(each) for each in (80, 90, 10, 82)]
    assert scoring.score(Method.MEAN, marks) == Fraction(131, 2)
    assert scoring.score(Method.TRIMMED, marks) == 81
    assert scoring.score(Method.MEDIAN, marks) == 81
    assert scoring.score(Method.TRIMMED, marks[:2]) == 85


def test_strict_and_mild_judges_count_alike_when_normalised() -> None:
    mild = {"A": Fraction(90), "B": Fraction(80), "C": Fraction(70)}
    strict = {entry: mark / 2 for entry, mark in mild.items()}
    one, other = scoring.t_scores(mild), scoring.t_scores(strict)
    assert one["B"] == other["B"] == 50
    assert scoring.shown(one["A"]) == scoring.shown(other["A"]) == "62.2474"
    assert scoring.t_scores(dict.fromkeys("AB", Fraction(70))) == dict.fromkeys("AB", Fraction(50))


def test_ties_are_broken_in_the_published_order_and_else_shared() -> None:
    criteria = (Criterion(1, 10), Criterion(1, 10))

    def places(**points: list[tuple[int, int]]) -> list[tuple[int, str]]:
        scored = [
            Scored(entry, f"J{n}", each)
            for entry, given in points.items()
            for n, each in enumerate(given)
        ]
        found = scoring.standings(criteria, Method.MEAN, scored, is_normalised=False)
        return [(each.place, each.entry) for each in found]

    # Of equal weights the first criterion counts as the heaviest.
    assert places(A=[(4, 6)], B=[(6, 4)]) == [(1, "B"), (2, "A")]
    assert places(A=[(5, 5)] * 3, B=[(5, 1), (5, 8), (5, 6)]) == [(1, "B"), (2, "A")]
    assert places(A=[(5, 5)], B=[(5, 5)], C=[(9, 9)], D=[(1, 1)]) == [
        (1, "C"),
        (2, "A"),
        (2, "B"),
        (4, "D"),
    ]


@given(judgings(), st.randoms(use_true_random=False))
def test_places_do_not_depend_on_the_order_of_points(judging: Judging, shuffle: Random) -> None:
    scored = list(judging.scored)
    shuffle.shuffle(scored)
    rows = [
        scoring.standings(
            judging.criteria,
            judging.method,
            each,
            is_normalised=judging.is_normalised,
            groups=judging.entries,
        )
        for each in (judging.scored, scored)
    ]
    assert rows[0] == rows[1]
    for category in (0, 1):
        own = [each for each in rows[0] if judging.entries[each.entry] == category]
        assert [each.place for each in own] == sorted(each.place for each in own)
        assert not own or own[0].place == 1


@given(st.fractions(-50, 150))
def test_a_score_is_shown_with_halves_rounded_up(value: Fraction) -> None:
    told = Fraction(scoring.shown(value))
    assert -Fraction(1, 20000) < told - value <= Fraction(1, 20000)


# The record


@given(judgings(), st.none() | st.integers(0, 99), st.data())
def test_a_record_is_recomputed_from_itself(
    judging: Judging, percent: int | None, data: st.DataObject
) -> None:
    weighs = {each: data.draw(st.fractions(0, 50)) for each in judging.entries}
    public = Public(percent, 30, weighs, {}) if percent is not None else None
    record = json.loads(json.dumps(protocols.record_of(judging, 7, None, public)))
    proven = protocols.verify(record)
    assert isinstance(proven, Proven)
    assert (proven.entries, proven.marks) == (len(judging.entries), len(judging.scored))
    assert protocols.judging_from(record).entries == judging.entries


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ([], Fault.NOT_A_RECORD),
        ({"format": "yizhan-draw-1"}, Fault.NOT_A_RECORD),
        ({"format": protocols.FORMAT}, Fault.MALFORMED),
        (small(hash="00"), Fault.HASH),
        (small(conflicts=[["AAAA", "J1"]]), Fault.CONFLICT),
        (small(scores=[["AAAA", "J1", [9, 8]], ["AAAA", "J1", [9, 8]]]), Fault.TWICE),
        (small(result=[]), Fault.PLACES),
        (small(method="median"), Fault.PLACES),
        (small(method="dice"), Fault.MALFORMED),
        (small(criteria=[[0, 10], [1, 10]]), Fault.MALFORMED),
        (small(criteria=[]), Fault.MALFORMED),
        (small(public=PUBLIC, places=[]), Fault.PLACES),
        (small(public={**PUBLIC, "jury_percent": 101}, places=[]), Fault.MALFORMED),
        (small(is_normalised=0), Fault.MALFORMED),
        (small(scores=[["AAAA", "J1", [11, 8]]]), Fault.MALFORMED),
        (small(scores=[["AAAA", "J9", [9, 8]]]), Fault.MALFORMED),
        (small(scores=[["ZZZZ", "J1", [9, 8]]]), Fault.MALFORMED),
        (small(scores=[["AAAA", "J1", [9]]]), Fault.MALFORMED),
        (small(scores=[["AAAA", "J1", [True, 8]]]), Fault.MALFORMED),
        (small(judges="J1"), Fault.MALFORMED),
        (small(entries=None), Fault.MALFORMED),
    ],
)
def test_what_does_not_hold_is_named(record: Any, fault: Fault) -> None:
    assert protocols.verify(record) is fault


# What is told to strangers


def shown_to_strangers() -> str:
    """The lines of Python in docs/judging.md."""
    text = (Path(__file__).parents[3] / "docs/judging.md").read_text("utf-8")
    found = re.findall(r"(?ms)^```python\n(.*?)^```$", text)
    assert len(found) == 1
    lines: str = found[0]
    assert len(lines.splitlines()) <= 45
    return lines


LINES = compile(shown_to_strangers(), "docs/judging.md", "exec")


@given(judgings())
def test_strangers_come_to_the_same_result(
    tmp_path_factory: pytest.TempPathFactory, judging: Judging
) -> None:
    kept = tmp_path_factory.mktemp("judging") / "record.json"
    kept.write_text(json.dumps(record_of(judging)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["", str(kept)])
        exec(LINES, {})


@pytest.mark.parametrize(
    "change",
    [{"hash": "00"}, {"result": []}, {"method": "median"}, {"conflicts": [["AAAA", "J1"]]}],
)
def test_strangers_see_what_was_changed(tmp_path: Path, change: dict[str, Any]) -> None:
    kept = tmp_path / "record.json"
    kept.write_text(json.dumps(small(**change)), "utf-8")
    alone = [sys.executable, "-I", "-S", "-c", shown_to_strangers(), str(kept)]
    ended = subprocess.run(alone, check=False, capture_output=True)
    assert b"AssertionError" in ended.stderr


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (json.dumps(small()), 0, "The judging holds: 6 marks of 3 judges for 3 entries"),
        (json.dumps(small()), 0, "1 entries have no mark"),
        (json.dumps(small(result=[])), 1, str(Fault.PLACES)),
        ("[" * 10**6, 1, str(Fault.NOT_A_RECORD)),
        (None, 2, "cannot be read"),
    ],
)
def test_the_command_needs_nothing_but_the_record(
    tmp_path: Path, content: str | None, code: int, told: str
) -> None:
    kept = tmp_path / "7.json"
    if content is not None:
        kept.write_text(content, "utf-8")
    done = CliRunner().invoke(protocol, ["verify", str(kept)])
    assert done.exit_code == code
    assert told in done.output
