"""Subscriptions in memory, and a reminder that their browsers are alerted of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.channels.web.push_services import StationKey
from bot.conversation.messages import Message
from models.rules.sending.alerts import Subscription
from models.sending.alerts import Alert
from tests.channels.services import TUESDAY
from tests.platforms.push.server import PushingBrowser

KEY = StationKey(bytes(range(32)), "https://station.example.org")
REMINDER = Message(
    "🔔 羽毛球友谊赛，明天 14:00。\n狮山体育馆", passing=(("，明天 ", "，"),), day="2026-12-04"
)


@dataclass
class Book:
    """Remembers subscriptions, and alerts each of what is ``due`` there once."""

    known: set[str] = field(default_factory=set)
    kept: dict[int, Subscription] = field(default_factory=dict)
    due: dict[str, list[Alert]] = field(default_factory=dict)
    forgotten: list[int] = field(default_factory=list)

    def owe(self, browser: PushingBrowser, address: str = "ana", **more: Any) -> None:
        keys = browser.subscription()["keys"]
        to = Subscription(browser.endpoint, keys["p256dh"], keys["auth"])
        number = sum(map(len, self.due.values())) + 1
        expires_at = more.get("expires_at", TUESDAY + timedelta(hours=2))
        alert = Alert(number, to, str(number), REMINDER.to_json(), expires_at)
        self.due.setdefault(address, []).append(alert)

    async def subscribe(self, address: str, given: Subscription) -> bool:
        if address in self.known:
            self.kept[len(self.kept) + 1] = given
        return address in self.known

    async def take(self, addresses: Collection[str]) -> Sequence[Alert]:
        return [alert for each in addresses for alert in self.due.pop(each, [])]

    async def forget(self, subscription_id: int) -> None:
        self.forgotten.append(subscription_id)
