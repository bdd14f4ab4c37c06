"""A list of names from a group chat becomes sign-ups, with one tap for each doubtful name."""

from models.events.events import Event, SignupState
from models.network import audit
from models.network.members import Member
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, event, local
from tests.stories.people import Person
from tests.stories.scenes import called, named_states
from tests.stories.station import Nanhai

LIST = """#接龙
羽毛球友谊赛 12月5日
例 姓名

1. 阿梅
2、阿强 2人
3 小刘（带小孩）
4. 昭信-小陈
5.
6. 外人 取消
7. 外厂老王"""


async def colleagues(town: Nanhai, *named: tuple[str, int]) -> list[Person]:
    """People who have arrived, each known by a name, who work at these stations."""
    people = []
    for number, (name, station_id) in enumerate(named, start=1):
        person = town.person(f"{name}{number}")
        await person.arrives()
        await called(person, name)
        town.change(Member, number, station_id=station_id)
        people.append(person)
    return people


async def test_a_pasted_list_is_signed_up_after_the_last_tap_and_only_once(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4, seats=7, along=Along.ONE))
    town.save(event("other", "包粽子", local(6, 9), station_id=2))
    mei, qiang, _chen, wang, other, liu = await colleagues(
        town, ("阿梅", 4), ("阿强", 4), ("小陈", 4), ("老王", 2), ("阿强", 2), ("站长", 4)
    )
    await town.appoint(liu, Role.CONTACT_POINT, 4)
    await mei.says(f"报名 {match.id}")
    # A list without a first line is for the event on the screen.
    await liu.says(f"管理活动 {match.id}")
    assert "羽毛球友谊赛" in await liu.says("1. 阿梅\n2. 小陈（带小孩）")
    assert "会报上 2 人 · 1 个已报" in liu.sees
    await liu.says("菜单")
    asked = await liu.says(LIST)
    # Of two of one name the one at another firm is nobody whom this organizer may see.
    assert "羽毛球友谊赛 · 12月5日 周六 14:00（4 天后） · 余 6 席" in asked
    assert "会报上 3 人 · 2 个拿不准 · 1 个已报" in asked
    assert "“小刘”是谁？（1/2）" in asked
    assert "“外厂老王”是谁？（2/2）" in await liu.presses("不在驿站，只记名字")
    assert "老王" not in " ".join(liu.labels)
    summed = await liu.presses("不在驿站，只记名字")
    assert "会报上 6 人 · 1 个已报" in summed
    assert [name for name, _ in named_states(town, match.id)] == ["阿梅"]
    await liu.presses("报上")
    assert "✅ 报上 6 人" in liu.sees
    seated = SignupState.SEATED
    expected = ["阿梅", "阿强", "", "小刘", "", "小陈", "外厂老王"]
    assert named_states(town, match.id) == [(name, seated) for name in expected]
    await liu.says(LIST)
    assert "都已经报上了" in liu.sees
    await town.works()
    assert "站长帮你报了名：羽毛球友谊赛" in await qiang.hears("帮你报了名")
    assert not any("帮你报了名" in each for each in (*wang.unasked(), *other.unasked()))
    # Whoever refuses is not signed up again by the same list.
    await qiang.presses("去不了")
    await qiang.presses("都不去了")
    assert "1 个退过，不再报" in await liu.says(LIST)
    (record,) = [
        each
        for each in town.look(audit.about, f"event:{match.id}")
        if each.details.get("what") == "signed up by a list"
    ]
    assert record.details["people"] == 6


async def test_a_list_asks_for_its_event_and_which_of_several_is_meant(town: Nanhai) -> None:
    match = town.save(badminton(station_id=3, seats=2))
    town.save(event("other", "包粽子", local(6, 9), station_id=3))
    first, second, boss = await colleagues(town, ("阿强", 4), ("阿强", 2), ("镇长", 3))
    await town.appoint(boss, Role.DISTRICT, 1)
    asked = await boss.says("#接龙\n1. 阿强\n2. 小刘\n3. 小李\n4. 阿梅")
    assert "里面有 4 个名字。\n给哪个活动报名？" in asked
    asked = await boss.presses("羽毛球友谊赛")
    assert "会报上" not in asked
    await boss.presses("阿强 · 桂城")
    summed = await boss.presses("3 个不认识的都只记名字")
    assert "会报上 4 人" in summed
    done = await boss.presses("报上")
    assert "✅ 报上 2 人" in done
    assert "没位子了：小李、阿梅" in done
    await town.works()
    assert "镇长帮你报了名" in await second.hears("帮你报了名")
    assert not any("帮你报了名" in each for each in first.unasked())
    # The event on the screen is the one that is meant.
    await boss.says(f"管理活动 {match.id}")
    assert "羽毛球友谊赛" in await boss.says("#接龙\n1. 小刘\n2. 小赵")
    assert "1 个拿不准 · 1 个已报" in boss.sees
    await boss.presses("跳过")
    await boss.says(f"管理活动 {match.id}")
    await boss.presses("更多")
    await boss.presses("贴接龙")
    assert "没看到名字" in await boss.says("大家好")
    # Whoever has no chat cannot refuse: the organizer takes the name off.
    await boss.says(f"管理活动 {match.id}")
    await boss.presses("更多")
    await boss.presses("贴接龙")
    await boss.presses("只记的名字")
    assert "✅ 划掉了：小刘" in await boss.presses("小刘")
    assert ("小刘", SignupState.CANCELLED) in named_states(town, match.id)
    await boss.presses("返回")
    await boss.presses("更多")
    await boss.presses("贴接龙")
    town.change(Event, match.id, closes_at=town.hands.now)
    assert "现在不收报名" in await boss.says("1. 小赵")


async def test_a_pasted_list_is_none_of_the_commands_that_it_begins_with(town: Nanhai) -> None:
    hike = town.save(event("hike", "周六爬山", local(5, 9), station_id=4))
    liu, ana = await colleagues(town, ("站长", 4), ("小安", 4))
    await town.appoint(liu, Role.CONTACT_POINT, 4)
    names = "1. 王芳\n2. 李强"
    for begins in ("接龙 {}", "接龙{}", "贴接龙 {}", "帮人报名 {}", "{}名单"):
        heading = begins.format(hike.title)
        asked = await liu.says(f"{heading}\n{names}")
        assert "周六爬山 · 12月5日 周六 9:00" in asked, heading
        assert "“王芳”是谁？（1/2）" in asked, heading
        await liu.says("菜单")
    for heading in ("接龙", "报名名单", "名单："):
        said = await liu.says(f"{heading}\n{names}")
        assert "里面有 2 个名字。\n给哪个活动报名？" in said, heading
        await liu.says("菜单")
    # In one line it is the command as before: the event as a text for a group.
    assert "#接龙" in await liu.says(f"接龙 {hike.id}")
    # Who runs nothing is led to the event.
    await ana.says(f"接龙 周六爬山\n{names}")
    assert "周六爬山" in ana.labels
