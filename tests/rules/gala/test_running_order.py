"""The running order of an evening: read from lines, and its times as it goes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.gala import running_order as rules
from models.rules.gala.running_order import Item

STARTS = datetime(2026, 12, 20, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Kept:
    id: int
    minutes: int
    began_at: datetime | None = None
    ended_at: datetime | None = None
    title: str = "合唱"
    who: str = ""
    cue: str = ""


def test_a_pasted_programme_is_read_line_by_line() -> None:
    text = "开场舞 | 木棉队 | 6分钟 | 灯光全开\n\n领导致辞｜｜10\n合唱\t五中\t4 min"
    assert rules.read(text) == [
        Item("开场舞", "木棉队", 6, "灯光全开"),
        Item("领导致辞", "", 10),
        Item("合唱", "五中", 4),
    ]
    assert rules.read("颁奖") == [Item("颁奖")]
    assert rules.read("开场\n合唱 | 五中 | 很久") == 2
    assert rules.read(f"{'长' * 61}") == 1
    assert rules.item_of("合唱", "", "0") is None


def test_what_is_on_what_is_next_and_how_late_it_will_be() -> None:
    items = [Kept(1, 10), Kept(2, 5), Kept(3, 20)]
    before = rules.timetable(items, STARTS, STARTS - 30 * MINUTE)
    assert (before.now, before.next and before.next.item.id, before.late) == (None, 1, 0 * MINUTE)
    assert [each.planned_at for each in before.items] == [
        STARTS + 0 * MINUTE,
        STARTS + 10 * MINUTE,
        STARTS + 15 * MINUTE,
    ]
    items[0].began_at = STARTS + 5 * MINUTE
    during = rules.timetable(items, STARTS, STARTS + 8 * MINUTE)
    assert during.now is not None
    assert (during.now.item.id, during.now.ends_at, during.late) == (
        1,
        STARTS + 15 * MINUTE,
        5 * MINUTE,
    )
    over = rules.timetable(items, STARTS, STARTS + 18 * MINUTE)
    assert over.late == 8 * MINUTE, "what takes longer than its minutes moves the rest"
    items[0].ended_at = items[1].began_at = STARTS + 12 * MINUTE
    assert rules.timetable(items, STARTS, STARTS + 13 * MINUTE).late == 2 * MINUTE
    for each in items[1:]:
        each.began_at, each.ended_at = STARTS + 12 * MINUTE, STARTS + 34 * MINUTE
    done = rules.timetable(items, STARTS, STARTS + 50 * MINUTE)
    assert (done.is_over, done.late) == (True, -1 * MINUTE)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
    st.integers(0, 20),
    st.integers(0, 300),
)
def test_nothing_that_is_to_come_begins_in_the_past_or_out_of_order(
    minutes: list[int], done: int, at: int
) -> None:
    items, begun = [Kept(n, each) for n, each in enumerate(minutes)], STARTS
    for each in items[: done - 1]:
        each.began_at, each.ended_at = begun, begun + each.minutes * MINUTE
        begun = each.ended_at
    if 0 < done <= len(items):
        items[done - 1].began_at = begun
    now = begun + at * MINUTE
    found = rules.timetable(items, STARTS, now)
    expected = [each.expected_at for each in found.items]
    assert expected == sorted(expected)
    assert all(
        each.expected_at >= (now if done else STARTS)
        for each in found.items
        if each.item.began_at is None
    )
    assert found.items[0].planned_at == STARTS
