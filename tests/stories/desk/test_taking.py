"""Somebody takes a letter: the others see who, and leave it to them."""

from models.rules.network.permissions import Role
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai


async def test_who_takes_a_letter_is_seen_and_goes_on_with_it(town: Nanhai) -> None:
    boss, mate = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.TOWN, 3, "小陈"),
    )
    ana = town.person("阿梅")
    await settles(ana, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    await boss.hears("想学电工")
    await mate.hears("想学电工")
    await boss.presses("转给")
    assert "✅ 归你跟了" in await boss.presses("我来跟")
    assert " 在跟" in await mate.says("来信")
    # What its writer adds is for whoever takes it.
    await ana.says("我的来信")
    await ana.presses("想学电工")
    await ana.presses("回一句")
    await ana.says("夜班也能上吗")
    await town.works()
    await boss.hears("夜班也能上吗")
    assert all("夜班也能上吗" not in each for each in mate.unasked())
    await boss.presses("转给")
    # Not every channel tells names.
    colleague = next(each for each in boss.labels if each.endswith(" 在跟"))
    assert "✅ 交给 " in await boss.presses(colleague)
    await town.works()
    assert "请你来跟" in await mate.hears("夜班也能上吗")
    await mate.presses("转给")
    assert "✅ 谁先看到谁来回" in await mate.presses("还给大家")
    assert "在跟" not in await boss.says("来信")
