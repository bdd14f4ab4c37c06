"""Nobody is woken, nobody is told too much, and everybody chooses what they are told."""

from models.rules.network.permissions import Role
from tests.miniature.rows import event, lamp_works, local
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


async def settles(person: Person, place: str, shift: str) -> str:
    """Say hello, agree, and tell where one works and when; returns the last words."""
    await person.says("你好")
    await person.presses("同意")
    await person.says(place)
    await person.presses("跳过")
    return await person.presses(shift)


async def _announces(town: Nanhai, boss: Person, words: str) -> None:
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says(words)
    await boss.presses("发送")
    await town.after(minutes=5)


# The night shift


async def test_who_works_at_night_is_left_to_sleep_by_day(town: Nanhai) -> None:
    row = town.save(lamp_works())
    boss = await organizer(town, Role.TOWN, 3, "站长")
    ana, ben = town.person("小安"), town.person("小本")
    welcome = await settles(ana, "狮山", "夜班")
    assert "22:00 到 15:00 不打扰。\n你上夜班，白天也不吵你。" in welcome
    assert "不打扰" not in await settles(ben, "狮山", "白班")
    await ana.says(f"报名 {row.id}")
    await _announces(town, boss, "今晚食堂加菜。")
    await ben.hears("今晚食堂加菜。")
    await town.at(local(1, 14, 59))
    assert ana.unasked() == []
    await town.at(local(1, 15))
    await ana.hears("今晚食堂加菜。")
    # A day before is eleven in the morning: the reminder comes when they get up.
    await town.at(local(2, 14, 59))
    assert len(ana.unasked()) == 1
    await town.at(local(2, 15))
    await ana.hears("🔔 走进灯具厂")


async def test_a_new_shift_moves_the_reminders_that_are_owed(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {row.id}")
    await ana.says("资料")
    await ana.presses("班次")
    assert "免打扰：22:00–15:00" in await ana.presses("夜班")
    await town.at(local(2, 11))
    assert ana.unasked() == []
    await town.at(local(2, 15))
    await ana.hears("🔔 走进灯具厂")


async def test_the_quiet_hours_on_the_screen_are_those_that_hold(town: Nanhai) -> None:
    ana = town.person("小安")
    await settles(ana, "狮山", "倒班")
    asked = await ana.says("免打扰")
    assert "22:00 到 8:00 不打扰。\n轮到夜班的那周，在这里选 8:00–15:00。" in asked
    assert "✅ 8:00 到 15:00 不打扰。" in await ana.presses("8:00–15:00 下夜班")
    assert "✅ 12:00–13:30 · 22:00–7:00 不打扰。" in await ana.says(
        "免打扰 22:00-7:00，12:00-13:30"
    )
    assert "免打扰：12:00–13:30 · 22:00–7:00" in await ana.says("资料")
    await ana.presses("班次")
    # Hours of one's own stay what they are.
    assert "免打扰：12:00–13:30 · 22:00–7:00" in await ana.presses("夜班")
    await ana.says("免打扰")
    assert "✅ 22:00 到 15:00 不打扰。\n你上夜班" in await ana.presses("跟站里一样")


async def test_a_seat_is_not_kept_for_whoever_sleeps_until_it_is_too_late(town: Nanhai) -> None:
    row = town.save(event("walk", "沿河走", local(1, 14), seats=1))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await ana.arrives()
    await settles(ben, "狮山", "夜班")
    await settles(cai, "狮山", "白班")
    for each in (ana, ben, cai):
        await each.says(f"报名 {row.id}")
    await ana.says(f"取消报名 {row.id}")
    await ana.presses("让出位子")
    await town.works()
    assert ben.unasked() == []
    await cai.hears("🔔 空出一个位子")
    assert "你排第 1" in await ben.says(f"报名 {row.id}")


# How many a day


async def test_three_stations_together_say_no_more_than_three_things_a_day(town: Nanhai) -> None:
    district = await organizer(town, Role.DISTRICT, 1, "区里")
    station = await organizer(town, Role.TOWN, 3, "镇里")
    company = await organizer(town, Role.CONTACT_POINT, 4, "厂里")
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "昭信", "白班")
    await settles(ben, "狮山", "白班")
    await _announces(town, district, "区里办灯会。")
    await _announces(town, station, "镇里放电影。")
    await _announces(town, company, "厂里发月饼。")
    await _announces(town, station, "镇里修路。")
    assert [text.splitlines()[0] for text in ana.unasked()] == [
        "南海区：区里办灯会。",
        "狮山：镇里放电影。",
        "昭信集团：厂里发月饼。",
    ]
    # The company's was not for everybody: the others have heard two, and hear the third.
    await ben.hears("镇里修路。")
    await town.at(local(1, 21))
    assert len(ana.unasked()) == 3
    await town.at(local(2, 8))
    await ana.hears("镇里修路。")


# What one is told


async def test_each_kind_of_message_is_switched_alone(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "消息：都收" in await ana.says("资料")
    shown = await ana.presses("消息")
    assert "1. 提醒：收\n2. 空位：收\n3. 变动和答复：收\n4. 公告：收" in shown
    switched = await ana.says("4")
    assert switched.startswith("✅ 公告：不再发了。")
    assert "1. 提醒：收\n2. 空位：收\n3. 变动和答复：收\n4. 公告：不收" in switched
    await ana.says("1")
    assert "消息：不收提醒 · 公告" in await ana.says("资料")
    assert "3. 变动和答复：不收" in await ana.says("退订 变动")
    assert "✅ 改时间、取消也不会告诉你了。" in ana.sees
    assert "4. 公告：收" in await ana.says("订阅 公告")
    await ana.says("2")
    assert "1. 提醒：不收\n2. 空位：不收\n3. 变动和答复：不收\n4. 公告：收" in ana.sees
    await ana.says("退订 公告")
    assert "消息：都不收" in await ana.says("资料")
    await ana.says("订阅")
    assert "消息：都收" in await ana.says("资料")


async def test_who_wants_no_announcements_is_reminded_all_the_same(town: Nanhai) -> None:
    row = town.save(lamp_works())
    boss = await organizer(town, Role.TOWN, 3, "站长")
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await settles(each, "狮山", "白班")
        await each.says(f"报名 {row.id}")
    await ana.says("退订 公告")
    await ben.says("退订 提醒")
    await _announces(town, boss, "今晚食堂加菜。")
    await ben.hears("今晚食堂加菜。")
    await town.at(local(2, 11))
    await ana.hears("🔔 走进灯具厂")
    assert not any("食堂" in text for text in ana.unasked())
    assert not any("🔔" in text for text in ben.unasked())


async def test_after_stop_one_kind_can_be_chosen_back(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("退订")
    assert "1. 提醒：不收" in await ana.presses("逐项选")
    assert "✅ 提醒：又收了。" in await ana.says("1")
    assert "消息：不收空位 · 变动和答复 · 公告" in await ana.says("资料")
