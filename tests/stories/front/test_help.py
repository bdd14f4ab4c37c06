"""Help shows what this person can do now, in five lines, and loses no question that is open."""

import pytest
from sqlmodel import Session, select

from models.network.members import Address
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.station import Nanhai


async def worker(town: Nanhai, name: str = "小安") -> Person:
    person = town.person(name)
    await person.arrives()
    return person


def help_lines(said: str) -> list[str]:
    return said.split("\n\n", maxsplit=1)[0].splitlines()


async def test_a_worker_sees_what_workers_do_in_five_lines(town: Nanhai) -> None:
    ana = await worker(town)
    said = help_lines(await ana.says("帮助"))
    assert [each.partition("：")[0] for each in said] == [
        "点下面的按钮，或者直接说",
        "找队伍",
        "我的",
        "设置",
        "有需要、有想法",
    ]
    assert ana.labels == ["看活动", "找队伍", "我的"]
    # What only organizers do is no part of it.
    assert "发布活动" not in ana.sees


async def test_a_seat_on_offer_stands_first_with_its_button(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=1))
    ana, ben = await worker(town), await worker(town, "小本")
    await ben.says(f"报名 {event.id}")
    await ana.says(f"报名 {event.id}")
    assert "🔔" not in await ana.says("帮助")
    await ben.says(f"取消报名 {event.id}")
    await ben.presses("让出位子")
    await town.works()
    await ana.hears("空出一个位子")
    said = help_lines(await ana.says("帮助"))
    assert said[0].startswith("🔔 空出一个位子：走进灯具厂，")
    assert len(said) == 5
    assert ana.labels == ["要", "看活动", "找队伍"]
    assert "✅ 报上了" in await ana.presses("要")


async def test_todays_event_stands_first_with_the_check_in_code(town: Nanhai) -> None:
    event = town.save(lamp_works())
    ana = await worker(town)
    await ana.says(f"报名 {event.id}")
    assert "灯具厂" not in await ana.says("帮助")
    await town.at(local(3, 8))
    said = help_lines(await ana.says("帮助"))
    assert said[0] == "✅ 走进灯具厂，12月3日 周四 11:00（今天）"
    assert len(said) == 5
    assert "签到码" in await ana.presses("签到码")


