"""The peers' store: filled before a run, read after it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from benchmarks.peers.club import Event, Member, Reminder, Signup, Table, open_engine
from benchmarks.plan import FIRST_CHAT, Claim, Claims, Plan

CHUNK = 10_000


def prepare(store: str, plan: Plan) -> None:
    engine = open_engine(store)
    Table.metadata.create_all(engine)
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(
            insert(Event),
            [
                {
                    "title": f"活动{number}",
                    "starts_at": plan.starts_at,
                    "closes_at": plan.starts_at - timedelta(hours=1),
                    "seats": seats,
                    "open": True,
                }
                for number, seats in enumerate(plan.seats, 1)
            ],
        )
        for start in range(0, plan.members, CHUNK):
            chunk = range(start, min(start + CHUNK, plan.members))
            rows = [
                {"chat_id": FIRST_CHAT + n, "name": f"工友{n}", "consented_at": now} for n in chunk
            ]
            connection.execute(insert(Member), rows)
    engine.dispose()


def claims(store: str) -> Claims:
    engine = open_engine(store)
    with Session(engine) as session:
        owed = Counter(session.exec(select(Reminder.signup_id)).all())
        rows = session.exec(
            select(Signup, Member.chat_id).join(Member, col(Member.id) == col(Signup.member_id))
        ).all()
        found = {
            (signup.event_id, chat_id): Claim(signup.state, signup.position, owed[signup.id])
            for signup, chat_id in rows
        }
    # A pair that is there twice would hide in the dictionary.
    assert len(found) == len(rows)
    engine.dispose()
    return found
