"""A whole award year: nominated, agreed, shortlisted, published, objected to, decided by two."""

from typing import Any

from sqlmodel import Session, col, select

from models.contests import awards, deciding, laureates
from models.contests.awards import Award, Nomination, Plan
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.desk.threads import Thread
from models.members import privacy
from models.network import partners
from models.network.members import Member
from models.network.partners import Part
from models.rules.contests.awarding import Lack, Terms
from models.rules.contests.states import ContestState, Form
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from tests.miniature.contests import call
from tests.miniature.rows import CARE, ZONE, team
from tests.stories.people import Person
from tests.stories.station import Nanhai

STAR = "创思之星"


async def comes(town: Nanhai, name: str) -> tuple[Person, int]:
    one = town.person(name)
    await one.arrives()
    return one, town.look(_newest)


def _newest(session: Session) -> int:
    return session.exec(select(Member.id).order_by(col(Member.id).desc())).first() or 0


def opened(town: Nanhai, **changed: Any) -> int:
    """An award of Shishan for people, with a prize of a partner and five days of notice."""

    def make(session: Session) -> int:
        now = town.hands.now
        told = partners.Told(Translated("灯湖书店"), (Part.SPONSORS,))
        partner = partners.Partner(station_id=3, name=told.name.text, parts="sponsors", since=now)
        session.add(partner)
        session.flush()
        contest = call(session, now, form=Form.AWARD, title=Translated(STAR))
        plan = Plan(terms=Terms(years=2), prize="购书卡", partner_id=partner.id, **changed)
        assert isinstance(awards.set_up(session, contest.id, plan, None, now), Award)
        return contest.id

    return town.store.write_now(make)


async def teammates(town: Nanhai, *names: str) -> list[tuple[Person, int]]:
    """People of one team, called as the station calls them."""
    row = town.save(team())
    found = [await comes(town, name) for name in names]
    for (one, number), name in zip(found, names, strict=True):
        town.change(Member, number, name=name)
        await one.says(f"加入 {row.id}")
    return found


