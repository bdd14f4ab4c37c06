"""Count the announcements each member receives in a day, across all senders."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from models.sending.topics import ANNOUNCEMENT
from models.store import Moment, table_of
from models.store.statements import Prepared


class DailyCount(SQLModel, table=True):
    """``times`` announcements on ``day``, in the station's zone; a past day counts as none.

    ``member_id`` is no foreign key: a member may be erased while an announcement is being sent, and
    the rest of its batch must still be settled.
    """

    __tablename__ = "daily_count"

    member_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date
    times: int


_TABLE = table_of(DailyCount)


def counts_towards_daily_cap(topic: str, facts: Mapping[str, Any]) -> bool:
    """Return whether a delivery counts towards a member's daily number of announcements.

    Urgent announcements and corrections do not.
    """
    return topic == ANNOUNCEMENT and not is_urgent(topic, facts) and not facts.get("corrects")


def is_urgent(topic: str, facts: Mapping[str, Any]) -> bool:
    """Return whether an organizer gave a reason for which an announcement ignores quiet hours."""
    return topic == ANNOUNCEMENT and bool(facts.get("urgent"))


@cache
def _one_more(dialect: str) -> Prepared:
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    day = insert.excluded.day
    times = case((_TABLE.c.day == day, _TABLE.c.times + 1), else_=1)
    upsert = insert.on_conflict_do_update(
        index_elements=["member_id"], set_={"day": day, "times": times}
    )
    return Prepared(upsert, ("member_id", "day", "times"))


def count(session: Session, member_ids: Iterable[int], day: date) -> None:
    """Add one announcement on this day for each occurrence of a member in ``member_ids``."""
    # Sorted, so that two processes that count the same members do not deadlock.
    rows = [{"member_id": member_id, "day": day, "times": 1} for member_id in sorted(member_ids)]
    if rows:
        _one_more(session.get_bind().dialect.name).run_many(session, rows)


def of_member(session: Session, member_id: int) -> dict[str, Any] | None:
    """Return a member's count as plain values."""
    row = session.get(DailyCount, member_id)
    return {"day": row.day, "times": row.times} if row is not None else None


def forget_before(session: Session, moment: Moment) -> None:
    """Delete the counts of days before this moment."""
    session.execute(delete(DailyCount).where(col(DailyCount.day) < moment.date()))
