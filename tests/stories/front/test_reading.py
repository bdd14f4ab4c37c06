"""A reader by a language model, asked where nobody in the station understands; it only chooses."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest_asyncio
from sqlmodel import Session

from models.desk import known
from tests.miniature.rows import DISTRICT, GUICHENG, event, local
from tests.platforms.models.server import KEY, Models
from tests.stories.scenes import settles
from tests.stories.station import Nanhai, nanhai

UNCLEAR = "老样子的那桩事"


@pytest_asyncio.fixture
async def models() -> AsyncIterator[Models]:
    async with Models() as models:
        yield models


@pytest_asyncio.fixture
async def town(
    channel: str, store_url: str, now: datetime, models: Models
) -> AsyncIterator[Nanhai]:
    """A station whose operator named a model."""
    reader = {"base_url": models.base_url, "model": "district-7b", "api_key": KEY}
    async with nanhai(channel, store_url, now, reader=reader) as station:
        yield station


async def test_what_nobody_understood_is_read_and_answered(town: Nanhai, models: Models) -> None:
    town.save(event("swim", "游泳课", local(5, 15), place="西樵泳馆"))
    ana = town.person("小安")
    await ana.arrives()
    assert "没太明白" in await ana.says(UNCLEAR)
    models.says = [{"intent": "where", "thing": "游泳课"}]
    assert "西樵泳馆" in await ana.says(UNCLEAR)
    # What the station itself understands goes nowhere, and neither does what names an event.
    asked = len(models.asked)
    await ana.says("有什么活动")
    await ana.says("游泳课")
    assert len(models.asked) == asked


async def test_an_act_that_the_reader_chose_is_asked_first(town: Nanhai, models: Models) -> None:
    town.save(event("swim", "游泳课", local(5, 15)))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("活动")
    await ana.says("1")
    models.says = [{"intent": "signup", "thing": "", "number": 0}]
    assert "要报名游泳课吗" in await ana.says(UNCLEAR)
    assert "✅ 报上了" in await ana.presses("报名")


async def test_a_known_answer_that_the_reader_chose_is_asked(town: Nanhai, models: Models) -> None:
    def keep(session: Session, station_id: int, question: str, answer: str) -> int:
        return known.keep(session, station_id, question, answer, None, town.hands.now).id

    own = town.store.write_now(keep, DISTRICT, "宿舍热水那桩，几点就没有了？", "十一点停。")
    other = town.store.write_now(keep, GUICHENG, "热水卡那桩，在哪里充钱？", "一楼。")
    ana = town.person("小安")
    await settles(ana, "狮山")
    text = UNCLEAR
    models.says = [{"intent": "unclear", "answer": own}]
    asked = await ana.says(text)
    assert "是问这个吗？" in asked
    assert "十一点" not in asked
    offered = models.asked[-1]["response_format"]["json_schema"]["schema"]["properties"]["answer"]
    assert offered["enum"] == [0, own]
    assert "十一点停" in await ana.says("1")
    # One that was not offered is none.
    models.says = [{"intent": "unclear", "answer": other}]
    assert "没太明白" in await ana.says(text)


async def test_the_usual_answer_comes_at_once_while_the_reader_is_away(
    town: Nanhai, models: Models
) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await models.goes_away()
    assert "没太明白" in await ana.says(UNCLEAR)
    assert "说给组织者" in ana.labels


async def test_people_are_told_which_model_reads(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.says("你好")
    assert "district-7b" in await ana.presses("看看细则")
    await ana.presses("同意")
    assert "district-7b" in await ana.says("隐私")


async def test_names_and_numbers_stay_here_and_a_rude_model_is_not_heard(
    town: Nanhai, models: Models
) -> None:
    ana = town.person("小安")
    await ana.says("你好")
    # Nothing is read before the consent.
    await ana.says(UNCLEAR)
    assert models.asked == []
    ana = town.person("小北")
    await ana.arrives()
    models.says = ["你是不是傻，自己不会看？"]
    said = await ana.says(f"{UNCLEAR}，我叫王小明，138 0013 8000，me@example.com，宿舍3栋502")
    assert "没太明白" in said
    assert "傻" not in said
    assert len(models.saw) == 1
    for private in ("王小明", "8000", "example", "502"):
        assert private not in repr(models.asked)
