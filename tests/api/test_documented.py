"""What docs/api.md shows a stranger works as it stands there."""

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from models.rules.network.permissions import Role
from models.rules.network.scopes import Scope
from tests.api.programs import program
from tests.console.browsing import Nanhai
from tests.console.rows import keep
from tests.miniature.rows import event, local

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")


def _shown(name: str) -> dict[str, Any]:
    """What the block of code defines that holds this name."""
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE)
    defined: dict[str, Any] = {}
    exec(next(each for each in blocks if f"def {name}(" in each), defined)
    return defined


async def test_the_program_of_the_page_reads_every_page_and_says_what_is_refused(
    desks: Nanhai,
) -> None:
    made = keep(desks, *(event(f"e{each}", f"第{each}场", local(3, 11)) for each in range(5)))
    secret = program(desks, Role.DISTRICT, scopes=(Scope.EVENTS_READ,)).secret
    shown = _shown("everything")

    def reads() -> list[int]:
        items = shown["everything"](desks.origin, secret, "/events?limit=2")
        return [each["number"] for each in items]

    assert await asyncio.to_thread(reads) == made
    with pytest.raises(shown["Refused"]) as refused:
        await asyncio.to_thread(shown["ask"], desks.origin, secret, "/members")
    assert refused.value.status == 403
    assert str(refused.value)


def test_the_check_of_the_page_takes_what_is_signed_and_nothing_else(now: datetime) -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"type":"test"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1,bm8= {Webhook(secret).sign('msg_1', now, body)}",
    }
    is_theirs, at = _shown("is_told_by_the_station")["is_told_by_the_station"], now.timestamp()
    assert is_theirs(secret, headers, body.encode(), at)
    assert not is_theirs(secret, headers, b"{}", at)
    assert not is_theirs(secret, headers, body.encode(), at + 301)
    assert not is_theirs(secret, {}, body.encode(), at)
    assert not is_theirs("whsec_AAAA", headers, body.encode(), at)
