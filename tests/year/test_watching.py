"""What the listener of the year takes for a disturbance."""

from datetime import UTC, datetime, time

import pytest

from models.rules.members.shifts import Shift
from tests.year.program import ANNOUNCED, URGENT
from tests.year.residents import Person, person
from tests.year.volumes import SMALL
from tests.year.watching import Listener, is_quiet


@pytest.mark.parametrize(
    ("shift", "own", "at", "is_asleep"),
    [
        (Shift.DAY, "", "21:59", False),
        (Shift.DAY, "", "22:00", True),
        (Shift.DAY, "", "07:59", True),
        (Shift.DAY, "", "08:00", False),
        (Shift.NIGHT, "", "08:00", True),
        (Shift.NIGHT, "", "14:59", True),
        (Shift.NIGHT, "", "15:00", False),
        (Shift.NIGHT, "off", "03:00", False),
        (Shift.DAY, "12:00-14:00,21:00-09:00", "13:00", True),
        (Shift.DAY, "12:00-14:00,21:00-09:00", "08:30", True),
        (Shift.DAY, "12:00-14:00,21:00-09:00", "20:30", False),
    ],
)
def test_who_sleeps_when(shift: Shift, own: str, at: str, is_asleep: bool) -> None:
    assert is_quiet(Person(1, shift, own, None), time.fromisoformat(at)) is is_asleep


def test_a_message_at_night_and_a_fourth_announcement_are_noticed() -> None:
    listener = Listener(SMALL)
    sleeper = next(n for n in range(1, 99) if not person(n, SMALL).quiet)
    to, night = f"chat{sleeper:08}", datetime(2027, 1, 4, 15, tzinfo=UTC)
    listener.hear(night, to, "明天 9:00 有活动")
    listener.hear(night, to, f"紧急通知：{URGENT}停水")
    evening = datetime(2027, 1, 4, 8, tzinfo=UTC)
    for _one in range(4):
        listener.hear(evening, to, f"{ANNOUNCED}演出")
    heard = listener.heard
    assert [each[0] for each in heard.in_quiet] == [sleeper]
    assert (heard.messages, heard.urgent, heard.most) == (6, 1, 4)
