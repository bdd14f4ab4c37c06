"""Awards of projects and of places, each through its whole year by those who lead them."""

import re

from sqlmodel import Session

from models.contests import awards, deciding, dossiers, nominations, nominees, protocols, results
from models.contests.awards import NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.contests.nominees import Unfit, Who
from models.members import privacy
from models.network import roles
from models.network.members import Member
from models.network.roles import Grant
from models.rules.contests.awarding import Fault, Lack, Of
from models.rules.contests.states import ContestState
from models.rules.network.permissions import Role
from models.teams.teams import Team
from tests.miniature.juries import close_and_assign, jury, mark_all, set_up
from tests.miniature.rows import CARE, CONTACT_POINT, GUICHENG, SHISHAN, ZONE, team
from tests.pictures import png
from tests.stories.contests.awarding import STAR, comes, opened, teammates
from tests.stories.people import Person
from tests.stories.station import Nanhai

ZH = {"Accept-Language": "zh-CN"}


async def two_who_decide(town: Nanhai) -> tuple[tuple[Person, int], tuple[Person, int]]:
    """Two organizers of the town: one proposes, the other decides."""
    first, second = await comes(town, "主任"), await comes(town, "副主任")
    for person, _number in (first, second):
        await town.appoint(person, Role.TOWN, SHISHAN)
    return first, second


async def is_judged(town: Nanhai, number: int, by: int) -> None:
    """All nominations are put on the shortlist, and a jury of two marks them."""
    jurors = [await comes(town, name) for name in ("李评委", "王评委")]

    def judge(session: Session) -> None:
        now, contest = town.hands.now, session.get_one(Contest, number)
        for row, _entry in nominations.of_contest(session, number):
            nominations.shortlist(session, row.id, "材料扎实", by, now, is_in=True)
        set_up(session, contest, now)
        rows = jury(session, contest, [each for _person, each in jurors], now)
        close_and_assign(session, contest, now)
        for each in rows:
            mark_all(session, each, (9, 8), now)

    town.store.write_now(judge)
    await town.after(days=1)


async def is_proposed(town: Nanhai, number: int, rows: list[int], by: int) -> None:
    """What the jury finds is advice, and no result that anybody could publish."""

    def propose(session: Session) -> None:
        now = town.hands.now
        kept = protocols.of_contest(session, number)
        assert kept is not None
        assert [place for place, *_rest in kept.record["result"]] == [1] * len(rows)
        for verb in (results.settle, results.publish):
            assert isinstance(verb(session, number, by, now), results.NotYet)
        assert session.get_one(Contest, number).state is ContestState.CLOSED
        assert isinstance(deciding.propose(session, number, rows, by, now), deciding.Proposed)

    town.store.write_now(propose)
    await town.after(minutes=1)


def is_decided(town: Nanhai, number: int, by: int) -> deciding.Decided | deciding.Lacking:
    def decide(session: Session) -> deciding.Decided | deciding.Lacking:
        return deciding.decide(session, number, by, ZONE, town.hands.now)

    done: deciding.Decided | deciding.Lacking = town.store.write_now(decide)
    return done


async def page_of(town: Nanhai, path: str) -> str:
    async with town.http.get(f"{town.origin}{path}", headers=ZH) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def test_consent_is_given_by_whoever_leads_a_place_at_that_moment(town: Nanhai) -> None:
    (host, host_id), (next_, next_id), (_ana, ana_id) = [
        await comes(town, name) for name in ("站长", "新站长", "小安")
    ]
    await town.appoint(host, Role.CONTACT_POINT, CONTACT_POINT)
    number = opened(town, of=Of.PLACE)
    now = town.hands.now

    def nominates(session: Session) -> int:
        # A leader who stands in a file alone, and has no chat, is never the one who is asked.
        silent = Member(name="没来过", consented_at=now, created_at=now)
        session.add(silent)
        session.flush()
        session.add(
            Grant(member_id=silent.id, role=Role.CONTACT_POINT, station_id=CONTACT_POINT, since=now)
        )
        session.flush()
        who = Who(station_id=CONTACT_POINT)
        assert nominees.who_agree(session, who, now) == [host_id]
        row = nominations.nominate(session, number, who, ana_id, now)
        assert isinstance(row, Nomination)
        dossiers.add_text(session, row.id, "每周三开放篮球场。", ana_id, now)
        assert isinstance(nominations.ask(session, row.id, ana_id, now), Nomination)
        return row.id

    row_id = town.store.write_now(nominates)
    await town.after(minutes=1)
    await host.hears("提名昭信集团")

    def leaves(session: Session) -> None:
        for grant, member in roles.at_station(session, CONTACT_POINT, town.hands.now):
            if member.id == host_id:
                grant.withdrawn_at = town.hands.now
                session.add(grant)

    town.store.write_now(leaves)
    await town.appoint(next_, Role.CONTACT_POINT, CONTACT_POINT)
    assert "新的负责人" in await host.presses("同意")
    row = town.look(lambda session: session.get_one(Nomination, row_id))
    assert (row.consented_at, row.asked_member_id) == (None, next_id)
    await town.after(minutes=1)
    await next_.hears("提名昭信集团")
    assert "✅" in await next_.presses("同意")
    row = town.look(lambda session: session.get_one(Nomination, row_id))
    assert row.consented_at is not None


