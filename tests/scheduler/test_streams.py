"""The links of an evening, planned backwards: at the account's pace the last leaves in time."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from models.announcements import streams, timings
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.lifecycle import Started
from models.announcements.timings import Reach
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.announcements.streaming import SPARE, Stream
from models.rules.languages import Translated
from models.rules.network.floors import Count
from models.rules.network.permissions import Role, SoloLimits
from models.sending import daily
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Store
from tests.miniature.rows import DISTRICT, badminton
from tests.scheduler.hall import Hall

SIZE = 120

STREAMS = (Stream("融媒", "https://a.example/1"), Stream("视频号", "https://b.example/2"))
WORDS = Translated("看直播：\nhttps://a.example/1\nhttps://b.example/2")


class Evening(Hall):
    """A hall whose account sends 20 messages a second, and an evening that is streamed."""

    PACE = 20.0

    def __init__(self, store: Store, now: datetime, starts_at: datetime) -> None:
        super().__init__(store, now, size=SIZE)
        self.care = replace(self.care, announcements_a_day=2)
        self.planner = self.another_planner()
        self.platform.messages_per_second = self.PACE
        self.registers(self.platform)
        self.engine = self.another_engine(pace=self.pace(self.PACE))
        self.evening = self.save(
            badminton(
                station_id=DISTRICT,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                closes_at=starts_at,
            )
        )
        store.write_now(streams.name, self.evening.id, STREAMS, None, now)

    def reach(self) -> Reach:
        def look(session: Session) -> Reach:
            aim, starts_at = streams.audience_of(self.evening), self.evening.starts_at
            return timings.reach(session, aim, starts_at, self.care, self.hands.now)

        found: Reach = self.look(look)
        return found

    def plans(self) -> object:
        found = self.reach()

        def plan(session: Session) -> object:
            now = self.hands.now
            row = streams.draft(session, self.evening.id, WORDS, self.boss, now)
            self.announcement_id = row.id
            many = SoloLimits(district=10**6)
            what = (session, row, found.timing.begins_at, self.boss, now)
            return streams.plan(*what, people=Count(found.people), limits=many)

        return self.store.write_now(plan)

    async def sends(self) -> timedelta:
        """Plan and send what is due now; return how long the account took by its pace."""
        before = self.hands.monotonic()
        await self.plan()
        await self.engine.send_due()
        return timedelta(seconds=self.hands.monotonic() - before)


async def test_at_its_pace_the_last_leaves_before_the_start(store: Store, now: datetime) -> None:
    starts_at = now + timedelta(hours=5)
    hall = Evening(store, now, starts_at)
    found = hall.reach()
    [share] = found.shares
    # The organizer belongs to the account and to no place; the hall is all that is told.
    assert (share.load.people, share.load.per_second) == (SIZE, 20.0)
    assert isinstance(hall.plans(), Started)
    await hall.sends()
    assert hall.platform.said == []
    hall.hands.now = found.timing.begins_at
    took = await hall.sends()
    assert len(hall.platform.said) == SIZE
    assert timedelta(seconds=SIZE / 20) <= took <= found.timing.lasts
    assert found.timing.begins_at + took + SPARE <= starts_at
    await hall.plan()
    assert hall.row().state is AnnouncementState.DONE


async def test_quiet_hours_and_the_cap_hold_and_are_told_before(
    store: Store, now: datetime
) -> None:
    starts_at = now + timedelta(hours=5)
    hall = Evening(store, now, starts_at)
    numbers = hall.look(lambda s: s.exec(select(Member.id).order_by(col(Member.id).desc())).all())[
        :5
    ]
    [asleep, *capped, muted] = numbers
    hall.change(Member, asleep, quiet="00:00-23:00")
    hall.change(Member, muted, muted=["announcement"])
    today = now.astimezone(hall.care.zone).date()
    for _time in range(hall.care.announcements_a_day):
        store.write_now(daily.count, capped, today)
    found = hall.reach()
    assert (found.people, found.asleep, found.capped) == (SIZE - 1, 1, 3)
    assert found.not_reached[Reason.MUTED] == 1
    hall.plans()
    hall.hands.now = found.timing.begins_at
    await hall.sends()
    assert len(hall.platform.said) == SIZE - 5

    def state_of(number: int) -> tuple[DeliveryState, str]:
        row = hall.get(Delivery, member_id=number, announcement_id=hall.announcement_id)
        return row.state, row.reason

    assert state_of(muted) == (DeliveryState.DROPPED, Reason.MUTED)
    # The evening is over when they may hear again, so that nothing comes too late.
    assert {state_of(each)[0] for each in (asleep, *capped)} == {DeliveryState.LATE}


async def test_an_evening_that_moves_earlier_says_that_its_plan_is_late(
    store: Store, now: datetime
) -> None:
    hall = Evening(store, now, now + timedelta(hours=5))
    hall.plans()
    row = hall.row()
    assert row.first_at == hall.reach().timing.begins_at
    assert row.first_at is not None
    hall.evening.starts_at -= timedelta(hours=1)
    assert hall.reach().timing.begins_at == row.first_at - timedelta(hours=1)


async def test_links_that_change_are_written_anew_where_nothing_was_sent(
    store: Store, now: datetime
) -> None:
    hall = Evening(store, now, now + timedelta(hours=5))

    def drafted(text: str, by: int = hall.boss) -> str:
        def draft(session: Session) -> str:
            return streams.draft(session, hall.evening.id, Translated(text), by, now).text

        return store.write_now(draft)

    def appoint(session: Session) -> None:
        roles.give(session, other, Role.DISTRICT, session.get_one(Station, DISTRICT), now)

    drafted(WORDS.text)
    assert drafted("谁也不要") == WORDS.text
    store.write_now(streams.name, hall.evening.id, [Stream("新", "https://c.example/")], None, now)
    # Nobody deletes what somebody else has written.
    other = hall.member("other")
    store.write_now(appoint)
    assert drafted("别人写的", other) == WORDS.text
    assert drafted("新：https://c.example/") == "新：https://c.example/"
    assert hall.look(lambda s: s.exec(select(func.count(col(Announcement.id)))).one()) == 2
