"""A contest evening: the order, the call to the stage, points live, the result, who moves up."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from models.contests import (
    calling,
    contests,
    judges,
    judging,
    promoting,
    protocols,
    results,
    rounds,
    showing,
)
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.judging import Asked
from models.contests.rounds import Appearance, AppearanceState, ContestRound, RoundState
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.rules.contests import protocols as checking
from models.rules.contests.promotion import Rule
from models.rules.contests.scoring import Method
from models.rules.contests.states import Form
from models.rules.events import draw_records
from models.rules.events.draw_records import Proven
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from tests.miniature.contests import call, entry
from tests.miniature.rows import event, local
from tests.stories.gala.evening import link_of, phone
from tests.stories.people import Person
from tests.stories.station import Nanhai

SONGS = ("茉莉花", "我的祖国", "阿里山", "南海渔歌")


async def people(town: Nanhai, names: tuple[str, ...]) -> list[tuple[Person, int]]:
    """People who have just come, each with their number."""
    found = list[tuple[Person, int]]()
    for name in names:
        one = town.person(name)
        await one.arrives()
        found.append((one, town.look(_newest)))
    return found


def _newest(session: Session) -> int:
    return session.exec(select(Member.id).order_by(col(Member.id).desc())).first() or 0


def does(town: Nanhai, verb: Callable[..., object], *about: Any, **more: Any) -> Any:
    def do(session: Session) -> object:
        return verb(session, *about, town.hands.now, **more)

    return town.store.write_now(do)


def stage(town: Nanhai, singers: list[int], jurors: list[int], evening: Event) -> int:
    """A singing contest whose entries are in, with three judges, a semi-final and a final."""

    def make(session: Session) -> int:
        now = town.hands.now
        contest = call(session, now, form=Form.STAGE, title=Translated("企业歌手赛"))
        for member_id, song in zip(singers, SONGS, strict=True):
            entry(session, contest, member_id, now, title=song)
        criteria = (Asked(Translated("音准")), Asked(Translated("台风")))
        plan = judging.Plan(criteria, local(20, 18), method=Method.TRIMMED)
        judging.set_up(session, contest.id, plan, None, now)
        for each in jurors:
            asked = judges.invite(session, contest.id, each, None, now)
            assert isinstance(asked, judges.Invited)
            judges.answer(session, asked.judge.id, each, now, yes=True)
        contests.close(session, contest.id, None, now)
        semi = rounds.Told(Translated("复赛"), 1, evening.id, Rule(2, standby=1))
        final = rounds.Told(Translated("决赛"), 2, evening.id, Rule(0))
        for told in (semi, final):
            assert isinstance(rounds.add(session, contest.id, told, None, now), ContestRound)
        return contest.id

    return town.store.write_now(make)


async def test_a_contest_evening_from_the_first_song_to_who_sings_in_the_final(
    town: Nanhai,
) -> None:
    evening = town.save(event("songs", "歌唱大赛", local(4, 19), station_id=3, seats=300))
    [(boss, _), (fan, fan_id)] = await people(town, ("主任", "观众"))
    await town.appoint(boss, Role.TOWN, 3)
    town.save(
        Signup(
            event_id=evening.id, member_id=fan_id, state=SignupState.SEATED, turn=1, at=local(1, 9)
        )
    )
    singing = await people(town, ("歌手一", "歌手二", "歌手三", "歌手四"))
    jury = await people(town, ("评委一", "评委二", "评委三"))
    number = stage(
        town, [each for _person, each in singing], [each for _person, each in jury], evening
    )
    by_member = {member_id: one for one, member_id in singing}
    songs = dict(zip([each for _person, each in singing], SONGS, strict=True))
    assert "后台的“舞台”" in await boss.says("出场")
    assert "后台" not in await fan.says("出场")
    does(town, rounds.draw, number, 1, "07 21 30", None)
    record = town.look(rounds.record_of, number, 1)
    assert isinstance(draw_records.verify(record), Proven)
    await town.after(minutes=1)
    for one, _member in singing:
        assert "歌唱大赛" in await one.hears("出场次序抽好了")

    await town.at(local(4, 19))
    # Whoever asks when it is their turn is heard of by every platform for two days.
    for one, _member in (*singing, *jury, (fan, 0)):
        await one.says("出场")
    order = town.look(_order, number, 1)
    scores = {order[0]: 9, order[1]: 6, order[2]: 8, order[3]: 7}
    await boss.says("出场")
    last = await boss.presses("下一位")
    # The hall reads who sings, and who comes next.
    async with phone(town, link_of(town, evening)) as wall:
        on = (await wall.reads())["stage"]
        assert any(song in on["now"] for song in SONGS)
        assert (on["round"], len(on["next"]), on["places"]) == ("复赛", 2, [])
    for at, member_id in enumerate(order):
        await town.after(seconds=5)
        assert songs[member_id] in await by_member[member_id].hears("请上台")
        if at + 1 < len(order):
            await by_member[order[at + 1]].hears("很快到你")
        for which, (judge, _id) in enumerate(jury):
            await judge.hears("音准（1/2）：打几分")
            # One is generous and one is strict: neither counts.
            points = scores[member_id] + (1, 0, -3)[which]
            assert "台风（2/2）" in await judge.presses(str(points))
            assert "给" in await judge.presses(str(points))
        if at == 0:
            # What points are given by stays as it is from the first of them on.
            criteria = [each.id for each in town.look(judging.criteria_of, number)]
            asked = judging.Plan((Asked(Translated("音色")),), local(20, 18))
            assert isinstance(does(town, judging.set_up, number, asked, None), judging.Assigned)
            assert [each.id for each in town.look(judging.criteria_of, number)] == criteria
        last = await boss.presses("下一位" if at + 1 < len(order) else "台上结束")
    # The last points are in: the result is there at once, with how it came about.
    assert "1. " in last
    assert "90.00 分" in last
    # Whoever runs it reads who goes on as well.
    assert (last.count("晋级"), last.count("候补第 1")) == (2, 1)
    assert "名次怎么来的" in boss.labels
    eve = town.person("Eve", language="en")
    await eve.arrives("en")
    assert "90.00" in await eve.says("stage")
    assert "How it's counted" in eve.labels
    semi = town.get(ContestRound, level=1)
    status, page = await reads(town, f"/protocols/{number}-{semi.id}")
    assert (status, "去掉最高最低再平均" in page, ">90<" in page) == (200, True, True)
    kept = town.look(protocols.published, number, semi.id)
    assert kept is not None
    assert isinstance(checking.verify(kept.record), checking.Proven)
    assert (await reads(town, f"/protocols/{number}"))[0] == 404
    async with phone(town, link_of(town, evening)) as wall:
        on = (await wall.reads())["stage"]
        assert next(each["score"] for each in on["places"]) == "90.00"
        assert (on["now"], len(on["places"])) == ("", 4)
    await town.after(seconds=5)
    assert "第 1 名，90.00 分" in await by_member[order[0]].hears("分数出来了")
    assert "晋级" in await by_member[order[2]].hears("分数出来了")
    assert "第 1 候补" in await by_member[order[3]].hears("分数出来了")
    assert "晋级" not in await by_member[order[1]].hears("分数出来了")
    assert not any("结果出来了" in each for each in fan.unasked())
    await town.after(minutes=4)
    assert "90.00 分" in await fan.hears("结果出来了")

    # Who goes on withdraws before the final, and the standby moves up.
    gives_up = town.get(Appearance, entry_id=town.look(_entry_of, order[2]), goes_on=True)
    does(town, calling.withdraw, gives_up.id, order[2])
    await town.after(minutes=1)
    await by_member[order[3]].hears("递补晋级")
    does(town, rounds.draw, number, 2, "", None)
    assert sorted(town.look(_order, number, 2)) == sorted((order[0], order[3]))
    final = town.get(ContestRound, level=2)
    assert final.state is RoundState.DRAWN

    # The screen shows who is on and who comes next.
    does(town, calling.call_next, final.id, None)
    shown = town.look(showing.now_next, evening.id)
    assert shown.now.title in SONGS
    assert [each.title for each in shown.next] != [shown.now.title]

    # The places of the final are those of the contest, and its result is public with its record.
    judge = jury[0][0]
    await town.after(seconds=5)
    await judge.hears("音准（1/2）：打几分")
    await judge.presses("9")
    await judge.presses("9")
    assert isinstance(does(town, results.settle, number, None), results.NotYet)
    does(town, calling.close, final.id, None, sure=True)
    assert isinstance(does(town, results.settle, number, None), results.Settled)
    assert isinstance(does(town, results.publish, number, None), results.Published)
    status, page = await reads(town, f"/protocols/{number}")
    assert (status, shown.now.title in page) == (200, True)


async def reads(town: Nanhai, path: str) -> tuple[int, str]:
    headers = {"Accept-Language": "zh-CN"}
    async with town.http.get(f"{town.origin}{path}", headers=headers) as response:
        return response.status, await response.text()


def _order(session: Session, contest_id: int, level: int) -> list[int | None]:
    """Who appears, by their numbers, in the order that was drawn."""
    [row] = rounds.of_level(session, contest_id, level)
    return [
        session.get_one(Entry, each.entry_id).member_id
        for each in rounds.of_round(session, row.id)
        if each.state is not AppearanceState.STANDBY
    ]


def _entry_of(session: Session, member_id: int) -> int:
    return session.exec(select(Entry.id).where(Entry.member_id == member_id)).one()


async def test_who_does_not_come_is_passed_and_points_are_corrected_with_a_reason(
    town: Nanhai,
) -> None:
    evening = town.save(event("songs", "歌唱大赛", local(4, 19), station_id=3))
    [(boss, boss_id)] = await people(town, ("主任",))
    await town.appoint(boss, Role.TOWN, 3)
    singing = await people(town, ("歌手一", "歌手二", "歌手三", "歌手四"))
    [(judge, judge_id)] = await people(town, ("评委一",))
    number = stage(town, [each for _person, each in singing], [judge_id], evening)
    by_member = {member_id: one for one, member_id in singing}
    does(town, rounds.draw, number, 1, "", None)
    order = town.look(_order, number, 1)
    await town.at(local(4, 19))
    for one, _member in (*singing, (judge, judge_id)):
        await one.says("出场")
    await boss.says("出场")
    await boss.presses("下一位")
    assert "台上" not in await boss.presses("没到")
    await boss.presses("下一位")
    await town.after(seconds=5)
    await by_member[order[1]].hears("请上台")
    await judge.hears("打几分")
    await judge.presses("8")
    await judge.presses("9")
    [row] = town.rows(ContestRound, level=1)
    assert "还有人没演出" in await boss.presses("结束本轮") if "结束本轮" in boss.labels else True
    ended = does(town, calling.close, row.id, boss_id, sure=True)
    assert isinstance(ended, promoting.Ended)
    await town.after(minutes=1)
    await by_member[order[1]].hears("第 1 名，85.00 分")
    assert not any("分数出来了" in each for each in by_member[order[0]].unasked())

    def corrected(session: Session) -> object:
        given = calling.assigned(session, row.id, _entry_of(session, order[1]))[0]
        criterion = judging.criteria_of(session, number)[0]
        return calling.correct(
            session, given.id, criterion.id, 10, "听错了", boss_id, town.hands.now
        )

    assert isinstance(town.store.write_now(corrected), promoting.Ended)
    await town.after(minutes=1)
    assert "95.00" in await by_member[order[1]].hears("分数有更正")
    assert town.get(Contest, id=number).id == number


async def test_a_singing_contest_is_called_for_and_entered_with_the_name_of_a_song(
    town: Nanhai,
) -> None:
    [(boss, _), (ana, _), (judge, judge_id)] = await people(town, ("主任", "歌手", "评委"))
    await town.appoint(boss, Role.TOWN, 3)
    await boss.says("发布评选")
    await boss.says("歌手赛")
    await boss.presses("上台比，分轮次")
    await boss.presses("选好了")
    assert "这个评选上台比，分轮次" in await boss.says("12月13日 18:00")
    await boss.presses("发布")
    [contest] = town.rows(Contest)
    assert contest.form is Form.STAGE
    await ana.says(f"评选 {contest.id}")
    assert "叫什么" in await ana.presses("参加")
    # A song may be anybody's: nobody is asked whether it is their own work.
    asked = await ana.says("茉莉花")
    assert ("自己上台演" in asked, "原创" in asked) == (True, False)
    assert "✅ 交上了" in await ana.presses("是我演，可以")
    assert "《茉莉花》" in await ana.says("我的作品")
    # Judges mark on the evening: nobody is asked by when, by how many, or whether they see who.
    await boss.says(f"评选 {contest.id}")
    await boss.presses("管理")
    await boss.presses("更多")
    await boss.presses("评审和结果")
    await boss.presses("怎么评")
    card = await boss.says("音准 60 10\n台风 40 10")
    assert ("音准 60%" in card, "前打完" in card) == (True, False)
    # Whoever judges reads that it is done on the evening, and is assigned nothing before.
    invited = does(town, judges.invite, contest.id, judge_id, None)
    assert isinstance(invited, judges.Invited)
    asked = await judge.says("打分")
    assert ("现场评委" in asked, "前打完" in asked) == (True, False)
    assert "轮到谁上台" in await judge.presses("我来评")
    assert "轮到谁上台，就给谁打分" in await judge.says("打分")
    does(town, contests.close, contest.id, None)
    await boss.says(f"评选 {contest.id}")
    await boss.presses("管理")
    await boss.presses("更多")
    await boss.presses("评审和结果")
    assert "分作品" not in boss.labels
    # Its rounds can be planned, and the order drawn.
    told = rounds.Told(Translated("决赛"), 1, None, Rule(0))
    assert isinstance(does(town, rounds.add, contest.id, told, None), ContestRound)
    assert isinstance(does(town, rounds.draw, contest.id, 1, "", None), rounds.Drawn)


async def test_judges_who_lack_are_counted_once_for_all_that_they_lack(town: Nanhai) -> None:
    evening = town.save(event("songs", "歌唱大赛", local(4, 19), station_id=3))
    [(boss, _)] = await people(town, ("主任",))
    await town.appoint(boss, Role.TOWN, 3)
    singing = await people(town, ("歌手一", "歌手二", "歌手三", "歌手四"))
    [(_judge, judge_id)] = await people(town, ("评委一",))
    number = stage(town, [each for _person, each in singing], [judge_id], evening)
    does(town, rounds.draw, number, 1, "", None)
    await town.at(local(4, 19))
    await boss.says("出场")
    for _ in range(3):
        await boss.presses("下一位")
    assert "还没打完分的评委：1 位" in await boss.says("出场")
