"""Long jobs in steps: transactions of some 25 ms, so that other writers are not blocked."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.store import Store

SHARE = 0.015
"""Seconds after which a turn ends; with its last step and the commit it takes some 25 ms."""

SHARE_APART = 0.02
"""The same on a connection of its own, where only a stop of the same work waits."""

LONGEST_PAUSE = 0.5


async def take(store: Store, work: Callable[..., int], *args: Any, enough: int) -> int:
    """Do steps of ``work`` in one transaction while each does ``enough``; return the first's.

    The next turn is delayed in proportion to the load on the writer: at most a quarter of a busy
    writer's time goes to turns, and an idle writer is not left idle. PostgreSQL takes the turn on a
    connection of its own, which no other work uses; there the writer only reports its load.
    """
    asked = perf_counter()
    if store.is_sqlite:
        began, done = await store.write(_for_a_while, work, args, enough, SHARE)
    else:
        began = await store.write(_what_time_it_is)
        done = await asyncio.to_thread(store.write_now, _apart, work, args, enough)
    waited = began - asked
    await asyncio.sleep(min(waited * waited / SHARE, LONGEST_PAUSE))
    return done


def _what_time_it_is(_session: Session) -> float:
    return perf_counter()


def _apart(session: Session, work: Callable[..., int], args: tuple[Any, ...], enough: int) -> int:
    # Nothing is reported as done before a later commit, which waits for the disk, and for this
    # along with it. A crash undoes rows and progress together.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return _for_a_while(session, work, args, enough, SHARE_APART)[1]


def _for_a_while(
    session: Session, work: Callable[..., int], args: tuple[Any, ...], enough: int, share: float
) -> tuple[float, int]:
    began = perf_counter()
    done = work(session, *args)
    going_on = done >= enough
    while going_on and perf_counter() - began < share:
        going_on = work(session, *args) >= enough
    return began, done
