"""What is stored about somebody: to see, to take along, to erase."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from bot.conversation.incoming import Incoming
from handlers.actions import Erase
from models.events.events import Event, Signup
from models.gala import lines
from models.members import removing
from models.members.removing import ErasedAt, WhyErased
from models.network.members import Address, Member
from models.rules.network.permissions import Role
from models.rules.teams.joining import JoinMode
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.scenes import organizer, proposes
from tests.stories.station import Nanhai

NAME = "欧阳小安"
WISH = "欧阳小安想学电工"


def _newest(session: Session) -> int:
    return max(session.exec(select(Member.id)).all())


async def _with_a_past(town: Nanhai) -> Person:
    """Somebody with a name, a place, interests, sign-ups, a team, a wish and a reminder."""
    lamps = town.save(lamp_works(seats=1))
    town.save(badminton())
    club = town.save(team())
    ana = town.person(NAME)
    await ana.says("你好")
    await ana.presses("同意")
    await ana.says("昭信")
    await ana.says("1")
    await ana.presses("夜班")
    await ana.says(f"报名 {lamps.id}")
    await ana.presses("加到日历")
    await ana.says("报名 2")
    await ana.says(f"加入 {club.id}")
    await ana.says("免打扰 21:30-6:30")
    await ana.says(f"心愿 {WISH}")
    await ana.presses("留名")
    await town.at(local(2, 11))
    await ana.hears("🔔 走进灯具厂")
    return ana


async def test_all_that_is_known_comes_as_a_file(town: Nanhai) -> None:
    ana = await _with_a_past(town)
    said = await ana.says("隐私")
    assert "厂里看不到" in said
    for subject, *promised in (
        ("投票和评分", "谁投了谁没人能看", "随机编码"),
        ("提名和表彰", "同意之前没有别人看得到", "名人堂"),
        ("大屏和现场投票", f"{lines.KEPT.days} 天后删掉"),
    ):
        told = await ana.presses(subject)
        assert all(each in told for each in promised), told
        await ana.presses("返回")
    assert "都在这个文件里" in await ana.presses("拿一份")
    known = json.loads((await ana.file()).content)
    member = known["member"]
    assert member["station"] == "昭信集团"
    assert member["interests"] == ["ball_games"]
    assert member["shift"] == "night"
    assert member["quiet_hours"] == "21:30-06:30"
    assert member["agreed_to_privacy_notice_at"] == "2026-12-01 10:00"
    assert "存的全部资料" in known["about"]
    (chat,) = known["chats"]
    assert chat["account"].startswith(town.channel.partition("-")[0])
    assert chat["address"] == town.look(_addresses)[0]
    assert {each["event"] for each in known["sign_ups"]} == {"走进灯具厂", "羽毛球友谊赛"}
    assert [each["team"] for each in known["teams"]] == ["狮山羽毛球队"]
    assert [line["text"] for each in known["threads"] for line in each["lines"]] == [WISH]
    assert "🔔 走进灯具厂" in known["notices"][0]["text"]


async def test_what_they_wrote_in_further_languages_comes_along(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    for said in ("发公告", "写内容", "周六打球，来吗？", "改一改", "英语版"):
        await (boss.presses if said in boss.labels else boss.says)(said)
    assert "写一份英语的，给看英语的人" in boss.sees
    await boss.says("Badminton on Saturday, coming?")
    match = town.save(badminton(by_member_id=town.look(_numbers)[0]))
    await boss.says("隐私")
    await boss.presses("拿一份")
    known = json.loads((await boss.file()).content)
    (written,) = known["announcements"]
    assert written["text"] == "周六打球，来吗？"
    assert written["translations"] == {"en": "Badminton on Saturday, coming?"}
    assert known["events_published"] == [
        {"title": match.title, "translations": {"en": "Badminton match"}}
    ]


async def test_whoever_asks_is_erased_and_only_the_counts_stay(town: Nanhai) -> None:
    ana = await _with_a_past(town)
    ben = town.person("小本")
    await ben.arrives()
    assert "你排第 1" in await ben.says("报名 1")
    await ben.says("加入 1")
    calendar = f"{town.origin}/calendar/{town.look(_calendar_key)}.ics"
    told = [town.look(_addresses)[0], WISH] + ([] if town.channel == "web" else [NAME])
    assert all(town.look(_traces, each) for each in told)
    await ana.says("隐私")
    assert "删了找不回来" in await ana.presses("删掉我")
    # Nothing is lost by asking.
    assert "厂里看不到" in await ana.presses("先留着")
    assert "✅ 已报上" in await ana.says("我的")
    await ana.says("隐私")
    await ana.presses("删掉我")
    assert "这里不再有你的任何资料" in await ana.presses("删除")
    assert [trace for each in told for trace in town.look(_traces, each)] == []
    # One seat is on offer to the next in line, the other one is free; three claims there were.
    assert town.look(_counts) == [(1, 0), (0, 0)]
    assert town.look(_claims) == 3
    assert town.http is not None
    async with town.http.get(calendar) as response:
        assert response.status == 404
    # The seat goes to the next in line, and nobody is written to who is not there any more.
    await town.works()
    await ben.hears("🔔 空出一个位子：走进灯具厂")
    assert "狮山 · 1 人" in await ben.says("队伍 羽毛球")
    before = len(ana.unasked())
    await town.at(local(4, 14))
    assert len(ana.unasked()) == before


async def test_no_word_of_an_erased_person_is_left_in_rows_or_bytes(town: Nanhai) -> None:
    liu = await organizer(town, Role.TOWN, 3)
    ana = await _with_a_past(town)
    await proposes(ana, "欧阳夜跑队")
    assert "没太明白" in await ana.says("百西村擦号")
    await ana.says("发公告")
    await ana.presses("转过去")
    await town.after(minutes=1)
    await liu.says("心愿箱")
    told = [town.look(_addresses)[1], WISH, "欧阳夜跑队", "绕湖跑五公里", "百西村擦号"]
    told += [] if town.channel == "web" else [NAME]
    assert all(town.look(_traces, each) for each in told)
    await ana.says("隐私")
    await ana.presses("删掉我")
    assert "三天内也会删掉" in await ana.presses("删除")
    # What the organizer was answered may be asked for again by the platform for three days.
    left = [trace for each in told for trace in town.look(_traces, each)]
    assert {trace.partition(":")[0] for trace in left} <= {"inbox"}
    town.hands.now += timedelta(days=3, minutes=1)
    assert town.station.worker is not None
    planner = town.station.worker.planner
    await planner.tidy(town.hands.now)
    assert [trace for each in told for trace in town.look(_traces, each)] == []
    if town.store.is_sqlite:
        await planner.scrub(town.hands.now)
        assert not town.store.holds_erased
        kept = _bytes_of(town.settings.store.url)
        assert [each for each in told if each.encode() in kept] == []


def _bytes_of(url: str) -> bytes:
    """Everything in the files of a SQLite store."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


