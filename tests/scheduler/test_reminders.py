from datetime import datetime, timedelta

from sqlmodel import Session

from models.events import reminders
from models.events.events import Event, EventState, Signup, SignupState
from models.events.reminders import Reminder
from models.network.members import Member
from models.sending.deliveries import DeliveryState
from tests.miniature.house import House
from tests.miniature.platform import Platform
from tests.miniature.rows import local

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def test_a_seat_is_reminded_of_a_day_and_two_hours_before(
    house: House, platform: Platform
) -> None:
    house.seat(house.member("ana"), house.event(local(5, 14)))

    await house.at(local(4, 13, 59))
    assert platform.said == []
    await house.at(local(4, 14))
    assert platform.said == [("ana", "reminder 1440")]
    await house.at(local(5, 11, 59))
    assert len(platform.said) == 1
    await house.at(local(5, 12))
    assert platform.said[1:] == [("ana", "reminder 120")]
    await house.at(local(5, 13))
    assert len(platform.said) == 2
    assert house.count(Reminder) == 0
    assert house.states() == [DeliveryState.SENT, DeliveryState.SENT]


async def test_each_person_is_reminded_when_they_chose(house: House, platform: Platform) -> None:
    event = house.event(local(5, 14))
    house.seat(house.member("ana", leads=[30]), event)
    house.seat(house.member("ben", leads=[]), event)
    await house.at(local(5, 13, 30))
    assert platform.said == [("ana", "reminder 30")]
    assert len(house.deliveries()) == 1


async def test_an_early_event_is_told_of_in_the_evening_not_at_night(
    house: House, platform: Platform
) -> None:
    house.seat(house.member("ana", quiet="", leads=[120]), house.event(local(5, 7, 30)))
    await house.at(local(4, 21, 59))
    assert platform.said == [("ana", "reminder 120")]


async def test_a_muted_member_is_reminded_of_nothing(house: House, platform: Platform) -> None:
    member = house.member("ana")
    house.seat(member, house.event(local(5, 14)))
    house.change(Member, member, muted=["reminder"])
    await house.at(local(4, 14))
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (DeliveryState.DROPPED, "muted")


async def test_muting_takes_reminders_along_and_unmuting_brings_them_back(house: House) -> None:
    member = house.member("ana")
    house.seat(member, house.event(local(5, 14)))

    house.change(Member, member, muted=["reminder"])
    house.store.write_now(reminders.replan_member, member, house.care, house.hands.now)
    assert house.count(Reminder) == 0

    house.change(Member, member, muted=[])
    house.store.write_now(reminders.replan_member, member, house.care, house.hands.now)
    assert house.count(Reminder) == 2


async def test_new_leads_and_quiet_hours_move_the_reminders_of_seats(house: House) -> None:
    member = house.member("ana")
    house.seat(member, house.event(local(5, 7, 30)))
    house.change(Member, member, leads=[120], quiet="21:00-08:00")
    house.store.write_now(reminders.replan_member, member, house.care, house.hands.now)
    assert house.get(Reminder).due_at == local(4, 20, 59)


async def test_a_reminder_that_was_given_is_not_given_again_after_new_quiet_hours(
    house: House, platform: Platform
) -> None:
    member = house.member("ana", quiet="", leads=[120])
    house.seat(member, house.event(local(5, 7, 30)))
    await house.at(local(4, 21, 59))
    house.change(Member, member, quiet="off")
    house.store.write_now(reminders.replan_member, member, house.care, house.hands.now)
    await house.at(local(5, 5, 30))
    assert platform.said == [("ana", "reminder 120")]


async def test_giving_up_a_seat_takes_its_reminders_along(house: House, platform: Platform) -> None:
    signup = house.seat(house.member("ana"), house.event(local(5, 14)))
    house.store.write_now(reminders.forget, signup)
    assert house.count(Reminder) == 0
    await house.at(local(4, 14))
    assert platform.said == []


async def test_a_seat_given_up_between_planning_and_sending_is_not_reminded_of(
    house: House, platform: Platform
) -> None:
    signup = house.seat(house.member("ana"), house.event(local(5, 14)))
    house.hands.now = local(4, 14)
    await house.planner.plan(local(4, 14))
    house.change(Signup, signup, state=SignupState.CANCELLED)
    await house.engine.send_due()
    assert platform.said == []
    assert house.only().state == DeliveryState.DROPPED
    assert house.only().reason == "not signed up any more"


