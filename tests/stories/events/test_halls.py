"""A hall: said in a line, seated at closing, told once, kept when others leave, printed."""

import re
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import Session, col, select

from bot.conversation.language import phrasebook
from handlers.events import in_hall
from models.events import sitting
from models.events.events import Event, Signup
from models.members import merging
from models.network.members import Member
from models.rules.events.companions import Along, Companions
from models.rules.events.halls import Hall, HallKind, read
from models.rules.languages import LANGUAGES
from tests.miniature.rows import CARE, badminton, local
from tests.papers.papers import pages_of, size_of
from tests.stories.people import Person
from tests.stories.scenes import called, code_of, gives_up, organizer
from tests.stories.station import Nanhai


def seats(town: Nanhai, event: Event) -> dict[str, str]:
    """The seats that are given, by whoever has them."""

    def read(session: Session) -> dict[str, str]:
        rows = session.exec(
            select(Signup, Member.name)
            .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
            .where(Signup.event_id == event.id, col(Signup.state).in_(sitting.HOLDING))
            .order_by(col(Signup.turn))
        )
        return {
            name or claim.name or str(claim.turn): claim.seat for claim, name in rows if claim.seat
        }

    found: dict[str, str] = town.look(read)
    return found


async def has_a_hall(liu: Person, event: Event, words: str) -> str:
    await liu.says(f"管理活动 {event.id}")
    await liu.presses("更多")
    assert "场地有几排几座" in await liu.presses("排座位")
    return await liu.says(words)


