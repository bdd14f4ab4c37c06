"""Questions at sign-up: added in two taps, asked before the seat, seen in the list, erased."""

from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook
from sqlmodel import Session

from models.events import answers, forgetting, questions
from models.events.events import Event, Signup, SignupState
from models.events.questions import Answer, EventQuestion, MemberAnswer
from models.members import privacy
from models.rules.events.companions import Along
from models.rules.events.questions import QuestionKind
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.scenes import asks, called, organizer, signed_up
from tests.stories.station import Nanhai


async def test_an_organizer_asks_in_two_taps_and_sees_the_answers(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    assert "✅ 加上了" in await asks(liu, event, "订餐", "忌口过敏")
    ana = town.person("小安")
    await ana.arrives()
    await called(ana, "小安")
    asked = await ana.says(f"报名 {event.id}")
    assert "余 2 席" in asked
    assert "要不要订餐？" in asked
    assert town.count(Signup) == 0
    assert "有什么忌口或过敏吗？" in await ana.presses("要")
    assert "身份证号别写在聊天里，这里不要它" in await ana.says("我的是11010519491231002X")
    assert "✅ 报上了" in await ana.says("花生")
    assert "花生" in await ana.says("改答案")
    ben = town.person("小本")
    await ben.arrives()
    await ben.says(f"报名 {event.id}")
    await ben.says("不要")
    # The seats go while Ben thinks: he is told, and queues with his answers.
    town.change(Event, event.id, held=2)
    assert "排第" in await ben.presses("跳过") or "下一个" in ben.sees
    assert [each.value for each in town.rows(Answer)] == ["要", "花生", "不要", ""]

    await liu.says("管理活动")
    await liu.presses(event.title)
    assert "要 · 花生" in await liu.presses("名单")
    await liu.presses("下载名单")
    sheet = load_workbook(BytesIO((await liu.file()).content)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if len(row) > 8]
    assert rows[4][-2:] == ("要不要订餐？", "有什么忌口或过敏吗？")
    assert [row[-2:] for row in rows[5:]] == [("要", "花生"), ("不要", None)]
    await liu.presses("返回")
    await liu.presses("更多")
    listed = await liu.presses("报名问题")
    assert "要不要订餐？ · 要 1，不要 1" in listed
    assert "1 人答了" in listed
    await liu.presses("要不要订餐？")
    assert "和大家的回答？" in await liu.presses("删掉这一问")
    assert "已删掉：要不要订餐？" in await liu.presses("删掉")
    assert [each.value for each in town.rows(Answer)] == ["花生", ""]


async def test_answers_are_changed_in_two_taps_kept_when_asked_and_erased(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "衣服尺码")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    assert "尺码，比如" in await ana.says("中等")
    assert "✅ 报上了" in await ana.says("xxl")
    assert "下次一点就行" in await ana.presses("记住答案")
    assert town.get(MemberAnswer).value == "2XL"
    await ana.presses("活动详情")
    assert "2XL" in await ana.presses("我填的")
    await ana.presses("衣服穿几码？")
    assert "L" in await ana.presses("L")
    assert town.get(Answer).value == "L"

    other = town.save(lamp_works())
    town.save(
        EventQuestion(
            event_id=other.id,
            position=1,
            kind=QuestionKind.SIZE,
            text="尺码？",
            ready="size",
            keep_days=30,
        )
    )
    town.change(Event, other.id, questions=1)
    await ana.says(f"报名 {other.id}")
    assert "✅ 报上了" in await ana.presses("跟上次一样：2XL")
    assert [each.value for each in town.rows(Answer)] == ["L", "2XL"]
    assert "取消了" in await ana.says(f"取消报名 {other.id}")
    assert town.get(Answer).value == "L"

    await town.at(event.ends_at + timedelta(days=29))
    assert town.count(Answer) == 1
    await town.at(event.ends_at + timedelta(days=30, minutes=1))
    assert town.count(Answer) == 0
    told = town.look(privacy.export, town.get(MemberAnswer).member_id)
    assert told["answers_kept_for_next_time"][0]["answer"] == "2XL"
    assert "有 1 个答案留着下次报名用。" in await ana.says("隐私")
    assert "下次重新问你" in await ana.presses("忘掉答案")
    assert town.count(MemberAnswer) == 0
    assert "留着" not in await ana.says("隐私")


async def test_those_who_signed_up_before_are_asked_by_one_notice(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    ana = await signed_up(town, event)
    liu = await organizer(town)
    await asks(liu, event, "订餐")
    await liu.presses("再加一问")
    await liu.presses("自己写")
    assert "至少" not in await liu.says("带什么来？水果/零食/饮料")
    assert "✅ 加上了" in await liu.presses("可选多个")
    assert "会问 1 个人" in await liu.presses("问已报名的")
    await town.works()
    assert "有事要问你" in await ana.hears("羽毛球友谊赛")
    assert "要不要订餐？" in await ana.presses("回答")
    assert "带什么来？" in await ana.presses("不要")
    await ana.presses("水果")
    await ana.presses("饮料")
    assert "✅ 记下了" in await ana.presses("选好了")
    assert "水果、饮料" in ana.sees
    assert town.look(answers.unasked, event.id) == []
    before = len(ana.unasked())
    await liu.says("管理活动")
    await town.works()
    assert len(ana.unasked()) == before


async def test_a_question_left_open_is_gone_on_with_and_helpers_see_what_they_need(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "电话", "上车点")
    assert "至少写两个" in await liu.says("桂城")
    assert "签到时显示" in await liu.says("桂城/狮山/大沥")
    ana = town.person("小安")
    await ana.arrives()
    await called(ana, "小安")
    await ana.says(f"报名 {event.id}")
    assert "11 位" in await ana.says("1380013800")
    assert "在哪上车？" in await ana.says("138 0013 8000")
    await ana.says("菜单")
    assert town.count(Signup) == 0
    assert "在哪上车？" in await ana.presses("接着报名")
    assert "✅ 报上了" in await ana.says("大沥")
    helper = await organizer(town, Role.CORE_MEMBER, 4, "小帮")
    await town.at(local(5, 13))
    await helper.says("签到")
    await helper.presses("按名单签到")
    assert any("大沥" in each for each in helper.labels)
    assert not any("13800138000" in each for each in (helper.sees, *helper.labels))


async def test_a_choice_leads_to_a_further_question_and_a_merge_keeps_one_answer(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, questions=2))
    meal = town.save(
        EventQuestion(
            event_id=event.id,
            position=1,
            kind=QuestionKind.CHOICE,
            text="吃饭吗？",
            choices=["吃", "不吃"],
        )
    )
    town.save(
        EventQuestion(
            event_id=event.id,
            position=2,
            kind=QuestionKind.NUMBER,
            text="吃几碗？",
            if_question=meal.id,
            if_choice="吃",
        )
    )
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    assert "吃几碗？" in await ana.presses("吃")
    assert "✅ 报上了" in await ana.says("2")
    ben = town.person("小本")
    await ben.arrives()
    await ben.says(f"报名 {event.id}")
    assert "✅ 报上了" in await ben.presses("不吃")
    assert sorted(each.value for each in town.rows(Answer)) == ["2", "不吃", "吃"]
    # Whoever no longer eats is not asked how much, and nothing of it is kept.
    await ana.says("我的")
    await ana.presses("羽毛球友谊赛")
    await ana.presses("我填的")
    await ana.presses("吃饭吗？")
    assert "✅ 记下了" in await ana.presses("不吃")
    assert sorted(each.value for each in town.rows(Answer)) == ["不吃", "不吃"]

    def merge(session: Session) -> None:
        one, other = (each.id for each in town.rows(Signup, state=SignupState.SEATED))
        forgetting.unite(session, one, other)

    town.store.write_now(merge)
    assert town.count(Answer) == 1


async def test_each_person_of_a_party_is_asked_before_the_seats_are_claimed(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=3, along=Along.TWO))
    liu = await organizer(town)
    assert "每人都问" in await asks(liu, event, "衣服尺码")
    await liu.presses("再加一问")
    assert "同行问一次" in await liu.presses("电话")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "衣服穿几码？" in await ana.presses("2 人")
    await ana.presses("M")
    assert "第 2 位：衣服穿几码？" in await ana.says("13800138000")
    assert "第 3 位：" in await ana.presses("L")
    assert town.count(Signup) == 0
    assert "和你一起：2 人。" in await ana.presses("XL")
    assert [each.value for each in town.rows(Answer)] == ["M", "13800138000", "L", "XL"]
    assert town.get(Event, id=event.id).held == 3
    # Whoever stays away leaves no answer.
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("少一位同行")
    assert len(town.rows(Answer)) == 3


