"""A station without a platform, for the tests of extensions: people write, and see what comes.

::

    async with rehearsal(tmp_path, now) as station:
        ana = station.person("安娜")
        await ana.arrives()
        assert "红烧肉" in await ana.says("午饭")

It has a store of its own with all tables, those of extensions included, a district with one town,
and a clock that is turned by hand.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import BaseRoute

import migrations
from bot.channels import Outcome, Sent, directly
from bot.channels.rates import RecentSends
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message, Text, say
from bot.station import schema, settings
from bot.station.accounts import Account, build_accounts
from bot.station.building import Worker, build_worker
from bot.station.core import Core, build_core
from bot.station.settings import Settings
from models.network import invites
from models.network.members import NoticeKind
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.sending.buckets import Buckets
from models.rules.sending.reach import Way
from models.store import Store
from scheduler.jobs import Jobs

DISTRICT, TOWN = 1, 2
"""The numbers of the district and its town."""

Found = TypeVar("Found")


class Stage:
    """The channel of a rehearsal: what is sent is noted by address."""

    account = "stage.one"
    platform: Text = say("web page")
    is_windowed = False
    notifies = True
    by_cookie = False
    messages_per_second = 1000.0
    shards = 1

    def __init__(self) -> None:
        self.recent_sends = RecentSends()
        self.told: dict[str, list[Message]] = {}

    def routes(self) -> list[BaseRoute]:
        return []

    async def start(self) -> None:
        """There is nothing to connect to."""

    async def stop(self) -> None:
        """There is nothing to close."""

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        return directly(message, kind)

    async def send(self, to: str, message: Message) -> Outcome:
        self.told.setdefault(to, []).append(message)
        return Sent()

    async def responds(self) -> bool:
        return True


class Somebody:
    """A person in a chat; ``told`` is what came without being asked for."""

    def __init__(self, station: "Rehearsal", name: str, language: str) -> None:
        self.name, self.language = name, language
        self._station = station
        self._shown: Message | None = None

    @property
    def told(self) -> list[str]:
        return [each.text for each in self._station.stage.told.get(self.name, [])]

    @property
    def labels(self) -> list[str]:
        """The labels below the newest message."""
        return [label for label, _ in self._buttons()]

    async def arrives(self) -> None:
        """Say hello, agree, and leave the questions about oneself."""
        agree, skip = ("Agree", "Skip") if self.language == "en" else ("同意", "跳过")
        await self.says("hello" if self.language == "en" else "你好")
        await self.presses(agree)
        while skip in self.labels:
            await self.presses(skip)

    async def says(self, text: str) -> str:
        """Write, and return the answer's text; empty where there is none."""
        return await self._sends(text=text)

    async def presses(self, label: str) -> str:
        """Press the button of this label below the newest message."""
        packed = dict(self._buttons())
        if label not in packed:
            raise LookupError(f"{self.name} sees {self.labels}, and no {label!r}")
        return await self._sends(press=packed[label])

    def _buttons(self) -> list[tuple[str, str]]:
        if self._shown is None:
            return []
        choices = [(each.label, each.data) for each in self._shown.choices]
        return choices + [(each.label, each.data) for each in self._shown.buttons]

    async def _sends(self, **what: str) -> str:
        incoming = Incoming(
            account=Stage.account,
            address=self.name,
            key=self._station.next_key(),
            name=self.name,
            language=self.language,
            **what,  # type: ignore[arg-type]
        )
        message = await self._station.core.dispatcher.listen(incoming)
        self._shown = message or self._shown
        return message.text if message is not None else ""


class Rehearsal:
    """The station, its time and its people.

    ``channels`` are those of the accounts in the settings, and ``app`` answers their paths.
    """

    def __init__(self, store: Store, given: Settings, now: datetime) -> None:
        self.now = now
        self.store = store
        self.stage = Stage()
        self._said = 0
        self.core: Core = build_core(given, store, lambda: self.now)
        self.core.dispatcher.per_address = Buckets(per_second=1000, burst=1000)
        others = build_accounts(self.core)
        self.channels = [each.channel for each in others]
        self.app = Starlette(routes=[route for each in self.channels for route in each.routes()])
        accounts = [Account(self.stage, receives=True, start_it=False), *others]
        self._worker: Worker = build_worker(self.core, accounts, Jobs())

    def person(self, name: str, *, language: str = "zh") -> Somebody:
        """Somebody who has never been here."""
        return Somebody(self, name, language)

    async def appoint(self, person: Somebody, role: Role, station_id: int) -> None:
        """Give somebody a role by a one-time code for it."""

        def make(session: Session) -> str:
            return invites.invite(session, role, session.get_one(Station, station_id), self.now)

        await person.says(f"绑定 {self.store.write_now(make)}")

    async def at(self, moment: datetime) -> None:
        """Turn the clock, and do what is due by then."""
        self.now = moment
        await self._worker.planner.plan(moment)
        await self._worker.planner.plan_long(moment)
        for engine in self._worker.engines:
            await engine.send_due()

    def reads(self, fn: Callable[..., Found], *arguments: Any) -> Found:
        """What a function finds in the store, with a session to read with."""
        return self.store.read_now(fn, *arguments)

    def next_key(self) -> str:
        self._said += 1
        return str(self._said)


@asynccontextmanager
async def rehearsal(folder: Path, now: datetime, config: str = "") -> AsyncIterator[Rehearsal]:
    """Open a station on a new SQLite store in this folder; ``now`` is aware.

    ``config`` are further sections of its settings, as TOML. All that was opened is closed again,
    also where a test fails.
    """
    path = folder / "rehearsal.db"
    path.write_bytes(_migrated())
    migrations.import_models()
    url = f"sqlite:///{path}"
    written = folder / "config.toml"
    written.write_text(f'[store]\nurl = "{url}"\n[web]\nenabled = false\n{config}', "utf-8")
    async with AsyncExitStack() as closing:
        store = Store(url)
        closing.callback(store.close)
        store.write_now(_places)
        station = Rehearsal(store, settings.read(written), now)
        closing.push_async_callback(station.core.close)
        for channel in station.channels:
            await channel.start()
            closing.push_async_callback(channel.stop)
        yield station


@cache
def _migrated() -> bytes:
    """A store with every table: migrating takes seconds, so it is done once in a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "migrated.db")
        schema.upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def _places(session: Session) -> None:
    for parent, path, kind, name in (
        (None, f"/{DISTRICT}/", StationKind.DISTRICT, "南海区"),
        (DISTRICT, f"/{DISTRICT}/{TOWN}/", StationKind.TOWN, "桂城"),
    ):
        session.add(Station(code=name, kind=kind, parent_id=parent, path=path, name=name))
        session.flush()
