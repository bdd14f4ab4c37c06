"""Who may sign up, and from when: said on the card, asked once, answered by organizers by hand."""

from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, event, lamp_works, local
from tests.stories.people import Person
from tests.stories.scenes import called, members_at, organizer, settles, signup_states
from tests.stories.station import Nanhai, nanhai


async def conditions(liu: Person, row: Event) -> str:
    """Open the conditions of an event as its organizer."""
    await liu.says(f"管理活动 {row.id}")
    await liu.presses("更多")
    return await liu.presses("报名条件")


def member_called(town: Nanhai, name: str) -> Member:
    def find(session: Session) -> Member:
        return session.exec(select(Member).where(Member.name == name)).one()

    found: Member = town.look(find)
    return found


def marks(town: Nanhai, name: str, state: SignupState, *rows: Event) -> None:
    """Let somebody have had seats at events that are over."""
    number = member_called(town, name).id
    for row in rows:
        town.save(Signup(event_id=row.id, member_id=number, state=state, at=local(1, 10)))


async def test_before_it_opens_the_card_says_when_and_one_tap_calls_people(town: Nanhai) -> None:
    row = town.save(
        badminton(station_id=4, starts_at=local(5, 14), closes_at=local(5, 12), along=Along.TWO)
    )
    liu = await organizer(town)
    assert "没有别的条件" in await conditions(liu, row)
    await liu.presses("写条件")
    assert "没看懂" in await liu.says("大家都来")
    assert "还没到的日期和钟点" in await liu.says("2026年11月1日 8:00 开始报名")
    said = await liu.says("12月2日 23:00 开始报名")
    assert "✅ 改好了" in said
    assert "12月2日 周三 23:00" in said
    ana, ben = town.person("安"), town.person("本")
    await ana.arrives()
    await ben.arrives()
    assert "开始报名" in await ana.says("活动")
    card = await ana.says(f"活动 {row.id}")
    assert "12月2日 周三 23:00（明天）开始报名" in card
    assert "报名" not in ana.labels
    assert "🔔 记下了" in await ana.presses("到时叫我")
    assert "到时会叫你" in await ana.says(f"活动 {row.id}")
    assert "到时叫我" not in ana.labels
    for words in (f"报名 {row.id}", f"报名 {row.id} 两个人"):
        assert "12月2日 周三 23:00（明天）开始报名" in await ben.says(words)
    assert signup_states(town, row) == []
    # It is moved an hour: nobody is called at the old time, nor in their sleep.
    await liu.says(f"报名条件 {row.id} 12月3日 0:30 开始报名")
    await town.at(local(3, 0, 31))
    assert not [each for each in ana.unasked() if "开始报名了" in each]
    # Who presses now is let in.
    assert "✅ 报上了" in await ben.says(f"报名 {row.id}")
    await town.at(local(3, 8))
    await ana.hears("🔔 开始报名了：羽毛球友谊赛")
    assert "✅ 报上了" in await ana.presses("报名")
    assert "开始报名" not in await ana.says(f"活动 {row.id}")


async def test_an_age_is_asked_once_and_kept_only_if_one_wants_it(town: Nanhai) -> None:
    first, second = (
        town.save(event(code, title, local(day, 14), seats=9))
        for code, title, day in (("a", "青年联谊", 5), ("b", "青年登山", 6))
    )
    liu = await organizer(town, Role.DISTRICT, 1)
    for each in (first, second):
        assert "18–35 岁" in await liu.says(f"报名条件 {each.id} 18-35岁")
    ana, ben = town.person("安"), town.person("本")
    await settles(ana, "桂城")
    await settles(ben, "桂城")
    assert "18–35 岁" in await ana.says(f"活动 {first.id}")
    asked = await ana.presses("报名")
    assert "你是哪一年出生的" in asked
    assert "主办方看不到" in asked
    assert "四位年份" in await ana.says("很久以前")
    assert "✅ 报上了：青年联谊" in await ana.says("1998年")
    assert "✅ 记住了" in await ana.presses("记住 1998")
    assert "✅ 报上了：青年登山" in await ana.says(f"报名 {second.id}")
    assert "出生年份：1998" in await ana.says("资料")
    await ana.presses("出生年份")
    assert "出生年份：没填" in await ana.presses("删掉")
    # Who is too old reads it, and what was told is kept nowhere.
    await ben.says(f"报名 {first.id}")
    assert "你的年龄不合：18–35 岁" in await ben.says("70")
    assert signup_states(town, first) == [SignupState.SEATED]
    assert "你是哪一年出生的" in await ben.says(f"报名 {first.id}")
    # Whom one signs up is held against what is known of them, and nobody hears what that is.
    assert "不限年龄" in " ".join([await conditions(liu, first), *liu.labels])
    await liu.presses("不限年龄")
    assert "✅ 报上了" in await ben.says(f"报名 {first.id}")


