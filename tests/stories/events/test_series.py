"""A course of four evenings: one sign-up for all or single ones, another date, all given up."""

import re

from sqlmodel import Session, col, select

from models.events import answers, questions
from models.events.events import Event, Signup, SignupState
from models.events.groups import Series
from models.events.pictures import StoredPicture
from models.events.questions import Answer
from models.rules.events.questions import shown_of
from tests.pictures import png
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.scenes import asks, id_page_of, organizer
from tests.stories.station import Nanhai

NUMBER, OTHER = "11010519491231002X", "440524198001010013"
MASKED, OTHER_MASKED = "110***********002X", "440***********0013"
PASTED = "发布活动 家庭教育课 12月5日、12日、19日 19:00 桂城站 2人"


def dates(session: Session) -> list[tuple[int | None, int]]:
    rows = session.exec(select(Event).order_by(col(Event.starts_at))).all()
    return [(each.series_id, each.held) for each in rows]


async def test_a_pasted_course_is_published_signed_up_for_and_changed(town: Nanhai) -> None:
    liu = await organizer(town)
    assert "好几个时间" in await liu.says(PASTED)
    assert "一共 3 次，怎么报名" in await liu.presses("全部，当系列")
    preview = await liu.presses("都可以")
    assert "系列：12月5日 周六 19:00、12月12日 周六 19:00、12月19日 周六 19:00" in preview
    assert "✅ 发布了：家庭教育课" in await liu.presses("发布")
    [first, second, third] = town.look(dates)
    assert first[0] == second[0] == third[0]
    assert town.look(lambda session: len(session.exec(select(Series)).all())) == 1

    ana = Counted(await arrived(town, "小安"))
    await ana.says("活动")
    card = await ana.presses("家庭教育课")
    assert "3 次课：12月5日 周六、12月12日 周六、12月19日 周六" in card
    assert "全部都报，还是只报这一次" in await ana.presses("报名")
    said = await ana.presses("全部 3 次")
    assert "✅ 报上了：家庭教育课，共 3 次" in said
    assert [held for _, held in town.look(dates)] == [1, 1, 1]

    ben = await arrived(town, "小本")
    await ben.says("活动")
    await ben.presses("家庭教育课")
    await ben.presses("报名")
    assert "✅ 报上了" in await ben.presses("只报这次")
    assert [held for _, held in town.look(dates)] == [2, 1, 1]
    # The first evening is full: nobody gets a part of the course by asking for all of it.
    cai = await arrived(town, "小蔡")
    await cai.says("活动")
    await cai.presses("家庭教育课")
    await cai.presses("排队")
    assert "没有位子了，所以一次都没有报" in await cai.presses("全部 3 次")
    assert [held for _, held in town.look(dates)] == [2, 1, 1]

    await ben.says("我的")
    await ben.presses("家庭教育课")
    counted = Counted(ben)
    assert "换到哪一次" in await ben.says("换到19号")
    await ben.says("我的")
    await ben.presses("家庭教育课")
    assert "换到哪一次" in await counted.presses("换个日子")
    assert "✅ 换到 12月19日 周六 19:00" in await counted.presses("12月19日 周六 19:00")
    assert counted.steps == 2
    assert [held for _, held in town.look(dates)] == [1, 1, 2]


