"""A channel for each account in the settings, and what this process does with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy.exc import IntegrityError

from bot.channels import Channel
from bot.channels.web.alerts import Alerts
from bot.channels.web.channel import Web
from bot.channels.web.push_services import StationKey
from bot.channels.web.visitors import ACCOUNT as WEB_ACCOUNT
from bot.conversation.messages import Message
from bot.station.alerting import AlertBook
from bot.station.core import Core
from bot.station.parts import Part
from bot.station.sections import Forms
from handlers.front import menus
from models.network.members import NoticeKind
from models.rules.languages import LANGUAGES
from models.rules.sending.reach import Way
from models.sending import accounts, history, inbox, reach
from models.sending.accounts import PlatformAccount
from models.store import keys

LOOK_SECONDS, LOOK_SECONDS_BESIDE_BELLS = 15 * 60.0, 60.0
"""How often an open chat page looks for new messages by itself.

In a station of one process the page is told by the sender itself; of several, a notification of
the database that was lost costs this long.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A channel of one account.

    ``receives`` says that its updates arrive in this process; otherwise it only sends.
    ``start_it`` says that ``Channel.start`` is to be called here.
    """

    channel: Channel
    receives: bool
    start_it: bool


def build_accounts(core: Core) -> tuple[Account, ...]:
    """Every account that this process receives from or sends for; what they are is stored."""
    built = (*_web(core), *_telegram(core), *_wechat(core), *_wecom(core), *_others(core))
    core.store.write_now(accounts.register, [_described(each.channel) for each in built])
    return built


def _described(channel: Channel) -> PlatformAccount:
    return PlatformAccount(
        account=channel.account,
        platform=channel.platform.id,
        is_windowed=channel.is_windowed,
        notifies=channel.notifies,
        by_cookie=channel.by_cookie,
        per_second=channel.messages_per_second,
    )


def web_of(accounts: Sequence[Account]) -> Web | None:
    """The web chat, where this process has it."""
    return next((each.channel for each in accounts if isinstance(each.channel, Web)), None)


def _web(core: Core) -> Iterator[Account]:
    settings = core.settings
    if not settings.web.enabled or not core.runs(Part.WEB, Part.WORKER):
        return
    receives = core.runs(Part.WEB)
    origin = settings.server.public_url
    secret = core.store.write_now(keys.shared, "web push")
    alerts = Alerts(
        AlertBook(core.store, WEB_ACCOUNT, core.now),
        StationKey(secret, origin or "https://localhost"),
        settings.station.called,
        core.now,
    )
    channel = Web(
        alerts=alerts,
        services=core.services(),
        missed=_Outbox(core).after,
        look_every=LOOK_SECONDS if core.store.is_sqlite else LOOK_SECONDS_BESIDE_BELLS,
        secure_cookies=origin.startswith("https:"),
        called=settings.station.called,
        account=WEB_ACCOUNT,
    )
    yield Account(channel, receives, start_it=receives)


class _Outbox:
    """Messages that were sent to chat pages, which ask for those they have not shown."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._handed_over: dict[str, int] = {}

    async def after(self, address: str, place: int) -> list[tuple[int, Message]]:
        """An address's messages that come after a place, each with its own place."""
        # A page asks for what comes after the last that it showed: that one has arrived.
        if self._handed_over.get(address, place + 1) <= place:
            del self._handed_over[address]
            arrived = history.mark_arrived, WEB_ACCOUNT, address, place, self._core.now()
            await self._core.store.write(*arrived)
        read = self._core.dispatcher.sent_since, WEB_ACCOUNT, address, place, self._core.now()
        sent = await self._core.store.read(*read)
        if sent:
            self._handed_over[address] = sent[-1][0]
        return sent


def _telegram(core: Core) -> Iterator[Account]:
    """The Telegram bots; their library is loaded only where there is one."""
    if not core.settings.telegram:
        return
    from bot.channels.telegram.channel import Telegram
    from bot.channels.telegram.groups import GroupHints

    commands, render = _commands(core), core.services().render
    for name, bot in core.settings.telegram.items():
        account = f"telegram.{name}"
        receives = core.runs(Part.TELEGRAM if bot.mode == "polling" else Part.WEB)
        if not receives and not core.runs(Part.WEB, Part.WORKER):
            continue
        channel = Telegram(
            account=account,
            token=bot.token.get_secret_value(),
            listen=core.watched.listen,
            make_file=core.files.make,
            link_to=core.link_to,
            mode=bot.mode,
            webhook_secret=bot.webhook_secret.get_secret_value(),
            api_base=bot.api_base,
            proxy=bot.proxy.get_secret_value(),
            messages_per_second=bot.messages_per_second,
            shards=bot.shards,
            commands=commands,
            hints=GroupHints(render, _Groups(core, account).is_first_today),
            hears=receives,
            lease=None if core.store.is_sqlite else core.lease(f"poll.{account}"),
        )
        # One that does not receive is started as well: to learn the bot's name, for links.
        yield Account(channel, receives, start_it=True)


