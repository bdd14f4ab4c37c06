"""A need reaches the organizers of the right station, and their answer comes back."""

import pytest
from sqlmodel import Session, select

from models import census
from models.rules.network.permissions import Role
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from tests.miniature.rows import local
from tests.pictures import png
from tests.stories.scenes import code_for, organizer, settles
from tests.stories.station import Nanhai


async def test_a_wish_is_answered_and_the_answer_rated(town: Nanhai) -> None:
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await each.arrives()
    await ben.says(f"绑定 {code_for(town, Role.TOWN, 3)}")
    await cai.says(f"绑定 {code_for(town, Role.TOWN, 2)}")
    await ana.says("资料")
    await ana.presses("地方")
    await ana.says("昭信")
    await ana.says("心愿 想学电工，有没有夜校")
    assert "✅ 记下了" in await ana.presses("不留名")
    # Shown at once, a wish without a name would point to whoever was seen writing.
    await town.works()
    assert ben.unasked() == []
    assert "没有等着回复的来信" in await ben.says("来信")
    await town.after(hours=1)
    heard = await ben.hears("想学电工，有没有夜校")
    assert "狮山 · 没留名" in heard
    assert cai.unasked() == []
    await ben.presses("回答")
    assert "✅ 回复好了" in await ben.says("下月起狮山站每周二晚有电工夜校。")
    await town.after(seconds=1)
    assert "电工夜校" in await ana.hears("有答复了")
    assert "那就好" in await ana.presses("有帮助")


async def test_one_answer_is_enough_and_only_organizers_give_it(town: Nanhai) -> None:
    ana, ben, cai, dan = (town.person(name) for name in ("小安", "小本", "小蔡", "小丹"))
    for each in (ana, ben, cai, dan):
        await each.arrives()
    for each in (ben, cai):
        await each.says(f"绑定 {code_for(town, Role.DISTRICT, 1)}")
    await ana.says("心愿 班车能不能多一班")
    await ana.presses("留名")
    await town.works()
    await ben.hears("班车")
    await cai.hears("班车")
    await ben.presses("回答")
    await cai.presses("回答")
    await ben.says("在跟公交公司谈。")
    assert "已经有人回复了：在跟公交公司谈。" in await cai.says("知道了")
    assert "没有等着回复的来信" in await cai.says("来信")
    # The same word shows a member without a role their own letters.
    assert "还没给组织者写过什么" in await dan.says("心愿箱")
    assert "已回" not in await ana.says("来信")
    assert "回过了 · 班车能不能多一班" in ana.sees


async def test_what_is_asked_often_is_shown_as_such(town: Nanhai) -> None:
    ben = town.person("小本")
    await ben.arrives()
    await ben.says(f"绑定 {code_for(town, Role.DISTRICT, 1)}")
    for name, text in (
        ("小安", "希望食堂晚上能开到十点"),
        ("小蔡", "食堂能不能晚上开晚一点"),
        ("小丹", "食堂晚上太早关门了"),
    ):
        each = town.person(name)
        await each.arrives()
        await each.says(f"心愿 {text}")
        await each.presses("不留名")
    await town.after(hours=1)
    assert "有 3 人提到：食堂晚上太早关门了" in await ben.says("来信")


async def test_a_wish_may_be_a_picture(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ben.says(f"绑定 {code_for(town, Role.DISTRICT, 1)}")
    await ana.says("心愿")
    await ana.sends_picture(png())
    assert "✅ 记下了" in await ana.presses("不留名")
    await town.after(hours=1)
    assert "［图片］" in await ben.hears("的心愿")
    assert await ben.picture() == png()


@pytest.mark.parametrize("channel", ["wechat", "wechat-safe"])
async def test_an_answer_that_waits_is_not_shown_once_answers_are_muted(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
    await ben.says(f"绑定 {code_for(town, Role.DISTRICT, 1)}")
    await ana.says("心愿 想学电工，有没有夜校")
    await ana.presses("不留名")
    # The window closes 48 hours after their last words; this is 76.
    await town.at(local(4, 14))
    await ben.says("来信")
    await ben.says("1")
    await ben.presses("回答")
    assert "✅ 回复好了" in await ben.says("下月起狮山站每周二晚有电工夜校。")
    await town.after(seconds=1)
    assert town.look(_fate_of_answer) == (DeliveryState.WAITING, Reason.OUTSIDE_WINDOW)
    assert "电工夜校" not in await ana.says("退订 答复")
    assert town.look(_fate_of_answer) == (DeliveryState.DROPPED, Reason.MUTED)
    assert "电工夜校" not in await ana.says("我的")


def _fate_of_answer(session: Session) -> tuple[str, str]:
    return session.exec(
        select(Delivery.state, Delivery.reason).where(Delivery.topic == "thread-answer")
    ).one()


async def test_a_wish_never_reaches_the_employers_organizers_unless_it_is_chosen(
    town: Nanhai,
) -> None:
    ana, firm = town.person("小安"), await organizer(town, Role.CONTACT_POINT, 4, "点长")
    await settles(ana, "昭信")
    asked = await ana.says("心愿 食堂的饭是凉的")
    assert "发给狮山的组织者。让他们看到你的称呼吗？" in asked
    # Nobody holds a role in the town or above: the member is told so once, with whom to call.
    said = await ana.presses("留名")
    assert "一直留着：这里还没有组织者" in said
    assert "12351" in said
    await town.works()
    assert firm.unasked() == []
    assert "没有等着回复的来信" in await firm.says("来信")
    assert town.look(census.count, town.hands.now)["letters unread"] == 1
    # For one wish the member chooses the company; the next one goes to the town again.
    await ana.says("心愿 车间的灯太暗")
    assert "给谁看？" in await ana.presses("发给别处")
    assert "发给昭信集团的组织者" in await ana.presses("昭信集团（只这一条）")
    assert "组织者会看" in await ana.presses("留名")
    await town.works()
    await firm.hears("车间的灯太暗")
    assert "发给狮山的组织者" in await ana.says("心愿 想学电工")
    # Whoever comes to the town later finds what was kept.
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    assert "食堂的饭是凉的" in await boss.says("来信")
    assert town.look(census.count, town.hands.now)["letters unread"] == 0
