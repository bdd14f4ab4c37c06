"""One model's server: who may ask it, how long, and what its silence means.

It speaks the protocol of OpenAI's API, as those of vLLM, Ollama, llama.cpp and most vendors do.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import structlog
from aiohttp import FormData
from prometheus_client import Counter, Histogram

from bot.channels.outgoing import Broken, HttpClient, NotConnected
from models.rules.understanding.choosing import NoAnswer

log = structlog.get_logger(__name__)

ASKED = Counter(
    "yizhan_reader_asked",
    "Questions to a model by what came of them; of those refused none was sent.",
    ["task", "outcome"],
)
SECONDS = Histogram(
    "yizhan_reader_seconds",
    "How long a model took to answer.",
    ["task"],
    buckets=(0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 5, 10),
)
TOKENS = Counter("yizhan_reader_tokens", "Tokens that the reader's server has counted.", ["task"])

FAILURES = 3
"""How many failures in a row open the breaker."""
PAUSE = 60.0
"""Seconds for which nothing is asked then; after them one question tries whether it is answered."""

AT_ONCE = 8
"""How many questions are with the server at one time; others do without it instead of waiting."""
CONNECT_SECONDS = 1.5

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row; after FAILURES nothing is asked for a PAUSE, then one question.

    Its clock is in seconds.
    """

    failed: int = 0
    until: float = 0.0

    def refuses(self, now: float) -> bool:
        """Return whether nothing may be asked now; the first that may after a pause is a probe."""
        if self.failed < FAILURES:
            return False
        if now < self.until:
            return True
        self.until = now + PAUSE
        return False

    def note(self, now: float, *, is_answered: bool) -> None:
        """Count an answer, or that there was none."""
        self.failed = 0 if is_answered else self.failed + 1
        if self.failed >= FAILURES:
            self.until = now + PAUSE


class Failed(Exception):
    """The server gave no usable answer; the message is for the operator and holds no text."""


class ModelServer:
    """Asks one model at ``base_url``, for one ``task``, within ``seconds`` in all.

    ``key`` goes out as a bearer token and is in no message and no log.
    """

    def __init__(
        self,
        task: str,
        base_url: str,
        key: str,
        *,
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._task = task
        self._base = base_url
        self._seconds = seconds
        self._monotonic = monotonic
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = HttpClient(connect_seconds=CONNECT_SECONDS, connections=AT_ONCE)
        self._breaker = Breaker()
        self._under_way = 0

    async def close(self) -> None:
        await self._http.close()

    async def ask(self, send: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """Return what ``send`` made of the server's answer; None where there was none in time."""
        if self._under_way >= AT_ONCE or self._breaker.refuses(self._monotonic()):
            self.count("refused")
            return None
        self._under_way += 1
        try:
            answer = await self.within(send)
        except Failed as problem:
            self._breaker.note(self._monotonic(), is_answered=False)
            self.count("failed")
            log.warning("a model gave no answer", task=self._task, reason=str(problem))
            return None
        finally:
            self._under_way -= 1
        self._breaker.note(self._monotonic(), is_answered=True)
        return answer

    async def within(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what ``send`` made of the answer, in time. Raises Failed."""
        began = self._monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await send()
        except TimeoutError:
            raise Failed(f"no answer within {self._seconds:g} seconds") from None
        except NotConnected as problem:
            raise Failed(f"not reached: {problem}") from None
        except (Broken, NoAnswer) as problem:
            raise Failed(str(problem)) from None
        SECONDS.labels(self._task).observe(self._monotonic() - began)
        return answer

    def count(self, outcome: str) -> None:
        """Count what came of a question."""
        ASKED.labels(self._task, outcome).inc()

    async def post_json(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Post JSON; as ``post``."""
        headers = {"Content-Type": "application/json"}
        return await self.post(path, orjson.dumps(body), headers)

    async def post(
        self, path: str, data: bytes | FormData, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Return status and JSON of the answer, None for what is no JSON; redirects fail."""
        status, content = await self._http.request(
            "POST",
            self._base + path,
            data=data,
            headers={**self._headers, **(headers or {})},
            seconds=self._seconds,
        )
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError:
            return status, None
        match answer:
            case {"usage": {"total_tokens": int(tokens)}} if tokens > 0:
                TOKENS.labels(self._task).inc(tokens)
        return status, answer
