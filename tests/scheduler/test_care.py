"""Nobody is woken, and nobody is told too much: what is held back, until when, and what is not."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.channels import Doubtful, Outcome, Sent
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message
from bot.conversation.travelling import MISSED
from handlers import subjects
from models.events import running
from models.members import privacy
from models.network import members
from models.network.members import Address, NoticeKind
from models.network.stations import Care
from models.rules.members.shifts import Shift
from models.rules.sending import quiet_hours
from models.sending import daily, deliveries
from models.sending.claims import Claimed
from models.sending.daily import DailyCount
from models.sending.deliveries import Delivery, DeliveryState, Owed
from models.sending.reasons import Reason
from models.sending.topics import BEHIND, TOPICS, is_muted, topic_of
from models.store import Store
from scheduler.deciding import Decider, Ready, Spent
from scheduler.endings import Late, Postpone
from tests.miniature.house import House
from tests.miniature.platform import Platform
from tests.miniature.rows import ZONE, local

NIGHT, DAYTIME = "22:00-08:00", "08:00-15:00"
A_DAY = timedelta(days=1)


class Home(House):
    """A house whose station has the hours and the bound that it has by default."""

    care = Care(ZONE, NIGHT, DAYTIME, 3)

    def announce(self, member_id: int, announcement_id: int, **facts: Any) -> None:
        """Plan an announcement to somebody, due now and of use for a week."""

        def do(session: Session) -> None:
            address = session.exec(select(Address).where(Address.member_id == member_id)).one()
            session.add(
                Delivery(
                    account=address.account,
                    address_id=address.id,
                    member_id=member_id,
                    topic="announcement",
                    facts={"announcement_id": announcement_id, **facts},
                    due_at=self.hands.now,
                    expires_at=self.hands.now + deliveries.A_WEEK,
                    priority=BEHIND,
                    announcement_id=announcement_id,
                    run=1,
                )
            )

        self.store.write_now(do)

    def calls_off(self, event_id: int) -> None:
        def call_off(session: Session) -> None:
            running.call_off(session, event_id, "", None, self.hands.now)

        self.store.write_now(call_off)

    def erase(self, member_id: int) -> None:
        def erase(session: Session) -> None:
            address = session.exec(select(Address).where(Address.member_id == member_id)).first()
            if address is not None:
                caller = members.at_address(session, address.id)
                assert caller is not None
                privacy.erase(session, caller, self.care, self.hands.now)

        self.store.write_now(erase)

    def told(self, member_id: int) -> tuple[date, int]:
        row: DailyCount = self.get(DailyCount, member_id=member_id)
        return row.day, row.times


@pytest.fixture
def home(store: Store, now: datetime, platform: Platform) -> Home:
    return Home(store, now, platform)


# The night shift's day


async def test_an_announcement_waits_until_the_night_shift_has_slept(
    home: Home, platform: Platform
) -> None:
    home.announce(home.member("night", quiet="", shift=Shift.NIGHT), 1)
    home.announce(home.member("day", quiet="", shift=Shift.DAY), 1)
    home.announce(home.member("rotating", quiet="", shift=Shift.ROTATING), 1)
    home.announce(home.member("untold", quiet=""), 1)
    await home.at(local(1, 10))
    assert [to for to, _ in platform.said] == ["day", "rotating", "untold"]
    waiting = home.deliveries()[0]
    assert (waiting.state, waiting.reason) == (DeliveryState.PLANNED, Reason.QUIET_HOURS)
    await home.at(local(1, 14, 59))
    assert len(platform.said) == 3
    await home.at(local(1, 15))
    assert platform.said[-1] == ("night", "announcement")


async def test_hours_of_ones_own_go_before_those_of_the_shift(
    home: Home, platform: Platform
) -> None:
    home.announce(home.member("ana", quiet="21:00-06:00", shift=Shift.NIGHT), 1)
    home.announce(home.member("ben", quiet="off", shift=Shift.NIGHT), 1)
    await home.at(local(1, 10))
    assert [to for to, _ in platform.said] == ["ana", "ben"]
    home.announce(home.member("cai", quiet="off", shift=Shift.NIGHT), 2)
    await home.at(local(2, 3))
    assert platform.said[-1] == ("cai", "announcement")


async def test_a_reminder_comes_before_or_after_the_night_shift_sleeps(
    home: Home, platform: Platform
) -> None:
    home.seat(home.member("ana", quiet="", shift=Shift.NIGHT), home.event(local(3, 14)))
    await home.at(local(2, 14, 59))
    assert platform.said == []
    await home.at(local(2, 15))
    assert platform.said == [("ana", "reminder 1440")]
    await home.at(local(2, 21, 59))
    assert platform.said[1:] == [("ana", "reminder 120")]
    await home.at(local(3, 13))
    assert len(platform.said) == 2


# What overrides


async def test_an_urgent_announcement_goes_out_at_night_but_not_to_whoever_muted_it(
    home: Home, platform: Platform
) -> None:
    home.announce(home.member("station's", quiet=""), 1, urgent=True)
    home.announce(home.member("shift's", quiet="", shift=Shift.NIGHT), 1, urgent=True)
    home.announce(home.member("own", quiet="01:00-05:00"), 1, urgent=True)
    home.announce(home.member("muted", quiet="", muted=["announcement"]), 1, urgent=True)
    home.announce(home.member("later", quiet=""), 2)
    await home.at(local(2, 3))
    assert [to for to, _ in platform.said] == ["station's", "shift's", "own"]
    fates = [(each.state, each.reason) for each in home.deliveries()[3:]]
    assert fates == [(DeliveryState.DROPPED, "muted"), (DeliveryState.PLANNED, Reason.QUIET_HOURS)]


async def test_nobody_comes_in_vain_because_they_slept(home: Home, platform: Platform) -> None:
    early, late = home.event(local(1, 14, 30)), home.event(local(1, 16))
    member = home.member("ana", quiet="", shift=Shift.NIGHT, leads=[])
    for each in (early, late):
        home.seat(member, each)
        home.calls_off(each)
    await home.at(local(1, 10))
    # The one begins before they are to be spoken to, the other when they are awake.
    assert platform.said == [("ana", "called-off")]
    await home.at(local(1, 15))
    assert platform.said == [("ana", "called-off")] * 2


# The cap


async def test_the_fourth_announcement_of_a_day_comes_the_next_morning(
    home: Home, platform: Platform
) -> None:
    member = home.member("ana", quiet="")
    for number in range(1, 6):
        home.announce(member, number)
        await home.at(local(1, 10 + number))
    assert len(platform.said) == 3
    assert home.told(member) == (date(2026, 12, 1), 3)
    held = home.deliveries()[3:]
    assert [(each.state, each.reason) for each in held] == [
        (DeliveryState.PLANNED, Reason.DAILY_CAP)
    ] * 2
    assert [each.due_at for each in held] == [local(2, 8)] * 2
    assert [each.attempts for each in held] == [0, 0]
    await home.at(local(2, 8))
    assert len(platform.said) == 5
    assert home.told(member) == (date(2026, 12, 2), 2)


async def test_of_many_that_are_due_at_once_no_more_go_out(home: Home, platform: Platform) -> None:
    ana, ben = home.member("ana"), home.member("ben")
    for number in range(1, 6):
        home.announce(ana, number)
    home.announce(ben, 1)
    await home.at(local(1, 10))
    assert sorted(to for to, _ in platform.said) == ["ana"] * 3 + ["ben"]


async def test_the_cap_holds_back_announcements_and_nothing_else(
    home: Home, platform: Platform
) -> None:
    member = home.member("ana")
    for number in range(1, 4):
        home.announce(member, number)
    await home.at(local(1, 10))
    home.announce(member, 4, urgent=True)
    home.announce(member, 5, corrects=3)
    home.announce(member, 6)
    home.owe(member, "offer")
    await home.at(local(1, 11))
    assert len(platform.said) == 6
    # What is urgent and what corrects are not counted either.
    assert home.told(member) == (date(2026, 12, 1), 3)
    assert home.deliveries()[5].reason == Reason.DAILY_CAP


async def test_what_is_of_no_use_tomorrow_is_too_late_for_the_cap(
    home: Home, platform: Platform
) -> None:
    member = home.member("ana", quiet="")
    for number in range(1, 5):
        home.announce(member, number)
    last = home.deliveries()[3]
    home.change(Delivery, last.id, expires_at=local(2, 7))
    await home.at(local(1, 10))
    assert (home.deliveries()[3].state, home.deliveries()[3].reason) == (
        DeliveryState.LATE,
        Reason.DAILY_CAP,
    )


async def test_one_that_may_have_arrived_counts_and_one_that_did_not_does_not(
    home: Home, platform: Platform
) -> None:
    member = home.member("ana")
    answers: list[Outcome] = [Doubtful("no answer"), Sent(), Sent(), Sent()]
    platform.answers = lambda to, message: answers.pop(0)
    for number in range(1, 5):
        home.announce(member, number)
        await home.at(local(1, 10 + number))
    assert home.told(member) == (date(2026, 12, 1), 3)
    assert home.deliveries()[3].reason == Reason.DAILY_CAP


async def test_without_a_cap_nothing_is_counted(house: House, platform: Platform) -> None:
    home = Home.announce
    member = house.member("ana")
    for number in range(1, 6):
        home(house, member, number)  # type: ignore[arg-type]
    await house.at(local(1, 10))
    assert len(platform.said) == 5
    assert house.count(DailyCount) == 0


async def test_whoever_is_erased_while_it_is_in_the_air_spoils_nothing(
    home: Home, platform: Platform
) -> None:
    ana, ben = home.member("ana"), home.member("ben")
    home.announce(ana, 1)
    home.announce(ben, 1)

    def leave(to: str, message: Message) -> Outcome:
        home.erase(ana)
        return Sent()

    platform.answers = leave
    await home.at(local(1, 10))
    assert home.told(ben) == (date(2026, 12, 1), 1)


def test_counts_are_forgotten_with_the_day(home: Home) -> None:
    ana, ben = home.member("ana"), home.member("ben")
    home.store.write_now(daily.count, [ana, ben, ben], date(2026, 12, 1))
    home.erase(ana)
    assert home.told(ben) == (date(2026, 12, 1), 2)
    home.store.write_now(daily.forget_before, local(1, 23))
    assert home.count(DailyCount) == 1
    home.store.write_now(daily.forget_before, local(2, 23))
    assert home.count(DailyCount) == 0


def test_a_new_day_counts_from_one(home: Home) -> None:
    ana = home.member("ana")
    for number in (1, 1, 2):
        home.store.write_now(daily.count, [ana], date(2026, 12, number))
    assert home.told(ana) == (date(2026, 12, 2), 1)


# Whatever the hour, the shift and the kind


CARES: list[Callable[[ZoneInfo], Care]] = [
    lambda zone: Care(zone, NIGHT, DAYTIME, 3),
    lambda zone: Care(zone, "23:00-07:00", "09:00-14:00", 1),
    lambda zone: Care(zone, "", DAYTIME),
    lambda zone: Care(zone, NIGHT),
]
moments = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from([ZONE, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
own_hours = st.sampled_from(["", "", "off", NIGHT, "09:00-16:30", "12:00-14:00,23:00-05:00"])


def say(session: Session, delivery: Owed, now: datetime) -> Message:
    return Message(delivery.topic)


@given(
    care=st.builds(lambda make, zone: make(zone), st.sampled_from(CARES), zones),
    shift=st.sampled_from([None, *Shift]),
    own=own_hours,
    topic=st.sampled_from(list(TOPICS)),
    facts=st.sampled_from([{}, {}, {"urgent": True}, {"corrects": 7}]),
    by=st.none() | st.timedeltas(timedelta(minutes=1), A_DAY),
    now=moments,
    lasts=st.timedeltas(timedelta(minutes=1), timedelta(days=8)),
    told=st.integers(0, 4),
    day_told=st.integers(-1, 0),
)
def test_in_quiet_time_only_what_is_urgent_or_cannot_wait_goes_out(
    *,
    care: Care,
    shift: Shift | None,
    own: str,
    topic: str,
    facts: dict[str, Any],
    by: timedelta | None,
    now: datetime,
    lasts: timedelta,
    told: int,
    day_told: int,
) -> None:
    expires_at = now + lasts
    told_by = expires_at if by is None else min(now + by, expires_at)
    kind = topic_of(topic).kind
    today = now.astimezone(care.zone).date()
    row = Claimed(
        id=1,
        address_id=1,
        member_id=1,
        external="ana",
        unreachable="",
        window_until=None,
        allowance=0,
        quiet=own,
        shift=shift,
        told_on=today + day_told * A_DAY,
        told=told,
        topic=topic,
        facts=facts | ({"by": (now + by).isoformat()} if by is not None else {}),
        due_at=now,
        expires_at=expires_at,
        attempts=1,
        leased_until=now + A_DAY,
    )
    decision = Decider(say, care).decide(Session(), row, now, Spent())
    spans = [own] if own else [care.quiet, care.after_nights if shift == Shift.NIGHT else ""]

    def sleeps(moment: datetime) -> bool:
        return any(quiet_hours.is_quiet(moment, each, care.zone) for each in spans)

    is_urgent = topic == "announcement" and "urgent" in facts
    most = care.announcements_a_day
    has_heard_enough = (
        topic == "announcement" and not facts and day_told == 0 and most > 0 and told >= most
    )
    match decision:
        case Ready():
            assert not has_heard_enough
            if sleeps(now) and not is_urgent:
                assert kind == "change"
                minutes = range(int(min(told_by - now, A_DAY) / timedelta(minutes=1)))
                wakes = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
                assert all(sleeps(wakes + timedelta(minutes=each)) for each in minutes[:-1])
        case Postpone(until, reason):
            assert not is_urgent
            assert now < until < expires_at
            assert not sleeps(until)
            assert reason == (Reason.DAILY_CAP if has_heard_enough else Reason.QUIET_HOURS)
            assert until.astimezone(care.zone).date() > today or reason == Reason.QUIET_HOURS
        case Late(reason):
            assert not is_urgent
            assert kind != "change"
            assert has_heard_enough or sleeps(now)
            assert reason == (Reason.DAILY_CAP if has_heard_enough else Reason.QUIET_HOURS)
        case other:
            raise AssertionError(f"{other} without a reason")


# Muting


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("path", ["sent", "shown with a reply"])
async def test_a_muted_kind_reaches_nobody_and_the_others_do(
    home: Home, platform: Platform, kind: NoticeKind, path: str
) -> None:
    member = home.member("ana", muted=[str(kind)])
    for topic in TOPICS:
        home.owe(member, topic)
    said = await _sent(home) if path == "sent" else await _shown(home)
    assert said == {topic for topic, rules in TOPICS.items() if rules.kind != kind}
    for each in home.deliveries():
        is_gone = (each.state, each.reason) == (DeliveryState.DROPPED, "muted")
        assert is_gone == (TOPICS[each.topic].kind == kind)


async def _sent(home: Home) -> set[str]:
    await home.at(local(1, 10))
    return {words for _to, words in home.platform.said}


async def _shown(home: Home) -> set[str]:
    """What the member sees below the replies to as many messages as it takes."""
    for each in home.deliveries():
        home.change(Delivery, each.id, state=DeliveryState.WAITING)
    said: list[str] = []
    for number in range(len(TOPICS)):
        answer = await home.dispatcher.listen(
            Incoming(home.platform.account, "ana", f"{number}", text="hi")
        )
        assert answer is not None
        said += answer.text.split("\n\n")
    return set(said) - {"hello"}


async def test_what_is_muted_at_night_ends_at_once(home: Home, platform: Platform) -> None:
    member = home.member("ana", quiet="", muted=["offer"])
    home.owe(member, "offer")
    home.owe(member, "reminder")
    await home.at(local(2, 3))
    assert platform.said == []
    assert [each.reason for each in home.deliveries()] == [Reason.MUTED, Reason.QUIET_HOURS]


def test_every_notice_is_in_the_table_of_topics() -> None:
    # The hint at what was missed is no delivery: it stands below an answer.
    assert set(subjects.routes().notices) - {MISSED} == set(TOPICS)
    assert {rules.kind for rules in TOPICS.values()} == {None, *NoticeKind}


def test_an_organizers_duty_cannot_be_muted() -> None:
    duties = {topic for topic, rules in TOPICS.items() if rules.kind is None}
    assert duties == {
        *("approve-team", "approve-event", "approve-announcement"),
        *("announcement-held", "announcement-late", "announcement-orphaned"),
        *("approval-waits", "event-approval-waits"),
        *("link-asked", "linked", "bind-asked", "thread"),
        *("draw-closed", "attendance-disputed", "photo-taken-down", "hook-off"),
        *("sign-up-request", "sign-up-requests-wait"),
        *("blocked", "unblocked", "erasure", "erasure-taken-back"),
        *("contest-closed", "match-disputed", "match-unconfirmed", "stage-judge", "unit-voted"),
    }
    assert not any(is_muted(topic, list(NoticeKind)) for topic in duties)


def test_only_an_announcement_stands_behind_and_takes_no_form() -> None:
    behind = {topic for topic, rules in TOPICS.items() if rules.priority == BEHIND}
    assert behind == {"announcement"}
    no_service = {topic for topic, rules in TOPICS.items() if not rules.is_service}
    duties = {topic for topic, rules in TOPICS.items() if rules.kind is None}
    assert no_service == behind | duties | {"monthly-account"}
