"""The first hello: consent, three questions, and the language to speak."""

from sqlmodel import Session, col, select

from models.desk.threads import Thread
from models.events.events import Signup
from models.loading import pinyin
from models.network.members import Address, Member
from models.network.memberships import Membership
from models.network.stations import Station, StationKind
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories.station import Nanhai


async def test_a_stranger_is_welcomed_agrees_and_answers_by_tapping(town: Nanhai) -> None:
    ana = town.person("小安")
    hello = await ana.says("在吗")
    assert "这里是创思驿站：找队伍、报活动、到点提醒你。" in hello
    assert "厂里看不到" in hello
    assert "到你删掉为止" in await ana.presses("看看细则")
    assert "你在哪里上班？" in await ana.presses("同意")
    assert "记下了：桂城。" in await ana.presses("桂城")
    await ana.presses("球类")
    await ana.presses("手工")
    assert "你上什么班？" in await ana.presses("选好了")
    assert "✅ 好了" in await ana.presses("夜班")
    profile = await ana.says("资料")
    assert "地方：桂城" in profile
    assert "兴趣：球类 · 手工" in profile
    assert "班次：夜班" in profile


async def test_the_questions_are_answered_by_typing_as_well(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.says("你好")
    assert "你在哪里上班？" in await ana.says("同意")
    assert "记下了：昭信集团。" in await ana.says("昭信")
    assert "你上什么班？" in await ana.says("1、户外")
    assert "✅ 好了" in await ana.says("倒班")
    profile = await ana.says("资料")
    assert "兴趣：球类 · 户外" in profile
    assert "班次：倒班" in profile
    # Pinyin and a number do as well, also when only one thing is changed.
    await ana.presses("地方")
    assert "地方：桂城" in await ana.says("guicheng")
    await ana.presses("地方")
    assert "地方：狮山" in await ana.says("2")
    await ana.presses("地方")
    assert "地方：昭信集团" in await ana.says("zxjt")


async def test_of_several_companies_the_right_one_is_picked(town: Nanhai) -> None:
    for id, name in ((5, "昭信精密"), (6, "平洲玉器")):
        town.save(
            Station(
                id=id,
                code=name,
                kind=StationKind.CONTACT_POINT,
                parent_id=2,
                path=f"/1/2/{id}/",
                name=name,
                search=pinyin.index(name, ""),
            )
        )
    ana = town.person("小安")
    await ana.says("你好")
    await ana.presses("同意")
    assert "没找到这个" in await ana.says("太空船厂")
    assert "有好几个符合" in await ana.says("昭信")
    assert "记下了：昭信精密。" in await ana.presses("昭信精密")
    await ana.presses("跳过")
    await ana.presses("跳过")
    await ana.says("资料")
    await ana.presses("地方")
    await ana.says("昭信")
    # A number means what stands beside it on the screen, not the town of that number.
    assert "地方：昭信" in await ana.says("1")


async def test_every_question_can_be_skipped(town: Nanhai) -> None:
    ana = town.person("小安")
    assert "✅ 好了" in await ana.arrives()
    profile = await ana.says("资料")
    assert "地方：没填" in profile
    assert "班次：没填" in profile


async def test_who_came_by_a_poster_signs_up_in_two_taps_after_agreeing(town: Nanhai) -> None:
    event = town.save(lamp_works())
    ana = town.person("小安")
    assert "这里是创思驿站" in await ana.opens(f"e{event.id}")
    await ana.presses("看看细则")
    assert "走进灯具厂\n12月3日 周四 11:00–13:00（后天）" in await ana.presses("同意")
    assert "✅ 报上了：走进灯具厂" in await ana.presses("报名")
    # Whoever has agreed before comes straight to the event.
    assert "走进灯具厂\n12月3日" in await ana.opens(f"e{event.id}")
    assert "已经没有了" in await ana.opens("e999")
    assert "想看点什么" in await ana.opens("nowhere")


async def test_a_link_is_not_lost_when_the_language_is_changed_first(town: Nanhai) -> None:
    row = town.save(team())
    ana = town.person("Ana")
    await ana.opens(f"t{row.id}")
    assert "This is Yizhan: find a team" in await ana.presses("English")
    assert "Shishan badminton" in await ana.presses("Agree")


async def test_a_worker_who_reads_english_goes_the_whole_way(town: Nanhai) -> None:
    town.save(lamp_works(seats=1))
    town.save(team())
    ana, ben = town.person("Ana", language="en"), town.person("Ben", language="en")
    assert "All set" in await ana.arrives("en")
    await ben.arrives("en")
    assert "Shishan badminton · Shishan · new team" in await ana.says("teams badminton")
    await ana.presses("Shishan badminton")
    assert "✅ You're in Shishan badminton. You're its first member." in await ana.presses("Join")
    listed = await ana.says("events")
    assert "The lamp works · Thu 3 Dec, 11:00 (in 2 days) · Guicheng · 1 seat left" in listed
    card = await ana.presses("The lamp works")
    assert "The lamp works\nThu 3 Dec, 11:00–13:00 (in 2 days)" in card
    assert "Meet at Guicheng station\n1 of 1 seats left\nBring: your ID" in card
    assert (
        "✅ You're in: The lamp works, Thu 3 Dec, 11:00 (in 2 days).\n"
        "We'll remind you a day and 2 hours before." in await ana.presses("Sign up")
    )
    await ben.says("signup lamp works")
    assert "⏳ The lamp works is full. You're next in the queue" in await ben.presses("Join queue")
    await town.at(local(2, 11))
    reminder = await ana.hears("🔔 The lamp works")
    assert "🔔 The lamp works, Thu 3 Dec, 11:00–13:00 (tomorrow)." in reminder
    assert "Meet at Guicheng station · Bring: your ID" in reminder
    assert "1 person is waiting" in await ana.presses("Can't make it")
    assert "Cancelled: The lamp works" in await ana.presses("Give up seat")
    await town.works()
    assert "It's yours until today 13:00." in await ben.hears("🔔 A seat is free")
    assert "✅ You're in: The lamp works" in await ben.presses("Take it")
    assert "✅ seat" in await ben.says("mine")
    assert "Your sign-ups as a calendar file" in await ben.presses("Add to calendar")


async def test_the_language_is_changed_by_a_word_or_a_tap(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("语言")
    assert "We'll speak English from now on." in await ana.presses("English")
    assert "Badminton match · Sat 5 Dec, 14:00 (in 4 days)" in await ana.says("events")
    assert "以后用中文" in await ana.says("language 中文")
    assert "羽毛球友谊赛 · 12月5日 周六 14:00（4 天后）" in await ana.says("活动")


def _kept(session: Session) -> tuple[list[Member], int]:
    people = list(session.exec(select(Member).order_by(col(Member.id))).all())
    addresses = len(session.exec(select(Address.id)).all())
    acts = [*session.exec(select(Signup.id)), *session.exec(select(Membership.id))]
    told = list(session.exec(select(Thread.id)))
    assert acts == told == []
    return people, addresses


async def test_who_never_agrees_can_do_nothing_and_only_their_address_is_kept(
    town: Nanhai,
) -> None:
    event, row = town.save(badminton()), town.save(team())
    ana = town.person("小安")
    for said in (
        "你好",
        f"报名 {event.id}",
        f"加入 {row.id}",
        "心愿 想学电工",
        "活动",
        "羽毛球",
        "资料",
        "免打扰 22:00-7:00",
        "隐私",
        "帮助",
        "1",
        "???",
    ):
        assert "这里是创思驿站" in await ana.says(said)
    await ana.opens(f"e{event.id}")
    people, addresses = town.look(_kept)
    assert addresses == 1
    (member,) = people
    assert (member.name, member.station_id, member.quiet, member.shift) == ("", None, "", None)
    assert member.consented_at is None