async def test_copied_questions_hang_on_the_copies(town: Nanhai) -> None:
    like, other = town.save(badminton(questions=2)), town.save(lamp_works(questions=2))

    def asks_of(event: Event, meal: int | None) -> int:
        first = EventQuestion(
            event_id=event.id, position=1, kind=QuestionKind.CHOICE, text="吃饭吗？", choices=["吃"]
        )
        number = town.save(first).id
        further = EventQuestion(
            event_id=event.id, position=2, kind=QuestionKind.NUMBER, text="几碗？", if_choice="吃"
        )
        further.if_question = meal or number
        town.save(further)
        return number

    was = asks_of(like, None)
    copy = asks_of(other, was)
    town.store.write_now(questions.relink, like.id, other.id)
    assert town.rows(EventQuestion, event_id=other.id)[1].if_question == copy


async def test_an_organizer_lets_a_question_hang_on_an_answer_and_be_forgotten_sooner(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "订餐", "忌口过敏")
    assert "选了哪一项的人才问" in await liu.presses("看回答再问")
    assert "选了“要”才问" in await liu.presses("要不要订餐？ 要")
    assert "保留多久" in await liu.presses("保留多久")
    assert "7 天后删" in await liu.presses("7 天")
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ana.says(f"报名 {event.id}")
    assert "✅ 报上了" in await ana.presses("不要")
    await ben.says(f"报名 {event.id}")
    assert "忌口" in await ben.presses("要")
    await ben.says("花生")
    kept = {each.value: each.erase_at for each in town.rows(Answer)}
    assert kept["花生"] == event.ends_at + timedelta(days=7)
    assert kept["要"] == event.ends_at + timedelta(days=30)


