"""A whole gala evening, by many people: programme, poll, lines, the stage, the draw."""

import re
from datetime import timedelta
from functools import partial

from models.events import draws
from models.events.events import Event
from models.gala import lines, polls, programme, ranking, screens, stage
from models.gala.lines import LineState
from models.gala.screens import Shows
from models.gala.stage import QuestionState
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, local
from tests.stories.gala.evening import STARTS, asks, gala, link_of, phone
from tests.stories.people import Person
from tests.stories.scenes import called, code_of, members_at, organizer, settles
from tests.stories.station import Nanhai

BEST = "哪个最好？\n- 开场舞\n- 合唱"


async def test_a_whole_evening_in_the_chats_and_on_the_screen(town: Nanhai) -> None:
    event = gala(town)
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    ana, ben = await members_at(town, event, "小安", "阿本")
    before = await ana.says("汇报会")
    assert "年度汇报会" in before
    assert "接下来 12月5日 周六 19:30：开场舞" in before
    await town.at(STARTS)
    await host.says("汇报会")
    assert "接下来 19:30：开场舞" in await host.presses("主持")
    on = await host.presses("下一个")
    assert ("正在进行：开场舞" in on, "灯光全开" in on) == (True, True)
    assert "正在进行：开场舞 · 木棉队" in await ana.says("汇报会")
    poll = asks(town, event, "最佳节目", BEST)
    assert "哪个最好" in await _votes(ana)
    assert "✅ 已记下你的选择" in await ana.presses("合唱")
    await _votes(ben)
    await ben.presses("合唱")
    async with phone(town, link_of(town, event)) as guest:
        choices = (await guest.reads())["poll"]["questions"][0]["choices"]
        await guest.sends("votes", choices=[choices[0]["id"]])
        assert [
            each["votes"] for each in (await guest.reads())["poll"]["questions"][0]["choices"]
        ] == [
            1,
            2,
        ]
        await ana.says("汇报会")
        await ana.presses("发弹幕")
        assert "上屏了" in await ana.says("木棉队加油")
        assert [said for _, said in (await guest.reads("lines"))["lines"]] == ["木棉队加油"]
        await _asks_the_stage(town, event, ben)
        assert (await guest.reads())["questions"][0]["words"] == "明年还办吗？"
        await host.says("汇报会")
        await host.presses("主持")
        assert "3 人作答" in await host.presses("投票和抢答")
        assert "结束了" in await host.presses("结束")
        assert (await guest.reads())["poll"]["open"] is False
        await host.presses("下一个")
        items = (await guest.reads())["programme"]["items"]
        assert [each["is"] for each in items] == ["over", "on", "to come"]
    await host.presses("下一个")
    assert "全部结束" in await host.presses("结束")
    # Ended too early: the last step is taken back in the chat as at the desk.
    assert "正在进行：抽奖" in await host.presses("退回一步")
    assert "全部结束" in await host.presses("结束")
    counted = town.store.read_now(polls.counted, poll)
    assert [each.votes for each in counted] == [3]
    assert town.store.read_now(lines.queue, event.id, LineState.WAITING, 9) == []


async def test_an_evening_that_is_near_is_meant_before_one_of_another_day(town: Nanhai) -> None:
    event = gala(town)
    later = town.save(
        badminton(
            code="later",
            title="迎新会",
            starts_at=STARTS + timedelta(days=6),
            ends_at=STARTS + timedelta(days=6, hours=2),
            closes_at=STARTS + timedelta(days=6),
        )
    )
    town.store.write_now(screens.open_one, later.id, None, town.hands.now)
    [ana] = await members_at(town, event, "小安")
    assert "看哪一场" in await ana.says("汇报会")
    await town.at(STARTS - timedelta(minutes=59))
    assert "年度汇报会" in await ana.says("汇报会")


ON_NOW = ("what is on now?", "what's on now", "programme please", "现在到哪个节目了", "节目单")


async def test_what_is_on_and_ones_seat_are_asked_in_plain_words(town: Nanhai) -> None:
    event = gala(town)
    ana, ben = town.person("Ana", language="en"), town.person("小本")
    await ana.arrives("en")
    await ben.arrives()
    assert "Next, Sat 5 Dec 19:30: 开场舞" in await ana.says("programme")
    assert "接下来 12月5日 周六 19:30：开场舞" in await ben.says("节目单")
    town.change(Event, event.id, hall="2排×4座", hall_seats=8)
    for words in ("where do I sit", "my seat", "我坐哪里"):
        told = await ana.says(words)
        assert ("You have no seat with a number." in told, "Badminton match" in told) == (
            True,
            True,
        )
    await ben.says(f"报名 {event.id}")
    assert "年度汇报会还没排座位" in await ben.says("我坐哪里")
    await town.at(STARTS)
    first = town.store.write_now(partial(programme.go_on, seen=None), event.id, None, STARTS)
    assert first.now is not None
    for words in ON_NOW:
        told = await ana.says(words)
        assert "On now: 开场舞 · 木棉队\nNext, 19:36: 合唱《十年》\n19:41 抽奖" in told, words
    assert "1 排 1 座" in await ben.says("我坐哪里")


