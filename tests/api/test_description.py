"""The description is true: what it says is sent is read, and what it says is answered comes."""

import asyncio
from datetime import timedelta
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from console.api.subjects import OPERATIONS
from models.rules.network.permissions import Role
from tests.api.programs import Program, furnish, program
from tests.console.browsing import Nanhai

EXAMPLES = 5
"""Requests for each operation, and as many with something wrong in them."""

NOT_SAID: list[CheckFunction] = [positive_data_acceptance]
"""What a schema does not say: that an event lies ahead, for instance, or a place is one's own."""

UNHURRIED = settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


async def test_the_api_keeps_to_its_description(desks: Nanhai) -> None:
    furnish(desks)
    district = program(desks, Role.DISTRICT)
    described = (await district.gets("/openapi.json")).body
    schema = schemathesis.openapi.from_dict(described)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(found) == len(OPERATIONS)
    for operation in found:
        await asyncio.to_thread(_try, district, operation)


def _try(asking: Program, operation: APIOperation[Any, Any, Any, Any]) -> None:
    headers = {"Authorization": f"Bearer {asking.secret}"}
    for mode in GenerationMode:

        @UNHURRIED
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers(case: Case[Any]) -> None:
            # Of who has no token only one request in three seconds is looked at.
            asking.desks.now += timedelta(seconds=10)
            url = f"{asking.desks.origin}/api/v1"
            case.call_and_validate(url, headers=headers, excluded_checks=NOT_SAID)

        answers()


async def test_the_page_shows_every_operation(desks: Nanhai) -> None:
    page = await desks.browser("en").opens("/api/v1")
    assert page.status == 200
    for each in OPERATIONS:
        assert f'id="{each.name}"' in page.html, each.name
