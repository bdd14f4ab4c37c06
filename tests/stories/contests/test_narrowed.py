"""What is for one company is read there, by who has a part in it, and by nobody else."""

from datetime import timedelta

from sqlmodel import Session

from models.contests import awards, entries, judges, parts, voting
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.laureates import Laureate
from models.contests.voting import Plan
from models.events import pictures
from models.network.members import Member
from models.rules.contests.awarding import Of
from models.rules.contests.states import Form, PartKind
from models.rules.events.audience import to_column
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from tests.miniature.contests import call, entrants, entry
from tests.miniature.juries import close_and_assign, set_up
from tests.miniature.rows import CONTACT_POINT, GUICHENG, SHISHAN
from tests.pictures import png
from tests.stories.people import Person
from tests.stories.station import Nanhai

OURS = to_column(Audience(stations=(CONTACT_POINT,)))
NONE = "没有这个评选了"
LONG = "夜里的灯一盏一盏亮起来。" * 70


async def somebody(town: Nanhai, name: str, station_id: int) -> tuple[Person, int]:
    person = town.person(name)
    await person.arrives()
    number = town.rows(Member)[-1].id
    town.change(Member, number, station_id=station_id)
    return person, number


def narrowed(session: Session, town: Nanhai) -> tuple[Contest, Entry]:
    """A call for one company that shows its entries to nobody else, with one entry."""
    now = town.hands.now
    contest = call(session, now, audience=OURS, is_gallery_open=False)
    (writer,) = entrants(session, 1, now, CONTACT_POINT)
    return contest, entry(session, contest, writer, now, title="夜班的灯")


async def test_a_contest_for_one_company_is_not_there_for_others(town: Nanhai) -> None:
    ana, _number = await somebody(town, "小安", CONTACT_POINT)
    eve, _number = await somebody(town, "小夜", GUICHENG)
    contest, work = town.store.write_now(narrowed, town)
    none = await eve.says("评选 999")
    assert NONE in none
    assert await eve.says(f"评选 {contest.id}") == none
    for link in (f"w{contest.id}", f"w{contest.id}-{work.code}", f"w{contest.id}-ballot"):
        assert await eve.opens(link) == none, link
    assert "创意文案" not in await eve.says("评选")
    assert "创意文案" in await ana.says("评选")
    assert "创意文案" in await ana.says(f"评选 {contest.id}")
    # A card that stands on the screen says no more once one works elsewhere.
    rules = "看规则"
    assert "创意文案" in await ana.presses(rules)
    await ana.says(f"评选 {contest.id}")
    ana_number = next(each.id for each in town.rows(Member) if each.station_id == CONTACT_POINT)
    town.change(Member, ana_number, station_id=GUICHENG)
    assert await ana.presses(rules) == none
    assert await ana.presses("交作品") == none


async def test_who_has_a_part_in_it_reads_it_wherever_they_work(town: Nanhai) -> None:
    writer, writer_id = await somebody(town, "小作", CONTACT_POINT)
    judge, judge_id = await somebody(town, "李评委", GUICHENG)
    boss, _boss_id = await somebody(town, "主任", SHISHAN)
    contest, _work = town.store.write_now(narrowed, town)
    now = town.hands.now

    def writes(session: Session) -> Entry:
        row = session.get_one(Contest, contest.id)
        work = entry(session, row, writer_id, now, title="回家的路")
        parts.add(session, work.id, PartKind.TEXT, writer_id, text=LONG + "最后一句。")
        return work

    town.store.write_now(writes)
    town.change(Member, writer_id, station_id=GUICHENG)
    for each in (judge, boss):
        assert NONE in await each.says(f"评选 {contest.id}")
    assert "创意文案" in await writer.says(f"评选 {contest.id}")

    await town.appoint(boss, Role.TOWN, SHISHAN)
    assert "创意文案" in await boss.says(f"评选 {contest.id}")
    assert "管理" in boss.labels

    def judged(session: Session) -> None:
        row = session.get_one(Contest, contest.id)
        set_up(session, row, now, per_entry=1)
        asked = judges.invite(session, row.id, judge_id, None, now)
        assert isinstance(asked, judges.Invited)
        judges.answer(session, asked.judge.id, judge_id, now, yes=True)
        close_and_assign(session, row, now)

    town.store.write_now(judged)
    assert "创意文案" in await judge.says(f"评选 {contest.id}")
    # They read each entry to its last word, however long a text is.
    shown = await judge.says("评审")
    for _step in range(9):
        if "最后一句" in shown:
            break
        shown = await judge.presses("下一项" if "下一项" in judge.labels else "先跳过")
    assert "最后一句" in shown