async def test_a_cancelled_event_reminds_nobody(house: House, platform: Platform) -> None:
    event = house.event(local(5, 14))
    house.seat(house.member("ana"), event)
    house.change(Event, event, state=EventState.CANCELLED)
    await house.at(local(4, 14))
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (
        DeliveryState.DROPPED,
        "the event is cancelled",
    )


async def test_a_moved_event_takes_its_reminders_along(house: House, platform: Platform) -> None:
    event = house.event(local(5, 14))
    house.seat(house.member("ana"), event)
    await house.at(local(4, 14))

    def move(session: Session) -> None:
        row = session.get_one(Event, event)
        row.starts_at = local(12, 14)
        session.add(row)
        session.flush()
        reminders.replan_event(session, event, house.care, house.hands.now)

    house.store.write_now(move)
    await house.at(local(5, 12))
    assert platform.said == [("ana", "reminder 1440")]
    await house.at(local(11, 14))
    await house.at(local(12, 12))
    assert platform.said[1:] == [("ana", "reminder 1440"), ("ana", "reminder 120")]


async def test_a_day_before_reminder_missed_while_the_station_was_down_is_made_up_for(
    house: House, platform: Platform
) -> None:
    house.seat(house.member("ana"), house.event(local(5, 14)))
    await house.at(local(5, 11))
    assert platform.said == [("ana", "reminder 1440")]


async def test_of_two_missed_reminders_the_nearer_is_given_and_the_other_is_too_late(
    house: House, platform: Platform
) -> None:
    house.seat(house.member("ana"), house.event(local(5, 14)))
    await house.at(local(5, 13))
    assert platform.said == [("ana", "reminder 120")]
    assert [(each.state, each.facts["lead"]) for each in house.deliveries()] == [
        (DeliveryState.LATE, 1440),
        (DeliveryState.SENT, 120),
    ]
    assert house.deliveries()[0].reason == "came due while the station was away"


async def test_after_the_start_every_missed_reminder_is_too_late(
    house: House, platform: Platform
) -> None:
    house.seat(house.member("ana"), house.event(local(5, 14)))
    await house.at(local(5, 14))
    assert platform.said == []
    assert house.states() == [DeliveryState.LATE, DeliveryState.LATE]
    assert house.count(Reminder) == 0


async def test_planning_twice_owes_nothing_twice(house: House) -> None:
    event = house.event(local(5, 14))
    member = house.member("ana")
    signup = house.seat(member, event)
    await house.planner.plan(local(4, 14))

    def owe_again(session: Session) -> None:
        session.add(
            Reminder(
                signup_id=signup,
                member_id=member,
                event_id=event,
                lead=1440,
                due_at=local(4, 14),
            )
        )

    house.store.write_now(owe_again)
    await house.planner.plan(local(4, 14))
    assert len(house.deliveries()) == 1


async def test_more_reminders_than_one_chunk_are_all_planned(house: House) -> None:
    event = house.event(local(5, 14))

    def fill(session: Session) -> None:
        for number in range(450):
            member = Member(created_at=house.hands.now)
            session.add(member)
            session.flush()
            signup = Signup(
                event_id=event,
                member_id=member.id,
                state=SignupState.SEATED,
                at=house.hands.now,
                turn=number,
            )
            session.add(signup)
        session.flush()
        reminders.replan_event(session, event, house.care, house.hands.now)

    house.store.write_now(fill)
    assert house.count(Reminder) == 900
    await house.planner.plan(local(4, 14))
    assert house.count(Reminder) == 450
    assert house.states() == [DeliveryState.UNREACHABLE] * 450


async def test_a_reminder_comes_on_the_dot_not_at_the_next_strike_of_the_clock(
    house: House, platform: Platform
) -> None:
    member, event = house.member("ana", leads=[120]), house.event(house.hands.now + 3 * HOUR)
    house.seat(member, event)
    due = house.hands.now + HOUR
    house.hands.now = due - timedelta(seconds=0.7)
    began = house.hands.monotonic()

    def arrives() -> datetime:
        return due - timedelta(seconds=0.7) + timedelta(seconds=house.hands.monotonic() - began)

    # The time that the sender waits passes on the wall, too.
    house.engine = house.another_engine(now=arrives)
    await house.planner.plan(house.hands.now)
    await house.engine.send_due()
    assert [to for to, _ in platform.said] == ["ana"]
    assert due <= arrives() < due + timedelta(seconds=0.2)
