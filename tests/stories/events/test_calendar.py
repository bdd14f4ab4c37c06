"""Events in one's own calendar."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from tests.miniature.rows import ZONE, badminton, lamp_works, local
from tests.stories.scenes import code_of, organizer
from tests.stories.station import Nanhai


def _entries(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def _alarms(entry: Any) -> list[timedelta]:
    return [each["trigger"].dt for each in entry.walk("VALARM")]


async def _fetch(town: Nanhai, url: str) -> tuple[int, bytes]:
    assert town.http is not None
    async with town.http.get(url) as response:
        return response.status, await response.read()


async def _subscribed(town: Nanhai, link: str) -> list[Any]:
    status, content = await _fetch(town, link)
    assert status == 200
    return _entries(content)


async def test_an_event_comes_as_a_file_with_the_right_time(town: Nanhai) -> None:
    row = town.save(lamp_works(about="看灯，喝茶；带朋友", title="走进灯具厂 / 一日游"))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {row.id}")
    assert "走进灯具厂" in await ana.presses("加到日历")
    file = await ana.file()
    assert file.name.endswith("走进灯具厂 一日游.ics")
    assert max(map(len, file.content.split(b"\r\n"))) <= 75
    (entry,) = _entries(file.content)
    assert str(entry["summary"]) == "走进灯具厂 / 一日游"
    assert str(entry["location"]) == "桂城站集合"
    assert str(entry["description"]) == "看灯，喝茶；带朋友\n带上：身份证"
    assert _alarms(entry) == [timedelta(days=-1), timedelta(hours=-2)]
    assert entry["dtstart"].dt == datetime(2026, 12, 3, 11, tzinfo=ZONE)
    assert entry["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert entry["dtend"].dt == datetime(2026, 12, 3, 13, tzinfo=ZONE)
    # Whoever's calendar does not know the zone is told what it is.
    (zone,) = Calendar.from_ical(file.content).walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Asia/Shanghai"


async def test_the_link_keeps_a_calendar_up_to_date(town: Nanhai) -> None:
    lamps, match = town.save(lamp_works()), town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {lamps.id}")
    await ana.says(f"报名 {match.id}")
    await ana.says("我的")
    await ana.presses("加到日历")
    assert len(_entries((await ana.file()).content)) == 2
    link = ana.link("订阅日历")
    before = await _subscribed(town, link)
    assert [str(each["summary"]) for each in before] == ["走进灯具厂", "羽毛球友谊赛"]
    town.moves(lamps, local(4, 9), "设备检修")
    town.calls_off(match, "下雨")
    after = await _subscribed(town, link)
    # The same entry changes, and the cancelled one is struck out rather than left standing.
    assert [each["uid"] for each in after] == [each["uid"] for each in before]
    assert after[0]["dtstart"].dt == datetime(2026, 12, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert [str(each["status"]) for each in after] == ["CONFIRMED", "CANCELLED"]
    assert [(each["sequence"], each["last-modified"].dt) for each in after] == [
        (1, town.hands.now.replace(microsecond=0)),
        (1, town.hands.now.replace(microsecond=0)),
    ]
    assert [len(_alarms(each)) for each in after] == [2, 0]
    await ana.says(f"取消报名 {lamps.id}")
    assert [str(each["summary"]) for each in await _subscribed(town, link)] == ["羽毛球友谊赛"]


async def test_what_is_over_stays_for_a_while_and_reminders_are_ones_own(town: Nanhai) -> None:
    lamps = town.save(lamp_works(station_id=4))
    liu, ana = await organizer(town), town.person("小安")
    await ana.arrives()
    await ana.says("资料")
    await ana.presses("提醒")
    await ana.presses("半小时")
    await ana.presses("选好了")
    await ana.says("我的")
    await ana.says("加到日历")
    link = ana.link("订阅日历")
    status, content = await _fetch(town, link)
    empty = Calendar.from_ical(content)
    assert (status, _entries(content)) == (200, [])
    assert "我的活动" in str(empty["x-wr-calname"])
    assert [str(each["tzid"]) for each in empty.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    await ana.says(f"报名 {lamps.id}")
    assert [_alarms(each) for each in await _subscribed(town, link)] == [[timedelta(minutes=-30)]]
    await town.at(local(3, 10, 50))
    await liu.says(f"签到 {await code_of(ana)}")
    for days in (0, 1, 80):
        await town.after(days=days)
        assert [str(each["summary"]) for each in await _subscribed(town, link)] == ["走进灯具厂"]
    await town.after(days=10)
    assert await _subscribed(town, link) == []


async def test_a_calendar_is_shown_to_nobody_who_has_not_its_link(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    links = []
    for each in (ana, ben):
        await each.arrives()
        row = town.save(lamp_works(code=each.name))
        await each.says(f"报名 {row.id}")
        await each.presses("加到日历")
        links.append(each.link("订阅日历"))
    assert links[0] != links[1]
    wrong = f"{town.origin}/calendar/{'x' * 24}.ics"
    for url in (wrong, f"{town.origin}/calendar/.ics", f"{town.origin}/calendar/%00.ics"):
        status, _body = await _fetch(town, url)
        assert status == 404, url
    # The link stays the same however often it is asked for.
    await ana.says("我的")
    await ana.presses("加到日历")
    assert ana.link("订阅日历") == links[0]
