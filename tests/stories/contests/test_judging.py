"""A jury marks a call: asked in the chat, a tap for each criterion, sealed until all are in."""

import re

import pytest
from sqlmodel import Session, func, select

from models.contests import contests, judges, notes, protocols, results, scores
from models.contests.contests import Contest
from models.contests.entries import EntryAuthor
from models.contests.parts import EntryPart
from models.network.members import Member
from models.rules.contests import protocols as rules
from models.rules.network.permissions import Role
from tests.miniature.contests import call, entrants, entry
from tests.miniature.juries import close_and_assign, jury, lamp_company, set_up
from tests.miniature.rows import SHISHAN, local
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai

ENTRIES, TITLES = 3, ("我的岗位", "夜班的灯", "回家的路")
SENTENCE = "夜里的灯一盏一盏亮起来。"
LONG = SENTENCE * 70


def newest(town: Nanhai) -> int:
    """The number of who came last."""
    return int(town.look(lambda session: session.exec(select(func.max(Member.id))).one()))


async def _jury(town: Nanhai) -> tuple[Contest, Person, Person]:
    """A call of Shishan with three entries; its organizer has asked two people to judge."""
    await organizer(town, Role.TOWN, SHISHAN, "站长")
    liu, jurors, numbers = newest(town), (town.person("小安"), town.person("小本")), list[int]()
    for each in jurors:
        await each.arrives()
        numbers.append(newest(town))

    def begin(session: Session) -> Contest:
        lamp_company(session)
        contest = call(session, town.hands.now)
        contest.by_member_id = liu
        session.add(contest)
        for place, writer in enumerate(entrants(session, ENTRIES, town.hands.now)):
            entry(session, contest, writer, town.hands.now, title=TITLES[place])
        set_up(session, contest, town.hands.now, is_blind=True, shows_notes=True)
        for each in numbers:
            judges.invite(session, contest.id, each, liu, town.hands.now)
        return contest

    contest = town.store.write_now(begin)
    await town.works()
    return contest, *jurors


async def test_a_jury_marks_in_taps_and_nobody_reads_points_before_all_are_in(
    town: Nanhai,
) -> None:
    contest, ana, ben = await _jury(town)
    await ana.hears("请你来评“创意文案征集”的作品")
    assert "别的企业" in await ana.presses("我来评")
    assert "哪家企业" in await ana.presses("说一家企业")
    assert "没有找到" in await ana.says("不存在的厂")
    await ana.presses("换个名字")
    await ana.says("昭信")
    assert "由别人评" in await ana.presses("昭信集团")
    # Until entries are in there is nothing to mark.
    assert "收齐作品后" in await ana.presses("继续")
    assert "请你来评" in await ben.says("打分")
    await ben.presses("我来评")

    town.store.write_now(close_and_assign, contest, town.hands.now)
    await town.works()
    await ana.hears("有 3 件作品请你打分")
    steps = Counted(ana)
    card = await steps.presses("开始")
    assert "立意（占 60%）" in card
    assert "平凡也发光" in card
    assert "作者" not in card
    for place in range(ENTRIES):
        assert "文采（占 40%）" in await steps.presses("9")
        after = await steps.says("7") if place == 0 else await steps.presses("7")
        assert f"已打 {place + 1}/3" in after or "还能改" in after
    # A tap for each criterion, and one to begin.
    assert steps.steps == 2 * ENTRIES + 1

    # Another judge writes a note, leaves one for later, and comes back the next day.
    first = await ben.says("打分")
    assert "已打 0/3" in first
    await ben.presses("写评语")
    assert "评语记下了" in await ben.says("结尾有力，开头可以短些。")
    skipped = await ben.presses("先跳过")
    assert skipped.splitlines()[0] != first.splitlines()[0]
    await ben.presses("8")
    await town.after(hours=20)
    assert "文采" in await ben.says("打分")
    assert "0 到 10" in await ben.says("十一")
    await ben.says("8")
    for _entry in range(ENTRIES - 1):
        await ben.presses("5")
        await ben.presses("6")
    assert "还能改" in ben.sees
    progress = town.look(lambda session: scores.progress(session, contest.id))
    assert [(each.done, each.given) for each in progress] == [(3, 3), (3, 3)]

    assert town.look(lambda session: notes.of_contest(session, contest.id)) == []

    await town.after(minutes=31)
    assert "分已经定了" in await ben.says("打分") or "没有等你打分" in ben.sees
    kept = town.look(lambda session: protocols.of_contest(session, contest.id))
    assert kept is not None
    assert isinstance(rules.verify(kept.record), rules.Proven)
    places = [place for place, _code, _score in kept.record["result"]]
    assert places == [1, 2, 2]
    await _reads_notes(town, contest)


