"""Signing up with others: in numbers, by name, for colleagues, and who of them stays away."""

import pytest

from handlers.events.together import BETWEEN_NAMES
from models.events.events import Signup, SignupState
from models.network.members import Member
from models.rules.events.companions import Along, Companions
from tests.miniature.rows import badminton, lamp_works
from tests.stories.scenes import called, named_states, settles
from tests.stories.station import Nanhai


async def test_a_couple_signs_up_in_one_tap_more_and_waits_whole(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=3, along=Along.TWO, companions=Companions.FAMILY))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await each.arrives()
        await each.says(f"活动 {event.id}")
    assert "最多带 2 人" in ana.sees
    await ana.presses("带人报名")
    said = await ana.presses("1 人")
    assert "✅ 报上了" in said
    assert "和你一起：1 人。" in said
    # One seat is left: two wait for it, and nobody behind them gets it.
    await ben.presses("带人报名")
    assert "⏳ 走进灯具厂满了，你排第 1。" in await ben.says("小李")
    assert "和你一起：小李。" in ben.sees
    assert "排第 3" in await cai.says(f"报名 {event.id}")
    # The couple gives up: both parties fit.
    await ana.says(f"取消报名 {event.id}")
    assert "走进灯具厂，谁去不了？" in ana.sees
    await ana.presses("都不去了")
    await town.works()
    await ben.hears("🔔 空出一个位子")
    await cai.hears("🔔 空出一个位子")
    assert "和你一起：小李。" in await ben.presses("要")


async def test_children_take_no_seat_where_the_organizer_says_so(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=2, along=Along.TWO_FREE, companions=Companions.CHILDREN))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "和你一起：2 个小孩。" in await ana.presses("2 个小孩")
    assert "余 1 席" in await ana.says("活动")


async def test_a_colleague_is_told_and_can_refuse(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=4, along=Along.TWO))
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "昭信")
    await settles(ben, "昭信")
    await called(ana, "阿梅")
    await called(ben, "阿强")
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "和你一起：阿强、路人。" in await ana.says("阿强、路人")
    await town.works()
    await ben.hears("阿梅帮你报了名：走进灯具厂")
    assert "和阿梅一起" in await ben.says(f"活动 {event.id}")
    await ben.says(f"取消报名 {event.id}")
    assert named_states(town, event.id) == [
        ("阿梅", SignupState.SEATED),
        ("阿强", SignupState.CANCELLED),
        ("路人", SignupState.SEATED),
    ]
    # Who is told of nothing is signed up by nobody: the name is only a name then.
    other = town.save(badminton(along=Along.TWO))
    ben_id = next(each.id for each in town.rows(Member) if each.name == "阿强")
    town.change(Member, ben_id, muted=["change"])
    await ana.says(f"活动 {other.id}")
    await ana.presses("带人报名")
    await ana.says("阿强")
    theirs = [each for each in town.rows(Signup) if each.event_id == other.id]
    assert [(each.name, each.member_id is None) for each in theirs] == [("", False), ("阿强", True)]


async def test_one_of_them_stays_away_and_another_comes_later(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=3, along=Along.TWO))
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ana.says(f"报名 {event.id} 两个人")
    assert "要报名走进灯具厂吗，一共 2 人？" in ana.sees
    await ana.presses("报名")
    await ana.says(f"取消报名 {event.id}")
    assert "好，少一个位子" in await ana.presses("少一位同行")
    assert "✅ 报上了" in await ben.says(f"报名 {event.id}")
    assert "一共 3 人" in await ana.says(f"报名 {event.id} 三个人")
    # Two more come, and only one seat is left: nobody is added.
    assert "只剩 1 席，没加上" in await ana.presses("报名")
    assert [state for _, state in named_states(town, event.id)].count(SignupState.SEATED) == 2


async def test_whoever_of_a_party_reads_its_offer_can_take_it(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=2, along=Along.TWO))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await settles(ana, "昭信")
    await settles(ben, "昭信")
    await called(ana, "阿梅")
    await called(ben, "李和平")
    await cai.arrives()
    await cai.says(f"报名 {event.id}")
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "⏳" in await ana.says("李和平")
    # One seat is free, and they are two: nobody is sent for it in vain.
    assert "⏳" in await ben.says(f"活动 {event.id}")
    await cai.says(f"取消报名 {event.id}")
    await cai.presses("让出位子")
    assert "🔔" in await ben.says("我的")
    await ben.says(f"活动 {event.id}")
    assert "✅ 报上了" in await ben.presses("要")
    assert named_states(town, event.id)[1:] == [
        ("阿梅", SignupState.SEATED),
        ("李和平", SignupState.SEATED),
    ]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("李和平", ["李和平"]),
        ("李娜和王伟", ["李娜", "王伟"]),
        ("王和平 和 李娜", ["王和平", "李娜"]),
        ("李娜 王伟", ["李娜", "王伟"]),
        ("Li Na, Wang Wei", ["Li Na", "Wang Wei"]),
        ("李娜+王伟", ["李娜", "王伟"]),
    ],
)
def test_names_are_parted_where_one_ends(words: str, names: list[str]) -> None:
    assert [each for each in BETWEEN_NAMES.split(words) if each] == names
