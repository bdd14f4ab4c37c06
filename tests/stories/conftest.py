"""Every story is told on every channel and on both stores."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
import pytest_asyncio

from tests.stories import manners
from tests.stories.people import Person
from tests.stories.station import CHANNELS, Nanhai, Row, nanhai


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
