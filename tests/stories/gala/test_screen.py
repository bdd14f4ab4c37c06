"""The second screen: what a crowd reads, and what it sends."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlmodel import Session, func, select

from models.gala import lines, polls, programme, ranking, stage
from models.gala.lines import LineState, ScreenLine
from models.gala.polls import PollVote
from models.gala.screens import Moderation
from models.gala.stage import QuestionState, StageQuestion
from models.members import privacy
from models.network import members
from tests.stories.gala.evening import STARTS, Phone, asks, gala, link_of, phone
from tests.stories.station import Nanhai

BEST = "哪个最好？\n- 开场舞\n- 合唱"
QUIZ = "南海在哪个市？\n- 广州\n= 佛山\n几个镇街？\n= 7\n- 9"


async def opened(town: Nanhai, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
    given = {"Accept-Language": "zh-CN", **headers}
    async with town.http.get(f"{town.origin}/screen/{path}", headers=given) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_a_small_document_tells_what_is_on_and_a_cache_may_keep_it(town: Nanhai) -> None:
    event = gala(town)
    token = link_of(town, event)
    status, page, headers = await opened(town, token)
    assert (status, "<h1>年度汇报会</h1>" in page) == (200, True)
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    for name in ("screen.css", "screen.js", "drawing.js", "flying.js", "words.js"):
        address = page.partition(f"static/{name}")[2].partition('"')[0]
        assert (await opened(town, f"static/{name}{address}"))[0] == 200
    async with phone(town, token) as ana:
        told = await ana.reads()
        assert [(each["at"], each["title"], each["is"]) for each in told["programme"]["items"]] == [
            ("19:30", "开场舞", "to come"),
            ("19:36", "合唱《十年》", "to come"),
            ("19:41", "抽奖", "to come"),
        ]
        assert "灯光全开" not in str(told), "cues are for the host"
        assert told["programme"]["starts"] == {
            "zh-CN": "12月5日 周六 19:30",
            "en": "Sat 5 Dec 19:30",
        }
        await town.at(STARTS - timedelta(minutes=30))
        assert "starts" not in (await ana.reads())["programme"], "it begins soon"
        await town.at(STARTS)
        begin = partial(programme.go_on, seen=None)
        town.store.write_now(begin, event.id, None, STARTS)
        items = (await ana.reads())["programme"]["items"]
        assert [each["is"] for each in items] == ["on", "to come", "to come"]
    _, _, headers = await opened(town, f"{token}/now")
    assert headers["Cache-Control"] == "public, max-age=1"
    again = await opened(town, f"{token}/now", **{"If-None-Match": headers["ETag"]})
    assert again[:2] == (304, "")
    svg = await opened(town, f"{token}/code.svg")
    assert (svg[0], svg[2]["Content-Type"]) == (200, "image/svg+xml")


async def test_a_replaced_link_opens_nothing(town: Nanhai) -> None:
    event = gala(town)
    old = link_of(town, event)
    async with phone(town, old) as ana:
        await ana.reads()
        link_of(town, event)
        town.hands.now = STARTS
        for path in (old, f"{old}/now", f"{old}/lines", "x" * 500):
            status, _page, _ = await opened(town, path)
            assert status == 404
        assert "没有" in (await opened(town, old))[1]
        assert (await ana.posts("lines", {"words": "加油"}))[0] == 404


def votes(town: Nanhai, poll_id: int) -> list[list[int]]:
    def look(session: Session) -> list[list[int]]:
        return [[each.votes for each in q.choices] for q in polls.counted(session, poll_id)]

    return town.store.read_now(look)


async def choices(ana: Phone, question: int = 0) -> list[int]:
    asked = (await ana.reads())["poll"]["questions"][question]
    return [each["id"] for each in asked["choices"]]


async def test_everybody_counts_once_and_may_think_again(town: Nanhai) -> None:
    event = gala(town)
    token = link_of(town, event)
    poll = asks(town, event, "最佳节目", BEST)
    async with phone(town, token) as ana, phone(town, token) as ben:
        one, other = await choices(ana)
        told = await ana.sends("votes", choices=[one])
        assert (list(told["answers"].values()), told["why"]) == ([one], "")
        await ana.sends("votes", choices=[one])
        await ben.sends("votes", choices=[one])
        assert votes(town, poll) == [[2, 0]]
        await ana.sends("votes", choices=[other])
        assert votes(town, poll) == [[1, 1]]
        seen = (await ben.reads())["poll"]["questions"][0]
        assert [each["votes"] for each in seen["choices"]] == [1, 1]
        town.store.write_now(polls.close, event.id, poll, None, town.hands.now)
        late = await ben.sends("votes", choices=[other])
        assert (late["answers"], late["why"]) == ({}, "not open")
        assert votes(town, poll) == [[1, 1]]
        assert (await ana.posts("votes", {"choices": ["1"]}))[0] == 400
        assert (await ana.posts("votes", {"words": "1"}))[0] == 400
        other_site = await ana.posts("votes", {"choices": [one]}, Origin="https://evil.example")
        assert other_site[0] == 403


async def test_what_is_hidden_is_told_when_it_is_closed(town: Nanhai) -> None:
    event = gala(town)
    token = link_of(town, event)
    poll = asks(town, event, "最佳节目", BEST, is_hidden=True, may_change=False)
    async with phone(town, token) as ana:
        one, other = await choices(ana)
        await ana.sends("votes", choices=[one])
        assert (await ana.sends("votes", choices=[other]))["why"] == "answered before"
        told = (await ana.reads())["poll"]["questions"][0]
        assert (told["votes"], [each.get("votes") for each in told["choices"]]) == (1, [None, None])
        town.store.write_now(polls.close, event.id, poll, None, town.hands.now)
        told = (await ana.reads())["poll"]["questions"][0]
        assert [each["votes"] for each in told["choices"]] == [1, 0]


async def test_a_quiz_shows_what_was_right_afterwards_and_who_was_fastest(town: Nanhai) -> None:
    event = gala(town)
    token = link_of(town, event)
    quiz = asks(town, event, "知识抢答", QUIZ, may_change=False)

    def go_on(question: int | None) -> None:
        now = town.hands.now
        town.store.write_now(partial(polls.go_on, seen=question), event.id, quiz, None, now)

    async with phone(town, token) as ana, phone(town, token) as ben:
        told = (await ana.reads())["poll"]
        assert [len(told["questions"]), "right" in str(told)] == [1, False]
        first = told["questions"][0]["id"]
        wrong, right = await choices(ana)
        code = (await ana.sends("votes", choices=[right]))["code"]
        await ben.sends("votes", choices=[wrong])
        go_on(first)
        told = (await ana.reads())["poll"]["questions"][0]
        assert [each["right"] for each in told["choices"]] == [False, True]
        go_on(None)
        right, _wrong = await choices(ana, 1)
        await ana.sends("votes", choices=[right])
        go_on((await ana.reads())["poll"]["questions"][1]["id"])
        go_on(None)
        step = town.store.read_now(ranking.look, town.hands.now)
        assert step is not None
        assert town.store.write_now(ranking.take, town.hands.now, step)
        places = (await ben.reads())["poll"]["places"]
        assert places == [{"place": 1, "name": "", "code": code, "points": 20, "seconds": 0}]


async def test_lines_wait_to_be_read_where_that_was_set(town: Nanhai) -> None:
    event = gala(town, lines=Moderation.BEFORE)
    async with phone(town, link_of(town, event)) as ana:
        assert (await ana.sends("lines", words=" 加油\n木棉队 "))["waits"]
        assert (await ana.reads("lines"))["lines"] == []
        [line] = town.store.read_now(lines.queue, event.id, LineState.WAITING, 9)
        now = town.hands.now
        town.store.write_now(partial(lines.decide, shown=True), event.id, [line.id], None, now)
        assert (await ana.reads("lines"))["lines"] == [[line.id, "加油 木棉队"]]
        town.store.write_now(partial(lines.decide, shown=False), event.id, [line.id], None, now)
        assert (await ana.reads("lines"))["lines"] == []


async def test_lines_have_a_pace_and_words_with_which_none_is_shown_unread(town: Nanhai) -> None:
    event = gala(town, banned="傻瓜")
    async with phone(town, link_of(town, event)) as ana:
        assert await ana.sends("lines", words="加油") | {"code": ""} == {
            "why": "",
            "waits": False,
            "code": "",
        }
        again = await ana.sends("lines", words="加油")
        assert again["why"] == "", "a double tap is one line"
        soon = await ana.sends("lines", words="再来一个")
        assert (soon["why"], soon["seconds"]) == ("too soon", 5)
        await town.at(STARTS)
        assert (await ana.sends("lines", words="傻 瓜"))["waits"]
        assert [said for _id, said in (await ana.reads("lines"))["lines"]] == ["加油"]


async def test_questions_to_the_stage_are_read_backed_and_answered(town: Nanhai) -> None:
    event = gala(town)
    token = link_of(town, event)
    async with phone(town, token) as ana, phone(town, token) as ben:
        told = await ana.sends("questions", words="明年还办吗？")
        [asked] = town.store.read_now(stage.in_state, event.id, QuestionState.WAITING, 9)
        number = asked.id
        assert (told["waits"], told["question"]) == (True, number), (
            "whoever asks isn't asked to back"
        )
        assert (await ben.sends("backings", question=number))["why"] == "gone"

        def decide(state: QuestionState) -> None:
            town.store.write_now(stage.decide, event.id, number, state, None, town.hands.now)

        decide(QuestionState.SHOWN)
        for each in (ben, ben, ana):
            assert (await each.sends("backings", question=number))["why"] == ""
        assert (await ana.reads())["questions"] == [
            {"id": number, "words": "明年还办吗？", "backed": 1}
        ]
        decide(QuestionState.ANSWERED)
        assert (await ana.reads())["questions"] == []
        for text in ("一", "二", "三"):
            await ana.sends("questions", words=text)
        assert (await ana.sends("questions", words="四"))["why"] == "too many"


async def test_what_somebody_wrote_goes_with_them_and_their_vote_stays_counted(
    town: Nanhai,
) -> None:
    event = gala(town)
    token = link_of(town, event)
    poll = asks(town, event, "最佳节目", BEST)
    async with phone(town, token) as ana:
        one, _other = await choices(ana)
        await ana.sends("votes", choices=[one])
        await ana.sends("lines", words="加油")
        await ana.sends("questions", words="几点结束？")

    def erase(session: Session) -> None:
        who = session.exec(select(PollVote.member_id)).one()
        assert who is not None
        assert privacy.export(session, who)["votes_at_events"][0]["answer"] == "开场舞"
        privacy.erase_member(session, who, town.settings.care(), town.hands.now)
        assert session.get(members.Member, who) is None

    town.store.write_now(erase)

    def left(session: Session) -> tuple[int, ...]:
        tables = (PollVote, ScreenLine, StageQuestion)
        return tuple(session.exec(select(func.count()).select_from(each)).one() for each in tables)

    assert town.store.read_now(left) == (1, 0, 0)
    assert votes(town, poll) == [[1, 0]]
