"""Wide announcements: tried on twenty, stopped within a second, corrected for who got them."""

import asyncio
from datetime import datetime, timedelta
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select, update

from bot.channels import Doubtful, Outcome, Refused, Sent, Unreachable
from bot.conversation.messages import Message
from models.announcements import announcements, conditions, holding
from models.announcements.announcements import Announcement, AnnouncementState
from models.network.members import Address, Member
from models.rules.announcements.trial import MAX_WAIT
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.missed import settle_shown, to_show
from models.store import Store
from scheduler.pace import Pace
from tests.miniature.platform import ACCOUNT
from tests.scheduler.hall import Hall, advance

SIZE = 500
WAVE = 20
LATENCY = 0.05


@pytest.fixture
def hall(store: Store, now: datetime) -> Hall:
    return Hall(store, now, wave=WAVE, size=SIZE)


def state(hall: Hall) -> AnnouncementState:
    return hall.row().state


def to_the_boss(hall: Hall) -> list[str]:
    return [text for to, text in hall.platform.said if to == "boss"]


def change(hall: Hall, *which: object, **values: object) -> None:
    def do(session: Session) -> None:
        session.execute(update(Delivery).where(*which).values(**values))  # type: ignore[arg-type]

    hall.store.write_now(do)


# The trial


async def test_twenty_get_it_first_and_all_the_others_once_it_has_gone_well(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    assert (hall.owed(), state(hall)) == (WAVE, AnnouncementState.TRIAL)
    # Nobody has got it yet: looking again changes nothing.
    await hall.plan()
    assert hall.owed() == WAVE
    await hall.engine.send_due()
    assert len(hall.platform.said) == WAVE
    await hall.plan()
    assert (hall.owed(), state(hall)) == (SIZE, AnnouncementState.RUNNING)
    await hall.engine.send_due()
    await hall.plan()
    assert state(hall) == AnnouncementState.DONE
    assert sorted(to for to, _ in hall.platform.said) == sorted(
        {to for to, _ in hall.platform.said}
    )
    assert hall.progress().sent == SIZE
    await hall.engine.send_due()
    assert [f"{SIZE} / {SIZE}" in text for text in to_the_boss(hall)] == [True]


async def test_a_small_one_goes_to_all_at_once_and_its_end_is_not_told(hall: Hall) -> None:
    def shrink(session: Session) -> None:
        few = select(Member.id).order_by(col(Member.id)).limit(101)
        session.execute(update(Member).where(col(Member.id).not_in(few)).values(consented_at=None))

    hall.store.write_now(shrink)
    hall.start()
    await hall.plan()
    assert hall.owed() == 100
    await hall.engine.send_due()
    await hall.plan()
    assert state(hall) == AnnouncementState.DONE
    assert hall.owed() == 100


async def test_every_account_of_the_audience_is_among_the_twenty(hall: Hall) -> None:
    def spread(session: Session) -> None:
        rows = session.exec(select(Address).order_by(col(Address.id).desc()).limit(3)).all()
        for row, account in zip(rows, ("wechat.nanhai", "wecom.nanhai", "web.chat"), strict=True):
            row.account = account
            session.add(row)

    hall.store.write_now(spread)
    hall.start()
    await hall.plan()
    tried = [delivery.account for delivery in hall.deliveries()]
    assert len(tried) == WAVE
    assert set(tried) == {ACCOUNT, "wechat.nanhai", "wecom.nanhai", "web.chat"}


@pytest.mark.parametrize(
    "answers",
    [
        [Refused("the platform takes no such words")],
        [Unreachable("blocked")],
        # Three in a row without an answer would halt the account before the twenty are through.
        [Doubtful("timed out"), Doubtful("timed out"), Unreachable("blocked")],
    ],
    ids=["refused", "unreachable", "in doubt"],
)
async def test_what_the_twenty_do_not_get_is_held_and_whoever_wrote_it_decides(
    hall: Hall, answers: list[Outcome]
) -> None:
    turns = cycle(answers)
    hall.platform.answers = lambda to, message: next(turns) if to != "boss" else Sent()
    hall.start()
    await hall.plan()
    await hall.engine.send_due()
    await hall.plan()
    assert (state(hall), hall.progress().planned) == (AnnouncementState.HELD, WAVE)
    await hall.engine.send_due()
    assert len(to_the_boss(hall)) == 1
    assert "停住了" in to_the_boss(hall)[0]
    hall.platform.answers = lambda to, message: Sent()
    assert hall.store.write_now(resume, hall)
    assert not hall.store.write_now(resume, hall)
    await hall.plan()
    await hall.engine.send_due()
    assert hall.progress().sent == SIZE - WAVE


def resume(session: Session, hall: Hall) -> bool:
    row = announcements.locked(session, hall.announcement_id)
    assert row is not None
    return holding.resume(session, row, hall.boss, hall.hands.now, hall.care.zone)


async def test_at_night_the_rest_waits_with_the_twenty_and_goes_out_in_the_morning(
    hall: Hall,
) -> None:
    def sleeps(session: Session) -> None:
        session.execute(update(Member).values(quiet=""))

    hall.store.write_now(sleeps)
    hall.hands.now = hall.hands.now.replace(hour=15)
    hall.start()
    await hall.plan()
    await hall.engine.send_due()
    hall.hands.now += timedelta(hours=2)
    await hall.plan()
    assert (hall.owed(), state(hall)) == (WAVE, AnnouncementState.TRIAL)
    assert hall.progress().postponed == {"quiet hours": WAVE}
    hall.hands.now += timedelta(hours=8)
    await hall.engine.send_due()
    await hall.plan()
    assert hall.owed() == SIZE


async def test_twenty_of_whom_one_cannot_be_sent_to_hold_nobody_up_for_long(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    first = hall.deliveries()[0]
    change(hall, col(Delivery.id) == first.id, account="telegram.elsewhere")
    await hall.engine.send_due()
    await hall.plan()
    assert state(hall) == AnnouncementState.TRIAL
    hall.hands.now += MAX_WAIT
    await hall.plan()
    assert hall.owed() == SIZE


async def test_of_a_weekly_one_only_the_first_week_is_tried(hall: Hall) -> None:
    hall.change(Announcement, hall.announcement_id, repeat="weekly")
    hall.start()
    await hall.plan()
    await hall.engine.send_due()
    await hall.plan()
    await hall.engine.send_due()
    hall.hands.now += timedelta(days=7)
    await hall.plan()
    assert (hall.owed(), hall.row().run) == (2 * SIZE, 2)


@pytest.mark.parametrize("held", [False, True], ids=["amid the trial", "while it is held"])
async def test_a_stop_before_the_rest_was_planned_keeps_it_from_them(
    hall: Hall, held: bool
) -> None:
    hall.start()
    await hall.plan()
    if held:
        hall.platform.answers = lambda to, message: Refused("no")
        await hall.engine.send_due()
        await hall.plan()
        assert state(hall) == AnnouncementState.HELD
    assert await hall.store.write(hall.stop)
    await hall.plan()
    await hall.engine.send_due()
    await hall.plan()
    assert (state(hall), hall.progress().planned) == (AnnouncementState.STOPPED, WAVE)
    assert [to for to, _text in hall.platform.said if to != "boss"] == []
    assert not hall.row().dropping


# The stop


@pytest.mark.parametrize("per_second", [30, 1000])
async def test_after_a_stop_the_platform_hears_at_most_what_a_second_takes(
    store: Store, now: datetime, per_second: int
) -> None:
    hall = Hall(store, now)
    half, heard = asyncio.Event(), 0

    async def send(to: str, message: Message) -> Outcome:
        nonlocal heard
        heard += 1
        if heard == 4 + per_second // 5:
            half.set()
        await asyncio.sleep(LATENCY)
        return Sent()

    hall.platform.send = send  # type: ignore[method-assign]
    engine = hall.another_engine(pace=Pace(per_second))
    hall.start()
    await hall.plan()
    sending = asyncio.create_task(engine.send_due())
    await half.wait()
    assert await hall.store.write(hall.stop)
    before = heard
    await sending
    assert heard - before <= per_second
    assert heard < hall.size / 2


# The correction


def correct(session: Session, hall: Hall) -> int:
    wrong = session.get_one(Announcement, hall.announcement_id)
    row = announcements.correct(session, wrong, hall.boss, hall.hands.now)
    announcements.change(session, row, text="今晚不加菜。")
    return row.id


def owed_by(hall: Hall, announcement_id: int, *states: DeliveryState) -> set[int]:
    def look(session: Session) -> set[int]:
        wanted = select(Delivery.member_id).where(
            Delivery.announcement_id == announcement_id, col(Delivery.state).in_(states)
        )
        return {each for each in session.exec(wanted) if each is not None}

    return hall.store.read_now(look)


GOT = (DeliveryState.SENT, DeliveryState.IN_DOUBT)


async def test_what_only_the_twenty_got_is_corrected_for_the_twenty(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    await hall.engine.send_due()
    fixed = hall.store.write_now(correct, hall)
    hall.start(fixed)
    assert state(hall) == AnnouncementState.STOPPED
    await hall.plan()
    await hall.plan()
    assert owed_by(hall, fixed, DeliveryState.PLANNED) == owed_by(hall, hall.announcement_id, *GOT)
    assert len(owed_by(hall, fixed, DeliveryState.PLANNED)) == WAVE


async def test_a_correction_waits_for_what_is_in_the_air_and_reaches_it(
    store: Store, now: datetime
) -> None:
    hall = Hall(store, now, size=SIZE)
    hall.start()
    await hall.plan()
    hall.platform.gate = asyncio.Event()
    sending = asyncio.create_task(hall.engine.send_due())
    await hall.platform.asked.wait()
    fixed = hall.store.write_now(correct, hall)
    # Whom to correct is known only when the platform has answered.
    change(hall, col(Delivery.member_id) == hall.boss + 1, state=DeliveryState.SENT)
    hall.start(fixed)
    await hall.plan()
    assert owed_by(hall, fixed, *DeliveryState) == set()
    hall.platform.gate.set()
    await sending
    await hall.plan()
    got = owed_by(hall, hall.announcement_id, *GOT)
    assert len(got) > 1
    assert owed_by(hall, fixed, DeliveryState.PLANNED) == got


async def test_what_waits_for_somebody_to_write_is_not_shown_once_it_is_corrected(
    store: Store, now: datetime
) -> None:
    hall = Hall(store, now, size=SIZE)
    hall.start()
    await hall.plan()
    late = hall.boss + 7
    change(hall, col(Delivery.member_id) == late, state=DeliveryState.WAITING)
    await hall.engine.send_due()
    await hall.plan()
    assert state(hall) == AnnouncementState.DONE
    fixed = hall.store.write_now(correct, hall)
    hall.start(fixed)

    def waits(session: Session) -> int:
        return len(to_show(session, late, hall.hands.now, 5))

    assert hall.store.write_now(waits) == 0
    await hall.plan()
    assert late not in owed_by(hall, fixed, *DeliveryState)
    assert len(owed_by(hall, fixed, DeliveryState.PLANNED)) == SIZE - 1


async def test_who_was_shown_the_wrong_one_with_an_answer_is_corrected(
    store: Store, now: datetime
) -> None:
    hall = Hall(store, now, size=SIZE)
    hall.start()
    await hall.plan()
    late = hall.boss + 7
    change(hall, col(Delivery.member_id) == late, state=DeliveryState.WAITING)

    def shown(session: Session) -> None:
        for each in to_show(session, late, hall.hands.now, 5):
            settle_shown(session, each, ACCOUNT, each.address_id or 0, hall.hands.now)

    hall.store.write_now(shown)
    fixed = hall.store.write_now(correct, hall)
    hall.start(fixed)
    await hall.plan()
    await hall.plan()
    assert owed_by(hall, fixed, DeliveryState.PLANNED) == {late}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(list(DeliveryState)), min_size=1, max_size=40))
def test_a_correction_goes_to_exactly_those_who_got_or_may_have_got_the_wrong_one(
    crowd: Hall, stood: list[DeliveryState]
) -> None:
    def try_it(session: Session) -> tuple[set[int], set[int]]:
        people = session.exec(select(Member.id).order_by(col(Member.id))).all()
        ids = [each for each in people if each != crowd.boss]
        session.execute(update(Delivery).values(state=DeliveryState.DROPPED, reason=""))
        for member_id, each in zip(ids, stood, strict=False):
            session.execute(
                update(Delivery).where(col(Delivery.member_id) == member_id).values(state=each)
            )
        fixed = correct(session, crowd)
        expected = {
            member for member, each in zip(ids, stood, strict=False) if each in conditions.RECEIVED
        }
        if expected:
            crowd.starts(session, fixed)
        # Those in the air: the platform's answer comes, for better or for worse.
        leased = col(Delivery.state) == DeliveryState.LEASED
        session.execute(update(Delivery).where(leased).values(state=DeliveryState.SENT))
        in_the_air = {
            member for member, each in zip(ids, stood, strict=False) if each == DeliveryState.LEASED
        }
        while advance(session, crowd.hands.now, crowd.care):
            pass
        wanted = select(Delivery.member_id).where(Delivery.announcement_id == fixed)
        told = {each for each in session.exec(wanted) if each is not None}
        session.rollback()
        return told, expected | in_the_air if expected else set()

    told, expected = crowd.store.write_now(try_it)
    assert told == expected


@pytest.fixture
def crowd(store: Store, now: datetime) -> Hall:
    """All of them have been planned for."""
    hall = Hall(store, now, size=SIZE)
    hall.start()

    def plan(session: Session) -> None:
        while advance(session, hall.hands.now, hall.care):
            pass

    hall.store.write_now(plan)
    return hall
