"""Leading a team: deputies, who gets in, who goes, and the next captain."""

from sqlmodel import Session, col, select

from models.network.audit import Audit
from models.network.roles import Grant
from models.rules.network.permissions import Role
from models.teams.teams import Team
from tests.miniature.rows import badminton, team
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


async def led(town: Nanhai, *names: str) -> tuple[Team, list[Person]]:
    """A team whose captain is the first of these people; the others are in it."""
    row = town.save(team())
    people = [town.person(name) for name in names]
    for each in people:
        await each.arrives()
        await each.says("资料")
        await each.presses("名字" if "名字" in each.labels else "称呼")
        await each.says(each.name.removeprefix("o"))
        await each.says(f"加入 {row.id}")
    await town.appoint(people[0], Role.CAPTAIN, 3, team_id=row.id)
    return row, people


def roles_in(session: Session, team_id: int) -> list[str]:
    held = select(Grant).where(Grant.team_id == team_id, col(Grant.withdrawn_at).is_(None))
    return sorted(str(each.role) for each in session.exec(held).all())


def acts(session: Session) -> list[str]:
    return [str(each.act) for each in session.exec(select(Audit).order_by(col(Audit.id))).all()]


async def opens_person(leader: Person, number: int | None, name: str) -> str:
    await leader.opens(f"t{number}")
    await leader.presses("管理队伍")
    await leader.presses("队员")
    return await leader.presses(name)


