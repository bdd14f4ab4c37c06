"""Founding a team on the real store, by many at the same moment."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.events import repeating
from models.events.events import Event
from models.network import roles
from models.network.members import Address, Member
from models.network.roles import Grant
from models.network.stations import Station, StationKind
from models.rules.languages import Translated
from models.rules.members.interests import Interest
from models.rules.network.permissions import Role
from models.rules.teams.joining import Supported, TeamState
from models.rules.teams.weekly import WeeklySession
from models.sending.deliveries import Delivery
from models.store import Store
from models.teams import founding, sessions, teams
from models.teams.founding import NotSupported, TeamNotDecided
from models.teams.teams import Team
from tests.miniature.rows import CARE, ZONE

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PEOPLE = 8


def _network(session: Session) -> tuple[int, list[int], list[int]]:
    """A district with a proposed team; returns it, those who may support and two organizers."""
    station = Station(code="d", kind=StationKind.DISTRICT, path="/1/", name="南海区")
    session.add(station)
    people = [Member(created_at=NOW) for _ in range(PEOPLE + 3)]
    session.add_all(people)
    session.flush()
    numbers = [each.id for each in people]
    organizers = numbers[:2]
    for each in organizers:
        roles.give(session, each, Role.DISTRICT, station, NOW)
        session.add(
            Address(account="web.chat", external=f"w{each}", member_id=each, created_at=NOW)
        )
    team = founding.propose(
        session, numbers[2], station, interest=Interest.CHESS, name="象棋队", about="下棋。"
    )
    assert isinstance(team, Team)
    return team.id, numbers[3:], organizers


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = Store(store_url)
    yield store
    store.close()


async def test_the_station_is_asked_once_however_many_support_at_once(store: Store) -> None:
    number, people, organizers = store.write_now(_network)
    asked = [
        store.write(founding.support, number, each, NOW) for each in people for _twice in range(2)
    ]
    outcomes = await asyncio.gather(*asked)
    assert sum(isinstance(each, Supported) and each.complete for each in outcomes) == 1
    assert NotSupported.OVER in outcomes

    def look(session: Session) -> tuple[TeamState, int, list[int | None]]:
        asked = select(Delivery.member_id).where(Delivery.topic == "approve-team")
        team = session.get_one(Team, number)
        backers = founding.supporters(session, number)
        return team.state, len(backers), sorted(session.exec(asked).all(), key=str)

    assert store.read_now(look) == (TeamState.WAITING, 3, sorted(organizers, key=str))


async def test_of_two_who_decide_at_once_one_decides(store: Store) -> None:
    number, people, organizers = store.write_now(_network)
    for each in people[:3]:
        store.write_now(founding.support, number, each, NOW)
    yes = store.write(founding.approve, number, organizers[0], NOW, ZONE)
    no = store.write(founding.send_back, number, organizers[1], "", NOW)
    outcomes = await asyncio.gather(yes, no)
    assert sum(isinstance(each, Team) for each in outcomes) == 1
    assert outcomes.count(TeamNotDecided.OVER) == 1

    def captains(session: Session) -> int:
        return len(session.exec(select(Grant).where(Grant.role == Role.CAPTAIN)).all())

    is_approved = isinstance(outcomes[0], Team)
    assert store.read_now(captains) == int(is_approved)


async def test_several_processes_put_a_session_into_the_programme_once(store: Store) -> None:
    number, _people, organizers = store.write_now(_network)

    def set_up(session: Session) -> None:
        team = session.get_one(Team, number)
        team.state = TeamState.ACTIVE
        session.add(team)
        plan = WeeklySession(NOW + timedelta(days=1), timedelta(hours=2), "公园")
        by = organizers[0]
        sessions.meet_weekly(session, team, plan, Translated("每周"), by, CARE, NOW)

    store.write_now(set_up)
    begun = NOW + timedelta(days=1)
    assert store.read_now(repeating.any_due, begun)
    asked = [store.write(repeating.publish_due, begun, CARE) for _ in range(6)]
    await asyncio.gather(*asked)

    def codes(session: Session) -> list[str]:
        return sorted(session.exec(select(Event.code)).all())

    assert store.read_now(codes) == [
        f"session-{number}-2026-12-02",
        f"session-{number}-2026-12-09",
    ]
    assert not store.read_now(repeating.any_due, begun)


def test_a_locked_team_is_read_anew(store: Store) -> None:
    number, _people, _organizers = store.write_now(_network)

    def twice(session: Session) -> tuple[str, str]:
        team = teams.get(session, number)
        assert team is not None
        before = team.name
        session.connection().exec_driver_sql("UPDATE team SET name = '棋社'")
        locked = teams.lock(session, number)
        assert locked is not None
        return before, locked.name

    assert store.write_now(twice) == ("象棋队", "棋社")
