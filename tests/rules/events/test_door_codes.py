"""The code at the door changes, and a pass holds for a while and for one person."""

from datetime import UTC, datetime, timedelta

from models.rules.events import codes

KEY = b"k" * 32
NOW = datetime(2026, 12, 5, 6, 0, 10, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_code_counts_while_it_stands_there_and_half_a_minute_longer() -> None:
    shown = codes.of_door(KEY, 7, codes.step_of(NOW))
    counts = [codes.is_of_door(KEY, 7, shown, after(seconds)) for seconds in (-30, 0, 19, 49, 50)]
    assert counts == [False, True, True, True, False]
    assert not codes.is_of_door(KEY, 8, shown, NOW)
    assert not codes.is_of_door(b"other", 7, shown, NOW)
    assert codes.of_door(KEY, 7, codes.step_of(after(20))) != shown


def test_a_pass_is_for_one_person_at_one_event_and_ends() -> None:
    step = codes.step_of(NOW)
    given = codes.pass_of(KEY, 7, 3, step)

    def holds(event_id: int = 7, member_id: int = 3, seconds: float = 0) -> bool:
        return codes.is_pass(KEY, event_id, member_id, step, given, after(seconds))

    assert holds()
    assert holds(seconds=580)
    assert not holds(seconds=600)
    assert not holds(seconds=-60)
    assert not holds(event_id=8)
    assert not holds(member_id=4)
