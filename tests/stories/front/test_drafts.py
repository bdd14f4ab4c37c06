"""What was begun survives whatever is typed or pressed; it is left only by saying so."""

from collections.abc import Awaitable, Callable

from models.network.members import Address
from tests.miniature.rows import badminton
from tests.pictures import png
from tests.stories.people import Person
from tests.stories.scenes import organizer, published
from tests.stories.station import Nanhai

Way = Callable[[Person], Awaitable[str]]

BEGUN: dict[str, tuple[tuple[str, ...], str, str]] = {
    "new-event": (("发布活动", "羽毛球友谊赛", "周六下午3点"), "继续写活动", "在哪里"),
    "edit-event": (("改标题 1", "元旦友谊赛"), "继续改活动", "元旦友谊赛"),
    "announce-words": (("发公告", "写内容"), "继续写公告", "写内容"),
    "wish": (("心愿", "想学理发"), "继续写心愿", "名字"),
    "newteam": (("建队伍", "跑步健身"), "继续建队伍", "哪个镇街"),
    "newclub": (("申请社团", "昭信集团"), "继续申请社团", "做什么"),
}
"""What is typed to begin a dialog that is kept, its way back, and a word of its open question."""


async def _press(person: Person) -> str:
    await person.says("/events")
    return await person.presses("我的")


WAYS: dict[str, Way] = {
    "a command": lambda person: person.says("/events"),
    "the word of a command": lambda person: person.says("我的"),
    "a press": _press,
    "a code": lambda person: person.says("绑定 AAAA2222"),
    "a link": lambda person: person.opens("e1"),
    "the menu": lambda person: person.says("菜单"),
}


async def test_every_long_dialog_survives_every_way_of_leaving_it(town: Nanhai) -> None:
    town.save(badminton(station_id=4))
    liu = await organizer(town)
    for topic, (typed, label, question) in BEGUN.items():
        for words in typed:
            await liu.says(words)
        asked = liu.sees
        assert question in asked, (topic, asked)
        for way, leave in WAYS.items():
            said = await leave(liu)
            at_once = any(label in each for each in liu.labels) or "回“继续”接着写" in said
            assert at_once, (topic, way, said, liu.labels)
            await liu.says("菜单")
            assert any(label in each for each in liu.labels), (topic, way, liu.labels)
            assert await liu.presses(label) == asked, (topic, way)
        # A picture that is no answer leaves nothing.
        if topic in ("edit-event", "newteam", "newclub"):
            await liu.sends_picture(png())
        await liu.says("算了")
        await liu.says("菜单")
        assert not any(label in each for each in liu.labels), topic
    assert [each.title for each in published(town)] == ["羽毛球友谊赛"]
    assert town.get(Address).dialog is None


async def test_an_event_is_published_from_a_draft_that_was_left(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点羽毛球赛 狮山体育馆")
    await liu.says("活动")
    await town.restarts()
    assert "继续写活动" in " ".join([await liu.says("唔系噶"), *liu.labels])
    # Another one is begun and left; each is kept, and the newest is offered first.
    await liu.says("发布活动 周日下午3点象棋赛 桂城站 10人")
    await liu.says("菜单")
    assert "象棋赛" in await liu.says("继续")
    assert "什么都没存" in await liu.says("不发了")
    assert "多少个名额" in await liu.says("继续")
    await liu.says("20人")
    assert "✅ 发布了：羽毛球赛" in await liu.presses("发布")
    assert "没有没写完的" in await liu.says("继续")
    # What is left for good is asked about once the question is closed; all ends after 14 days.
    await liu.says("发布活动 周日下午3点象棋赛 桂城站 10人")
    await liu.says("菜单")
    assert "不要了吗" in await liu.says("算了")
    await liu.presses("继续写活动")
    await liu.says("菜单")
    await town.after(days=15)
    assert "没有没写完的" in await liu.says("继续")
