"""Whoever is in need reads whom to call, and can tell an organizer; whatever else is open."""

from models.desk.threads import ThreadLine
from tests.stories.scenes import settles
from tests.stories.station import Nanhai

NEEDS = (
    ("工资没发怎么办", "12333"),
    ("厂里拖欠我两个月工资", "12351"),
    ("手被机器压伤了厂里不管", "申报工伤"),
    ("有人打我", "110"),
    ("我不想活了", "12356"),
    ("宿舍着火了", "119"),
    ("my boss did not pay my salary", "12333"),
    ("i want to die", "12356"),
)


async def test_words_of_need_are_answered_with_numbers_and_a_person(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    for said, told in NEEDS:
        answer = await ana.says(said)
        assert told in answer, (said, answer)
        assert ana.labels == ["说给组织者", "菜单"]


async def test_the_words_are_passed_on_as_they_were_written(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("厂里拖欠我两个月工资")
    assert "厂里拖欠我两个月工资" in await ana.presses("说给组织者")
    await ana.presses("不留名")
    [line] = town.rows(ThreadLine)
    assert line.text == "厂里拖欠我两个月工资"


async def test_need_is_heard_amid_an_open_question_which_stays_open(town: Nanhai) -> None:
    ana = town.person("小安")
    await settles(ana, "狮山")
    await ana.says("心愿")
    said = await ana.says("厂里拖欠我两个月工资")
    assert "12333" in said
    await ana.presses("不留名")
    [line] = town.rows(ThreadLine)
    assert line.text == "厂里拖欠我两个月工资"


async def test_need_behind_a_command_is_answered_too_and_told(town: Nanhai) -> None:
    ana = town.person("小安")
    await settles(ana, "狮山")
    for asked in ("心愿 我不想活了", "/wish 我不想活了"):
        assert "12356" in await ana.says(asked)
        assert "不留名" in " ".join(ana.labels)
    await ana.presses("不留名")
    [line] = town.rows(ThreadLine)
    assert line.text == "我不想活了"


async def test_a_stranger_in_need_is_not_asked_to_agree_first(town: Nanhai) -> None:
    ana = town.person("小安")
    assert "12356" in await ana.says("我不想活了")


async def test_what_is_not_understood_can_be_passed_on(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "没太明白" in await ana.says("那个那个就是")
    assert "那个那个就是" in await ana.presses("说给组织者")