@pytest.mark.parametrize("channel", ["telegram", "wechat"])
async def test_a_course_before_and_missed_events_keep_out_with_a_way_on(town: Nanhai) -> None:
    rows = [
        town.save(event(code, title, starts_at, station_id=4, **more))
        for code, title, starts_at, more in (
            ("old", "焊接基础班", local(1, 7), {}),
            ("m1", "插花", local(1, 5), {}),
            ("m2", "书法", local(1, 2), {}),
            ("next", "焊接基础班", local(4, 14), {}),
            ("high", "焊接高级班", local(6, 14), {"along": Along.TWO}),
        )
    ]
    old, missed_one, missed_two, following, high = rows
    liu = await organizer(town)
    said = await liu.says(f"报名条件 {high.id} 上过焊接基础班；爽约的不收")
    assert "要先参加过焊接基础班" in said
    assert "90 天内 2 次没来的先不收" in said
    ana, ben = town.person("安"), town.person("本")
    for each, name in ((ana, "阿安"), (ben, "阿本")):
        await settles(each, "昭信")
        await called(each, name)
    card = await ana.says(f"活动 {high.id}")
    assert "要先参加过焊接基础班，你还没参加过。" in card
    assert "下一次：12月4日 周五 14:00" in card
    assert "焊接基础班" in await ana.presses("看那一个")
    assert "你还没参加过" in await ana.says(f"报名 {high.id}")
    # Once they took part, by whichever date, they may; who missed two may not.
    marks(town, "阿安", SignupState.ATTENDED, old)
    marks(town, "阿本", SignupState.ATTENDED, old)
    marks(town, "阿本", SignupState.NO_SHOW, missed_one, missed_two)
    said = await ben.says(f"报名 {high.id}")
    assert "90 天内有 2 次报了没来" in said
    assert "3月1日" in said
    # Nobody is told of a colleague why they cannot be brought along.
    await ana.says(f"活动 {high.id}")
    await ana.presses("带人报名")
    assert "有人不能参加" in await ana.says("阿本")
    assert "✅ 报上了：焊接高级班" in await ana.says(f"报名 {high.id}")
    # One that is disputed does not count until it is decided.
    await ben.says("参加过的")
    await ben.presses("书法")
    await ben.presses("我去了")
    assert "✅ 报上了：焊接高级班" in await ben.says(f"报名 {high.id}")
    # By number it is that event, or another date of its series.
    await liu.says(f"报名条件 {high.id} 参加过第{following.id}号活动")
    assert "要先参加过焊接基础班" in liu.sees
    assert "没有这个编号" in await liu.says(f"报名条件 {high.id} 参加过第99999号活动")


async def test_a_new_browser_has_missed_nothing_so_it_is_asked_to_link(
    sqlite_url: str, now: datetime
) -> None:
    async with nanhai("telegram", sqlite_url, now, has_pages=True) as town:
        row = town.save(badminton(station_id=4))
        liu, ana = await organizer(town), town.visitor("安")
        await conditions(liu, row)
        assert "90 天内 2 次没来的先不收" in await liu.presses("爽约的不收")
        await ana.arrives()
        said = await ana.says(f"报名 {row.id}")
        assert ("先绑定" in said, "Telegram" in said, "微信" in said) == (True, True, False)
        assert "绑定账号" in ana.labels
        await conditions(liu, row)
        await liu.presses("爽约也能报")
        assert "✅ 报上了" in await ana.says(f"报名 {row.id}")