async def test_what_is_on_now_is_any_event_where_no_evening_is(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("Ana", language="en")
    await ana.arrives("en")
    for words in ("what is on now?", "what's on now"):
        assert "Badminton match" in await ana.says(words)


async def test_who_answers_a_quiz_in_the_chat_knows_themselves_on_the_screen(town: Nanhai) -> None:
    event = gala(town)
    [ana] = await members_at(town, event, "小安")
    await town.at(STARTS)
    asks(town, event, "抢答", "南海在哪个市？\n- 广州\n= 佛山")
    await _votes(ana)
    said = await ana.presses("佛山")
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    await host.says("汇报会")
    await host.presses("主持")
    await host.presses("投票和抢答")
    await host.presses("结束")
    step = town.store.read_now(ranking.look, town.hands.now)
    assert step is not None
    town.store.write_now(ranking.take, town.hands.now, step)
    async with phone(town, link_of(town, event)) as wall:
        [place] = (await wall.reads())["poll"]["places"]
        assert f"你在大屏上的代号是 {place['code']}" in said
        # What was shown last comes back when the wall shows something else for a while.
        for shows in (Shows.QUESTIONS, Shows.POLL):
            town.store.write_now(screens.show, event.id, shows, None, town.hands.now)
        assert (await wall.reads())["poll"]["title"] == "抢答"


async def _votes(person: Person) -> str:
    said = await person.says("汇报会")
    assert "年度汇报会" in said
    return await person.presses("投票")


async def _asks_the_stage(town: Nanhai, event: Event, person: Person) -> None:
    await person.says("汇报会")
    await person.presses("向台上提问")
    assert "有人看过就会上屏" in await person.says("明年还办吗？")
    [row] = town.store.read_now(stage.in_state, event.id, QuestionState.WAITING, 9)
    show = (event.id, row.id, QuestionState.SHOWN, None, town.hands.now)
    town.store.write_now(stage.decide, *show)


async def test_the_wall_shows_what_is_published_of_a_draw_step_by_step(town: Nanhai) -> None:
    event = gala(town)
    prize = town.save(
        badminton(
            code="prize",
            title="幸运抽奖",
            title_en="Lucky draw",
            seats=1,
            starts_at=local(6, 14),
            ends_at=local(6, 17),
            closes_at=local(5, 20),
        )
    )
    now = town.hands.now
    town.store.write_now(draws.set_up, prize.id, None, now)
    # On the web people are known by their browser alone.
    town.store.write_now(draws.admit_web, prize.id, None, now)
    show = partial(screens.show, draw_event_id=prize.id)
    town.store.write_now(show, event.id, Shows.DRAW, None, now)
    await members_at(town, prize, "小安", "阿本")
    async with phone(town, link_of(town, event)) as guest:
        draw = (await guest.reads())["draw"]
        assert (draw["state"], "commitment" in draw, "drawn" in draw) == ("entering", True, False)
        await town.at(local(5, 20, 1))
        draw = (await guest.reads())["draw"]
        assert draw["title"] == {"zh-CN": "幸运抽奖", "en": "Lucky draw"}
        assert (draw["won"], len(draw["drawn"]), "secret" in draw) == (1, 1, True)
        assert draw["page"] == f"/draws/{prize.id}"


async def test_delegates_come_by_quota_of_town_and_contact_point_and_find_their_seats(
    town: Nanhai,
) -> None:
    event = gala(town)
    town.change(Event, event.id, seats=5, closes_at=local(5, 12), station_id=1)
    host = await organizer(town, Role.DISTRICT, 1, "主持人")
    await host.says(f"管理活动 {event.id}")
    await host.presses("更多")
    await host.presses("名额分配")
    await host.says("昭信集团 2-2席\n狮山 最多 3\n桂城 至少2")
    assert "✅ 名额分好了。" in await host.presses("不放开")
    await host.says(f"排座 {event.id}")
    assert "✅ 记下了。" in await host.says("2排×4座，第一排留给嘉宾")

    # Two of the contact point, which is in the town; the town has three at most in all.
    places = {"陈静": "昭信", "李伟": "昭信", "王芳": "狮山", "赵敏": "狮山", "周强": "桂城"}
    delegates = {name: town.person(name) for name in places}
    for name, place in places.items():
        await settles(delegates[name], place)
        await called(delegates[name], name)
    said = {name: await delegates[name].says(f"报名 {event.id}") for name in places}
    seated = ("陈静", "李伟", "王芳", "周强")
    assert [name for name, told in said.items() if "✅ 报上了" in told] == list(seated)
    assert "现在没有对你开放的位子" in said["赵敏"]

    # Seated when sign-up closes; the evening's card and the code for the door say where.
    await town.at(local(5, 12, 1))
    card = await delegates["王芳"].says("汇报会")
    assert ("年度汇报会" in card, "你的座位：2 排" in card) == (True, True)
    await town.at(STARTS - timedelta(minutes=40))
    await host.says("签到")
    for here, name in enumerate(seated, start=1):
        code = await code_of(delegates[name])
        assert "你的座位：2 排" in delegates[name].sees
        told = await host.says(code)
        assert f"✅ {name}签到了，坐 2 排 {_seat(delegates[name].sees)} 座。" in told
        assert f"到了 {here} / 4" in told
    assert "你的座位" not in await delegates["赵敏"].says("汇报会")
    # Whoever has come in votes from their seat, and is counted once.
    await town.at(STARTS)
    poll = asks(town, event, "最佳节目", BEST)
    for name in seated:
        await _votes(delegates[name])
        assert "✅ 已记下你的选择" in await delegates[name].presses("合唱")
    assert [each.votes for each in town.store.read_now(polls.counted, poll)] == [4]


def _seat(said: str) -> str:
    found = re.search(r"2 排 (\d) 座", said)
    assert found is not None, said
    return found[1]