async def test_a_contact_point_is_nominated_judged_and_given_an_award(town: Nanhai) -> None:
    (_boss, boss_id), (_second, second_id) = await two_who_decide(town)
    (host, host_id), (ana, _), (eve, _) = [
        await comes(town, name) for name in ("站长", "小安", "小叶")
    ]
    await town.appoint(host, Role.CONTACT_POINT, CONTACT_POINT)
    number = opened(town, of=Of.PLACE)
    await ana.says("提名")
    await ana.presses(STAR)
    await ana.presses("提名")
    await ana.says("昭信")
    if "昭信集团" in ana.labels:
        await ana.presses("昭信集团")
    await ana.says("每周三晚上开放篮球场和图书角。")
    await town.after(days=2)
    await ana.says("提名")
    await ana.presses("昭信集团")
    await ana.presses("再写一段")
    assert "材料：2 段" in await ana.sends_picture(png())
    await ana.presses("征求同意")
    # Whoever organizes the place is asked, and reads the dossier first.
    await town.after(minutes=1)
    await host.hears("提名昭信集团")
    assert "开放篮球场" in await host.presses("看材料")
    await host.presses("返回")
    await host.presses("同意")
    await town.after(minutes=1)
    await ana.hears("昭信集团同意了你的提名")
    [row] = town.rows(Nomination)
    assert (row.shown_name, row.station_id, row.asked_member_id) == ("昭信集团", 4, host_id)

    await is_judged(town, number, boss_id)
    await is_proposed(town, number, [row.id], boss_id)
    await host.hears("列入公示")
    page = await page_of(town, f"/h/{number}")
    assert ("昭信集团" in page, "开放篮球场" in page, f'src="/h/{number}/' in page) == (True,) * 3
    # An objection goes to the town, and not to those whom it is about.
    await eve.says("提名")
    await eve.presses(STAR)
    await eve.presses("提异议")
    await eve.says("图书角上个月就关了。")
    await eve.presses("不署名")
    await town.after(days=6)
    assert "图书角上个月" not in await host.says("来信")
    assert is_decided(town, number, second_id) == deciding.Lacking((Lack.OBJECTIONS,))
    await _boss.says("来信")
    await _boss.says("1")
    await _boss.presses("回答")
    await _boss.says("去看过了：搬到了二楼，每天开放。")
    assert is_decided(town, number, boss_id) == deciding.Lacking((Lack.SECOND,))
    assert isinstance(is_decided(town, number, second_id), deciding.Decided)
    await town.after(minutes=1)
    assert "购书卡" in await host.hears("昭信集团获得创思之星")
    assert (await host.file()).content.startswith(b"%PDF")
    await town.after(hours=3)
    assert "昭信集团" in await ana.says("名人堂")
    [won] = town.rows(Laureate)
    assert (won.of_station_id, won.member_id) == (CONTACT_POINT, None)
    assert "昭信集团" in await page_of(town, "/honours")

    # The place keeps its award when whoever agreed for it is erased.
    def erase(session: Session) -> None:
        privacy.erase_member(session, host_id, CARE, town.hands.now)

    town.store.write_now(erase)
    await town.after(minutes=1)
    for path in ("/honours", f"/h/{number}", f"/c/{won.code}"):
        assert "昭信集团" in await page_of(town, path)


