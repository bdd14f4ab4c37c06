"""Seats that are shared out: what is kept, what is open to whom, and when it is released."""

from models.events.events import Event, Signup, SignupState
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.people import Person
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai

TOWN = 2


async def shares_out(boss: Person, event_id: int, words: str, until: str) -> str:
    await boss.says("管理活动")
    await boss.presses("走进灯具厂")
    await boss.presses("更多")
    await boss.presses("名额分配")
    assert words.split(maxsplit=1)[0] in await boss.says(words)
    return await boss.presses(until)


async def test_seats_are_kept_for_a_company_until_they_are_released(town: Nanhai) -> None:
    event = town.save(
        lamp_works(seats=3, starts_at=local(5, 11), ends_at=local(5, 13), closes_at=local(5, 11))
    )
    boss = await organizer(town, Role.DISTRICT, 1)
    said = await shares_out(boss, event.id, "昭信集团 至少2", "12月4日 周五 11:00")
    assert "✅ 名额分好了。" in said
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await settles(ana, "昭信")
    await settles(ben, "狮山")
    await settles(cai, "桂城")
    card = await ben.says(f"活动 {event.id}")
    assert "名额分配：昭信集团至少 2 席" in card
    assert "你还能报 1 席。" in card
    assert "没用完的，12月4日 周五 11:00 起大家都能报。" in card
    assert "✅ 报上了" in await ben.presses("报名")
    assert "现在没有对你开放的位子" in await cai.says(f"活动 {event.id}")
    assert "你排第 1" in await cai.presses("排队")
    # Who it is kept for does not stand behind those whom it is not for, and reads of no full event.
    card = await ana.says(f"活动 {event.id}")
    assert "余 2 席（共 3 席），排队 1 人" in card
    assert "你还能报 2 席。" in card
    assert "✅ 报上了" in await ana.says(f"报名 {event.id}")
    assert "余 1 席，排队 1 人" in await ana.says("灯具厂")
    assert "还有 1 人在排队，取消后位子可能给他们" in await ana.says(f"取消报名 {event.id}")
    await ana.presses("留着")
    await town.at(local(4, 11))
    await town.works()
    await cai.hears("🔔 空出一个位子")


async def test_what_is_written_wrongly_is_said_and_nothing_is_changed(town: Nanhai) -> None:
    event = town.save(
        lamp_works(seats=3, starts_at=local(5, 11), ends_at=local(5, 13), closes_at=local(5, 11))
    )
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says("管理活动")
    await boss.presses("走进灯具厂")
    await boss.presses("更多")
    await boss.presses("名额分配")
    assert "“昭信”：是谁，几席？" in await boss.says("昭信")
    assert "没找到“月球”" in await boss.says("月球 5")
    await boss.presses("不改了")
    assert "要留 9 席，一共只有 3 席" in await shares_out(boss, event.id, "狮山 9", "不放开")
    assert "名额分配" not in await boss.says(f"活动 {event.id}")


async def test_seats_are_kept_for_a_shift_and_for_who_is_new(town: Nanhai) -> None:
    times = {"starts_at": local(5, 11), "ends_at": local(5, 13), "closes_at": local(5, 11)}
    event = town.save(lamp_works(seats=1, **times))
    boss = await organizer(town, Role.DISTRICT, 1)
    await shares_out(boss, event.id, "夜班 至少1", "不放开")
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "昭信", shift="夜班")
    await settles(ben, "狮山", "摄影")
    card = await ben.says(f"活动 {event.id}")
    assert "名额分配：夜班至少 1 席" in card
    assert "现在没有对你开放的位子" in card
    assert "你还能报 1 席。" in await ana.says(f"活动 {event.id}")
    assert "✅ 报上了" in await ana.presses("报名")
    # Who ever came is no first-timer at the next one; at the one where they came they stay one.
    (claim,) = town.rows(Signup)
    town.change(Signup, claim.id, state=SignupState.ATTENDED)
    other = town.save(badminton(station_id=4, seats=1))
    await boss.says(f"名额分配 {other.id}")
    assert "喜欢摄影的 1 席、第一次来的 1 席" in await boss.says("喜欢摄影的 1；第一次来的 1")
    await boss.presses("不放开")
    assert "现在没有对你开放的位子" in await ana.says(f"活动 {other.id}")
    # One seat may count in several shares: Ben likes it, and is new.
    assert "你还能报 1 席。" in await ben.says(f"活动 {other.id}")
    assert "✅ 报上了" in await ben.presses("报名")


