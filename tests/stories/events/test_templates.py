"""An event is kept as a template and held again; moving one names what else is on that day."""

from sqlmodel import Session

from models.events import partnering, questions, quotas
from models.network.partners import Part, Partner
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.scenes import organizer, published
from tests.stories.station import Nanhai


async def test_one_like_a_template_is_published_in_two_taps_and_a_date(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=30))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"管理活动 {event.id}")
    await boss.presses("更多")
    await boss.presses("报名问题")
    await boss.presses("衣服尺码")
    await boss.says(f"管理活动 {event.id}")
    await boss.presses("更多")
    assert "存成模板了" in await boss.presses("存成模板")
    assert "或者照着再办一个" in await boss.says("发布活动")
    assert "什么时候" in await boss.presses("走进灯具厂")
    assert "走进灯具厂\n12月12日 周六 9:00–11:00" in await boss.says("12月12日 9点")
    assert "✅ 发布了：走进灯具厂" in await boss.presses("发布")
    copy = published(town)[-1]
    assert (copy.seats, copy.place, copy.is_template) == (30, "桂城站集合", False)
    asked = town.look(questions.of_event, copy.id)
    assert [each.ready for each in asked] == ["size"]
    assert copy.questions == 1
    assert town.look(quotas.of_event, copy.id) == []
    # A title is typed as before; by its number any event is one to copy.
    assert "什么时候" in await boss.says(f"发布活动 照第{event.id}号再办一个")
    await boss.says(f"管理活动 {event.id}")
    await boss.presses("更多")
    assert "不再当模板了" in await boss.presses("不再当模板")
    assert "照着再办" not in await boss.says("发布活动")
    assert "什么时候" in await boss.says("象棋赛")


async def test_moving_an_event_names_what_else_is_on_that_day(town: Nanhai) -> None:
    event = town.save(lamp_works())
    town.save(badminton(station_id=event.station_id))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"管理活动 {event.id}")
    await boss.presses("更多")
    await boss.presses("改时间")
    assert "⚠️ 同一天还有：羽毛球友谊赛 14:00" in await boss.says("周六下午3点")


async def test_partners_come_along_to_one_like_it_and_to_the_next_while_they_are_any(
    town: Nanhai,
) -> None:
    event = town.save(lamp_works(seats=30))

    def keep(session: Session) -> None:
        now = town.hands.now
        palace, lamps = (
            Partner(station_id=1, name=name, parts="teaches", since=now)
            for name in ("青少年宫", "灯具协会")
        )
        session.add_all((palace, lamps))
        session.flush()
        both = {(palace.id, Part.TEACHES), (lamps.id, Part.TEACHES)}
        partnering.choose(session, event.id, both, None, now)
        lamps.ended_at = now

    town.store.write_now(keep)
    boss = await organizer(town, Role.DISTRICT, 1)
    assert "授课：青少年宫、灯具协会" in await boss.says(f"活动 {event.id}")
    await boss.says(f"发布活动 照第{event.id}号再办一个")
    await boss.says("12月12日 9点")
    await boss.presses("发布")
    copy = published(town)[-1]
    assert copy.id != event.id
    assert "授课：青少年宫\n" in f"{await boss.says(f'活动 {copy.id}')}\n"
    await boss.says(f"管理活动 {copy.id}")
    await boss.presses("更多")
    await boss.presses("定期再办")
    await boss.presses("每周")
    await boss.presses("假日不办")
    await town.at(local(12, 10))
    following = published(town)[-1]
    assert following.id > copy.id
    with_it = town.look(partnering.chosen, following.id)
    assert with_it == town.look(partnering.chosen, copy.id)