@pytest.mark.parametrize("channel", ["web"])
async def test_a_new_browser_is_asked_to_link_nothing_that_is_not_there(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await conditions(liu, row)
    await liu.presses("爽约的不收")
    [ana] = await members_at(town, row, "安")
    assert "只凭网页认不出来" in ana.sees
    assert ("绑定账号" in ana.labels, "问一问" in ana.labels) == (False, True)


async def test_an_organizer_lets_people_in_or_refuses_with_a_reason(town: Nanhai) -> None:
    row = town.save(lamp_works(station_id=4, seats=2, along=Along.TWO))
    liu = await organizer(town)
    await conditions(liu, row)
    assert "报名要主办方同意" in await liu.presses("要我同意")
    ana, ben, cai, dan = (town.person(name) for name in ("安", "本", "蔡", "丹"))
    for each, name in ((ana, "阿安"), (ben, "阿本"), (cai, "阿蔡"), (dan, "阿丹")):
        await settles(each, "昭信")
        await called(each, name)
    assert "报名要主办方同意" in await ana.says(f"活动 {row.id}")
    assert "⏳ 申请了：走进灯具厂" in await ana.presses("申请报名")
    assert "等主办方同意" in await ana.says("我的")
    assert "已经申请过了" in await ana.says(f"报名 {row.id}")
    await ben.says(f"报名 {row.id}")
    # Asking takes no seat, and one notice is enough for those who wait.
    assert "余 2 席" in await cai.says(f"活动 {row.id}")
    await town.works()
    await liu.hears("🔔 想来走进灯具厂")
    assert len([each for each in liu.unasked() if "想来走进灯具厂" in each]) <= 1
    assert "阿安" in liu.sees
    assert "还有 1 个在等" in liu.sees
    said = await liu.presses("同意")
    assert "✅ 阿安有位子了" in said
    assert "阿本" in said
    await liu.presses("不同意")
    assert "好，已经告诉阿本。" in await liu.says("这次只收电工")
    await town.works()
    await ana.hears("✅ 主办方同意了，你有位子：走进灯具厂")
    await ben.hears("❌ 主办方这次没能收你：这次只收电工")
    # Who was refused cannot ask again, also not through a colleague.
    assert "主办方这次没能收你" in await ben.says(f"报名 {row.id}")
    await ben.says(f"活动 {row.id}")
    assert "申请报名" not in ben.labels
    await cai.says(f"活动 {row.id}")
    await cai.presses("带人报名")
    assert "有人不能参加" in await cai.says("阿本")
    # A party asks whole; for three there is no room any more, so it queues once it is let in.
    await cai.says(f"活动 {row.id}")
    await cai.presses("带人报名")
    assert "⏳ 申请了" in await cai.says("阿丹")
    await town.works()
    await dan.hears("阿蔡帮你报了名")
    assert "主办方逐个同意" in dan.sees
    town.ticks()
    await liu.says(f"管理活动 {row.id}")
    assert "2 人等你同意" in liu.sees
    assert "带 1 人" in " ".join([await liu.presses("待同意"), *liu.labels])
    assert "✅ 同意了 1 个" in await liu.presses("全部同意")
    await town.works()
    await cai.hears("主办方同意了，不过已经满了")
    assert "你排第 1" in cai.sees
    assert signup_states(town, row) == [
        *(SignupState.SEATED, SignupState.CANCELLED),
        *(SignupState.WAITING, SignupState.WAITING),
    ]
    # More seats: the queue is asked as ever; who is let in after all comes behind it.
    await liu.says(f"管理活动 {row.id}")
    await liu.presses("更多")
    await liu.presses("改名额")
    await liu.says("3")
    await town.works()
    await cai.hears("🔔 空出一个位子")
    assert "✅ 报上了" in await cai.presses("要")
    # Nobody is asked any more: who still waits is let in.
    await ana.says(f"取消报名 {row.id}")
    await dan.says(f"取消报名 {row.id}")
    assert "⏳ 申请了" in await dan.says(f"报名 {row.id}")
    await conditions(liu, row)
    assert "等着的 1 个都同意了" in await liu.presses("不用我同意")
    assert "✅ 报上了" in await ben.says(f"报名 {row.id}")


async def test_who_is_not_answered_hears_it_and_can_leave(town: Nanhai) -> None:
    hours = {"starts_at": local(5, 14), "ends_at": local(5, 16), "closes_at": local(5, 14)}
    row = town.save(lamp_works(station_id=4, **hours))
    liu = await organizer(town)
    await liu.says(f"报名条件 {row.id} 要我同意")
    ana, ben = await members_at(town, row, "安", "本")
    await town.works()
    await liu.hears("🔔 想来走进灯具厂")
    assert "不申请了" in await ben.says(f"取消报名 {row.id}")
    await town.at(local(2, 14))
    await liu.says("菜单")
    await town.at(local(4, 14))
    await liu.hears("🔔 想来走进灯具厂")
    assert "等主办方同意" in await ana.says("我的")
    await town.at(local(5, 11))
    await ana.hears("⏳ 主办方还没答复")
    await town.at(local(5, 14, 1))
    assert "没有答复" in await ana.says("我的")


async def test_a_seat_at_the_same_time_is_asked_about_before_anything_else(town: Nanhai) -> None:
    row = town.save(badminton())
    other = town.save(event("dance", "舞会", local(5, 15), seats=9, along=Along.TWO))
    liu = await organizer(town, Role.DISTRICT, 1)
    await liu.says(f"报名条件 {other.id} 18岁以上")
    ana, ben = await members_at(town, row, "安", "本")
    assert "这个时间你还报了：羽毛球友谊赛" in await ana.says(f"报名 {other.id}")
    assert "你是哪一年出生的" in await ana.presses("还是要报")
    done = await ana.says("1990")
    assert ("✅ 报上了：舞会" in done, "这个时间你还报了" in done) == (True, False)
    await ben.says(f"活动 {other.id}")
    assert "这个时间你还报了：羽毛球友谊赛" in await ben.presses("带人报名")
    assert "什么都没改" in await ben.presses("不报了")
    await ben.says(f"活动 {other.id}")
    await ben.presses("带人报名")
    assert "谁和你一起" in await ben.presses("还是要报")
    assert "你是哪一年出生的" in await ben.presses("1 人")
    assert "和你一起：1 人。" in await ben.says("1990")


async def test_conditions_come_with_a_pasted_announcement(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says(
        "发布活动 焊接高级班\n时间：12月12日 14:00-17:00\n地点：桂城站\n名额：12\n"
        "报名开始：12月3日 20:00\n对象：18-35岁"
    )
    await liu.presses("培训")
    assert "12月3日 周四 20:00（后天）开始报名 · 18–35 岁" in liu.sees
    assert "12月4日 周五 20:00" in await liu.says("报名开始：12月4日 20:00")
    assert "✅ 发布了" in await liu.presses("发布")

    def look(session: Session) -> Event:
        return session.exec(select(Event).order_by(col(Event.id).desc())).all()[0]

    made: Event = town.look(look)
    assert made.opens_at == local(4, 20)
    assert made.gates == "age 18-35"


async def test_a_refusal_waits_until_the_member_is_awake_by_their_own_hours(town: Nanhai) -> None:
    """The station is awake at nine in the evening and at seven: this member is not."""
    row = town.save(lamp_works(station_id=4))
    liu = await organizer(town)
    await conditions(liu, row)
    await liu.presses("要我同意")
    ana = town.person("安")
    await settles(ana, "昭信")
    await called(ana, "阿安")
    assert "20:00 到 9:30 不打扰" in await ana.says("免打扰 20:00-9:30")
    assert "⏳ 申请了" in await ana.says(f"报名 {row.id}")
    await town.works()
    await liu.hears("🔔 想来走进灯具厂")
    await town.at(local(1, 21))
    await liu.says(f"管理活动 {row.id}")
    await liu.presses("更多")
    await liu.presses("待同意")
    await liu.presses("不同意")
    await liu.says("这次只收电工")
    await town.works()
    await town.at(local(2, 9, 29))
    assert not [each for each in ana.unasked() if "没能收你" in each]
    await town.at(local(2, 9, 30))
    await ana.hears("❌ 主办方这次没能收你：这次只收电工")
