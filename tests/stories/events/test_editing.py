"""Organizers correct what is published; nobody is told, and the audit knows what was before."""

import pytest

from handlers.events import editing
from models.events.events import Category, Event, Kind
from models.network import audit
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works
from tests.pictures import png
from tests.stories.scenes import members_at, organizer, published
from tests.stories.station import Nanhai


def edits(town: Nanhai, event: Event) -> list[tuple[str, ...]]:
    """The columns of each correction that stands in the audit."""
    found = town.look(audit.about, f"event:{event.id}")
    return [tuple(each.details["changes"]) for each in found if each.details["what"] == "edited"]


async def test_whatever_stands_about_an_event_is_corrected_by_number_and_by_word(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    listed = await liu.presses("改活动")
    assert "1. 名称：羽毛球友谊赛" in listed
    assert "5. 报名截止：12月5日 周六 12:00（4 天后）" in listed
    assert "10. 要带什么：没写" in listed
    assert "19. 面向谁：全区" in listed
    assert "名称：羽毛球友谊赛\n活动叫什么" in await liu.says("1")
    preview = await liu.says("元旦羽毛球友谊赛")
    assert "元旦羽毛球友谊赛\n12月5日 周六 14:00–17:00（4 天后）\n狮山体育馆" in preview
    assert "英语：Badminton match" in preview
    assert "不会为这个发消息" in preview
    assert (published(town)[0].title, edits(town, event)) == (event.title, [])
    assert "✅ 改好了：元旦羽毛球友谊赛" in await liu.presses("改，译文留着")
    for word, answer in (
        ("改介绍", "新手也欢迎。"),
        (f"改要带 {event.id}", "球拍"),
        ("改形式", "联谊聚会"),
        ("改类别", "生活服务"),
    ):
        await liu.says(word)
        await liu.says(answer)
        assert "✅ 改好了" in await liu.presses("就这么改")
    await liu.says("改图片")
    assert "工友会看到" in await liu.sends_picture(png())
    await liu.presses("就这么改")
    # The words of the other language.
    await liu.says(f"改活动 {event.id}")
    await liu.presses("英语")
    await liu.presses("名称")
    assert "英语：New Year match" in await liu.says("New Year match")
    await liu.presses("就这么改")
    (row,) = published(town)
    assert (row.title, row.about, row.bring) == ("元旦羽毛球友谊赛", "新手也欢迎。", "球拍")
    assert row.text_of("title").to("en") == "New Year match"
    assert (row.kind, row.category) == (Kind.SOCIAL, Category.LIFE)
    assert row.picture_id is not None
    columns = ("title", "about", "bring", "kind", "category", "picture_id", "title")
    assert edits(town, event) == [(each,) for each in columns]
    changes = town.look(audit.about, f"event:{event.id}")[1].details["changes"]
    assert changes == {"about": ["", "新手也欢迎。"]}
    # Those who come see it, find it by its new name, and were not disturbed.
    await town.after(minutes=5)
    assert ana.unasked() == []
    assert "元旦羽毛球友谊赛" in await ana.says("活动 元旦羽毛球")
    assert "带上：球拍" in await ana.says(str(event.id))


async def test_another_meeting_point_is_told_and_other_facts_are_not(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, meet="13:00 饭堂门口", meet_en="13:00, canteen"))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    for word, answer, seen in (
        ("改费用", "车费 20 元", "费用：车费 20 元"),
        ("改同行", "只限本人", "只限本人"),
        ("改联系人", "小陈", "联系人：小陈"),
    ):
        await liu.says(word)
        assert seen in await liu.says(answer)
        assert "✅ 改好了" in await liu.presses("就这么改")
    await town.after(minutes=5)
    assert ana.unasked() == []
    assert "羽毛球友谊赛 · 集合：13:00 饭堂门口\n先在哪集合" in await liu.says("改集合点")
    assert "改到 13:20 北门 集合" in await liu.says("13:20 北门")
    assert "✅ 集合点改好了" in await liu.presses("就这么改")
    await town.works()
    assert "羽毛球友谊赛，现在是 13:20 北门" in await ana.hears("⚠️ 换集合点了")
    (row,) = published(town)
    assert (row.cost, row.companions, row.contact) == ("车费 20 元", "nobody", "小陈")
    assert (row.meet, row.translations.get("meet")) == ("13:20 北门", None)
    assert edits(town, event) == [("cost",), ("companions",), ("contact",)]
    # Without one, people are told to come to the place itself.
    await liu.says("改集合点")
    await liu.presses("不用集合")
    await liu.presses("就这么改")
    await town.works()
    assert "羽毛球友谊赛。\n直接到狮山体育馆" in await ana.hears("⚠️ 不先集合了")