async def test_an_organizer_puts_questions_in_order_by_one_tap_a_place(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "订餐", "忌口过敏", "衣服尺码")
    # The page of the newest question is open: it is the last, so it can only go up.
    assert "往前挪" in liu.labels
    assert "往后挪" not in liu.labels
    assert "现在是第 2 个问题（共 3 个）" in await liu.presses("往前挪")
    assert "现在是第 1 个问题（共 3 个）" in await liu.presses("往前挪")
    assert "往前挪" not in liu.labels
    kept = sorted(town.rows(EventQuestion), key=lambda each: each.position)
    assert [each.ready for each in kept] == ["size", "meal", "allergies"]
    # One that hangs on the answer to another stays behind it.
    town.change(EventQuestion, kept[1].id, if_question=kept[0].id, if_choice="M")
    assert "只能排在它后面" in await liu.presses("往后挪")


async def test_english_commands_of_two_words_leave_an_open_question(town: Nanhai) -> None:
    event, other = town.save(badminton(questions=1)), town.save(lamp_works())
    choices = ["吃", "不吃"]
    kind = QuestionKind.CHOICE
    row = EventQuestion(event_id=event.id, position=1, kind=kind, text="吃饭吗？", choices=choices)
    town.save(row)
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("English")
    assert "吃饭吗？" in await ana.says(f"sign up {event.id}")
    assert "✅ You're in" in await ana.says(f"sign up {other.id}")
    assert "Whose shall the seat be?" in await ana.says(f"hand over {other.id}")
