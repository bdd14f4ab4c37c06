"""A whole award year: nominated, agreed, shortlisted, published, objected to, decided by two."""

import re
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models.contests import (
    authors,
    awards,
    deciding,
    dossiers,
    entries,
    laureates,
    nominations,
    organizing,
    protocols,
    results,
)
from models.contests.awards import Award, NotDone, Plan, WhyNot
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination, Who
from models.contests.parts import EntryPart
from models.desk.threads import Thread
from models.members import privacy
from models.network import partners, roles
from models.network.members import Member
from models.network.partners import Part
from models.network.roles import Grant
from models.rules.contests.awarding import Lack, Of, Terms
from models.rules.contests.states import ContestState, Form
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from tests.miniature.contests import call
from tests.miniature.juries import close_and_assign, jury, mark_all, set_up
from tests.miniature.rows import CARE, ZONE, team
from tests.pictures import png
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
    await ana.presses("再写一段")
    assert "材料：3 段" in await ana.sends_picture(png())
    await _tries_what_a_dossier_is_not_for(town, number)
    assert "会说明是你提名" in await ana.presses("征求同意")
    assert town.look(nominations.shown, number) == []

    # Ben is told by whom, sees the dossier, takes a part out, and agrees.
    await town.after(minutes=1)
    assert "小安提名你" in await ben.hears("你同意吗")
    await ben.presses("看材料")
    await ben.presses("更多")
    await ben.presses("拿掉")
    assert "材料：2 段" in ben.sees
    await ben.presses("看材料")
    assert "2/2：" in await ben.presses("更多")
    assert (await ben.file()).content == png()
    await ben.presses("返回")
    assert "已提名" in await ben.presses("同意")
    await town.after(minutes=1)
    await ana.hears("小本同意了你的提名")
    [nomination] = town.rows(Nomination)

    def shortlisted(session: Session) -> object:
        return nominations.shortlist(
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
    async with town.http.get(f"{town.origin}{_photo_on(page)}") as answer:
        assert (answer.status, await answer.read()) == (200, png())
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
    [won] = town.rows(Laureate)
    async with town.http.get(f"{town.origin}/c/{won.code}?lang=zh") as answer:
        assert answer.status == 404
    await town.after(hours=3)
    assert "小本" in await eve.says("名人堂")
    assert town.get(Contest, id=number).state is ContestState.DECIDED
    async with town.http.get(f"{town.origin}/honours?lang=zh") as answer:
        assert "小本" in await answer.text()
    zh = {"Accept-Language": "zh-CN"}
    async with town.http.get(f"{town.origin}/c/{won.code.lower()}", headers=zh) as answer:
        checked = await answer.text()
    assert ("小本" in checked, won.number in checked, STAR in checked) == (True, True, True)

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
    async with town.http.get(f"{town.origin}/c/{won.code}", headers=zh) as answer:
        checked = await answer.text()
    assert ("小本" in checked, won.number in checked) == (False, True)


def _photo_on(page: str) -> str:
    found = re.search(r'src="(/h/\d+/\d+)"', page)
    assert found is not None, page
    return found[1]


async def _tries_what_a_dossier_is_not_for(town: Nanhai, number: int) -> None:
    """Before its nominee agreed a nomination is read by nobody, by no way that entries have."""
    [row] = town.rows(Nomination)
    [photo] = [each for each in town.rows(EntryPart) if each.picture_id is not None]
    entry = town.get(Entry, id=row.entry_id)
    for path in (
        f"/h/{number}",
        f"/h/{number}/{photo.id}",
        f"/w/{number}",
        f"/w/{number}/{entry.code}",
        f"/w/{number}/{entry.code}/{photo.id}",
        f"/c/{entry.code}",
        "/honours",
    ):
        async with town.http.get(f"{town.origin}{path}") as answer:
            assert answer.status == 404, path

    def looks(session: Session) -> None:
        contest, now, by = session.get_one(Contest, number), town.hands.now, row.by_member_id
        assert by is not None
        assert organizing.page(session, contest) == []
        assert not organizing.is_told(contest, session.get_one(Entry, entry.id))
        assert isinstance(entries.hand_in(session, entry.id, now), entries.Shut)
        assert entries.withdraw(session, entry.id, by, now) is None
        assert entries.of_author(session, by) == []
        [asked] = entries.authors_of(session, entry.id)
        assert authors.leave_out(session, entry.id, asked.id, by, now) is None
        assert authors.answer(session, asked.id, asked.member_id, now, yes=True) is None
        with pytest.raises(roles.NotAllowed):
            organizing.send_back(session, entry.id, "补材料", None, _organizer_of(session), now)

    town.store.write_now(looks)


def _organizer_of(session: Session) -> int:
    """Who runs the award: the first of the story."""
    return session.exec(select(Grant.member_id).order_by(col(Grant.id))).first() or 0


async def test_a_nominee_refuses_and_nothing_of_them_is_shown(town: Nanhai) -> None:
    (ana, ana_id), (ben, ben_id), (_, eve_id) = await teammates(town, "小安", "小本", "小叶")
    number = opened(town)

    def write(session: Session) -> int:
        """Eve begins to write of Ben as well, and asks nobody."""
        now, who = town.hands.now, Who(member_id=ben_id)
        row = nominations.nominate(session, number, who, eve_id, now)
        assert isinstance(row, Nomination)
        assert isinstance(nominations.nominate(session, number, who, eve_id, now), NotDone)
        dossiers.add_text(session, row.id, "办起了夜校。", eve_id, now)
        return row.id

    other = town.store.write_now(write)
    await ana.says("提名")
    await ana.presses(STAR)
    await ana.presses("提名")
    await ana.says("小安")
    if "换个名字" in ana.labels:
        await ana.presses("换个名字")
    assert town.count(Nomination) == 1
    await ana.says("小本")
    await ana.says("总是帮新人。")
    await ana.presses("征求同意")
    asked = town.store.write_now(nominations.ask, other, eve_id, town.hands.now)
    assert asked == NotDone(WhyNot.IS_NOMINATED)
    await town.after(minutes=1)
    await ben.hears("小安提名你")
    assert "谢绝吗" in await ben.presses("这次不了")
    assert "已谢绝" in await ben.presses("不同意")
    await town.after(minutes=1)
    await ana.hears("谢绝了提名")
    assert town.look(nominations.shown, number) == []
    assert town.look(laureates.years, town.hands.now) == []
    assert ana_id


async def test_a_contact_point_is_nominated_judged_and_given_an_award(town: Nanhai) -> None:
    (boss, boss_id), (second, second_id) = await comes(town, "主任"), await comes(town, "副主任")
    await town.appoint(boss, Role.TOWN, 3)
    await town.appoint(second, Role.TOWN, 3)
    (host, _), (ana, _) = await comes(town, "站长"), await comes(town, "小安")
    await town.appoint(host, Role.CONTACT_POINT, 4)
    number = opened(town, of=Of.PLACE)
    await ana.says("提名")
    await ana.presses(STAR)
    await ana.presses("提名")
    await ana.says("昭信")
    if "昭信集团" in ana.labels:
        await ana.presses("昭信集团")
    await ana.says("每周三晚上开放篮球场和图书角。")
    await ana.presses("征求同意")
    await town.after(minutes=1)
    await host.hears("提名昭信集团")
    await host.presses("同意")
    [row] = town.rows(Nomination)
    assert (row.shown_name, row.station_id) == ("昭信集团", 4)

    # A jury of two marks it; what it finds is advice, and no result that anybody could publish.
    jurors = [await comes(town, name) for name in ("李评委", "王评委")]

    def judged(session: Session) -> None:
        now, contest = town.hands.now, session.get_one(Contest, number)
        awards_of = [number_of for _person, number_of in jurors]
        nominations.shortlist(session, row.id, "开放得多", boss_id, now, is_in=True)
        set_up(session, contest, now)
        rows = jury(session, contest, awards_of, now)
        close_and_assign(session, contest, now)
        for each in rows:
            mark_all(session, each, (9, 8), now)

    town.store.write_now(judged)
    await town.after(days=1)

    def proposed(session: Session) -> None:
        now, contest = town.hands.now, session.get_one(Contest, number)
        kept = protocols.of_contest(session, number)
        assert kept is not None
        assert [place for place, *_rest in kept.record["result"]] == [1]
        for verb in (results.settle, results.publish):
            assert isinstance(verb(session, number, boss_id, now), results.NotYet)
        assert contest.state is ContestState.CLOSED
        deciding.propose(session, number, [row.id], boss_id, now)

    town.store.write_now(proposed)
    await town.after(days=6)
    # Whoever wrote lately hears of it by itself on every platform.
    await host.says("我的")

    def decided(session: Session) -> object:
        return deciding.decide(session, number, second_id, ZONE, town.hands.now)

    assert isinstance(town.store.write_now(decided), deciding.Decided)
    await town.after(hours=3)
    await host.hears("昭信集团获得创思之星")
    assert "昭信集团" in await ana.says("名人堂")
    [won] = town.rows(Laureate)
    assert (won.of_station_id, won.member_id) == (4, None)