async def test_who_is_to_be_erased_by_an_organizer_hears_of_it_and_that_it_was_taken_back(
    town: Nanhai,
) -> None:
    await organizer(town, Role.DISTRICT, 1, "区里")
    boss = town.look(_newest)
    mei = town.person("阿梅")
    await mei.arrives()
    number = town.look(_newest)

    async def asks() -> None:
        def ask(session: Session) -> object:
            why, care = WhyErased.LEFT, town.settings.care()
            return removing.ask(session, number, why, boss, care, town.hands.now)

        assert isinstance(town.store.write_now(ask), ErasedAt)
        await town.after(minutes=1)
        await mei.hears("有人请组织者删除你的资料")

    await asks()
    assert town.store.write_now(removing.take_back, number, boss, town.hands.now)
    await town.after(minutes=1)
    await mei.hears("组织者撤回了")
    await asks()
    assert "都给你留着" in await mei.presses("先留着")
    await town.after(days=2)
    assert town.look(lambda session: session.get(Member, number)) is not None


async def test_whoever_was_erased_can_begin_anew(town: Nanhai) -> None:
    ana = await _with_a_past(town)
    number = town.look(_numbers)[0]
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    assert town.look(_numbers) == []
    assert "这里是创思驿站" in await ana.says("在吗")
    assert "三个小问题" in await ana.presses("同意")
    for _question in range(3):
        await ana.presses("跳过")
    assert "还没有报名" in await ana.says("我的")
    assert "地方：没填" in await ana.says("资料")
    # A number of before never means somebody else: links and logs may still hold it.
    assert town.look(_numbers)[0] != number


