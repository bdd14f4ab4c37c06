"""What a benchmark accepts as done."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from benchmarks import check
from benchmarks.driver import deliver, telegram
from benchmarks.fanout import fan_out
from benchmarks.plan import ASKERS, OPEN_EVENTS, SEATS, Ask, Claim, Plan, make_plan, verify
from benchmarks.workspaces import workspaces

Found = dict[tuple[int, int], Claim]

LIMITED = OPEN_EVENTS + 1


@pytest.fixture
def plan() -> Plan:
    return make_plan(2 * ASKERS)


@pytest.fixture
def found(plan: Plan) -> Found:
    """What a bot without a fault leaves behind."""
    claims: Found = {}
    taken = 0
    for ask in plan.asks:
        has_seat = plan.seats[ask.event_id - 1] is None or taken < SEATS
        taken += plan.seats[ask.event_id - 1] is not None
        place = 0 if has_seat else taken - SEATS
        claims[ask.event_id, ask.chat_id] = (
            Claim("seated", 0, 2) if has_seat else Claim("waiting", place, 0)
        )
    return claims


def of_limited(found: Found, state: str) -> tuple[int, int]:
    return next(key for key, claim in found.items() if key[0] == LIMITED and claim.state == state)


def test_everything_kept_as_asked_is_accepted(plan: Plan, found: Found) -> None:
    verify(plan, found)


def test_a_lost_sign_up_is_noticed(plan: Plan, found: Found) -> None:
    found.popitem()
    with pytest.raises(AssertionError, match="1 sign-ups are lost"):
        verify(plan, found)


def test_a_sign_up_nobody_asked_for_is_noticed(plan: Plan, found: Found) -> None:
    stranger = Ask(chat_id=1, event_id=1)
    found[stranger.event_id, stranger.chat_id] = Claim("seated", 0, 2)
    with pytest.raises(AssertionError, match="1 were never asked for"):
        verify(plan, found)


def test_a_seat_sold_twice_is_noticed(plan: Plan, found: Found) -> None:
    found[of_limited(found, "waiting")] = Claim("seated", 0, 2)
    with pytest.raises(AssertionError, match=f"event {LIMITED} has"):
        verify(plan, found)


def test_two_at_the_same_place_in_the_queue_are_noticed(plan: Plan, found: Found) -> None:
    key = of_limited(found, "waiting")
    found[key] = replace(found[key], place=2)
    with pytest.raises(AssertionError, match=f"the queue of event {LIMITED}"):
        verify(plan, found)


def test_a_missing_reminder_is_noticed(plan: Plan, found: Found) -> None:
    key = of_limited(found, "seated")
    found[key] = replace(found[key], reminders=1)
    with pytest.raises(AssertionError, match="a seated sign-up has 1 reminders"):
        verify(plan, found)


async def test_an_announcement_is_planned_to_everybody_while_people_sign_up() -> None:
    with workspaces("sqlite") as where:
        taken = await fan_out(where, 3000, rate=50, calm=0.2)
    assert taken.rows == 3000
    assert len(taken.turns) >= 1
    assert taken.before.took
    assert taken.beside.took


# The answers of bots


def _in_json(call: dict[str, str]) -> web.Response:
    return web.json_response(call)


def _in_a_form(call: dict[str, str]) -> web.Response:
    """A form of several parts, as aiogram answers."""
    form = aiohttp.MultipartWriter("form-data")
    for name, value in call.items():
        form.append(value).set_content_disposition("form-data", name=name)
    return web.Response(body=form)


@pytest.mark.parametrize("write", [_in_json, _in_a_form])
async def test_an_answer_is_heard_in_every_form_that_telegram_takes(
    write: Callable[[dict[str, str]], web.Response],
) -> None:
    async def bot(request: web.Request) -> web.Response:
        chat = (await request.json())["message"]["chat"]["id"]
        return write({"method": "sendMessage", "chat_id": str(chat), "text": "✅ 报上了"})

    heard: list[tuple[int, str]] = []
    app = web.Application()
    app.router.add_post("/bot", bot)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with telegram() as standin:
        standin.heard = lambda chat, text, took: heard.append((chat, text))
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
        await deliver(standin, [url], [Ask(7, 1), Ask(8, 1)], first=0)
    await runner.cleanup()
    assert sorted(heard) == [(7, "✅ 报上了"), (8, "✅ 报上了")]


# The check of all benchmarks

ROOT = Path(check.__file__).parent


def test_every_benchmark_is_checked() -> None:
    commands = {
        path.stem
        for path in ROOT.glob("*.py")
        if re.search(rf"(?m)^python -m benchmarks\.{path.stem}\b", path.read_text("utf-8"))
    }
    assert commands == {each.partition(" ")[0] for each in check.CHECKS}


def test_only_rows_below_a_head_are_figures() -> None:
    output = "round 1: 12\n| p99 | MB |\n| --- | --- |\n| a | 7 |\n| b |  |\n\n| 1 | 2 |\n"
    assert check.figures(output) == ["| a | 7 |"]
