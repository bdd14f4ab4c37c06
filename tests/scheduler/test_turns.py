"""Long jobs leave the writer to others after some milliseconds, on a slow machine as well."""

from collections.abc import Sequence

import pytest
from sqlmodel import Session

from models.store import Store
from scheduler import turns

ROWS = list(range(1, 301))


class Machine:
    """A clock that a row moves by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._now = 0.0
        self.took: list[float] = []
        self.done: list[int] = []

    def __call__(self) -> float:
        return self._now

    def work(self, _session: Session, rows: Sequence[int], why: str) -> None:
        assert why == "too old"
        self.took.append(len(rows) * self._seconds)
        self._now += self.took[-1]
        self.done += rows


@pytest.mark.parametrize("seconds", [0.000_01, 0.000_2, 0.004, 0.05])
async def test_what_is_too_old_goes_as_many_rows_at_a_time_as_fit_into_a_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    machine = Machine(seconds)
    monkeypatch.setattr(turns, "perf_counter", machine)
    size = turns.Size(500, 20)
    await turns.take_each(store, machine.work, ROWS, "too old", size=size)
    assert machine.done == ROWS
    # A row that takes longer than a turn goes alone. The first turns are those that learn.
    assert all(took <= max(turns.SHARE, seconds) for took in machine.took[4:])
    if seconds < turns.SHARE / len(ROWS):
        assert len(machine.took) <= 5
