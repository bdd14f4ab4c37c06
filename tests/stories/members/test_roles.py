"""Becoming an organizer, inviting others, and losing the role again."""

import re
from datetime import timedelta

from sqlmodel import Session, select

from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.miniature.rows import local, team
from tests.stories.scenes import code_for, code_shown, organizer, withdraw_all
from tests.stories.station import Nanhai


async def test_a_code_gives_its_role_once(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    code = code_for(town, Role.TOWN, 3)
    assert "你现在是：狮山 · 镇街组织者" in await ana.says(f"绑定 {code.lower()}")
    assert "用过了" in await ben.says(f"绑定 {code}")
    assert "没有这个码" in await ben.says("绑定 QQQQQQQQ")
    assert "你还不是组织者" in await ben.says("组织者")


async def test_a_code_amid_an_open_question_is_no_answer(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "说给我们听" in await ana.says("心愿")
    assert "你现在是：狮山 · 镇街组织者" in await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    # What is no code may be an answer: words to the organizers, here.
    await ana.says("心愿")
    assert "让他们看到你的称呼吗？" in await ana.says("绑定 手机号总是失败")


async def test_a_code_is_good_for_seven_days(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    code = code_for(town, Role.DISTRICT, 1)
    await town.at(town.hands.now + timedelta(days=7))
    assert "过期了" in await ana.says(f"绑定 {code}")


async def test_an_organizer_invites_somebody_below_them_and_withdraws_the_role(
    town: Nanhai,
) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    await ana.says("邀请")
    await ana.presses("联系点组织者")
    await ana.says("昭信")
    answer = await ana.presses("不限期")
    found = re.search(r"绑定 ([A-Z0-9]{8})", answer)
    assert found is not None, answer
    assert "昭信集团 · 联系点组织者" in await ben.says(f"绑定 {found[1]}")
    # One level up is out of Ben's reach; Ana is asked once, and he is told.
    listed = await ana.says("组织者")
    assert "昭信集团 · 联系点组织者" in listed
    bens = next(label for label in ana.labels if "联系点组织者" in label)
    asked = await ana.presses(bens)
    assert "的身份：昭信集团 · 联系点组织者？" in asked
    await ana.presses("留着")
    assert "昭信集团 · 联系点组织者" in await ben.says("组织者")
    await ana.presses(bens)
    assert "收回了" in await ana.presses("收回")
    await town.works()
    await ben.hears("你的身份收回了：昭信集团 · 联系点组织者")
    assert "你还不是组织者" in await ben.says("组织者")

    def acts(session: Session) -> list[str]:
        return [str(each.act) for each in session.exec(select(Audit).order_by(Audit.id)).all()]  # type: ignore[arg-type]

    taken = ["invite_organizer"]
    assert town.look(acts) == [*taken, "invite_organizer", *taken, "withdraw_role"]


async def test_nobody_invites_beside_or_above_themselves(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    await ana.says("邀请")
    await ana.presses("活动骨干")
    # Only places of one's own are offered and found, and only those where the role can be.
    assert "没找到" in await ana.says("桂城")
    await ana.says("邀请")
    await ana.presses("联系点组织者")
    assert not any("狮山" in label for label in ana.labels)
    assert any("昭信集团" in label for label in ana.labels)


async def test_a_captain_is_listed_and_withdrawn_under_the_name_of_their_team(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    row = town.save(team())
    await town.appoint(ana, Role.TOWN, 3)
    await town.appoint(ben, Role.CAPTAIN, 3, team_id=row.id)
    await ana.says("组织者")
    bens = next(label for label in ana.labels if "队长" in label)
    assert "狮山羽毛球队 · 队长" in bens
    assert "狮山羽毛球队 · 队长？" in await ana.presses(bens)


async def test_the_code_of_somebody_withdrawn_gives_nothing(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("安")
    await ana.arrives()
    await boss.says("邀请")
    await boss.presses("活动骨干")
    await boss.presses("狮山")
    await boss.presses("不限期")
    code = code_shown(boss)
    withdraw_all(town)
    said = await ana.says(f"绑定 {code}")
    assert "你现在是" not in said
    assert "这个码不算数了" in said


async def test_open_codes_are_listed_for_all_organizers_of_the_place_and_withdrawn(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    chief = await organizer(town, Role.DISTRICT, 1, "区长")
    ana = town.person("安")
    await ana.arrives()
    await boss.says("邀请")
    await boss.presses("活动骨干")
    await boss.presses("狮山")
    await boss.presses("不限期")
    code = code_shown(boss)
    await chief.says("组织者")
    listed = await chief.presses("没用的码")
    assert "狮山 · 活动骨干" in listed
    assert code not in listed
    await chief.presses(next(label for label in chief.labels if "活动骨干" in label))
    assert "✅ 收回了：狮山 · 活动骨干" in await chief.presses("收回")
    assert "这个码不算数了" in await ana.says(f"绑定 {code}")
    await boss.says("组织者")
    assert "没用的码" not in boss.labels


async def test_a_role_can_end_by_itself(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    await ana.says("邀请")
    await ana.presses("活动骨干")
    await ana.says("昭信")
    assert "没看出是哪天" in await ana.says("随便")
    answer = await ana.says("12月5日")
    assert "到 12月5日 周六 23:59 为止" in answer
    found = re.search(r"绑定 ([A-Z0-9]{8})", answer)
    assert found is not None, answer
    assert "活动骨干" in await ben.says(f"绑定 {found[1]}")
    await town.at(local(5, 23, 59))
    assert "昭信集团 · 活动骨干" in await ben.says("组织者")
    await town.at(local(6, 0))
    assert "你还不是组织者" in await ben.says("组织者")


async def test_a_code_that_is_sent_before_the_consent_is_kept_over_it(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    if "同意" not in ana.labels:
        await ana.presses("中文")
    assert "你现在是：狮山 · 镇街组织者" in await ana.presses("同意")
    # Amid the questions after the consent, in groups as it is read aloud, it is no answer either.
    await ben.says("你好")
    await ben.presses("同意")
    code = code_for(town, Role.TOWN, 2).lower()
    assert "你现在是：桂城 · 镇街组织者" in await ben.says(f"绑定 {code[:4]}-{code[4:]}")


async def test_a_link_holds_a_code(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "你现在是：狮山" in await ana.opens(f"b{code_for(town, Role.TOWN, 3)}")


async def test_the_menu_stands_under_every_page_of_roles(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    await town.appoint(boss, Role.DISTRICT, 1)
    for number in range(9):
        await organizer(town, Role.CONTACT_POINT, 4, f"点长{number}")
    await boss.says("邀请")
    await boss.presses("活动骨干")
    await boss.says("狮山")
    await boss.presses("不限期")
    await boss.says("组织者")
    assert boss.labels[-3:] == ["更多", "邀请", "菜单"]
    await boss.presses("更多")
    assert boss.labels[-3:] == ["邀请", "没用的码", "菜单"]