async def test_a_hall_is_seated_at_closing_told_kept_and_printed(town: Nanhai) -> None:
    event = town.save(
        badminton(
            station_id=4,
            seats=12,
            along=Along.TWO,
            companions=Companions.FRIENDS,
            closes_at=local(4, 18),
        )
    )
    liu = await organizer(town)
    people = [town.person(name) for name in ("小安", "小本", "小蔡")]
    for each, name in zip(people, ("陈静", "李伟", "王芳"), strict=True):
        await each.arrives()
        await called(each, name)
    ana, ben, cai = people
    await ana.says(f"报名 {event.id}")
    await ben.says(f"活动 {event.id}")
    await ben.presses("带人报名")
    await ben.says("小李、小周")
    await cai.says(f"报名 {event.id}")
    unread = await has_a_hall(liu, event, "1-2排3座，其余4座")
    assert ("一共几排" in unread, unread.count("比如")) == (True, 1)
    said = await liu.says("3排×4座，1排3座，第一排留给嘉宾")
    assert "✅ 记下了。" in said
    assert "5 人里 0 人有座，可排 8 座" in said
    assert "报名截止时自动排座" in said
    assert seats(town, event) == {}

    # Sign-up closes: a party sits in one row, and the reminder tells, so nobody is told before.
    await town.at(local(4, 15))
    await town.works()
    assert any("羽毛球友谊赛" in each for each in ana.unasked())
    await town.at(local(4, 18))
    await town.works()
    given = {"陈静": "2-1", "李伟": "2-2", "小李": "2-3", "小周": "2-4", "王芳": "3-1"}
    assert seats(town, event) == given
    assert not any("座位" in each for each in ana.unasked())
    assert "你的座位：2 排 2–4 座" in await ben.says(f"活动 {event.id}")
    assert "羽毛球友谊赛 · 12月5日 周六 14:00" in await cai.says("我坐哪")
    assert "3 排 1 座" in cai.sees

    # Who leaves frees a seat; nobody else moves.
    await gives_up(ana, event) if "让出位子" in ana.labels else await ana.says(
        f"取消报名 {event.id}"
    )
    await town.at(local(5, 13))
    await town.works()
    assert "你的座位：3 排 1 座" in await cai.hears("🔔 羽毛球友谊赛")
    code = await code_of(cai)
    assert "你的座位：3 排 1 座" in cai.sees
    await liu.says("签到")
    assert "✅ 王芳签到了，坐 3 排 1 座。" in await liu.says(code)
    await liu.presses("现场来的")
    assert "✅ 赵敏签到了，坐 2 排 1 座。" in await liu.says("赵敏")
    del given["陈静"]
    assert seats(town, event) == {**given, "赵敏": "2-1"}

    # The list, the file, the plan, the cards.
    await liu.says(f"管理活动 {event.id}")
    await liu.presses("名单")
    assert "3 排 1 座" in liu.sees
    await liu.presses("下载名单")
    sheet = load_workbook(BytesIO((await liu.file()).content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    heading = next(row for row in rows if "座位" in row)
    column = heading.index("座位")
    assert "2 排 4 座" in [row[column] for row in rows if len(row) > column]
    await liu.says(f"排座 {event.id}")
    assert "现在排座" not in liu.labels
    await liu.presses("打印座位表")
    assert pages_of((await liu.file()).content) == 1
    await liu.presses("返回")
    await liu.presses("座位图")
    assert size_of((await liu.file()).content)[0] == 1080
    await liu.presses("返回")
    await liu.presses("座位牌")
    assert pages_of((await liu.file()).content) == 1


async def test_all_are_seated_anew_only_where_the_organizer_says_so(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=9))
    liu = await organizer(town)
    people = [town.person(name) for name in ("小安", "小本", "小蔡")]
    for each in people:
        await each.arrives()
        await each.says(f"报名 {event.id}")
    ana, ben, cai = people
    await has_a_hall(liu, event, "2桌×2人")
    assert "✅ 排好了。\n3 人有了座位" in await liu.presses("现在排座")
    await town.works()
    await ana.says(f"取消报名 {event.id}")
    await liu.says(f"重新排座 {event.id}")
    assert "2 人换座位\n换座的人会收到消息" in liu.sees
    before = seats(town, event)
    await liu.presses("不改了")
    assert seats(town, event) == before
    await liu.presses("重新排座")
    assert "✅ 排好了。\n2 人换座位" in await liu.presses("重新排座")
    assert sorted(seats(town, event).values()) == ["1-1", "1-2"]
    await town.works()
    assert "你的座位：1 桌" in await cai.hears("⚠️ 换座位了：羽毛球友谊赛")
    # Whoever signs up again gets what is free; two who are one person hold one seat.
    await ana.says(f"报名 {event.id}")
    await town.works()
    assert sorted(seats(town, event).values()) == ["1-1", "1-2", "2-1"]
    ids = [each.member_id for each in town.rows(Signup)]
    town.store.write_now(merging.merge, ids[0], ids[1], CARE, town.hands.now)
    await town.works()
    assert len(seats(town, event)) == 2
    # A smaller hall moves only those whose seat is gone; without one nobody has a seat.
    await liu.says(f"排座 {event.id}")
    await liu.presses("改场地座位")
    assert "1 人没了座位" in await liu.says("1桌×1人")
    assert "座位少 1 个" in liu.sees
    await liu.presses("改场地座位")
    assert "大家随便坐" in await liu.presses("不排座位")
    assert seats(town, event) == {}
    assert "你的座位" not in await cai.says(f"活动 {event.id}")
    # A member cannot press what an organizer can.
    assert "组织者来做" in await ben.says(f"排座 {event.id}")


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    sizes = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=6)))
    kind = draw(st.sampled_from(HallKind))
    every = list(Hall(kind, sizes))
    kept = frozenset(draw(st.lists(st.sampled_from(every), max_size=len(every) - 1)))
    return Hall(kind, sizes, kept)


@given(halls(), st.sampled_from(sorted(LANGUAGES)))
def test_a_hall_is_told_in_words_that_are_read_as_the_same_hall(hall: Hall, language: str) -> None:
    told = phrasebook().into(language)(in_hall.in_words(hall))
    assert read(told) == hall
    assert (language == "en") == (re.search("[排桌座留第]", told) is None)