async def test_an_organizer_sees_the_jobs_and_what_waits_first(town: Nanhai) -> None:
    boss, kim, ana = await worker(town, "老陈"), await worker(town, "小金"), await worker(town)
    await town.appoint(boss, Role.TOWN, 3)
    assert "✅ 你现在是：狮山 · 镇街组织者" in boss.sees
    said = help_lines(await boss.presses("帮助"))
    assert said[0] == "给狮山发活动：“发布活动”，一条讲完也行"
    assert "“来信”" in said[3]
    assert len(said) == 5
    assert boss.labels == ["发布活动", "管理活动", "发公告"]
    # A wish and an event wait: they stand first, in numbers, with their buttons.
    await ana.says("资料")
    await ana.presses("地方")
    await ana.says("狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.appoint(kim, Role.CORE_MEMBER, 3)
    await kim.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await kim.presses("发布")
    said = help_lines(await boss.says("帮助"))
    assert said[0] == "⏳ 等着你：1 个活动要批 · 1 条来信要回"
    assert len(said) == 5
    assert boss.labels == ["管理活动", "来信", "发布活动"]
    assert "想学电工" in await boss.presses("来信")


async def test_a_core_member_and_a_captain_see_only_what_their_roles_allow(town: Nanhai) -> None:
    row = town.save(team())
    kim, cap = await worker(town, "小金"), await worker(town, "阿强")
    await town.appoint(kim, Role.CORE_MEMBER, 4)
    said = await kim.says("帮助")
    assert "给昭信集团发活动" in said
    assert "看名单、签到" in said
    assert "公告" not in said
    assert kim.labels == ["发布活动", "管理活动"]
    await town.appoint(cap, Role.CAPTAIN, 3, team_id=row.id)
    said = await cap.says("帮助")
    assert "给狮山羽毛球队发活动" in said
    assert "“队伍 狮山羽毛球队”，再点“管理队伍”" in said
    assert "来信" not in said
    assert cap.labels == ["发布活动", "管理活动", "发公告"]
    assert "狮山羽毛球队" in await cap.says("队伍 狮山羽毛球队")


async def test_the_menu_of_an_organizer_leads_to_the_jobs_too(town: Nanhai) -> None:
    boss = await worker(town, "老陈")
    assert await boss.says("菜单")
    shown = ["我的资料", "心愿", "看活动", "找队伍", "我的"]
    assert boss.labels == shown
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await boss.says("菜单")
    assert [each.removeprefix(f"{n} ") for n, each in enumerate(boss.labels, start=1)] == [
        "发布活动",
        "管理活动",
        "发公告",
        "来信",
        "我的资料",
        "心愿",
        "看活动",
        "找队伍",
        "我的",
    ]
    assert "活动叫什么" in await boss.says("1")
    await boss.says("菜单")
    assert "没有要办的活动" in await boss.presses("管理活动")


async def test_help_amid_a_question_says_how_to_answer_and_asks_it_again(town: Nanhai) -> None:
    ana = await worker(town)
    await ana.says("资料")
    await ana.presses("班次")
    said = await ana.says("帮助")
    assert "点一个，或者回复数字" in said
    assert "你上什么班？" in said
    assert any("夜班" in each for each in ana.labels)
    # The question is as open as before.
    assert "班次：夜班" in await ana.says("夜班")
    await ana.presses("地方")
    assert "点一个，或者直接写" in await ana.says("/help")
    assert "地方：狮山" in await ana.says("shishan")


async def test_help_amid_a_long_form_loses_none_of_its_answers(town: Nanhai) -> None:
    boss = await worker(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await boss.says("发布活动")
    assert "直接写就行" in await boss.says("帮助")
    assert "活动叫什么" in boss.sees
    await boss.says("周六下午3点 羽毛球赛")
    said = await boss.says("怎么用")
    assert "直接写就行" in said
    # The time said before stands in the question still.
    assert "12月5日 周六 15:00–17:00（4 天后）" in said
    await boss.says("狮山体育馆")
    await boss.says("20人")
    await boss.presses("改一改")
    await boss.presses("图片")
    said = await boss.says("帮助")
    assert "发一张图片，或者直接写" in said
    assert "发一张图片过来" in said
    await boss.presses("不要图片")
    assert "✅ 发布了：羽毛球赛" in await boss.presses("发布")


async def test_the_menu_leaves_a_question_as_help_says(town: Nanhai) -> None:
    ana = await worker(town)
    await ana.says("心愿")
    assert "不想答了，回复“菜单”" in await ana.says("帮助")
    assert "想看点什么" in await ana.says("菜单")

    def dialogs(session: Session) -> list[object]:
        return list(session.exec(select(Address.dialog)))

    assert town.look(dialogs) == [None]


async def test_help_reads_english_as_well(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("Ana", language="en")
    await ana.arrives("en")
    said = help_lines(await ana.says("help"))
    assert len(said) == 5
    assert said[0] == "Tap a button, or just say: “Saturday”, “badminton”, “sign up 12”"
    await ana.says("profile")
    await ana.presses("Shift")
    said = help_lines(await ana.says("help"))
    assert said[0].endswith("tap an answer or send its number. “menu” leaves it.")


@pytest.mark.parametrize("channel", ["telegram"])
async def test_the_list_of_commands_keeps_to_what_members_use(town: Nanhai) -> None:
    assert town.telegram is not None
    ana = town.person("小安")
    await ana.arrives()
    names = {name for name, _words in town.telegram.menus["zh"]}
    assert {"events", "teams", "mine", "help"} <= names
    assert not names & {"newevent", "myevents", "announce", "claim", "roles", "desk", "pending"}


async def test_what_help_shows_in_two_words_takes_the_rest_of_the_message(town: Nanhai) -> None:
    boss = town.person("Chen", language="en")
    await boss.arrives("en")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    assert "“new event”, one message may say it all" in await boss.says("help")
    preview = await boss.says("New event Sat 3pm Badminton match at Shishan hall, 20 people")
    assert "Sat 5 Dec, 15:00" in preview
    assert "Badminton match" in preview
