"""Every story is told on every channel and on both stores.

WeChat's three envelopes are opened before a station hears what is in them: two of them are told on
one store each, and the third on both.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
import pytest_asyncio

from tests.stories import manners
from tests.stories.people import Person
from tests.stories.station import CHANNELS, Nanhai, Row, nanhai

TOLD_ON = {"wechat-safe": "sqlite", "wechat-compatible": "postgresql"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if _is_told_elsewhere(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_told_elsewhere(item: pytest.Item) -> bool:
    told: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    only = TOLD_ON.get(str(told.get("channel")))
    return only is not None and told.get("store_url") not in (None, only)


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture
async def town(channel: str, store_url: str, now: datetime) -> AsyncIterator[Nanhai]:
    """A station with an empty programme, on a Tuesday morning."""
    async with nanhai(channel, store_url, now) as station:
        yield station
        bad = [
            (fault, message.text)
            for message in station.look(lambda session: list(manners.shown(session)))
            for fault in manners.faults(message)
        ]
        assert bad == []


@pytest.fixture
def person(town: Nanhai) -> Callable[..., Person]:
    return town.person


@pytest.fixture
def save(town: Nanhai) -> Callable[[Row], Row]:
    return town.save
