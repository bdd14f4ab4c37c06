"""The day after: how it was, without names."""

from models.events.events import EventState, SignupState
from models.events.feedback import Feedback
from tests.miniature.rows import badminton, event, local
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.scenes import members_at, organizer, signup_states
from tests.stories.station import Nanhai

NAMES = ("安", "本", "陈", "丁", "方", "高")


async def _ask(town: Nanhai, people: list[Person]) -> None:
    """Come to the morning after. WeChat lets a station speak to who spoke within two days."""
    await town.at(local(5, 12))
    for each in people:
        await each.says("我的")
    await town.at(local(5, 21))
    assert not any("怎么样" in words for each in people for words in each.unasked())
    await town.at(local(6, 10, 1))


async def test_who_came_says_how_it_was_in_two_taps_and_nobody_is_known(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    people = await members_at(town, row, *NAMES)
    await _ask(town, people)
    stars = ("★★★★★", "★★★★★", "★★★★", "★★★★★", "★★", "★")
    for number, (each, given) in enumerate(zip(people, stars, strict=True)):
        await each.hears("羽毛球友谊赛怎么样")
        steps = Counted(each)
        assert "不显示名字" in await steps.presses(given)
        if number % 2:
            await each.says(f"下次早点开始，第{number}句")
        else:
            assert "谢谢" in await steps.presses("好了")
            assert steps.steps == 2
        if number == 3:
            # Four have answered: nothing is shown, not even the mean.
            await liu.says("管理活动")
            await liu.presses("以前的")
            await liu.presses("羽毛球友谊赛")
            await liu.presses("更多")
            assert "满五个" in await liu.presses("大家怎么说")
    await liu.says("管理活动")
    await liu.presses("以前的")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    said = await liu.presses("大家怎么说")
    # The sixth waits for four more, or it would be known by the difference.
    assert "4.2" in said
    assert "5 个人答" in said
    assert (await liu.file()).content.startswith(b"\x89PNG")
    sentences = await liu.presses("写的话")
    assert "第1句" in sentences
    assert "第3句" in sentences
    assert "第5句" not in sentences
    assert not any(name in sentences for name in ("工友", "oo安"))


async def test_an_answer_is_changed_for_a_week_and_belongs_to_nobody_then(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    (ana, ben) = await members_at(town, row, "安", "本")
    await _ask(town, [ana, ben])
    await ana.presses("★")
    await ana.presses("好了")
    await ana.presses("★★★")
    await ana.presses("好了")
    assert town.get(Feedback, event_id=row.id).stars == 3
    # Who was not there is not counted.
    assert "不算" in await ben.presses("我没去")
    assert town.count(Feedback) == 1
    await town.at(local(14, 10))
    assert "太晚" in await ana.presses("★★★★★")
    assert town.station.worker is not None
    await town.station.worker.planner.tidy(town.hands.now)
    kept = town.get(Feedback, event_id=row.id)
    assert (kept.stars, kept.member_id) == (3, None)


async def test_only_who_came_is_asked_where_anybody_was_checked_in(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    meeting = town.save(event("m", "读书会", local(5, 14), state=EventState.OPEN))
    liu = await organizer(town)
    ana, ben = await members_at(town, row, "安", "本")
    (cai,) = await members_at(town, meeting, "蔡")
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("按名单签到")
    await liu.says("1")
    for each in (ana, ben, cai):
        await each.says("我的")
    await town.at(local(6, 10, 1))
    assert signup_states(town, row) == [SignupState.ATTENDED, SignupState.NO_SHOW]
    assert any("怎么样" in words for words in ana.unasked())
    assert not any("怎么样" in words for words in ben.unasked())
    # A team's weekly session asks nothing.
    assert not any("怎么样" in words for words in cai.unasked())


async def test_who_sleeps_in_the_morning_is_asked_after_it(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, row, "安")
    await ana.says("免打扰 9:00-16:30")
    await _ask(town, [ana])
    assert not any("怎么样" in words for words in ana.unasked())
    await town.at(local(6, 16, 31))
    await ana.hears("怎么样")


async def test_who_is_erased_takes_the_answer_along(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, row, "安")
    await _ask(town, [ana])
    await ana.presses("★★★★")
    await ana.says("球场很好")
    await ana.says("隐私")
    assert "球场很好" in (await _export(ana))
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    assert town.count(Feedback) == 0


async def _export(person: Person) -> str:
    await person.presses("拿一份")
    return (await person.file()).content.decode()
