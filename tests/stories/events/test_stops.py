"""A tour with three stops: chosen by a tap, called at each, and who is missing is written to."""

from models.events.events import Signup, SignupState
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.counting import Counted
from tests.stories.scenes import called, members_at, organizer, signup_states
from tests.stories.station import Nanhai

THREE = "8:20 桂城站；8:40 狮山站；9:00 大沥站"


async def test_a_tour_with_three_stops(town: Nanhai) -> None:
    event = town.save(
        lamp_works(station_id=4, seats=3, meet=THREE, starts_at=local(5, 9), ends_at=local(5, 12))
    )
    liu = await organizer(town)
    people = [town.person(name) for name in ("小安", "小本", "小蔡")]
    for each, name in zip(people, ("陈静", "李伟", "王芳"), strict=True):
        await each.arrives()
        await called(each, name)
    ana, ben, cai = people
    steps = Counted(ana)
    assert "在哪上车" in await steps.says(f"报名 {event.id}")
    assert "✅ 你在 8:20 桂城站上车" in await steps.presses("8:20 桂城站")
    # One tap more than an event without stops.
    assert steps.steps == 2
    await ben.says(f"报名 {event.id}")
    await ben.presses("8:40 狮山站")
    await cai.says(f"报名 {event.id}")
    await town.at(local(5, 8))
    await liu.says("签到")
    await liu.presses("更多")
    assert "哪个上车点" in await liu.presses("上车点")
    first = next(each for each in liu.labels if "桂城站" in each)
    assert "到了 0 / 1" in first
    assert any("没选" in each for each in liu.labels)
    assert "还差 1 人" in await liu.presses(first)
    # Asked in words, it is who is missing at that stop; elsewhere at the event of today.
    assert "8:20 桂城站\n还差 1 人" in await liu.says("谁没到")
    assert "陈静签到了" in await liu.presses(next(each for each in liu.labels if "陈静" in each))
    # Who is missing reads what the station is told to say, and gets on in one tap.
    await liu.presses("全部上车点")
    await liu.presses(next(each for each in liu.labels if "狮山站" in each))
    await liu.presses("发消息")
    assert "✅ 1 人马上会收到" in await liu.says("车在北门等五分钟")
    await town.works()
    await ben.says("签到")
    assert "车在北门等五分钟" in "".join((ben.sees, *ben.unasked()))
    await ben.says("签到")
    assert "✅ 你上车了" in await ben.presses("上车了")
    assert signup_states(town, event) == [
        SignupState.ATTENDED,
        SignupState.ATTENDED,
        SignupState.SEATED,
    ]
    rows = [town.get(Signup, turn=number).stop for number in (1, 2, 3)]
    assert rows == ["桂城站", "狮山站", ""]
    # It is said in a word as well.
    assert "✅ 你上车了" in await cai.says("上车")
    assert signup_states(town, event) == [SignupState.ATTENDED] * 3


async def test_of_two_seats_on_a_day_each_has_its_code(town: Nanhai) -> None:
    times = {"starts_at": local(5, 9), "ends_at": local(5, 12)}
    tour = town.save(lamp_works(station_id=4, meet=THREE, **times))
    match = town.save(badminton(starts_at=local(5, 14), ends_at=local(5, 16)))
    ana = town.person("小安")
    await ana.arrives()
    for each in (tour, match):
        await ana.says(f"报名 {each.id}")
    await town.at(local(5, 8))
    assert "哪一个" in await ana.says("签到")
    assert "你的签到码" in await ana.says(str(match.id))
    assert "走进灯具厂" in await ana.says(f"签到 {tour.id}")
    assert "上车了" in ana.labels


async def test_who_is_missing_is_told_of_the_event_that_is_looked_at(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    town.save(badminton(station_id=4, code="later", title="另一场", starts_at=local(5, 18)))
    liu = await organizer(town)
    ana, _ben = await members_at(town, match, "小安", "小本")
    await called(ana, "陈静")
    await liu.says(f"管理 {match.id}")
    assert "活动当天才能签到" in await liu.says("谁没到")
    await town.at(local(5, 13, 50))
    for words in ("谁没到", "还有谁没来？", "who's missing"):
        await liu.says(f"管理 {match.id}")
        assert "羽毛球友谊赛：到了 0 / 2" in await liu.says(words), words
        assert "陈静" in liu.labels, words
    await liu.says("菜单")
    assert "羽毛球友谊赛：到了 0 / 2" in await liu.says("谁没到")
    await liu.presses("陈静")
    # It is said once more amid ticking; of what was long ago the list tells it.
    await liu.says("谁没到")
    assert "陈静" not in liu.labels
    await town.at(local(28, 10))
    await liu.says(f"管理 {match.id}")
    assert "1. 陈静 · 已签到" in await liu.says("谁没来")
