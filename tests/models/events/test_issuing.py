"""Many certificates are issued in turns: each once, in one series, whenever the station stops."""

from sqlmodel import Session, col, select

from migrations import import_models
from models.events import issuing
from models.events.certificates import Certificate
from models.events.events import Event, Signup, SignupState
from models.events.issuing import AT_ONCE, STEP
from models.network.members import Member
from models.store import Store
from tests.miniature.rows import ZONE, badminton, local, network

import_models()

NOW = local(6, 9)
PEOPLE = AT_ONCE + STEP + 5


def came(session: Session, people: int) -> int:
    """An event to which so many came; returns its number."""
    network(session)
    event = badminton()
    session.add(event)
    session.flush()
    for turn in range(1, people + 1):
        member = Member(station_id=2, name=f"p{turn}", loaded_as=f"A{turn}", created_at=NOW)
        session.add(member)
        session.flush()
        _comes(session, event.id, member.id, turn)
    return event.id


def _comes(session: Session, event_id: int, member_id: int, turn: int) -> None:
    here = SignupState.ATTENDED
    session.add(Signup(event_id=event_id, member_id=member_id, state=here, turn=turn, at=NOW))
    session.flush()


def _all(session: Session) -> list[Certificate]:
    return list(session.exec(select(Certificate).order_by(col(Certificate.id))))


def test_a_few_are_issued_by_the_act_itself(store: Store) -> None:
    def walk(session: Session) -> None:
        event_id = came(session, 3)
        assert issuing.issue(session, event_id, 90, None, ZONE, NOW) == issuing.Issued(3)
        assert not issuing.any_due(session, NOW)
        assert issuing.issue(session, event_id, 90, None, ZONE, NOW) == issuing.Issued(0)

    store.write_now(walk)


def test_many_follow_in_turns_that_go_on_after_a_stop(store: Store) -> None:
    event_id = store.write_now(came, PEOPLE)
    done = store.write_now(issuing.issue, event_id, 90, None, ZONE, NOW)
    assert (done.made, done.following) == (STEP, PEOPLE - STEP)

    def another_tap(session: Session) -> None:
        again = issuing.issue(session, event_id, 30, None, ZONE, local(6, 9, 1))
        assert (again.made, again.following) == (0, PEOPLE - STEP)

    store.write_now(another_tap)

    def a_turn_that_is_cut_off(session: Session) -> None:
        issuing.take(session, ZONE, NOW)
        session.rollback()

    store.write_now(a_turn_that_is_cut_off)
    assert store.write_now(issuing.take, ZONE, local(6, 10))

    def meanwhile(session: Session) -> None:
        # One is withdrawn, and somebody whose claim is older is checked in after all.
        _all(session)[0].revoked_at = NOW
        late = Member(station_id=2, name="late", loaded_as="L", created_at=NOW)
        session.add(late)
        session.flush()
        _comes(session, event_id, late.id, 0)

    store.write_now(meanwhile)
    while store.write_now(issuing.take, ZONE, local(6, 11)):
        pass

    def look(session: Session) -> None:
        rows = _all(session)
        assert len(rows) == len({each.member_id for each in rows}) == PEOPLE + 1
        prefix = rows[0].number.rpartition("-")[0]
        assert [each.number for each in rows] == [
            f"{prefix}-{number:03}" for number in range(1, PEOPLE + 2)
        ]
        assert {(each.minutes, each.issued_at) for each in rows} == {(90, NOW)}
        assert session.get_one(Event, event_id).certifying_at is None
        assert not issuing.any_due(session, NOW)

    store.read_now(look)
