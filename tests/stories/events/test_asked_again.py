"""Questions asked again at check-in: of the helper at the door, or of people themselves."""

from sqlmodel import Session

from models.events import doors
from models.events.events import Event
from models.events.questions import Answer
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.people import Person
from tests.stories.scenes import asks, called, code_of, organizer
from tests.stories.station import Nanhai


async def asks_again(town: Nanhai, event: Event, *ready: str) -> Person:
    """An organizer who has these ready-made questions asked again at check-in."""
    liu = await organizer(town)
    for each in ready:
        await asks(liu, event, each)
        assert "签到时再问一次" in await liu.presses("签到时再问")
    return liu


async def test_whoever_is_at_the_door_confirms_or_changes_an_answer_by_one_tap(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, along=Along.TWO))
    liu = await asks_again(town, event, "衣服尺码")
    people = {}
    for name, size in (("小安", "M"), ("小本", "L"), ("小陈", "S")):
        people[name] = town.person(name)
        await people[name].arrives()
        await called(people[name], name)
        await people[name].says(f"报名 {event.id}")
        await people[name].says(size)
    await town.at(local(5, 13))
    codes = [await code_of(each) for each in people.values()]
    await liu.says("签到")
    asked = await liu.says(codes[0])
    assert "✅ 小安" in asked
    assert "小安：衣服穿几码？\n报名时填的：M" in asked
    # The next code leaves it as it was.
    assert "报名时填的：L" in await liu.says(codes[1])
    assert "✅ 记下了" in await liu.presses("XL")
    assert "到了 2 / 3" in liu.sees
    # Somebody who is here is asked once; an undone check-in asks anew.
    assert "之前已经签到了" in await liu.says(codes[1])
    assert "几码" not in liu.sees
    assert "之前已经签到了" in await liu.says(codes[0])
    assert "报名时填的：M" in liu.sees
    await liu.presses("没变")
    await liu.presses("按名单签到")
    assert "报名时填的：S" in await liu.says("小陈")
    assert "尺码，比如" in await liu.says("中等")
    assert "都到齐了" in await liu.says("xxl")
    assert sorted(each.value for each in town.rows(Answer)) == ["2XL", "M", "XL"]


async def test_words_of_the_door_are_followed_at_the_codes_the_list_and_a_question(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    liu = await asks_again(town, event, "衣服尺码")
    people = {name: town.person(name) for name in ("小安", "小本", "小陈")}
    for name, each in people.items():
        await each.arrives()
        await called(each, name)
        await each.says(f"报名 {event.id}")
        await each.says("M")
    await town.at(local(5, 13))
    codes = [await code_of(each) for each in people.values()]
    await liu.says("签到")
    assert "刚才没有签到的人" in await liu.says("撤销")
    assert "小安：衣服穿几码？" in await liu.says(codes[0])
    # Amid the question the list comes, and the answer of then holds.
    said = await liu.says("谁没来")
    assert "到了 1 / 3" in said
    assert all(any(name in each for each in liu.labels) for name in ("小本", "小陈"))
    await liu.says("小本")
    assert "撤销了：小本" in await liu.says("签错了")
    assert "到了 1 / 3" in liu.sees
    await liu.says("小本")
    await liu.presses("没变")
    assert "撤销了：小本" in await liu.says("撤销")
    await liu.presses("输签到码")
    await liu.says(codes[2])
    await liu.presses("没变")
    assert "到了 2 / 3" in liu.sees
    assert "撤销了：小陈" in await liu.says("点错了")
    assert "谁到了就点谁" in await liu.says("名单")
    assert "六位" not in liu.sees
    assert "✅ 签到 1 人" in await liu.says("好了")


async def test_people_who_check_themselves_in_are_asked_again_with_whom_they_bring(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, along=Along.TWO))
    liu = await asks_again(town, event, "订餐")
    await liu.presses("再加一问")
    await liu.presses("自己写")
    await liu.says("照片可以用在公众号上")
    await liu.presses("点“同意”")
    await liu.presses("签到时再问")
    await liu.presses("改成可跳过")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    await ana.presses("1 人")
    await ana.presses("要")
    await ana.presses("同意")
    await ana.presses("要")
    await town.at(local(5, 13))

    def secret_of(session: Session) -> str:
        return doors.place_secret(session, event.id)

    secret = town.store.write_now(secret_of)
    assert "都到了吗" in await ana.opens(f"k{event.id}-{secret}") or "到了吗" in ana.sees
    assert "报名时填的：要" in await ana.presses("都到了")
    assert "照片可以用在公众号上" in await ana.presses("没变")
    assert "第 2 位：要不要订餐？" in await ana.presses("不同意")
    assert "✅ 记下了" in await ana.presses("不要")
    values = [(each.signup_id, each.value) for each in town.rows(Answer)]
    first = min(number for number, _ in values)
    assert sorted(value for number, value in values if number == first) == ["", "要"]
    assert sorted(value for number, value in values if number != first) == ["不要"]
    # Asked once: scanning again only says that they are here.
    assert "没变" not in await ana.opens(f"k{event.id}-{secret}")


async def test_at_a_stop_of_a_tour_the_roll_goes_on_after_the_question(town: Nanhai) -> None:
    three = "8:20 桂城站；8:40 狮山站"
    event = town.save(
        lamp_works(station_id=4, seats=3, meet=three, starts_at=local(5, 9), ends_at=local(5, 12))
    )
    liu = await asks_again(town, event, "衣服尺码")
    names = ("小安", "小本", "小陈")
    people = [town.person(name) for name in names]
    for one, name in zip(people, names, strict=True):
        await one.arrives()
        await called(one, name)
        await one.says(f"报名 {event.id}")
        await one.says("M")
        await one.presses("8:20 桂城站")
    await town.at(local(5, 8))
    await liu.says("签到")
    await liu.presses("更多")
    await liu.presses("上车点")
    await liu.presses(next(each for each in liu.labels if "桂城站" in each))
    await liu.presses(next(each for each in liu.labels if "小陈" in each))
    # The list that is meant here is that of the stop.
    assert "还差 2 人" in await liu.says("名单")
    asked = await liu.presses(next(each for each in liu.labels if "小安" in each))
    assert "小安：衣服穿几码？\n报名时填的：M" in asked
    assert "还差 1 人" in await liu.presses("没变")
    # Who says that they got on is asked themselves.
    ben = people[1]
    await ben.says("签到")
    assert "报名时填的：M" in await ben.presses("上车了")
    assert "✅ 记下了" in await ben.presses("没变")


async def test_what_cannot_be_tapped_for_others_is_not_asked_again(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town, Role.CONTACT_POINT, 4, "老刘")
    await asks(liu, event, "证书照片")
    assert not any("签到时再问" in each for each in liu.labels)
