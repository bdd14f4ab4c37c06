"""A day, a part of the day, a place and a thing lead to the events, whatever their order."""

import pytest

from models.events.events import Event
from models.network.members import Address
from tests.miniature.rows import SHISHAN, badminton, event, local, team
from tests.stories.people import Person
from tests.stories.station import Nanhai


def _week(town: Nanhai) -> dict[str, Event]:
    """Something tonight, on Wednesday evening, on Saturday, on the next Sunday and on the 30th."""
    rows = (
        event("pay", "工资单怎么看", local(1, 19)),
        event("yoga", "瑜伽入门", local(2, 19, 30)),
        badminton(),
        event("choir", "合唱排练", local(5, 9), station_id=SHISHAN),
        event("match", "羽毛球新手夜", local(13, 15)),
        event("tour", "里水一日游", local(30, 8)),
    )
    return {row.code: town.save(row) for row in rows}


async def _arrived(town: Nanhai) -> Person:
    _week(town)
    ana = town.person("小安")
    await ana.arrives()
    return ana


async def test_a_day_and_a_thing_are_found_in_any_order(town: Nanhai) -> None:
    ana = await _arrived(town)
    for asked in ("周六羽毛球", "羽毛球 周六", "礼拜六的羽毛球", "12月5日羽毛球", "羽毛球 12/5"):
        said = await ana.says(asked)
        assert said.startswith("12月5日 周六（4 天后） · 羽毛球"), (asked, said)
        assert "羽毛球友谊赛" in said, asked
        assert "羽毛球新手夜" not in said, asked
        assert "合唱排练" not in said, asked
    for asked in ("12月5日", "12.5有什么活动", "活动 12月5号", "5号"):
        said = await ana.says(asked)
        assert said.startswith("近期活动 · 12月5日 周六（4 天后）"), (asked, said)
        assert "合唱排练" in said, asked
        assert "瑜伽" not in said, asked


async def test_the_part_of_the_day_and_the_place_count(town: Nanhai) -> None:
    ana = await _arrived(town)
    assert "瑜伽入门" in await ana.says("星期三晚上有没有瑜伽")
    said = await ana.says("周六下午有什么活动")
    assert "羽毛球友谊赛" in said
    assert "合唱排练" not in said
    said = await ana.says("狮山周六上午有什么")
    assert "合唱排练" in said
    assert "羽毛球友谊赛" not in said
    said = await ana.says("下班后有什么活动")
    assert "下班后" in said
    assert "工资单怎么看" in said
    assert "合唱排练" not in said
    assert "里水一日游" in await ana.says("月底有什么")


async def test_what_is_not_on_that_day_is_shown_when_it_is(town: Nanhai) -> None:
    ana = await _arrived(town)
    said = await ana.says("周日羽毛球")
    assert said.startswith("12月6日 周日（5 天后）：没有“羽毛球”。\n别的时间或地方有：")
    assert "羽毛球友谊赛" in said
    said = await ana.says("周六瑜伽")
    assert "12月5日 周六（4 天后）：没有“瑜伽”。" in said
    assert "瑜伽入门" in said
    said = await ana.says("周六麻将")
    assert "12月5日 周六（4 天后）：没有“麻将”。" in said
    assert "羽毛球友谊赛" in said
    assert "那时有：" in said
    # Found amid other words, it may not be what was asked for: that day is one tap away.
    said = await ana.says("周六有没有瑜伽这一类可以去的")
    assert "瑜伽入门" in said
    assert "羽毛球友谊赛" in await ana.presses("那时有什么")
    said = await ana.says("下个月麻将")
    assert "下个月没有活动。接下来有：" in said
    assert "已经过去了。" in await ana.says("昨天的活动")
    said = await ana.says("周日有什么活动")
    assert "12月6日 周日（5 天后）没有活动。接下来有：" in said
    assert "羽毛球新手夜" in said
    assert "合唱排练" not in said
    await town.at(local(1, 22))
    assert "今天没有了。接下来：" in await ana.says("今天有什么")
    said = await ana.says("嗯那个就是我想问一下就是周日有没有什么下象棋这种的可以去的活动啊")
    assert "下象棋这种的" not in said


async def test_seats_are_asked_for_and_given_up_by_day_and_thing(town: Nanhai) -> None:
    ana = await _arrived(town)
    assert "要报名羽毛球友谊赛吗" in await ana.says("周六那个羽毛球我要报名")
    await ana.presses("报名")
    assert "12月6日 周日（5 天后）：没有“羽毛球”。" in await ana.says("我想报名周日的羽毛球")
    assert "要报名瑜伽入门吗" in await ana.says("周三的我要报名")
    await ana.presses("报名")
    said = await ana.says("明天几点集合")
    assert "瑜伽入门" in said
    assert "19:30–21:30" in said
    assert "12月2日 周三 19:30–21:30" in await ana.says("明天的几点开始")
    assert "不去羽毛球友谊赛了吗" in await ana.says("周六的不去了")
    said = await ana.says("桂城周末有什么")
    assert said.startswith("这周末 · 桂城没有活动。接下来有：")
    assert "瑜伽入门" in await ana.says("桂城瑜伽")
    town.save(team())
    assert (await ana.says("狮山有羽毛球队吗")).startswith("和“狮山 羽毛球”有关的：")


