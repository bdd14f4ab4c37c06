"""What is long over is forgotten: words and people go, and what is counted stays."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from models.announcements.announcements import Announcement
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.events import Event, Signup, SignupState
from models.events.posters import Arrival, Poster
from models.members import retention
from models.network import members
from models.network.invites import Invite
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import event, network

YEAR = timedelta(days=365)


def _member(session: Session, name: str, now: datetime) -> int:
    return members.meet(session, "web.chat", name, language="zh", now=now).id


def _rows(store: Store, model: type[SQLModel]) -> Sequence[Any]:
    def read(session: Session) -> Sequence[Any]:
        return session.exec(select(model).order_by(text("id"))).all()

    return store.read_now(read)


def test_an_old_letter_loses_its_words_and_its_writer_and_is_counted_still(
    store: Store, now: datetime
) -> None:
    def fill(session: Session) -> None:
        network(session)
        ana = _member(session, "ana", now)
        for state, age in (
            (ThreadState.ANSWERED, 3 * YEAR),
            (ThreadState.SETTLED, 3 * YEAR),
            (ThreadState.WAITING, 3 * YEAR),
            (ThreadState.SETTLED, YEAR),
        ):
            at = now - age
            thread = Thread(member_id=ana, station_id=1, state=state, opened_at=at, last_at=at)
            session.add(thread)
            session.flush()
            session.add(ThreadLine(thread_id=thread.id, text="想学游泳", at=at))

    store.write_now(fill)
    found = store.read_now(retention.old_letters, now - 2 * YEAR)
    assert found == [1, 2]
    store.write_now(retention.forget_letters, [*found, 3], now)
    assert [each.member_id for each in _rows(store, Thread)] == [None, None, 1, 1]
    assert [each.thread_id for each in _rows(store, ThreadLine)] == [3, 4]
    assert store.read_now(retention.old_letters, now - 2 * YEAR) == []


def test_who_came_is_forgotten_and_how_many_is_not(store: Store, now: datetime) -> None:
    def fill(session: Session) -> None:
        network(session)
        ana, ben = _member(session, "ana", now), _member(session, "ben", now)
        for code, starts in (("old", now - 6 * YEAR), ("late", now - YEAR)):
            held = event(code, code, starts, ends_at=starts + timedelta(hours=2))
            session.add(held)
            session.flush()
            for turn, (whose, by, name) in enumerate(
                ((ana, None, ""), (None, ana, "小宝"), (ben, None, ""))
            ):
                session.add(
                    Signup(
                        event_id=held.id,
                        member_id=whose,
                        by_member_id=by,
                        name=name,
                        state=SignupState.SEATED,
                        turn=turn,
                        at=starts,
                    )
                )
            poster = Poster(event_id=held.id, place="食堂", code=code, at=starts)
            session.add(poster)
            session.flush()
            session.add(Arrival(poster_id=poster.id, member_id=ben, at=starts))

    store.write_now(fill)
    found = store.read_now(retention.old_claims, now - 5 * YEAR)
    assert found == [1, 2, 3]
    store.write_now(retention.unname_claims, found, now)
    rows = _rows(store, Signup)
    assert [(each.member_id, each.by_member_id, each.name) for each in rows] == [
        *([(None, None, "")] * 3),
        *((1, None, ""), (None, 1, "小宝"), (2, None, "")),
    ]
    assert len(_rows(store, Event)) == 2
    assert store.read_now(retention.old_claims, now - 5 * YEAR) == []

    arrivals = store.read_now(retention.old_arrivals, now - 5 * YEAR)
    store.write_now(retention.unname_arrivals, arrivals, now)
    assert [each.member_id for each in _rows(store, Arrival)] == [None, 2]


def test_an_old_announcement_goes_after_what_corrected_it(store: Store, now: datetime) -> None:
    def fill(session: Session) -> None:
        network(session)
        for corrects, age in ((None, 6 * YEAR), (1, 6 * YEAR), (None, YEAR)):
            at = now - age
            session.add(
                Announcement(station_id=1, corrects_id=corrects, created_at=at, ended_at=at)
            )
            session.flush()

    store.write_now(fill)
    gone = []
    # As the planner does: until nothing more is found.
    while found := store.read_now(retention.old_announcements, now - 5 * YEAR):
        store.write_now(retention.forget_announcements, found, now)
        gone.append(list(found))
    assert gone == [[2], [1]]
    assert [each.id for each in _rows(store, Announcement)] == [3]


def test_codes_that_nobody_used_go_and_those_that_gave_a_role_stay(
    store: Store, now: datetime
) -> None:
    def fill(session: Session) -> None:
        network(session)
        for number, (ended, used) in enumerate(((YEAR, None), (YEAR, now), (-YEAR, None))):
            session.add(
                Invite(
                    code_hash=str(number),
                    role=Role.TOWN,
                    station_id=1,
                    expires_at=now - ended,
                    used_at=used,
                )
            )

    store.write_now(fill)
    store.write_now(retention.forget_invites, now - timedelta(days=30))
    store.write_now(retention.forget_wrong_codes, now)
    store.write_now(retention.forget_repeats, now)
    store.write_now(retention.forget_handovers, now)
    assert [each.code_hash for each in _rows(store, Invite)] == ["1", "2"]


async def test_a_file_gives_back_what_was_deleted(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    path = Path(sqlite_url.removeprefix("sqlite:///"))

    def fill(session: Session) -> None:
        session.execute(text("CREATE TABLE filler (content BLOB)"))
        for _ in range(1_500):
            session.execute(text("INSERT INTO filler VALUES (zeroblob(4000))"))

    def empty(session: Session) -> None:
        session.execute(text("DELETE FROM filler"))

    async def size() -> int:
        await store.truncate_log()
        return (await asyncio.to_thread(path.stat)).st_size

    try:
        await store.write(fill)
        assert not await store.shrink()
        full = await size()
        await store.write(empty)
        turns = 1
        while await store.shrink():
            turns += 1
        # Some pages stay for the next rows.
        assert await size() < full - 1_000_000
        assert turns > 1
    finally:
        store.close()
