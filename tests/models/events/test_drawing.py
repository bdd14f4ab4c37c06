"""Whatever people and organizers do around a draw: it is one draw, and its record holds."""

import json
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import Session, col, select

from migrations import import_models
from models.events import (
    drawing,
    draws,
    entries,
    merging,
    parties,
    quotas,
    repeating,
    running,
    signups,
)
from models.events.draws import Done, NotDone, WhyNot
from models.events.entries import Draw, DrawEntry
from models.events.events import Event, Signup, SignupState
from models.events.parties import Companion
from models.events.quotas import Share
from models.events.repeating import Begun
from models.events.signups import Entered
from models.members import privacy
from models.network import audit, members
from models.network.members import Caller
from models.rules.dates.repeats import By, Repeat
from models.rules.events import draw_records
from models.rules.events.companions import Along
from models.rules.events.draw_records import Fault, Proven
from models.rules.events.seating import NotAdmitted
from models.rules.events.states import DrawState
from models.rules.events.windows import Why
from models.sending import accounts
from models.sending.accounts import PlatformAccount
from models.store import Moment, Store
from tests.miniature.rows import CARE, badminton, local, network

import_models()

NOW = local(1, 10)
CLOSING = local(5, 12)
SHARES = ((), (Share("/s2/", least=3), Share("/s3/", most=4)), (Share("/s4/", least=2, most=2),))


def caller(session: Session, number: int, station_id: int | None = 2) -> Caller:
    one = members.meet(session, "telegram.nanhai", f"p{number}", language="zh", now=NOW)
    members.get(session, one.id).station_id = one.station_id = station_id
    session.flush()
    return one


def begun(session: Session, number_name: str = "排列3", **changed: object) -> Event:
    network(session)
    event = badminton(**{"seats": 8, "along": Along.TWO, **changed})
    session.add(event)
    session.flush()
    assert isinstance(draws.set_up(session, event.id, None, NOW), Done)
    if number_name:
        assert isinstance(draws.name_number(session, event.id, number_name, None, NOW), Done)
    return event


def one_step(session: Session, now: Moment) -> bool:
    step = drawing.look(session, now)
    return step is not None and drawing.take(session, now, step, CARE)


def does_all(session: Session, now: Moment) -> None:
    while one_step(session, now):
        pass


def record(session: Session, event_id: int) -> dict[str, object]:
    """What is published, as it is after a way over the network."""
    kept: dict[str, object] = json.loads(json.dumps(draws.record_of(session, event_id)))
    return kept