async def test_whom_somebody_would_bring_names_no_event(town: Nanhai) -> None:
    ana = await _arrived(town)
    town.save(event("fair", "老乡见面会", local(6, 19)))
    await ana.says("3")
    said = await ana.says("帮我老乡也报一个")
    assert said.startswith("羽毛球友谊赛")
    assert (await ana.says("老乡见面会能带朋友吗")).startswith("老乡见面会")


async def test_what_stands_on_the_screen_is_meant(town: Nanhai) -> None:
    ana = await _arrived(town)
    for asked in ("算我一个", "我也去"):
        await ana.says("3")
        assert "要报名羽毛球友谊赛吗" in await ana.says(asked), asked
    await ana.says("3")
    assert "14:00–17:00" in await ana.says("几点")
    await ana.says("3")
    assert "羽毛球友谊赛" in await ana.says("帮我老乡也报一个")
    await ana.says("活动")
    assert (await ana.says("就第二个吧")).startswith("瑜伽入门")
    await ana.says("活动")
    assert (await ana.says("3号")).startswith("羽毛球友谊赛")
    await ana.says("活动")
    assert "瑜伽入门" in await ana.says("报第二个")
    await ana.says("活动")
    assert "羽毛球友谊赛" in await ana.says("报3")


@pytest.mark.parametrize("words", ["我的活动", "my events", "管理活动", "/myevents", "我办的活动"])
async def test_a_member_without_a_role_sees_their_own_events(town: Nanhai, words: str) -> None:
    ana = await _arrived(town)
    await ana.says("报名 3")
    assert "羽毛球友谊赛" in await ana.says(words)
    assert "取消报名" in ana.labels or "新活动" not in ana.labels


async def test_who_comes_is_told_as_a_number(town: Nanhai) -> None:
    ana = await _arrived(town)
    await ana.says("报名 3")
    await ana.says("3")
    said = await ana.says("谁报名了")
    assert "羽毛球友谊赛\n1 人报名了。" in said
    assert "小安" not in said


ORGANIZERS = (
    *("发布活动", "发公告", "没听懂", "审计", "公告记录", "新活动", "我要发布活动", "发通知给大家"),
    *("改活动标题", "怎么发布活动", "审批", "签到名单", "邀请组织者", "后台", "个人码", "教过的词"),
    *("publish an event", "/announce", "/audit", "/misses", "/newevent", "/codes", "who signed up"),
)
"""What organizers write, in their commands and in words of their own."""


async def test_who_has_no_role_never_meets_an_organizers_act(town: Nanhai) -> None:
    ana = await _arrived(town)
    await ana.says("报名 3")
    for words in ORGANIZERS:
        said = await ana.says(words)
        assert "小安" not in said, words
        assert not {"新活动", "名单", "签到", "发布", "发送", "改内容", "教过的词"} & set(
            ana.labels
        ), words
        open_now = [(each.dialog or {}).get("topic") for each in town.rows(Address)]
        assert not any(open_now), words


async def test_the_thing_is_found_in_a_question_that_is_only_guessed(town: Nanhai) -> None:
    town.save(event("date", "周末有约", local(6, 19), kind="social"))
    town.save(team(code="choir", name="桂声合唱团", about="一起唱歌", interest="music"))
    town.save(team(code="street", name="街巷社", about="", interest="dance"))
    ana = await _arrived(town)
    for asked, shown in (
        ("有没有教瑜伽的", "瑜伽入门"),
        ("想找个人一起打羽毛球", "羽毛球友谊赛"),
        ("有没有相亲的", "周末有约"),
        ("想脱单", "周末有约"),
        ("怎么加入唱歌队", "桂声合唱团"),
        ("我想参加唱歌的队", "桂声合唱团"),
        ("有没有教跳舞的", "近期没有和“跳舞”有关的活动。\n相近的队伍："),
        ("下班后干点啥", "工资单怎么看"),
    ):
        said = " ".join([await ana.says(asked), *ana.labels])
        assert shown in said, (asked, said)
        assert "没有“干点啥”" not in said


async def test_whether_it_was_cancelled_is_asked_of_ones_own(town: Nanhai) -> None:
    ana = await _arrived(town)
    await ana.says("报名羽毛球友谊赛")
    assert "羽毛球友谊赛\n目前照常：" in await ana.says("活动取消了吗")
    assert "羽毛球友谊赛\n目前照常：" in await ana.says("周六的羽毛球会不会取消")
