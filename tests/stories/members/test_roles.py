"""Becoming an organizer, inviting others, and losing the role again."""

import re
from datetime import timedelta

from sqlmodel import Session, select

from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.miniature.rows import local
from tests.stories.scenes import code_for
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


async def test_an_organizer_invites_somebody_below_them_and_withdraws_the_role_in_one_tap(
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
    # One level up is out of Ben's reach, one tap takes the role from him.
    listed = await ana.says("组织者")
    assert "昭信集团 · 联系点组织者" in listed
    bens = next(label for label in ana.labels if "联系点组织者" in label)
    assert "收回了" in await ana.presses(bens)
    assert "你还不是组织者" in await ben.says("组织者")

    def acts(session: Session) -> list[str]:
        return [str(each.act) for each in session.exec(select(Audit).order_by(Audit.id)).all()]  # type: ignore[arg-type]

    assert town.look(acts) == ["invite_organizer", "withdraw_role"]


async def test_nobody_invites_beside_or_above_themselves(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    await ana.says("邀请")
    await ana.presses("活动骨干")
    await ana.says("桂城")
    assert "那里不归你管" in await ana.presses("不限期")


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