def check(session: Session, event_id: int) -> Event:
    """The counts are those of the claims; nobody sits beyond seats and quotas, or apart."""
    event = session.get_one(Event, event_id, populate_existing=True)
    rows = session.exec(
        select(Signup)
        .where(Signup.event_id == event_id)
        .order_by(col(Signup.id))
        .execution_options(populate_existing=True)
    ).all()
    states = [SignupState(each.state) for each in rows if each.takes_seat]
    assert event.held == sum(each in signups.HOLDING for each in states)
    assert event.waiting == states.count(SignupState.WAITING)
    assert event.entered == states.count(SignupState.ENTERED)
    assert event.seats is None or event.held <= event.seats
    if event.draw != DrawState.DRAWING:
        assert not (event.held and event.entered)
    for quota in quotas.of_event(session, event_id):
        held = sum(
            f"/{quota.id}/" in each.counts_in and each.state in signups.HOLDING
            for each in rows
            if each.takes_seat
        )
        assert quota.share.most is None or held <= quota.share.most
    for leader in rows:
        others = parties.in_force(session, leader.id)
        assert {each.state for each in others} <= {leader.state}
    turns = [each.turn for each in rows if each.state in signups.LIVE]
    assert len(set(turns)) == len(turns)
    return event


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_it_is_one_draw_that_holds(store: Store, seed: int) -> None:
    def play(session: Session) -> None:
        dice, now = Random(seed), NOW
        event_id = begun(session, along=Along.TWO_FREE if seed % 2 else Along.TWO).id
        event = session.get_one(Event, event_id)
        assert quotas.put(session, event, SHARES[seed % 3]) is None
        people = [caller(session, number, dice.choice((2, 3, 4, None))) for number in range(20)]
        gone = set[int]()

        def acts() -> None:
            one = dice.choice(people)
            match dice.randrange(10):
                case 0 | 1 | 2 | 3 | 4:
                    bringing = [
                        Companion(name="小朋友", is_child=dice.random() < 0.3)
                        for _ in range(dice.choice((0, 0, 1, 2)))
                    ]
                    signups.sign_up(session, event_id, one, CARE, now, bringing=bringing)
                case 5 | 6:
                    signups.give_up(session, event_id, one.id, CARE, now)
                case 7:
                    seats = dice.randint(6, 10)
                    running.change_seats(session, event_id, seats, None, CARE, now)
                case 8 if len(people) > 12:
                    other = dice.choice(people)
                    if other is not one:
                        merging.unite_claims(session, one.id, other.id, CARE, now)
                        people.remove(other)
                        gone.add(other.id)
                case 9 if len(people) > 12:
                    people.remove(one)
                    privacy.erase_member(session, one.id, CARE, now)
            check(session, event_id)

        for _ in range(40):
            acts()
        now = CLOSING
        first = record(session, event_id)
        for _ in range(12):
            one_step(session, now)
            acts()
        does_all(session, now)
        if seed % 2:
            running.open_sign_up(session, event_id, now + timedelta(minutes=20), None, CARE, now)
            acts()
            now += timedelta(minutes=20)
            does_all(session, now)
        closed = record(session, event_id)
        assert check(session, event_id).draw == DrawState.CLOSED
        for _ in range(5):
            acts()
        does_all(session, now)
        closed = record(session, event_id)
        assert isinstance(draws.enter_number(session, event_id, "7 3 9", None, now), Done)
        acts()
        one_step(session, now)
        acts()
        does_all(session, now)
        assert check(session, event_id).draw == DrawState.DRAWN
        after = record(session, event_id)
        assert isinstance(draw_records.verify(after), Proven)
        assert after["commitment"] == first["commitment"]
        assert (after["list"], after["list_hash"]) == (closed["list"], closed["list_hash"])
        for _ in range(10):
            acts()
        assert record(session, event_id) == after
        # Who was told a number cannot be drawn again, nor with another one.
        again = draws.enter_number(session, event_id, "1 1 1", None, now)
        assert isinstance(again, NotDone)
        assert again.why is WhyNot.IS_DRAWN

    store.write_now(play)


def test_a_record_holds_when_somebody_was_erased(store: Store) -> None:
    def play(session: Session) -> None:
        event_id = begun(session, seats=2).id
        ana, *others = (caller(session, number) for number in range(4))
        for each in (ana, *others):
            signups.sign_up(session, event_id, each, CARE, NOW)
        does_all(session, CLOSING)
        draws.enter_number(session, event_id, "7 3 9", None, CLOSING)
        does_all(session, CLOSING)
        before = record(session, event_id)
        privacy.erase_member(session, ana.id, CARE, CLOSING)
        assert record(session, event_id) == before
        assert draw_records.verify(before) == Proven(4, 4, 2, "排列3", "7 3 9")

    store.write_now(play)


def test_two_entries_of_one_person_become_one(store: Store) -> None:
    def play(session: Session) -> None:
        event_id = begun(session, seats=2).id
        ana, ben, cai = (caller(session, number) for number in range(3))
        for each in (ana, ben, cai):
            signups.sign_up(session, event_id, each, CARE, NOW, bringing=[Companion(name="小友")])
        merging.unite_claims(session, ana.id, ben.id, CARE, NOW)
        assert check(session, event_id).entered == 5
        does_all(session, CLOSING)
        listed = record(session, event_id)["list"]
        assert isinstance(listed, dict)
        assert sorted(len(people) for _code, _lots, people in listed["entries"]) == [2, 3]
        # Once the list is fixed it stays, and the second entry gets no seat.
        merging.unite_claims(session, ana.id, cai.id, CARE, CLOSING)
        draws.enter_number(session, event_id, "7 3 9", None, CLOSING)
        does_all(session, CLOSING)
        after = record(session, event_id)
        assert after["list"] == listed
        assert isinstance(draw_records.verify(after), Proven)
        assert len(after["gone"]) == 1  # type: ignore[arg-type]
        assert check(session, event_id).draw == DrawState.DRAWN

    store.write_now(play)


