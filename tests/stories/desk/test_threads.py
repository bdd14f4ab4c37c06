"""A question goes to those who can answer it, goes on between both sides, and goes up in time."""

from sqlmodel import Session, select

from models.desk.threads import Thread, ThreadKind, ThreadState
from models.network import audit
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.scenes import called, organizer, settles
from tests.stories.station import Nanhai


async def _at(town: Nanhai, place: str, name: str = "小安") -> Person:
    person = town.person(name)
    await settles(person, place)
    return person


async def _write(*people: Person) -> None:
    """WeChat lets the station speak for two days after somebody wrote."""
    for each in people:
        await each.says("菜单")


def _acts(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(audit.Audit).where(audit.Audit.subject == "thread:1"))
    return [(str(each.act), each.details.get("what", "")) for each in rows]


async def test_a_question_about_an_event_goes_to_and_fro(town: Nanhai) -> None:
    event = town.save(badminton())
    boss, other = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.TOWN, 2, "别镇"),
    )
    ana = await _at(town, "桂城")
    await called(ana, "小安")
    # Nothing was written before: the words are asked for once.
    await ana.opens(f"e{event.id}")
    assert "问一问" in ana.labels
    assert "关于羽毛球友谊赛想问什么" in await ana.presses("问一问")
    asked = await ana.says("要自己带球拍吗")
    assert "“要自己带球拍吗”" in asked
    assert "问羽毛球友谊赛的组织者（狮山）" in asked
    assert "✅ 记下了，狮山的组织者会看" in await ana.presses("留名")
    await town.works()
    # Those who run it get it at once, with all that they can do with it.
    heard = await boss.hears("要自己带球拍吗")
    assert "狮山 · 羽毛球友谊赛 · 小安的提问" in heard
    assert boss.labels == ["回答", "转给", "已解决"]
    assert other.unasked() == []
    await boss.presses("回答")
    assert "✅ 回复好了" in await boss.says("场馆有球拍借。")
    await town.after(minutes=1)
    assert "“要自己带球拍吗”有答复了" in await ana.hears("场馆有球拍借。")
    assert ana.labels == ["有帮助", "没帮助", "回一句"]
    # Both can go on.
    await ana.presses("回一句")
    assert "组织者会看" in await ana.says("要押金吗")
    await town.works()
    assert "接着“要自己带球拍吗”" in await boss.hears("要押金吗")
    assert "1 条等着回" in await boss.says("来信")
    assert "工友：要自己带球拍吗" in await boss.presses("要自己带球拍吗")
    await boss.presses("回答")
    await boss.says("不要押金。")
    await town.after(minutes=1)
    await ana.hears("不要押金。")
    await ana.presses("有帮助")
    thread = town.get(Thread)
    assert (thread.kind, thread.state, thread.helped) == (
        ThreadKind.QUESTION,
        ThreadState.SETTLED,
        True,
    )
    assert "没有等着回复的来信" in await boss.says("来信")
    assert "对方说有帮助" in await boss.presses("我的") or "要自己带球拍吗" in boss.sees
    # Whoever asked finds it again.
    await ana.says("我的")
    assert "提问 · ✅ 已解决 · 要自己带球拍吗" in await ana.presses("我的来信")
    assert "你：要押金吗" in await ana.presses("要自己带球拍吗")
    assert ("see_list", "") in town.look(_acts)


