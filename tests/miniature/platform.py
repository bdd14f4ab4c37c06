"""A platform that answers as the story says."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute

from bot.channels import Outcome, Sent
from bot.channels.rates import RecentSends
from bot.conversation.messages import Message, say
from models.network.members import NoticeKind
from models.rules.sending.reach import DIRECT, Route, Way

ACCOUNT = "telegram.nanhai"


class Platform:
    """An account whose platform keeps what it was sent, and answers as the story says."""

    platform = say("Platform")

    def __init__(
        self, account: str = ACCOUNT, *, windowed: bool = False, notifies: bool = True
    ) -> None:
        self.account = account
        self.messages_per_second = 1000.0
        self.shards = 1
        self.is_windowed, self.notifies, self.by_cookie = windowed, notifies, False
        self.recent_sends = RecentSends()
        self.said: list[tuple[str, str]] = []
        self.answers: Callable[[str, Message], Outcome] = lambda to, message: Sent()
        self.gate: asyncio.Event | None = None
        self.is_silent = False
        self.probes = 0
        self.asked = asyncio.Event()

    def routes(self) -> list[BaseRoute]:
        return []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        return (Way(Route.CUSTOMER_SERVICE, spends=1),) if self.is_windowed else (DIRECT,)

    async def responds(self) -> bool:
        self.probes += 1
        return not self.is_silent

    async def send(self, to: str, message: Message) -> Outcome:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        outcome = self.answers(to, message)
        if isinstance(outcome, Sent):
            self.said.append((to, message.text))
        return outcome
