"""What is known is answered with its source; what may be meant is asked; organizers write more."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from models.desk import known
from models.desk.known import KnownAnswer
from models.network.audit import Audit
from models.rules.languages import Translated
from models.rules.network.permissions import Act, Role
from tests.miniature.rows import DISTRICT, GUICHENG, SHISHAN, badminton
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai

ANSWERS = (
    ("加班费怎么算？", ("周末上班几倍工资",), "休息日 2 倍，法定节假日 3 倍。"),
    ("居住证怎么办？", ("居住证在哪里办",), "住满半年，带身份证到派出所。"),
    ("身份证丢了能在这里补吗？", ("异地补办身份证",), "能，到派出所。"),
    ("工资被拖欠怎么办？", ("老板不发工资",), "打 12333 投诉，先留好考勤。"),
)


def _keep(town: Nanhai, station_id: int, question: Any, answer: Any, **more: Any) -> None:
    def keep(session: Session) -> None:
        known.keep(session, station_id, question, answer, None, town.hands.now, **more)

    town.store.write_now(keep)


def _write(town: Nanhai) -> None:
    for question, variants, answer in ANSWERS:
        _keep(town, DISTRICT, question, answer, variants=[*variants], source="《劳动法》")


async def test_a_question_in_other_words_is_answered_with_source_place_and_day(
    town: Nanhai,
) -> None:
    _write(town)
    ana = town.person("小安")
    await settles(ana, "狮山")
    answer = await ana.says("你好请问一下居住证在边度办啊")
    assert "住满半年" in answer
    assert "出处：《劳动法》 · 南海区 · 12月1日" in answer
    assert ana.labels == ["说给组织者", "菜单"]
    assert "居住证在边度" in await ana.presses("说给组织者")


async def test_what_people_say_of_themselves_is_heard_before_what_is_known(town: Nanhai) -> None:
    _keep(town, DISTRICT, "上夜班有什么照顾？", "下夜班有车送。")
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "班次改成夜班？" in await ana.says("我上夜班")
    assert "有车送" in await ana.says("上夜班有什么照顾")


async def test_what_is_likely_is_asked_and_the_words_can_be_passed_on(town: Nanhai) -> None:
    _write(town)
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "是问这个吗？" in await ana.says("身份证 居住证 那些要什么")
    assert "居住证怎么办？" in " ".join(ana.labels)
    assert "说给组织者" in ana.labels
    assert "带身份证到派出所" in await ana.says("居住证怎么办？")


async def test_need_keeps_its_warm_text_and_offers_the_answer_as_a_button(town: Nanhai) -> None:
    _write(town)
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "12351" in await ana.says("老板两个月没发工资了")
    assert ana.labels == ["说给组织者", "常见问答", "菜单"]
    assert "先留好考勤" in await ana.presses("常见问答")


async def test_the_nearest_answer_counts_and_one_out_of_date_is_not_shown(town: Nanhai) -> None:
    asked = "驿站几点开门？"
    _keep(town, DISTRICT, asked, "看各站通知。")
    _keep(town, SHISHAN, asked, "狮山九点。", valid_until=date(2026, 12, 1))
    _keep(town, GUICHENG, asked, "桂城十点。")
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "狮山九点" in await ana.says("请问驿站几点开门呀")
    await town.at(town.hands.now + timedelta(days=1))
    assert "看各站通知" in await ana.says("请问驿站几点开门呀")


async def test_an_event_answers_for_itself_what_is_not_written_with_it(town: Nanhai) -> None:
    _write(town)
    event = town.save(badminton())
    told = Translated("东门有车棚。", {"en": "There is a shed at the east gate."})
    _keep(town, SHISHAN, "有地方停电动车吗？", told, event_id=event.id)
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "东门" not in await ana.says("有没有地方停电动车")
    await ana.says("羽毛球友谊赛")
    await ana.presses("羽毛球友谊赛")
    assert "东门有车棚" in await ana.says("有没有地方停电动车")
    assert [each.event_id for each in town.rows(KnownAnswer)][-1] == event.id


async def test_an_event_for_others_does_not_answer(town: Nanhai) -> None:
    event = town.save(badminton(audience=f"/s{GUICHENG}/"))
    _keep(town, SHISHAN, "有地方停电动车吗？", "东门有车棚。", event_id=event.id)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await ana.opens(f"e{event.id}")
    assert "东门" not in await ana.says("有没有地方停电动车")
    ben = town.person("阿强")
    await settles(ben, "桂城")
    await ben.opens(f"e{event.id}")
    assert "东门有车棚" in await ben.says("有没有地方停电动车")


async def test_organizers_write_change_and_remove_answers_in_the_chat(town: Nanhai) -> None:
    liu, ana = await organizer(town, Role.TOWN, SHISHAN, "老刘"), town.person("小安")
    await settles(ana, "狮山")
    assert "还没有" in await ana.says("常见问答")
    assert "还没有" in await liu.says("常见问答")
    await liu.presses("加一条")
    await liu.says("宿舍几点关门？")
    assert "记下了" in await liu.says("十一点半。晚归找门卫。")
    await liu.presses("改问法")
    await liu.says("宿舍门禁几点\n晚上回来晚了进得去吗")
    await town.at(town.hands.now + timedelta(seconds=11))
    assert "晚归找门卫" in await ana.says("请问晚上回来晚了还进得去吗")
    assert "狮山 · 12月1日" in await ana.says("宿舍门禁几点啊")
    assert "宿舍几点关门" in await ana.says("常见问答")
    assert "加一条" not in ana.labels
    await liu.says("常见问答")
    assert "还有 2 种问法" in await liu.presses("宿舍几点关门？")
    await liu.presses("改回答")
    assert "十二点" in await liu.says("十二点。")
    await liu.says("常见问答")
    await liu.presses("宿舍几点关门？")
    await liu.presses("改出处")
    await liu.says("宿舍管理规定")
    await liu.says("常见问答")
    assert "出处：宿舍管理规定" in await liu.presses("宿舍几点关门？")
    await liu.presses("有效期")
    await liu.says("12月31日")
    await liu.says("常见问答")
    assert "用到 12月31日" in await liu.presses("宿舍几点关门？")
    await liu.presses("有效期")
    await liu.presses("一直有效")
    await liu.says("常见问答")
    await liu.presses("宿舍几点关门？")
    assert "要永久删掉" in await liu.presses("删掉")
    assert "删掉了" in await liu.presses("删掉")
    assert town.rows(KnownAnswer) == []
    acts = [each for each in town.rows(Audit) if each.act is Act.KEEP_ANSWER]
    assert [each.details["what"] for each in acts] == ["added", *["changed"] * 5, "removed"]


async def test_who_organizes_elsewhere_changes_no_answer_here(town: Nanhai) -> None:
    _write(town)
    liu = await organizer(town, Role.TOWN, SHISHAN, "老刘")
    assert "还没有" in await liu.says("常见问答")
    assert "住满半年" in await liu.says("居住证在哪里办")


async def test_a_likely_act_hides_no_answer_unless_its_words_name_something(town: Nanhai) -> None:
    _keep(town, DISTRICT, "老家的医保在这里能报吗？", "先在手机上备案。", variants=["异地医保报销"])
    town.save(badminton())
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "先在手机上备案" in await ana.says("老家的医保在这边看病能报吗")
    assert "羽毛球友谊赛" in await ana.says("羽毛球能报吗")


async def test_an_answer_is_read_in_english_and_a_link_is_its_source(town: Nanhai) -> None:
    question = Translated("怎么加入工会？", {"en": "How do I join the union?"})
    told = Translated("找厂里的工会。", {"en": "Ask your company's union."})
    _keep(town, DISTRICT, question, told, source="https://www.acftu.org")
    ben = town.person("Ben", language="en")
    await ben.arrives("en")
    answer = await ben.says("how can i join the union here")
    assert "Ask your company's union." in answer
