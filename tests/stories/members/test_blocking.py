"""Somebody who harmed others is kept out, told politely, and keeps their data and a way to help."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from models.events.events import Signup, SignupState
from models.members import blocking, sheets
from models.members.blocking import Blocked, NotBlocked
from models.network.members import Member
from models.rules.network.permissions import Role
from models.teams.teams import Team
from tests.miniature.rows import SHISHAN, badminton, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


def _number(town: Nanhai, person: Person) -> int:
    def find(session: Session) -> int:
        return session.exec(select(Member.id).where(Member.name == person.name)).one()

    return town.store.read_now(find)


async def _member_of_shishan(town: Nanhai, name: str) -> Person:
    person = town.person(name)
    await person.arrives()
    await person.says(f"叫我{name}")
    number = _number_of_newest(town)

    def settle(session: Session) -> None:
        row = session.get_one(Member, number)
        row.station_id, row.name = SHISHAN, name

    town.store.write_now(settle)
    return person


def _number_of_newest(town: Nanhai) -> int:
    def find(session: Session) -> int:
        return max(session.exec(select(Member.id)).all())

    return town.store.read_now(find)


async def _blocks(
    town: Nanhai, boss: int, number: int, until: datetime | None = None
) -> Blocked | NotBlocked:
    def block(session: Session) -> Blocked | NotBlocked:
        care = town.settings.care()
        now = town.hands.now
        return blocking.block(session, number, "骚扰女工友", boss, care, now, until=until)

    done = town.store.write_now(block)
    await town.works()
    return done


async def test_who_harms_is_kept_out_and_keeps_their_data_and_help(town: Nanhai) -> None:
    lamps = town.save(lamp_works(seats=1))
    match = town.save(badminton())
    club = town.save(team())
    await organizer(town, Role.TOWN, SHISHAN, "镇长")
    boss = _number_of_newest(town)
    ben = await _member_of_shishan(town, "小本")
    number = _number_of_newest(town)
    await ben.says(f"报名 {lamps.id}")
    await ben.says(f"加入 {club.id}")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {lamps.id}")

    done = await _blocks(town, boss, number)
    assert done == Blocked(None, 1)
    # They are told once, and whom they can turn to; the seat went on.
    assert "为了保护大家" in await ben.hears("暂时不能参加")
    assert "12351" in ben.sees
    await ana.hears("空出一个位子")
    assert town.count(Signup, event_id=lamps.id, state=SignupState.OFFERED) == 1

    for words in ("活动", f"报名 {match.id}", f"加入 {club.id}", "心愿 想学电工", "我的", "队伍"):
        assert "暂时不能参加" in await ben.says(words), words
    assert town.count(Signup, event_id=match.id) == 0
    # Their data, their notices and their language stay theirs.
    assert "厂里看不到" in await ben.says("隐私")
    assert "都在这个文件里" in await ben.presses("拿一份")
    assert "暂时不能参加" not in await ben.says("退订")
    assert "暂时不能参加" not in await ben.says("语言")
    # Need is answered as ever, and what they tell then is read.
    assert "欠薪" not in await ben.says("老板拖欠我三个月工资")
    assert "工会" in ben.sees
    await ben.presses("说给组织者")
    assert "暂时不能参加" not in ben.sees


async def test_a_block_ends_by_itself_or_by_an_organizer(town: Nanhai) -> None:
    match = town.save(badminton())
    await organizer(town, Role.TOWN, SHISHAN, "镇长")
    boss = _number_of_newest(town)
    ben = await _member_of_shishan(town, "小本")
    number = _number_of_newest(town)
    await _blocks(town, boss, number, local(2, 9))
    await ben.hears("12月2日")
    assert "暂时不能参加" in await ben.says(f"报名 {match.id}") or "12月2日" in ben.sees
    await town.at(local(2, 9))
    assert "✅ 报上了" in await ben.says(f"报名 {match.id}")

    done = await _blocks(town, boss, number)
    assert done == Blocked(None, 1)

    def look(session: Session) -> tuple[str, bool]:
        sheet = sheets.open_sheet(session, number, boss, town.hands.now)
        assert sheet is not None
        assert sheet.block is not None
        return sheet.block.reason, sheet.block.until is None

    assert town.store.write_now(look) == ("骚扰女工友", True)

    def let_in(session: Session) -> NotBlocked | None:
        return blocking.unblock(session, number, "谈过了", boss, town.hands.now)

    assert town.store.write_now(let_in) is None
    assert town.store.write_now(let_in) is NotBlocked.NOT_BLOCKED
    await town.works()
    await ben.hears("又可以参加了")
    assert "✅ 报上了" in await ben.says(f"报名 {match.id}")


async def test_a_captain_who_harms_leads_no_more(town: Nanhai) -> None:
    club = town.save(team())
    await organizer(town, Role.TOWN, SHISHAN, "镇长")
    boss = _number_of_newest(town)
    ben = await _member_of_shishan(town, "小本")
    number = _number_of_newest(town)
    await ben.says(f"加入 {club.id}")
    await town.appoint(ben, Role.CAPTAIN, SHISHAN, team_id=club.id)
    assert isinstance(await _blocks(town, boss, number), Blocked)

    def members(session: Session) -> int:
        return session.get_one(Team, club.id).members

    assert town.store.read_now(members) == 0
    assert "暂时不能参加" in await ben.says("发公告")


async def test_nobody_is_blocked_without_a_reason_or_into_the_past(town: Nanhai) -> None:
    await organizer(town, Role.TOWN, SHISHAN, "镇长")
    boss = _number_of_newest(town)
    await _member_of_shishan(town, "小本")
    number, now = _number_of_newest(town), town.hands.now

    def block(session: Session) -> list[Blocked | NotBlocked]:
        care = town.settings.care()
        past = now - timedelta(hours=1)
        return [
            blocking.block(session, number, " \n ", boss, care, now),
            blocking.block(session, number, "吵", boss, care, now, until=past),
        ]

    assert town.store.write_now(block) == [NotBlocked.NO_REASON, NotBlocked.PAST]
