"""What a postponement or a cancellation leaves as it was, and gives back."""

from datetime import timedelta

from sqlmodel import Session

from models.events import drawing, draws, offers, postponing, running, signups
from models.events.events import EventState, SignupState
from models.events.running import Changed, TooLate
from models.network import roles
from models.network.stations import Station
from models.rules.events import undated, windows
from models.rules.events.states import DrawState
from models.rules.events.windows import Phase, Why
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import CARE, local
from tests.models.events.playing import NOW, begun, caller, claim

HOUR = timedelta(hours=1)


def test_what_was_closed_by_hand_is_closed_again_and_offers_are_made_again(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=1)
        ana, ben = caller(session, 1), caller(session, 2)
        for one in (ana, ben):
            signups.sign_up(session, event.id, one, CARE, NOW)
        signups.give_up(session, event.id, ana.id, CARE, NOW)
        assert claim(session, event.id, ben).state == SignupState.OFFERED
        running.call_off(session, event.id, "雨", None, NOW)
        assert claim(session, event.id, ben).state == SignupState.WAITING
        # The offer that nobody has seen yet is no offer in vain.
        done = postponing.restore(session, event.id, None, CARE, NOW + HOUR)
        assert isinstance(done, Changed)
        assert done.offered == 1
        running.close_sign_up(session, event.id, boss(session), NOW + HOUR)
        running.call_off(session, event.id, "雨", None, NOW + HOUR)
        assert not offers.any_queue_to_tell(session, NOW + HOUR)
        postponing.restore(session, event.id, None, CARE, NOW + HOUR)
        assert event.state == EventState.CLOSED
        running.call_off(session, event.id, "雨", None, NOW + HOUR)
        late = postponing.restore(session, event.id, None, CARE, event.starts_at)
        assert late == TooLate(event, Why.BEGUN)

    store.write_now(play)


def boss(session: Session) -> int:
    one = caller(session, 99)
    roles.give(session, one.id, Role.DISTRICT, session.get_one(Station, 1), NOW)
    return one.id


def test_what_is_cancelled_without_a_date_stands_in_nobodys_way_and_can_come_back(
    store: Store,
) -> None:
    def play(session: Session) -> None:
        event = begun(session, quotas_until=local(5, 8))
        was = event.starts_at, event.closes_at, local(5, 8)
        ana, by = caller(session, 1), boss(session)
        signups.sign_up(session, event.id, ana, CARE, NOW)
        postponing.postpone(session, event.id, "雨", None, NOW)
        late = NOW + timedelta(days=90)
        assert [e.id for _, e in signups.of_member(session, ana.id, late)] == [event.id]
        running.call_off(session, event.id, "没人", None, late)
        assert not signups.of_member(session, ana.id, late)
        assert not running.events_of(session, by, late, past=False)
        assert running.events_of(session, by, late, past=True) == [event]
        postponing.restore(session, event.id, None, CARE, late)
        assert windows.phase_of(event, late) == Phase.POSTPONED
        day = late + timedelta(days=3)
        running.move(session, event.id, day, day + HOUR, None, CARE, late)
        assert event.quotas_until is not None
        assert event.quotas_until - event.starts_at == was[2] - was[0]
        assert event.closes_at - event.starts_at == was[1] - was[0]

    store.write_now(play)


def test_a_draw_waits_with_its_entries_for_the_date(store: Store) -> None:
    def play(session: Session) -> None:
        event = begun(session, seats=1)
        draws.set_up(session, event.id, None, NOW)
        draws.admit_web(session, event.id, None, NOW)
        for number in range(3):
            signups.sign_up(session, event.id, caller(session, number), CARE, NOW)
        closes_at = event.closes_at
        postponing.postpone(session, event.id, "雨", None, NOW)
        assert not drawing.any_due(session, closes_at)
        day = closes_at + timedelta(days=9)
        running.move(session, event.id, day, day + HOUR, None, CARE, closes_at)
        session.refresh(event)
        assert (event.entered, event.draw) == (3, DrawState.ENTERING)
        assert not drawing.any_due(session, closes_at)
        running.call_off(session, event.id, "雨", None, closes_at)
        assert not drawing.any_due(session, event.closes_at)
        postponing.restore(session, event.id, None, CARE, closes_at)
        assert drawing.any_due(session, event.closes_at)

    store.write_now(play)


def test_a_date_to_come_stands_whole_weeks_away_on_the_same_day_of_the_year() -> None:
    at = local(5, 14)
    later = undated.put_off(at)
    assert (later.weekday(), later.month, later.day) == (at.weekday(), at.month, at.day)
    assert undated.put_off(later) == later
    assert undated.planned(later) == undated.planned(at) == at