async def test_a_letter_is_handed_over_and_its_member_knows_who_has_it(town: Nanhai) -> None:
    boss, top = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.DISTRICT, 1, "区长"),
    )
    ana = await _at(town, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    await boss.hears("想学电工")
    assert "转给哪里的组织者" in await boss.presses("转给")
    assert "✅ 转给南海区的组织者了" in await boss.presses("南海区")
    await town.works()
    assert "“想学电工”转给南海区的组织者了" in await ana.hears("转给南海区")
    assert "⏳ 在南海区" in await ana.says("我的来信")
    await top.hears("想学电工")
    # The town gave it away, and can read it no more.
    assert "没有等着回复的来信" in await boss.says("来信")
    await top.presses("已解决")
    await town.after(minutes=1)
    assert "组织者说“想学电工”已经解决了" in await ana.hears("已经解决了")
    # It is not, says its member: it waits again.
    await ana.presses("没帮助")
    await ana.presses("回一句")
    await ana.says("电工班在哪里报名呢")
    await town.works()
    await top.hears("电工班在哪里报名呢")
    assert [what for _act, what in town.look(_acts)] == ["handed over", "settled"]


async def test_what_nobody_answers_goes_up_once_a_level_and_by_day(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    point, boss, top = (
        await organizer(town, Role.CONTACT_POINT, 4, "点长"),
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.DISTRICT, 1, "区长"),
    )
    ana = await _at(town, "桂城")
    await town.at(local(1, 21))
    await ana.opens(f"e{event.id}")
    await ana.presses("问一问")
    await ana.says("要自己带球拍吗")
    assert "昭信集团的组织者会看" in await ana.presses("留名")
    await town.works()
    await point.hears("要自己带球拍吗")
    assert boss.unasked() == []
    await town.at(local(2, 20, 59))
    await _write(ana, boss, top)
    assert boss.unasked() == []
    # WeChat lets the station speak for two days after somebody's own words.
    for each in (ana, boss, top):
        await each.says("菜单")
    await town.at(local(2, 21, 1))
    heard = await boss.hears("要自己带球拍吗")
    assert "那边没人回" in heard
    assert "也请狮山的组织者看了" in await ana.hears("还没人回")
    assert top.unasked() == []
    await town.at(local(3, 21, 2))
    await top.hears("要自己带球拍吗")
    await town.at(local(4, 21, 3))
    await town.at(local(5, 21, 4))
    await ana.says("菜单")
    for each in (point, boss, top):
        assert len([one for one in each.unasked() if "球拍" in one]) == 1
    assert len([one for one in ana.unasked() if "还没人回" in one]) == 2
    # Whoever answers first answers for all.
    await _write(ana)
    await top.presses("回答")
    await top.says("带上吧。")
    await town.after(minutes=1)
    await ana.hears("带上吧。")
    assert "没有等着回复的来信" in await point.says("来信")


async def test_at_night_nothing_goes_up(town: Nanhai) -> None:
    boss, top = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.DISTRICT, 1, "区长"),
    )
    ana = await _at(town, "狮山")
    await town.at(local(1, 23))
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    assert boss.unasked() == []
    await town.at(local(2, 8))
    await boss.hears("想学电工")
    await town.at(local(2, 23, 30))
    assert top.unasked() == []
    await town.at(local(3, 8))
    await top.hears("想学电工")


async def test_whoever_comes_later_is_asked_what_was_kept(town: Nanhai) -> None:
    ana = await _at(town, "狮山")
    await ana.says("心愿 想学电工")
    assert "一直留着：这里还没有组织者" in await ana.presses("不留名")
    await town.after(days=1, hours=2)
    await _write(ana)
    assert ana.unasked() == []
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    assert "来信（1）" in await boss.says("菜单") or "来信（1）" in str(boss.labels)
    await ana.says("菜单")
    await town.after(days=1)
    assert "没留名" in await boss.hears("想学电工")
    assert "也请狮山的组织者看了" in await ana.hears("还没人回")


