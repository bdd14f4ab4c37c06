"""What nobody understood is counted without a name, and organizers teach the station such words."""

from datetime import timedelta

from sqlmodel import Session, select

from models.desk.misses import KEEP, Miss, forget_before
from models.network import audit
from models.rules.network.permissions import Role
from tests.miniature.rows import DISTRICT, SHISHAN, badminton
from tests.stories.people import Person
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai


def _kept(session: Session) -> list[tuple[str, int]]:
    return [(each.text, each.count) for each in session.exec(select(Miss)).all()]


async def test_an_organizer_teaches_a_word_and_takes_it_back(town: Nanhai) -> None:
    town.save(badminton())
    ana, liu = town.person("小安"), town.person("老刘")
    await ana.arrives()
    await liu.arrives()
    await town.appoint(liu, Role.CONTACT_POINT, 4)
    # No company teaches.
    assert "南海区还没有组织者，这件事可以先记进心愿箱" in await liu.says("没听懂")
    await town.appoint(liu, Role.DISTRICT, DISTRICT)
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
    assert "“冲鸭”：报名 · 南海区" in await liu.presses("教过的词")
    assert "收回了：“冲鸭”" in await liu.says("1")
    await town.at(town.hands.now + timedelta(seconds=11))
    assert "没太明白" in await ana.says("冲鸭")
    acts = town.look(audit.about, "word:冲鸭")
    assert [each.details["what"] for each in acts] == ["taught", "taken back"]


async def test_a_town_teaches_its_own_people_and_the_nearest_lesson_counts(town: Nanhai) -> None:
    town.save(badminton())
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await settles(ben, "桂城")
    liu = await organizer(town, Role.TOWN, SHISHAN, "老刘")
    chen = await organizer(town, Role.DISTRICT, DISTRICT, "老陈")

    async def teaches(teacher: Person, meaning: str, *sayers: Person) -> None:
        for each in sayers:
            assert "没太明白" in await each.says("冲鸭")
        await teacher.says("没听懂")
        await teacher.says("1")
        assert "以后“冲鸭”就是" in await teacher.presses(meaning)
        await town.at(town.hands.now + timedelta(seconds=11))

    await teaches(liu, "报名", ana, ben)
    assert "羽毛球友谊赛" in await ana.says("冲鸭")
    await teaches(chen, "要带什么", ben, chen)
    assert "没太明白" not in await ben.says("冲鸭")
    assert "羽毛球友谊赛" in await ana.says("冲鸭")
    await liu.says("没听懂")
    own = await liu.presses("教过的词")
    assert "狮山" in own
    assert "南海区" not in own
    await chen.says("没听懂")
    every = await chen.presses("教过的词")
    assert "“冲鸭”：报名 · 狮山" in every
    assert "南海区" in every
    await liu.says("没听懂")
    await liu.presses("教过的词")
    assert "收回了" in await liu.says("1")
    await town.at(town.hands.now + timedelta(seconds=11))
    assert "活动里没写这个" in await ana.says("冲鸭")


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
