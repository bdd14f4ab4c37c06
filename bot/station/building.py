"""What a process of the station is made of: a dispatcher, and a channel for each account."""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

from bot.channels import Channel, LinkTo
from bot.channels.leases import LASTS, Lease
from bot.channels.web.channel import Web
from bot.conversation.dispatch import Dispatcher
from bot.conversation.language import Phrasebook
from bot.conversation.messages import Bilingual, Message
from bot.conversation.routing import Routes
from bot.station.bells import Ringing
from bot.station.files import Files
from bot.station.parts import EVERYTHING, Part
from bot.station.settings import Forms, Settings
from handlers import subjects
from handlers.front import menus
from models.network.members import NoticeKind
from models.rules.sending.reach import Way
from models.sending import deliveries, reach, speakers
from models.store import Store, keys
from scheduler.delivery import Engine

LOOK_ALONE, LOOK_BESIDE_BELLS = 5.0, 10.0
"""How often an open chat page looks by itself, in seconds."""

Now = Callable[[], datetime]


@dataclass(slots=True)
class Station:
    """Everything that runs, in the order in which it was built.

    ``name`` is this process's among those of the station. Not every channel is started: of
    those that are not, and of those that are ``heard_elsewhere``, this process only sends.
    """

    store: Store
    dispatcher: Dispatcher
    files: Files
    routes: Routes
    phrasebook: Phrasebook
    now: Now
    name: str
    parts: frozenset[Part] = EVERYTHING
    web: Web | None = None
    channels: list[Channel] = field(default_factory=list)
    started: list[Channel] = field(default_factory=list)
    heard_elsewhere: set[str] = field(default_factory=set)
    engines: list[Engine] = field(default_factory=list)
    ringing: Ringing | None = None
    listening: asyncio.Task[None] | None = None

    def add(self, channel: Channel, *, hears: bool, starts: bool | None = None) -> None:
        """Have a channel, started where this process hears by it, if nothing else is said."""
        self.channels.append(channel)
        if hears if starts is None else starts:
            self.started.append(channel)
        if not hears:
            self.heard_elsewhere.add(channel.account)

    def problems(self) -> dict[str, str]:
        """The accounts that do not work now, and why."""
        said = {each.account: getattr(each, "problem", "") for each in self.channels}
        return {account: problem for account, problem in said.items() if problem}


def build_station(
    read: Settings, store: Store, now: Now, parts: frozenset[Part] = EVERYTHING
) -> Station:
    """What listens and answers: the dispatcher, and a channel for each account."""

    routes, phrasebook = subjects.routes(), Phrasebook()
    dispatcher = Dispatcher(
        store,
        routes,
        phrasebook,
        read.care(),
        now,
        station=Bilingual(read.station.name, read.station.name_en),
        default_language=read.station.language,
    )
    origin = read.server.public_url

    def link_to(path: str) -> str:
        return f"{origin}{path}" if origin else ""

    files = Files(store, routes.files, link_to, store.write_now(keys.shared, "files"), now)
    name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    station = Station(store, dispatcher, files, routes, phrasebook, now, name, parts)
    if read.web.enabled and parts & {Part.WEB, Part.WORKER}:
        station.web = _build_web(read, station, link_to)
        station.add(station.web, hears=Part.WEB in parts)
    _add_telegram(read, station, link_to)
    _add_wechat(read, station, link_to)
    _add_wecom(read, station, link_to)
    return station


def _build_web(read: Settings, station: Station, link_to: LinkTo) -> Web:

    account = "web.chat"

    handed: dict[str, int] = {}

    async def missed(address: str, after: int) -> list[tuple[int, Message]]:
        # The page asks for what comes after the last that it showed: that one has arrived.
        if handed.get(address, after + 1) <= after:
            del handed[address]
            arrived = deliveries.arrived, account, address, after, station.now()
            await station.store.write(*arrived, lane=account)
        sent = await station.store.read(deliveries.sent_to, account, address, after)
        if sent:
            handed[address] = sent[-1][0]
        return [(place, Message.from_json(message)) for place, message in sent]

    return Web(
        listen=station.dispatcher.listen,
        make_file=station.files.make,
        file_link=station.files.link,
        link_to=link_to,
        missed=missed,
        look_every=LOOK_ALONE if station.store.is_sqlite else LOOK_BESIDE_BELLS,
        secure_cookies=read.server.public_url.startswith("https:"),
        names={"zh": read.station.name, "en": read.station.name_en},
        account=account,
    )


