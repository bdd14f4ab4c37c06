"""What somebody wrote before they agreed is answered after it, and forgotten if they don't."""

from sqlmodel import Session, select

from models.network.members import Address
from tests.miniature.rows import badminton, lamp_works
from tests.stories.station import Nanhai


def _kept(session: Session) -> list[object]:
    return list(session.exec(select(Address.dialog)))


async def test_words_from_before_the_consent_are_answered_after_it(town: Nanhai) -> None:
    row = town.save(badminton())
    ana, ben, cai = town.person("小安"), town.person("阿斌"), town.person("小蔡")
    assert "这里是创思驿站" in await ana.says("羽毛球")
    found = await ana.presses("同意")
    assert "1. 羽毛球友谊赛" in found
    assert "你在哪里上班" not in found
    # The three questions are one tap away, and none before what was asked for.
    assert "你在哪里上班" in await ana.presses("说说我自己")
    await ben.says(f"报名 {row.id}")
    await ben.says("在吗")
    assert "✅ 报上了：羽毛球友谊赛" in await ben.presses("同意")
    await cai.says("周六有什么")
    assert "1. 羽毛球友谊赛" in await cai.presses("同意")


async def test_who_refuses_is_answered_kindly_and_forgotten(town: Nanhai) -> None:
    town.save(lamp_works())
    ana = town.person("小安")
    await ana.says("灯具厂")
    assert any(_words in str(town.look(_kept)) for _words in ("灯具厂", "\\u706f"))
    assert "那就先不用，随时回来" in await ana.says("不同意")
    assert town.look(_kept) == [None]
    # They come back, agree, and begin anew.
    assert "你在哪里上班" in await ana.presses("同意")


async def test_need_is_answered_at_once_and_passed_on_after_the_consent(town: Nanhai) -> None:
    ana = town.person("小安")
    assert "12333" in await ana.says("老板拖欠工资三个月了")
    await ana.says("你好")
    assert "要把“老板拖欠工资三个月了”说给组织者吗？" in await ana.presses("同意")
    assert "老板拖欠工资三个月了" in await ana.presses("说给组织者")
