"""A course of several dates: a seat at all of them or at none, however full each of them is."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from migrations import import_models
from models.events import series, signups
from models.events.events import Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.series import AllSeated, AnotherDate, NotAll
from models.network.members import Caller, Member
from models.network.stations import Station
from models.store import Store
from tests.miniature.rows import CARE, event, local, network

import_models()

NOW = local(1, 10)
TAKEN = (SignupState.SEATED, SignupState.OFFERED)
HELD = (SignupState.SEATED, SignupState.WAITING, SignupState.OFFERED)


def course(session: Session, seats: list[int]) -> tuple[int, list[int]]:
    if session.get(Station, 1) is None:
        network(session)
    row = Series(code="course", station_id=2, mode=Mode.BOTH)
    session.add(row)
    session.flush()
    dates = [
        event(f"c{n}", "焊工课", local(5, 19) + timedelta(days=7 * n), seats=each, series_id=row.id)
        for n, each in enumerate(seats)
    ]
    session.add_all(dates)
    session.flush()
    return row.id, [each.id for each in dates]


def member(session: Session, name: str) -> Caller:
    row = Member(name=name, station_id=2, consented_at=NOW, created_at=NOW)
    session.add(row)
    session.flush()
    return Caller(
        id=row.id,
        address_id=1,
        account="telegram.nanhai",
        external="",
        language="zh",
        name=name,
        consented_at=NOW,
        station_id=2,
        shift=None,
        quiet="",
        leads=[],
        muted=[],
        dialog=None,
        unreachable="",
        window_until=None,
        allowance=0,
    )


steps = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["all", "one", "leave", "move"]), st.integers(0, 2)
    ),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(1, 3), min_size=3, max_size=3), steps)
def test_whoever_signs_up_for_all_has_all_or_nothing_and_no_date_is_oversold(
    store: Store, seats: list[int], walk: list[tuple[int, str, int]]
) -> None:
    def play(session: Session) -> None:
        if session.get(Station, 1) is None:
            network(session)
        undone = session.begin_nested()
        number, dates = course(session, seats)
        people = [member(session, f"m{n}") for n in range(5)]

        def claims(of: Caller) -> list[tuple[int, str]]:
            session.expire_all()
            rows = session.exec(select(Signup).where(Signup.member_id == of.id)).all()
            return sorted((each.event_id, str(each.state)) for each in rows if each.state in HELD)

        for who, what, which in walk:
            one = people[who]
            before = claims(one)
            if what == "all":
                done = series.sign_up(session, number, one, CARE, NOW)
                if isinstance(done, AllSeated):
                    assert claims(one) == [(each, "seated") for each in dates]
                else:
                    assert isinstance(done, NotAll)
                    assert claims(one) == before
            elif what == "one":
                signups.sign_up(session, dates[which], one, CARE, NOW)
            elif what == "leave":
                assert series.give_up(session, number, one.id, CARE, NOW) == len(before)
                assert claims(one) == []
            else:
                to = dates[(which + 1) % 3]
                moved = series.change_date(session, dates[which], to, one, CARE, NOW)
                if not isinstance(moved, AnotherDate):
                    assert claims(one) == before
                else:
                    assert dates[which] not in [each for each, _ in claims(one)]
            session.expire_all()
            for each, most in zip(dates, seats, strict=True):
                row = session.get_one(Event, each)
                rows = session.exec(select(Signup).where(Signup.event_id == each)).all()
                taken = [
                    one for one in rows if one.state in (SignupState.SEATED, SignupState.OFFERED)
                ]
                assert row.held == len(taken) <= most
        undone.rollback()

    store.write_now(play)