def _add_telegram(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the Telegram bots; their library is loaded only where there is one."""
    if not read.telegram:
        return
    from bot.channels.telegram.channel import Telegram

    zone = read.care().zone
    languages = sorted(("zh", "en"), key=lambda each: each != read.station.language)
    commands = {
        language: menus.commands(
            station.routes.command_facts,
            station.phrasebook.reader(language, zone, station.now()),
        )
        for language in languages
    }
    for name, bot in read.telegram.items():
        account = f"telegram.{name}"
        hears = (Part.TELEGRAM if bot.mode == "polling" else Part.WEB) in station.parts
        if not hears and not station.parts & {Part.WEB, Part.WORKER}:
            continue
        # One that does not hear is started as well: to learn the bot's name, for links.
        station.add(
            Telegram(
                account=account,
                token=bot.token.get_secret_value(),
                listen=station.dispatcher.listen,
                make_file=station.files.make,
                link_to=link_to,
                mode=bot.mode,
                webhook_secret=bot.webhook_secret.get_secret_value(),
                api_base=bot.api_base,
                messages_per_second=bot.messages_per_second,
                shards=bot.shards,
                commands=commands,
                hears=hears,
                lease=None if station.store.is_sqlite else _lease(station, f"poll.{account}"),
            ),
            hears=hears,
            starts=True,
        )


def _lease(station: Station, name: str) -> Lease:
    """A lease of this name among the station's processes."""
    lasts = timedelta(seconds=LASTS)

    async def hold() -> bool:
        given = (name, station.name, lasts, station.now())
        return await station.store.write(speakers.hold, *given, lane=name)

    async def let_go() -> None:
        given = (name, station.name, station.now())
        await station.store.write(speakers.let_go, *given, lane=name)

    return Lease(hold, let_go)


def _add_wechat(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the WeChat accounts; their library is loaded only where there is one."""
    if not read.wechat or not station.parts & {Part.WEB, Part.WORKER}:
        return
    from bot.channels.wechat.channel import WeChat
    from bot.channels.wechat.forms import Form

    def forms(written: Forms) -> dict[NoticeKind, Form]:
        return {NoticeKind(kind): Form(each.id, each.fields) for kind, each in written.items()}

    async def spent(on: str, to: str, way: Way) -> None:
        await station.store.write(reach.spend_at, on, to, way, lane=f"{on}:{to}")

    reader = station.phrasebook.reader(read.station.language, read.care().zone, station.now())
    for name, account in read.wechat.items():
        station.add(
            WeChat(
                account=f"wechat.{name}",
                app_id=account.app_id,
                secret=account.secret.get_secret_value(),
                token=account.token.get_secret_value(),
                listen=station.dispatcher.listen,
                link_to=link_to,
                file_link=station.files.link,
                now=station.now,
                spent=partial(spent, f"wechat.{name}"),
                encoding_aes_key=account.encoding_aes_key.get_secret_value(),
                previous_aes_key=account.previous_aes_key.get_secret_value(),
                api_base=account.api_base,
                verified=account.verified,
                templates=forms(account.templates),
                subscriptions=forms(account.subscriptions),
                menu=menus.custom_menu(reader),
                messages_per_second=account.messages_per_second,
            ),
            hears=Part.WEB in station.parts,
        )


def _add_wecom(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the apps on WeCom; their library is loaded only where there is one."""
    if not read.wecom or not station.parts & {Part.WEB, Part.WORKER}:
        return
    from bot.channels.wecom.channel import WeCom

    reader = station.phrasebook.reader(read.station.language, read.care().zone, station.now())
    salt = station.store.write_now(keys.shared, "wecom").hex()
    for name, app in read.wecom.items():
        station.add(
            WeCom(
                account=f"wecom.{name}",
                corp_id=app.corp_id,
                agent_id=app.agent_id,
                secret=app.secret.get_secret_value(),
                token=app.token.get_secret_value(),
                encoding_aes_key=app.encoding_aes_key.get_secret_value(),
                previous_aes_key=app.previous_aes_key.get_secret_value(),
                listen=station.dispatcher.listen,
                link_to=link_to,
                file_link=station.files.link,
                now=station.now,
                salt=salt,
                api_base=app.api_base,
                menu=menus.custom_menu(reader),
                scan_label=menus.scan_label(reader),
                messages_per_second=app.messages_per_second,
            ),
            hears=Part.WEB in station.parts,
        )
