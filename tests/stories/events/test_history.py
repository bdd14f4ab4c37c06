"""What somebody took part in, and that they were there all the same."""

from datetime import timedelta

from models.events.events import Kind, SignupState
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, event, local
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.scenes import called, check_ins, members_at, organizer, signup_states
from tests.stories.station import Nanhai


async def _ticks_the_first(town: Nanhai, liu: Person) -> None:
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("按名单签到")
    await liu.says("1")
    await town.at(local(5, 20, 1))


async def test_what_was_taken_part_in_stands_by_year_and_on_a_page(town: Nanhai) -> None:
    first = town.save(badminton(station_id=4))
    other = town.save(event("w", "元旦写春联", local(31, 14) + timedelta(days=3), kind=Kind.SOCIAL))
    (ana,) = await members_at(town, first, "安")
    assert "来过的活动" in await ana.says("参加过的")
    await ana.says(f"报名 {other.id}")
    await town.at(local(5, 20, 1))
    await ana.says("我的")
    said = await ana.presses("参加过的")
    assert "2026 年 1 场" in said
    assert "3 小时" in said
    assert "羽毛球友谊赛" in said
    assert (await ana.file()).content.startswith(b"%PDF")
    await town.at(local(31, 20) + timedelta(days=3))
    said = await ana.says("参加过的")
    assert "2027 年 1 场" in said
    assert "写春联" in said
    assert "羽毛球友谊赛" in await ana.presses("2026")


async def test_who_was_there_says_so_in_a_tap_and_the_organizer_confirms_in_one(
    town: Nanhai,
) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    _ana, ben = await members_at(town, row, "安", "本")
    await called(ben, "王本")
    await _ticks_the_first(town, liu)
    assert signup_states(town, row) == [SignupState.ATTENDED, SignupState.NO_SHOW]
    said = await ben.says("参加过的")
    assert "没来" in said
    assert "签到" in await ben.says("我那次去了")
    assert "会告诉你" in await ben.presses("我去了")
    await town.works()
    assert "王本" in await liu.hears("没有签到")
    steps = Counted(liu)
    assert "✅" in await steps.presses("去了")
    assert steps.steps == 1
    assert signup_states(town, row) == [SignupState.ATTENDED, SignupState.ATTENDED]
    assert check_ins(town, row) == 2
    await town.works()
    await ben.hears("改过来了")
    # A second tap on the old button changes nothing.
    assert "处理过了" in await liu.presses("没去")


async def test_who_was_not_confirmed_is_led_on(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    _ana, ben = await members_at(town, row, "安", "本")
    await _ticks_the_first(town, liu)
    await ben.says("参加过的")
    await ben.presses("羽毛球友谊赛")
    await ben.presses("我去了")
    await town.works()
    await liu.hears("没有签到")
    await liu.presses("没去")
    await town.works()
    assert "问一问" in " ".join([*ben.labels, await ben.hears("没能确认")])
    # After a week it is a matter of words.
    await town.at(local(14, 10))
    await ben.says("参加过的")
    await ben.presses("羽毛球友谊赛")
    assert "我去了" not in ben.labels


async def test_who_came_can_be_written_to(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town, Role.TOWN, 3)
    ana, ben = await members_at(town, row, "安", "本")
    await _ticks_the_first(town, liu)
    await liu.says("发公告")
    await liu.presses("来过的活动")
    assert "1 人" in await liu.presses("羽毛球友谊赛")
    await liu.presses("选好了")
    await liu.presses("写内容")
    await liu.says("照片在群里，下次再来。")
    await liu.presses("发送")
    await town.after(minutes=1)
    await ana.hears("照片在群里")
    assert not any("照片在群里" in words for words in ben.unasked())


async def test_who_helped_gets_hours_that_an_organizer_can_correct(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, match, "安", "本")
    await called(ana, "阿梅")
    await called(ben, "阿强")
    for name in ("阿梅", "阿强"):
        await liu.says(f"管理活动 {match.id}")
        await liu.presses("更多")
        await liu.presses("帮手")
        await liu.presses("选个帮手")
        await liu.presses(next(each for each in liu.labels if name in each))
    await _ticks_the_first(town, liu)
    # As long as the event took, unless it is corrected in one line.
    assert "2026 年 1 场 · 3 小时 · 帮忙 3 小时" in await ana.says("参加过的")
    assert "帮忙 3 小时" in await ben.says("参加过的")
    await liu.says(f"管理活动 {match.id}")
    await liu.presses("更多")
    await liu.presses("帮手工时")
    await liu.presses(next(each for each in liu.labels if "阿强" in each))
    assert "写个数" in await liu.says("很久")
    assert "✅ 改好了" in await liu.says("1.5")
    assert "帮忙 1.5 小时" in await ben.says("参加过的")
    assert (await ben.file()).content.startswith(b"%PDF")
    await liu.presses(next(each for each in liu.labels if "阿梅" in each))
    await liu.says("0")
    assert "帮忙" not in await ana.says("参加过的")
