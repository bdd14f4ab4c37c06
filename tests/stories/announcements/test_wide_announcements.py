"""Announcements at large: tried on a few, urgent ones, opened, ended, stopped by somebody else."""

from sqlmodel import Session, col, select

from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, local, team
from tests.stories.people import Person
from tests.stories.scenes import crowd, organizer, settles
from tests.stories.station import Nanhai


async def _writes(boss: Person, words: str) -> str:
    """Up to the preview, to everybody of one's place."""
    await boss.says("发公告")
    await boss.presses("写内容")
    return await boss.says(words)


def _offered(boss: Person) -> str:
    """What there is to press, numbered in the text or not."""
    return " ".join((boss.sees, *boss.labels))


async def test_a_wide_one_goes_to_a_few_first_and_then_to_all(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    crowd(town, 3, 120)
    assert "先发给 20 人，顺利再发给其余的人。" in await _writes(boss, "明天停水。")
    await boss.presses("发送")
    await town.works()
    # Every platform is among the twenty, so hers is.
    await ana.hears("明天停水。")
    shown = await boss.presses("进度")
    assert "⏳ 先发给几个人：“明天停水。”\n已发 1 / 20" in shown
    assert "顺利的话，其余的人自动接着发。" in shown
    await town.after(minutes=10)
    assert "⏳ 正在发：“明天停水。”\n已发 1 / 121" in await boss.presses("进度")
    assert len(ana.unasked()) == 1


async def test_an_urgent_one_goes_out_at_night_for_a_reason_that_is_kept(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await town.at(local(1, 23))
    await _writes(boss, "宿舍 3 号楼漏气，请马上下楼。")
    await boss.presses("改一改")
    assert "为什么不能等到早上？" in await boss.presses("紧急")
    assert "再多写几个字" in await boss.says("急")
    preview = await boss.says("煤气泄漏，人在楼里有危险。")
    assert preview.startswith("⚠️ 狮山紧急通知：\n宿舍 3 号楼漏气")
    assert "紧急，夜里也发：煤气泄漏，人在楼里有危险。" in preview
    await boss.presses("改一改")
    assert "每周一次" not in _offered(boss)
    assert "不紧急" in _offered(boss)
    await boss.presses("看预览")
    await boss.presses("发送")
    await town.works()
    assert "请马上下楼。" in await ana.hears("⚠️ 狮山紧急通知：")

    def acts(session: Session) -> list[tuple[str, object]]:
        rows = session.exec(
            select(Audit)
            .where(col(Audit.subject).startswith("announcement:"))
            .order_by(col(Audit.id))
        )
        return [(str(each.act), each.details.get("reason")) for each in rows]

    assert town.look(acts) == [
        ("announce", None),
        ("send_urgent", "煤气泄漏，人在楼里有危险。"),
    ]


async def test_what_is_not_urgent_after_all_waits_for_the_morning(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await town.at(local(1, 23))
    await _writes(boss, "明天停水。")
    await boss.presses("改一改")
    await boss.presses("紧急")
    await boss.says("早上六点就停了。")
    await boss.presses("改一改")
    assert "紧急" not in await boss.presses("不紧急")
    await boss.presses("发送")
    await town.works()
    assert ana.unasked() == []
    assert "等着的 1 人（1 人在免打扰时间）" in await boss.presses("进度")
    await town.at(local(2, 8))
    await ana.hears("明天停水。")


async def test_a_captain_wakes_nobody(town: Nanhai) -> None:
    row = town.save(team())
    boss = town.person("队长")
    await boss.arrives()
    await town.appoint(boss, Role.CAPTAIN, 3, team_id=row.id)
    await boss.says(f"加入 {row.id}")
    await boss.says("发公告")
    await boss.says("周三场地换到二楼。")
    await boss.presses("改一改")
    assert "按钮" in _offered(boss)
    assert "紧急" not in _offered(boss)


async def test_how_many_opened_it_is_seen_by_who_pressed_its_button(town: Nanhai) -> None:
    town.save(badminton())
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await settles(each, "狮山")
    await _writes(boss, "周六打球，来吗？")
    await boss.presses("改一改")
    await boss.presses("按钮")
    await boss.presses("羽毛球友谊赛")
    await boss.presses("发送")
    await town.works()
    await ana.hears("周六打球")
    assert "羽毛球友谊赛" in await ana.presses("看活动")
    await town.after(seconds=1)
    ended = await boss.presses("进度")
    assert "✅ 发完了：“周六打球，来吗？”\n已发 2 / 2" in ended
    assert "1 点开了" in ended


async def test_whoever_wrote_it_hears_when_a_wide_one_has_gone_out(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    crowd(town, 3, 110, lost="deactivated")
    await _writes(boss, "明天停水。")
    await boss.presses("发送")
    for _second in range(4):
        await town.after(seconds=1)
    told = await boss.hears("✅ 发完了：“明天停水。”")
    assert "已发 1 / 111" in told
    assert "收不到的 110 人（110 人账号注销了）" in told


async def test_whoever_wrote_it_hears_when_somebody_else_stopped_it(town: Nanhai) -> None:
    boss = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    chief = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("小安")
    await settles(ana, "昭信")
    crowd(town, 4, 300)
    await _writes(boss, "周六停工检修。")
    await boss.presses("发送")
    await town.works()
    await chief.hears("要给 300 人以上发公告")
    await chief.presses("批准")
    assert "⏳ 正在发" in await chief.presses("进度")
    await chief.presses("停止")
    assert "❌ 停了：“周六停工检修。”" in await chief.presses("马上停")
    await town.after(seconds=1)
    await boss.hears("❌ 另一位组织者停掉了：“周六停工检修。”")
    assert ana.unasked() == []
    assert "已经结束了" in await chief.says("停止") or "❌ 停了" in await chief.presses("进度")


async def test_it_can_be_corrected_while_it_is_going_out(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    crowd(town, 3, 50)
    await _writes(boss, "班车 7:30 发车。")
    await boss.presses("发送")
    await town.works()
    await ana.hears("班车 7:30 发车。")
    assert "⏳ 正在发" in await boss.presses("进度")
    assert "收到错误公告的人\n1 人" in await boss.presses("发更正")
    assert "发出后，错的那条不再发给别人。" in await boss.says("班车 8:30 发车。")
    await boss.presses("发送")
    await town.after(seconds=1)
    await ana.hears("⚠️ 狮山更正：\n班车 8:30 发车。")
    await boss.says("公告记录")
    assert "停了" in boss.sees
    shown = await boss.presses("班车 7:30 发车。")
    assert "❌ 停了：“班车 7:30 发车。”\n已发 1 / 51" in shown
    assert "收不到的 50 人（50 人停发了）" in shown


async def test_the_chat_page_tells_what_arrived_and_the_other_platforms_do_not(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    for words in ("明天停水。", "后天停电。"):
        await _writes(boss, words)
        await boss.presses("发送")
        await town.after(seconds=1)
        await ana.hears(words)
    await boss.says("公告记录")
    # A page that shows the second has shown the first.
    shown = await boss.presses("明天停水。")
    assert "已发 1 / 1" in shown
    assert ("1 已送到" in shown) is (town.channel == "web")
