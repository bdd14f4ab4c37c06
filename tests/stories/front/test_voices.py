"""Voice messages: shown as they were heard, read for what they mean, and never acted on unasked."""

import wave
from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO

import pytest
import pytest_asyncio

from tests.miniature.rows import event, local
from tests.platforms.models.server import KEY, Models
from tests.stories.people import OnTelegram, OnTheWeb, OnWeChat, OnWeCom
from tests.stories.station import Nanhai, nanhai


def _silence(seconds: int) -> bytes:
    with BytesIO() as written:
        with wave.open(written, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(8_000)
            sound.writeframes(bytes(8_000 * seconds))
        return written.getvalue()


SOUND = _silence(1)
EARS = pytest.mark.parametrize("channel", ["telegram", "wechat", "wecom"])

Speaker = OnTelegram | OnWeChat | OnWeCom


@pytest_asyncio.fixture
async def models() -> AsyncIterator[Models]:
    async with Models() as models:
        yield models


@pytest_asyncio.fixture
async def town(
    channel: str, store_url: str, now: datetime, models: Models
) -> AsyncIterator[Nanhai]:
    """A station whose operator named a model for transcription."""
    reader = {"base_url": models.base_url, "transcription_model": "ears-1", "api_key": KEY}
    async with nanhai(channel, store_url, now, reader=reader) as station:
        yield station


async def arrived(town: Nanhai) -> Speaker:
    person = town.person("小安")
    assert isinstance(person, Speaker)
    await person.arrives()
    return person


@EARS
async def test_a_question_is_answered_below_what_was_heard(
    channel: str, town: Nanhai, models: Models
) -> None:
    town.save(event("swim", "游泳课", local(5, 15)))
    models.hears = "嗯那个这周六有什么活动呀"
    ana = town.person("小安")
    assert isinstance(ana, Speaker)
    await ana.says("你好")
    # Nobody listens before the consent.
    await ana.says_aloud(SOUND)
    assert models.heard == []
    ana = town.person("小北")
    assert isinstance(ana, Speaker)
    await ana.arrives()
    said = await ana.says_aloud(SOUND)
    assert said.startswith("听到的是：“嗯那个这周六有什么活动呀”")
    assert "游泳课" in said
    assert [content for _name, content in models.heard] == [SOUND]
    assert "ears-1" in await ana.says("隐私")


@EARS
async def test_an_act_by_voice_is_asked_first(channel: str, town: Nanhai, models: Models) -> None:
    town.save(event("swim", "游泳课", local(5, 15)))
    ana = await arrived(town)
    models.hears = "报名1"
    said = await ana.says_aloud(SOUND)
    assert "听到的是：“报名1”" in said
    assert "报上了" not in said
    assert "✅ 报上了" in await ana.presses("是的")
    # The label of a button is no tap either.
    models.hears = "取消报名"
    said = await ana.says_aloud(SOUND)
    assert "听到的是" in said
    assert "取消了" not in said


@EARS
async def test_an_answer_by_voice_is_taken_by_a_tap(
    channel: str, town: Nanhai, models: Models
) -> None:
    ana = await arrived(town)
    await ana.says("心愿")
    models.hears = "饭堂的灯坏了一个星期了"
    assert "听到的是：“饭堂的灯坏了一个星期了”" in await ana.says_aloud(SOUND)
    assert ana.labels == ["是的"]
    assert "组织者" in await ana.presses("是的")
    assert any("留名" in label for label in ana.labels)
    # Words of need stay first.
    models.hears = "老板不发工资还打人"
    assert "12333" in await ana.says_aloud(SOUND)


@EARS
async def test_what_cannot_be_heard_gets_a_way_on(
    channel: str, town: Nanhai, models: Models
) -> None:
    ana = await arrived(town)
    models.hears = 500
    assert "没听清" in await ana.says_aloud(SOUND)
    if isinstance(ana, OnTelegram):
        assert "一分钟" in await ana.says_aloud(SOUND, 61)
        assert len(models.heard) == 1


@pytest.mark.parametrize("channel", ["web", "wechat"])
async def test_a_sound_that_lasts_longer_than_its_sender_says_is_not_heard(
    channel: str, town: Nanhai, models: Models
) -> None:
    ana = town.person("小安")
    assert isinstance(ana, OnWeChat | OnTheWeb)
    await ana.arrives()
    models.hears = "活动"
    assert "一分钟" in await ana.says_aloud(_silence(61))
    assert models.heard == []
    assert "听到的是：“活动”" in await ana.says_aloud(SOUND)
    # One that cannot be counted is not heard either.
    assert "没听清" in await ana.says_aloud(b"OggS a voice")
    assert len(models.heard) == 1


@pytest.mark.parametrize("channel", ["wechat"])
async def test_what_wechat_recognised_is_asked_first_as_well(
    channel: str, town: Nanhai, models: Models
) -> None:
    town.save(event("swim", "游泳课", local(5, 15)))
    ana = await arrived(town)
    assert isinstance(ana, OnWeChat)
    said = await ana.says_aloud(b"", "报名一号。")
    assert "听到的是：“报名一号。”" in said
    assert "报上了" not in said
    assert models.heard == []
