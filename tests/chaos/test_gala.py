"""A station that is killed amid votes and amid a draw that people look at: nothing is lost."""

import asyncio
import secrets
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
from sqlmodel import Session, select

from models.events import draws, entries, signups
from models.events.events import Event
from models.gala import polls, screens
from models.gala.polls import Poll, PollVote
from models.network import members
from models.rules.events import draws as draw_rules
from models.rules.events.draw_records import list_from_json
from models.rules.events.states import DrawState
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted
from models.store import Store
from tests.chaos.processes import Front, Station
from tests.chaos.run import until
from tests.chaos.town import CARE
from tests.miniature.rows import event, network

KILLS, PEOPLE, ENTRIES = 2, 12, 90
AN_HOUR = timedelta(hours=1)


def prepare(session: Session, now: datetime) -> tuple[str, list[int], int]:
    """A screen with an open poll, and a draw whose list is to be fixed; its number is to come."""
    network(session)
    gala = event("gala", "汇报会", now + AN_HOUR)
    prize = event("prize", "抽奖", now + 8 * AN_HOUR, seats=20, closes_at=now + 4 * AN_HOUR)
    session.add_all((gala, prize))
    session.flush()
    token = screens.open_one(session, gala.id, None, now).token
    drafted = rules.read("最佳节目", "哪个最好？\n- 开场舞\n- 合唱\n- 独唱")
    assert isinstance(drafted, Drafted)
    poll = polls.write(session, gala.id, drafted, None, now)
    assert isinstance(poll, Poll)
    number, prize_id = poll.id, prize.id
    polls.open_one(session, gala.id, number, None, now)
    draws.set_up(session, prize_id, None, now)
    for each in range(ENTRIES):
        who = members.meet(session, "telegram.nanhai", str(each), language="zh", now=now)
        signups.sign_up(session, prize_id, who, CARE, now)
    row = session.get_one(Event, prize_id)
    row.closes_at = now
    session.add(row)
    session.flush()
    asked = polls.counted(session, number)
    return token, [each.choice.id for each in asked[0].choices], prize_id


async def votes(url: str, cookie: str, choices: list[int], told: dict[str, int]) -> None:
    """Change one's mind again and again; ``told`` is the last answer that was acknowledged.

    What was sent and not answered may count or not, so it is asked for until it is answered.
    """
    headers = {"Cookie": f"chat={cookie}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        turn = 0
        while True:
            choice = choices[turn % len(choices)]
            with suppress(aiohttp.ClientError):
                async with http.post(url, json={"choices": [choice]}) as answer:
                    if answer.status == 200:
                        [told[cookie]] = (await answer.json())["answers"].values()
                        turn += 1
            await asyncio.sleep(0.05)


def has_told(told: dict[str, int], wanted: int) -> bool:
    return len(told) >= wanted


def is_drawn(session: Session, prize: int) -> bool:
    return session.get_one(Event, prize).draw is DrawState.DRAWN


async def test_a_station_killed_amid_votes_and_a_draw_loses_nothing(
    store_url: str, tmp_path: Path
) -> None:
    store, now = Store(store_url), datetime.now(UTC)
    token, choices, prize = store.write_now(prepare, now)
    told: dict[str, int] = {}
    async with Front() as front:
        station = Station(tmp_path, store_url, front, "http://127.0.0.1:9", "1:x", web=True)
        process = station.has()
        await process.start()
        url = f"{front.url}/screen/{token}/votes"
        people = [secrets.token_urlsafe(32) for _ in range(PEOPLE)]
        voting = [asyncio.create_task(votes(url, each, choices, told)) for each in people]
        try:
            for _kill in range(KILLS):
                wanted = min(len(told) + 1, PEOPLE)
                await until(partial(has_told, told, wanted))
                await process.die()
                await process.start()
            await until(lambda: store.read_now(is_drawn, prize))
            await until(partial(has_told, told, PEOPLE))
        finally:
            for task in voting:
                task.cancel()
            await asyncio.gather(*voting, return_exceptions=True)
            await process.die()

    def look(session: Session) -> tuple[Counter[int], list[int], int]:
        kept = Counter(session.exec(select(PollVote.choice_id)).all())
        poll = session.exec(select(Poll.id)).one()
        counted = [each.votes for each in polls.counted(session, poll)[0].choices]
        return kept, counted, len(session.exec(select(PollVote.id)).all())

    kept, counted, number = store.read_now(look)
    assert number == PEOPLE, "everybody counts once"
    assert counted == [kept[each] for each in choices]

    def outcome(session: Session) -> tuple[object, object]:
        draw = entries.of_event(session, prize)
        assert draw is not None
        assert draw.listed is not None
        assert draw.result is not None
        again = draw_rules.draw(list_from_json(draw.listed), draw.secret, draw.number or "", {})
        return list(again.order), draw.result["order"]

    again, drawn = store.read_now(outcome)
    assert again == drawn
    store.close()
