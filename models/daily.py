"""How many announcements a member got on a day, whoever sent them."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col


class DailyCount(SQLModel, table=True):
    """``times`` announcements on ``day``, in the station's zone; an older day counts as none."""

    __tablename__ = "daily_count"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    day: date
    times: int


_TABLE = DailyCount.__table__  # type: ignore[attr-defined]


@cache
def _upsert(dialect: str) -> Any:
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    day = insert.excluded.day
    return insert.on_conflict_do_update(
        index_elements=["member_id"],
        set_={"day": day, "times": case((_TABLE.c.day == day, _TABLE.c.times + 1), else_=1)},
    )


def count(session: Session, member_ids: Iterable[int], day: date) -> None:
    """One more announcement on this day, for each of these."""
    rows = [{"member_id": member_id, "day": day, "times": 1} for member_id in sorted(member_ids)]
    if rows:
        session.execute(_upsert(session.get_bind().dialect.name), rows)


def forget_member(session: Session, member_id: int) -> None:
    session.execute(delete(DailyCount).where(col(DailyCount.member_id) == member_id))