async def test_an_event_is_narrowed_later_and_given_to_another_host(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    mayor = await organizer(town, Role.TOWN, 3, "镇长")
    (ana,) = await members_at(town, event, "小安")
    ben = town.person("小本")
    await ben.arrives()
    await mayor.says("改面向")
    await mayor.presses("昭信集团")
    assert "面向：昭信集团" in await mayor.presses("就这些")
    await mayor.presses("就这么改")
    # A seat that is taken stays; the others read whom it is for.
    assert "羽毛球友谊赛" in await ana.says("我的")
    assert "取消报名" in (await ana.says(str(event.id)), ana.labels)[1]
    assert "这次只收昭信集团的人" in await ben.says(f"报名 {event.id}")
    await mayor.says("改主办")
    await mayor.presses("狮山")
    assert "✅ 改好了" in await mayor.presses("就这么改")
    (row,) = published(town)
    assert (row.station_id, row.audience) == (3, "/s4/")
    assert edits(town, event) == [("audience",), ("station_id",)]


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    mayor = await organizer(town, Role.TOWN, 3, "镇长")
    for person, words in ((liu, "羽毛球混双赛"), (mayor, "羽毛球单打赛")):
        await person.says(f"改标题 {event.id}")
        await person.says(words)
    await mayor.presses("改，译文不要了")
    answer = await liu.presses("改，译文留着")
    assert "刚才有人改过了" in answer
    assert "1. 名称：羽毛球单打赛" in answer
    (row,) = published(town)
    assert (row.title, row.translations.get("title")) == ("羽毛球单打赛", None)


async def test_the_event_on_the_screen_is_the_one_that_is_corrected(town: Nanhai) -> None:
    event, other = town.save(badminton(station_id=4)), town.save(lamp_works(station_id=4))
    liu = await organizer(town)
    await liu.says("改标题")
    assert "哪一个" in liu.sees
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.says("改标题")
    await liu.says("羽毛球新手夜")
    assert "1. 名称：羽毛球新手夜" in await liu.presses("改，译文不要了")
    titles = {each.id: each.title for each in published(town)}
    assert titles == {event.id: "羽毛球新手夜", other.id: other.title}


async def test_who_may_not_run_an_event_corrects_nothing(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    await organizer(town, name="老陈")
    kim = await organizer(town, Role.CORE_MEMBER, 4, "小金")
    assert "组织者" in await kim.says(f"改标题 {event.id}")
    ana = town.person("小安")
    await ana.arrives()
    assert "组织者" in await ana.says(f"改活动 {event.id}")
    assert edits(town, event) == []


SAID = {
    "title": ("改标题 羽毛球新手夜", "羽毛球新手夜"),
    "when": ("改时间 12月20日 15:00-17:00", "12月20日 周日 15:00–17:00"),
    "place": ("改地点 北门体育馆", "北门体育馆"),
    "seats": ("改名额 30", "30"),
    "closes": ("改报名截止 12月4日 18:00", "12月4日 周五 18:00"),
    "gates": ("改报名条件 18-35岁", "18–35 岁"),
    "kind": ("改形式 讲座", "工友会看到"),
    "category": ("改类别 生活服务", "工友会看到"),
    "meet": ("改集合点 北门 8:20", "北门 8:20"),
    "bring": ("改要带什么 水和帽子", "水和帽子"),
    "cost": ("改费用 20 元车费", "20 元车费"),
    "companions": ("改同行 可带家属", "可带家属"),
    "along": ("改带几人 最多带 2 人", "最多带 2 人"),
    "handing": ("改转让 名额可以转给任何人", "名额可以转给任何人"),
    "contact": ("改联系人 老陈", "老陈"),
    "about": ("改介绍 新手也来", "新手也来"),
    "picture": ("改图片 一张照片", "图片"),
    "for": ("改主办 桂城", "主办"),
    "audience": ("改面向谁 昭信集团", "昭信集团"),
}
"""What of an event is changed in one line, and what is read once it is known of which event."""


@pytest.mark.parametrize("what", SAID)
async def test_what_a_line_says_is_kept_while_it_is_asked_of_which_event(
    town: Nanhai, what: str
) -> None:
    words, read = SAID[what]
    event = town.save(badminton(station_id=4))
    town.save(lamp_works(station_id=4))
    liu = await organizer(town)
    assert "哪一个" in await liu.says(words)
    told = await liu.presses(f"{event.title} · 12月5日 周六 14:00")
    assert read in told, told
    # With the number of the event it is the same in one step.
    await liu.says("菜单")
    first, rest = words.split(" ", 1)
    assert read in await liu.says(f"{first} {event.id} {rest}")


def test_every_word_that_changes_an_event_has_its_line() -> None:
    assert SAID.keys() == editing.WORDS.keys()
