"""What comes again: each published once and in time, with all that the one before it tells."""

import asyncio
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from migrations import import_models
from models.events import repeating, running
from models.events.events import Companions, Event
from models.events.repeating import OWN, Begun, LeftOut, Plan
from models.network.stations import Station
from models.rules.dates import repeats
from models.rules.dates.repeats import By, Off, Repeat
from models.store import Store
from tests.miniature.rows import CARE, ZONE, event, local, network

import_models()

NOW = local(1, 10)
WEDNESDAYS = Repeat(By.WEEK, (2,))


def begun(session: Session, rule: Repeat = WEDNESDAYS) -> tuple[int, int]:
    """The numbers of a lecture on Wednesday the 2nd, and of what repeats it."""
    if session.get(Station, 1) is None:
        network(session)
    row = event(
        "lecture",
        "讲座",
        local(2, 19, 30),
        place="桂城站",
        seats=30,
        cost="免费",
        meet="19:20 门口",
        companions=Companions.FRIENDS,
        closes_at=local(1, 20),
    )
    session.add(row)
    session.flush()
    done = repeating.begin(session, row.id, rule, None, CARE, NOW)
    assert isinstance(done, Begun)
    return row.id, done.repeating.id


def listed(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Event).order_by(col(Event.starts_at), col(Event.id))).all()
    return [(f"{each.starts_at.astimezone(ZONE):%m-%d %H:%M}", str(each.state)) for each in rows]


async def test_several_processes_publish_the_next_one_once_with_all_it_tells(store: Store) -> None:
    first, _ = store.write_now(begun)
    assert store.read_now(listed) == [("12-02 19:30", "open")]
    begins = local(2, 19, 30)
    assert not store.read_now(repeating.any_due, begins - timedelta(minutes=1))
    assert store.read_now(repeating.any_due, begins)
    await asyncio.gather(*(store.write(repeating.publish_due, begins, CARE) for _ in range(5)))
    assert store.read_now(listed) == [("12-02 19:30", "open"), ("12-09 19:30", "open")]

    def both(session: Session) -> tuple[dict[str, object], dict[str, object]]:
        one = session.get_one(Event, first)
        other = session.exec(select(Event).where(Event.id != first)).one()
        assert other.starts_at - other.closes_at == one.starts_at - one.closes_at
        return one.model_dump(exclude=set(OWN)), other.model_dump(exclude=set(OWN))

    told = store.read_now(both)
    assert told[0] == told[1]
    assert told[1]["cost"] == "免费"


def test_a_cancelled_one_does_not_keep_its_day_from_another(store: Store) -> None:
    _, number = store.write_now(begun)

    def walk(session: Session) -> None:
        row = repeating.get(session, number)
        assert row is not None
        repeating.skip(session, row, "检修", None, CARE, NOW)
        repeating.publish_due(session, NOW, CARE)
        assert listed(session) == [("12-02 19:30", "cancelled")]
        # Planned anew from the same day on: that day is published after all.
        plan = Plan(WEDNESDAYS, local(2, 20), timedelta(hours=2))
        repeating.change(session, row, plan, None, CARE, NOW)
        assert listed(session) == [("12-02 19:30", "cancelled"), ("12-02 20:00", "open")]
        codes = session.exec(select(Event.code).where(Event.repeating_id == number)).all()
        assert len(set(codes)) == 2

    store.write_now(walk)


def test_those_published_follow_a_new_rule_and_one_moved_once_does_not(store: Store) -> None:
    _, number = store.write_now(begun)

    def walk(session: Session) -> None:
        repeating.publish_due(session, local(2, 19, 30), CARE)
        row = repeating.get(session, number)
        assert row is not None
        now = local(3, 10)
        [following] = repeating.published_of(session, number, now)
        running.move(session, following.id, local(10, 18), local(10, 20), None, CARE, now)
        running.relocate(session, following.id, "文化站", None, now)
        repeating.publish_due(session, local(9, 19, 30), CARE)
        # Held elsewhere once; the next one is at its place, and people gather there again.
        after = session.exec(select(Event).order_by(col(Event.id).desc())).first()
        assert after is not None
        assert (after.place, after.meet) == ("桂城站", "19:20 门口")
        assert after.starts_at == local(16, 19, 30)
        plan = Plan(Repeat(By.WEEK, (4,)), local(11, 19), timedelta(hours=1), "狮山站")
        repeating.change(session, row, plan, None, CARE, local(10, 12))
        assert [each for each, _ in listed(session)][1:] == ["12-11 19:00", "12-18 19:00"]
        assert {each.place for each in repeating.published_of(session, number, local(10, 12))} == {
            "狮山站"
        }

    store.write_now(walk)


def test_one_that_is_not_published_yet_is_left_out(store: Store) -> None:
    monthly = Repeat(By.WEEKDAY, (2,), nth=1)
    _, number = store.write_now(begun, monthly)

    def walk(session: Session) -> None:
        row = repeating.get(session, number)
        assert row is not None
        now = local(2, 20)
        done = repeating.skip(session, row, "", None, CARE, now)
        assert isinstance(done, LeftOut)
        assert f"{done.at.astimezone(ZONE):%m-%d}" == "01-06"
        assert [f"{each:%m-%d}" for each in repeating.coming(row, now, CARE)] == ["02-03"]

    store.write_now(walk)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(
        [
            WEDNESDAYS,
            Repeat(By.WEEK, (0, 2, 5), times=9),
            Repeat(By.WEEK, (2,), every=2, off=Off.SKIPPED),
            Repeat(By.DAY, (2, 31)),
            Repeat(By.LUNAR, (1, 15)),
        ]
    ),
    st.lists(st.integers(1, 24 * 30), min_size=1, max_size=10),
)
def test_whenever_the_clock_ticks_each_time_to_come_is_published_once(
    store: Store, rule: Repeat, hours: list[int]
) -> None:
    def walk(session: Session) -> None:
        if session.get(Station, 1) is None:
            network(session)
        undone = session.begin_nested()
        _, number = begun(session, rule)
        row = repeating.get(session, number)
        assert row is not None
        at = NOW
        for each in hours:
            at += timedelta(hours=each)
            while repeating.any_due(session, at):
                repeating.publish_due(session, at, CARE)
            coming = repeating.coming(row, at, CARE, most=60)
            begins = [one.starts_at for one in repeating.published_of(session, number, at)]
            # The first may stand outside its rule.
            begins = [one for one in begins if one in coming or one != row.first]
            assert begins == coming[: len(begins)]
            assert not [one for one in coming[len(begins) :] if one <= at + repeats.ahead(rule)]
        undone.rollback()

    store.write_now(walk)
