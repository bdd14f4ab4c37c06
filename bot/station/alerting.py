"""The browsers to be alerted, as the store keeps them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from models.rules.sending.alerts import Subscription
from models.sending import alerts
from models.sending.alerts import Alert
from models.store import Store


class AlertBook:
    """The subscriptions of one account, for its channel."""

    def __init__(self, store: Store, account: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._account = account
        self._now = now

    async def subscribe(self, address: str, given: Subscription) -> bool:
        return await self._store.write(alerts.subscribe, self._account, address, given, self._now())

    async def take(self, addresses: Collection[str]) -> Sequence[Alert]:
        # Most addresses have no browser to be alerted, and the writer is not asked about them.
        some = await self._store.read(alerts.with_any, self._account, addresses)
        if not some:
            return ()
        return await self._store.write(alerts.take, self._account, some, self._now())

    async def forget(self, subscription_id: int) -> None:
        await self._store.write(alerts.forget, subscription_id)
