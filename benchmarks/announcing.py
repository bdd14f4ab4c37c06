"""Insert an announcement into a station's store, and read its deliveries."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select

from benchmarks import stations
from benchmarks.bots import write_config
from benchmarks.plan import FIRST_CHAT, Plan
from benchmarks.workspaces import Workspace
from models.announcements.announcements import Announcement, AnnouncementState
from models.rules.network.audience import Audience
from models.sending.deliveries import Delivery, DeliveryState
from models.store import open_engine

TEXT = "本周六下午三点，羽毛球馆有友谊赛，新手也欢迎，请带好水和毛巾。"
EVERYONE = Audience(stations=(1,))

UNPACED = 20_000
"""Messages a second: more than a process can."""

SHARE = 0.8
"""How much of an account's pace announcements take; the rest is for replies and reminders."""

WARM_UP = 2.0
"""Seconds in which a process that was started comes to rest."""

LOOK_EVERY = 0.25
PATIENCE = 900.0


def prepare(workspace: Workspace, members: int, accounts: list[str], *, pace: float) -> None:
    """A station with members who take turns in the account they talk to, and nothing to say yet."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    plan = Plan(members=members, seats=(None,), asks=(), starts_at=starts_at)
    write_config(workspace, accounts, pace=pace, quiet="")
    stations.prepare(workspace.store, plan, [f"telegram.{each}" for each in accounts])


def chats(members: int) -> range:
    return range(FIRST_CHAT, FIRST_CHAT + members)


def announce(store: str, audience: Audience = EVERYONE) -> int:
    """Insert an approved announcement that is due now and not planned yet; returns its id."""
    now = datetime.now(UTC)
    row = Announcement(
        station_id=1,
        audience=audience.to_json(),
        text=TEXT,
        state=AnnouncementState.PLANNING,
        run=1,
        first_at=now,
        created_at=now,
        started_at=now,
    )
    engine = open_engine(store)
    with Session(engine) as session:
        session.add(row)
        session.commit()
        session.refresh(row)
    engine.dispose()
    return row.id


async def until_done(store: str, announcement_id: int) -> None:
    """Wait until the announcement is done. Raises AssertionError after ``PATIENCE`` seconds."""
    engine = open_engine(store)
    wanted = select(Announcement.state).where(Announcement.id == announcement_id)
    deadline = time.monotonic() + PATIENCE
    while True:
        with Session(engine) as session:
            state = session.exec(wanted).one()
        if state == AnnouncementState.DONE:
            engine.dispose()
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"the announcement is still {state}")
        await asyncio.sleep(LOOK_EVERY)


def settled(store: str) -> Counter[str]:
    """The number of deliveries in each state."""
    engine = open_engine(store)
    with Session(engine) as session:
        counted = session.exec(
            select(Delivery.state, func.count(col(Delivery.id))).group_by(col(Delivery.state))
        ).all()
    engine.dispose()
    return Counter({str(state): number for state, number in counted})


def verify_all_sent(store: str, wanted: int) -> None:
    """Raise AssertionError unless the store has ``wanted`` deliveries, all of them sent."""
    found = settled(store)
    if found != {str(DeliveryState.SENT): wanted}:
        raise AssertionError(f"the store has {dict(found)}, not {wanted} that were sent")
