"""What a station holds again: by a rule in words or by a tap, left out once, changed, ended."""

from sqlmodel import Session, col, select

from models.events.events import Event, EventState
from models.store import Moment
from tests.miniature.rows import ZONE, local
from tests.stories.counting import Counted
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


def held(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Event).order_by(col(Event.starts_at), col(Event.id))).all()
    return [(_day(each.starts_at), str(each.state)) for each in rows]


def _day(at: Moment) -> str:
    return f"{at.astimezone(ZONE):%m-%d %H:%M}"


async def test_one_message_publishes_what_comes_every_week(town: Nanhai) -> None:
    liu = Counted(await organizer(town))
    preview = await liu.says("发布活动 每周三19:30 广场舞练习 千灯湖 不限 到12月底 节假日停")
    assert "广场舞练习\n12月2日 周三 19:30–21:30（明天）\n千灯湖" in preview
    assert "每周三 19:30 · 到 12月31日 周四为止 · 公共假日不办" in preview
    said = await liu.presses("发布")
    assert "✅ 发布了：广场舞练习，12月2日 周三 19:30" in said
    assert "每周三 19:30" in said
    assert liu.steps == 2
    assert town.look(held) == [("12-02 19:30", "open")]
    for day in (2, 9, 16, 23, 30):
        await town.at(local(day, 19, 30))
    assert [day for day, _ in town.look(held)] == [
        f"12-{day} 19:30" for day in ("02", "09", "16", "23", "30")
    ]
    await town.at(local(31, 12))
    assert len(town.look(held)) == 5


async def test_a_published_event_is_repeated_by_taps_and_left_out_once(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六9:00 义剪 桂城站 30人")
    await liu.presses("培训")
    await liu.presses("发布")
    counted = Counted(liu)
    assert "多久办一次" in await counted.presses("定期再办")
    sure = await counted.presses("每月第一个周六")
    assert "每月第一个周六 9:00，对吗？" in sure
    assert "接下来：2027年1月2日 周六 9:00" in sure
    assert "其中有公共假日：2027年2月6日 周六、2027年5月1日" in sure
    menu = await counted.presses("假日不办")
    assert counted.steps == 3
    assert "✅ 以后再办：每月第一个周六 9:00 · 公共假日不办" in menu
    assert "接下来：12月5日 周六 9:00" in menu
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("报名 1")
    assert "只停 12月5日 周六 9:00（4 天后）这一次" in await liu.presses("下一次停一回")
    assert "✅ 停一回：12月5日 周六 9:00" in await liu.says("场地检修")
    await town.after(minutes=1)
    assert "场地检修" in await ana.hears("取消")
    assert town.look(held)[0] == ("12-05 09:00", str(EventState.CANCELLED))


async def test_it_is_held_otherwise_from_the_next_on_and_then_no_more(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 每周三19:30 广场舞练习 千灯湖 不限")
    await liu.presses("发布")
    await liu.presses("定期再办")
    await liu.presses("下一次起改")
    sure = await liu.says("每周四 20:00 文化站")
    assert "下一次起：每周四 20:00" in sure
    assert "第一次：12月3日 周四 20:00" in sure
    changed = await liu.presses("没错")
    assert "✅ 下一次起改好了" in changed
    assert town.look(held) == [("12-03 20:00", "open")]
    await town.at(local(3, 20))
    assert [day for day, _ in town.look(held)] == ["12-03 20:00", "12-10 20:00"]
    await liu.says("管理活动")
    await liu.presses("广场舞练习")
    await liu.presses("更多")
    await liu.presses("定期再办")
    assert "以后不再办了" in await liu.presses("以后不再办")
    await town.at(local(17, 20))
    assert len(town.look(held)) == 2


async def test_what_is_on_the_same_day_is_named_before_publishing(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("发布")
    preview = await liu.says("发布活动 周六下午4点 象棋赛 狮山站 20人")
    assert "⚠️ 同一天还有：羽毛球赛 15:00" in preview
    await liu.presses("不发了")
    other = await liu.says("发布活动 周日下午4点 象棋赛 狮山站 20人")
    assert "同一天" not in other
