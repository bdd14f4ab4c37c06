"""Organizers publish events: by questions, in one message, from a copy, after an approval."""

import re

import pytest

from models.events.events import EventState, Kind
from models.network import audit
from models.rules.network.permissions import Act, Role
from tests.miniature.rows import badminton, local
from tests.pictures import png
from tests.stories.counting import Counted
from tests.stories.people import OnTelegram
from tests.stories.scenes import organizer, published
from tests.stories.station import Nanhai


async def test_a_new_event_is_published_in_six_steps(town: Nanhai) -> None:
    liu = Counted(await organizer(town))
    assert "活动叫什么" in await liu.says("发布活动")
    assert "什么时候" in await liu.says("羽毛球友谊赛")
    # What was typed is said back with its weekday before anything else is asked.
    assert "12月5日 周六 15:00–17:00（4 天后）" in await liu.says("周六下午3点")
    assert "多少个名额" in await liu.says("狮山体育馆")
    preview = await liu.says("20人")
    assert "羽毛球友谊赛\n12月5日 周六 15:00–17:00（4 天后）\n狮山体育馆\n余 20 席" in preview
    assert "比赛 · 文体" in preview
    assert "主办：昭信集团\n面向：全区，还是只给昭信集团？" in preview
    assert published(town) == []
    assert "✅ 发布了：羽毛球友谊赛，12月5日 周六 15:00" in await liu.presses("发布")
    assert liu.steps <= 6
    (event,) = published(town)
    assert (event.state, event.seats, event.kind) == (EventState.OPEN, 20, Kind.CONTEST)
    assert (event.starts_at, event.ends_at) == (local(5, 15), local(5, 17))
    acts = town.look(audit.about, f"event:{event.id}")
    assert [each.act for each in acts] == [Act.PUBLISH_EVENT]


