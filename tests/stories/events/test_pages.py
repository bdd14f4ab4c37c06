"""An event to show to others: its public page, and the text that a group passes on."""

from models.events.events import Event, EventState, Signup, SignupState
from models.events.pictures import StoredPicture
from models.network import audit
from models.network.members import Member
from models.rules.network.permissions import Act
from tests.miniature.rows import badminton
from tests.stories.people import Person
from tests.stories.scenes import members_at, opens, organizer
from tests.stories.station import Nanhai

DIGEST = "3f" * 16


async def asks_for_chain(liu: Person, title: str) -> str:
    await liu.says("管理活动")
    await liu.presses(title)
    await liu.presses("更多")
    return await liu.presses("接龙")


async def test_anybody_reads_what_an_event_is_and_nobodys_name(town: Nanhai) -> None:
    picture = StoredPicture(
        hash=DIGEST, media_type="image/png", content=b"drawn", at=town.hands.now
    )
    event = town.save(
        badminton(
            station_id=4,
            seats=10,
            bring="球拍 <b>",
            cost="免费",
            contact="陈大文",
            about="来就行",
            map_url="https://uri.amap.com/marker?position=113.15,23.03&name=a",
            picture_id=town.save(picture).id,
        )
    )
    await members_at(town, event, "小安")
    status, page, headers = await opens(town, f"{event.id}")
    assert status == 200
    for told in ("<h1>羽毛球友谊赛</h1>", "12月5日 周六 14:00–17:00", "狮山体育馆", "免费"):
        assert told in page
    assert "球拍 &lt;b&gt;" in page
    assert "position=113.15,23.03&amp;name=a" in page
    assert "余 9 席（共 10 席）" in page
    for person in ("小安", "陈大文"):
        assert person not in page
    account = town.station.channels[0].account
    assert f'<a href="/go/{account}/e{event.id}">' in page
    assert f'property="og:image" content="{town.origin}/e/{event.id}/1-{DIGEST}"' in page
    assert "后天" not in page
    assert "<script" not in page
    assert headers["Cache-Control"] == "public, max-age=1"
    assert "script" not in headers["Content-Security-Policy"]
    again = await opens(town, f"{event.id}", **{"If-None-Match": headers["ETag"]})
    assert again[:2] == (304, "")
    assert (await opens(town, f"{event.id}/1-{DIGEST}"))[:2] == (200, "drawn")
    assert (await opens(town, f"{event.id}/1-{'0' * 32}"))[0] == 404

    for asked in (
        {"path": f"{event.id}?lang=en"},
        {"path": f"{event.id}", "Accept-Language": "en"},
    ):
        english = (await opens(town, **asked))[1]
        assert "Badminton match" in english
        assert "Sat 5 Dec, 14:00" in english
    _status, calendar, headers = await opens(town, f"{event.id}.ics")
    assert headers["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:羽毛球友谊赛" in calendar
    assert "陈大文" not in calendar


async def test_a_page_lasts_a_second_and_says_what_was_changed(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    assert "活动取消了" not in (await opens(town, f"{event.id}"))[1]
    town.calls_off(event, "场馆检修")
    assert "活动取消了" not in (await opens(town, f"{event.id}"))[1]
    await town.after(seconds=1)
    status, page, _headers = await opens(town, f"{event.id}")
    assert status == 200
    assert "❌ 活动取消了。" in page
    assert "场馆检修" in page
    assert "去对话里报名" not in page


async def test_what_is_not_for_everybody_has_no_page(town: Nanhai) -> None:
    narrowed = town.save(badminton(code="a", station_id=4, audience="/s4/"))
    draft = town.save(badminton(code="b", station_id=4, state=EventState.ASKED))
    for path in (narrowed.id, draft.id, 999, "0", "9" * 12, "x"):
        for end in ("", ".ics"):
            status, page, headers = await opens(town, f"{path}{end}")
            assert status == 404
            assert "这个地址没有活动" in page
            assert "羽毛球" not in page
            assert "no-store" in headers["Cache-Control"]


async def test_an_organizer_opens_the_page_of_an_event_for_some_people_only(town: Nanhai) -> None:
    narrowed = town.save(badminton(station_id=4, audience="/s4/"))
    liu = await organizer(town)
    await liu.says(f"管理活动 {narrowed.id}")
    await liu.presses("更多")
    assert f"{town.origin}/e/{narrowed.id}" in await liu.presses("公开网页")
    status, page, _headers = await opens(town, f"{narrowed.id}")
    assert status == 200
    assert "羽毛球友谊赛" in page
    # Whoever reads it still cannot sign up.
    ana = town.person("小安")
    await ana.arrives()
    assert "只收昭信集团的人" in await ana.says(f"报名 {narrowed.id}")
    await liu.presses("更多")
    assert "网页关了" in await liu.presses("关掉网页")
    await town.after(seconds=2)
    assert (await opens(town, f"{narrowed.id}"))[0] == 404


async def test_an_event_prints_itself_for_a_group(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    empty = await asks_for_chain(liu, event.title)
    assert empty.startswith(
        "#接龙\n羽毛球友谊赛\n时间：12月5日 周六 14:00–17:00\n地点：狮山体育馆\n报名："
    )
    await members_at(town, event, "小安", "小本", "小陈")
    for number, name in enumerate(("阿梅", "阿梅", "小李")):
        member_id = town.rows(Signup)[number].member_id
        assert member_id is not None
        town.change(Member, member_id, name=name, tail="123")
    said = await asks_for_chain(liu, event.title)
    # Two of one name stand as they are: in a group nothing more is told of anybody.
    assert "地点：狮山体育馆\n1. 阿梅\n2. 阿梅\n排队 1\n" in said
    assert f"{town.origin}/e/{event.id}" in said
    assert f"或者给驿站发“报名 {event.id}”。" in said
    assert "123" not in said.replace(town.origin, "")
    views = [
        each for each in town.look(audit.about, f"event:{event.id}") if each.act == Act.SEE_LIST
    ]
    assert [each.details["what"] for each in views] == ["list for a group"]
    assert "阿梅" not in await liu.presses("不带名字")
    assert "1. 阿梅" in await liu.presses("带名字")
    town.change(Event, event.id, state=EventState.CLOSED)
    assert "报名 " not in await asks_for_chain(liu, event.title)
    assert SignupState.WAITING in [each.state for each in town.rows(Signup)]


async def test_an_event_is_passed_on_from_its_card_and_organizers_find_the_poster(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    for_some = town.save(badminton(code="own", title="内部赛", station_id=4, audience="/s4/"))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"活动 {event.id}")
    shared = await ana.presses("分享")
    assert f"/e/{event.id}" in shared
    assert "羽毛球友谊赛\n12月5日 周六 14:00–17:00 · 狮山体育馆" in shared
    assert "海报" not in ana.labels
    await ana.presses("活动详情")
    await ana.presses("报名")
    await ana.says(f"活动 {event.id}")
    assert f"/e/{event.id}" in await ana.presses("分享")
    # What only some may read has no page, and nothing is sent that leads nowhere.
    liu = await organizer(town)
    await liu.says(f"活动 {for_some.id}")
    assert "分享" not in " ".join(liu.labels)
    await liu.says(f"活动 {event.id}")
    await liu.presses("分享")
    assert "贴在哪" in await liu.presses("海报")
