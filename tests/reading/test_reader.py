"""A model that is slow, wrong, rude or away costs two seconds at most, and then nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog
from prometheus_client import REGISTRY

from bot.reading.asking import FAILURES, PAUSE, Breaker
from bot.reading.reader import ModelReader
from models.rules.understanding.choosing import Unread, intents_for
from models.rules.understanding.intents import Intent
from tests.platforms.models.server import KEY, Models

WORDS = Unread("那个毛球搞不搞，我叫王小明 13800138000", intents_for(organizes=False))


@pytest_asyncio.fixture
async def models() -> AsyncIterator[Models]:
    async with Models() as models:
        yield models


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def counted(outcome: str) -> float:
    labels = {"task": "read", "outcome": outcome}
    return REGISTRY.get_sample_value("yizhan_reader_asked_total", labels) or 0.0


async def read(models: Models, clock: Clock | None = None, **more: Any) -> list[Intent | None]:
    """What comes of as many questions as the server has answers for, each of another chat."""
    reader = ModelReader(models.base_url, "m", KEY, monotonic=clock or Clock(), **more)
    try:
        return [
            (await reader.read(WORDS, f"chat {number}")).intent
            for number in range(len(models.says))
        ]
    finally:
        await reader.close()


async def test_the_model_chooses_and_sees_no_name_and_no_number(models: Models) -> None:
    before = counted("chose")
    models.says = [{"intent": "is_on", "thing": "毛球"}]
    assert await read(models) == [Intent.IS_ON]
    assert models.saw == ["那个毛球搞不搞,我叫□"]
    assert "王小明" not in repr(models.asked)
    assert models.asked[0]["response_format"]["json_schema"]["strict"] is True
    assert counted("chose") == before + 1


async def test_a_server_without_schemas_is_asked_for_plain_json(models: Models) -> None:
    models.knows_schemas = False
    models.says = [{"intent": "is_on"}, {"intent": "when"}]
    assert await read(models) == [Intent.IS_ON, Intent.WHEN]
    assert (models.refused, len(models.asked)) == (1, 2)


@pytest.mark.parametrize(
    "said", ["你自己不会看吗", {"intent": "open_the_door"}, "[1", 429, 500, 401, {"choice": 1}]
)
async def test_what_is_no_answer_counts_as_none(models: Models, said: Any) -> None:
    models.says = [said, {"intent": "when"}]
    before = counted("failed")
    assert await read(models) == [None, Intent.WHEN]
    assert counted("failed") == before + 1


async def test_a_slow_server_is_not_waited_for(models: Models) -> None:
    models.says = [None]
    with structlog.testing.capture_logs() as logs:
        assert await read(models, seconds=0.05) == [None]
    assert logs[0]["reason"] == "no answer within 0.05 seconds"


async def test_after_three_failures_nothing_is_asked_for_a_minute(models: Models) -> None:
    clock = Clock()
    models.says = [500, 500, 500, {"intent": "when"}]
    reader = ModelReader(models.base_url, "m", KEY, monotonic=clock)
    before = counted("refused")
    for number in range(4):
        assert (await reader.read(WORDS, f"{number}")).intent is None
    assert (len(models.asked), counted("refused")) == (3, before + 1)
    clock.now += PAUSE
    assert (await reader.read(WORDS, "a")).intent == Intent.WHEN
    assert (await reader.read(WORDS, "b")).intent == Intent.WHEN
    await reader.close()


def test_a_probe_goes_alone() -> None:
    breaker = Breaker()
    for second in range(FAILURES):
        assert not breaker.refuses(second)
        breaker.note(second, is_answered=False)
    assert breaker.refuses(30)
    assert not breaker.refuses(FAILURES + PAUSE)
    assert breaker.refuses(FAILURES + PAUSE)
    breaker.note(FAILURES + PAUSE + 1, is_answered=False)
    assert breaker.refuses(FAILURES + PAUSE + 2)


async def test_one_chat_cannot_ask_for_ever(models: Models) -> None:
    models.says = [{"intent": "when"}]
    reader = ModelReader(models.base_url, "m", KEY, monotonic=Clock())
    found = [(await reader.read(WORDS, "a")).intent for _ in range(ModelReader.PER_CHAT + 1)]
    assert found == [*[Intent.WHEN] * ModelReader.PER_CHAT, None]
    await reader.close()


async def test_the_check_says_what_is_wrong_and_never_the_key(models: Models) -> None:
    models.says = [{"intent": "events"}]
    assert await ModelReader(models.base_url, "m", KEY).trouble() == ""
    with structlog.testing.capture_logs() as logs:
        assert await ModelReader(models.base_url, "m", "sk-other").trouble() == "HTTP 401"
        await models.goes_away()
        assert "not reached" in await ModelReader(models.base_url, "m", KEY).trouble()
    assert "sk-" not in repr(logs)