async def test_the_question_that_seats_hang_on_is_added_in_one_tap(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=4))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"名额分配 {event.id}")
    assert "报名时还没有问：男还是女？" in await boss.says("男女各2")
    assert "名额分配：男 2 席、女 2 席" in await boss.presses("加上这一问")
    assert "✅ 名额分好了。" in await boss.presses("不放开")
    await boss.says(f"名额分配 {event.id}")
    assert "没找到“月球”" in await boss.says("月球 1")
    assert "谁有几席" in await boss.presses("重新写")


async def test_as_many_men_as_women_by_what_they_answer(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=4, along=Along.TWO))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says("管理活动")
    await boss.presses(event.title)
    await boss.presses("更多")
    await boss.presses("报名问题")
    await boss.presses("男 / 女")
    assert "也可以按回答分：男、女。" in await boss.presses("按回答分名额")
    assert "名额分配：男 2 席、女 2 席" in await boss.says("男女各2")
    assert "✅ 名额分好了。" in await boss.presses("不放开")

    ana, ben, cai, dan = (town.person(each) for each in ("小安", "小本", "小蔡", "小丹"))
    for each in (ana, ben, cai, dan):
        await each.arrives()
    assert "你能报的：男余 2 席、女余 2 席" in await ben.says(f"活动 {event.id}")
    assert "你能报的：男余 2 席、女余 2 席" in await ben.presses("报名")
    assert "✅ 报上了" in await ben.presses("男")
    await cai.says(f"报名 {event.id}")
    await cai.presses("男")
    # The men's seats are gone: he queues, and women behind him are seated.
    assert "男只能排队、女余 2 席" in await dan.says(f"报名 {event.id}")
    assert "⏳" in await dan.presses("男")
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    await ana.presses("1 人")
    assert "第 2 位：男还是女？" in await ana.presses("女")
    assert "和你一起：1 人。" in await ana.presses("女")

    # An answer changes only where a seat is open to the other one, and nothing is lost.
    async def calls_himself_a_woman() -> str:
        await ben.says("我的")
        await ben.presses(event.title)
        await ben.presses("我填的")
        await ben.presses("男还是女？")
        return await ben.presses("女")

    assert "这个选项现在没有空位" in await calls_himself_a_woman()
    assert "男" in ben.labels[0]
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("少一位同行")
    assert "✅ 记下了" in await calls_himself_a_woman()
    await town.works()
    await dan.hears("🔔 空出一个位子")
    assert town.get(Event, id=event.id).held == 4
    # What shares the seats out stays until they are shared out otherwise.
    await boss.says("管理活动")
    await boss.presses(event.title)
    await boss.presses("更多")
    await boss.presses("报名问题")
    await boss.presses("男还是女？")
    await boss.presses("删掉这一问")
    assert "先重新分配名额" in await boss.presses("删掉")


async def test_seats_of_a_bus_by_the_stop_where_people_get_on(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=3, meet="8:20 桂城站；8:40 狮山站"))
    boss = await organizer(town, Role.DISTRICT, 1)
    assert "✅ 名额分好了。" in await shares_out(boss, event.id, "桂城站 2；狮山站 1", "不放开")
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    assert "在哪上车？" in await ana.says(f"报名 {event.id}")
    assert "✅ 报上了" in await ana.presses("8:40 狮山站")
    assert town.get(Signup).stop == "狮山站"
    assert "8:40 狮山站只能排队" in await ben.says(f"报名 {event.id}")
    assert "✅ 报上了" in await ben.presses("8:20 桂城站")
