"""A station that reaches Telegram through a proxy alone."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from sqlmodel import Session, col, select

from models.sending.deliveries import Delivery
from tests.miniature.rows import event, local
from tests.platforms import certificates
from tests.platforms.loopback import TlsFront
from tests.platforms.proxy import PASSWORD, Proxy
from tests.stories.station import Nanhai, nanhai

HOST = "api.telegram.org"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as proxy:
        yield proxy


@pytest_asyncio.fixture
async def town(
    store_url: str, now: datetime, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Nanhai]:
    """A station that polls Telegram at its own name, which leads nowhere but at the proxy."""
    certificate = certificates.self_signed(tmp_path / "telegram.pem", HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ExitStack() as stack:

        def reaches(api_base: str) -> dict[str, Any]:
            front = TlsFront(int(api_base.rpartition(":")[2]), certificates.serves(certificate))
            proxy.hosts[f"{HOST}:443"] = stack.enter_context(front).port
            return {"api_base": f"https://{HOST}", "proxy": proxy.address, "mode": "polling"}

        async with nanhai("telegram", store_url, now, reaches) as station:
            yield station


@pytest.mark.parametrize("channel", ["telegram"])
async def test_a_person_is_answered_and_reminded_through_the_proxy(
    channel: str, town: Nanhai, proxy: Proxy
) -> None:
    town.save(event("swim", "游泳课", local(2, 15)))
    ana = town.person("小安")
    await ana.arrives()
    assert "✅ 报上了" in await ana.says("报名 1")
    await town.at(local(2, 13))
    await ana.hears("🔔 游泳课")
    assert set(proxy.requests) == {f"CONNECT {HOST}:443 HTTP/1.1"}


@pytest.mark.parametrize("channel", ["telegram"])
async def test_a_reminder_waits_while_the_proxy_refuses(
    channel: str, town: Nanhai, proxy: Proxy
) -> None:
    town.save(event("swim", "游泳课", local(2, 15)))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("报名 1")
    proxy.act = "refuses the password"
    proxy.close_connections()
    with structlog.testing.capture_logs() as logs:
        await town.at(local(2, 13))
    assert ana.unasked() == []
    assert town.station is not None
    reason = "the proxy refuses the user name or the password (HTTP 407)"
    assert reason in town.station.problems()["telegram.nanhai"]
    assert PASSWORD not in repr(logs)
    # It is kept for when the proxy lets the account through.
    assert town.look(_states)[-1] == "planned"


def _states(session: Session) -> list[str]:
    found = select(Delivery.state).where(Delivery.topic == "reminder").order_by(col(Delivery.id))
    return [str(state) for state in session.exec(found)]
