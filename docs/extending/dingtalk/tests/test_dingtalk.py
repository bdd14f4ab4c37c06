"""DingTalk, told by people in a chat with a stand-in for the platform; by real HTTP on its side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from stand_in import KEY, SECRET, StandIn, pushed, signed

from bot.channels import Doubtful, Refused, Sent, TryLater, Unreachable
from bot.conversation.messages import Message
from bot.station.rehearsing import Rehearsal, rehearsal

NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)


@dataclass
class Town:
    station: Rehearsal
    platform: StandIn
    http: httpx.AsyncClient
    said: int = 0

    async def push(self, body: dict[str, Any], headers: dict[str, str]) -> int:
        response = await self.http.post("/dingtalk/nanhai", json=body, headers=headers)
        return response.status_code

    async def says(self, person: str, text: str, **other: Any) -> dict[str, str]:
        """What the person is told for it."""
        self.said += 1
        many = len(self.platform.told.get(person, ())) + 1
        body = pushed(person, f"msg-{self.said}", text, **other)
        assert await self.push(body, signed(self.station.now)) == 200
        return await self.platform.has_told(person, many)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Town]:
    platform = StandIn()
    await platform.start()
    config = (
        f'[dingtalk.nanhai]\napp_key = "{KEY}"\napp_secret = "{SECRET}"\n'
        f'api_base = "{platform.url}"\nmessages_per_second = 1000\n'
    )
    try:
        async with rehearsal(folder, NOW, config) as station:
            transport = httpx.ASGITransport(station.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as http:
                yield Town(station, platform, http)
    finally:
        await platform.stop()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with opened(tmp_path) as town:
        yield town


async def test_somebody_arrives_and_presses_by_links_that_write(town: Town) -> None:
    hello = await town.says("ana", "你好")
    assert "创思驿站" in hello["text"]
    assert "[同意](dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F)" in hello["text"]
    await town.says("ana", "同意")
    asked = [await town.says("ana", "跳过") for _question in range(3)]
    assert "dtmd://" in asked[-1]["text"]
    assert "没有" in (await town.says("ana", "我的"))["text"]


async def test_only_what_the_platform_signed_lately_is_heard(town: Town) -> None:
    body, now = pushed("ana", "msg-1", "你好"), town.station.now
    assert await town.push(body, signed(now, "another")) == 403
    assert await town.push(body, signed(now - timedelta(hours=2))) == 403
    assert await town.push(body, {}) == 403
    assert await town.push({**body, "conversationType": "2"}, signed(now)) == 200
    assert await town.push({**body, "senderStaffId": None}, signed(now)) == 200
    assert town.platform.told == {}


async def test_a_push_that_is_repeated_is_the_same_message(town: Town) -> None:
    first = await town.says("ana", "你好")
    body = pushed("ana", "msg-1", "同意")
    assert await town.push(body, signed(town.station.now)) == 200
    assert await town.platform.has_told("ana", 2) == first


async def test_what_becomes_of_a_message_is_a_value(town: Town) -> None:
    [channel] = town.station.channels
    message = Message("一句*话*")
    assert await channel.send("ana", message) == Sent("query-1")
    assert town.platform.told["ana"] == [{"content": "一句*话*"}]
    town.platform.gone, town.platform.busy = {"ben"}, {"cai"}
    assert isinstance(await channel.send("ben", message), Unreachable)
    assert isinstance(await channel.send("cai", message), TryLater)
    town.platform.fails = [(403, "Forbidden.AccessDenied.QpsLimitForApi"), (503, ""), (400, "long")]
    for expected in (TryLater, TryLater, Refused):
        assert isinstance(await channel.send("ana", message), expected)
    # A token that ended before its time is fetched anew for the next one.
    town.platform.expire_tokens()
    assert isinstance(await channel.send("ana", message), TryLater)
    assert await channel.send("ana", message) == Sent("query-1")
    assert await channel.responds()


async def test_a_platform_that_is_not_there_is_a_state_of_the_account(town: Town) -> None:
    [channel] = town.station.channels
    await town.platform.stop()
    outcome = await channel.send("ana", Message("一句话"))
    assert isinstance(outcome, TryLater | Doubtful)
    assert outcome.is_silent
    assert not await channel.responds()