async def test_a_course_only_for_all_is_taken_and_given_up_whole(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says(PASTED)
    await liu.presses("全部，当系列")
    await liu.presses("只能全报")
    await liu.presses("发布")
    ana = await arrived(town, "小安")
    await ana.says("活动")
    await ana.presses("家庭教育课")
    assert "✅ 报上了：家庭教育课，共 3 次" in await ana.presses("报名")
    assert [held for _, held in town.look(dates)] == [1, 1, 1]
    assert "退了 家庭教育课 的 3 次" in await ana.presses("全部退掉")
    assert [held for _, held in town.look(dates)] == [0, 0, 0]


async def test_who_takes_a_course_whole_comes_to_its_postponed_date_as_well(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says(PASTED)
    await liu.presses("全部，当系列")
    await liu.presses("只能全报")
    await liu.presses("发布")
    last = town.rows(Event)[-1]
    await liu.says(f"延期 {last.id}")
    await liu.says("暴雨")
    await liu.says("确定")
    ana = await arrived(town, "小安")
    first = town.rows(Event)[0]
    said = await ana.says(f"报名 {first.id}")
    assert "✅ 报上了：家庭教育课，共 3 次" in said
    assert "日期待定" in said
    assert [held for _, held in town.look(dates)] == [1, 1, 1]
    await liu.says(f"定日子 {last.id}")
    await liu.says("12月20日晚上7点")
    await liu.presses("就定这天")
    await town.works()
    await ana.hears("✅ 日子定了：家庭教育课，12月20日 周日 19:00")


async def publishes_a_course(town: Nanhai) -> Person:
    """An organizer who has published three dates, each to be signed up for alone or all at once."""
    liu = await organizer(town)
    await liu.says(PASTED)
    await liu.presses("全部，当系列")
    await liu.presses("都可以")
    await liu.presses("发布")
    return liu


async def arrived(town: Nanhai, name: str) -> Person:
    person = town.person(name)
    await person.arrives()
    return person


async def test_what_the_dates_ask_is_asked_once_and_goes_along_to_another_date(
    town: Nanhai,
) -> None:
    liu = await publishes_a_course(town)
    numbers = town.look(
        lambda session: session.exec(select(Event.id).order_by(col(Event.id))).all()
    )
    for number in numbers:
        await liu.says(f"管理活动 {number}")
        await liu.presses("更多")
        await liu.presses("报名问题")
        await liu.presses("订餐")
        if number != numbers[0]:
            await liu.presses("再加一问")
            await liu.presses("忌口过敏")
            await liu.presses("看回答再问")
            await liu.presses("要不要订餐？ 要")

    def told(session: Session) -> list[tuple[int, list[str]]]:
        rows = session.exec(select(Signup).order_by(col(Signup.event_id))).all()
        of_claims = answers.of_claims(session, [each.id for each in rows])
        return [
            (each.event_id, sorted(of_claims.get(each.id, {}).values()))
            for each in rows
            if each.state == SignupState.SEATED
        ]

    first, second, third = numbers
    ana = await arrived(town, "小安")
    await ana.says(f"报名 {first}")
    assert "要不要订餐？" in await ana.presses("全部 3 次")
    assert "忌口或过敏" in await ana.presses("要")
    assert "✅ 报上了：家庭教育课，共 3 次" in await ana.says("花生")
    assert town.look(told) == [(first, ["要"]), (second, ["花生", "要"]), (third, ["花生", "要"])]
    # Another date asks only what the first one had not asked.
    ben = await arrived(town, "小本")
    await ben.says(f"报名 {first}")
    await ben.presses("只报这次")
    assert "✅ 报上了" in await ben.presses("要")
    await ben.says(f"活动 {first}")
    await ben.presses("换个日子")
    assert "忌口或过敏" in await ben.presses("12月12日 周六 19:00")
    assert "✅ 换到 12月12日 周六 19:00" in await ben.presses("跳过")
    assert (second, ["", "要"]) in town.look(told)
    # Where nothing is left to ask, the answers go along by themselves.
    await ben.says(f"活动 {second}")
    await ben.presses("换个日子")
    assert "✅ 换到 12月19日 周六 19:00" in await ben.presses("12月19日 周六 19:00")
    assert [each for each in town.look(told) if each[0] == third][-1] == (third, ["", "要"])


async def test_an_id_number_and_a_photo_are_given_once_for_all_dates(town: Nanhai) -> None:
    liu = await publishes_a_course(town)
    numbers = [each.id for each in town.rows(Event)]
    for number in numbers:
        event = town.look(lambda session, number=number: session.get_one(Event, number))
        await asks(liu, event, "身份证号", "证书照片")

    def told(session: Session) -> list[tuple[int, list[str]]]:
        """What each date has of ana: the photo, and the number as lists show it."""
        rows = session.exec(
            select(Signup)
            .where(Signup.state == SignupState.SEATED)
            .order_by(col(Signup.event_id), col(Signup.id))
        ).all()
        of_claims = answers.of_claims(session, [each.id for each in rows])
        return [
            (each.event_id, sorted(map(shown_of, of_claims.get(each.id, {}).values())))
            for each in rows
        ]

    ana = await arrived(town, "小安")
    await ana.says(f"报名 {numbers[0]}")
    assert "拍照发来" in await ana.presses("全部 3 次")
    said = await ana.sends_picture(png(40))
    assert "✅ 报上了：家庭教育课，共 3 次" in said
    assert "还差 1 个身份证号没填" in said
    assert town.count(StoredPicture) == 1
    await ana.presses("身份证号")
    assert "所有场次" in await types(town, ana, NUMBER)
    assert town.look(told) == [(number, ["1", MASKED]) for number in numbers]
    # Another number typed at one of them stands at all of them; each is sealed for its own date.
    await ana.says(f"活动 {numbers[1]}")
    await ana.presses("我填的")
    await ana.presses("你的身份证号是多少？")
    await types(town, ana, OTHER)
    assert town.look(told) == [(number, ["1", OTHER_MASKED]) for number in numbers]
    sealed = [each.value for each in town.rows(Answer) if " " in each.value]
    assert len(set(sealed)) == 3

    # Who takes the dates one by one types it once as well, and it goes along to another date.
    await ana.says(f"取消报名 {numbers[2]}")
    await ana.says(f"取消报名 {numbers[1]}")
    await ana.says(f"活动 {numbers[1]}")
    await ana.presses("报名")
    await ana.presses("只报这次")
    assert "身份证号" not in await ana.sends_picture(png(90))
    assert (numbers[1], ["2", OTHER_MASKED]) in town.look(told)
    await ana.says(f"取消报名 {numbers[0]}")
    # Of dates that are called otherwise, people read how the one is called to which they change.
    town.change(Event, numbers[2], title="家庭教育课：倾听")
    await ana.says(f"活动 {numbers[1]}")
    assert "家庭教育课：倾听" in await ana.presses("换个日子") + " ".join(ana.labels)
    changed = await ana.presses("12月19日 周六 19:00")
    assert "✅ 换到 12月19日 周六 19:00 了：家庭教育课：倾听" in changed
    assert town.look(told) == [(numbers[2], ["2", OTHER_MASKED])]
    assert town.count(StoredPicture) == 1


async def types(town: Nanhai, person: Person, number: str) -> str:
    """Type an ID number on the page that somebody was led to; returns what the page said first."""
    url = f"{town.origin}{id_page_of(person)}"
    async with town.http.get(url) as response:
        form = await response.text()
    [field] = re.findall(r'name="(n\d+-\d+)"', form)
    async with town.http.post(url, data={field: number}) as response:
        assert "✅ 记下了" in await response.text()
    return form


async def test_a_question_of_one_date_is_asked_and_deleted_at_all_of_them(town: Nanhai) -> None:
    liu = await publishes_a_course(town)
    first, second, third = town.rows(Event)

    def asked(session: Session) -> list[list[tuple[str, bool, int, str]]]:
        """What each date asks: the question, whether it must be answered, how long it is kept."""
        return [
            [
                (each.ready or each.text, each.required, each.keep_days, each.if_choice)
                for each in questions.of_event(session, event.id)
            ]
            for event in (first, second, third)
        ]

    # One more tap, and every evening asks it; who signs up for all of it answers once.
    await asks(liu, second, "订餐")
    assert "以后都这样" in liu.labels
    assert "✅ 另外 2 次也这样问" in await liu.presses("以后都这样")
    assert "以后都这样" not in liu.labels
    assert [[each[0] for each in date] for date in town.look(asked)] == [["meal"]] * 3
    # What is changed at one of them is changed at all by the same tap, with what it hangs on.
    await liu.presses("再加一问")
    await liu.presses("忌口")
    await liu.presses("看回答再问")
    await liu.presses("要不要订餐？ 要")
    assert "✅ 另外 2 次也这样问" in await liu.presses("以后都这样")
    await liu.presses("保留多久")
    await liu.presses("7 天")
    assert "✅ 另外 2 次也这样问" in await liu.presses("以后都这样")
    told = town.look(asked)
    assert told[0] == told[1] == told[2]
    assert told[0][1][2:] == (7, "要")

    # Deleting asks which; a single date can differ.
    assert "一共 3 次在问" in await liu.presses("删掉这一问")
    await liu.presses("只删这次")
    assert [len(each) for each in town.look(asked)] == [2, 1, 2]
    await liu.says(f"管理活动 {third.id}")
    await liu.presses("更多")
    await liu.presses("报名问题")
    await liu.presses("有什么忌口或过敏吗？")
    assert "一共 2 次在问" in await liu.presses("删掉这一问")
    assert "2 次的都删掉了" in await liu.presses("每次都删")
    assert [len(each) for each in town.look(asked)] == [1, 1, 1]


async def test_what_goes_with_a_question_at_another_date_is_said_first(town: Nanhai) -> None:
    liu = await publishes_a_course(town)
    first, second, _third = town.rows(Event)
    await asks(liu, second, "订餐")
    await liu.presses("以后都这样")
    assert "也会删掉" not in await liu.presses("删掉这一问")
    await liu.presses("留着")

    ana = await arrived(town, "小安")
    await ana.says(f"报名 {first.id}")
    await ana.presses("只报这次")
    assert "✅ 报上了" in await ana.presses("要")
    assert "已经填的也会删掉" in await liu.presses("删掉这一问")
    assert town.count(Answer) == 1
    assert "3 次的都删掉了" in await liu.presses("每次都删")
    assert town.count(Answer) == 0


async def test_those_who_signed_up_for_other_dates_are_asked_once_for_all_of_them(
    town: Nanhai,
) -> None:
    liu = await publishes_a_course(town)
    first, second, third = town.rows(Event)
    ana, ben = await arrived(town, "小安"), await arrived(town, "小本")
    await ana.says(f"报名 {first.id}")
    await ana.presses("全部 3 次")
    await ben.says(f"报名 {third.id}")
    await ben.presses("只报这次")

    # Of the first date nobody but Ana: the other one is told of once it is asked at all dates.
    await asks(liu, first, "订餐")
    told = await liu.presses("以后都这样")
    assert "✅ 另外 2 次也这样问" in told
    assert "有 2 位早些报了名，还有问题没问到" in told
    assert "会问 2 个人" in await liu.presses("每次都去问")
    await town.works()
    assert "回答一次，你报的 3 次都算" in await ana.hears("有事要问你")
    assert "都算" not in await ben.hears("有事要问你")
    await ana.presses("回答")
    assert "✅ 记下了" in await ana.presses("要")
    assert [said_at(town, each) for each in (first, second, third)] == [["要"]] * 3
    await ben.presses("回答")
    assert "✅ 记下了" in await ben.presses("不要")
    assert said_at(town, third) == ["不要", "要"]

    # Pressed again nobody hears of it twice, as everybody has answered.
    before = [len(each.unasked()) for each in (ana, ben)]
    await liu.says(f"管理活动 {second.id}")
    await liu.presses("更多")
    await liu.presses("报名问题")
    assert "每次都去问" not in liu.labels
    await town.works()
    assert [len(each.unasked()) for each in (ana, ben)] == before


async def test_what_another_date_asks_besides_is_asked_next(town: Nanhai) -> None:
    liu = await publishes_a_course(town)
    first, second, third = town.rows(Event)
    ana = await arrived(town, "小安")
    await ana.says(f"报名 {first.id}")
    await ana.presses("全部 3 次")
    # The evening in the middle asks something of its own.
    await asks(liu, second, "衣服尺码")
    await asks(liu, first, "订餐")
    await liu.presses("以后都这样")
    await liu.presses("每次都去问")
    await town.works()
    await ana.hears("回答一次，你报的 3 次都算")
    await ana.presses("回答")
    following = await ana.presses("要")
    assert "12月12日 周六 19:00" in following
    assert "衣服穿几码" in following
    assert "✅ 记下了" in await ana.presses("XL")
    told = [said_at(town, each) for each in (first, second, third)]
    assert told == [["要"], ["XL", "要"], ["要"]]


def said_at(town: Nanhai, event: Event) -> list[str]:
    """What everybody answered at a date."""
    found = town.look(answers.of_event_claims, event.id)
    return sorted(value for each in found.values() for value in each.values())
