"""A device may tell of a check-in twice: it is done once, and a success both times."""

import pytest
from sqlmodel import Session, col, func, select

from models.events import checking_in, merging, signups, walking_in
from models.events.checking_in import CheckedIn, NoSeat
from models.events.events import Event, Signup, SignupState
from models.network import audit, helpers, members, roles
from models.network.members import Caller
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.store import Store
from tests.miniature.rows import CARE, badminton, local, network

NOW = local(5, 13)
BEFORE = local(1, 10)


def begun(session: Session) -> tuple[Event, int, Caller]:
    """An event with one seat taken, its organizer, and whoever has the seat."""
    network(session)
    boss = members.meet(session, "web.chat", "boss", language="zh", now=BEFORE)
    roles.give(session, boss.id, Role.DISTRICT, session.get_one(Station, 1), BEFORE)
    event = badminton(seats=4)
    session.add(event)
    session.flush()
    ana = members.meet(session, "web.chat", "ana", language="zh", now=BEFORE)
    signups.sign_up(session, event.id, ana, CARE, BEFORE)
    return event, boss.id, ana


def claim_of(session: Session, event: Event, member_id: int) -> Signup:
    found = select(Signup).where(Signup.event_id == event.id, Signup.member_id == member_id)
    return session.exec(found.execution_options(populate_existing=True)).one()


def test_a_check_in_told_twice_is_done_once(store: Store) -> None:
    def walk(session: Session) -> None:
        event, boss, ana = begun(session)
        claim = claim_of(session, event, ana.id)
        code = checking_in.code_of(session, event.id, claim.turn)
        for _ in range(2):
            done = checking_in.by_code(session, event.id, code, boss, NOW, client_id="d1-7")
            assert isinstance(done, CheckedIn)
            assert not done.again
        # Another device, another check-in of the same person: a double, which says so.
        other = checking_in.from_list(session, event.id, claim.id, boss, NOW, client_id="d2-1")
        assert isinstance(other, CheckedIn)
        assert other.again
        # Taken back meanwhile: what the device tells late is not done again.
        checking_in.undo(session, event.id, claim.id, boss, NOW)
        late = local(9, 20)
        assert isinstance(
            checking_in.by_code(session, event.id, code, boss, late, client_id="d1-7"), CheckedIn
        )
        assert claim_of(session, event, ana.id).state == SignupState.SEATED
        acts = audit.about(session, f"event:{event.id}")
        assert sum(each.act == Act.CHECK_IN for each in acts) == 2

    store.write_now(walk)


def test_a_wrong_code_is_not_kept_and_a_name_told_twice_is_one_person(store: Store) -> None:
    def walk(session: Session) -> None:
        event, boss, ana = begun(session)
        turn = claim_of(session, event, ana.id).turn
        code = checking_in.code_of(session, event.id, turn)
        wrong = checking_in.code_of(session, event.id, turn + 9)
        first = checking_in.by_code(session, event.id, wrong, boss, NOW, client_id="d1-1")
        assert first == NoSeat()
        again = checking_in.by_code(session, event.id, code, boss, NOW, client_id="d1-1")
        assert isinstance(again, CheckedIn)
        for _ in range(2):
            walking_in.let_in(session, event.id, ["王伟"], boss, CARE, NOW, client_id="d1-2")
        rows = session.exec(select(func.count()).where(col(Signup.event_id) == event.id)).one()
        assert rows == 2
        session.refresh(event)
        assert event.held == 2

    store.write_now(walk)


def test_a_merge_keeps_what_devices_told(store: Store) -> None:
    def walk(session: Session) -> None:
        event, boss, ana = begun(session)
        ben = members.meet(session, "web.chat", "ben", language="zh", now=BEFORE)
        signups.sign_up(session, event.id, ben, CARE, BEFORE)
        for who, told in ((ana, "d1-1"), (ben, "d1-2")):
            claim = claim_of(session, event, who.id)
            checking_in.from_list(session, event.id, claim.id, boss, NOW, client_id=told)
        merging.unite_claims(session, ana.id, ben.id, CARE, NOW)
        done = checking_in.repeated(session, event.id, "d1-2")
        assert done is not None
        assert done.signup.member_id == ana.id

    store.write_now(walk)


def test_a_helper_has_the_right_until_the_end_wherever_it_moves(store: Store) -> None:
    def walk(session: Session) -> None:
        event, boss, ana = begun(session)
        claim = claim_of(session, event, ana.id)
        session.add(
            helpers.Helper(
                event_id=event.id,
                member_id=ana.id,
                by_member_id=boss,
                since=BEFORE,
                until=event.ends_at,
            )
        )
        session.flush()
        place = session.get_one(Station, event.station_id)

        def may(act: Act, at: object = NOW, number: int | None = event.id) -> bool:
            assert isinstance(at, type(NOW))
            return roles.may(session, ana.id, act, place, at, event_id=number)

        assert may(Act.CHECK_IN)
        assert may(Act.SEE_LIST)
        assert not may(Act.RUN_EVENT)
        assert not may(Act.CHECK_IN, number=None)
        assert not may(Act.CHECK_IN, number=event.id + 1)
        assert not may(Act.CHECK_IN, event.ends_at)
        assert not roles.held_by(session, ana.id, NOW)
        assert isinstance(
            checking_in.from_list(session, event.id, claim.id, ana.id, NOW), CheckedIn
        )
        helpers.keep_until(session, event.id, local(9, 18))
        assert may(Act.CHECK_IN, local(9, 17))
        with pytest.raises(NotAllowed):
            roles.require(session, ana.id, Act.CHECK_IN, place.id, local(9, 18), event_id=event.id)

    store.write_now(walk)
