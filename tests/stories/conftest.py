"""The station of a story, on the channel and the store that the spread gives it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
import pytest_asyncio

from tests.miniature.station import Row
from tests.stories import manners, spread
from tests.stories.people import Person
from tests.stories.station import Nanhai, nanhai


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Spread a story over the channels, unless it names its own by a ``parametrize``."""
    if "town" not in metafunc.fixturenames:
        return
    if _names_channels(metafunc.definition):
        metafunc.parametrize("store_url", spread.STORES, indirect=True)
        return
    is_everywhere = metafunc.config.getoption("everywhere")
    runs = spread.EVERYWHERE if is_everywhere else spread.runs(metafunc.function.__name__)
    metafunc.parametrize(
        ("channel", "store_url"), runs, indirect=["store_url"], ids=["-".join(run) for run in runs]
    )


def _names_channels(story: pytest.Item) -> bool:
    return any("channel" in mark.args[0] for mark in story.iter_markers("parametrize"))


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh store of the kind that the spread says."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def town(channel: str, store_url: str, now: datetime) -> AsyncIterator[Nanhai]:
    """A station with an empty programme, on a Tuesday morning."""
    async with nanhai(channel, store_url, now) as station:
        yield station
        if station.wecom is not None:
            assert station.wecom.dropped == []
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
