"""What the people of the demo did shows every part of an event once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from demo import living
from models.events import certificates, chances, feedback, history, photos, repeating, series, stops
from models.events._claims import CLAIM
from models.events.events import Event, Signup, SignupState
from models.gala import lines, polls, programme
from models.loading.network import load, read
from models.network.members import Member
from models.network.stations import Care
from models.rules.events.chances import Chance
from models.rules.events.states import DrawState
from models.rules.events.windows import CHECK_IN_OPENS
from models.store import Store
from tests.miniature.rows import CARE

DEMO = Path(living.__file__).parent / "nanhai.toml"


def live(session: Session, care: Care, now: datetime) -> None:
    load(session, read(DEMO), care, now)
    living.live(session, care, now)


def event(session: Session, code: str) -> Event:
    return session.exec(select(Event).where(col(Event.code).startswith(code))).one()


def states(session: Session, code: str) -> Counter[SignupState]:
    claims = select(Signup.state).where(Signup.event_id == event(session, code).id)
    return Counter(SignupState(each) for each in session.exec(claims))


def test_what_is_past_has_people_who_came_answers_photos_and_certificates(
    store: Store, now: datetime
) -> None:
    store.write_now(live, CARE, now)

    def look(session: Session) -> None:
        lesson = event(session, "phone-photos-3")
        assert lesson.ends_at < now
        shown = feedback.shown(session, lesson.id)
        assert shown is not None
        assert len(shown.sentences) >= 3
        assert len(photos.shown(session, lesson.id)) == 2
        standing = certificates.standing(session, lesson.id)
        assert (standing.came, standing.issued, standing.unnamed) == (7, 7, 0)
        there = select(Member).where(Member.name == "周晓彤")
        member = session.exec(there).one()
        [year] = history.years(session, member.id, now, CARE.zone)
        assert year.times >= 2
        assert certificates.of_member(session, member.id)

    store.read_now(look)


def test_what_is_to_come_has_a_queue_a_draw_a_course_and_what_comes_again(
    store: Store, now: datetime
) -> None:
    store.write_now(live, CARE, now)

    def look(session: Session) -> None:
        full = event(session, "phone-photos-4")
        assert full.starts_at > now
        assert states(session, "phone-photos-4") == {SignupState.SEATED: 8, SignupState.WAITING: 1}
        waiting = select(Signup.member_id).where(
            Signup.event_id == full.id, Signup.state == SignupState.WAITING
        )
        key = {"event_id": full.id, "member_id": session.exec(waiting).one()}
        found = chances.of_claim(session, full, CLAIM.one(session, key), 1, now)
        assert found is not None
        assert found.chance is Chance.LIKELY
        drawn = event(session, "lantern-making")
        assert (drawn.draw, drawn.held, drawn.waiting) == (DrawState.DRAWN, 4, 6)
        first = event(session, "cantonese-1")
        assert first.series_id is not None
        assert len(series.dates_of(session, first.series_id)) == 3
        walk = event(session, "lake-walk")
        assert walk.starts_at < now
        row = repeating.of_event(session, walk)
        assert row is not None
        assert repeating.published_of(session, row.id, now)

    store.read_now(look)


@pytest.mark.parametrize("hour", [0, 5, 9, 13, 20, 23])
def test_at_any_hour_there_is_a_tour_at_which_people_can_be_checked_in(
    sqlite_url: str, hour: int
) -> None:
    now = datetime(2026, 12, 1, hour, 31, tzinfo=CARE.zone).astimezone(UTC)
    store = Store(sqlite_url)
    store.write_now(live, CARE, now)

    def look(session: Session) -> None:
        tour = event(session, "aluminium-tour")
        assert timedelta() < tour.starts_at - now <= CHECK_IN_OPENS
        assert tour.starts_at.astimezone(CARE.zone).hour >= 8
        roll = stops.roll(session, tour)
        assert [(each.due, each.here) for each in roll if each.stop] == [(4, 1), (4, 1)]

    store.read_now(look)
    store.close()


def test_a_second_start_adds_nothing_and_the_next_day_has_a_tour_of_its_own(
    store: Store, now: datetime
) -> None:
    def count(session: Session) -> tuple[int, int, int]:
        return (
            len(session.exec(select(Event.id)).all()),
            len(session.exec(select(Signup.id)).all()),
            len(session.exec(select(Member.id)).all()),
        )

    store.write_now(live, CARE, now)
    before = store.read_now(count)
    store.write_now(live, CARE, now + timedelta(minutes=5))
    assert store.read_now(count) == before
    store.write_now(living.live, CARE, now + timedelta(days=1))
    events, _, members = store.read_now(count)
    assert (events, members) == (before[0] + 1, before[2])


def test_the_gala_has_a_programme_and_people_who_answer_and_write(
    store: Store, now: datetime
) -> None:
    store.write_now(live, CARE, now)
    store.write_now(live, CARE, now)

    def look(session: Session) -> tuple[int, int, int, int]:
        gala = event(session, living.GALA)
        poll, quiz = polls.of_event(session, gala.id)
        [asked] = polls.counted(session, poll.id)
        assert quiz.is_quiz
        items = len(programme.of_event(session, gala.id))
        return (
            items,
            asked.votes,
            len(lines.shown(session, gala.id)),
            lines.waiting(session, gala.id),
        )

    items, votes, shown, waiting = store.read_now(look)
    assert (items, shown, waiting) == (9, 3, 1)
    assert votes > 5