async def test_two_projects_of_one_team_are_nominated_and_one_is_given_an_award(
    town: Nanhai,
) -> None:
    (boss, boss_id), (_second, second_id) = await two_who_decide(town)
    (captain, captain_id), (ana, ana_id), (eve, _eve_id) = await teammates(
        town, "队长", "小安", "小叶"
    )
    number = opened(town, of=Of.PROJECT, places=2)
    # Whoever is in no team has no project to nominate; a team that nobody leads cannot agree.
    (stranger, stranger_id) = await comes(town, "路人")
    await stranger.says("提名")
    await stranger.presses(STAR)
    assert "项目由做它的队伍里的人来提名" in await stranger.presses("提名")
    [shuttles] = [each for each in town.rows(Team) if each.name == "狮山羽毛球队"]

    def tries(session: Session) -> tuple[object, object]:
        now = town.hands.now
        away = team(code="away", station_id=GUICHENG, name="桂城合唱团")
        session.add(away)
        session.flush()
        led_by_nobody = Who(team_id=shuttles.id, project="夜校")
        elsewhere = Who(team_id=away.id, project="唱遍车间")
        return (
            nominations.nominate(session, number, led_by_nobody, ana_id, now),
            nominations.nominate(session, number, elsewhere, stranger_id, now),
        )

    assert town.store.write_now(tries) == (
        Unfit((Fault.NOBODY_AGREES,)),
        Unfit((Fault.NOT_MEANT, Fault.NOBODY_AGREES)),
    )
    await town.appoint(captain, Role.CAPTAIN, SHISHAN, team_id=shuttles.id)

    for person, project, told in (
        (ana, "夜校", "每周二晚上教工友画图。"),
        (eve, "送球进车间", "一个月走了九个车间。"),
    ):
        await person.says("提名")
        await person.presses(STAR)
        await person.presses("提名")
        await person.presses("狮山羽毛球队")
        assert f"{project}（狮山羽毛球队）" in await person.says(project)
        await person.says(told)
        await person.presses("征求同意")
        await town.after(minutes=1)
        await captain.hears(project)
        await captain.presses("同意")
    # The same project is nominated once.
    again = town.store.write_now(
        nominations.nominate,
        *(number, Who(team_id=shuttles.id, project="夜校"), captain_id, town.hands.now),
    )
    assert again == NotDone(WhyNot.IS_NOMINATED)
    school, shuttle = town.rows(Nomination)
    assert school.asked_member_id == shuttle.asked_member_id == captain_id

    await is_judged(town, number, boss_id)
    await is_proposed(town, number, [school.id, shuttle.id], boss_id)
    await captain.hears("列入公示")
    page = await page_of(town, f"/h/{number}")
    assert re.search("1\\. <strong>夜校（狮山羽毛球队）.*2\\. <strong>送球进车间", page, re.DOTALL)
    await town.after(days=6)
    assert isinstance(is_decided(town, number, second_id), deciding.Decided)
    await town.after(minutes=1)
    await captain.hears("夜校（狮山羽毛球队）获得创思之星")
    assert (await captain.file()).content.startswith(b"%PDF")
    await town.after(hours=3)
    assert "夜校（狮山羽毛球队）" in await ana.says("名人堂")
    first, other = town.rows(Laureate)
    assert (first.team_id, first.member_id, first.of_station_id) == (shuttles.id, None, None)
    assert "送球进车间" in await page_of(town, f"/c/{other.code}")
    assert "夜校（狮山羽毛球队）" in await page_of(town, "/honours")

    # A project is not given it again in the years that the terms say; another of the team may.
    later = opened(town, of=Of.PROJECT)
    who = {name: Who(team_id=shuttles.id, project=name) for name in ("夜校", "夏夜球场")}

    def tries_again(session: Session) -> list[object]:
        now = town.hands.now
        return [nominations.nominate(session, later, each, ana_id, now) for each in who.values()]

    same, fresh = town.store.write_now(tries_again)
    assert same == Unfit((Fault.LAUREATE_LATELY,))
    assert isinstance(fresh, Nomination)
    assert town.look(awards.of_contest, number).decided_by == second_id
    assert await boss.says("名人堂")
