"""An Official Account on WeChat: pushes answered passively, messages sent by customer service."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.channels import Doubtful, Outcome, Refused, Sent, Services, TryLater, Unreachable
from bot.channels.tencent.api import ApiError, MaybeSent, NotSent
from bot.channels.tencent.custom_menu import columns_of
from bot.channels.tencent.envelopes import (
    NOT_FRESH,
    InvalidSignature,
    Push,
    Unfit,
    is_fresh,
    is_same,
    signature_of,
)
from bot.channels.tencent.in_text import in_parts
from bot.channels.tencent.push_channel import PushAccount, PushChannel
from bot.channels.wechat.api import CODES, WeChatApi, outcome_of
from bot.channels.wechat.forms import NoticeTemplate, NoticeTemplates
from bot.channels.wechat.updates import incoming_of
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message, Sayable, Text, say
from models.network.members import NoticeKind
from models.rules.sending import reach
from models.store import StoreDown

SEND = "/cgi-bin/message/custom/send"

Spend = Callable[[str, reach.Way], Awaitable[None]]
"""Counts what was sent to an address outside its deliveries. Raises models.store.StoreDown."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatAccount(PushAccount):
    """The settings of an Official Account.

    An account that is not ``verified`` has no API: it can only answer. ``templates`` and
    ``subscriptions`` are its forms for notices outside the window.
    """

    app_id: str
    api_base: str = "https://api.weixin.qq.com"
    verified: bool = True
    templates: Mapping[NoticeKind, NoticeTemplate] = field(default_factory=dict)
    subscriptions: Mapping[NoticeKind, NoticeTemplate] = field(default_factory=dict)


class WeChat(PushChannel):
    """One Official Account. ``problem`` says why WeChat does not serve it, or is empty."""

    platform = say("WeChat")
    is_windowed = True
    path = "wechat"
    page = 1500
    """The passive reply is one text, and its buttons have to fit below."""
    acknowledgement = b"success"

    def __init__(self, settings: WeChatAccount, services: Services, *, spend: Spend) -> None:
        api = WeChatApi(
            app_id=settings.app_id,
            secret=settings.secret,
            api_base=settings.api_base,
            now=services.now,
            answer_seconds=settings.api_answers_within,
            proxy=settings.proxy,
        )
        super().__init__(
            settings,
            services,
            owner=settings.app_id,
            api=api if settings.verified else None,
            menu=columns_of(settings.menu, services.link_to),
            has_press_links=settings.verified,
        )
        self._halted = ""
        self._spend = spend
        self._notices = NoticeTemplates(
            settings.account, services.now, settings.templates, settings.subscriptions
        )

    @property
    def _halt(self) -> str:
        return self._halted or self._notices.problem

    # Pushes

    def _text_to_send(self, words: Sayable) -> Text:
        return say("Send this to the account on WeChat: {words}", words=words)

    def _echo(self, query: Mapping[str, str]) -> bytes:
        self._check_address(query)
        return query.get("echostr", "").encode()

    def _check_address(self, query: Mapping[str, str]) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = signature_of(self._token, timestamp, nonce)
        if not is_same(query.get("signature", ""), expected):
            raise InvalidSignature
        if not is_fresh(timestamp, self._services.now()):
            raise Unfit(NOT_FRESH)

    def _decode(self, push: Push) -> Incoming | None:
        may_send = self._api is not None
        return incoming_of(push, self.account, self._services.now(), may_send=may_send)

    def _text_meanwhile(self) -> Text | None:
        if self._api is not None:
            return None
        return say("⏳ This takes a while, come back in a moment.")

    async def _send_late(self, incoming: Incoming, message: Message) -> Outcome:
        """Send by customer service, and count it: no delivery does."""
        self.recent_sends.record_answer(incoming.address)
        outcome = await self.send(incoming.address, message)
        if isinstance(outcome, Sent | Doubtful):
            try:
                await self._spend(incoming.address, self.ways(message, None)[0])
            except StoreDown:
                log.warning("late reply not counted", account=self.account)
        return outcome

    # Sending

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[reach.Way]:
        """Customer service first, where every part of a long message is counted; then forms."""
        if self._api is None:
            return ()
        parts = in_parts(message, self._text_limits)
        by_service = reach.Way(reach.Route.CUSTOMER_SERVICE, spends=max(1, len(parts)))
        return (by_service, *self._notices.ways(message, kind))

    async def send(self, to: str, message: Message) -> Outcome:
        """Send in the way that the message names; without one it goes by customer service."""
        if self._api is None:
            return Unreachable("passive only", for_good=False)
        if message.way.route in (reach.Route.TEMPLATE, reach.Route.SUBSCRIPTION):
            outcome = await self._notices.send(self._api, to, message)
            self._take_note(outcome)
            return outcome
        parts = in_parts(message, self._text_limits)
        for position, content in enumerate(parts, 1):
            payload = {"touser": to, "msgtype": "text", "text": {"content": content}}
            try:
                await self._api.call(SEND, payload)
            except (ApiError, NotSent, MaybeSent) as error:
                outcome = self._note_failure(error)
                if position == 1:
                    return outcome
                # Part of it has arrived: to send all of it again would double that.
                return Doubtful(f"part {position} of {len(parts)}: {error}", is_silent=False)
        self._halted = ""
        return Sent() if parts else Refused("nothing to say")

    def _note_failure(self, error: ApiError | NotSent | MaybeSent) -> Outcome:
        outcome = outcome_of(error, self._services.now())
        self._take_note(outcome)
        return outcome

    def _note_success(self) -> None:
        if CODES.is_over(self._halted):
            self._halted = ""

    def _take_note(self, outcome: Outcome) -> None:
        if isinstance(outcome, TryLater) and outcome.whole_account:
            if self._halted != outcome.reason:
                log.error("account halted", account=self.account, reason=outcome.reason)
            self._halted = outcome.reason
