"""Long jobs in steps: transactions of 20 to 30 ms, so that other writers are not blocked."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.rules.sending.sizes import next_size
from models.store import Store

SHARE = 0.02
"""Seconds of a turn. No step begins that would end after them if it took as long as the last."""

SHARE_APART = 0.03
"""The same on a connection of its own, where only a stop of the same work waits."""

AIM = 0.8
"""The part of a turn that a step with a size is to take: one is a turn, as each has a cost."""

AT_FIRST = 250

BUSY = 0.015
"""Seconds that a turn waits for the writer after which as long a pause follows."""

LONGEST_PAUSE = 0.5


class Size:
    """How many rows a step takes, so that it takes as long on any machine: ``most`` at most."""

    def __init__(self, most: int, at_first: int = AT_FIRST) -> None:
        self._most = most
        self.rows = min(at_first, most)

    def learn(self, seconds: float, aim: float) -> None:
        """Note how long a step of so many rows took, which is to take ``aim`` seconds."""
        self.rows = next_size(self.rows, seconds, aim, self._most)


async def take(
    store: Store, work: Callable[..., int], *args: Any, enough: int, size: Size | None = None
) -> int:
    """Do steps of ``work`` in one transaction while each does ``enough``; return the first's.

    With a ``size``, which is kept from turn to turn, the number of rows is its last argument.

    The next turn is delayed in proportion to the load on the writer: at most a quarter of a busy
    writer's time goes to turns, and an idle writer is not left idle. PostgreSQL takes the turn on a
    connection of its own, which no other work uses; there the writer only reports its load.
    """
    asked = perf_counter()
    if store.is_sqlite:
        began, done = await store.write(_for_a_while, work, args, enough, SHARE, size)
        waited = began - asked
    else:
        waited = await _load(store)
        done = await asyncio.to_thread(store.write_now, _apart, work, args, enough, size)
    await _pause(waited)
    return done


async def _load(store: Store) -> float:
    """Return for how many seconds the writer lets a call wait now; ``LONGEST_PAUSE`` at most.

    A writer that is behind for minutes slows down what has a connection of its own, and must not
    stop it: an announcement would wait for the end of a rush.
    """
    asked = perf_counter()
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_PAUSE):
            return await store.write(_what_time_it_is) - asked
    return LONGEST_PAUSE


async def take_each(
    store: Store,
    work: Callable[..., object],
    rows: Sequence[int],
    *args: Any,
    size: Size,
) -> None:
    """Do ``work(session, some_rows, *args)`` for all rows, as many in each transaction as fit."""
    start = 0
    while start < len(rows):
        some = rows[start : start + size.rows]
        asked = perf_counter()
        began, ended = await store.write(_for_some, work, some, args)
        start += len(some)
        size.learn(ended - began, SHARE * AIM)
        await _pause(began - asked)


async def _pause(waited: float) -> None:
    """Leave others the more time, the longer they had kept a turn waiting (in seconds)."""
    await asyncio.sleep(min(waited * waited / BUSY, LONGEST_PAUSE))


def _for_some(
    session: Session, work: Callable[..., object], rows: Sequence[int], args: tuple[Any, ...]
) -> tuple[float, float]:
    began = perf_counter()
    work(session, rows, *args)
    return began, perf_counter()


def _what_time_it_is(_session: Session) -> float:
    return perf_counter()


def _apart(
    session: Session,
    work: Callable[..., int],
    args: tuple[Any, ...],
    enough: int,
    size: Size | None,
) -> int:
    # Nothing is reported as done before a later commit, which waits for the disk, and for this
    # along with it. A crash undoes rows and progress together.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return _for_a_while(session, work, args, enough, SHARE_APART, size)[1]


def _for_a_while(
    session: Session,
    work: Callable[..., int],
    args: tuple[Any, ...],
    enough: int,
    share: float,
    size: Size | None,
) -> tuple[float, int]:
    began = step_began = perf_counter()
    done: int | None = None
    while True:
        of_step = work(session, *args, *((size.rows,) if size is not None else ()))
        done = of_step if done is None else done
        now = perf_counter()
        took = now - step_began
        if size is not None:
            size.learn(took, share * AIM)
        if of_step < enough or now + took > began + share:
            return began, done
        step_began = now
