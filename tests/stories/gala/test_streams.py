"""The links of an evening's streams, from the organizer's plan to everybody's chat."""

from datetime import timedelta

from sqlmodel import Session

from models.announcements import streams
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.streams import StreamLink
from models.events.events import Event
from models.rules.announcements import streaming
from models.rules.announcements.streaming import Stream
from models.rules.network.permissions import Role
from tests.stories.gala.evening import ENDS, STARTS, gala, link_of, phone
from tests.stories.people import Person
from tests.stories.scenes import crowd, organizer, settles
from tests.stories.station import Nanhai

LINES = "南海融媒 https://live.example/1\n区总视频号 https://v.example/2"


async def _planned(town: Nanhai) -> tuple[Event, Person]:
    """An evening whose links its host has named and arranged to be told; one person gets them."""
    event = gala(town)
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    await settles(town.person("小安"), "狮山")
    await host.says("汇报会")
    await host.presses("主持")
    await host.presses("直播")
    await host.presses("写上链接")
    await host.says(LINES)
    await host.presses("安排")
    return event, host


async def test_links_are_planned_backwards_and_everybody_has_them_before_the_start(
    town: Nanhai,
) -> None:
    event = gala(town)
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    ana, ben = town.person("小安"), town.person("阿本")
    for each in (ana, ben):
        await settles(each, "狮山")
    # Sixty people of another account, which no process here speaks for and told its pace.
    crowd(town, event.station_id, 60)
    await host.says("汇报会")
    await host.presses("主持")
    assert "还没写在哪里直播" in await host.presses("直播")
    await host.presses("写上链接")
    assert "第 2 行" in await host.says("南海融媒 https://live.example/1\n视频号")
    card = await host.says(LINES)
    assert "https://v.example/2" in card
    assert ("62 人" in card, "60 人（1 分钟）" in card) == (True, True)
    # Quarter of an hour is kept free at the end; more for who joins until then.
    assert "19:14（4 天后）开始发，开场前全部发完" in card
    assert "✅ 已安排" in await host.presses("安排")
    [row] = town.rows(Announcement)
    assert (row.state, row.link) == (AnnouncementState.APPROVED, f"event:{event.id}")
    assert row.first_at is not None
    assert timedelta(minutes=15) < STARTS - row.first_at < timedelta(minutes=17)
    await town.at(row.first_at - timedelta(minutes=1))
    assert not any("看直播" in said for said in ana.unasked())
    await ana.says("我的")
    await ben.says("我的")
    await town.at(row.first_at)
    for one in (ana, ben):
        assert "南海融媒 https://live.example/1" in await one.hears("看直播：年度汇报会")


async def test_where_nobody_would_get_the_links_that_is_said(town: Nanhai) -> None:
    gala(town)
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    await host.says("退订")
    await host.says("汇报会")
    await host.presses("主持")
    await host.presses("直播")
    await host.presses("写上链接")
    card = await host.says(LINES)
    assert "开场前全部发完" not in card
    assert "⚠️ 没有人会收到：要发给的人还没来过驿站，或者不收公告。" in card


async def test_other_links_or_an_earlier_start_are_said_on_the_card(town: Nanhai) -> None:
    event, host = await _planned(town)
    town.moves(event, STARTS - timedelta(hours=3), "场地改期")
    await host.says("汇报会")
    await host.presses("主持")
    assert "撤回来再安排一次" in await host.presses("直播")
    await host.presses("链接")
    changed = await host.says("新平台 https://new.example/3")
    assert "里面的链接和现在的不一样" in changed
    assert [each.name for each in town.rows(StreamLink)] == ["新平台"]
    await host.presses("进度")
    await host.presses("撤回")
    [row] = town.rows(Announcement)
    assert row.state is AnnouncementState.DRAFT
    await host.says("汇报会")
    await host.presses("主持")
    await host.presses("直播")
    await host.presses("安排")
    [row] = town.rows(Announcement)
    assert "https://new.example/3" in row.text
    assert row.first_at is not None
    assert STARTS - timedelta(hours=3, minutes=20) < row.first_at < STARTS - timedelta(hours=3)


async def test_pages_show_the_links_when_it_is_time_and_from_when_on_before(town: Nanhai) -> None:
    event = gala(town)
    links = streaming.read(LINES)
    assert not isinstance(links, int)
    town.store.write_now(streams.name, event.id, links, None, town.hands.now)

    async def public() -> str:
        town.hands.now += timedelta(seconds=2)
        headers = {"Accept-Language": "zh-CN"}
        async with town.http.get(f"{town.origin}/e/{event.id}", headers=headers) as answer:
            return await answer.text()

    async with phone(town, link_of(town, event)) as guest:
        at = {"zh-CN": "12月5日 周六 19:15", "en": "Sat 5 Dec 19:15"}
        assert (await guest.reads())["streams"] == {"at": at, "links": []}
        page = await public()
        assert ("看直播" in page, "19:15" in page, "live.example" in page) == (True, True, False)
        await town.at(STARTS - timedelta(minutes=15))
        told = (await guest.reads())["streams"]["links"]
        assert told == [
            {"name": "南海融媒", "url": "https://live.example/1"},
            {"name": "区总视频号", "url": "https://v.example/2"},
        ]
        page = await public()
        assert '<a href="https://live.example/1">南海融媒</a>' in page
        assert "19:15" not in page
        # After the end there is nothing to watch.
        await town.at(ENDS)
        assert (await guest.reads())["streams"] is None
        assert "live.example" not in await public()


async def test_links_of_an_announcement_that_was_stopped_are_on_no_page(town: Nanhai) -> None:
    event, _host = await _planned(town)
    [row] = town.rows(Announcement)
    async with phone(town, link_of(town, event)) as guest:
        await town.at(STARTS - timedelta(minutes=15))
        assert len((await guest.reads())["streams"]["links"]) == 2

        def stop(session: Session) -> None:
            session.get_one(Announcement, row.id).state = AnnouncementState.STOPPED

        town.store.write_now(stop)
        town.hands.now += timedelta(seconds=2)
        assert (await guest.reads())["streams"] is None
        # Other links are named instead, and nobody has to announce them.
        town.store.write_now(
            streams.name,
            event.id,
            [Stream("新平台", "https://new.example/3")],
            None,
            town.hands.now,
        )
        town.hands.now += timedelta(seconds=2)
        [told] = (await guest.reads())["streams"]["links"]
        assert told["name"] == "新平台"
