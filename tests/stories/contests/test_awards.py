"""A whole award year: nominated, agreed, shortlisted, published, objected to, decided by two."""

import re

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
)
from models.contests.awards import NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.contests.nominees import Who
from models.contests.parts import EntryPart
from models.desk.threads import Thread
from models.members import privacy
from models.network import roles
from models.network.roles import Grant
from models.rules.contests.awarding import Lack
from models.rules.contests.states import ContestState
from models.rules.network.permissions import Role
from tests.miniature.rows import CARE, ZONE
from tests.pictures import png
from tests.stories.contests.awarding import STAR, comes, opened, teammates
from tests.stories.station import Nanhai


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
    assert town.look(laureates.years, town.hands.now, lambda _contest: True) == []
    assert ana_id
