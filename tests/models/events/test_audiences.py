"""Narrowed events: the condition in SQL is the rule, and sign-up asks it of new claims only."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product

import pytest
from sqlmodel import Session, select

from models.events import audiences, lookup, offers, signups
from models.events.events import Event, Signup, SignupState
from models.network import members
from models.network.members import Caller
from models.network.memberships import Membership
from models.network.stations import Enterprise, Station
from models.rules.events.seating import NotAdmitted, Seated, Waiting
from models.rules.events.windows import Why
from models.store import Store
from tests.miniature.rows import CARE, badminton, local, network, team

NOW = local(1, 10)
COLUMNS = ("", "/s1/", "/s3/", "/s4/", "/s44/", "/e1/", "/e2/", "/t1/", "/s2/t2/", "/s4/e2/t1/")
PLACES = (None, 1, 2, 3, 4)


def furnish(session: Session, columns: tuple[str, ...] = COLUMNS) -> None:
    """The network with two companies and two teams, and an event for each of these audiences."""
    network(session)
    for number in (1, 2):
        session.add(Enterprise(code=f"e{number}", name=f"厂{number}"))
        session.flush()
        session.add(team(code=f"t{number}", name=f"队{number}"))
        session.flush()
    session.get_one(Station, 4).enterprise_id = 1
    session.get_one(Station, 2).enterprise_id = 2
    for number, audience in enumerate(columns):
        session.add(badminton(code=f"b{number}", seats=1, audience=audience))
        session.flush()


def somebody(
    session: Session, who: str, station_id: int | None, teams: tuple[int, ...] = ()
) -> Caller:
    caller = members.meet(session, "web.chat", who, language="zh", now=NOW)
    member = members.get(session, caller.id)
    member.station_id = caller.station_id = station_id
    session.add_all(Membership(member_id=caller.id, team_id=each, joined_at=NOW) for each in teams)
    session.flush()
    return caller


def only(session: Session) -> Event:
    return session.exec(select(Event)).one()


def test_lists_search_and_sign_up_admit_the_same_people(store: Store) -> None:
    def play(session: Session) -> None:
        furnish(session)
        rows = {each.id: each.audience for each in session.exec(select(Event))}
        people = product(PLACES, ((), (1,), (2,), (1, 2)))
        for number, (station_id, teams) in enumerate(people):
            caller = somebody(session, str(number), station_id, teams)
            admitted = {
                each
                for each, audience in rows.items()
                if audiences.admits(session, audience, caller)
            }
            listed = lookup.upcoming(session, NOW, caller=caller, limit=50)
            assert {each.id for each in listed} == admitted
            assert set(lookup.matching(session, "羽毛球", NOW, caller=caller)) == admitted
            for each in rows:
                done = signups.sign_up(session, each, caller, CARE, NOW)
                assert done is not None
                is_refused = done.outcome == NotAdmitted(Why.NOT_FOR_THEM)
                assert is_refused is (each not in admitted)

    store.write_now(play)


def test_only_a_narrowed_event_makes_a_sign_up_ask_where_somebody_belongs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []
    belongs = audiences.belongs

    def counted(session: Session, columns: Sequence[str], member: audiences.Somebody) -> list[bool]:
        asked.append(columns)
        return belongs(session, columns, member)

    monkeypatch.setattr(audiences, "belongs", counted)

    def play(session: Session) -> dict[str, int]:
        furnish(session, ("", "/s4/"))
        times = {}
        for each in session.exec(select(Event)).all():
            caller = somebody(session, f"number {each.id}", 4)
            asked.clear()
            signups.sign_up(session, each.id, caller, CARE, NOW)
            times[each.audience] = len(asked)
        return times

    assert store.write_now(play) == {"": 0, "/s4/": 1}


def test_whoever_has_a_claim_keeps_it_when_the_event_is_narrowed(store: Store) -> None:
    def play(session: Session, now: datetime) -> None:
        furnish(session, ("",))
        ana, ben, cai = (somebody(session, each, 2) for each in ("ana", "ben", "cai"))
        event = only(session)
        for caller in (ana, ben):
            assert signups.sign_up(session, event.id, caller, CARE, now)
        event.audience = "/s4/"
        session.add(event)
        session.flush()
        # The seat, and the place in the queue with the offer that comes of it.
        done = signups.sign_up(session, event.id, ana, CARE, now)
        assert done is not None
        assert (done.outcome, done.again) == (Seated(), True)
        assert signups.give_up(session, event.id, ana.id, CARE, now)
        done = signups.sign_up(session, event.id, ben, CARE, now)
        assert done is not None
        assert done.outcome == Seated()
        # What was given up is a new claim, and a stranger's is one as well.
        for caller in (ana, cai):
            done = signups.sign_up(session, event.id, caller, CARE, now)
            assert done is not None
            assert done.outcome == NotAdmitted(Why.NOT_FOR_THEM)
        own = somebody(session, "own", 4)
        done = signups.sign_up(session, event.id, own, CARE, now)
        assert done is not None
        assert done.outcome == Waiting(1)
        assert offers.fill(session, event.id, CARE, now).offered == 0
        states = [each.state for each in session.exec(select(Signup).order_by(Signup.id))]  # type: ignore[arg-type]
        assert states == [SignupState.CANCELLED, SignupState.SEATED, SignupState.WAITING]

    store.write_now(play, NOW)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_cancelled_or_closed_event_says_so_before_whom_it_is_for(
    store: Store, column: str
) -> None:
    def play(session: Session) -> None:
        furnish(session, (column,))
        caller = somebody(session, "ana", None)
        done = signups.sign_up(session, only(session).id, caller, CARE, local(5, 13))
        assert done is not None
        assert done.outcome == NotAdmitted(Why.CLOSED)

    store.write_now(play)
