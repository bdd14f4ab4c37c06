"""Looking for events, and one event in full."""

import pytest

from models.events.events import Category, Event, EventState
from tests.miniature.rows import badminton, event, lamp_works, local
from tests.stories.people import Person
from tests.stories.station import Nanhai


def _programme(town: Nanhai) -> dict[str, Event]:
    """Seven events: today, tomorrow, Thursday, Saturday, Sunday, next Tuesday and later."""
    rows = (
        event("pay", "工资单怎么看", local(1, 19), category=Category.LIFE),
        event("excel", "表格速成班", local(2, 19), category=Category.CAREER),
        lamp_works(),
        badminton(),
        event("choir", "合唱排练", local(6, 9), station_id=3),
        event("talk", "创新大讲堂", local(8, 15), category=Category.THOUGHT),
        event("gala", "年终汇报会", local(20, 19)),
    )
    return {row.code: town.save(row) for row in rows}


async def _arrived(town: Nanhai) -> Person:
    ana = town.person("小安")
    await ana.arrives()
    return ana


async def test_events_are_listed_five_at_a_time_the_soonest_first(town: Nanhai) -> None:
    _programme(town)
    ana = await _arrived(town)
    first = await ana.says("活动")
    assert "1. 工资单怎么看 · 12月1日 周二 19:00（今天） · 桂城 · 不限人数" in first
    assert "5. 合唱排练" in first
    assert "6. " not in first
    second = await ana.presses("更多")
    assert "6. 创新大讲堂" in second
    assert "7. 年终汇报会" in second
    assert "5. " not in second
    assert "更多" not in ana.labels


async def test_events_are_found_by_time(town: Nanhai) -> None:
    _programme(town)
    ana = await _arrived(town)
    today = await ana.says("今天有什么")
    assert "工资单怎么看" in today
    assert "表格速成班" not in today
    assert "表格速成班" in await ana.says("活动 明天")
    weekend = await ana.says("这周末")
    assert "羽毛球友谊赛" in weekend
    assert "合唱排练" in weekend
    assert "走进灯具厂" not in weekend
    await ana.says("活动")
    await ana.presses("筛选")
    week = await ana.presses("七天内")
    assert "近期活动 · 七天内" in week
    assert "合唱排练" in week
    assert "创新大讲堂" not in week
    await town.at(local(6, 22))
    assert "这周末没有活动。接下来有：\n" in await ana.says("这周末")


async def test_events_are_found_by_category_by_town_and_by_words(town: Nanhai) -> None:
    _programme(town)
    ana = await _arrived(town)
    await ana.says("活动")
    await ana.presses("筛选")
    career = await ana.presses("职场提升")
    assert "表格速成班" in career
    assert "羽毛球" not in career
    assert "创新大讲堂" in await ana.says("活动 思想")
    await ana.presses("筛选")
    await ana.presses("按镇街")
    shishan = await ana.presses("狮山")
    assert "近期活动 · 狮山" in shishan
    assert "合唱排练" in shishan
    assert "灯具厂" not in shishan
    assert shishan == await ana.says("活动 狮山")
    for words in ("活动 羽毛球", "羽毛球", "yumaoqiu", "ymq"):
        assert "4. 羽毛球友谊赛" in await ana.says(words)
    assert "近期没有和“攀岩”有关的活动" in await ana.says("活动 攀岩")


async def test_a_number_means_the_same_event_everywhere(town: Nanhai) -> None:
    _programme(town)
    ana = await _arrived(town)
    await ana.says("活动")
    card = await ana.says("4")
    assert card.startswith("羽毛球友谊赛\n12月5日 周六 14:00–17:00（4 天后）\n狮山体育馆")
    await ana.says("这周末")
    assert await ana.says("4") == card
    await ana.says("菜单")
    assert await ana.says("4") == card
    assert await ana.says("４") == card
    assert await ana.opens("e4") == card
    assert "✅ 报上了：羽毛球友谊赛" in await ana.says("报名4")
    await ana.says("我的")
    assert (await ana.says("4")).startswith("羽毛球友谊赛\n12月5日")
    assert "加到日历" in ana.labels
    assert "取消了：羽毛球友谊赛" in await ana.says("取消报名 4")


async def test_a_card_says_when_where_how_full_and_what_to_bring(town: Nanhai) -> None:
    town.save(lamp_works(about="看一盏灯怎么做出来。", map_url="https://maps.example/lamps"))
    ana = await _arrived(town)
    await ana.says("走进灯具厂")
    card = await ana.presses("走进灯具厂")
    assert card.startswith(
        "走进灯具厂\n12月3日 周四 11:00–13:00（后天）\n桂城站集合\n余 2 席（共 2 席）\n"
        "带上：身份证\n看一盏灯怎么做出来。"
    )
    assert ana.link("地图") == "https://maps.example/lamps"
    await ana.presses("报名")
    await ana.says("灯具厂")
    assert "余 1 席（共 2 席）" in await ana.presses("走进灯具厂")
    assert "取消报名" in ana.labels


@pytest.mark.parametrize(
    ("changed", "said", "refused"),
    [
        ({"state": EventState.CLOSED}, "已停止报名", "停止报名了"),
        ({"closes_at": local(1, 9)}, "报名已截止（今天 9:00）", "报名时间过了"),
        (
            {"state": EventState.CANCELLED, "reason": "厂里停电"},
            "已取消\n带上：身份证\n原因：厂里停电",
            "❌ 走进灯具厂取消了",
        ),
    ],
    ids=["closed", "too late", "cancelled"],
)
async def test_what_cannot_be_signed_up_for_says_why(
    town: Nanhai, changed: dict[str, object], said: str, refused: str
) -> None:
    row = town.save(lamp_works(**changed))
    ana = await _arrived(town)
    assert said in await ana.opens(f"e{row.id}")
    assert "报名" not in ana.labels
    assert refused in await ana.says(f"报名 {row.id}")
    assert "还没有报名" in await ana.says("我的")


async def test_what_is_over_is_listed_no_more(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = await _arrived(town)
    await ana.says(f"报名 {row.id}")
    await town.at(local(3, 12))
    assert "走进灯具厂" in await ana.says("活动")
    assert "走进灯具厂" in await ana.says("我的")
    await town.at(local(3, 13))
    assert "走进灯具厂" not in await ana.says("活动")
    assert "现在没有报名" in await ana.says("我的")
    assert "近期没有" in await ana.says("活动 灯具厂")


async def test_an_empty_station_says_so(town: Nanhai) -> None:
    ana = await _arrived(town)
    assert "这里暂时没有" in await ana.says("活动")
    assert "这里还没有队伍" in await ana.says("队伍")
    assert "你还没有报名" in await ana.says("取消报名")


@pytest.mark.parametrize("channel", ["web"])
async def test_the_numbers_of_a_list_open_its_rows_while_pills_stand_below(town: Nanhai) -> None:
    for number in range(1, 4):
        town.save(event(f"e{number}", f"活动{'甲乙丙'[number - 1]}", local(4 + number, 14)))
    ana = town.person("小安")
    await ana.arrives()
    assert "2. 活动乙" in await ana.says("活动")
    await ana.presses("筛选")
    # The page shows the pills without numbers, so 2 can only be the row that is still seen.
    assert (await ana.says("2")).startswith("活动乙\n")
    assert (await ana.says("3")).startswith("活动丙\n")
