"""Every verb on an event and on a claim keeps to the table of what is possible when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import delete
from sqlmodel import Session, select

from models.events import (
    absences,
    checking_in,
    doors,
    doubling,
    editing,
    feedback,
    handing,
    history,
    offers,
    postponing,
    reminders,
    requests,
    running,
    signups,
)
from models.events.checking_in import CheckedIn, NoSeat, NotNow
from models.events.doubling import HeldTwice
from models.events.events import Event, EventState, Signup, SignupState
from models.events.feedback import NotTaken
from models.events.handing import OnItsWay, Stays
from models.events.history import NotSaid
from models.events.reminders import Reminder
from models.events.requests import NothingDone
from models.events.running import TooLate
from models.events.signups import GaveUp, Kept
from models.network import guesses, members, roles
from models.network.members import Caller
from models.network.stations import Station
from models.rules.events import codes, undated, windows
from models.rules.events.seating import NotAdmitted
from models.rules.events.windows import Claim, EventAct, Phase, Why
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.store import Store, keys
from tests.miniature.rows import CARE, event, local, network

NOW = local(5, 12)
BOSS = 1
"""The organizer who does everything that only organizers may do."""

HOUR = timedelta(hours=1)

STAND: dict[str, tuple[Phase, dict[str, object]]] = {
    "open": (Phase.OPEN, {"starts_at": NOW + 4 * HOUR, "closes_at": NOW + 3 * HOUR}),
    "closed by its time": (Phase.CLOSED, {"starts_at": NOW + 4 * HOUR, "closes_at": NOW}),
    "closed by hand": (
        Phase.CLOSED,
        {"starts_at": NOW + 4 * HOUR, "closes_at": NOW + HOUR, "state": EventState.CLOSED},
    ),
    "begun": (Phase.BEGUN, {"starts_at": NOW, "closes_at": NOW}),
    "begun with a closing time after it": (
        Phase.BEGUN,
        {"starts_at": NOW, "closes_at": NOW + HOUR},
    ),
    "over": (Phase.OVER, {"starts_at": NOW - 9 * HOUR, "closes_at": NOW - 9 * HOUR}),
    "postponed": (
        Phase.POSTPONED,
        {"starts_at": NOW + 4 * HOUR + undated.APART, "closes_at": NOW + 3 * HOUR + undated.APART},
    ),
    "cancelled": (Phase.CANCELLED, {"starts_at": NOW + 4 * HOUR, "state": EventState.CANCELLED}),
    "cancelled after it began": (
        Phase.CANCELLED,
        {"starts_at": NOW, "state": EventState.CANCELLED},
    ),
    "cancelled and over": (
        Phase.CANCELLED,
        {"starts_at": NOW - 9 * HOUR, "state": EventState.CANCELLED},
    ),
    "waiting for approval": (
        Phase.UNPUBLISHED,
        {"starts_at": NOW + 4 * HOUR, "state": EventState.ASKED},
    ),
    "sent back": (Phase.UNPUBLISHED, {"starts_at": NOW + 4 * HOUR, "state": EventState.RETURNED}),
}
"""How an event may stand at NOW, and the phase that this is."""

CLAIMS: tuple[Claim, ...] = (
    None,
    SignupState.SEATED,
    SignupState.WAITING,
    SignupState.OFFERED,
    SignupState.ENTERED,
    SignupState.ASKED,
    SignupState.CANCELLED,
    SignupState.ATTENDED,
    SignupState.NO_SHOW,
)
HOLDS = (
    SignupState.SEATED,
    SignupState.OFFERED,
    SignupState.ATTENDED,
    SignupState.NO_SHOW,
)


@dataclass(frozen=True)
class Case:
    """One event as it stands, with one member and their claim, and one seat more than is held."""

    how: str
    phase: Phase
    claim: Claim
    event: Event
    who: Caller
    signup: Signup | None

    def __str__(self) -> str:
        return f"{self.how}, {self.claim or 'no claim'}"


def cases(session: Session, claims: Iterable[Claim] = CLAIMS) -> Iterator[Case]:
    """Every way in which an event and a claim on it may stand."""
    network(session)
    boss = members.meet(session, "web.chat", "boss", language="zh", now=NOW)
    assert boss.id == BOSS
    roles.give(session, BOSS, Role.DISTRICT, session.get_one(Station, 1), NOW)
    numbers = count()
    for how, (phase, values) in STAND.items():
        for claim in claims:
            number = str(next(numbers))
            who = members.meet(session, "web.chat", number, language="zh", now=NOW)
            starts_at = values["starts_at"]
            assert isinstance(starts_at, datetime)
            held, waiting = int(claim in HOLDS), int(claim == SignupState.WAITING)
            row = event(number, f"活动{number}", starts_at, ends_at=starts_at + 5 * HOUR)
            for name, value in values.items():
                setattr(row, name, value)
            row.seats, row.held, row.waiting, row.turns = 1 + held, held, waiting, 1
            session.add(row)
            session.flush()
            signup = None
            if claim is not None:
                signup = Signup(event_id=row.id, member_id=who.id, state=claim, turn=1, at=NOW)
                if claim == SignupState.OFFERED:
                    signup.offered_until = NOW + HOUR
                session.add(signup)
                session.flush()
            yield Case(how, phase, claim, row, who, signup)


def state_of(session: Session, case: Case) -> Claim:
    session.expire_all()
    found = session.exec(
        select(Signup.state).where(
            Signup.event_id == case.event.id, Signup.member_id == case.who.id
        )
    ).first()
    return SignupState(found) if found is not None else None


# Acts of members


SIGNS_UP_AS = {
    SignupState.WAITING: EventAct.TAKE_SEAT,
    SignupState.OFFERED: EventAct.ANSWER_OFFER,
    SignupState.SEATED: EventAct.KEEP,
    SignupState.ATTENDED: EventAct.KEEP,
    SignupState.NO_SHOW: EventAct.KEEP,
    SignupState.ENTERED: EventAct.KEEP,
    SignupState.ASKED: EventAct.KEEP,
}
GIVES_UP_AS = {
    SignupState.WAITING: EventAct.LEAVE_QUEUE,
    SignupState.ENTERED: EventAct.LEAVE_DRAW,
    SignupState.ASKED: EventAct.TAKE_BACK,
}


def test_signing_up_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            act = EventAct.SIGN_UP
            if case.claim is not None:
                act = SIGNS_UP_AS.get(case.claim, EventAct.SIGN_UP)
            why = windows.why_not(act, case.phase, case.claim)
            done = signups.sign_up(session, case.event.id, case.who, CARE, NOW)
            if case.phase == Phase.UNPUBLISHED:
                assert done is None, case
                continue
            assert done is not None, case
            refused = done.outcome.reason if isinstance(done.outcome, NotAdmitted) else None
            assert refused == why, case
            has_come = act == EventAct.KEEP or why is not None
            assert state_of(session, case) == (case.claim if has_come else SignupState.SEATED), case

    store.write_now(walk)


def test_giving_up_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            act = EventAct.GIVE_UP
            if case.claim is not None:
                act = GIVES_UP_AS.get(case.claim, EventAct.GIVE_UP)
            why = windows.why_not(act, case.phase, case.claim)
            done = signups.give_up(session, case.event.id, case.who.id, CARE, NOW)
            if case.phase == Phase.UNPUBLISHED:
                assert done is None, case
            elif why is None:
                assert isinstance(done, GaveUp), case
                assert done.was == case.claim, case
            else:
                assert isinstance(done, Kept), case
                assert done.why == why, case
            after = SignupState.CANCELLED if why is None else case.claim
            assert state_of(session, case) == after, case

    store.write_now(walk)


def test_letting_in_and_refusing_keep_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            if case.signup is None:
                continue
            why = windows.why_not(EventAct.APPROVE, case.phase, case.claim)
            number = case.signup.id
            if len(case.how) % 2:
                done: object = requests.let_in(session, case.event.id, number, BOSS, CARE, NOW)
                becomes = SignupState.SEATED
            else:
                done = requests.refuse(session, case.event.id, number, "", BOSS, NOW)
                becomes = SignupState.CANCELLED
            if case.claim != SignupState.ASKED:
                assert done is None, case
            elif why is not None:
                assert isinstance(done, NothingDone), case
                assert done.why == why, case
            after = becomes if why is None else case.claim
            assert state_of(session, case) == after, case

    store.write_now(walk)


def test_saying_how_it_was_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            why = windows.why_not(EventAct.RATE, case.phase, case.claim)
            done = feedback.rate(session, case.event.id, case.who.id, 5, NOW)
            assert (done.why if isinstance(done, NotTaken) else None) == why, case

    store.write_now(walk)
    row = event("e", "活动", NOW)
    last = row.ends_at + timedelta(days=8)
    claim = SignupState.ATTENDED
    assert windows.refusal(EventAct.RATE, row, last, claim) is None
    assert windows.refusal(EventAct.RATE, row, last + HOUR, claim) == Why.TIME_PASSED


def test_having_been_there_all_the_same_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            why = windows.why_not(EventAct.DISPUTE, case.phase, case.claim)
            said = history.dispute(session, case.event.id, case.who.id, NOW)
            assert (said.why if isinstance(said, NotSaid) else None) == why, case
            number = case.signup.id if case.signup is not None else 0
            why = windows.why_not(EventAct.BELIEVE, case.phase, case.claim)
            done = history.decide(session, number, BOSS, NOW, was_there=True)
            assert isinstance(done, NotSaid) == (why is not None), case
            after = SignupState.ATTENDED if why is None else case.claim
            assert state_of(session, case) == after, case

    store.write_now(walk)


# Acts of the station


def test_offers_reminders_and_absences_keep_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        later = NOW + HOUR
        for case in cases(session):
            offered = offers.fill(session, case.event.id, CARE, NOW).offered
            why = windows.why_not(EventAct.BE_OFFERED, case.phase, case.claim)
            assert offered == (why is None), case
            reminders.replan_event(session, case.event.id, CARE, NOW)
            owed = session.exec(select(Reminder).where(Reminder.event_id == case.event.id)).all()
            why = windows.why_not(EventAct.BE_REMINDED, case.phase, case.claim)
            assert bool(owed) == (why is None), case
            # Somebody was there, so those who were not are marked.
            witness = members.meet(session, "web.chat", "w", language="zh", now=NOW)
            there = SignupState.ATTENDED
            session.add(
                Signup(event_id=case.event.id, member_id=witness.id, state=there, turn=2, at=NOW)
            )
            session.flush()
            absences.mark_absent(session, later)
            why = windows.refusal(EventAct.BE_ABSENT, case.event, later, case.claim)
            assert why == windows.why_not(EventAct.BE_ABSENT, case.phase, case.claim), case
            is_marked = state_of(session, case) == SignupState.NO_SHOW != case.claim
            assert is_marked == (why is None), case

    store.write_now(walk)


# Acts at the door


def _by_code(session: Session, case: Case) -> object:
    # Ten wrong codes lock an organizer out, which is another matter.
    session.execute(delete(guesses.WrongCodes))
    code = checking_in.code_of(session, case.event.id, 1)
    return checking_in.by_code(session, case.event.id, code, BOSS, NOW)


def _from_list(session: Session, case: Case) -> object:
    number = case.signup.id if case.signup is not None else 0
    return checking_in.from_list(session, case.event.id, number, BOSS, NOW)


def _by_place_code(session: Session, case: Case) -> object:
    secret = doors.place_secret(session, case.event.id)
    return doors.by_place_code(session, case.event.id, secret, case.who.id, NOW)


def _undo(session: Session, case: Case) -> object:
    number = case.signup.id if case.signup is not None else 0
    return checking_in.undo(session, case.event.id, number, BOSS, NOW)


DOORS: dict[str, tuple[EventAct, SignupState, Callable[[Session, Case], object]]] = {
    "code": (EventAct.CHECK_IN, SignupState.ATTENDED, _by_code),
    "list": (EventAct.CHECK_IN, SignupState.ATTENDED, _from_list),
    "code at the door": (EventAct.CHECK_IN, SignupState.ATTENDED, _by_place_code),
    "undoing": (EventAct.UNDO_CHECK_IN, SignupState.SEATED, _undo),
}


@pytest.mark.parametrize("door", DOORS)
def test_check_in_keeps_to_the_table(store: Store, door: str) -> None:
    act, becomes, verb = DOORS[door]

    def walk(session: Session) -> None:
        for case in cases(session):
            why = windows.why_not(act, case.phase, case.claim)
            done = verb(session, case)
            if why is None:
                assert isinstance(done, CheckedIn), case
            elif why in (Why.NO_SUCH_CLAIM, Why.CHECKED_IN):
                assert isinstance(done, NoSeat | NotNow), case
            else:
                assert done == NotNow(why), case
            assert state_of(session, case) == (becomes if why is None else case.claim), case

    store.write_now(walk)


def test_coming_in_without_a_seat_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        key, step = keys.shared(session, checking_in.KEY), codes.step_of(NOW)
        for case in cases(session):
            if case.claim in windows.claims_for(EventAct.CHECK_IN):
                continue
            why = windows.why_not(EventAct.WALK_IN, case.phase, case.claim)
            proof = codes.pass_of(key, case.event.id, case.who.id, step)
            done = doors.join(session, case.event.id, step, proof, case.who, CARE, NOW)
            assert isinstance(done, CheckedIn) if why is None else done == NotNow(why), case
            assert state_of(session, case) == (SignupState.ATTENDED if why is None else case.claim)
            session.refresh(case.event)
            seats = int(why is None or case.claim in HOLDS)
            assert case.event.held == seats, case
            is_in_queue = case.claim == SignupState.WAITING and why is not None
            assert case.event.waiting == int(is_in_queue), case

    store.write_now(walk)


@pytest.mark.parametrize("act", [EventAct.CHECK_IN, EventAct.UNDO_CHECK_IN])
def test_the_doors_open_half_a_day_before_and_close_three_days_after(act: EventAct) -> None:
    row = event("e", "活动", NOW)
    claim = SignupState.ATTENDED
    moments = (NOW - 12 * HOUR, NOW, row.ends_at, row.ends_at + timedelta(days=3))
    assert [windows.refusal(act, row, each, claim) for each in moments] == [None] * 4
    outside = (NOW - 13 * HOUR, row.ends_at + timedelta(days=4))
    assert [windows.refusal(act, row, each, claim) for each in outside] == [Why.NOT_THE_DAY] * 2


# Acts of organizers


def _closes(session: Session, number: int) -> object:
    return running.close_sign_up(session, number, BOSS, NOW)


def _reopens(session: Session, number: int) -> object:
    return running.open_sign_up(session, number, NOW + HOUR, BOSS, CARE, NOW)


def _changes_seats(session: Session, number: int) -> object:
    return running.change_seats(session, number, 50, BOSS, CARE, NOW)


def _moves(session: Session, number: int) -> object:
    return running.move(session, number, NOW + 9 * HOUR, NOW + 10 * HOUR, BOSS, CARE, NOW)


def _relocates(session: Session, number: int) -> object:
    return running.relocate(session, number, "别处", BOSS, NOW)


def _edits(session: Session, number: int) -> object:
    return editing.edit(session, number, {"bring": Translated("球拍")}, None, NOW)


def _calls_off(session: Session, number: int) -> object:
    return running.call_off(session, number, "雨", BOSS, NOW)


def _postpones(session: Session, number: int) -> object:
    return postponing.postpone(session, number, "雨", BOSS, NOW)


def _holds_twice(session: Session, number: int) -> object:
    when = (NOW + 9 * HOUR, NOW + 10 * HOUR)
    done = doubling.hold_twice(session, number, *when, 5, BOSS, CARE, NOW)
    return running.Changed(done.event) if isinstance(done, HeldTwice) else done


def _restores(session: Session, number: int) -> object:
    return postponing.restore(session, number, BOSS, CARE, NOW)


CHANGES: dict[EventAct, Callable[[Session, int], object]] = {
    EventAct.CLOSE: _closes,
    EventAct.REOPEN: _reopens,
    EventAct.CHANGE_SEATS: _changes_seats,
    EventAct.MOVE: _moves,
    EventAct.POSTPONE: _postpones,
    EventAct.RESTORE: _restores,
    EventAct.HOLD_TWICE: _holds_twice,
    EventAct.RELOCATE: _relocates,
    EventAct.CANCEL: _calls_off,
    EventAct.EDIT: _edits,
}


TOLD = (
    EventAct.MOVE,
    EventAct.POSTPONE,
    EventAct.RELOCATE,
    EventAct.CANCEL,
    EventAct.RESTORE,
)
"""The changes that everybody with a claim is told of."""


@pytest.mark.parametrize("act", CHANGES)
def test_changes_keep_to_the_table(store: Store, act: EventAct) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            why = windows.refusal(act, case.event, NOW, case.claim)
            before = case.event.model_dump()
            done = CHANGES[act](session, case.event.id)
            if why is None:
                assert isinstance(done, running.Changed), case
                why_untold = windows.why_not(EventAct.BE_TOLD, case.phase, case.claim)
                is_told = done.told.heard == 1
                assert is_told == (act in TOLD and why_untold is None), case
            else:
                assert isinstance(done, TooLate), case
                assert done.why == why, case
                session.expire_all()
                assert session.get_one(Event, case.event.id).model_dump() == before, case

    store.write_now(walk)


def test_handing_over_keeps_to_the_table(store: Store) -> None:
    def walk(session: Session) -> None:
        for case in cases(session):
            ours = (Signup.event_id == case.event.id, Signup.member_id == case.who.id)
            number = session.exec(select(Signup.id).where(*ours)).first() or 0
            why = windows.why_not(EventAct.HAND_OVER, case.phase, case.claim)
            done = handing.give_code(session, case.event.id, number, case.who, CARE, NOW)
            if case.phase == Phase.UNPUBLISHED or not number:
                assert done is None, case
            elif why is None:
                assert isinstance(done, OnItsWay), case
            else:
                assert isinstance(done, Stays), case
                assert done.why == why, case

    store.write_now(walk)


def test_every_act_of_the_table_is_walked() -> None:
    walked = {EventAct.SIGN_UP, *SIGNS_UP_AS.values(), EventAct.GIVE_UP, *GIVES_UP_AS.values()}
    walked |= {EventAct.BE_OFFERED, EventAct.BE_REMINDED, EventAct.BE_ABSENT}
    walked |= {act for act, _becomes, _verb in DOORS.values()} | set(CHANGES)
    walked |= {EventAct.BE_TOLD, EventAct.ADD_TO_CALENDAR, EventAct.RATE}
    walked |= {EventAct.DISPUTE, EventAct.BELIEVE, EventAct.WALK_IN, EventAct.HAND_OVER}
    walked |= {EventAct.APPROVE}
    assert walked == set(EventAct)
    assert {*windows.acts_on_claims(), *windows.acts_on_events()} == set(EventAct)


@pytest.mark.parametrize("how", STAND)
def test_an_event_is_in_one_phase(how: str) -> None:
    phase, values = STAND[how]
    row = event("e", "活动", NOW, ends_at=NOW + 5 * HOUR)
    for name, value in values.items():
        setattr(row, name, value)
    row.ends_at = row.starts_at + 5 * HOUR
    assert windows.phase_of(row, NOW) == phase
