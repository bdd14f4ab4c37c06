"""Founding a team: proposed, supported by three, approved or sent back by its station."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.network.audit import Audit
from models.network.memberships import Membership
from models.network.roles import Grant
from models.rules.network.permissions import Role
from models.teams.teams import Team
from tests.miniature.rows import team
from tests.stories.people import Person
from tests.stories.scenes import proposes
from tests.stories.station import Nanhai


async def arrive(town: Nanhai, *names: str) -> list[Person]:
    people = [town.person(name) for name in names]
    for each in people:
        await each.arrives()
    return people


async def support(supporters: Sequence[Person], number: int) -> None:
    for each in supporters:
        await each.says(f"支持 {number}")


def acts(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Audit).order_by(col(Audit.id))).all()
    return [(str(each.act), each.subject) for each in rows]


def members_of(session: Session, team_id: int) -> int:
    return len(session.exec(select(Membership).where(Membership.team_id == team_id)).all())


async def test_three_supporters_and_the_station_make_a_team(town: Nanhai) -> None:
    ana, ben, cai, dan, eve = await arrive(town, "小安", "小本", "小蔡", "小丹", "小怡")
    await town.appoint(eve, Role.TOWN, 3)
    number = await proposes(ana)
    assert "没有和“夜跑”有关的队伍" in await ben.says("队伍 夜跑")

    card = await ben.opens(f"t{number}")
    assert "现在 0 / 3 人支持" in card
    assert "下班绕湖跑五公里" in card
    assert "1 / 3" in await ben.presses("支持")
    assert "1 / 3" in await ben.says(f"支持 {number}")
    assert "要别人来支持" in await ana.says(f"支持 {number}")
    await cai.says(f"支持 {number}")
    await town.after(minutes=1)
    assert "狮山夜跑队：2 / 3 人支持" in await ana.hears("2 / 3")
    assert "支持的人够了" in await dan.says(f"支持 {number}")
    assert "等狮山答复" in await ana.opens(f"t{number}")

    await town.after(minutes=1)
    asked = await eve.hears("想建队伍：狮山夜跑队")
    assert "3 人支持" in asked
    assert "批准了：狮山夜跑队" in await eve.presses("批准")
    await town.after(minutes=1)
    assert "你是队长" in await ana.hears("批下来了")
    assert "你已经在队里" in await cai.hears("批下来了")
    assert "狮山 · 4 人" in await ben.says("队伍 yepao")
    assert town.look(members_of, number) == 4
    assert ("approve_team", f"team:{number}") in town.look(acts)

    def roles(session: Session) -> list[str]:
        wanted = select(Grant.role).where(Grant.team_id == number)
        return [str(each) for each in session.exec(wanted).all()]

    assert town.look(roles) == ["captain"]


async def test_a_station_sends_a_team_back_with_a_sentence_or_without(town: Nanhai) -> None:
    ana, ben, cai, dan, eve = await arrive(town, "小安", "小本", "小蔡", "小丹", "小怡")
    await town.appoint(eve, Role.TOWN, 3)
    number = await proposes(ana)
    await support([ben, cai, dan], number)
    await town.after(minutes=1)
    await eve.hears("想建队伍")
    await eve.presses("退回")
    assert "退回了：狮山夜跑队" in await eve.says("先和狮山跑团合在一起试试。")
    await town.after(minutes=1)
    told = await ana.hears("没批下来")
    assert "先和狮山跑团合在一起试试" in told
    assert "已经没有了" in await ben.opens(f"t{number}")
    assert "这次没批下来" in await ana.opens(f"t{number}")

    again = await proposes(ana, "狮山晨跑队")
    await support([ben, cai, dan], again)
    await town.after(minutes=1)
    await eve.hears("狮山晨跑队")
    await eve.presses("退回")
    assert "退回了：狮山晨跑队" in await eve.presses("不说原因")
    await town.after(minutes=1)
    assert "原因" not in await ana.hears("狮山晨跑队这次没批下来")


async def test_nobody_approves_their_own_team_and_the_first_answer_counts(town: Nanhai) -> None:
    ana, ben, cai, dan, eve = await arrive(town, "小安", "小本", "小蔡", "小丹", "小怡")
    await town.appoint(ana, Role.TOWN, 3)
    await town.appoint(eve, Role.DISTRICT, 1)
    number = await proposes(ana)
    await support([ben, cai, dan], number)
    await town.after(minutes=1)
    assert all("想建队伍" not in each for each in ana.unasked())
    assert "没有等你批的队伍" in await ana.says("待批队伍")
    # Her own town has no other organizer: the district is asked.
    await eve.hears("想建队伍：狮山夜跑队")
    assert "狮山夜跑队" in await eve.says("待批队伍")
    await eve.presses("狮山夜跑队")
    await eve.presses("批准")
    assert "没有等你批的队伍" in await eve.says("待批队伍")


async def test_what_is_there_already_is_shown_before_anything_is_founded(town: Nanhai) -> None:
    town.save(team())
    (ana,) = await arrive(town, "小安")
    await ana.says("建队伍")
    await ana.presses("球类")
    await ana.presses("桂城")
    asked = await ana.says("羽毛球队")
    assert "已经有这些，要加入吗" in asked
    assert "下班一起打球" in await ana.presses("狮山羽毛球队")
    assert "现在 1 人" in await ana.presses("加入")

    await ana.says("建队伍 羽毛球队")
    await ana.presses("球类")
    await ana.presses("桂城")
    await ana.presses("都不是，我要建")
    assert "提出来了：羽毛球队，桂城" in await ana.says("桂城的人自己打。")

    def names(session: Session) -> int:
        return len(session.exec(select(Team)).all())

    assert town.look(names) == 2


async def test_two_teams_may_be_on_the_way_not_three(town: Nanhai) -> None:
    (ana,) = await arrive(town, "小安")
    await proposes(ana, "桌游小组")
    await proposes(ana, "电影小组")
    await ana.says("建队伍")
    await ana.presses("美食烹饪" if "美食烹饪" in ana.labels else "音乐")
    await ana.presses("狮山")
    await ana.says("合唱小组")
    assert "已经有 2 个队伍在等结果" in await ana.says("一起唱歌。")


async def test_who_is_not_asked_cannot_approve(town: Nanhai) -> None:
    ana, ben, cai, dan = await arrive(town, "小安", "小本", "小蔡", "小丹")
    number = await proposes(ana)
    await support([ben, cai, dan], number)
    # A team that waits is neither joined nor left, and an ordinary member finds nothing to decide.
    assert "等狮山答复" in await ben.says(f"加入 {number}")
    assert "没有等你批的队伍" in await ben.says("待批队伍")
    await town.after(minutes=1)
    assert town.look(acts) == []


async def test_a_founder_takes_a_proposal_back_and_may_propose_another(town: Nanhai) -> None:
    ana, ben = await arrive(town, "小安", "小本")
    number = await proposes(ana)
    await proposes(ana, "电影小组")
    await ana.opens(f"t{number}")
    assert "撤回吗" in await ana.presses("撤回")
    assert "撤回了：狮山夜跑队" in await ana.presses("撤回")
    assert "已经没有了" in await ben.says(f"支持 {number}")
    assert await proposes(ana, "桌游小组") > number


async def test_a_proposal_goes_with_its_founder_and_their_words(town: Nanhai) -> None:
    ana, ben, cai, dan, eve = await arrive(town, "小安", "小本", "小蔡", "小丹", "小怡")
    await town.appoint(eve, Role.TOWN, 3)
    number = await proposes(ana)
    await support([ben, cai, dan], number)
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    await town.after(minutes=1)
    assert [each for each in eve.unasked() if "狮山夜跑队" in each] == []
    assert "狮山夜跑队" not in await eve.says("待批队伍")
    assert "狮山夜跑队" not in await ben.opens(f"t{number}")
    assert town.look(members_of, number) == 0


async def test_the_whole_way_reads_well_in_english(town: Nanhai) -> None:
    people = [town.person(name, language="en") for name in ("ana", "ben", "cai", "dan", "eve")]
    ana, ben, cai, dan, eve = people
    for each in people:
        await each.arrives("en")
    await town.appoint(eve, Role.TOWN, 3)
    await ana.says("/newteam")
    await ana.presses("Running and fitness")
    await ana.presses("Shishan")
    await ana.says("Night runners")
    answer = await ana.says("Five kilometres round the lake after work.")
    number = int(answer.partition("support ")[2].partition("”")[0])
    for each in (ben, cai, dan):
        answer = await each.says(f"support {number}")
    assert "✅ Enough supporters. Now its station is asked" in answer
    await town.after(minutes=1)
    await eve.hears("wants to found a team: Night runners")
    assert "✅ Approved: Night runners. Everyone behind it is told." in await eve.presses("Approve")
    await town.after(minutes=1)
    await ana.hears("Night runners is approved, and you're its captain.")
    await ana.presses("Manage")
    await ana.presses("Weekly session")
    asked = await ana.says("every Wed 19:30-21:00 at the lake")
    assert "Every Wednesday: first on Wed 2 Dec, 19:30–21:00 (tomorrow), lake?" in asked
    await ana.presses("Right")
    card = await ben.opens(f"t{number}")
    assert "Meets: Every Wednesday 19:30, lake" in card
    assert "Next: Wed 2 Dec, 19:30–21:00 (tomorrow)" in card
