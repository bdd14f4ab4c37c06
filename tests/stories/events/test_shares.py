"""Seats that are shared out: what is kept, what is open to whom, and when it is released."""

from models.rules.network.permissions import Role
from tests.miniature.rows import lamp_works, local
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
    # Who it is kept for does not stand behind those whom it is not for.
    assert "✅ 报上了" in await ana.says(f"报名 {event.id}")
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
