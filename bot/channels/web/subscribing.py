"""What the page asks about alerts: its worker, the station's key, and a place in the book."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.web.alerts import Alerts
from bot.channels.web.assets import Asset, serve
from bot.channels.web.requests import (
    GUARDS,
    RequestRefused,
    json_body,
    json_response,
    refusal,
)
from bot.channels.web.visitors import Visitors
from models.rules.sending.alerts import Subscription, are_keys
from models.store import StoreDown


class Subscribing:
    """Serves the page's worker, and takes the subscriptions of its browsers."""

    def __init__(self, alerts: Alerts, visitors: Visitors, worker: Asset) -> None:
        self._alerts = alerts
        self._visitors = visitors
        self._worker = worker

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat/worker.js", self._show_worker, methods=["GET"]),
            Route("/chat/push", self._tell_key, methods=["GET"]),
            Route("/chat/push", self._subscribe, methods=["POST"]),
        ]

    async def _show_worker(self, request: Request) -> Response:
        # The page is /chat itself, and a worker may by itself serve only what is below its folder.
        headers = {**GUARDS, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/chat"}
        return serve(request, self._worker, headers)

    async def _tell_key(self, request: Request) -> Response:
        return json_response(200, {"key": self._alerts.key.public()})

    async def _subscribe(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        try:
            self._visitors.check_origin(request)
            self._visitors.check_rate(request, visitor)
            given = self._subscription(await json_body(request))
            if not await self._alerts.book.subscribe(visitor.address, given):
                raise RequestRefused(403, "nobody is known here yet")
        except RequestRefused as refused:
            return refusal(refused)
        except StoreDown:
            return refusal(RequestRefused(503, "the station cannot keep anything now", 2))
        response = json_response(200, {"subscribed": True})
        self._visitors.remember(visitor, response)
        return response

    def _subscription(self, body: Mapping[str, Any]) -> Subscription:
        """The subscription, as PushSubscription.toJSON() writes it."""
        endpoint, keys = body.get("endpoint"), body.get("keys")
        if not isinstance(endpoint, str) or not self._alerts.services.accepts(endpoint):
            raise RequestRefused(400, "endpoint is no push service's")
        if not isinstance(keys, dict):
            raise RequestRefused(400, "keys are missing")
        p256dh, auth = keys.get("p256dh"), keys.get("auth")
        if not (isinstance(p256dh, str) and isinstance(auth, str) and are_keys(p256dh, auth)):
            raise RequestRefused(400, "keys are malformed")
        return Subscription(endpoint, p256dh, auth)
