"""A team that meets every week: set in a line, a week ahead in the programme, skipped, changed."""

from sqlmodel import Session, col, select

from models.events.events import Event, EventState
from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.miniature.rows import local, team
from tests.stories.people import Person
from tests.stories.station import Nanhai


async def captain_and_member(town: Nanhai) -> tuple[int, Person, Person]:
    """A team with a captain and a member; returns its number and the two."""
    row = town.save(team(meets="", meets_en=""))
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
        await each.says(f"加入 {row.id}")
    await town.appoint(ana, Role.CAPTAIN, 3, team_id=row.id)
    return row.id, ana, ben


async def weekly(captain: Person, number: int, line: str = "每周三 19:30 狮山体育馆") -> str:
    await captain.opens(f"t{number}")
    await captain.presses("管理队伍")
    await captain.presses("每周活动")
    await captain.says(line)
    return await captain.presses("没错")


def sessions_of(session: Session, number: int) -> list[tuple[str, str]]:
    wanted = select(Event).where(Event.team_id == number).order_by(col(Event.starts_at))
    return [(each.code, str(each.state)) for each in session.exec(wanted).all()]


async def test_a_line_sets_it_and_the_coming_one_can_be_signed_up_for(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("每周活动")
    assert "哪里" in await ana.says("每周三 19:30")
    asked = await ana.says("每周三 19:30 狮山体育馆")
    assert "第一次是 12月2日 周三 19:30–21:30（明天），狮山体育馆" in asked
    assert "每周什么时候" in await ana.presses("重新写")
    await ana.says("每周三 20:00 狮山体育馆")
    assert "从 12月2日 周三 20:00（明天）起，每周三都办" in await ana.presses("没错")

    card = await ben.opens(f"t{number}")
    assert "活动时间：每周三 20:00 狮山体育馆" in card
    assert "下一次：12月2日 周三 20:00–22:00（明天）" in card
    listed = await ben.presses("队伍活动")
    assert "狮山羽毛球队每周活动" in listed
    await ben.presses("狮山羽毛球队每周活动")
    assert "报上了" in await ben.presses("报名")


async def test_each_comes_into_the_programme_once_a_week_ahead(town: Nanhai) -> None:
    number, ana, _ben = await captain_and_member(town)
    await weekly(ana, number)
    assert [code for code, _ in town.look(sessions_of, number)] == [f"session-{number}-2026-12-02"]
    await town.at(local(2, 19, 29))
    assert len(town.look(sessions_of, number)) == 1
    for _twice in range(2):
        await town.at(local(2, 19, 30))
    assert [code for code, _ in town.look(sessions_of, number)] == [
        f"session-{number}-2026-12-02",
        f"session-{number}-2026-12-09",
    ]
    # After two weeks without a process only what is still to come is put in.
    await town.at(local(24, 12))
    codes = [code for code, _ in town.look(sessions_of, number)]
    assert codes[2:] == [f"session-{number}-2026-12-30"]


async def test_the_next_one_is_skipped_and_those_signed_up_are_told(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    await ben.opens(f"t{number}")
    await ben.presses("队伍活动")
    await ben.presses("狮山羽毛球队每周活动")
    await ben.presses("报名")
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("下一次停一回")
    assert "照常办" in await ana.presses("照常办")
    await ana.presses("管理队伍")
    await ana.presses("下一次停一回")
    assert "停一回：12月2日 周三 19:30" in await ana.says("场馆检修")
    await town.after(minutes=1)
    assert "场馆检修" in await ben.hears("取消")
    await town.at(local(2, 19, 30))
    assert town.look(sessions_of, number) == [
        (f"session-{number}-2026-12-02", str(EventState.CANCELLED)),
        (f"session-{number}-2026-12-09", str(EventState.OPEN)),
    ]


async def test_the_next_one_is_changed_once_and_those_after_it_stay(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    await ben.opens(f"t{number}")
    await ben.presses("队伍活动")
    await ben.presses("狮山羽毛球队每周活动")
    await ben.presses("报名")
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("下一次改时间")
    sure = await ana.says("周四 18:00 文化站")
    assert "只改这一次：12月3日 周四 18:00–20:00" in sure
    assert "会通知 1 人" in sure
    # The town's organizer relocates it before the captain confirms.
    town.relocates(town.get(Event, team_id=number), "体育公园")
    again = await ana.presses("没错")
    assert "刚才有人改过了" in again
    assert "体育公园" in again
    await ana.says("周四 18:00 文化站")
    moved = await ana.presses("没错")
    assert "这一次改到" in moved
    assert "已经通知 1 人" in moved
    await town.after(minutes=1)
    assert "12月3日 周四 18:00" in await ben.hears("改时间")
    card = await ben.opens(f"t{number}")
    assert "下一次：12月3日 周四 18:00" in card
    assert "每周三 19:30" in card
    await town.at(local(3, 18))
    assert "下一次：12月9日 周三 19:30" in await ben.opens(f"t{number}")


async def test_what_a_session_tells_the_following_ones_tell(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    for word, answer in (
        ("改集合点", "19:10 饭堂门口"),
        ("改要带什么", "球拍"),
        ("改费用", "场地费 10 元"),
        ("改同行", "可带朋友"),
        ("改联系人", "小安"),
        ("改介绍", "新手也来。"),
    ):
        await ana.says(word)
        await ana.says(answer)
        await ana.presses("就这么改")
    await ana.says("改名额")
    await ana.says("12")
    await ana.presses("就这么改")
    await town.at(local(2, 19, 30))
    await ben.opens(f"t{number}")
    await ben.presses("队伍活动")
    card = await ben.presses("狮山羽毛球队每周活动")
    assert "12月9日 周三 19:30" in card
    assert "狮山体育馆\n集合：19:10 饭堂门口\n余 12 席" in card
    assert "带上：球拍\n费用：场地费 10 元 · 可带朋友 · 联系人：小安\n新手也来。" in card
    # Held elsewhere once, people gather elsewhere; the one after it is as usual.
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("下一次改时间")
    await ana.says("周四 18:00 文化站")
    await ana.presses("没错")
    await ana.says("改集合点")
    await ana.presses("不用集合")
    await ana.presses("就这么改")
    await town.at(local(10, 18))
    after = await ben.opens(f"t{number}")
    assert "下一次：12月16日 周三 19:30" in after
    await ben.presses("队伍活动")
    assert "集合：19:10 饭堂门口" in await ben.presses("狮山羽毛球队每周活动")


async def test_another_weekday_takes_the_coming_session_along(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    assert "从 12月5日 周六 9:00" in await weekly(ana, number, "每周六 9:00 湖边")
    assert len(town.look(sessions_of, number)) == 1
    await town.at(local(5, 9))
    assert "下一次：12月12日 周六 9:00" in await ben.opens(f"t{number}")


async def test_a_captain_ends_the_weekly_sessions(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("每周活动")
    assert "以后不再每周办" in await ana.presses("不再每周办")
    await town.at(local(3, 12))
    card = await ben.opens(f"t{number}")
    assert "每周" not in card
    assert len(town.look(sessions_of, number)) == 1

    def acts(session: Session) -> list[str]:
        return [str(each.act) for each in session.exec(select(Audit)).all()]

    assert town.look(acts)[-2:] == ["run_team", "run_team"]


async def test_a_session_planned_anew_takes_place_though_that_day_was_skipped(town: Nanhai) -> None:
    number, ana, ben = await captain_and_member(town)
    await weekly(ana, number)
    await ana.opens(f"t{number}")
    await ana.presses("管理队伍")
    await ana.presses("下一次停一回")
    await ana.says("检修")
    assert "12月2日 周三 20:30" in await weekly(ana, number, "每周三 20:30 文化站")
    assert "下一次：12月2日" in await ben.opens(f"t{number}")
    await town.at(local(2, 20, 30))
    assert [state for _code, state in town.look(sessions_of, number)] == [
        str(EventState.CANCELLED),
        str(EventState.OPEN),
        str(EventState.OPEN),
    ]
