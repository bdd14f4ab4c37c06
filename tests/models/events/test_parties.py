"""Whatever people do: no seat is sold twice, no party torn, no quota broken, nobody overtaken."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import Session, select

from models.events import (
    answering,
    bringing,
    checking_in,
    merging,
    offers,
    parties,
    postponing,
    quotas,
    running,
    signups,
)
from models.events.events import Event, SignupState
from models.events.parties import Companion
from models.events.quotas import Share, TooMuch
from models.events.reminders import Reminder
from models.events.running import Changed
from models.events.signups import GaveUp, SignedUp
from models.members import privacy
from models.rules.events import undated, windows
from models.rules.events.companions import Along
from models.rules.events.handing import Handing
from models.rules.events.seating import NotAdmitted, Seated, Waiting
from models.rules.events.windows import Phase, Why
from models.store import Store
from tests.miniature.rows import CARE
from tests.models.events.playing import (
    MEN_OR_WOMEN,
    NOW,
    SHARES,
    STOPS,
    begun,
    by_answers,
    caller,
    check,
    check_in,
    claim,
    claims,
    hand_over,
    promised,
    sign_up_with,
)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_people_do_seats_and_promises_hold(store: Store, seed: int) -> None:
    def play(session: Session) -> None:
        dice, now = Random(seed), NOW
        event = begun(session, along=Along.TWO_FREE if seed % 2 else Along.TWO)
        asked: tuple[int, ...] = ()
        shares: Sequence[Share] = SHARES[seed % 4] if seed % 4 < 3 else ()
        if seed % 4 == 3:
            asked, shares = by_answers(session, event)
        assert quotas.put(session, event, shares) is None

        def says(*, leads: bool) -> dict[int, str]:
            if not asked:
                return {}
            own = {asked[0]: dice.choice(MEN_OR_WOMEN)}
            return own | {asked[1]: dice.choice(STOPS)} if leads else own

        people = [caller(session, number, dice.choice((2, 3, 4, None))) for number in range(16)]
        before: list[tuple[object, ...]] = []
        for _ in range(80):
            one = dice.choice(people)
            match dice.randrange(20 if asked else 15):
                case 0 | 1 | 2 | 3:
                    with_them = [
                        Companion(name="小朋友", is_child=dice.random() < 0.3)
                        for _ in range(dice.choice((0, 0, 1, 2)))
                    ]
                    said = [says(leads=not each) for each in range(1 + len(with_them))]
                    if signups.claim_of(session, event.id, one.id) is None:
                        sign_up_with(session, event, one, with_them, said, now)
                    else:
                        signups.sign_up(session, event.id, one, CARE, now)
                case 4 | 5:
                    signups.give_up(session, event.id, one.id, CARE, now)
                case 6:
                    now += timedelta(minutes=dice.choice((1, 40, 130)))
                    offers.lapse_offers(session, now, CARE)
                case 7:
                    colleague = Companion(member_id=dice.choice(people).id)
                    there = signups.claim_of(session, event.id, one.id)
                    if colleague.member_id != one.id and there is not None:
                        said = [says(leads=True), says(leads=False)]
                        sign_up_with(session, event, one, [colleague], said, now)
                case 8:
                    mine = signups.claim_of(session, event.id, one.id)
                    for each in parties.in_force(session, mine.id)[:1] if mine else ():
                        bringing.leave_out(session, event.id, one.id, each.id, CARE, now)
                case 9:
                    if windows.phase_of(event, now) == Phase.OPEN:
                        check_in(session, event, one)
                case 10:
                    before = promised(session, event.id)
                    running.call_off(session, event.id, "雨", None, now)
                    assert promised(session, event.id) == before
                case 11:
                    postponing.postpone(session, event.id, "雨", None, now)
                case 12:
                    if isinstance(postponing.restore(session, event.id, None, CARE, now), Changed):
                        assert promised(session, event.id) == before
                    session.refresh(event)
                    if undated.is_to_come(event.starts_at):
                        day = now + timedelta(days=4)
                        end = day + timedelta(hours=3)
                        running.move(session, event.id, day, end, None, CARE, now)
                case 13:
                    seats = dice.randint(8 if asked else 6, 10)
                    running.change_seats(session, event.id, seats, None, CARE, now)
                case 14:
                    hand_over(session, event, one, dice.choice(people), says(leads=True), now)
                case _:
                    mine = signups.claim_of(session, event.id, one.id)
                    if mine is not None:
                        said = [says(leads=mine.party_id is None)]
                        answering.put(session, event.id, {mine.id: said[0]}, CARE, now)
            session.flush()
            check(session, event.id, now)

    store.write_now(play)


@pytest.mark.parametrize("seed", range(4))
def test_seats_that_go_from_hand_to_hand_keep_every_promise(store: Store, seed: int) -> None:
    def play(session: Session) -> None:
        dice = Random(seed)
        event = begun(session, handing=Handing.ANYBODY if seed % 2 else Handing.ALIKE)
        assert quotas.put(session, event, SHARES[1 + seed // 2]) is None
        people = [caller(session, number, dice.choice((2, 3, 4, None))) for number in range(14)]
        taken = 0
        for _ in range(60):
            one = dice.choice(people)
            match dice.randrange(6):
                case 0 | 1:
                    with_them = [Companion("小李")] * dice.choice((0, 0, 1))
                    if signups.claim_of(session, event.id, one.id) is None:
                        signups.sign_up(session, event.id, one, CARE, NOW, bringing=with_them)
                case 2:
                    signups.give_up(session, event.id, one.id, CARE, NOW)
                case _:
                    taken += hand_over(session, event, one, dice.choice(people), {}, NOW)
            session.flush()
            check(session, event.id, NOW)
        assert taken

    store.write_now(play)


def test_a_party_waits_whole_and_nobody_behind_it_takes_its_seat(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=3)
        ana, ben, cai = (caller(session, number) for number in range(3))
        for one, others in ((ana, 1), (ben, 1), (cai, 0)):
            done = signups.sign_up(
                session, event.id, one, CARE, NOW, bringing=[Companion("小李")] * others
            )
            assert done is not None
            # One seat is left: Ben's two wait for it, and Cai stands behind them.
            assert isinstance(done.outcome, Seated if one is ana else Waiting)
        assert session.get_one(Event, event.id, populate_existing=True).held == 2
        assert isinstance(signups.give_up(session, event.id, ana.id, CARE, NOW), GaveUp)
        states = {each.member_id: each.state for each in claims(session, event.id)}
        assert states[ben.id] == SignupState.OFFERED
        assert states[cai.id] == SignupState.OFFERED
        check(session, event.id, NOW)

    store.write_now(play)


def test_a_colleague_who_was_signed_up_can_refuse_alone(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=2)
        ana, ben, cai = (caller(session, number) for number in range(3))
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=[Companion(member_id=ben.id)])
        signups.sign_up(session, event.id, cai, CARE, NOW)
        again = signups.sign_up(
            session, event.id, caller(session, 4), CARE, NOW, bringing=[Companion(member_id=ben.id)]
        )
        assert again is not None
        assert again.outcome == NotAdmitted(Why.HAS_CLAIM)
        assert isinstance(signups.give_up(session, event.id, ben.id, CARE, NOW), GaveUp)
        states = {each.member_id: each.state for each in claims(session, event.id)}
        assert states == {
            ana.id: SignupState.SEATED,
            ben.id: SignupState.CANCELLED,
            cai.id: SignupState.OFFERED,
        }
        check(session, event.id, NOW)
        # Nobody is signed up again by others to what they said no to; they themselves can.
        added = bringing.bring(session, event.id, ana, [Companion(member_id=ben.id)], CARE, NOW)
        assert isinstance(added, SignedUp)
        assert added.outcome == NotAdmitted(Why.SAID_NO)
        own = signups.sign_up(session, event.id, ben, CARE, NOW)
        assert own is not None
        assert own.outcome == Waiting(1)
        check(session, event.id, NOW)

    store.write_now(play)


def test_a_party_does_not_grow_past_those_who_wait_behind_it(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=4)
        ana, ben, cai, dan = (caller(session, number) for number in range(4))
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=[Companion()] * 3)
        signups.sign_up(session, event.id, ben, CARE, NOW)
        # Ben is last and may bring somebody; once Cai waits behind him, he may not.
        more = bringing.bring(session, event.id, ben, [Companion()], CARE, NOW)
        assert isinstance(more, SignedUp)
        assert more.outcome == Waiting(1)
        signups.sign_up(session, event.id, cai, CARE, NOW)
        with_dan = [Companion(member_id=dan.id)]
        more = bringing.bring(session, event.id, ben, with_dan, CARE, NOW)
        assert isinstance(more, SignedUp)
        assert more.outcome == NotAdmitted(Why.OTHERS_WAIT)
        check(session, event.id, NOW)

    store.write_now(play)


def test_seats_are_never_fewer_than_the_quotas_keep_and_these_move_along(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=4)
        quotas.put(session, event, (Share("/s2/", least=3),))
        event.quotas_until = event.starts_at - timedelta(hours=5)
        session.add(event)
        session.flush()
        done = running.change_seats(session, event.id, 2, None, CARE, NOW)
        assert done == TooMuch(3, 2)
        later = event.starts_at + timedelta(days=1)
        running.move(session, event.id, later, later + timedelta(hours=2), None, CARE, NOW)
        assert event.quotas_until == later - timedelta(hours=5)
        # Once they have ended, they keep nothing.
        done = running.change_seats(session, event.id, 2, None, CARE, later - timedelta(hours=4))
        assert isinstance(done, running.Changed)

    store.write_now(play)


def test_more_than_may_come_or_than_ever_fits_are_refused(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=2, along=Along.TWO)
        one = caller(session, 1)
        for others, why in ((3, Why.TOO_MANY), (2, Why.TOO_LARGE)):
            done = signups.sign_up(
                session, event.id, one, CARE, NOW, bringing=[Companion()] * others
            )
            assert done is not None
            assert done.outcome == NotAdmitted(why)
        assert claims(session, event.id) == []

    store.write_now(play)


def test_quotas_cannot_promise_more_than_there_is(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=4)
        shares = (Share("/s2/", least=3), Share("/s3/", least=2))
        assert quotas.put(session, event, shares) == TooMuch(5, 4)
        assert quotas.of_event(session, event.id) == []
        # Kept for Guicheng until it is released, then for everybody.
        assert quotas.put(session, event, (Share("/s2/", least=4),)) is None
        event.quotas_until = NOW + timedelta(hours=5)
        session.add(event)
        session.flush()
        one = caller(session, 1, station_id=3)
        waits = signups.sign_up(session, event.id, one, CARE, NOW)
        assert waits is not None
        assert waits.outcome == Waiting(1)
        later = NOW + timedelta(hours=5)
        done = signups.sign_up(session, event.id, one, CARE, later)
        assert done is not None
        assert isinstance(done.outcome, Seated)
        check(session, event.id, later)

    store.write_now(play)


@pytest.mark.parametrize("seats", [2, 6])
def test_two_claims_of_one_person_with_companions_become_one(store: Store, seats: int) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=seats)
        ana, ben = caller(session, 1), caller(session, 2)
        for one in (ana, ben):
            signups.sign_up(session, event.id, one, CARE, NOW, bringing=[Companion("小李")])
        merging.unite_claims(session, ana.id, ben.id, CARE, NOW)
        rows = [e for e in claims(session, event.id) if e.state != SignupState.CANCELLED]
        assert [each.member_id for each in rows].count(ana.id) == 1
        assert len(rows) == (2 if seats == 2 else 3)
        check(session, event.id, NOW)

    store.write_now(play)


def test_a_party_that_can_never_fit_keeps_no_seat(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=3, along=Along.FIVE)
        ana, ben, cai = (caller(session, number) for number in range(3))
        two = [Companion()] * 2
        for one in (ana, ben):
            signups.sign_up(session, event.id, one, CARE, NOW, bringing=two)
        more = bringing.bring(session, event.id, ben, [Companion()], CARE, NOW)
        assert isinstance(more, SignedUp)
        assert more.outcome == NotAdmitted(Why.TOO_LARGE)
        left_out = parties.in_force(session, claim(session, event.id, ana).id)[0]
        bringing.leave_out(session, event.id, ana.id, left_out.id, CARE, NOW)
        running.change_seats(session, event.id, 2, None, CARE, NOW)
        signups.sign_up(session, event.id, cai, CARE, NOW)
        # Three wait for two seats: whoever stands behind them gets the one that comes free.
        signups.give_up(session, event.id, ana.id, CARE, NOW)
        assert claim(session, event.id, cai).state == SignupState.OFFERED
        check(session, event.id, NOW)

    store.write_now(play)


def test_what_a_party_waited_with_goes_to_who_stands_behind_it(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=2)
        ana, ben, cai = (caller(session, number) for number in range(3))
        signups.sign_up(session, event.id, ana, CARE, NOW)
        signups.sign_up(session, event.id, ben, CARE, NOW, bringing=[Companion()])
        signups.sign_up(session, event.id, cai, CARE, NOW)
        assert claim(session, event.id, cai).state == SignupState.WAITING
        signups.give_up(session, event.id, ben.id, CARE, NOW)
        assert claim(session, event.id, cai).state == SignupState.OFFERED
        check(session, event.id, NOW)

    store.write_now(play)


def barred(session: Session, waiting: int) -> Event:
    """An event with two seats left, at the head of whose queue so many wait whom a quota bars."""
    event = begun(session, seats=3, along=Along.THREE)
    quotas.put(session, event, [Share("/s2/", most=1)])
    for number in range(1 + waiting):
        signups.sign_up(session, event.id, caller(session, number, 2), CARE, NOW)
    return event


def test_a_party_behind_many_who_are_barred_keeps_what_it_waits_with(store: Store) -> None:
    def play(session: Session) -> None:
        event = barred(session, 5)
        ben, cai, dan = (caller(session, 10 + number, 3) for number in range(3))
        signups.sign_up(session, event.id, ben, CARE, NOW, bringing=[Companion()] * 2)
        signups.sign_up(session, event.id, cai, CARE, NOW)
        assert claim(session, event.id, cai).state == SignupState.WAITING
        signups.give_up(session, event.id, ben.id, CARE, NOW)
        assert claim(session, event.id, cai).state == SignupState.OFFERED
        signups.sign_up(session, event.id, dan, CARE, NOW)
        assert claim(session, event.id, dan).state == SignupState.SEATED
        check(session, event.id, NOW)

    store.write_now(play)


def test_a_queue_of_those_who_are_barred_is_not_read_by_who_comes_behind(sqlite_url: str) -> None:
    def steps(session: Session, waiting: int) -> int:
        event, counted = barred(session, waiting), 0

        def count() -> None:
            nonlocal counted
            counted += 1

        ben, cai = caller(session, 1000, 3), caller(session, 1001, 3)
        signups.sign_up(session, event.id, ben, CARE, NOW, bringing=[Companion()] * 2)
        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(count, 1)
        signups.sign_up(session, event.id, cai, CARE, NOW)
        driver.set_progress_handler(None, 0)
        assert claim(session, event.id, cai).state == SignupState.WAITING
        session.rollback()
        return counted

    store = Store(sqlite_url)
    few, many = (store.write_now(steps, waiting) for waiting in (10, 100))
    store.close()
    assert many < few + 50


@pytest.mark.parametrize("late", [False, True])
def test_every_member_of_a_party_may_answer_its_offer(store: Store, late: bool) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=2)
        ana, ben, cai = (caller(session, number) for number in range(3))
        signups.sign_up(session, event.id, cai, CARE, NOW)
        ours = [Companion("阿强", member_id=ben.id)]
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=ours)
        signups.give_up(session, event.id, cai.id, CARE, NOW)
        mine = signups.claim_of(session, event.id, ben.id)
        assert mine is not None
        assert mine.offered_until is not None
        later = mine.offered_until if late else NOW
        done = signups.sign_up(session, event.id, ben, CARE, later)
        assert done is not None
        state = SignupState.OFFERED if late else SignupState.SEATED
        assert isinstance(done.outcome, Waiting if late else Seated)
        assert {e.state for e in claims(session, event.id)} == {state, SignupState.CANCELLED}
        reminded = [*session.exec(select(Reminder.member_id).distinct())]
        assert sorted(reminded) == ([] if late else [ana.id, ben.id])
        check(session, event.id, later)

    store.write_now(play)


def test_who_is_there_already_stays_when_their_leader_gives_up(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=3)
        ana, ben = caller(session, 1), caller(session, 2)
        ours = [Companion(member_id=ben.id), Companion("小李")]
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=ours)
        check_in(session, event, ben)
        signups.give_up(session, event.id, ana.id, CARE, NOW)
        assert claim(session, event.id, ben).state == SignupState.ATTENDED
        check(session, event.id, NOW)
        checking_in.start_anew(session, event.id)
        assert isinstance(signups.give_up(session, event.id, ben.id, CARE, NOW), GaveUp)
        check(session, event.id, NOW)

    store.write_now(play)


@pytest.mark.parametrize("is_leader_erased", [True, False])
def test_no_name_that_was_given_outlasts_them(store: Store, is_leader_erased: bool) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=4, along=Along.THREE)
        ana, ben, cai = (caller(session, number) for number in range(3))
        ours = [Companion("阿强", member_id=ben.id), Companion("小李"), Companion("小王")]
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=ours)
        signups.sign_up(session, event.id, cai, CARE, NOW)
        wang = claims(session, event.id)[3]
        bringing.leave_out(session, event.id, ana.id, wang.id, CARE, NOW)
        erased = ana if is_leader_erased else ben
        privacy.erase_member(session, erased.id, CARE, NOW)
        names = {each.name for each in claims(session, event.id)}
        assert names == ({""} if is_leader_erased else {"", "小李", "小王"})
        check(session, event.id, NOW)

    store.write_now(play)


@pytest.mark.parametrize("leads", [True, False])
def test_a_leader_who_is_their_own_colleague_becomes_one_person(store: Store, leads: bool) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=5)
        ana, ben = caller(session, 1), caller(session, 2)
        ours = [Companion(member_id=ben.id), Companion("小李")]
        signups.sign_up(session, event.id, ana, CARE, NOW, bringing=ours)
        check_in(session, event, ana if leads else ben)
        merging.unite_claims(session, ana.id, ben.id, CARE, NOW)
        states = [(each.member_id, each.state) for each in claims(session, event.id)]
        assert sorted(states, key=str) == [
            (ana.id, SignupState.ATTENDED),
            (None, SignupState.SEATED),
        ]
        check(session, event.id, NOW)

    store.write_now(play)
