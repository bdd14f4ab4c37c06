"""Announcements ask for the right, and for the hour, each time they act."""

import pytest

from models.rules.network.permissions import Role
from tests.miniature.rows import local
from tests.stories.people import Person
from tests.stories.scenes import organizer, published, settles, withdraw_all
from tests.stories.station import Nanhai


async def _writes(boss: Person, words: str) -> None:
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says(words)


async def _every_week(boss: Person, words: str) -> None:
    await _writes(boss, words)
    await boss.presses("改一改")
    await boss.presses("每周一次")
    await boss.presses("发送")


# For weeks nobody writes, so no window of WeChat is open for what is sent.
@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_the_weekly_post_of_somebody_erased_is_held_and_the_organizers_decide(
    town: Nanhai,
) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _every_week(liu, "周三大扫除")
    await town.works()
    await liu.says("隐私")
    await liu.presses("删掉我")
    await liu.presses("删除")
    assert "大扫除" in await boss.says("公告记录")
    await town.at(local(8, 10))
    assert len([each for each in ana.unasked() if "大扫除" in each]) == 1
    asked = await boss.hears("没有这个权限了，先停着：“周三大扫除”")
    assert "原定 12月8日" in asked
    # By the right of whoever sends it, it goes on every week.
    assert "✅ 开始发了" in await boss.presses("发出去")
    await town.works()
    await ana.says("菜单")
    await town.at(local(15, 10))
    assert len([each for each in ana.unasked() if "大扫除" in each]) == 3
    await boss.says("公告记录")
    await boss.presses("周三大扫除")
    await boss.presses("停止")
    assert "❌ 停了" in await boss.presses("马上停")


# On WeChat it stands below the next answer: its window is closed by then.
@pytest.mark.parametrize("channel", ["web", "telegram", "wecom"])
async def test_what_is_planned_for_the_day_is_asked_about_when_it_is_days_late(
    town: Nanhai,
) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _writes(liu, "今天三点食堂集合")
    await liu.presses("改一改")
    await liu.presses("时间")
    await liu.says("明天 14:00")
    await liu.presses("发送")
    await liu.says("菜单")
    await ana.says("菜单")
    await town.at(local(5, 10))
    assert not ana.unasked()
    assert "原定 12月2日 周三 14:00" in await liu.hears("过了时间，没有发：“今天三点食堂集合”")
    await liu.presses("换个时间")
    assert "12月5日 周六 15:00" in await liu.says("今天 15:00")
    await ana.says("菜单")
    await town.at(local(5, 15))
    await ana.hears("今天三点食堂集合")


async def test_what_is_some_hours_late_goes_out(town: Nanhai) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _writes(liu, "明天停水")
    await liu.presses("改一改")
    await liu.presses("时间")
    await liu.says("今天 12:00")
    await liu.presses("发送")
    await town.at(local(1, 18))
    await ana.hears("明天停水")


async def test_what_has_not_gone_out_is_taken_back_and_changed(town: Nanhai) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _writes(liu, "明天停水")
    await liu.presses("改一改")
    await liu.presses("时间")
    await liu.says("明天 14:00")
    await liu.presses("发送")
    await liu.says("公告记录")
    await liu.presses("明天停水")
    assert "又是你的草稿了" in await liu.presses("撤回")
    await town.at(local(2, 15))
    assert ana.unasked() == []
    await liu.presses("改一改")
    await liu.presses("文字和图片")
    assert "后天停水" in await liu.says("后天停水")


async def test_a_withdrawn_organizer_cannot_go_on_with_a_draft(town: Nanhai) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _writes(liu, "明天停水")
    withdraw_all(town)
    for label in ("改一改", "发送"):
        said = await liu.presses(label)
        assert "停水" not in said
        assert "1 人" not in said


async def test_an_event_of_the_next_hour_that_nobody_approves(town: Nanhai) -> None:
    core = await organizer(town, Role.CORE_MEMBER, 4, "骨干")
    await organizer(town)
    await core.says("发布活动 今天11点 羽毛球散打 桂城站 20人")
    await core.presses("比赛")
    await core.presses("发布")
    await town.at(local(1, 14))
    assert core.unasked()


async def test_nobody_approves_an_event_in_time(town: Nanhai) -> None:
    core = await organizer(town, Role.CORE_MEMBER, 4, "骨干")
    boss = await organizer(town)
    await core.says("发布活动 今天14点 羽毛球散打 桂城站 20人")
    await core.presses("比赛")
    await core.presses("发布")
    await town.works()
    await boss.hears("想给昭信集团发布")
    await town.at(local(1, 13))
    await core.hears("快开始了，还没人批准")
    assert len([each for each in boss.unasked() if "想给昭信集团发布" in each]) == 2
    await core.says("菜单")
    await town.at(local(1, 14))
    await core.hears("“羽毛球散打”没批，过了")
    await town.at(local(1, 17))
    assert len([each for each in core.unasked() if "没批，过了" in each]) == 1
    await core.says("管理活动")
    assert "没批，过了" in await core.presses("以前的")
    assert "已经开始了" in await boss.presses("批准")
    (event,) = published(town)
    assert str(event.state) == "lapsed"


async def test_a_draft_survives_whatever_is_typed_before_it_is_sent(town: Nanhai) -> None:
    liu = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("安")
    await settles(ana, "昭信")
    await _writes(liu, "明天停水")
    assert "没太明白" in await liu.says("qwertz")
    assert "继续写公告" in liu.labels
    await liu.says("活动")
    await liu.says("菜单")
    assert any("继续写公告" in label for label in liu.labels)
    assert "有一条还没发：“明天停水”" in await liu.says("发公告")
    assert "明天停水" in await liu.presses("继续写公告")
    assert "✅ 开始发了" in await liu.presses("发送")
    assert "没有没写完的" in await liu.says("继续")
    await town.works()
    await ana.hears("明天停水")
