"""Organizers run events: who comes, close, seats, time, place, cancelling, the list as a file."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, select

from models.events.events import Event, Signup, SignupState
from models.network import audit
from models.network.members import Member
from models.rules.network.permissions import Role
from tests.miniature.rows import ZONE, badminton, local
from tests.papers.papers import pages_of
from tests.stories.people import OnTelegram, OnWeCom
from tests.stories.scenes import called, members_at, organizer, published, signup_states
from tests.stories.station import Nanhai


def on_the_wall(moment: datetime) -> datetime:
    """The time of the clocks in Nanhai, as a cell holds it."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def acts(town: Nanhai, event: Event) -> list[str]:
    """What stands in the audit about an event."""
    return [
        each.details.get("what", str(each.act))
        for each in town.look(audit.about, f"event:{event.id}")
    ]


async def test_an_organizer_sees_who_comes_and_who_waits(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    await members_at(town, event, "小安", "小本")
    assert "羽毛球友谊赛 · 12月5日 周六 14:00（4 天后） · 报名 1 / 1 · 排队 1" in await liu.says(
        "管理活动"
    )
    await liu.presses("羽毛球友谊赛")
    names = await liu.presses("名单")
    assert "· 有位子" in names.splitlines()[1]
    assert "· 排队" in names.splitlines()[2]


async def test_a_number_below_the_list_opens_that_event_or_says_that_it_is_not_theirs(
    town: Nanhai,
) -> None:
    rows = [town.save(badminton(station_id=4, code=f"b{n}", title=f"第{n}场")) for n in range(7)]
    other = town.save(badminton(station_id=3, code="other", title="别处的"))
    liu = await organizer(town)
    listed = await liu.says("管理活动")
    beyond = next(each for each in rows if each.title not in listed)
    opened = await liu.says(str(beyond.id))
    assert beyond.title in opened
    assert "名单" in liu.labels
    await liu.says("管理活动")
    assert f"你管的活动里没有 {other.id} 号" in await liu.says(str(other.id))
    assert other.title in await liu.presses("活动详情")
    await liu.says("管理活动")
    assert "没有 999 号" in await liu.says("999")
    # Its conditions by their word alone: of the event on the screen.
    await liu.says(f"管理 {rows[0].id}")
    assert rows[0].title in await liu.says("报名条件")
    await liu.says(f"活动 {rows[1].id}")
    assert "18–35 岁" in await liu.says("报名条件 18-35岁")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"活动 {rows[1].id}")
    assert "18–35 岁" in await ana.says("报名条件")
    await ana.says(f"活动 {other.id}")
    assert "谁都能报" in await ana.says("报名条件")


