"""Long jobs leave the writer to others after some milliseconds, on a slow machine as well."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlmodel import Session

from models.store import Store
from scheduler import turns

PATIENCE = 10
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


async def test_a_writer_that_is_behind_slows_work_on_a_connection_of_its_own_and_does_not_stop_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_PAUSE", 0.01)
    store = Store(postgresql_url)
    begun, over = threading.Event(), threading.Event()

    def rush(_session: Session) -> None:
        begun.set()
        assert over.wait(PATIENCE)

    behind = asyncio.create_task(store.write(rush))
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    assert await turns.take(store, lambda _session: 0, enough=1) == 0
    assert not behind.done()
    over.set()
    await behind
    # What nobody waits for any more has harmed nothing.
    assert await turns.take(store, lambda _session: 7, enough=8) == 7
    store.close()
