"""A draw follows from its record alone, and gives nobody more or less than was published."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.station.record_commands import draw
from models.rules.events import draw_records, draws
from models.rules.events.draw_records import Fault, Proven
from models.rules.events.draws import LOTS, DrawList, Entry
from models.rules.events.seating import Quota
from tests.commands import run

SECRET = "5e" * 32


def listed(
    entries: list[Entry],
    seats: int | None = 3,
    quotas: tuple[Quota, ...] = (),
    number_name: str = "排列3 第 2026322 期",
) -> DrawList:
    return DrawList(draws.commitment_of(SECRET), number_name, seats, quotas, tuple(entries))


def record_of(
    drawn: DrawList, number: str = "7 3 9", gone: draws.Gone | None = None
) -> dict[str, Any]:
    kept = drawn.to_json()
    result = draws.draw(drawn, SECRET, number, gone or {})
    record = {
        "format": draws.FORMAT,
        "event": 12,
        "commitment": drawn.commitment,
        "list": kept,
        "list_hash": draws.hash_of(kept),
        "secret": SECRET,
        "number": number,
        "gone": draw_records.gone_to_json(gone or {}),
        **draw_records.result_to_json(result),
    }
    again: dict[str, Any] = json.loads(json.dumps(record))
    return again


def one(code: str, lots: int = 4) -> Entry:
    return Entry(code, lots, [frozenset()])


persons = st.frozensets(st.integers(0, 3), max_size=2)
entries = st.lists(
    st.builds(
        lambda lots, people: (lots, people),
        st.sampled_from(sorted(LOTS.values())),
        st.lists(persons, min_size=1, max_size=4),
    ),
    max_size=20,
).map(lambda rows: [Entry(f"E{n:03}", lots, people) for n, (lots, people) in enumerate(rows)])
quotas = st.lists(
    st.tuples(
        st.sampled_from(["place", "answer:1"]), st.integers(0, 3), st.none() | st.integers(0, 6)
    ),
    max_size=4,
).map(
    lambda rows: tuple(
        Quota(n, kind, least if most is None else min(least, most), most)
        for n, (kind, least, most) in enumerate(rows)
    )
)
seats = st.none() | st.integers(0, 12)


@given(
    entries, seats, quotas, st.randoms(use_true_random=False), st.text("0123456789 ", max_size=9)
)
def test_the_result_does_not_depend_on_who_came_first(
    entries: list[Entry], seats: int | None, quotas: tuple[Quota, ...], shuffle: Random, number: str
) -> None:
    shuffled = list(entries)
    shuffle.shuffle(shuffled)
    one, other = listed(entries, seats, quotas), listed(shuffled, seats, quotas)
    assert draws.hash_of(one.to_json()) == draws.hash_of(other.to_json())
    assert draws.draw(one, SECRET, number, {}) == draws.draw(other, SECRET, number, {})
    assert record_of(one, number) == record_of(other, number)


@given(entries, seats, quotas)
def test_seats_and_quotas_are_kept_and_parties_sit_whole(
    entries: list[Entry], seats: int | None, quotas: tuple[Quota, ...]
) -> None:
    result = draws.draw(listed(entries, seats, quotas), SECRET, "1 2 3", {})
    assert sorted(result.order) == sorted(each.code for each in entries)
    people = [person for each in entries if each.code in result.seated for person in each.people]
    assert seats is None or len(people) <= seats
    for quota in quotas:
        held = sum(quota.number in person for person in people)
        assert quota.most is None or held <= quota.most
    promised = {each.kind: sum(q.least for q in quotas if q.kind == each.kind) for each in quotas}
    if seats is not None and all(least <= seats for least in promised.values()):
        # What a group must have is taken by none of the others of its kind.
        for kind in promised:
            own = [each for each in quotas if each.kind == kind]
            kept = sum(
                max(0, each.least - sum(each.number in person for person in people)) for each in own
            )
            assert len(people) + kept <= seats


@given(entries, seats, quotas, st.data())
def test_a_record_is_recomputed_from_itself_and_no_part_can_be_changed(
    entries: list[Entry], seats: int | None, quotas: tuple[Quota, ...], data: st.DataObject
) -> None:
    gone = {}
    for entry in entries:
        left = data.draw(st.frozensets(st.integers(0, len(entry.people) - 1), max_size=2))
        if left:
            gone[entry.code] = left
    record = record_of(listed(entries, seats, quotas), gone=gone)
    proven = draw_records.verify(record)
    assert isinstance(proven, Proven)
    assert proven.entries == len(entries)
    if len(entries) > 1:
        record["order"].reverse()
        assert draw_records.verify(record) is Fault.ORDER


def test_who_gives_up_after_closing_moves_nobody_else() -> None:
    """The order stays as it is; the seat is the next one's."""
    drawn = listed([one(f"E{n}") for n in range(9)])
    before = draws.draw(drawn, SECRET, "1 2 3", {})
    first, *others = before.order
    after = draws.draw(drawn, SECRET, "1 2 3", {first: frozenset({0})})
    assert after.order == before.order
    assert after.seated == frozenset(others[:3])


