from datetime import datetime

import pytest

from models.store import Store
from tests.miniature.house import House
from tests.miniature.platform import Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def house(store: Store, now: datetime, platform: Platform) -> House:
    return House(store, now, platform)
