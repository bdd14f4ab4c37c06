"""The browser tells those whose chat page is closed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.channels.outgoing import HttpClient
from bot.channels.web.alerts import Alerts
from bot.channels.web.push_services import PushServices
from models.sending.alerts import AlertSubscription
from tests.miniature.rows import badminton, local
from tests.platforms.push.server import PushService
from tests.stories.people import OnTheWeb
from tests.stories.scenes import signed_up
from tests.stories.station import Nanhai

on_the_web = pytest.mark.parametrize("channel", ["web"])


@pytest_asyncio.fixture
async def service(town: Nanhai) -> AsyncIterator[PushService]:
    async with PushService() as running:
        alerts_of(town).services = PushServices(HttpClient(), running.accepts)
        yield running
        await alerts_of(town).stop()


def alerts_of(town: Nanhai) -> Alerts:
    assert town.station.web is not None
    assert town.station.web.alerts is not None
    return town.station.web.alerts


@on_the_web
async def test_a_reminder_reaches_whoever_closed_the_page(
    town: Nanhai, service: PushService
) -> None:
    event = town.save(badminton())
    ana = await signed_up(town, event)
    assert isinstance(ana, OnTheWeb)
    assert ana.offers_alerts
    assert "这一页关着就收不到" in ana.sees
    await ana.turns_alerts_on(service.browser("ana").subscription())
    assert "这一页关着就收不到" not in await ana.says(f"报名 {event.id}")
    assert not ana.offers_alerts
    # While the page is open it shows the reminder itself.
    await town.at(local(4, 14))
    await alerts_of(town).settled()
    assert service.taken == []
    await ana.leaves()
    await town.at(local(5, 12))
    await alerts_of(town).settled()
    [pushed] = service.taken
    assert "羽毛球友谊赛" in pushed.content["body"]
    assert 0 < pushed.ttl <= 2 * 3600
    await ana.returns()
    await town.works()
    assert len(ana.unasked()) == 2


@on_the_web
async def test_a_browser_that_was_reset_is_forgotten_and_asked_again(
    town: Nanhai, service: PushService
) -> None:
    event = town.save(badminton())
    ana = await signed_up(town, event)
    assert isinstance(ana, OnTheWeb)
    await ana.turns_alerts_on(service.browser("ana").subscription())
    service.lose("ana")
    await ana.leaves()
    await town.at(local(4, 14))
    await alerts_of(town).settled()
    assert service.asked == ["ana"]
    assert town.count(AlertSubscription) == 0
    assert "这一页关着就收不到" in await ana.says(f"报名 {event.id}")
    assert ana.offers_alerts


@on_the_web
async def test_nothing_is_left_of_the_browser_of_somebody_erased(
    town: Nanhai, service: PushService
) -> None:
    ana = await signed_up(town, town.save(badminton()))
    assert isinstance(ana, OnTheWeb)
    await ana.turns_alerts_on(service.browser("ana").subscription())
    await ana.says("隐私")
    await ana.presses("拿一份")
    assert service.browser("ana").endpoint.encode() in (await ana.file()).content
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    assert town.count(AlertSubscription) == 0