class _Groups:
    """Which groups were answered today, by whichever process of the station."""

    def __init__(self, core: Core, account: str) -> None:
        self._core = core
        self._account = account
        self._day = date.min
        self._answered: dict[int, int] = {}

    async def is_first_today(self, group: int, update: int) -> bool:
        now = self._core.now()
        day = now.astimezone(self._core.settings.care().zone).date()
        if day != self._day:
            self._day, self._answered = day, {}
        answered = self._answered
        if group in answered:
            # Known without a transaction for each word in a busy group.
            return answered[group] == update
        claim = inbox.claim, self._account, f"group {group} {day}", f"u{update}", now
        try:
            is_first = await self._core.store.write(*claim)
        except IntegrityError:
            is_first = False
        if is_first:
            answered[group] = update
        else:
            answered.setdefault(group, 0)
        return is_first


def _commands(core: Core) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The list of commands by language, the station's own language first."""
    own = core.settings.station.language
    languages = sorted(LANGUAGES, key=lambda each: each != own)
    facts = core.routes.command_facts
    return {language: menus.commands(facts, core.reader(language)) for language in languages}


def _wechat(core: Core) -> Iterator[Account]:
    """The WeChat accounts; their library is loaded only where there is one."""
    if not core.settings.wechat or not core.runs(Part.WEB, Part.WORKER):
        return
    from bot.channels.wechat.channel import WeChat, WeChatAccount
    from bot.channels.wechat.forms import NoticeTemplate

    def forms(written: Forms) -> dict[NoticeKind, NoticeTemplate]:
        return {
            NoticeKind(kind): NoticeTemplate(each.id, each.fields) for kind, each in written.items()
        }

    async def spend(account: str, address: str, way: Way) -> None:
        await core.store.write(reach.spend_at, account, address, way)

    reader, receives = core.reader(core.settings.station.language), core.runs(Part.WEB)
    for name, given in core.settings.wechat.items():
        account = WeChatAccount(
            account=f"wechat.{name}",
            app_id=given.app_id,
            secret=given.secret.get_secret_value(),
            token=given.token.get_secret_value(),
            encoding_aes_key=given.encoding_aes_key.get_secret_value(),
            previous_aes_key=given.previous_aes_key.get_secret_value(),
            api_base=given.api_base,
            proxy=given.proxy.get_secret_value(),
            verified=given.verified,
            templates=forms(given.templates),
            subscriptions=forms(given.subscriptions),
            menu=menus.custom_menu(reader),
            messages_per_second=given.messages_per_second,
        )
        channel = WeChat(account, core.services(), spend=partial(spend, account.account))
        yield Account(channel, receives, start_it=receives)


def _wecom(core: Core) -> Iterator[Account]:
    """The apps on WeCom; their library is loaded only where there is one."""
    if not core.settings.wecom or not core.runs(Part.WEB, Part.WORKER):
        return
    from bot.channels.wecom.channel import WeCom, WeComAccount

    reader, receives = core.reader(core.settings.station.language), core.runs(Part.WEB)
    salt = core.store.write_now(keys.shared, "wecom").hex()
    for name, given in core.settings.wecom.items():
        account = WeComAccount(
            account=f"wecom.{name}",
            corp_id=given.corp_id,
            agent_id=given.agent_id,
            secret=given.secret.get_secret_value(),
            token=given.token.get_secret_value(),
            encoding_aes_key=given.encoding_aes_key.get_secret_value(),
            previous_aes_key=given.previous_aes_key.get_secret_value(),
            api_base=given.api_base,
            proxy=given.proxy.get_secret_value(),
            menu=menus.custom_menu(reader),
            scan_label=menus.scan_label(reader),
            messages_per_second=given.messages_per_second,
        )
        yield Account(WeCom(account, core.services(), salt=salt), receives, start_it=receives)


def _others(core: Core) -> Iterator[Account]:
    """The accounts of the channels that extensions bring; what they are sent is pushed to them."""
    receives = core.runs(Part.WEB)
    if receives or core.runs(Part.WORKER):
        for kind, each in core.extensions.channels.items():
            for name, given in getattr(core.settings, kind).items():
                channel = each.build(f"{kind}.{name}", given, core.services())
                yield Account(channel, receives, start_it=receives)
