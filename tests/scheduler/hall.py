"""A hall of many people, with an organizer who has something to say to all of them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col

from handlers import subjects
from models.announcements import announcements, audiences, lifecycle, progress, running
from models.announcements.announcements import Announcement
from models.announcements.lifecycle import Started
from models.announcements.progress import Progress
from models.announcements.running import Step
from models.network import roles
from models.network.members import Address, Member
from models.network.stations import Announcing, Care, Station
from models.rules.announcements.trial import TrialSize
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import Role, SoloLimits
from models.sending.deliveries import Delivery
from models.store import Store
from scheduler.pace import Pace
from scheduler.planning import CHUNK, Duty, Planner
from tests.miniature.house import House
from tests.miniature.platform import ACCOUNT
from tests.miniature.rows import CARE, DISTRICT

SIZE = 1600
AT_ONCE = 64
BATCH = 1000
"""Deliveries that ``advance`` plans."""


class Hall(House):
    """A town of many people, and an organizer with something to say to all of them."""

    def __init__(self, store: Store, now: datetime, *, wave: int = 0, size: int = SIZE) -> None:
        self.size = size
        self.care = replace(CARE, announcing=Announcing(trial=TrialSize(over=100, wave=wave)))
        self.sizes: list[int] = []
        super().__init__(store, now, answering=subjects.routes())
        self.engine = self.another_engine(pace=Pace(100_000), in_flight=AT_ONCE)
        self.boss = self.member("boss")
        self.announcement_id = store.write_now(self._write)

    def another_planner(self, store: Store | None = None, *announcing: Duty) -> Planner:
        def look(session: Session, at: datetime) -> Step | None:
            return running.look(session, at, self.care)

        def announce(session: Session, at: datetime, step: Step, rows: int = 0) -> int:
            self.sizes.append(rows)
            return CHUNK if running.take(session, at, step, self.care, rows) else 0

        duty = Duty("announcements", running.any_due, announce, look, running.most_rows)
        return super().another_planner(store, duty)

    def _write(self, session: Session) -> int:
        """Fill the hall, and write what the organizer has to say."""
        now, district = self.hands.now, session.get_one(Station, DISTRICT)
        one = Member(station_id=DISTRICT, consented_at=now, created_at=now, quiet="off")
        same = one.model_dump(exclude={"id", "calendar_key"})
        people = session.execute(
            insert(Member).returning(col(Member.id)), [same] * self.size
        ).scalars()
        session.execute(
            insert(Address),
            [
                {"member_id": each, "account": ACCOUNT, "external": f"p{each}", "created_at": now}
                for each in sorted(people)
            ],
        )
        roles.give(session, self.boss, Role.DISTRICT, district, now)
        audience = Audience(stations=(DISTRICT,))
        row = announcements.draft(session, district, self.boss, now, audience=audience)
        announcements.change(session, row, text="今晚加菜。")
        return row.id

    # What the organizer does

    def start(self, announcement_id: int | None = None) -> None:
        outcome = self.store.write_now(self.starts, announcement_id or self.announcement_id)
        assert isinstance(outcome, Started)

    def starts(self, session: Session, announcement_id: int) -> object:
        row = announcements.locked(session, announcement_id)
        assert row is not None
        people = Count(audiences.count(session, row.aim))
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
        return self.get(Announcement, id=self.announcement_id)

    def progress(self) -> Progress:
        return self.store.read_now(progress.of, self.announcement_id, self.hands.now)

    def owed(self) -> int:
        return self.count(Delivery)


def advance(session: Session, now: datetime, care: Care) -> bool:
    """Look and take in one transaction; True when another step may be due at once."""
    step = running.look(session, now, care)
    return step is not None and running.take(session, now, step, care, BATCH)
