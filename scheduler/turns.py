"""Long work in short turns: whoever else writes waits for one of them at most."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from sqlmodel import Session

from models.store import Store

SHARE = 0.015
"""Seconds after which a turn is over; with its last step and the commit it takes about 25 ms."""

LONGEST_PAUSE = 0.1


async def take(store: Store, work: Callable[..., int], *args: Any, enough: int) -> int:
    """Do steps of ``work`` in one transaction, while each does ``enough``; return the first's.

    The next turn leaves the writer to the others for as long as they kept this one waiting, so a
    rush of them gets the larger part of it, and an idle writer is not left idle.
    """
    asked = perf_counter()
    began, done = await store.write(_for_a_while, work, args, enough)
    await asyncio.sleep(min(began - asked, LONGEST_PAUSE))
    return done


def _for_a_while(
    session: Session, work: Callable[..., int], args: tuple[Any, ...], enough: int
) -> tuple[float, int]:
    began = perf_counter()
    done = work(session, *args)
    going_on = done >= enough
    while going_on and perf_counter() - began < SHARE:
        going_on = work(session, *args) >= enough
    return began, done
