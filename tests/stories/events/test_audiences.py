"""Events for some: whom they are for is asked, shown, and kept to in lists and sign-up."""

from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, team
from tests.stories.scenes import organizer, published, settles
from tests.stories.station import Nanhai


async def test_a_contact_points_event_is_for_its_own_people_when_it_says_so(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "桂城")
    await settles(ben, "昭信集团")
    liu = await organizer(town)
    preview = await liu.says("发布活动 周六下午3点 消防演练培训 昭信饭堂 20人")
    assert "主办：昭信集团\n面向：全区，还是只给昭信集团？" in preview
    assert "面向：昭信集团" in await liu.presses("只给本厂")
    (event,) = published(town)
    assert event.audience == "/s4/"
    # A stranger to it finds it nowhere, and by its number learns whom it is for and what to do.
    assert "消防演练" not in await ana.says("活动")
    assert "没有和“消防”有关的活动" in await ana.says("活动 消防")
    assert "只收：昭信集团。按你的资料，这次报不了" in await ana.opens(f"e{event.id}")
    assert "报名" not in ana.labels
    refused = await ana.says(f"报名 {event.id}")
    assert "消防演练培训这次只收昭信集团的人" in refused
    assert "看活动" in ana.labels
    assert "消防演练培训" in await ben.says("活动")
    assert "面向：昭信集团，你可以报名" in await ben.says(str(event.id))
    assert "✅ 报上了" in await ben.presses("报名")
    # Whoever works there now says so, and is in.
    await ana.presses("改单位")
    await ana.says("昭信集团")
    assert "消防演练培训" in await ana.says("活动")
    assert "✅ 报上了" in await ana.says(f"报名 {event.id}")


LOOKS = (
    "活动",
    "活动 狮山",
    "活动 {word}",
    "{title}",
    "报名 {title}",
    "我想参加{title}",
    "{title}几点开始",
    "取消报名 {title}",
    "周六有什么",
    "文体活动",
    "secret training",
    "mimipeixun",
    "队伍 羽毛球",
    "我的",
    "签到",
    "提醒",
    "日历",
)
"""What somebody may write who looks for an event, or for anything that could name it."""


async def test_an_event_for_others_is_found_by_no_way_of_looking(town: Nanhai) -> None:
    title = "秘密培训"
    own = badminton(station_id=4, audience="/s4/", title=title, title_en="Secret training")
    town.save(own)
    club = town.save(team(code="club", name="昭信羽毛球社", station_id=4))
    town.save(badminton(code="b", title="秘密聚会", team_id=club.id, audience=f"/t{club.id}/"))
    eve, ana = town.person("小怡"), town.person("小安")
    await settles(eve, "狮山")
    await settles(ana, "昭信集团")
    for look in LOOKS:
        await eve.says(look.format(title=title, word="秘密"))
        # What they looked for is said back to them.
        shown = [eve.sees.replace(f"“{title}”", ""), *eve.labels, *eve.unasked()]
        assert not [each for each in shown if title in each], look
    await eve.opens(f"t{club.id}")
    await eve.presses("队伍活动")
    assert "秘密" not in eve.sees + "".join(eve.labels)
    assert title in await ana.says("活动")
    # By its number it is whole: who was sent the link or saw the poster shall know why not.
    card = await eve.says("1")
    assert "只收：昭信集团" in card
    assert "看得到报名名单" not in card
    assert "昭信集团的组织者看得到报名名单" in await ana.says("1")


async def test_a_town_chooses_a_contact_point_and_a_team_by_tap_and_by_name(town: Nanhai) -> None:
    club = town.save(team())
    mayor = await organizer(town, Role.TOWN, 3, "镇长")
    preview = await mayor.says("发布活动 周六下午3点 羽毛球培训 狮山体育馆 20人")
    assert "主办：狮山\n面向：全区\n" in preview + "\n"
    await mayor.presses("改一改")
    assert "面向谁？现在是：全区。" in await mayor.presses("面向谁")
    assert mayor.labels == ["全区都可以", "狮山", "昭信集团", "狮山羽毛球队"]
    assert "没找到" in await mayor.says("桂城")
    assert "面向：昭信集团。还有谁？" in await mayor.says("昭信")
    assert "面向：昭信集团、狮山羽毛球队。还有谁？" in await mayor.presses("狮山羽毛球队")
    assert "面向：昭信集团、狮山羽毛球队" in await mayor.presses("就这些")
    await mayor.presses("发布")
    (event,) = published(town)
    assert event.audience == f"/s4/t{club.id}/"
    ana = town.person("小安")
    await settles(ana, "桂城")
    await ana.says(f"报名 {event.id}")
    # A team is a way in, and so is one's workplace.
    assert ana.labels[:2] == ["狮山羽毛球队", "改单位"]
    await ana.presses("狮山羽毛球队")
    await ana.presses("加入")
    assert "✅ 报上了" in await ana.says(f"报名 {event.id}")


async def test_a_captain_at_a_contact_point_tells_the_team_from_the_place(town: Nanhai) -> None:
    liu = await organizer(town)
    club = town.save(team(station_id=4, name="昭信篮球社", name_en="Zhaoxin basketball"))
    await town.appoint(liu, Role.CAPTAIN, 4, team_id=club.id)
    await liu.says("发布活动")
    await liu.says("友谊赛")
    assert liu.labels[:3] == ["昭信集团", "昭信篮球社", "狮山 · 要先批准"]
