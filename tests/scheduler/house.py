"""A small station for stories about sending: people, events, a platform that answers as told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select
from starlette.routing import BaseRoute

from bot.channels import Outcome, Sent
from bot.channels.rates import RecentSends
from bot.conversation.chat import Chat
from bot.conversation.dispatch import Dispatcher
from bot.conversation.finding import Routes
from bot.conversation.language import Phrasebook
from bot.conversation.messages import Message, Reply, say
from bot.conversation.routing import Drop, Router
from models.events import reminders
from models.events.events import Category, Event, EventState, Kind, Signup, SignupState
from models.network.members import Address, Member, NoticeKind
from models.network.stations import Care, Station, StationKind
from models.rules.languages import Translated
from models.rules.sending.reach import DIRECT, Route, Way
from models.sending import accounts, deliveries
from models.sending.accounts import PlatformAccount
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.sending.topics import TOPICS
from models.store import Store
from scheduler.delivery import Engine, sender_for
from scheduler.jobs import Jobs
from scheduler.pace import Pace
from scheduler.planning import Duty, Planner

NANHAI = ZoneInfo("Asia/Shanghai")
ACCOUNT = "telegram.nanhai"


class Hands:
    """The time, wound by the story."""

    def __init__(self, now: datetime) -> None:
        self.now = self._began = now
        self._slept = 0.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self._began).total_seconds() + self._slept

    async def sleep(self, seconds: float) -> None:
        """Let the loop's time pass, and not the day's."""
        self._slept += seconds
        await asyncio.sleep(0)


class Platform:
    """An account whose platform keeps what it was sent, and answers as the story says."""

    platform = say("Platform")

    def __init__(
        self, account: str = ACCOUNT, *, windowed: bool = False, notifies: bool = True
    ) -> None:
        self.account = account
        self.messages_per_second = 1000.0
        self.shards = 1
        self.is_windowed, self.notifies = windowed, notifies
        self.recent_sends = RecentSends()
        self.said: list[tuple[str, str]] = []
        self.answers: Callable[[str, Message], Outcome] = lambda to, message: Sent()
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()

    def routes(self) -> list[BaseRoute]:
        return []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        return (Way(Route.CUSTOMER_SERVICE, spends=1),) if self.is_windowed else (DIRECT,)

    async def send(self, to: str, message: Message) -> Outcome:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        outcome = self.answers(to, message)
        if isinstance(outcome, Sent):
            self.said.append((to, message.text))
        return outcome


def routes() -> Routes:
    """A station that has every notice, each in the words of its topic, and answers anything."""
    router = Router()
    for topic in TOPICS:
        router.notice(topic)(partial(_words_of, topic))
    router.fallback(router.without_consent(lambda chat, said: Reply("hello")))
    return Routes([router])


def _words_of(topic: str, chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Words for a notice, or none where its sign-up has gone."""
    signup_id = facts.get("signup_id")
    if signup_id is not None:
        signup = chat.session.get_one(Signup, signup_id)
        if signup.state != SignupState.SEATED:
            return Drop(Reason.NOT_SIGNED_UP)
    if facts.get("unspeakable"):
        raise KeyError("title")
    return Reply(f"{topic} {facts.get('lead', '')}".strip())


