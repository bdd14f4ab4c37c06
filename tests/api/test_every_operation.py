"""A walk over every operation: without a token, without its scope, from elsewhere, from a firm."""

from typing import Any

import pytest
from sqlmodel import Session, SQLModel

from console.api.routing import NUMBERS, Operation
from console.api.subjects import OPERATIONS
from models.announcements.announcements import Announcement
from models.events.events import Event, Signup
from models.events.questions import EventQuestion
from models.network.roles import NotAllowed
from models.rules.network import permissions
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope
from models.teams.teams import Team
from tests.api.programs import Answer, Program, furnish, program
from tests.console.browsing import DISTRICT, SHISHAN, ZHAOXIN, Nanhai

TIMES = {"starts_at": "2026-12-09T11:30:00Z", "ends_at": "2026-12-09T13:00:00Z"}
BODIES: dict[str, Any] = {
    "change_event": {"revision": 0, "seats": 9},
    "move_event": {"revision": 0, **TIMES},
    "postpone_event": {"revision": 0},
    "cancel_event": {"revision": 0},
    "restore_event": {"revision": 0},
    "send_event_back": {"reason": "太挤"},
    "refuse": {"reason": "人满了"},
    "sign_up": {"name": "老李"},
    "check_in_by_code": {"code": "123456"},
    "change_announcement": {"text": "来水了"},
    "ask_question": {"kind": "text", "text": "带饭吗？"},
    "ask_ready_question": {"ready": "phone"},
    "change_question": {"required": False},
    "move_question": {"earlier": True},
    "share_out": {"revision": 0, "quotas": []},
    "name_public_number": {"name": "排列 3"},
    "enter_public_number": {"number": "739"},
}
"""What an operation takes, so that only the right is missing."""


async def calls(asking: Program, operation: Operation, number: int = 1) -> Answer:
    """Ask for an operation about the rows of this number."""
    path = NUMBERS.sub(str(number), operation.path)
    return await asking.asks(operation.method, path, BODIES.get(operation.name))


async def test_nobody_is_answered_without_a_token(desks: Nanhai) -> None:
    furnish(desks)
    for each in OPERATIONS[:18]:
        answer = await calls(Program(desks), each)
        assert answer.status == 401, each.name
        assert answer.body["detail"].startswith("Send a token")
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_no_scope_opens_what_another_does(desks: Nanhai) -> None:
    """A program that may do everything but one thing is refused that one thing."""
    furnish(desks)
    for scope in Scope:
        others = [each for each in Scope if each is not scope]
        asking = program(desks, Role.DISTRICT, scopes=others, name=f"without {scope}")
        for each in OPERATIONS:
            if each.scope is scope:
                answer = await calls(asking, each)
                assert (answer.status, scope in answer.body["detail"]) == (403, True), each.name


LET_PROGRAMS = sorted(permissions.roles_for(Act.LET_PROGRAMS))
PLACES = {Role.DISTRICT: DISTRICT, Role.TOWN: SHISHAN, Role.CONTACT_POINT: ZHAOXIN}


@pytest.mark.parametrize("role", [each for each in Role if each not in LET_PROGRAMS])
def test_who_organizes_no_place_lets_no_program_in(desks: Nanhai, role: Role) -> None:
    """Neither core members nor those who lead a team; who helps or judges has no role at all."""
    with pytest.raises(NotAllowed):
        program(desks, role, SHISHAN)


@pytest.mark.parametrize(
    ("role", "station_id"),
    [(each, PLACES[each]) for each in LET_PROGRAMS if each is not Role.DISTRICT],
)
async def test_what_belongs_to_another_place_is_nobody_elses(
    desks: Nanhai, role: Role, station_id: int
) -> None:
    furnish(desks)
    asking = program(desks, role, station_id)
    before = desks.look(what_stands)
    for each in OPERATIONS:
        answer = await calls(asking, each)
        told = str(answer.body)
        assert answer.status < 500, (each.name, told)
        assert "走进灯具厂" not in told, each.name
        assert "安娜" not in told, each.name
        if each.numbers:
            assert answer.status in (403, 404), (each.name, told)
    assert desks.look(what_stands) == before


def what_stands(session: Session) -> list[str]:
    """Rows of Guicheng as they stand."""
    kinds: tuple[type[SQLModel], ...] = (Event, Signup, EventQuestion, Team, Announcement)
    return [session.get_one(kind, 1).model_dump_json() for kind in kinds]


async def test_whoever_runs_everything_reads_everything(desks: Nanhai) -> None:
    furnish(desks)
    asking = program(desks, Role.DISTRICT)
    for each in OPERATIONS:
        if each.writes:
            continue
        answer = await calls(asking, each)
        is_draft = "{announcement}" in each.path
        expected = 404 if is_draft or each.name == "read_draw_record" else 200
        assert answer.status == expected, (each.name, answer.body)
        for number in (0, 2**31, 10**19):
            if each.numbers:
                assert (await calls(asking, each, number)).status == 404, each.name


async def test_what_is_wrong_is_said_in_the_language_asked_for(desks: Nanhai) -> None:
    asking = program(desks, Role.DISTRICT)
    answer = await asking.gets("/events?standing=soon")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "standing")
    assert (await asking.gets("/nothing", Accept_Language="zh")).body["detail"] == (
        "这里没有东西，或者这个令牌看不到。"
    )
    refused = await asking.asks("PUT", "/events")
    assert (refused.status, "GET" in refused.headers["Allow"]) == (405, True)
    assert (await asking.gets("/events?limit=2&limit=3")).status == 422
    assert (await asking.gets("/me?x=1")).status == 422
