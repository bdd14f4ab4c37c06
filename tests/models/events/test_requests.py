"""Who is let in by hand takes a seat only then: never too many, and nobody overtakes the queue."""

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from models.events import requests, signups
from models.events.events import Event, Signup, SignupState
from models.events.parties import Companion
from models.events.signups import Requested
from models.network import members, roles
from models.network.members import Caller
from models.network.stations import Station
from models.rules.events.companions import Along
from models.rules.events.seating import NotAdmitted
from models.rules.events.windows import Why
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import CARE, event, local, network

NOW = local(2, 10)
PEOPLE = 6

steps = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask with one", "let in", "refuse", "give up", "all"]),
        st.integers(0, PEOPLE - 1),
    ),
    max_size=25,
)


def _holds(session: Session, number: int, seats: int) -> None:
    """The counts are those of the claims, no seat is taken twice, parties are whole."""
    session.expire_all()
    row = session.get_one(Event, number)
    claims = session.exec(
        select(Signup).where(Signup.event_id == number).order_by(col(Signup.turn))
    ).all()
    held = [each for each in claims if each.state in (SignupState.SEATED, SignupState.OFFERED)]
    waiting = [each for each in claims if each.state == SignupState.WAITING]
    assert row.held == len(held) <= seats
    assert row.waiting == len(waiting)
    by_id = {each.id: each for each in claims}
    for each in claims:
        if each.party_id is not None and each.state != SignupState.CANCELLED:
            assert each.state == by_id[each.party_id].state


def _walk(session: Session, name: str, boss: int, taken: list[tuple[str, int]], seats: int) -> None:
    people = [
        members.meet(session, "telegram.nanhai", f"{name}-{each}", language="zh", now=NOW)
        for each in range(PEOPLE)
    ]
    row = event(name, "焊接高级班", local(5, 14), seats=seats, gates="approval", along=Along.TWO)
    session.add(row)
    session.flush()
    number = row.id
    for what, who in taken:
        caller = people[who]
        claim = signups.claim_of(session, number, caller.id)
        before = claim.state if claim is not None else None
        match what:
            case "ask" | "ask with one":
                bringing = [Companion()] if what == "ask with one" else []
                refused = requests.refused(session, number, caller.id)
                done = signups.sign_up(session, number, caller, CARE, NOW, bringing=bringing)
                assert done is not None
                if before is None and refused is not None:
                    assert done.outcome == NotAdmitted(Why.REFUSED)
                elif before is None and 1 + len(bringing) <= seats:
                    assert done.outcome == Requested()
            case "give up":
                signups.give_up(session, number, caller.id, CARE, NOW)
            case "all":
                requests.let_in_all(session, number, boss, CARE, NOW)
                assert requests.number(session, number) == 0
            case "let in" if claim is not None:
                waiting = _in_queue(session, number)
                requests.let_in(session, number, claim.id, boss, CARE, NOW)
                # Whoever stood in the queue stands there in the same order, or was asked.
                after = _in_queue(session, number)
                assert [each for each in after if each in waiting] == [
                    each for each in waiting if each in after
                ]
            case "refuse" if claim is not None:
                requests.refuse(session, number, claim.id, "下次", boss, NOW)
        _holds(session, number, seats)


def _in_queue(session: Session, number: int) -> list[int]:
    return list(
        session.exec(
            select(Signup.id)
            .where(Signup.event_id == number, Signup.state == SignupState.WAITING)
            .order_by(col(Signup.turn))
        )
    )


def test_whatever_organizers_answer_seats_and_queue_are_kept(store: Store) -> None:
    def begin(session: Session) -> Caller:
        network(session)
        boss = members.meet(session, "telegram.nanhai", "boss", language="zh", now=NOW)
        roles.give(session, boss.id, Role.DISTRICT, session.get_one(Station, 1), NOW)
        return boss

    boss, rounds = store.write_now(begin), count()

    @settings(max_examples=30, deadline=None)
    @given(steps, st.integers(1, 4))
    def walk(taken: list[tuple[str, int]], seats: int) -> None:
        name = f"round-{next(rounds)}"
        store.write_now(_walk, name, boss.id, taken, seats)

    walk()
