"""What people ask about an event is answered from what is written with it, or passed on."""

from typing import Any

import pytest
from icalendar import Calendar

from models.desk.threads import Thread, ThreadKind, ThreadLine
from models.events.events import Companions, Event
from tests.miniature.rows import event, lamp_works, local
from tests.stories.people import Person
from tests.stories.station import Nanhai


def _hike(**changed: Any) -> Event:
    values = {
        "place": "西樵山南门",
        "bring": "水、帽子、身份证",
        "about": "全程六公里，新手也行。每人20元车费，午饭自理。"
        "早上七点桂城站集合上车，可以带孩子。",
        "seats": 45,
        "map_url": "https://uri.amap.com/marker?position=1,2",
    }
    return event("hike", "西樵山登山", local(5, 9), **(values | changed))


@pytest.fixture
def hiking(town: Nanhai) -> Event:
    """A hike on Saturday, and a tour on another day."""
    town.save(lamp_works())
    return town.save(_hike())


async def _arrived(town: Nanhai, name: str = "小安") -> Person:
    person = town.person(name)
    await person.arrives()
    return person


async def test_a_named_event_answers_for_itself(town: Nanhai, hiking: Event) -> None:
    ana = await _arrived(town)
    for asked, told in (
        ("登山几点开始啊", "9:00–11:00"),
        ("周六那个登山要带什么", "带上：水、帽子、身份证"),
        ("登山要钱吗", "每人20元车费"),
        ("那个登山能带小孩去吗", "可以带孩子"),
        ("登山在哪集合", "桂城站集合上车"),
        ("登山的地址在哪里", "西樵山南门"),
        ("登山还有位置吗", "余 45 席"),
        ("登山下雨还搞吗", "目前照常"),
        ("登山是哪里主办的，找谁", "主办：桂城"),
    ):
        said = await ana.says(asked)
        assert told in said, (asked, said)
        assert "西樵山登山" in said, asked
        assert "走进灯具厂" not in said, asked


async def test_the_fields_of_an_event_answer_before_its_text(town: Nanhai) -> None:
    row = town.save(
        _hike(
            meet="6:40 桂城站，7:00 大沥站",
            cost="车费 20 元，午饭 AA",
            contact="领队阿强 13800000000",
            companions=Companions.CHILDREN,
        )
    )
    ana = await _arrived(town)
    for asked, told, unsaid in (
        ("登山在哪集合", "集合：6:40 桂城站，7:00 大沥站", "上车"),
        ("登山要钱吗", "费用：车费 20 元，午饭 AA", "每人20元"),
        ("登山能带小孩去吗", "可以带孩子。", "先问一问"),
        ("登山能带老婆一起去吗", "别的人没写，先问一问", "新手"),
        ("登山是哪里主办的，找谁", "联系人：领队阿强 13800000000", "桂城站集合"),
    ):
        said = await ana.says(asked)
        assert told in said, (asked, said)
        assert unsaid not in said, (asked, said)
    card = await ana.says(str(row.id))
    for line in (
        "西樵山南门\n集合：6:40 桂城站，7:00 大沥站\n",
        "带上：水、帽子、身份证\n费用：车费 20 元，午饭 AA · 可带孩子 · 联系人：领队阿强",
    ):
        assert line in card
    await ana.says(f"报名 {row.id}")
    await ana.presses("加到日历")
    (entry,) = Calendar.from_ical((await ana.file()).content).walk("VEVENT")
    described = str(entry["description"]).splitlines()
    assert described[-3:] == [
        "集合：6:40 桂城站，7:00 大沥站",
        "带上：水、帽子、身份证",
        "费用：车费 20 元，午饭 AA · 可带孩子 · 联系人：领队阿强 13800000000",
    ]
    # An account of WeChat's may write for two days after the last word.
    await town.at(local(3, 9))
    await ana.says("我的")
    await town.at(local(4, 9))
    assert "集合：6:40 桂城站，7:00 大沥站 · 西樵山南门" in await ana.hears("🔔 西樵山登山")


async def test_an_event_for_oneself_only_says_so(town: Nanhai) -> None:
    row = town.save(_hike(companions=Companions.NOBODY))
    ana = await _arrived(town)
    await ana.says(str(row.id))
    said = await ana.says("能带家属吗")
    assert "这场只限本人。" in said
    assert "问一问" in ana.labels


async def test_a_question_speaks_of_the_card_on_the_screen(town: Nanhai, hiking: Event) -> None:
    ana = await _arrived(town)
    await ana.says(str(hiking.id))
    assert "带上：水、帽子、身份证" in await ana.says("要带什么")


async def test_a_question_speaks_of_ones_own_seat(town: Nanhai, hiking: Event) -> None:
    ana = await _arrived(town)
    await ana.says(f"报名 {hiking.id}")
    await ana.says("菜单")
    assert "桂城站集合上车" in await ana.says("在哪里集合啊")


async def test_where_nothing_tells_which_event_it_is_asked(town: Nanhai, hiking: Event) -> None:
    ana = await _arrived(town)
    said = await ana.says("请问要带什么东西")
    assert "你说的是哪一个？" in said
    assert "西樵山登山" in said
    assert "走进灯具厂" in said


async def test_words_that_only_look_like_a_price_answer_no_question_for_it(town: Nanhai) -> None:
    row = town.save(_hike(about="元旦前一周出发。坡陡费力，难免走得慢。"))
    ana = await _arrived(town)
    await ana.says(str(row.id))
    assert "活动里没写这个" in await ana.says("要钱吗")


async def test_what_is_not_written_goes_to_people_in_the_very_words(town: Nanhai) -> None:
    row = town.save(_hike(about="全程六公里。", bring=""))
    ana = await _arrived(town)
    await ana.says(str(row.id))
    assert "活动里没写这个" in await ana.says("能带老婆一起去吗")
    said = await ana.presses("问一问")
    assert "“能带老婆一起去吗”" in said
    assert "问西樵山登山的组织者" in said
    await ana.presses("留名")
    [thread], [line] = town.rows(Thread), town.rows(ThreadLine)
    assert (thread.kind, thread.event_id) == (ThreadKind.QUESTION, row.id)
    assert line.text == "能带老婆一起去吗"


async def test_a_name_amid_a_long_sentence_is_found_and_the_rest_never_echoed(
    town: Nanhai, hiking: Event
) -> None:
    ana = await _arrived(town)
    said = await ana.says("嗯那个就是我想问一下就是这个周六有没有什么登山之类的活动啊")
    assert "西樵山登山" in said
    assert "我想问" not in said


async def test_a_colleague_is_told_how_to_sign_up_alone(town: Nanhai, hiking: Event) -> None:
    ana = await _arrived(town)
    await ana.says(str(hiking.id))
    assert f"“报名 {hiking.id}”" in await ana.says("帮我老乡也报一个")
    assert "问一问" in ana.labels


async def test_a_day_without_anything_is_not_said_to_be_the_end(
    town: Nanhai, hiking: Event
) -> None:
    ana = await _arrived(town)
    said = await ana.says("明天几点集合")
    assert "西樵山登山" in said
    assert "近期还没有" not in said
