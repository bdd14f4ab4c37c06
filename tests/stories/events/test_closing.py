"""When sign-up closes: the queue hears the truth, and organizers set the time and open it again."""

from models.events.events import Event
from tests.miniature.rows import badminton, local
from tests.stories.people import Person
from tests.stories.scenes import gives_up, members_at, organizer
from tests.stories.station import Nanhai


async def changes(liu: Person, event: Event, what: str) -> str:
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    return await liu.presses(what)


async def test_the_queue_is_told_once_that_no_seat_comes(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    ana, ben = await members_at(town, event, "安", "本")
    assert "报名到 12月5日 周六 12:00" in await ana.opens(f"e{event.id}")
    assert "✅ 你报上了" in ana.sees
    assert "⏳ 你排第 1" in await ben.opens(f"e{event.id}")
    # WeChat lets a station speak for two days after it was spoken to.
    await town.at(local(4, 13))
    await ben.says("我的")
    await town.at(local(5, 12, 30))
    await gives_up(ana, event)
    await town.works()
    assert "没有排到你" in await ben.hears("羽毛球友谊赛报名截止了")
    assert "满了" not in await ben.says(f"报名 {event.id}")
    assert "没有排到你" in ben.sees
    assert "没排到" in await ben.says("我的")
    await town.after(minutes=5)
    assert len([each for each in ben.unasked() if "截止" in each]) == 1
    assert not [each for each in ben.unasked() if "空出" in each]


async def test_more_seats_after_closing_are_no_silent_promise(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    _ana, ben = await members_at(town, event, "安", "本")
    await town.at(local(5, 12, 30))
    await changes(liu, event, "改名额")
    await liu.says("3")
    await town.works()
    assert "截止" in liu.sees
    assert "没有问排队的 1 人" in liu.sees
    assert not [each for each in ben.unasked() if "空出" in each]
    await liu.presses("重新开放")
    assert "正在问排队的 1 人" in await liu.presses("到活动开始")
    await ben.says("我的")
    assert "✅ 报上了" in await ben.says(f"报名 {event.id}")


async def test_sign_up_that_is_opened_again_is_open(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=5))
    liu, ana = await organizer(town), town.person("安")
    await ana.arrives()
    await town.at(local(5, 12, 30))
    assert "报名已截止（今天 12:00）" in await ana.says("活动")
    await changes(liu, event, "停止报名")
    await liu.presses("更多")
    said = await liu.presses("重新开放")
    assert "✅ 重新开放" not in said
    assert "已经过了" in await liu.says("今天 12:00")
    assert "报名最晚到那时" in await liu.says("明天 9:00")
    assert "✅ 重新开放报名了，到 12月5日 周六 13:45（今天）截止。" in await liu.says("今天 13:45")
    assert "报上了" in await ana.says(f"报名 {event.id}")
    # The same question sets the time while sign-up is open.
    await liu.presses("更多")
    await liu.presses("报名截止")
    assert "✅ 报名到 12月5日 周六 13:30（今天）截止。" in await liu.says("今天 13:30")
