"""No command is ever needed: people type as they speak, and nothing is done by a guess."""

from typing import Any

from sqlmodel import Session, select

from models.events.events import Event, Signup
from models.network.members import Member
from models.network.memberships import Membership
from tests.miniature.rows import badminton, event, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.station import Nanhai


async def _seated(ana: Person, town: Nanhai, *rows: Event) -> None:
    for row in rows:
        saved = town.save(row)
        assert "✅ 报上了" in await ana.says(f"报名 {saved.id}")


async def test_events_are_found_in_words_of_ones_own(town: Nanhai) -> None:
    town.save(badminton())
    town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    for said in ("有什么活动", "最近有啥活动没", "youshenmehuodong", "火动", "evnets"):
        answer = await ana.says(said)
        assert "羽毛球友谊赛" in answer, said
        assert "走进灯具厂" in answer, said
    for said in ("这个周末有什么", "events this weekend", "星期六有什么活动", "zhoumo you shenme"):
        answer = await ana.says(said)
        assert "羽毛球友谊赛" in answer, said
        assert "走进灯具厂" not in answer, said
    assert "走进灯具厂" in await ana.says("后天有活动吗")


async def test_signing_up_in_words_of_ones_own(town: Nanhai) -> None:
    match = town.save(badminton())
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await each.arrives()
    # A part of the title shows the event; the whole title is enough.
    assert "狮山体育馆" in await ana.says("我要报名羽毛球")
    assert ana.labels[0] == "报名"
    assert "✅ 报上了：羽毛球友谊赛" in await ana.says("我要报名羽毛球友谊赛")
    # Misspelt, it is asked, and yes is an answer.
    assert "要报名羽毛球友谊赛吗？" in await ben.says("我要报明羽毛球")
    assert "✅ 报上了：羽毛球友谊赛" in await ben.says("好的")
    await cai.says("有什么活动")
    assert "要报名羽毛球友谊赛吗？" in await cai.says("报名第一个")
    assert "什么都没改" in await cai.says("不用了")
    assert "还没有报名" in await cai.says("我报上了吗")
    await cai.says("有什么活动")
    assert "狮山体育馆" in await cai.says(str(match.id))
    assert "✅ 报上了" in await cai.says(f"帮我报名 {match.id}")


async def test_giving_up_is_asked_and_by_name_where_there_are_several(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "还没有报名" in await ana.says("不去了")
    await _seated(ana, town, badminton())
    assert "不去羽毛球友谊赛了吗？" in await ana.says("不去了")
    assert "✅" in await ana.says("我的")
    await _seated(ana, town, lamp_works())
    assert "哪一个" in await ana.says("不去了，加班")
    assert "哪一个" in await ana.says("不去了")
    assert "不去羽毛球友谊赛了吗？" in await ana.says("周六我去不了")
    assert "不去走进灯具厂了吗？" in await ana.says("灯具厂我不去了")
    assert "取消了：走进灯具厂" in await ana.presses("取消报名")
    town.save(event("climb", "西樵山登山", local(6, 9)))
    assert "你没有报西樵山登山" in await ana.says("登山我不去了")
    assert "羽毛球友谊赛" in await ana.says("我报了什么")


async def test_what_is_denied_asked_or_somebody_elses_is_never_done(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await _seated(ana, town, badminton())
    row = town.save(team())
    town.save(lamp_works())
    assert "✅ 加入了" in await ana.says(f"加入 {row.id}")
    before = town.look(_acts)
    for said in (
        "别取消羽毛球友谊赛",
        "怎么取消",
        "可以取消吗",
        "我同事不去羽毛球了",
        "如果下雨就取消羽毛球友谊赛",
        "羽毛球友谊赛取消了吗",
        "don't cancel",
        "报名走进灯具厂，取消羽毛球友谊赛",
        "不想报名走进灯具厂",
        "走进灯具厂报名了吗",
        "怎么退订",
        "can I unsubscribe?",
        "别给我发消息了",
        "怎么退出狮山羽毛球队",
        "滚",
        "取消报名" * 60,
    ):
        assert await ana.says(said), said
        assert ana.labels, said
        assert town.look(_acts) == before, said
    await ana.says("怎么退订")
    await ana.presses("全部不收")
    assert town.look(_acts) != before


def _acts(session: Session) -> list[Any]:
    """All that a person can do by words, as it stands in the store."""
    return [
        *session.exec(select(Signup.event_id, Signup.state)).all(),
        *session.exec(select(Membership.team_id)).all(),
        *session.exec(select(Member.muted, Member.language)).all(),
    ]


async def test_a_question_is_left_by_asking_for_something_else(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("小安")
    await ana.says("你好")
    assert "你在哪里上班？" in await ana.presses("同意")
    assert "羽毛球友谊赛" in await ana.says("有什么活动")
    assert "什么时候不打扰你？" in await ana.says("上夜班白天别吵我")
    assert "还没有报名" in await ana.says("我报上了吗")
    await ana.says("免打扰")
    # What is no answer and nothing else either is asked again.
    assert "什么时候不打扰你？" in await ana.says("看心情")
    assert "不打扰" in await ana.says("21:30-7:00")


async def test_a_sentence_in_english(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("Ana", language="en")
    await ana.arrives("en")
    assert "Badminton match" in await ana.says("events this weekend")
    assert "Badminton match" in await ana.says("sign me up for badminton")
    assert "Sign up" in ana.labels
    assert "Sign up for Badminton match?" in await ana.says("sing me up for badminton")
    assert "✅ You're in" in await ana.says("yes")
    assert "Give up Badminton match?" in await ana.says("sorry I can't make it")
    assert "Your profile" in await ana.says("who am i")
    assert "Cancelled" not in await ana.says("how do I cancel?")