async def _reads_notes(town: Nanhai, contest: Contest) -> None:
    """Who runs it reads notes once points are unsealed; authors after the result, as was said."""
    cleo = town.person("小成")
    await cleo.arrives()
    writer = newest(town)
    ((noted, written),) = town.look(lambda session: notes.of_contest(session, contest.id))
    assert written == ["结尾有力，开头可以短些。"]

    def enters(session: Session) -> None:
        now = town.hands.now
        row = EntryAuthor(entry_id=noted.id, member_id=writer, asked_at=now, agreed_at=now)
        session.add(row)

    town.store.write_now(enters)
    assert noted.title in await cleo.says("我的作品")
    assert town.look(notes.for_authors, noted) == []
    town.store.write_now(results.settle, contest.id, None, town.hands.now)
    await cleo.says("我的作品")
    assert written[0] in await cleo.presses("评委评语")


async def test_a_judge_with_a_conflict_hands_an_entry_on_and_one_may_drop_out(
    town: Nanhai,
) -> None:
    contest, ana, ben = await _jury(town)
    for each in (ana, ben):
        await each.says("打分")
        await each.presses("我来评")
    cleo = town.person("小成")
    await cleo.arrives()
    number = newest(town)

    def third(session: Session) -> None:
        jury(session, contest, [number], town.hands.now)
        close_and_assign(session, contest, town.hands.now)

    town.store.write_now(third)
    await town.works()
    await ana.presses("开始")
    assert "换别人评" in await ana.presses("要回避")
    await ana.presses("换别人评")
    progress = town.look(lambda session: scores.progress(session, contest.id))
    assert sum(each.given for each in progress) == 6
    await ben.says("打分")
    await ben.presses("9")
    await ben.presses("9")
    await town.at(local(17, 10, 1))
    await ben.hears("还有")
    assert "不再评“创意文案征集”了" in await ben.presses("评不了了")
    assert "谢谢你已经打的分" in await ben.presses("不评了")
    progress = town.look(lambda session: scores.progress(session, contest.id))
    assert [each.given for each in progress if each.judge.left_at] == [1]
    assert "没有等你打分" in await ben.says("打分")


@pytest.mark.parametrize("channel", ["wechat"])
async def test_a_long_entry_is_marked_from_pages_that_each_ask_for_points(town: Nanhai) -> None:
    contest, ana, ben = await _jury(town)
    for each in (ana, ben):
        await each.says("打分")
        await each.presses("我来评")

    def fills(session: Session) -> None:
        for part in session.exec(select(EntryPart)).all():
            part.text = LONG
            session.add(part)
        close_and_assign(session, contest, town.hands.now)

    town.store.write_now(fills)
    shown = [await ana.says("打分")]
    while "下一项" in ana.labels:
        shown.append(await ana.presses("下一项"))
    assert all("立意（占 60%）给几分" in each for each in shown)
    assert "更多" not in ana.labels
    assert sum(each.count(SENTENCE) for each in shown) == LONG.count(SENTENCE)


async def test_a_judging_is_set_up_in_the_chat_with_judges_by_name_and_by_code(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.TOWN, SHISHAN, "站长")
    ana, expert = town.person("小安"), town.person("专家")
    await ana.arrives()
    ana_id = newest(town)
    await expert.arrives()

    def begin(session: Session) -> Contest:
        contest = call(session, town.hands.now)
        for place, writer in enumerate(entrants(session, ENTRIES, town.hands.now)):
            entry(session, contest, writer, town.hands.now, title=TITLES[place])
        found = session.get_one(Member, ana_id)
        found.name, found.station_id = "安小兰", SHISHAN
        session.add(found)
        return contest

    contest = town.store.write_now(begin)
    await boss.says(f"评选 {contest.id}")
    await boss.presses("管理")
    await boss.presses("更多")
    assert "还没定怎么评" in await boss.presses("评审和结果")
    await boss.presses("怎么评")
    assert "没看懂" in await boss.says("立意很好")
    await boss.says("立意 | Idea 60 10\n文采 40 10")
    await boss.says("12月28日 18:00")
    await boss.presses("2")
    said = await boss.presses("不能，只看编号")
    assert "立意 60%" in said
    # By a name the tap says who it is; who isn't there gets a code that works once.
    await boss.presses("请评委")
    await boss.says("安小兰")
    assert "已经去问" in await boss.presses("安小兰")
    await boss.presses("请评委")
    code = re.search(r"绑定 (\w{8})", await boss.presses("一次性码"))
    assert code is not None
    assert "请你来评" in await expert.says(f"绑定 {code[1]}")
    assert "别的企业" in await expert.presses("我来评")
    assert "没有这个码" in await expert.says(f"绑定 {code[1]}")
    await town.works()
    await ana.hears("请你来评")
    await ana.presses("我来评")

    town.store.write_now(contests.close, contest.id, None, town.hands.now)
    await boss.says(f"评选 {contest.id}")
    await boss.presses("管理")
    await boss.presses("更多")
    await boss.presses("评审和结果")
    assert "3 件作品" in await boss.presses("分作品")
    await town.works()
    assert "有 3 件作品请你打分" in await expert.hears("请你打分")