async def test_voters_read_whole_entries_in_the_chat(town: Nanhai) -> None:
    ana, _number = await somebody(town, "小安", CONTACT_POINT)
    eve, _number = await somebody(town, "小夜", GUICHENG)
    now = town.hands.now

    def opens(session: Session) -> tuple[Contest, Entry]:
        contest, work = narrowed(session, town)
        by = entries.authors_of(session, work.id)[0].member_id
        parts.add(session, work.id, PartKind.TEXT, by, text=LONG + "最后一句。")
        kept = pictures.keep(session, png(), "image/png", by, now, is_private=True)
        parts.add(session, work.id, PartKind.PICTURE, by, picture_id=kept, text="灯下")
        plan = Plan(now, now + timedelta(days=1), jury_percent=0)
        assert isinstance(voting.set_up(session, contest.id, plan, None, now), voting.SetUp)
        return contest, work

    contest, work = town.store.write_now(opens)
    assert "夜班的灯" in await ana.opens(f"w{contest.id}-{work.code}")
    await ana.says(f"投票 {contest.id}")
    shown = await ana.presses("夜班的灯")
    assert "最后一句" not in shown
    shown = await ana.presses("看全部")
    read = [shown]
    while further := {"接着看", "下一项"} & {*ana.labels}:
        read.append(await ana.presses(further.pop()))
    whole = "".join(read)
    assert "平凡也发光" in whole
    assert whole.count("夜里的灯一盏一盏亮起来。") == 70
    assert "最后一句" in whole
    assert "灯下" in read[-1]
    assert (await ana.file()).content == png()
    # No link leads to a page that whoever has it could pass on.
    assert "看网页" not in ana.labels
    assert "投给了夜班的灯" in await ana.presses("投这件")
    assert NONE in await eve.opens(f"w{contest.id}-{work.code}")


async def test_an_award_for_one_company_is_neither_listed_nor_opened_elsewhere(
    town: Nanhai,
) -> None:
    ana, _number = await somebody(town, "小安", CONTACT_POINT)
    eve, _number = await somebody(town, "小夜", GUICHENG)
    now = town.hands.now

    def opens(session: Session) -> Contest:
        contest = call(session, now, form=Form.AWARD, audience=OURS, is_gallery_open=False)
        awards.set_up(session, contest.id, awards.Plan(), None, now)
        return contest

    contest = town.store.write_now(opens)
    assert "创意文案" in await ana.says("提名")
    assert "创意文案" in await ana.presses("创意文案征集")
    assert "创意文案" not in await eve.says("提名")
    assert await eve.says(f"h{contest.id}") == await eve.says("h999")
    assert await eve.says(f"评选 {contest.id}") == await eve.says("评选 999")


async def test_organizers_of_a_narrowed_contest_hear_who_reads_it(town: Nanhai) -> None:
    boss, _number = await somebody(town, "主任", SHISHAN)
    await town.appoint(boss, Role.TOWN, SHISHAN)
    contest, _work = town.store.write_now(narrowed, town)
    await boss.says(f"评选 {contest.id}")
    assert "作品只有组织者能看" in await boss.presses("管理")
    await boss.presses("更多")
    assert "看网页" not in boss.labels
    now = town.hands.now

    def opens(session: Session) -> None:
        plan = Plan(now, now + timedelta(days=1), jury_percent=0)
        assert isinstance(voting.set_up(session, contest.id, plan, None, now), voting.SetUp)

    town.store.write_now(opens)
    await boss.says(f"评选 {contest.id}")
    assert "只有投票的人能在聊天里看作品" in await boss.presses("管理")
    await boss.presses("更多")
    assert "作品大家都能看了" in await boss.presses("向大家展示作品")
    await boss.presses("更多")
    assert "只有投票的人能在聊天里看作品了" in await boss.presses("不展示作品")


async def test_the_hall_of_fame_lists_no_year_of_awards_for_others(town: Nanhai) -> None:
    ana, _number = await somebody(town, "小安", CONTACT_POINT)
    eve, _number = await somebody(town, "小夜", GUICHENG)
    now = town.hands.now

    def gives(session: Session) -> None:
        for year, audience in ((2025, OURS), (2024, "")):
            contest = call(session, now, form=Form.AWARD, audience=audience, is_gallery_open=False)
            session.add(
                Laureate(
                    contest_id=contest.id,
                    station_id=SHISHAN,
                    year=year,
                    of=Of.PERSON,
                    title="创意文案征集",
                    code=f"CODE{year}",
                    place=1,
                    name=f"得主{year}",
                    number=f"N{year}",
                    decided_at=now,
                    public_at=now,
                )
            )

    town.store.write_now(gives)
    assert "得主2025" in await ana.says("名人堂")
    assert "2024" in ana.labels
    seen = await eve.says("名人堂")
    assert "得主2024" in seen
    assert "得主2025" not in await eve.says("名人堂 2025")
    for path, status in (("/honours", 200), ("/honours/2024", 200), ("/honours/2025", 404)):
        async with town.http.get(f"{town.origin}{path}") as page:
            assert page.status == status, path
            assert "2025" not in await page.text()
