"""A hall of two thousand people, with an organizer who has something to say to all of them."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.conversation.dispatch import Dispatcher
from bot.conversation.language import Phrasebook
from handlers import subjects
from models.announcements import announcements, audiences, lifecycle, progress, running
from models.announcements.announcements import Announcement
from models.announcements.lifecycle import Started
from models.announcements.progress import Progress
from models.announcements.running import Step
from models.network import roles
from models.network.members import Address, Member
from models.network.stations import Announcing, Care, Station
from models.rules.announcements.audience import Audience
from models.rules.announcements.trial import TrialSize
from models.rules.languages import Translated
from models.rules.network.permissions import Role, SoloLimits
from models.sending.deliveries import Delivery
from models.store import Store
from scheduler.delivery import Engine
from scheduler.jobs import Jobs
from scheduler.pace import Pace
from scheduler.planning import CHUNK, Duty, Planner
from tests.scheduler.house import ACCOUNT, House, Platform

SIZE = 2000
AT_ONCE = 64


class Hall(House):
    """A town of two thousand people, and an organizer with something to say to all of them."""

    def __init__(self, store: Store, now: datetime, *, wave: int = 0) -> None:
        super().__init__(store, now, Platform())
        trial = TrialSize(over=100, wave=wave)
        self.care = replace(self.care, announcing=Announcing(trial=trial))
        self.boss = self.member("boss")
        store.write_now(self._fill)
        self.steps = 0
        self.dispatcher = Dispatcher(
            store,
            subjects.routes(),
            Phrasebook(),
            self.care,
            self.hands,
            station=Translated("驿站"),
        )
        self.engine = Engine(
            store,
            self.platform,
            self.dispatcher.compose,
            self.care,
            self.hands,
            pace=Pace(100_000),
            in_flight=AT_ONCE,
        )
        self.planner = self.another_planner()
        self.announcement_id = store.write_now(self._write)

    def another_planner(self, store: Store | None = None) -> Planner:
        def look(session: Session, at: datetime) -> Step | None:
            return running.look(session, at, self.care)

        def announce(session: Session, at: datetime, step: Step) -> int:
            self.steps += 1
            return CHUNK if running.take(session, at, step, self.care) else 0

        duty = Duty("announcements", running.any_due, announce, look)
        return Planner(store or self.store, Jobs(), {ACCOUNT: 1}, self.care, long_duties=[duty])

    def _fill(self, session: Session) -> None:
        station = session.get_one(Station, self.station_id)
        station.path = f"/{station.id}/"
        session.add(station)
        now = self.hands.now
        people = [
            Member(station_id=station.id, consented_at=now, created_at=now, quiet="off")
            for _number in range(SIZE)
        ]
        session.add_all(people)
        session.flush()
        session.add_all(
            Address(member_id=each.id, account=ACCOUNT, external=f"p{each.id}", created_at=now)
            for each in people
        )
        session.flush()
        roles.give(session, self.boss, Role.DISTRICT, station, now)

    def _write(self, session: Session) -> int:
        station = session.get_one(Station, self.station_id)
        audience = Audience(stations=(self.station_id,))
        row = announcements.draft(session, station, self.boss, self.hands.now, audience=audience)
        announcements.change(session, row, text="今晚加菜。")
        return row.id

    # What the organizer does

    def start(self, announcement_id: int | None = None) -> None:
        outcome = self.store.write_now(self.starts, announcement_id or self.announcement_id)
        assert isinstance(outcome, Started)

    def starts(self, session: Session, announcement_id: int) -> object:
        row = announcements.locked(session, announcement_id)
        assert row is not None
        people = audiences.count(session, row.aim)
        return lifecycle.start(
            session, row, self.boss, self.hands.now, people=people, limits=SoloLimits()
        )

    def stop(self, session: Session) -> bool:
        row = announcements.locked(session, self.announcement_id)
        assert row is not None
        return lifecycle.stop(session, row, self.boss, self.hands.now)

    # What becomes of it

    async def plan(self) -> None:
        await self.planner.plan_long(self.hands.now)

    def row(self) -> Announcement:
        found: Announcement = self.get(Announcement, id=self.announcement_id)
        return found

    def progress(self) -> Progress:
        return self.store.read_now(progress.of, self.announcement_id, self.hands.now)

    def owed(self) -> int:
        return self.count(Delivery)


def advance(session: Session, now: datetime, care: Care) -> bool:
    """Look and take in one transaction; True when another step may be due at once."""
    step = running.look(session, now, care)
    return step is not None and running.take(session, now, step, care)