async def test_an_award_year_from_the_nomination_to_the_hall_of_fame(town: Nanhai) -> None:
    (boss, boss_id), (second, second_id) = await comes(town, "主任"), await comes(town, "副主任")
    await town.appoint(boss, Role.TOWN, 3)
    await town.appoint(second, Role.TOWN, 3)
    (ana, _), (ben, ben_id), (eve, _eve_id) = await teammates(town, "小安", "小本", "小叶")
    number = opened(town)

    # Ana nominates Ben; the dossier is gathered over days and seen by nobody else.
    assert "提名到" in await ana.says("提名")
    shown = await ana.presses(STAR)
    assert "购书卡，灯湖书店捐赠" in shown
    await ana.presses("提名")
    assert "没有叫这个名字的" in await ana.says("小不在")
    await ana.presses("换个名字")
    assert "小本做了什么" in await ana.says("小本")
    assert "材料收集中" in await ana.says("带出了三个徒弟，办起了夜校。")
    await town.after(days=2)
    await ana.says("提名")
    await ana.presses("小本")
    await ana.presses("再写一段")
    await ana.says("工友都找他修机器。")
    assert "会说明是你提名" in await ana.presses("征求同意")
    assert town.look(awards.shown, number) == []

    # Ben is told by whom, sees the dossier, takes a part out, and agrees.
    await town.after(minutes=1)
    assert "小安提名你" in await ben.hears("你同意吗")
    await ben.presses("看材料")
    await ben.presses("更多")
    await ben.presses("拿掉")
    assert "材料：1 段" in ben.sees
    assert "已提名" in await ben.presses("同意")
    await town.after(minutes=1)
    await ana.hears("小本同意了你的提名")
    [nomination] = town.rows(Nomination)

    def shortlisted(session: Session) -> object:
        return awards.shortlist(
            session, nomination.id, "带徒弟，办夜校", boss_id, town.hands.now, is_in=True
        )

    town.store.write_now(shortlisted)

    # Proposed by one, published for five days; Eve objects without a name.
    def proposed(session: Session) -> object:
        return deciding.propose(session, number, [nomination.id], boss_id, town.hands.now)

    assert isinstance(town.store.write_now(proposed), deciding.Proposed)
    await town.after(minutes=1)
    await ben.hears("列入公示")
    async with town.http.get(f"{town.origin}/h/{number}?lang=zh") as answer:
        page = await answer.text()
    assert "公示：创思之星" in page
    assert "带出了三个徒弟" in page
    assert "修机器" not in page
    await eve.says("提名")
    assert "小本" in await eve.presses(STAR)
    await eve.presses("提异议")
    await eve.says("夜校不是他一个人办的。")
    assert "决定之前会答复" in await eve.presses("不署名")
    [thread] = town.rows(Thread)
    assert (thread.with_name, thread.station_id) == (False, 3)

    def lacks(by: int) -> tuple[Lack, ...]:
        def look(session: Session) -> tuple[Lack, ...]:
            row = awards.of_contest(session, number)
            assert row is not None
            return deciding.lacks_of(session, row, by, town.hands.now)

        found: tuple[Lack, ...] = town.look(look)
        return found

    assert lacks(boss_id) == (Lack.NOTICE, Lack.OBJECTIONS, Lack.SECOND)
    await town.after(days=6)
    assert lacks(second_id) == (Lack.OBJECTIONS,)
    await boss.says("来信")
    await boss.says("1")
    await boss.presses("回答")
    await boss.says("核实过了：他是发起人，名单上写明合办。")
    assert lacks(boss_id) == (Lack.SECOND,)

    def decided(session: Session) -> object:
        return deciding.decide(session, number, second_id, ZONE, town.hands.now)

    assert isinstance(town.store.write_now(decided), deciding.Decided)
    # In person first, with the certificate; for everybody two hours later.
    await town.after(minutes=1)
    assert "购书卡" in await ben.hears("小本获得创思之星")
    assert (await ben.file()).content.startswith(b"%PDF")
    await ana.hears("你提名的小本获奖了")
    assert "还没有人获奖" in await eve.says("名人堂")
    await town.after(hours=3)
    assert "小本" in await eve.says("名人堂")
    assert town.get(Contest, id=number).state is ContestState.DECIDED
    async with town.http.get(f"{town.origin}/honours?lang=zh") as answer:
        assert "小本" in await answer.text()

    # The name goes with its bearer; the code stays.
    def erased(session: Session) -> None:
        privacy.erase_member(session, ben_id, CARE, town.hands.now)

    town.store.write_now(erased)
    await town.after(minutes=1)
    async with town.http.get(f"{town.origin}/honours?lang=zh") as answer:
        page = await answer.text()
    [won] = town.rows(Laureate)
    assert (won.name, won.member_id) == ("", None)
    assert "小本" not in page
    assert won.code[:4] in page


async def test_a_nominee_refuses_and_nothing_of_them_is_shown(town: Nanhai) -> None:
    (ana, ana_id), (ben, _ben_id) = await teammates(town, "小安", "小本")
    number = opened(town)
    await ana.says("提名")
    await ana.presses(STAR)
    await ana.presses("提名")
    await ana.says("小安")
    if "换个名字" in ana.labels:
        await ana.presses("换个名字")
    assert town.count(Nomination) == 0
    await ana.says("小本")
    await ana.says("总是帮新人。")
    await ana.presses("征求同意")
    await town.after(minutes=1)
    await ben.hears("小安提名你")
    assert "谢绝吗" in await ben.presses("这次不了")
    assert "已谢绝" in await ben.presses("不同意")
    await town.after(minutes=1)
    await ana.hears("谢绝了提名")
    assert town.look(awards.shown, number) == []
    assert town.look(laureates.years, town.hands.now) == []
    assert ana_id
