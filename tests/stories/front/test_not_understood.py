"""What nobody can foresee is answered with a way on."""

import pytest

from tests.miniature.rows import badminton, lamp_works, team
from tests.stories.people import OnTelegram, OnWeChat, OnWeCom
from tests.stories.station import Nanhai

WAYS_ON = ["看活动", "找队伍", "我的"]
AND_A_PERSON = "说给组织者"


async def test_what_is_not_understood_is_answered_with_ways_on(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    for said in ("qwertz", "？？？", "🙂", "/nothing", "12345678901234567890", "-1"):
        assert "没太明白。是想：" in await ana.says(said), said
        assert ana.labels[-1] == AND_A_PERSON
    await ana.says("🙂")
    assert "羽毛球友谊赛" in await ana.presses("看活动")


async def test_numbers_out_of_nowhere_do_nothing(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    assert "没太明白" in await ana.says("99")
    assert "没太明白" in await ana.says("0")
    # The number of an event shows it, and changes nothing.
    assert "走进灯具厂" in await ana.says(str(row.id))
    assert "已经没有了" in await ana.says("报名 99")
    assert "已经没有了" in await ana.says("取消报名 99")
    assert "已经没有了" in await ana.says("退出 99")
    assert "还没有报名" in await ana.says("我的")


async def test_words_that_fit_an_event_and_a_team_show_both(town: Nanhai) -> None:
    match, club = town.save(badminton()), town.save(team())
    town.save(team(code="chess", name="狮山象棋队", name_en=""))
    ana = town.person("小安")
    await ana.arrives()
    found = await ana.says("羽毛球")
    assert f"{match.id}. 羽毛球友谊赛" in found
    assert "狮山体育馆" in await ana.says(str(match.id))
    await ana.says("羽毛球")
    assert "活动时间：每周三 19:30" in await ana.presses("狮山羽毛球队")
    assert "✅ 加入了狮山羽毛球队" in await ana.says(f"加入 {club.id}")
    assert "2. 狮山象棋队" in await ana.says("xiangqi")


async def test_a_button_of_before_that_leads_nowhere_any_more_says_so(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("资料")
    await ana.presses("班次")
    await ana.presses("夜班")
    # The question was answered; its other options stand on the screen still.
    assert "这个按钮是以前的，现在不能用了" in await ana.presses("倒班")
    assert ana.labels == WAYS_ON
    assert "班次：夜班" in await ana.says("资料")


async def test_a_text_of_any_length_is_answered(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    assert "没太明白" in await ana.says("我想说的话很长" * 90)
    assert "没有和" in await ana.says("队伍 " + "长" * 600)
    assert "近期没有" in await ana.says("活动 " + "长" * 600)
    assert len(ana.sees) < 80


@pytest.mark.parametrize("channel", ["telegram", "wechat", "wechat-safe", "wecom"])
async def test_a_picture_is_answered_in_words(town: Nanhai) -> None:
    ana = town.person("小安")
    assert isinstance(ana, OnTelegram | OnWeChat | OnWeCom)
    assert "这里是创思驿站" in await ana.shows_a_picture()
    await ana.arrives()
    assert "我看得懂文字和按钮" in await ana.shows_a_picture()
    assert ana.labels == ["看活动", "心愿", "我的"]
    # A picture amid a question leaves the question open.
    await ana.says("资料")
    await ana.presses("班次")
    await ana.shows_a_picture()
    assert "班次：夜班" in await ana.presses("夜班")


async def test_help_is_short_and_always_there(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    said = await ana.says("帮助")
    assert len(said.split("\n\n")[0].splitlines()) == 5
    assert await ana.says("怎么用") == await ana.says("/help") == said