class House:
    """A store with people in it, and everything that sends."""

    care = Care(NANHAI, "22:00-08:00")

    def __init__(self, store: Store, now: datetime, platform: Platform | None = None) -> None:
        self.store = store
        self.hands = Hands(now)
        self.platform = platform or Platform()
        self.platform.recent_sends = RecentSends(monotonic=self.hands.monotonic)
        self.jobs = Jobs()
        self.duties: list[Duty] = []
        self.dispatcher = Dispatcher(
            store, routes(), Phrasebook(), self.care, self.hands, station=Translated("驿站")
        )
        self.compose = self.dispatcher.compose
        self.engine = self.another_engine()
        self.planner = Planner(store, self.jobs, {self.platform.account: 1}, self.care)
        self.registers(self.platform)
        self.station_id = self._save(Station(code="nanhai", kind=StationKind.DISTRICT, name="南海"))

    def registers(self, platform: Platform) -> None:
        """Store what an account is, as a station does when it starts."""
        row = PlatformAccount(
            account=platform.account,
            platform=platform.platform.id,
            is_windowed=platform.is_windowed,
            notifies=platform.notifies,
        )
        self.store.write_now(accounts.register, [row])

    def another_engine(
        self,
        store: Store | None = None,
        pace: Pace | None = None,
        shard: int = 0,
        shards: int = 1,
    ) -> Engine:
        """A sender in another process, or in the next one."""
        return Engine(
            store or self.store,
            self.platform,
            self.compose,
            self.care,
            self.hands,
            pace=pace or self.pace(500),
            sender=sender_for(self.platform, shard=shard, shards=shards),
        )

    def pace(self, per_second: float) -> Pace:
        """A pace by the story's own time."""
        return Pace(
            per_second,
            recent_sends=self.platform.recent_sends,
            monotonic=self.hands.monotonic,
            sleep=self.hands.sleep,
        )

    # Who and what there is

    def member(self, external: str = "ana", *, account: str = "", **wishes: Any) -> int:
        wishes.setdefault("quiet", "off")
        reach = {key: wishes.pop(key) for key in ("window_until", "allowance") if key in wishes}
        member_id = self._save(Member(created_at=self.hands.now, **wishes))
        self.address(member_id, external, account or self.platform.account, **reach)
        return member_id

    def address(self, member_id: int, external: str, account: str, **reach: Any) -> int:
        return self._save(
            Address(
                member_id=member_id,
                account=account,
                external=external,
                created_at=self.hands.now,
                **reach,
            )
        )

    def event(self, starts_at: datetime) -> int:
        return self._save(
            Event(
                code=f"picnic-{starts_at:%d%H%M}",
                station_id=self.station_id,
                category=Category.LIFE,
                kind=Kind.SOCIAL,
                title="野餐",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                closes_at=starts_at,
                state=EventState.OPEN,
            )
        )

    def seat(self, member_id: int, event_id: int) -> int:
        return self.store.write_now(self._seat, member_id, event_id)

    def _seat(self, session: Session, member_id: int, event_id: int) -> int:
        signup = Signup(
            event_id=event_id, member_id=member_id, state=SignupState.SEATED, at=self.hands.now
        )
        session.add(signup)
        session.flush()
        member = session.get_one(Member, member_id)
        reminders.plan(
            session,
            signup_id=signup.id,
            member_id=member_id,
            event_id=event_id,
            starts_at=session.get_one(Event, event_id).starts_at,
            leads=member.leads,
            quiet=self.care.quiet_of(member.quiet, member.shift),
            zone=self.care.zone,
            now=self.hands.now,
        )
        return signup.id

    def change(self, kind: type[Any], key: int, **values: Any) -> None:
        def do(session: Session) -> None:
            row = session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

        self.store.write_now(do)

    def owe(self, member_id: int, topic: str = "offer", *, key: str = "", **facts: Any) -> None:
        """Plan a notice that is due now and of use for a day."""

        def do(session: Session) -> None:
            deliveries.plan_for_member(
                session,
                member_id,
                key=key or f"{topic}:{member_id}:{sorted(facts.items())}",
                topic=topic,
                facts=facts,
                due_at=self.hands.now,
                expires_at=self.hands.now + timedelta(days=1),
                now=self.hands.now,
            )

        self.store.write_now(do)

    # What happens

    async def at(self, moment: datetime) -> None:
        """Be there at this moment: the clock strikes, and the sender does its work."""
        self.hands.now = moment
        await self.planner.sweep(moment)
        await self.planner.plan(moment)
        await self.engine.send_due()

    # What became of it

    def deliveries(self) -> Sequence[Delivery]:
        def look(session: Session) -> Sequence[Delivery]:
            return session.exec(select(Delivery).order_by(col(Delivery.id))).all()

        return self.store.read_now(look)

    def states(self) -> list[DeliveryState]:
        return [delivery.state for delivery in self.deliveries()]

    def only(self) -> Delivery:
        [delivery] = self.deliveries()
        return delivery

    def get(self, kind: type[Any], **where: Any) -> Any:
        def look(session: Session) -> Any:
            return session.exec(select(kind).filter_by(**where)).one()

        return self.store.read_now(look)

    def count(self, kind: type[Any]) -> int:
        def look(session: Session) -> int:
            return len(session.exec(select(kind)).all())

        return self.store.read_now(look)

    def _save(self, row: Any) -> int:
        def do(session: Session) -> int:
            session.add(row)
            session.flush()
            key: int = row.id
            return key

        return self.store.write_now(do)
