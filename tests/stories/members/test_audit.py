"""Who did what, as organizers read it; and who saw somebody's name, as they read it themselves."""

from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.scenes import called, organizer, settles, signed_up
from tests.stories.station import Nanhai


def lines_of(said: str) -> list[str]:
    """The lines of an answer that tell of a list that was opened."""
    return [line for line in said.splitlines() if " · 看名单 · " in line]


async def test_a_member_reads_who_opened_a_list_with_their_name(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    boss = await organizer(town, name="点长")
    await called(boss, "点长")
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await ben.arrives()
    await ana.says(f"报名 {match.id}")
    assert "还没有人看过有你名字的名单" in await ana.says("谁看过我")
    await town.at(local(1, 11))
    await boss.says("管理活动")
    await boss.presses("羽毛球友谊赛")
    # Where people work is not on the company's list.
    assert "狮山" not in await boss.presses("名单")
    await boss.presses("下载名单")
    await town.at(local(1, 12))
    await ben.says(f"报名 {match.id}")
    await ana.says("隐私")
    told = lines_of(await ana.presses("谁看过我"))
    assert len(told) == 2
    for line in told:
        assert line == "12月1日 周二 11:00 · 点长 · 昭信集团 联系点组织者 · 看名单 · 羽毛球友谊赛"
    # Whoever signed up later was not on it, and who gave up before it is opened is not.
    assert "还没有人" in await ben.says("谁看过我")
    await ben.says(f"取消报名 {match.id}")
    await town.at(local(1, 13))
    await boss.says("管理活动")
    await boss.presses("羽毛球友谊赛")
    await boss.presses("名单")
    assert "还没有人" in await ben.says("谁看过我")
    assert len(lines_of(await ana.says("谁看过我"))) == 3


async def test_organizers_read_the_audit_of_their_places(town: Nanhai) -> None:
    town.save(badminton(station_id=4))
    town.save(lamp_works())
    point, chief = await organizer(town), await organizer(town, Role.TOWN, 3, "镇长")
    other, ana = await organizer(town, Role.TOWN, 2, "桂城长"), town.person("小安")
    await ana.arrives()
    for each, name in ((point, "点长"), (chief, "镇长"), (other, "邻长")):
        await called(each, name)
    await point.says("管理活动")
    await point.presses("羽毛球友谊赛")
    await point.presses("更多")
    await point.presses("停止报名")
    await other.says("管理活动")
    await other.presses("走进灯具厂")
    await other.presses("更多")
    await other.presses("停止报名")
    theirs = await point.says("审计")
    assert "点长 · 昭信集团 联系点组织者 · 改这个活动 · 羽毛球友谊赛" in theirs
    assert "灯具厂" not in theirs
    assert "羽毛球友谊赛" in await chief.says("审计")
    assert "灯具厂" not in chief.sees
    assert "羽毛球友谊赛" in await chief.says("审计 点长")
    assert "没有叫“邻长”的人" in await chief.says("审计 邻长")
    await chief.says("审计")
    assert "选一个" in await chief.presses("筛选")
    assert "羽毛球友谊赛" in await chief.presses("改这个活动")
    await town.at(local(3, 10))
    await chief.presses("筛选")
    assert "这里没有记录" in await chief.presses("今天")
    assert "组织者" in await ana.says("审计")


async def test_organizers_of_one_name_are_told_apart(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    point, town_boss = await organizer(town), await organizer(town, Role.TOWN, 3, "镇长")
    for each, name in ((point, "李伟"), (town_boss, "李伟")):
        await called(each, name)
    await signed_up(town, match)
    for each, label in ((point, "更多"), (town_boss, "名单")):
        await each.says("管理活动")
        await each.presses("羽毛球友谊赛")
        await each.presses(label)
    await point.presses("停止报名")
    assert "是哪一位？" in await town_boss.says("审计 李伟")
    [mayor, at_point] = sorted(town_boss.labels[:2], key=lambda each: "联系点" in each)
    assert "狮山 镇街组织者" in mayor
    assert "昭信集团 联系点组织者" in at_point
    said = await town_boss.presses(at_point)
    assert "昭信集团 联系点组织者 · 改这个活动" in said
    assert "镇街" not in said
    # Whoever is called exactly so is meant, whatever else their name stands in.
    await called(town_boss, "李伟明")
    assert "昭信集团 联系点组织者 · 改这个活动" in await town_boss.says("审计 李伟")
    assert "狮山 镇街组织者 · 看名单" in await town_boss.says("审计 李伟明")