async def test_members_find_and_join_what_was_published(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点羽毛球赛 狮山体育馆 20人")
    await liu.presses("发布")
    ana = town.person("小安")
    await ana.arrives()
    assert "羽毛球赛 · 12月5日 周六 15:00（4 天后） · 昭信集团 · 余 20 席" in await ana.says("活动")
    assert "羽毛球赛" in await ana.says("活动 ymq")
    await ana.presses("羽毛球赛")
    assert "✅ 报上了：羽毛球赛" in await ana.presses("报名")


async def test_one_message_that_holds_everything_is_published_in_two_steps(town: Nanhai) -> None:
    liu = Counted(await organizer(town))
    preview = await liu.says("发布活动 下周三晚7点半 新手羽毛球培训 桂城体育馆 不限")
    assert "新手羽毛球培训\n12月9日 周三 19:30–21:30\n桂城体育馆\n不限人数" in preview
    assert "✅ 发布了" in await liu.presses("发布")
    assert liu.steps == 2
    (event,) = published(town)
    assert (event.seats, event.kind, event.place) == (None, Kind.TRAINING, "桂城体育馆")


async def test_only_what_the_first_message_left_out_is_asked(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动")
    assert "在哪里" in await liu.says("明天晚上7点 相亲联谊 30人")
    assert "12月2日 周三 19:00–21:00（明天）" in liu.sees
    preview = await liu.says("厂里饭堂")
    assert "余 30 席" in preview
    assert "联谊聚会 · 生活" in preview


async def test_a_time_that_cannot_be_is_said_so_and_asked_again(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动")
    await liu.says("包饺子比赛")
    answer = await liu.says("昨天下午3点")
    assert "已经过了" in answer
    assert "什么时候" in answer
    assert "那天几点" in await liu.says("周六")
    assert "在哪里" in await liu.says("12月5日9:00-11:30")
    assert "12月5日 周六 9:00–11:30（4 天后）" in liu.sees


async def test_an_event_is_published_in_english(town: Nanhai) -> None:
    liu = town.person("Kim", language="en")
    await liu.arrives("en")
    await town.appoint(liu, Role.CONTACT_POINT, 4)
    words = "/newevent Badminton match Sat 3pm at Guicheng hall, 20 people"
    preview = await liu.says(words)
    assert "Badminton match\nSat 5 Dec, 15:00–17:00 (in 4 days)\nGuicheng hall\n20 of 20" in preview
    # Whatever was said was read, so it is no description.
    assert preview.count("Badminton match") == 1
    assert "Host: Zhaoxin Group\nFor: the whole district, or only Zhaoxin Group?" in preview
    assert "✅ Published: Badminton match, Sat 5 Dec, 15:00" in await liu.presses("Publish")


async def test_everything_can_be_changed_before_it_is_published(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    for what, ask, answer, seen in (
        ("名称", "活动叫什么", "乒乓球赛", "乒乓球赛"),
        ("时间", "什么时候", "周日上午9点到11点", "12月6日 周日 9:00–11:00"),
        ("地方", "在哪里", "昭信饭堂", "昭信饭堂"),
        ("名额", "多少个名额", "不限", "不限人数"),
        ("要带什么", "要带什么", "球拍", "带上：球拍"),
        ("介绍", "介绍", "新手也欢迎。", "新手也欢迎。"),
    ):
        await liu.presses("改一改")
        assert ask in await liu.presses(what)
        assert seen in await liu.says(answer)
    await liu.presses("改一改")
    await liu.presses("形式")
    assert "联谊聚会" in await liu.presses("联谊聚会")
    await liu.presses("发布")
    (event,) = published(town)
    assert event.title == "乒乓球赛"
    assert (event.seats, event.kind, event.bring) == (None, Kind.SOCIAL, "球拍")


async def test_one_message_with_labels_changes_what_it_names(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    assert "费用：20元" in await liu.says("费用：20元")
    preview = await liu.says("时间：下午4点到6点\n地点：昭信饭堂\n名额：40人，自带：球拍")
    for told in ("12月5日 周六 16:00–18:00", "昭信饭堂", "40 席", "20元", "球拍"):
        assert told in preview
    # One that cannot be read leaves the others as they were, and is named.
    unread = await liu.says("地点：桂城体育馆\n名额：很多")
    assert "名额 · 写个数字" in unread
    assert "昭信饭堂" in unread
    assert "或者直接写要改的" in await liu.says("换个好听的")
    assert "不限人数" in await liu.says("名额：不限")
    await liu.presses("改一改")
    assert "周日 9:00" in await liu.says("时间：周日上午9点\n介绍：新手也欢迎。\n有教练。")
    await liu.presses("发布")
    (event,) = published(town)
    assert (event.title, event.place, event.seats) == ("羽毛球赛", "昭信饭堂", None)
    assert (event.cost, event.about) == ("20元", "新手也欢迎。\n有教练。")


async def test_what_people_ask_most_is_written_before_it_is_published(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    for what, ask, answer, seen in (
        ("集合点", "先在哪集合", "8:40 桂城站，9:00 大沥站", "集合：8:40 桂城站，9:00 大沥站"),
        ("费用", "费用怎么算", "车费 20 元", "费用：车费 20 元"),
        ("同行", "可以带谁", "可以带小孩", "费用：车费 20 元 · 可带孩子"),
        ("联系人", "有问题问谁", "小陈 13800000000", "联系人：小陈 13800000000"),
    ):
        await liu.presses("改一改")
        assert ask in await liu.presses(what)
        assert seen in await liu.says(answer)
    await liu.presses("发布")
    (event,) = published(town)
    assert (event.meet, event.cost) == ("8:40 桂城站，9:00 大沥站", "车费 20 元")
    assert (event.companions, event.contact) == ("children", "小陈 13800000000")


async def test_nothing_is_kept_of_an_event_that_is_not_published(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    assert "什么都没存" in await liu.presses("不发了")
    assert published(town) == []


async def test_an_event_is_shown_with_its_picture(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("改一改")
    assert "发一张图片过来" in await liu.presses("图片")
    assert "工友会看到" in await liu.sends_picture(png())
    assert await liu.picture() == png()
    await liu.presses("发布")
    (event,) = published(town)
    assert event.picture_id is not None
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(str(event.id))
    assert "羽毛球赛" in ana.sees
    assert await ana.picture() == png()


@pytest.mark.parametrize("channel", ["telegram"])
async def test_a_poster_with_the_event_below_it_is_in_the_preview(town: Nanhai) -> None:
    liu = await organizer(town)
    assert isinstance(liu, OnTelegram)
    await liu.person.shows(png(), "发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    assert "工友会看到" in liu.sees
    assert await liu.picture() == png()
    await liu.presses("发布")
    (event,) = published(town)
    assert (event.title, event.picture_id is not None) == ("羽毛球赛", True)
    # Of a file that is none the words are used, and it is said.
    await liu.person.sends(
        video={"file_id": "v"}, caption="发布活动 周日下午3点 象棋赛 桂城站 20人"
    )
    assert "5 MB 以内" in liu.sees
    assert "象棋赛" in liu.sees


PASTED = """【羽毛球双打赛】
时间：12月12日（周六）14:30-17:30
地点：大沥文化中心二楼球馆
名额：32人
自备：球拍
咨询：阿明"""


@pytest.mark.parametrize("begins", ["发布活动 ", "发布活动\n", ""])
async def test_a_pasted_announcement_with_labels_is_read_field_by_field(
    town: Nanhai, begins: str
) -> None:
    liu = await organizer(town)
    if not begins:
        await liu.says("发布活动")
    said = await liu.says(f"{begins}{PASTED}")
    if not begins:
        assert "是什么形式的活动？" in said
        said = await liu.says("1")
    assert "羽毛球双打赛" in said
    assert "大沥文化中心二楼球馆" in said
    assert "14:30–17:30" in said
    assert "32" in said
    assert "带上：球拍" in said
    assert "联系人：阿明" in said
    # What stands in a field is not repeated as the description.
    assert "咨询" not in said
    assert said.count("地点") == said.count("自备") == 0


async def test_what_is_no_picture_is_not_taken_for_one(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("改一改")
    await liu.presses("图片")
    assert "5 MB 以内" in await liu.says("没有图片")
    assert "工友会看到" in await liu.presses("不要图片")


async def test_an_earlier_event_is_held_again_in_six_steps(town: Nanhai) -> None:
    told = {"meet": "13:30 饭堂门口", "cost": "免费", "contact": "小陈", "companions": "family"}
    told = told | {"meet_en": "13:30, canteen"}
    town.save(badminton(station_id=4, seats=30, bring="球拍", **told))
    await town.at(local(7, 9))
    liu = Counted(await organizer(town))
    await liu.says("管理活动")
    assert "羽毛球友谊赛" in await liu.presses("以前的")
    await liu.presses("羽毛球友谊赛")
    assert "什么时候" in await liu.presses("再办一次")
    preview = await liu.presses("12月12日 周六 14:00（5 天后）")
    assert "羽毛球友谊赛\n12月12日 周六 14:00–17:00（5 天后）\n狮山体育馆\n集合：" in preview
    assert "✅ 发布了" in await liu.presses("发布")
    assert liu.steps <= 6
    event = published(town)[-1]
    assert (event.starts_at, event.ends_at) == (local(12, 14), local(12, 17))
    # Sign-up ends as long before it as it did.
    assert event.closes_at == local(12, 12)
    assert (event.text_of("title").to("en"), event.bring, event.held) == (
        "Badminton match",
        "球拍",
        0,
    )
    assert event.text_of("meet").to("en") == "13:30, canteen"
    assert (event.cost, event.contact, event.companions) == ("免费", "小陈", "family")


async def test_a_copy_takes_another_date_as_well(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("再办一次")
    assert "12月20日 周日 10:00–13:00" in await liu.says("12月20日上午10点")


async def test_who_is_no_organizer_is_told_who_can(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "组织者" in await ana.says("发布活动")
    assert "还没有报名" in await ana.says("管理活动")


# Approvals


async def test_a_core_member_publishes_once_an_organizer_approves(town: Nanhai) -> None:
    boss = await organizer(town, name="老陈")
    kim = await organizer(town, Role.CORE_MEMBER, 4, "小金")
    preview = await kim.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    assert "先请昭信集团的组织者批准" in preview
    assert "⏳ 已请昭信集团的组织者批准" in await kim.presses("发布")
    (event,) = published(town)
    ana = town.person("小安")
    await ana.arrives()
    assert "羽毛球赛" not in await ana.says("活动")
    assert "羽毛球赛" not in await ana.says(f"报名 {event.id}")
    await town.works()
    asked = await boss.hears("想给昭信集团发布")
    assert "羽毛球赛\n12月5日 周六 15:00–17:00（4 天后）" in asked
    assert "✅ 批准了：羽毛球赛" in await boss.presses("批准")
    await town.works()
    assert "批准了，工友看得到了" in await kim.hears("“羽毛球赛”批准了")
    assert "羽毛球赛" in await ana.says("活动")
    acts = town.look(audit.about, f"event:{event.id}")
    assert [each.act for each in acts] == [Act.PUBLISH_EVENT, Act.APPROVE_EVENT]


async def test_what_was_sent_back_is_changed_and_asked_for_again(town: Nanhai) -> None:
    boss = await organizer(town, name="老陈")
    kim = await organizer(town, Role.CORE_MEMBER, 4, "小金")
    await kim.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await kim.presses("发布")
    await town.works()
    await boss.hears("想给昭信集团发布")
    assert "要改什么？" in await boss.presses("退回")
    assert "退回了：羽毛球赛" in await boss.says("二十人坐不下，十人吧")
    # The other button of the same message comes too late.
    assert "退回了" in await boss.presses("批准")
    await town.works()
    assert "原因：二十人坐不下，十人吧" in await kim.hears("“羽毛球赛”被退回了")
    # All of it is still there, the time too: only the change is asked.
    assert "12月5日 周六 15:00–17:00" in await kim.presses("改一改")
    await kim.presses("改一改")
    await kim.presses("名额")
    await kim.says("10")
    await kim.presses("发布")
    await town.after(minutes=1)
    await boss.hears("余 10 席")
    states = [event.state for event in published(town)]
    assert states == [EventState.RETURNED, EventState.ASKED]


async def test_a_contact_point_asks_the_town_for_the_whole_town(town: Nanhai) -> None:
    mayor = await organizer(town, Role.TOWN, 3, "镇长")
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("改一改")
    await liu.presses("主办")
    assert "先请狮山的组织者批准" in await liu.presses("狮山 · 要先批准")
    await liu.presses("发布")
    await town.works()
    await mayor.hears("想给狮山发布")
    assert "✅ 批准了" in await mayor.presses("批准")
    (event,) = published(town)
    assert (event.station_id, event.state) == (3, EventState.OPEN)


async def test_nobody_approves_their_own_event(town: Nanhai) -> None:
    boss = await organizer(town, name="老陈")
    kim = await organizer(town, Role.CORE_MEMBER, 4, "小金")
    await kim.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await kim.presses("发布")
    await town.appoint(kim, Role.CONTACT_POINT, 4)
    await town.works()
    # What waits for an approval stands first where an organizer looks.
    assert "想给昭信集团发布" in await boss.says("管理活动")
    assert "想给昭信集团发布" not in await kim.says("管理活动")
    (event,) = published(town)
    assert event.state == EventState.ASKED


async def test_where_nobody_can_approve_nothing_is_kept(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("改一改")
    await liu.presses("主办")
    await liu.presses("狮山 · 要先批准")
    assert "狮山还没有人能批" in await liu.presses("发布")
    assert published(town) == []
    await liu.presses("改一改")
    await liu.presses("主办")
    assert re.search("主办：昭信集团", await liu.presses("昭信集团"))
    assert "✅ 发布了" in await liu.presses("发布")


async def test_a_title_that_was_asked_for_keeps_its_words_and_signs(town: Nanhai) -> None:
    liu = await organizer(town)
    for typed in ("元旦健步走", "明天会更好合唱团展演", "创思大讲堂：12月生日会（7点半读书会）"):
        await liu.says("发布活动")
        assert "什么时候" in await liu.says(typed)
        await liu.says("周六下午3点")
        await liu.says("桂城站报告厅：二楼")
        preview = await liu.says("20人")
        if "是什么形式的活动" in preview:
            preview = await liu.presses("队伍活动")
        assert f"{typed}\n12月5日 周六 15:00" in preview
        assert "桂城站报告厅：二楼" in preview
        await liu.presses("不发了")