async def test_a_captain_appoints_a_deputy_and_ends_it_again(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await opens_person(ana, row.id, "小本")
    assert "小本现在是副队长" in await ana.presses("设为副队长")
    await town.after(minutes=1)
    await ben.hears("你现在是狮山羽毛球队的副队长")
    assert "小本 · 副队长" in await opens_person(ana, row.id, "小本")
    # A deputy runs the team and leaves its roles alone.
    shown = await opens_person(ben, row.id, "小安")
    assert "小安 · 队长" in shown
    assert "移出队伍" not in ben.labels
    await opens_person(ana, row.id, "小本")
    assert "不再是副队长" in await ana.presses("撤下副队长")
    assert town.look(roles_in, row.id) == ["captain"]
    await town.after(minutes=1)
    await ben.opens(f"t{row.id}")
    assert "管理队伍" not in ben.labels


async def test_with_approval_the_captain_lets_people_in_by_a_tap(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    cai, dan = town.person("小蔡"), town.person("小丹")
    await cai.arrives()
    await dan.arrives()
    await ana.opens(f"t{row.id}")
    await ana.presses("管理队伍")
    await ana.presses("加入方式")
    assert "以后：队长同意才能进" in await ana.presses("队长同意才能进")
    assert "队长同意才能进" in await cai.opens(f"t{row.id}")
    assert "已经问了" in await cai.presses("加入")
    assert "已经问过" in await cai.says(f"加入 {row.id}")
    await town.after(minutes=1)
    await ana.hears("想加入狮山羽毛球队")
    assert all("想加入" not in each for each in ben.unasked())
    assert "加入了" in await ana.presses("同意")
    await town.after(minutes=1)
    await cai.hears("狮山羽毛球队同意你加入了")
    assert "队伍：狮山羽毛球队" in await cai.says("我的")

    await dan.says(f"加入 {row.id}")
    await town.after(minutes=1)
    await ana.hears("想加入狮山羽毛球队")
    await ana.presses("不同意")
    await town.after(minutes=1)
    assert "没能收你" in await dan.hears("还有别的队伍")
    assert "狮山羽毛球队" not in await dan.says("我的")
    assert town.look(acts).count("run_team") == 3


async def test_a_deputy_may_let_people_in_and_one_answer_is_enough(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    cai = town.person("小蔡")
    await cai.arrives()
    await opens_person(ana, row.id, "小本")
    await ana.presses("设为副队长")
    await ana.opens(f"t{row.id}")
    await ana.presses("管理队伍")
    await ana.presses("加入方式")
    await ana.presses("队长同意才能进")
    await cai.says(f"加入 {row.id}")
    await town.after(minutes=1)
    await ana.hears("想加入")
    await ben.hears("想加入")
    assert "加入了" in await ben.presses("同意")
    assert "已经办过了" in await ana.presses("不同意")
    assert "队伍：狮山羽毛球队" in await cai.says("我的")


async def test_removing_somebody_is_asked_once_and_told(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await opens_person(ana, row.id, "小本")
    assert "要把小本移出狮山羽毛球队" in await ana.presses("移出队伍")
    await ana.presses("留下")
    await ana.presses("移出队伍")
    assert "移出了：小本" in await ana.presses("移出队伍")
    await town.after(minutes=1)
    await ben.hears("队长把你移出了狮山羽毛球队")
    assert "你还没有加入队伍" in await ben.says("退出")


async def test_a_team_is_handed_over_when_the_next_one_accepts(town: Nanhai) -> None:
    row, (ana, ben, cai) = await led(town, "小安", "小本", "小蔡")
    await ana.opens(f"t{row.id}")
    await ana.presses("管理队伍")
    await ana.presses("换队长")
    assert "已经问小本了" in await ana.presses("小本")
    assert town.look(roles_in, row.id) == ["captain"]
    await town.after(minutes=1)
    assert "小安想请你当狮山羽毛球队的队长" in await ben.hears("队长")
    assert "你现在是狮山羽毛球队的队长了" in await ben.presses("我来当")
    await town.after(minutes=1)
    await ana.hears("狮山羽毛球队的队长现在是小本")
    await cai.hears("狮山羽毛球队的队长现在是小本")
    await town.after(minutes=1)
    assert sum("队长现在是" in each for each in cai.unasked()) == 1
    assert town.look(roles_in, row.id) == ["captain"]
    assert "hand_over_team" in town.look(acts)
    await ana.opens(f"t{row.id}")
    assert "管理队伍" not in ana.labels
    assert "过去了" in await ben.presses("不要了")


async def test_who_declines_leaves_the_team_as_it_was(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await opens_person(ana, row.id, "小本")
    await ana.presses("请他当队长")
    await town.after(minutes=1)
    await ben.hears("想请你当")
    await ben.presses("不要了")
    await town.after(minutes=1)
    await ana.hears("小本这次不想当")
    assert town.look(roles_in, row.id) == ["captain"]


async def test_when_the_captain_leaves_the_deputy_takes_over(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await opens_person(ana, row.id, "小本")
    await ana.presses("设为副队长")
    assert "你是狮山羽毛球队的队长" in await ana.says(f"退出 {row.id}")
    await ana.presses("退出")
    await town.after(minutes=1)
    await ben.hears("你现在是狮山羽毛球队的队长")
    assert town.look(roles_in, row.id) == ["captain"]


async def test_a_team_whose_captain_is_erased_gets_one_from_its_station(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    eve = town.person("小怡")
    await eve.arrives()
    await town.appoint(eve, Role.TOWN, 3)
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    await town.after(minutes=1)
    await eve.hears("狮山羽毛球队没有队长了")
    await eve.presses("找队长")
    await eve.presses("小本")
    await town.after(minutes=1)
    await ben.hears("想请你当狮山羽毛球队的队长")
    await ben.presses("我来当")
    assert town.look(roles_in, row.id) == ["captain"]
    # Ben leads now: the team's card offers it, and an ordinary member is refused.
    await ben.opens(f"t{row.id}")
    assert "管理队伍" in ben.labels
    assert "发消息" in ben.labels


async def test_who_may_not_is_told_who_can_and_it_is_passed_on(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await opens_person(ana, row.id, "小本")
    await ana.presses("设为副队长")
    await town.after(minutes=1)
    await ben.opens(f"t{row.id}")
    await ben.presses("管理队伍")
    await opens_person(ana, row.id, "小本")
    await ana.presses("撤下副队长")
    # The button is still on Ben's screen; the right is not his any more.
    assert "要狮山羽毛球队的队长来做" in await ben.presses("队员")
    await ben.presses("转过去")
    await town.after(minutes=1)
    await ana.hears("小本")
    await ana.presses("看看队伍")
    assert "管理队伍" in ana.labels


async def test_a_captain_from_another_team_runs_nothing_here(town: Nanhai) -> None:
    row, (_ana, _ben) = await led(town, "小安", "小本")
    other = town.save(team(code="chess", name="桂城象棋队", name_en="", station_id=2))
    cai = town.person("小蔡")
    await cai.arrives()
    await cai.says(f"加入 {other.id}")
    await town.appoint(cai, Role.CAPTAIN, 2, team_id=other.id)
    await cai.opens(f"t{row.id}")
    assert "管理队伍" not in cai.labels
    await cai.opens(f"t{other.id}")
    assert "管理队伍" in cai.labels


async def test_what_a_team_s_people_are_is_in_their_own_file_and_gone_with_them(
    town: Nanhai,
) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    await ana.opens(f"t{row.id}")
    await ana.presses("管理队伍")
    await ana.presses("加入方式")
    await ana.presses("队长同意才能进")
    cai = town.person("小蔡")
    await cai.arrives()
    await cai.says(f"加入 {row.id}")
    await cai.says("隐私")
    await cai.presses("拿一份")
    content = (await cai.file()).content.decode()
    assert "狮山羽毛球队" in content
    assert "join" in content
    await cai.says("隐私")
    await cai.presses("删掉我")
    await cai.presses("删除")
    await town.after(minutes=1)
    assert all("想加入" not in each for each in (*ana.unasked(), *ben.unasked()))


async def test_an_organizer_closes_a_team_and_all_in_it_are_told_why(town: Nanhai) -> None:
    row, (ana, ben) = await led(town, "小安", "小本")
    match = town.save(badminton(team_id=row.id))
    bid = town.person("小比")
    await bid.arrives()
    await bid.says(f"报名 {match.id}")
    await ana.opens(f"t{row.id}")
    await ana.presses("管理队伍")
    assert "关闭队伍" not in ana.labels
    liu = await organizer(town, Role.TOWN, 3)
    await liu.opens(f"t{row.id}")
    await liu.presses("管理队伍")
    assert "队里的人都会看到" in await liu.presses("关闭队伍")
    sure = await liu.says("球馆拆了")
    assert "队里有 2 人，都会收到通知" in sure
    assert "1 场还没办的活动会取消" in sure
    assert "不关了" in await liu.presses("留着")
    await liu.presses("管理队伍")
    await liu.presses("关闭队伍")
    await liu.says("球馆拆了")
    said = await liu.presses("关闭队伍")
    assert said == "❌ 已关闭：狮山羽毛球队。\n已经通知 2 人。"
    await town.after(minutes=1)
    for each in (ana, ben):
        assert "❌ 狮山羽毛球队关闭了。\n原因：球馆拆了" in await each.hears("关闭了")
    assert "球馆拆了" in await bid.hears("取消")
    assert town.look(roles_in, row.id) == []
    assert "狮山羽毛球队" not in await ana.says("我的")
    assert "狮山羽毛球队" not in await ben.says("队伍")
    assert "已经没有了" in await ben.opens(f"t{row.id}")
    assert town.look(acts)[-1] == "approve_team"
