"""Posters: one for each place, as a page and as a picture, and what came of each."""

from models.events.posters import Arrival, Poster
from models.members import privacy
from models.network import audit
from models.network.members import Address
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, local
from tests.papers.papers import codes_in, pages_of, size_of
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


async def asks_for_posters(liu: Person, title: str) -> str:
    await liu.says("管理活动")
    await liu.presses(title)
    await liu.presses("更多")
    return await liu.presses("海报")


async def test_each_place_has_a_poster_of_its_own_and_is_counted(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    assert "贴在哪" in await asks_for_posters(liu, event.title)
    assert "✅ 羽毛球友谊赛的海报，贴在：食堂。" in await liu.presses("食堂")
    page = await liu.file()
    assert page.name == "羽毛球友谊赛 食堂.pdf"
    assert pages_of(page.content) == 1
    await liu.presses("换个地方")
    assert "贴在：三号宿舍楼门口" in await liu.says("三号宿舍楼门口")
    await liu.presses("要图片")
    picture = (await liu.file()).content
    assert size_of(picture)[0] == 960
    canteen, dormitory = town.rows(Poster)
    assert {each.rpartition("/")[2] for each in codes_in(picture)} == {dormitory.link}

    people = [town.person(name) for name in ("小安", "小本", "小陈")]
    for each, poster in zip(people, (canteen, canteen, dormitory), strict=True):
        await each.arrives()
        assert event.title in await each.opens(poster.link)
    ana, ben, chen = people
    # A look at the same poster again, and the other one afterwards, which then counts.
    await ana.opens(canteen.link)
    await ana.presses("报名")
    await town.after(seconds=60)
    await ben.opens(dormitory.link)
    await ben.presses("报名")
    await chen.presses("报名")
    seen = await asks_for_posters(liu, event.title)
    assert "食堂 · 2 人打开 · 1 人报名" in seen
    assert "三号宿舍楼门口 · 2 人打开 · 2 人报名" in seen
    assert "取消了" in await chen.says(f"取消报名 {event.id}")
    assert "三号宿舍楼门口 · 2 人打开 · 1 人报名" in await asks_for_posters(liu, event.title)
    assert [each.details["what"] for each in town.look(audit.about, f"event:{event.id}")] == [
        "poster",
        "poster",
    ]


async def test_a_printed_code_can_be_typed_and_leads_on_after_the_consent(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    row = Poster(event_id=event.id, place="门口", code="k7f2mq", at=town.hands.now)
    poster = town.save(row)
    ana = town.person("小安")
    assert "这里是创思驿站" in await ana.says("你好")
    await ana.says("E" + poster.link[1:])
    # Before the consent nothing is kept of anybody.
    assert town.count(Arrival) == 0
    assert event.title in await ana.presses("同意")
    assert town.count(Arrival) == 1
    assert event.title in await ana.says(poster.link)
    # A code that nobody printed leads to the event as well, and is counted nowhere.
    assert event.title in await ana.says(f"e{event.id}-zzzzzz")
    assert town.count(Arrival) == 1


async def test_only_who_runs_the_event_makes_posters_and_only_until_it_is_over(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    helper = await organizer(town, Role.CORE_MEMBER, 4, "小帮")
    await helper.says("管理活动")
    await helper.presses(event.title)
    assert "海报" not in await helper.presses("更多")
    liu = await organizer(town)
    await asks_for_posters(liu, event.title)
    await town.at(local(20, 9))
    assert "羽毛球友谊赛" in await liu.presses("门口")
    assert town.count(Poster) == 0


async def test_whoever_is_erased_still_counts_as_having_come(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    row = Poster(event_id=event.id, place="门口", code="k7f2mq", at=town.hands.now)
    poster = town.save(row)
    ana = town.person("小安")
    await ana.arrives()
    await ana.opens(poster.link)
    (address,) = town.rows(Address)
    told = town.look(privacy.SECTIONS["came_by_posters"], address.member_id)
    assert [each["poster_at"] for each in told] == ["门口"]
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    assert town.get(Arrival).member_id is None