def test_a_web_chat_alone_is_no_person_unless_the_organizer_admits_it(store: Store) -> None:
    def play(session: Session) -> None:
        web_chat = PlatformAccount(account="web.chat", platform="web", by_cookie=True)
        accounts.register(session, [web_chat])
        event_id = begun(session).id
        known = caller(session, 1)
        web = members.meet(session, "web.chat", "cookie", language="zh", now=NOW)
        bound = members.meet(session, "web.chat", "other", language="zh", now=NOW)
        members.get(session, bound.id).loaded_as = "guicheng/17"
        session.flush()
        outcomes = [
            signups.sign_up(session, event_id, each, CARE, NOW) for each in (known, web, bound)
        ]
        assert [type(each.outcome) for each in outcomes if each] == [Entered, NotAdmitted, Entered]
        assert outcomes[1] is not None
        assert outcomes[1].outcome == NotAdmitted(Why.WEB_ALONE)
        # Nor can somebody else bring them into it.
        brought = Companion(member_id=web.id)
        other = caller(session, 2)
        refused = signups.sign_up(session, event_id, other, CARE, NOW, bringing=[brought])
        assert refused is not None
        assert refused.outcome == NotAdmitted(Why.WEB_ALONE)
        draws.admit_web(session, event_id, None, NOW)
        entered = signups.sign_up(session, event_id, web, CARE, NOW)
        assert entered is not None
        assert isinstance(entered.outcome, Entered)
        assert entries.web_alone(session, event_id) == 1
        does_all(session, CLOSING)
        listed = record(session, event_id)["list"]
        assert isinstance(listed, dict)
        assert listed["web_alone"] == 1

    store.write_now(play)


def test_what_comes_again_is_drawn_anew(store: Store) -> None:
    """Each has a secret of its own, and no public number yet."""

    def play(session: Session) -> None:
        event_id = begun(session, seats=2).id
        draws.admit_web(session, event_id, None, NOW)
        signups.sign_up(session, event_id, caller(session, 1), CARE, NOW)
        rule = Repeat(By.WEEK, (5,))
        assert isinstance(repeating.begin(session, event_id, rule, None, CARE, NOW), Begun)
        does_all(session, CLOSING)
        repeating.publish_due(session, local(5, 14), CARE)
        rows = session.exec(select(Draw).order_by(col(Draw.id))).all()
        assert [(each.number_name, each.admits_web) for each in rows] == [
            ("排列3", True),
            ("", True),
        ]
        assert rows[0].secret != rows[1].secret
        following = session.get_one(Event, rows[1].event_id)
        assert (following.draw, following.entered) == (DrawState.ENTERING, 0)
        assert following.closes_at < following.starts_at

    store.write_now(play)


def test_an_organizer_can_exchange_neither_secret_nor_number(store: Store) -> None:
    """Each act stands in the audit, with what was published then."""

    def play(session: Session) -> None:
        event_id = begun(session, number_name="").id
        signups.sign_up(session, event_id, caller(session, 1), CARE, NOW)
        before = record(session, event_id)
        for act in (draws.set_up, draws.take_back):
            assert isinstance(act(session, event_id, None, NOW), NotDone)
        assert isinstance(draws.enter_number(session, event_id, "7 3 9", None, NOW), NotDone)
        assert isinstance(draws.name_number(session, event_id, "排列3", None, NOW), Done)
        named = draws.name_number(session, event_id, "双色球", None, NOW)
        assert isinstance(named, NotDone)
        assert named.why is WhyNot.IS_NAMED
        does_all(session, CLOSING)
        assert isinstance(draws.name_number(session, event_id, "双色球", None, CLOSING), NotDone)
        draws.enter_number(session, event_id, "7 3 9", None, CLOSING)
        assert isinstance(draws.enter_number(session, event_id, "1 2 3", None, CLOSING), NotDone)
        does_all(session, CLOSING)
        after = record(session, event_id)
        assert draw_records.verify(after) == Proven(1, 1, 1, "排列3", "7 3 9")
        acts = [each.details for each in audit.about(session, f"event:{event_id}")]
        assert [each["what"] for each in acts] == [
            "draw",
            "draw number named",
            "draw list closed",
            "drawn",
            "draw done",
        ]
        assert acts[0]["commitment"] == before["commitment"] == after["commitment"]
        assert acts[2]["list_hash"] == after["list_hash"]
        assert draw_records.verify(before) is Fault.UNFINISHED
        assert session.exec(select(DrawEntry.has_won)).all() == [True]

    store.write_now(play)
