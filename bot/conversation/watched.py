"""What is counted and timed of each message that comes in."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter

from prometheus_client import Counter, Histogram

from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message
from models.store import StoreDown

INCOMING = Counter(
    "yizhan_incoming",
    "Messages, presses, scans and arrivals, by what became of them.",
    ["account", "outcome"],
)
ANSWERS = Histogram(
    "yizhan_answer_seconds",
    "Between a message's arrival and the moment its answer is durable.",
    ["channel"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FAILURES = Counter(
    "yizhan_handler_failures", "Messages whose handler failed: nothing was changed.", ["account"]
)

Listen = Callable[[Incoming], Awaitable[Message | None]]
Span = Callable[[str], AbstractContextManager[object]]
"""Opens a span of a trace by its name, which holds nothing of a person."""


def untraced(_name: str) -> AbstractContextManager[object]:
    """Open no span."""
    return nullcontext()


class Watched:
    """Answers as ``listen`` does, and measures it."""

    def __init__(self, listen: Listen, span: Span = untraced) -> None:
        self._listen = listen
        self._span = span

    async def listen(self, incoming: Incoming) -> Message | None:
        """Answer one message. Raises StoreDown when nothing could be kept."""
        began = perf_counter()
        channel = incoming.account.partition(".")[0]
        try:
            with self._span(f"answer {channel}"):
                message = await self._listen(incoming)
        except StoreDown:
            INCOMING.labels(incoming.account, "store down").inc()
            raise
        INCOMING.labels(incoming.account, "silent" if message is None else "answered").inc()
        ANSWERS.labels(channel).observe(perf_counter() - began)
        return message
