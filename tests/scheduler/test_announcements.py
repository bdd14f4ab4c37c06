"""An announcement on its way: planned in chunks, sent behind everything else, stopped at once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, func, select

from bot.channels import Outcome, Sent
from bot.conversation.messages import Message
from models.announcements import announcements, audiences, holding, lifecycle, progress, running
from models.announcements.announcements import Announcement, AnnouncementState
from models.network.members import Member
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Store
from scheduler.turns import AT_FIRST
from tests.scheduler.hall import AT_ONCE, BATCH, SIZE, Hall, advance


@pytest.fixture
def hall(store: Store, now: datetime) -> Hall:
    return Hall(store, now)


async def test_two_thousand_are_planned_in_chunks_and_all_of_them_hear(hall: Hall) -> None:
    hall.start()
    assert hall.owed() == 0
    await hall.plan()
    assert hall.owed() == SIZE
    planning = [each for each in hall.sizes if each]
    # It begins with few, so that a slow machine is not stopped by it, and plans what fits after it.
    assert planning[0] == AT_FIRST
    assert sum(planning) >= SIZE
    assert max(planning) <= audiences.MOST_PLANNED
    assert hall.row().state == AnnouncementState.RUNNING
    await hall.engine.send_due()
    assert len(hall.platform.said) == SIZE
    assert len({to for to, _text in hall.platform.said}) == SIZE
    await hall.plan()
    assert hall.row().state == AnnouncementState.DONE
    assert (hall.progress().planned, hall.progress().sent) == (SIZE, SIZE)


async def test_a_process_that_dies_amid_planning_leaves_the_rest_to_the_next(hall: Hall) -> None:
    hall.start()
    assert await hall.store.write(advance, hall.hands.now, hall.care)
    assert hall.owed() == BATCH

    def forgets(session: Session) -> None:
        """The process died before it could note how far it had come."""
        row = session.get_one(Announcement, hall.announcement_id)
        row.after_id = 0
        session.add(row)

    hall.store.write_now(forgets)
    hall.planner = hall.another_planner()
    await hall.plan()
    assert hall.owed() == SIZE


async def test_two_processes_plan_it_side_by_side_and_everybody_is_owed_it_once(
    hall: Hall, store_url: str
) -> None:
    hall.start()
    other = Store(store_url)
    try:
        await asyncio.gather(
            hall.planner.plan_long(hall.hands.now),
            hall.another_planner(other).plan_long(hall.hands.now),
        )
    finally:
        other.close()
    assert hall.owed() == SIZE
    row = hall.row()
    assert (row.state, row.run) == (AnnouncementState.RUNNING, 1)


async def test_a_stop_amid_planning_ends_it_and_nobody_hears(hall: Hall) -> None:
    hall.start()
    assert await hall.store.write(advance, hall.hands.now, hall.care)
    assert await hall.store.write(hall.stop)
    await hall.plan()
    await hall.engine.send_due()
    assert hall.platform.said == []
    assert hall.owed() == BATCH
    assert hall.progress().stopped == BATCH
    assert not hall.row().dropping


async def test_a_stop_amid_sending_takes_effect_with_the_next_that_are_claimed(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    half, stopped = asyncio.Event(), asyncio.Event()

    def answer(to: str, message: Message) -> Outcome:
        if len(hall.platform.said) == SIZE // 2:
            half.set()
        return Sent()

    hall.platform.answers = answer
    sending = asyncio.create_task(hall.engine.send_due())
    await half.wait()

    async def stop() -> None:
        await hall.store.write(hall.stop)
        stopped.set()

    stopping = asyncio.create_task(stop())
    await stopped.wait()
    said = len(hall.platform.said)
    await asyncio.gather(sending, stopping)
    assert len(hall.platform.said) <= said + AT_ONCE
    await hall.plan()
    found = hall.progress()
    assert found.sent == len(hall.platform.said) < SIZE
    assert found.sent + found.stopped == SIZE
    assert hall.row().state == AnnouncementState.STOPPED


async def test_of_a_large_one_the_rest_is_dropped_in_chunks(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "DROP_BATCH", 300)
    hall.start()
    await hall.plan()
    assert await hall.store.write(hall.stop)
    assert _dropped(hall) == 300
    await hall.plan()
    assert _dropped(hall) == SIZE
    assert not hall.store.read_now(running.any_due, hall.hands.now)


async def test_a_member_without_a_role_cannot_stop_or_resume_it(hall: Hall) -> None:
    hall.start()
    await hall.plan()

    def try_both(session: Session) -> tuple[bool, bool]:
        row = announcements.locked(session, hall.announcement_id)
        assert row is not None
        member = session.exec(select(Member.id).where(Member.id != hall.boss)).first() or 0
        stopped = lifecycle.stop(session, row, member, hall.hands.now)
        row.state = AnnouncementState.HELD
        resumed = holding.resume(session, row, member, hall.hands.now, hall.care.zone)
        session.rollback()
        return stopped, resumed

    assert hall.store.write_now(try_both) == (False, False)
    assert await hall.store.write(hall.stop)


def _dropped(hall: Hall) -> int:
    wanted = select(func.count()).where(Delivery.state == DeliveryState.DROPPED)

    def look(session: Session) -> int:
        return session.exec(wanted).one()

    return hall.store.read_now(look)


async def test_what_concerns_somebodys_own_seat_goes_before_an_announcement(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    hall.hands.now += timedelta(minutes=5)
    hall.owe(hall.boss, "passed-on", act="announce", subject="", name="小安")
    await hall.engine.send_due()
    first = [text for _to, text in hall.platform.said[:AT_ONCE]]
    assert any("小安" in text for text in first)


async def test_a_second_press_of_send_sends_nothing_more(hall: Hall) -> None:
    hall.start()
    again = hall.store.write_now(hall.starts, hall.announcement_id)
    assert again == lifecycle.NotStarted.SENT_ALREADY
    await hall.plan()
    await hall.plan()
    assert hall.owed() == SIZE


async def test_what_cannot_be_told_before_the_event_is_over_is_not_told_after_it(
    hall: Hall,
) -> None:
    event_id = hall.event(hall.hands.now + timedelta(hours=1))

    def link(session: Session) -> None:
        row = session.get_one(Announcement, hall.announcement_id)
        announcements.change(session, row, link=f"event:{event_id}")

    hall.store.write_now(link)
    hall.start()
    await hall.plan()
    await hall.at(hall.hands.now + timedelta(hours=4))
    await hall.at(hall.hands.now + timedelta(minutes=1))
    assert hall.platform.said == []
    found = hall.progress()
    assert found.not_sent.get(Reason.TOO_LATE, 0) == SIZE - found.pending


@pytest.mark.parametrize(
    ("state", "kept", "why"),
    [
        (DeliveryState.LATE, Reason.QUIET_HOURS, Reason.TOO_LATE),
        (DeliveryState.IN_DOUBT, "no answer", Reason.IN_DOUBT),
        (DeliveryState.UNREACHABLE, "blocked", Reason.BLOCKED),
        (DeliveryState.UNREACHABLE, "50005: not a user", Reason.PLATFORM),
        (DeliveryState.REFUSED, "cannot be put into words: KeyError", Reason.HANDLER_FAILED),
    ],
)
async def test_the_numbers_and_the_list_of_those_not_reached_give_the_same_reason(
    hall: Hall, state: DeliveryState, kept: str, why: Reason
) -> None:
    hall.start()
    await hall.plan()
    hall.change(Delivery, hall.deliveries()[0].id, state=state, reason=kept)
    found = hall.progress()
    doubts = {Reason.IN_DOUBT: found.in_doubt} if found.in_doubt else {}
    assert {**found.unreachable, **found.not_sent, **doubts} == {why: 1}
    [missed] = hall.store.read_now(progress.not_reached, hall.row())
    assert missed.reason == why


async def test_a_draft_that_was_never_sent_is_thrown_away_one_day(hall: Hall) -> None:
    hall.store.write_now(announcements.forget_drafts, hall.hands.now)
    assert hall.count(Announcement) == 1
    hall.store.write_now(announcements.forget_drafts, hall.hands.now + timedelta(days=14))
    assert hall.count(Announcement) == 0


async def test_what_was_sent_is_no_draft(hall: Hall) -> None:
    hall.start()
    hall.store.write_now(announcements.forget_drafts, hall.hands.now + timedelta(days=14))
    assert hall.count(Announcement) == 1


async def test_an_approval_asked_for_in_a_store_of_before_lapses_too(hall: Hall) -> None:
    def ask(session: Session) -> None:
        row = announcements.locked(session, hall.announcement_id)
        assert row is not None
        # As 0.2.0 kept it: without a time at which the wait ends.
        row.state, row.due_at = AnnouncementState.ASKED, None

    hall.store.write_now(ask)
    await hall.plan()
    assert hall.row().due_at == hall.hands.now + timedelta(days=7)
    hall.hands.now += timedelta(days=7)
    await hall.plan()
    assert hall.row().state == AnnouncementState.LAPSED
    assert hall.owed() == 1
