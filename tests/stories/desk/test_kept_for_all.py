"""An answer in a letter becomes a known answer by two taps: the next who asks alike reads it."""

from models.desk.known import KnownAnswer
from models.network.audit import Audit
from models.rules.network.permissions import Act, Role
from tests.miniature.rows import SHISHAN, badminton, lamp_works, team
from tests.stories.people import Person
from tests.stories.scenes import called, organizer, settles
from tests.stories.station import Nanhai


async def _answers(town: Nanhai, organizer: Person, asked: str, words: str) -> None:
    await town.works()
    await organizer.hears(asked)
    await organizer.presses("回答")
    assert "✅ 回复好了" in await organizer.says(words)


async def test_what_one_asked_about_an_event_is_answered_to_the_next(town: Nanhai) -> None:
    event = town.save(badminton())
    boss, ana, bo = (
        await organizer(town, Role.TOWN, SHISHAN, "镇长"),
        town.person("小安"),
        town.person("小波"),
    )
    await settles(ana, "桂城")
    await settles(bo, "狮山")
    await ana.opens(f"e{event.id}")
    await ana.presses("问一问")
    await ana.says("有地方停电动车吗")
    await ana.presses("留名")
    await _answers(town, boss, "有地方停电动车吗", "东门有车棚。")
    assert boss.labels == ["以后也这样答", "来信", "菜单"]
    shown = await boss.presses("以后也这样答")
    assert "以后有人这样问：“有地方停电动车吗”" in shown
    assert "就答：“东门有车棚。”" in shown
    assert "记在羽毛球友谊赛下面" in shown
    assert town.rows(KnownAnswer) == []
    assert "记下了" in await boss.presses("就这样")
    kept = town.get(KnownAnswer)
    assert (kept.event_id, kept.station_id, kept.question) == (
        event.id,
        SHISHAN,
        "有地方停电动车吗",
    )
    [act] = [each for each in town.rows(Audit) if each.act is Act.KEEP_ANSWER]
    assert (act.subject, act.details["what"]) == (f"answer:{kept.id}", "added")
    await town.after(seconds=11)
    await bo.opens(f"e{event.id}")
    assert "东门有车棚" in await bo.says("有没有地方停电动车")


async def test_the_question_of_a_wish_is_put_in_other_words_for_the_station(town: Nanhai) -> None:
    boss, ana, bo = (
        await organizer(town, Role.TOWN, SHISHAN, "镇长"),
        town.person("小安"),
        town.person("小波"),
    )
    await settles(ana, "狮山")
    await settles(bo, "狮山")
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await _answers(town, boss, "想学电工", "文化站每周二晚有电工夜校。")
    assert "记在狮山下面" in await boss.presses("以后也这样答")
    await boss.presses("改问法")
    assert "记下了" in await boss.says("哪里可以学电工？")
    await town.after(seconds=11)
    assert "电工夜校" in await bo.says("请问在哪里可以学电工呀")
    # The next answer to the same question replaces it, which is said; and it need not be kept.
    await ana.says("心愿 哪里可以学电工？")
    await ana.presses("留名")
    await _answers(town, boss, "哪里可以学电工？", "夜校停了。")
    assert "原来是：“文化站每周二晚有电工夜校。”" in await boss.presses("以后也这样答")
    assert "不记" in await boss.presses("不用")
    assert town.get(KnownAnswer).answer == "文化站每周二晚有电工夜校。"


async def test_what_is_for_one_person_alone_is_not_offered_to_be_kept(town: Nanhai) -> None:
    boss, ana = await organizer(town, Role.TOWN, SHISHAN, "镇长"), town.person("小安")
    await settles(ana, "狮山")
    await called(ana, "小安")
    for asked, named, told in (
        ("想学插花", "不留名", "下月有。"),
        ("想学焊工，打我 13800138000", "留名", "下月有。"),
        ("想学游泳", "留名", "加我微信 shishan2026。"),
        ("想学唱歌", "留名", "小安你来找我。"),
    ):
        await ana.says(f"心愿 {asked}")
        await ana.presses(named)
        await town.after(hours=1)
        await _answers(town, boss, asked, told)
        assert boss.labels == ["来信", "菜单"], asked


async def test_a_captain_keeps_and_changes_answers_of_the_team_s_sessions(town: Nanhai) -> None:
    row = town.save(team())
    event = town.save(lamp_works(station_id=SHISHAN, team_id=row.id))
    cap, ana = town.person("队长"), town.person("小安")
    await cap.arrives()
    await town.appoint(cap, Role.CAPTAIN, SHISHAN, team_id=row.id)
    await settles(ana, "桂城")
    await ana.opens(f"e{event.id}")
    await ana.presses("问一问")
    await ana.says("有地方停电动车吗")
    await ana.presses("留名")
    await _answers(town, cap, "有地方停电动车吗", "门口可以停。")
    await cap.presses("以后也这样答")
    await cap.presses("就这样")
    await cap.presses("改问法")
    assert "记下了" in await cap.says("电动车停哪\n能停车吗")
    assert town.get(KnownAnswer).variants == ["电动车停哪", "能停车吗"]
