"""What nobody understood is counted without a name, and organizers teach the station such words."""

from datetime import timedelta

from sqlmodel import Session, select

from models.desk.misses import KEEP, Miss, forget_before
from models.network import audit
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton
from tests.stories.station import Nanhai


def _kept(session: Session) -> list[tuple[str, int]]:
    return [(each.text, each.count) for each in session.exec(select(Miss)).all()]


async def test_an_organizer_teaches_a_word_and_takes_it_back(town: Nanhai) -> None:
    town.save(badminton())
    ana, liu = town.person("小安"), town.person("老刘")
    await ana.arrives()
    await liu.arrives()
    await town.appoint(liu, Role.CONTACT_POINT, 4)
    # What was not understood is of the whole district, and no company teaches it.
    assert "南海区还没有组织者，这件事可以先记进心愿箱" in await liu.says("没听懂")
    await town.appoint(liu, Role.TOWN, 3)
    for _time in range(2):
        assert "没太明白" in await ana.says("冲鸭")
        assert ana.labels[-1] == "说给组织者"
    # What one person wrote may be personal, however often; what two wrote is not.
    assert "没有攒下" in await liu.says("/misses")
    ben = town.person("小本")
    await ben.arrives()
    assert "没太明白" in await ben.says("冲鸭")
    assert "组织者" in await ana.says("没听懂")
    assert "“冲鸭”，3 次" in await liu.says("没听懂")
    assert "“冲鸭”是什么意思？" in await liu.says("1")
    assert "以后“冲鸭”就是：报名" in await liu.presses("报名")
    await town.at(town.hands.now + timedelta(seconds=11))
    assert "羽毛球友谊赛" in await ana.says("冲鸭！")
    assert "没有攒下" in await liu.says("/misses")
    assert "“冲鸭”：报名" in await liu.presses("教过的词")
    assert "收回了：“冲鸭”" in await liu.says("1")
    await town.at(town.hands.now + timedelta(seconds=11))
    assert "没太明白" in await ana.says("冲鸭")
    acts = town.look(audit.about, "word:冲鸭")
    assert [each.details["what"] for each in acts] == ["taught", "taken back"]


async def test_what_may_be_personal_is_not_kept_and_what_is_old_is_forgotten(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    for said in (
        "嗒嗒嗒 13812345678",
        "微信 1381 234 5678",
        "qwx@nowhere",
        "吧啦" + "吧啦嘿嘿" * 20,
        "嗒嗒嗒",
    ):
        assert "没太明白" in await ana.says(said), said
    assert [text for text, _count in town.look(_kept)] == ["嗒嗒嗒"]
    town.store.write_now(forget_before, town.hands.now - KEEP)
    assert len(town.look(_kept)) == 1
    town.store.write_now(forget_before, town.hands.now + timedelta(seconds=1))
    assert town.look(_kept) == []