async def test_a_number_behind_what_is_wanted_opens_that_event(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    other = town.save(badminton(station_id=4, title="另一场", code="other"))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    for words in ("签到{}", "管理 {}"):
        opened = await liu.says(words.format(event.id))
        assert event.title in opened, words
        assert other.title not in opened, words
    assert "改" in await liu.says(f"改{event.id}")
    assert other.title not in liu.sees
    # So does every act by the words of its button; without a number that of the event on screen.
    for words, asked in (
        ("名额分配{}", "谁有几席"),
        ("报名问题 {}", "报名时问什么"),
        ("poster {}", "贴在哪"),
        ("帮手{}", "帮手"),
        ("取消活动 {}", "取消"),
        ("接龙{}", "#接龙"),
    ):
        await liu.says("菜单")
        assert asked in await liu.says(words.format(event.id)), words
        await liu.says(f"管理 {event.id}")
        assert asked in await liu.says(words.format("").strip()), words
        await liu.says("菜单")
    assert "哪一个" in await liu.says("名额分配")
    # Who runs an event and has no seat may mean the event itself.
    assert "你没有报" in await liu.says(f"取消报名 {event.id}")
    assert "取消" in await liu.presses("取消活动")
    await liu.says("菜单")
    assert "组织者" in await ana.says(f"海报 {event.id}")
    assert "不去" in await ana.says(f"取消活动 {event.id}") or "取消" in ana.sees


async def test_the_word_for_the_list_shows_who_comes_to_those_who_may_see_it(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    other = town.save(badminton(station_id=2, title="另一场", code="other"))
    liu, helper = await organizer(town), town.person("帮手")
    await helper.arrives()
    (ana,) = await members_at(town, event, "小安")
    await called(ana, "陈静")
    listed = f"{event.title}\n1. 陈静 · 有位子"
    for words in ("名单{}", "名单 {}", "报名名单 {}", "guest list {}"):
        await liu.says("菜单")
        assert listed in await liu.says(words.format(event.id)), words
        await liu.says(f"管理 {event.id}")
        assert listed in await liu.says(words.format("").strip()), words
    assert "桂城还没有组织者" in await liu.says(f"名单 {other.id}")
    mine = await ana.says(f"名单{event.id}")
    assert ("1 人报名了" in mine, "陈静" in mine) == (True, False)
    # Whoever helps at it without a role may see it too.
    await liu.says(f"帮手 {event.id}")
    code = re.search(r"绑定 (\w{8})", await liu.presses("一次性码"))
    assert code is not None
    await helper.says(f"绑定 {code[1]}")
    assert listed in await helper.says(f"名单 {event.id}")


async def test_only_events_below_ones_own_place_can_be_run(town: Nanhai) -> None:
    elsewhere = town.save(badminton(station_id=2))
    liu = await organizer(town)
    assert "还没有要办的活动" in await liu.says("管理活动")
    mayor = await organizer(town, Role.TOWN, 2, "镇长")
    assert "羽毛球友谊赛" in await mayor.says("管理活动")
    await mayor.presses("羽毛球友谊赛")
    assert elsewhere.title in mayor.sees


async def test_sign_up_is_closed_and_opened_again(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "✅ 停止报名了。" in await liu.presses("停止报名")
    (ana,) = await members_at(town, event, "小安")
    assert "停止报名了" in ana.sees
    await liu.presses("更多")
    asked = await liu.presses("重新开放")
    assert "报名到什么时候截止" in asked
    assert "✅ 重新开放报名了，到 12月5日 周六 14:00（4 天后）截止。" in await liu.presses(
        "到活动开始"
    )
    assert "✅ 报上了" in await ana.says(f"报名 {event.id}")
    assert acts(town, event) == ["closed", "reopened"]


async def test_more_seats_are_offered_to_the_queue_and_fewer_than_are_taken_refused(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    _ana, _ben, cai = await members_at(town, event, "小安", "小本", "小蔡")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("改名额")
    assert "已经有 2 人有位子，不能比这少" in await liu.says("1")
    answer = await liu.says("3")
    assert "✅ 名额改了。" in answer
    assert "正在问排队的 1 人" in answer
    await town.works()
    await cai.hears("🔔 空出一个位子")
    assert "✅ 报上了" in await cai.presses("要")


async def test_an_event_that_is_moved_takes_everybody_along(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "什么时候" in await liu.presses("改时间")
    assert "已经过了" in await liu.says("昨天下午3点")
    sure = await liu.says("周日下午2点")
    assert "12月5日 周六 14:00 → 12月6日 周日 14:00–17:00（5 天后）" in sure
    assert "会通知 2 人" in sure
    assert "原因：场馆检修" in await liu.says("场馆检修")
    moved = await liu.presses("改时间")
    assert "✅ 时间改了。" in moved
    assert "已经通知 2 人" in moved
    await town.works()
    assert "原因：场馆检修" in await ana.hears("⚠️ 改时间了")
    await ben.hears("⚠️ 改时间了")
    # The reminder comes a day before the new time, and none before the old one.
    await town.at(local(4, 14, 1))
    assert not [each for each in ana.unasked() if "🔔" in each]
    # WeChat lets a station speak for two days after it was spoken to.
    await ana.says("我的")
    await town.at(local(5, 14, 1))
    assert "12月6日 周日 14:00" in await ana.hears("🔔 羽毛球友谊赛")
    assert acts(town, event) == ["moved"]


async def test_moved_there_and_back_at_night_is_told_to_nobody(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, event, "小安")
    await town.at(local(2, 23))
    town.moves(event, local(6, 14), "场地冲突")
    await town.after(minutes=5)
    town.moves(town.get(Event, id=event.id), local(5, 14), "")
    await town.at(local(3, 8, 1))
    assert not [each for each in ana.unasked() if "改时间" in each]
    # Moved and relocated while it is held back is one notice, with the last move's reason.
    await ana.says("我的")
    await town.at(local(3, 23))
    town.moves(town.get(Event, id=event.id), local(6, 14), "场地冲突")
    town.moves(town.get(Event, id=event.id), local(6, 15), "停电")
    town.relocates(event, "昭信饭堂")
    await town.at(local(4, 8, 1))
    (told,) = [each for each in ana.unasked() if "改时间" in each]
    assert "12月5日 周六 14:00 → 12月6日 周日 15:00–18:00（后天）" in told
    assert "地点改到昭信饭堂" in told
    assert "停电" in told
    assert "场地冲突" not in told


@pytest.mark.parametrize("channel", ["telegram", "wecom"])
async def test_told_is_who_hears_it_and_the_others_are_named(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town, Role.TOWN, 3)
    ana, ben, cai = await members_at(town, event, "小安", "小本", "小蔡")
    assert isinstance(ben, OnTelegram | OnWeCom)
    await ben.leaves()
    stopped = await cai.says("退订")
    assert "改时间、取消了都不告诉你" in stopped
    assert cai.labels[0] == "只留报名提醒"
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("取消活动")
    sure = await liu.says("下雨")
    assert "会通知 1 人" in sure
    assert "收不到的 2 人" in sure
    assert "（不收通知）" in sure
    done = await liu.presses("取消活动")
    assert "已经通知 1 人" in done
    assert "打电话告诉：" in done
    await town.works()
    await ana.hears("❌ 取消了")


async def test_an_employer_learns_whom_to_call_and_not_why(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    _ana, cai = await members_at(town, event, "小安", "小蔡")
    await called(cai, "小蔡")
    await cai.says("退订")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("取消活动")
    sure = await liu.says("下雨")
    assert "会通知 1 人" in sure
    assert "收不到的 1 人\n打电话告诉：小蔡" in sure
    done = await liu.presses("取消活动")
    assert "收不到的 1 人\n打电话告诉：小蔡" in done
    assert "不收" not in sure + done


async def test_what_somebody_else_changed_meanwhile_is_asked_about_again(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=5))
    liu, chen = await organizer(town), await organizer(town, name="老陈")
    await members_at(town, event, "小安")
    for each in (liu, chen):
        await each.says("管理活动")
        await each.presses(event.title)
        await each.presses("更多")
        await each.presses("改时间")
        await each.says("周日下午2点" if each is liu else "周日下午3点")
    assert "✅ 时间改了" in await liu.presses("改时间")
    again = await chen.presses("改时间")
    assert "刚才有人改过了" in again
    assert "12月5日 周六 14:00–17:00 → 12月6日 周日 14:00–17:00" in again
    assert "12月6日 周日 14:00 → 12月6日 周日 15:00–18:00" in again
    assert acts(town, event) == ["moved"]
    assert "✅ 时间改了" in await chen.presses("改时间")
    assert town.get(Event, id=event.id).starts_at == local(6, 15)
    # The same holds for the other changes, and for what was cancelled meanwhile.
    for each in (liu, chen):
        await each.presses("更多")
        await each.presses("改名额" if each is liu else "取消活动")
        if each is chen:
            await chen.presses("不说原因")
    assert "✅ 名额改了" in await liu.says("9")
    assert "5 席 → 9 席" in await chen.presses("取消活动")
    assert "❌ 活动取消了" in await chen.presses("取消活动")


async def test_an_offer_does_not_outlive_the_new_beginning(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    assert "今天 12:00 前留给你" in await ben.hears("🔔 空出一个位子")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("改时间")
    await liu.says("今天下午1点")
    await liu.presses("改时间")
    # Sign-up ends two hours before the beginning, at 11:00, and the offer with it.
    await town.at(local(1, 11, 1))
    assert signup_states(town, event) == [SignupState.CANCELLED, SignupState.CANCELLED]


async def test_moving_can_still_be_left(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("改时间")
    await liu.says("周日下午2点")
    assert "什么都没" in await liu.presses("不改了")
    assert acts(town, event) == []


async def test_an_event_that_is_relocated_tells_everybody(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("改活动")
    await liu.presses("地方")
    assert "会通知 1 人" in await liu.says("昭信饭堂")
    assert "✅ 地点改了。" in await liu.presses("就这么改")
    await town.works()
    assert "羽毛球友谊赛，改到昭信饭堂" in await ana.hears("⚠️ 换地方了")
    assert "昭信饭堂" in await ana.says(str(event.id))


async def test_cancelling_asks_once_and_tells_everybody_why(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    # A seat on offer ends with the event: nobody is told that it went to the next.
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    await ben.hears("🔔 空出一个位子")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("取消活动")
    sure = await liu.says("场馆停电")
    assert "开始前还可以恢复" in sure
    assert "会通知 1 人" in sure
    assert "❌ 活动取消了。" in await liu.presses("取消活动")
    await town.after(hours=3)
    assert "场馆停电" in await ben.hears("❌ 取消了")
    assert not [each for each in ben.unasked() if "下一位" in each]
    assert "羽毛球友谊赛" not in await ana.says("活动")
    # There is nothing left to cancel.
    await liu.presses("更多")
    assert "取消活动" not in liu.labels
    assert acts(town, event) == ["called off"]


async def test_a_cancellation_can_still_be_left(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("取消活动")
    await liu.presses("不说原因")
    assert "什么都没" in await liu.presses("留着")


async def test_the_list_is_a_file_in_which_a_name_is_no_formula(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=3))
    liu = await organizer(town, Role.TOWN, 3)
    *_others, dan = await members_at(town, event, "小安", "小本", "小丹")
    await dan.says(f"取消报名 {event.id}")
    town.change(Event, event.id, seats=2)
    await members_at(town, event, "小蔡")

    def rename(session: Session) -> None:
        first = session.exec(select(Signup).where(Signup.turn == 1)).one()
        member = session.get_one(Member, first.member_id)
        member.name, member.station_id = "=cmd()", 4
        session.add(member)

    town.store.write_now(rename)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "别外传" in await liu.presses("下载名单")
    file = await liu.file()
    assert file.name == "羽毛球友谊赛 2026-12-05.xlsx"
    sheet = load_workbook(BytesIO(file.content)).active
    assert sheet is not None
    about = [row[0] for row in sheet.iter_rows(max_row=3, values_only=True)]
    assert about == ["羽毛球友谊赛", on_the_wall(local(5, 14)), "狮山体育馆"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert rows[0][:4] == ("序号", "称呼", "单位 / 镇街", "状态")
    assert rows[1][:5] == (1, "=cmd()", "昭信集团", "有位子", None)
    assert sheet.cell(6, 2).data_type == "s"
    assert rows[1][5] == on_the_wall(local(1, 10))
    assert [row[3] for row in rows[1:]] == ["有位子", "有位子", "排队", "已放弃"]
    # Who gave up stands last, with the time.
    assert rows[4][5:] == (None, None, on_the_wall(local(1, 10)))
    assert rows[3][4] == 1
    assert "file" in acts(town, event)


async def test_a_core_member_may_check_in_but_not_change(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    await organizer(town, name="老陈")
    kim = await organizer(town, Role.CORE_MEMBER, 4, "小金")
    await kim.says("管理活动")
    await kim.presses(event.title)
    assert "报名" in kim.sees
    answer = await kim.presses("更多")
    assert "要昭信集团的" in answer or "组织者" in answer


async def test_whoever_has_lost_the_role_sees_no_names_any_more(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "老陈")
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("发布")
    (event,) = published(town)
    await members_at(town, event, "小安")
    await liu.says("管理活动")
    await liu.presses("羽毛球赛")
    assert "有位子" in await liu.presses("名单")
    await boss.says("组织者")
    await boss.says("1")
    await boss.presses("收回")
    await liu.presses("羽毛球赛")
    assert "报名 1 / 20" in liu.sees
    assert "有位子" not in await liu.presses("名单")


async def test_the_list_for_the_door_is_printed_with_a_box_for_each_seat(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await members_at(town, event, "小安", "小本", "小陈")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("下载名单")
    assert "别外传" in await liu.presses("要打印")
    page = await liu.file()
    assert page.name == "羽毛球友谊赛 名单.pdf"
    assert pages_of(page.content) == 1
    assert [each.details.get("what") for each in town.look(audit.about, f"event:{event.id}")] == [
        "file",
        "file",
    ]


async def test_a_name_is_one_line_that_can_be_seen(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, _ben = await members_at(town, event, "小安", "\u2800\u3164")
    await called(ana, "甲 · 来了\n2. 乙 · 来了")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    # On WeChat the buttons stand as lines of their own behind an empty one.
    said = (await liu.presses("名单")).partition("\n\n")[0].splitlines()
    assert said[1] == "1. 甲 · 来了 2. 乙 · 来了 · 有位子"
    assert said[2].startswith("2. 工友")
    assert len(said) == 3