def test_chances_are_as_published() -> None:
    """Over fixed seeds, who draws three times the lots comes first three times as often."""
    rounds = 6000
    entries = [one("A", 1), one("B", 4), one("C", 12), one("D", 4)]
    first, second = Counter[str](), Counter[str]()
    for number in range(rounds):
        order = draws.order_of(draws.seed_of(SECRET, str(number)), entries)
        first[order[0]] += 1
        if order[0] == "C":
            second[order[1]] += 1
    all_lots = sum(each.lots for each in entries)
    for each in entries:
        expected = rounds * each.lots / all_lots
        assert abs(first[each.code] - expected) < 4 * expected**0.5
    # Behind the first, the others stand by their lots again.
    for code, lots in (("A", 1), ("B", 4), ("D", 4)):
        expected = first["C"] * lots / 9
        assert abs(second[code] - expected) < 4 * expected**0.5


def test_chances_rise_with_each_loss_and_fall_with_each_win() -> None:
    table = [draws.lots_of(losses, 0) for losses in range(5)]
    assert table == [4, 6, 8, 10, 12]
    assert [draws.lots_of(0, wins) for wins in range(4)] == [4, 3, 2, 1]
    assert [draws.lots_of(9, 0), draws.lots_of(0, 9), draws.lots_of(2, 2)] == [12, 1, 4]
    assert [draws.lots_of_party([12, 1]), draws.lots_of_party([1])] == [6, 1]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7 3 9", "7 3 9"),
        ("03、09、14，22 28 31＋07", "03 09 14 22 28 31 07"),
        ("３９１２．４４点", "3912 44"),
        ("开奖号码：739", "739"),
        ("12", None),
        ("没有", None),
        ("1" * 81, None),
    ],
)
def test_a_public_number_is_its_digits(typed: str, number: str | None) -> None:
    assert draws.number_of(typed) == number


def spoilt(**changes: Any) -> dict[str, Any]:
    record = record_of(listed([one("A"), one("B"), Entry("C", 6, [frozenset(), frozenset({1})])]))
    for name, value in changes.items():
        target = record["list"] if name in record["list"] else record
        target[name] = value
    return record


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ([], Fault.NOT_A_RECORD),
        ({"format": "something else"}, Fault.NOT_A_RECORD),
        ({"format": draws.FORMAT}, Fault.UNFINISHED),
        (spoilt(secret="00" * 32), Fault.SECRET),
        (spoilt(seats=2), Fault.LIST),
        (spoilt(entries=[["A", 4, [[]]]]), Fault.LIST),
        (spoilt(number="7 3 8"), Fault.ORDER),
        (spoilt(seated=["A"]), Fault.SEATS),
        (spoilt(gone={"Z": [0]}), Fault.GONE),
        (spoilt(gone={"C": [2]}), Fault.GONE),
        (spoilt(entries=[["A", "4", [[]]]]), Fault.MALFORMED),
        (spoilt(entries=[["A", 4, []]]), Fault.MALFORMED),
        (spoilt(order=None), Fault.MALFORMED),
    ],
)
def test_what_does_not_hold_is_named(record: Any, fault: Fault) -> None:
    assert draw_records.verify(record) is fault


