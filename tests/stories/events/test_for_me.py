"""What is shown first: one's own town, company and interests; and what is at the same time."""

from models.network.stations import Enterprise, Station
from tests.miniature.rows import badminton, event, local, team
from tests.stories.scenes import settles
from tests.stories.station import Nanhai


async def test_ones_own_town_and_interests_come_first_with_the_reason(town: Nanhai) -> None:
    for number in range(1, 6):
        town.save(event(f"g{number}", f"桂城第 {number} 晚", local(1, 12 + number)))
    town.save(event("sing", "合唱排练", local(2, 19)))
    town.save(badminton())
    town.save(event("late", "狮山年会", local(20, 19), station_id=3))
    ana, ben = town.person("小安"), town.person("阿斌")
    await ben.arrives()
    await ana.says("你好")
    await ana.presses("同意")
    await ana.presses("狮山")
    await ana.presses("球类")
    await ana.presses("音乐")
    await ana.presses("选好了")
    await ana.presses("跳过")
    # Both reasons before one; the rest by time, also what is theirs but far away.
    first = await ana.says("活动")
    assert first.startswith("近期活动 · 和你有关的在前\n")
    rows = [line for line in first.splitlines() if line[:1].isdigit()]
    assert [row.partition(".")[0] for row in rows] == ["7", "6", "1", "2", "3"]
    assert rows[0].endswith("狮山 · 不限人数 · 同镇 · 你喜欢的球类")
    assert rows[1].endswith("你喜欢的音乐")
    assert rows[2].endswith("桂城 · 不限人数")
    second = await ana.presses("更多")
    assert [line[0] for line in second.splitlines() if line[:1].isdigit()] == ["4", "5", "8"]
    # One tap shows all by time, with the reasons still there.
    await ana.says("活动")
    whole = await ana.presses("全部")
    assert "和你有关的在前" not in whole
    assert [line[0] for line in whole.splitlines() if line[:1].isdigit()] == list("12345")
    assert "你喜欢的音乐" in await ana.presses("更多")
    # From a filter one tap leads to everything.
    await ana.says("活动 狮山")
    assert await ana.presses("全部") == first
    # Who told nothing sees time alone.
    plain = await ben.says("活动")
    assert plain.startswith("近期活动\n")
    assert "同镇" not in plain
    assert [line[0] for line in plain.splitlines() if line[:1].isdigit()] == list("12345")


async def test_a_sign_up_amid_the_list_hides_nothing_of_it(town: Nanhai) -> None:
    for number in range(1, 9):
        town.save(event(f"s{number}", f"狮山第 {number} 晚", local(1 + number, 19), station_id=3))
    town.save(event("soon", "桂城晨跑", local(1, 19)))
    ana = town.person("小安")
    await settles(ana, "狮山")
    first = await ana.says("活动")
    shown = [line[0] for line in first.splitlines() if line[:1].isdigit()]
    assert shown == list("12345")
    assert "✅ 报上了" in await ana.says("报名 2")
    await ana.says("活动")
    await ana.says("报名 3")
    # The list as it was, then the one that is new.
    second = await ana.presses("更多")
    assert "狮山第 1 晚" not in second
    assert "狮山第 7 晚" in second
    rest = [line[0] for line in second.splitlines() if line[:1].isdigit()]
    assert len(rest) == 4
    again = await ana.says("活动")
    own = [line[0] for line in again.splitlines() if line[:1].isdigit()]
    assert set("23").isdisjoint(own)


async def test_ones_own_company_comes_before_its_town_and_teams_do_likewise(town: Nanhai) -> None:
    town.save(team(code="choir", name="桂城合唱队", station_id=2, members=9))
    town.save(team(members=3))
    town.save(event("town", "狮山夜跑", local(2, 19), station_id=3))
    town.save(event("own", "昭信开放日", local(3, 19), station_id=4))
    firm = town.save(Enterprise(code="zx", name="昭信"))
    town.change(Station, 4, enterprise_id=firm.id)
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("资料")
    await ana.presses("地方")
    assert "地方：昭信集团" in await ana.says("昭信")
    listed = await ana.says("活动")
    rows = [line for line in listed.splitlines() if line[:1].isdigit()]
    assert rows[0].startswith("2. 昭信开放日")
    assert rows[0].endswith("本厂")
    assert rows[1].endswith("同镇")
    teams = await ana.says("队伍")
    assert teams.index("狮山羽毛球队") < teams.index("桂城合唱队")
    assert "3 人 · 同镇" in teams


async def test_what_a_shift_is_in_the_way_of_is_said_and_does_not_lead(town: Nanhai) -> None:
    lunch = town.save(event("lunch", "午间讲座", local(3, 12), station_id=3))
    town.save(event("walk", "傍晚散步", local(4, 18), station_id=2))
    evening = town.save(event("evening", "狮山歌会", local(4, 19), station_id=3))
    ana = town.person("小安")
    await ana.says("你好")
    await ana.presses("同意")
    await ana.presses("狮山")
    await ana.presses("跳过")
    await ana.presses("夜班")
    rows = [line for line in (await ana.says("活动")).splitlines() if line[:1].isdigit()]
    assert [row[0] for row in rows] == ["3", "1", "2"]
    assert "和你的夜班撞了" in await ana.opens(f"e{lunch.id}")
    assert "撞了" not in await ana.opens(f"e{evening.id}")
    answer = await ana.says(f"报名 {lunch.id}")
    assert "✅ 报上了：午间讲座" in answer
    assert "和你的夜班撞了" in answer
