"""An app of an enterprise on WeCom (企业微信): encrypted pushes, texts and template cards."""

import asyncio
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from bot.channels import Outcome, Sent, Services, directly
from bot.channels.rates import Limits
from bot.channels.tencent.api import ApiError, MaybeSent, NotSent
from bot.channels.tencent.custom_menu import ROWS, MenuButton, columns_of
from bot.channels.tencent.envelopes import Push
from bot.channels.tencent.in_text import in_parts
from bot.channels.tencent.push_channel import PushAccount, PushChannel
from bot.channels.wecom.api import WeComApi
from bot.channels.wecom.cards import draw
from bot.channels.wecom.sending import CardSender
from bot.channels.wecom.updates import echo_of, incoming_of
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message, Sayable, Text, say

PER_MEMBER: Limits = ((30, 60.0), (1000, 3600.0))
"""What one member gets from one app; WeCom drops the rest silently (document/path/90236)."""

REPLY_SECONDS = 2.0
SCAN_KEY = "scan"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComAccount(PushAccount):
    """The settings of an app. ``scan_label`` names the menu's row that scans a code, if any."""

    corp_id: str
    agent_id: int
    api_base: str = "https://qyapi.weixin.qq.com"
    scan_label: str = ""


class WeCom(PushChannel):
    """One app. ``problem`` says why WeCom does not serve it, or is empty.

    ``salt`` keeps the names of this store's cards apart from those of another, earlier one.

    A reply that has buttons is sent as a card while WeCom waits for the push's answer; any other,
    and one that WeCom does not take as a card just now, is the push's answer itself.
    """

    platform = say("WeCom")
    is_windowed = False
    path = "wecom"
    page = 4500
    """What does not fit into one text is sent; of more than some texts the rest waits."""
    acknowledgement = b""
    ways = staticmethod(directly)

    def __init__(self, settings: WeComAccount, services: Services, *, salt: str = "") -> None:
        if not settings.encoding_aes_key:
            raise ValueError("without an EncodingAESKey of 43 characters no push is read")
        api = WeComApi(
            corp_id=settings.corp_id,
            secret=settings.secret,
            api_base=settings.api_base,
            now=services.now,
            answer_seconds=settings.api_answers_within,
            proxy=settings.proxy,
        )
        super().__init__(
            settings,
            services,
            owner=settings.corp_id,
            api=api,
            menu=_with_scan(columns_of(settings.menu, services.link_to), settings.scan_label),
            menu_query={"agentid": str(settings.agent_id)},
        )
        self._sending = CardSender(
            account=settings.account,
            api=api,
            agent_id=settings.agent_id,
            text_limits=self._text_limits,
            recent_sends=self.recent_sends,
            now=services.now,
            salt=salt,
        )
        self._names = itertools.count()
        self._process = secrets.token_hex(8)

    @property
    def _halt(self) -> str:
        return self._sending.problem

    def limits(self, to: str) -> Limits:
        return PER_MEMBER

    # Pushes

    def _text_to_send(self, words: Sayable) -> Text:
        return say("Scan it in the app on WeCom, or send there: {words}", words=words)

    def _echo(self, query: Mapping[str, str]) -> bytes:
        return echo_of(query, self._token, self._ciphers, self._services.now())

    def _check_address(self, query: Mapping[str, str]) -> None:
        """Leave it to ``open_push``: the signature covers the encrypted body as well."""

    def _decode(self, push: Push) -> Incoming | None:
        return incoming_of(push, self.account)

    async def _show(self, push: Push, incoming: Incoming, message: Message) -> Message | None:
        return None if await self._is_shown(push, incoming, message) else message

    async def _is_shown(self, push: Push, incoming: Incoming, message: Message) -> bool:
        """Send a reply that takes more than one text; False when the passive reply must show it.

        The card's name comes from the push, so that a repeated push makes the same card, which
        WeCom recognises.
        """
        named = replace(message, name=f"reply {incoming.key}")
        card = draw(named, self._sending.task_of(incoming.address, named), self._text_limits)
        sends = 1 if card is not None else len(in_parts(message, self._text_limits))
        if card is None and sends <= 1:
            return False
        if self._sending.is_halted():
            return False
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                code = push.field("ResponseCode")
                if message.edit and code and card is not None:
                    shown = await self._sending.update(incoming.address, code, card)
                    if shown:
                        return True
                if self.recent_sends.wait_for(incoming.address, sends) > 0:
                    return False
                outcome = await self._sending.send(incoming.address, named, turns=0)
        except TimeoutError:
            # Seen twice is better than not at all.
            log.warning("reply too slow", account=self.account)
            return False
        return isinstance(outcome, Sent)

    async def _send_late(self, incoming: Incoming, message: Message) -> Outcome:
        named = replace(message, name=f"late {incoming.key}")
        return await self._sending.send(incoming.address, named, turns=0)

    # Sending

    async def send(self, to: str, message: Message) -> Outcome:
        """Send as a card or as texts; a message without a name is sent once, never repeated."""
        if not message.name:
            message = replace(message, name=f"{self._process} {next(self._names)}")
            return await self._sending.send(to, message, is_repeatable=False)
        return await self._sending.send(to, message)

    def _note_success(self) -> None:
        self._sending.note_success()

    def _note_failure(self, error: ApiError | NotSent | MaybeSent) -> Outcome:
        return self._sending.note_failure(error)


def _with_scan(columns: list[MenuButton], label: str) -> list[MenuButton]:
    """The menu with a row that scans a code, where its last column has room for one."""
    if not label or not columns or not 0 < len(columns[-1].get("sub_button", ())) < ROWS:
        return columns
    scan = {"type": "scancode_waitmsg", "name": label, "key": SCAN_KEY}
    rows = [*columns[-1]["sub_button"], scan]
    return [*columns[:-1], {**columns[-1], "sub_button": rows}]
