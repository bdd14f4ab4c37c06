"""A station without sockets, for stories about sending and answering."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.channels.rates import RecentSends
from bot.conversation.chat import Chat
from bot.conversation.dispatch import Dispatcher
from bot.conversation.finding import Routes
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook
from bot.conversation.messages import Reply
from bot.conversation.routing import Drop, Router
from models.events import reminders
from models.events.events import Event, Signup, SignupState
from models.network.members import Address, Member
from models.rules.languages import Translated
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
from tests.miniature.platform import Platform
from tests.miniature.rows import CARE, event
from tests.miniature.station import Miniature


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


class House(Miniature):
    """Everything that answers and sends, with one account of a platform."""

    care = CARE

    def __init__(
        self,
        store: Store,
        now: datetime,
        platform: Platform | None = None,
        answering: Routes | None = None,
    ) -> None:
        super().__init__(store, now)
        self.platform = platform or Platform()
        self.platform.recent_sends = RecentSends(monotonic=self.hands.monotonic)
        self.jobs = Jobs()
        self.dispatcher = Dispatcher(
            store,
            answering or routes(),
            phrasebook(),
            self.care,
            self.hands,
            station=Translated("驿站"),
            monotonic=self.hands.monotonic,
        )
        self.compose = self.dispatcher.compose
        self.engine = self.another_engine()
        self.planner = self.another_planner()
        self.registers(self.platform)
        self._presses = 0

    def registers(self, platform: Platform) -> None:
        """Store what an account is, as a station does when it starts."""
        row = PlatformAccount(
            account=platform.account,
            platform=platform.platform.id,
            is_windowed=platform.is_windowed,
            notifies=platform.notifies,
            per_second=platform.messages_per_second,
        )
        self.store.write_now(accounts.register, [row])

    def another_engine(
        self,
        platform: Platform | None = None,
        *,
        store: Store | None = None,
        shard: int = 0,
        shards: int = 1,
        **how: Any,
    ) -> Engine:
        """A sender in another process, in the next one, or of another account."""
        platform = platform or self.platform
        sender = sender_for(platform, shard=shard, shards=shards)
        given = {"now": self.hands, "pace": self.pace(500), "sender": sender, **how}
        return Engine(store or self.store, platform, self.compose, self.care, **given)

    def another_planner(self, store: Store | None = None, *announcing: Duty) -> Planner:
        """A planner in this process, or in another one."""
        accounts = {self.platform.account: 1}
        return Planner(store or self.store, self.jobs, accounts, self.care, long_duties=announcing)

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
        member_id = self.save(Member(created_at=self.hands.now, **wishes)).id
        self.address(member_id, external, account or self.platform.account, **reach)
        return member_id

    def address(self, member_id: int, external: str, account: str, **reach: Any) -> int:
        address = Address(
            member_id=member_id,
            account=account,
            external=external,
            created_at=self.hands.now,
            **reach,
        )
        return self.save(address).id

    def event(self, starts_at: datetime) -> int:
        return self.save(event(f"picnic-{starts_at:%d%H%M}", "野餐", starts_at)).id

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

    def owe(self, member_id: int, topic: str = "offer", *, key: str = "", **facts: Any) -> None:
        """Plan a notice that is due now and of use for a day."""

        def do(session: Session) -> None:
            deliveries.plan_for_member(
                session,
                member_id,
                key=key or f"{topic}:{member_id}:{sorted(facts.items())}",
                topic=topic,
                # What is known of an offer that fails: of which event it was.
                facts={"event_id": 0, **facts},
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

    async def press(self, who: str, packed: str) -> str:
        """Press a button of the web chat, whether it was shown or not."""
        self._presses += 1
        key = f"k{self._presses}"
        incoming = Incoming("web.chat", who, key, press=packed, language="zh")
        message = await self.dispatcher.listen(incoming)
        assert message is not None
        return message.text

    # What became of it

    def deliveries(self) -> Sequence[Delivery]:
        return self.rows(Delivery)

    def states(self) -> list[DeliveryState]:
        return [delivery.state for delivery in self.deliveries()]

    def only(self) -> Delivery:
        return self.get(Delivery)