async def test_a_company_reads_what_its_people_ask_about_its_event_only_if_chosen(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    firm, boss = (
        await organizer(town, Role.CONTACT_POINT, 4, "点长"),
        await organizer(town, Role.TOWN, 3, "镇长"),
    )
    ana = await _at(town, "昭信")
    await ana.opens(f"e{event.id}")
    await ana.presses("问一问")
    assert "问羽毛球友谊赛的组织者（狮山）" in await ana.says("加班的能请假去吗")
    await ana.presses("留名")
    await town.works()
    await boss.hears("加班的能请假去吗")
    assert "没有等着回复的来信" in await firm.says("来信")
    # Nor can the town hand it to them.
    assert "还没有别的组织者" in await boss.presses("转给")
    await ana.opens(f"e{event.id}")
    await ana.presses("问一问")
    await ana.says("要自己带球拍吗")
    await ana.presses("发给别处")
    await ana.presses("昭信集团（只这一条）")
    await ana.presses("留名")
    await town.works()
    await firm.hears("要自己带球拍吗")
    assert "加班" not in await firm.says("来信")


async def test_a_captain_is_asked_about_the_sessions_of_the_team(town: Nanhai) -> None:
    row = town.save(team())
    event = town.save(lamp_works(station_id=3, team_id=row.id))
    boss, cap = await organizer(town, Role.TOWN, 3, "镇长"), town.person("队长")
    await cap.arrives()
    await town.appoint(cap, Role.CAPTAIN, 3, team_id=row.id)
    ana = await _at(town, "桂城")
    await ana.says(str(event.id))
    await ana.says("能带小孩去吗")
    await ana.presses("问一问")
    await ana.presses("留名")
    await town.works()
    await cap.hears("能带小孩去吗")
    assert boss.unasked() == []
    # A matter for the town: it is one tap away.
    await cap.presses("转给")
    await cap.presses("狮山")
    await town.works()
    await boss.hears("能带小孩去吗")
    assert "没有等着回复的来信" in await cap.says("来信")


async def test_who_gets_a_letter_back_is_told_again(town: Nanhai) -> None:
    boss, top = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.DISTRICT, 1, "区长"),
    )
    ana = await _at(town, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    await boss.hears("想学电工")
    await boss.presses("转给")
    await boss.presses("南海区")
    await town.after(minutes=1)
    await top.hears("想学电工")
    await top.presses("转给")
    await top.presses("狮山")
    await town.after(minutes=1)
    await boss.hears("想学电工")


async def test_an_old_button_settles_only_what_was_read(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = await _at(town, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    await boss.hears("想学电工")
    await ana.says("我的来信")
    await ana.presses("想学电工")
    await ana.presses("回一句")
    await ana.says("夜班也能上吗")
    # The button is that of the first line.
    assert "夜班也能上吗" in await boss.presses("已解决")
    assert town.get(Thread).state == ThreadState.WAITING
    assert "✅" in await boss.presses("已解决")
    assert town.get(Thread).state == ThreadState.SETTLED


async def test_what_is_added_without_a_name_shows_on_the_hour_and_goes_up(town: Nanhai) -> None:
    boss, top = (
        await organizer(town, Role.TOWN, 3, "镇长"),
        await organizer(town, Role.DISTRICT, 1, "区长"),
    )
    ana = await _at(town, "狮山")
    await town.at(local(1, 10, 20))
    await ana.says("心愿 想学电工")
    await ana.presses("不留名")
    await town.at(local(1, 11, 1))
    await boss.hears("想学电工")
    await boss.presses("回答")
    await boss.says("下个月开班。")
    await town.after(minutes=1)
    await ana.hears("下个月开班。")
    await town.at(local(1, 11, 10))
    await ana.presses("回一句")
    await ana.says("夜班也能上吗")
    await boss.says("来信")
    assert "回过了" in await boss.presses("我的")
    # An answer meanwhile does not stand for what nobody could read yet.
    await boss.presses("想学电工")
    await boss.presses("回答")
    await boss.says("在桂城站。")
    await town.at(local(1, 12, 1))
    await boss.hears("夜班也能上吗")
    await town.at(local(2, 12, 5))
    await top.hears("夜班也能上吗")


async def test_whether_it_helped_is_not_shown_beside_a_letter_without_a_name(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = await _at(town, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("不留名")
    await town.after(hours=1)
    await boss.hears("想学电工")
    await boss.presses("回答")
    await boss.says("下个月开班。")
    await town.after(minutes=1)
    await ana.hears("下个月开班。")
    before = await _mine(boss)
    for judged in ("没帮助", "有帮助"):
        await ana.presses(judged)
        assert await _mine(boss) == before
    assert (town.get(Thread).helped, town.get(Thread).state) == (True, ThreadState.ANSWERED)


async def _mine(boss: Person) -> tuple[str, str]:
    """What an organizer sees of what they answered: the list, and the first letter in it."""
    await boss.says("来信")
    return await boss.presses("我的"), await boss.presses("想学电工")