@pytest.mark.parametrize(
    ("entries", "fault"),
    [([one("A", 5)], Fault.LOTS), ([one("A"), one("A")], Fault.TWICE)],
)
def test_a_list_that_was_wrong_from_the_beginning_is_named(
    entries: list[Entry], fault: Fault
) -> None:
    assert draw_records.verify(record_of(listed(entries))) is fault


def test_a_draw_without_a_public_number_says_what_it_does_not_prove() -> None:
    proven = draw_records.verify(record_of(listed([one("A")], number_name=""), number=""))
    assert isinstance(proven, Proven)
    assert "not the organizer's honesty before it" in " ".join(draw_records.in_words(proven))


# What is told to strangers


def shown_to_strangers() -> str:
    """The lines of Python in docs/draws.md."""
    text = (Path(__file__).parents[3] / "docs/draws.md").read_text("utf-8")
    found = re.findall(r"(?ms)^```python\n(.*?)^```$", text)
    assert len(found) == 1
    lines: str = found[0]
    return lines


LINES = compile(shown_to_strangers(), "docs/draws.md", "exec")


@given(entries, seats, quotas, st.data())
def test_strangers_come_to_the_same_result(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[Entry],
    seats: int | None,
    quotas: tuple[Quota, ...],
    data: st.DataObject,
) -> None:
    gone = {e.code: frozenset({0}) for e in entries if data.draw(st.booleans())}
    kept = tmp_path_factory.mktemp("draw") / "record.json"
    kept.write_text(json.dumps(record_of(listed(entries, seats, quotas), gone=gone)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["", str(kept)])
        exec(LINES, {})


@pytest.mark.parametrize("change", [{"number": "7 3 8"}, {"seats": 2}, {"seated": ["A"]}])
def test_strangers_see_what_was_changed(tmp_path: Path, change: dict[str, Any]) -> None:
    lines, kept = tmp_path / "lines.py", tmp_path / "record.json"
    lines.write_text(shown_to_strangers(), "utf-8")
    kept.write_text(json.dumps(spoilt()), "utf-8")
    alone = [sys.executable, "-I", "-S", str(lines), str(kept)]
    assert subprocess.run(alone, check=False).returncode == 0
    kept.write_text(json.dumps(spoilt(**change)), "utf-8")
    ended = subprocess.run(alone, check=False, capture_output=True)
    assert b"AssertionError" in ended.stderr


def test_the_command_needs_nothing_but_the_record(tmp_path: Path) -> None:
    """It ends with 0 or 1, and says in a sentence what holds or does not."""
    kept = tmp_path / "12.json"
    kept.write_text(json.dumps(spoilt()), "utf-8")
    done = run(tmp_path, "draw", "verify", "12.json")
    assert done.returncode == 0
    first, second = done.stdout.splitlines()
    assert first.startswith("The draw holds: 3 entries of 4 people, 3 of them seated")
    assert second.startswith("See for yourself that 排列3 第 2026322 期 was 7 3 9")
    assert [each.name for each in tmp_path.iterdir()] == ["12.json"]


@pytest.mark.parametrize(
    ("content", "code", "fault"),
    [
        (json.dumps(spoilt(number="7 3 8")), 1, Fault.ORDER),
        ("[" * 10**6, 1, Fault.NOT_A_RECORD),
        ("", 1, Fault.NOT_A_RECORD),
        (None, 2, "cannot be read"),
    ],
)
def test_the_command_says_what_does_not_hold(
    tmp_path: Path, content: str | None, code: int, fault: str
) -> None:
    kept = tmp_path / "12.json"
    if content is not None:
        kept.write_text(content, "utf-8")
    done = CliRunner().invoke(draw, ["verify", str(kept)])
    assert done.exit_code == code
    assert str(fault) in done.stderr
