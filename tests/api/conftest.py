"""The desk of a small network and its API, on either store."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest_asyncio

from models.store import Store
from tests.console.browsing import Nanhai, nanhai


@pytest_asyncio.fixture
async def desks(store: Store, now: datetime) -> AsyncIterator[Nanhai]:
    """A district, two towns and a contact point, and nobody signed in."""
    async with nanhai(store, now) as town:
        yield town