async def test_old_buttons_about_an_erased_person_touch_nobody_else(town: Nanhai) -> None:
    """Their role and their wish to join were the newest rows; the next person's are others."""
    club = town.save(team(join_mode=JoinMode.APPROVAL))
    boss = await organizer(town, Role.TOWN, 3)
    captain, ana, ben = town.person("队长"), town.person(NAME), town.person("小本")
    for each in (captain, ana, ben):
        await each.arrives()
    await town.appoint(captain, Role.CAPTAIN, 3, team_id=club.id)
    await town.appoint(ana, Role.CORE_MEMBER, 3)
    await boss.says("组织者")
    asked = await boss.presses(next(each for each in boss.labels if "活动骨干" in each))
    assert "的身份：狮山 · 活动骨干？" in asked
    await ana.says(f"加入 {club.id}")
    await town.after(minutes=1)
    await captain.hears("想加入狮山羽毛球队")
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    await town.appoint(ben, Role.CORE_MEMBER, 3)
    await ben.says(f"加入 {club.id}")
    assert "这个身份已经结束了" in await boss.presses("收回")
    assert "狮山 · 活动骨干" in await ben.says("组织者")
    await captain.presses("同意")
    assert "狮山羽毛球队" not in await ben.says("我的")


async def test_erasing_twice_by_a_repeated_push_is_answered_the_same(town: Nanhai) -> None:
    await _with_a_past(town)
    account, address = town.look(_account), town.look(_addresses)[0]
    push = Incoming(account, address, "the-push", press=Erase(1).pack())
    assert town.station is not None
    listen = town.station.core.dispatcher.listen
    done = await listen(push)
    assert done is not None
    assert "这里不再有你的任何资料" in done.text
    assert await listen(push) == done
    assert town.look(_numbers) == []
    assert town.look(_traces, NAME) == []
    # The same button pressed once more is a stranger's, who is asked for consent first.
    anew = await listen(replace(push, key="another-push"))
    assert anew is not None
    assert "这里是创思驿站" in anew.text


def _traces(session: Session, words: str) -> list[str]:
    """Where anything of these words is left, in any table."""
    connection = session.connection()
    return [
        f"{name}: {row}"
        for name in inspect(connection).get_table_names()
        for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        if words in str(tuple(row))
    ]


def _addresses(session: Session) -> list[str]:
    return list(session.exec(select(Address.external).order_by(col(Address.id))))


def _account(session: Session) -> str:
    return session.exec(select(Address.account)).one()


def _calendar_key(session: Session) -> str:
    return session.exec(select(Member.calendar_key).where(Member.calendar_key != "")).one()


def _numbers(session: Session) -> list[int]:
    return list(session.exec(select(Member.id)))


def _counts(session: Session) -> list[tuple[int, int]]:
    return [(each.held, each.waiting) for each in _events(session)]


def _events(session: Session) -> list[Event]:
    return list(session.exec(select(Event).order_by(col(Event.id))))


def _claims(session: Session) -> int:
    return len(session.exec(select(Signup.id)).all())
