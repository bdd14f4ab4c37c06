"""The press of a process: one thread, behind everything else that wants the processor."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from papers import press
from papers.facts import Order

NICENESS = 10
"""The answers of people come first: a paper that is drawn meanwhile waits some milliseconds."""


def _give_way() -> None:
    # On Linux a priority is a thread's own; the threads that typst starts from here have it, too.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_PRESS = ThreadPoolExecutor(1, thread_name_prefix="press", initializer=_give_way)


async def draw(order: Order) -> bytes:
    """Return the paper; papers are drawn one after the other, without holding up the loop."""
    return await asyncio.get_running_loop().run_in_executor(_PRESS, press.draw, order)
