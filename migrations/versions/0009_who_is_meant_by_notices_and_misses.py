"""Who is meant by notices and misses.

A notice that names another member than its receiver points to them, so that erasing them finds it.
What erased members had passed on loses their name. Of texts that were not understood those go that
came only once: who wrote them was not stored.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

delivery = sa.table(
    "delivery",
    sa.column("id", sa.Integer()),
    sa.column("key", sa.String()),
    sa.column("member_id", sa.Integer()),
    sa.column("about_member_id", sa.Integer()),
    sa.column("topic", sa.String()),
    sa.column("facts", sa.JSON()),
    sa.column("message", sa.JSON(none_as_null=True)),
)
member = sa.table("member", sa.column("id", sa.Integer()))
miss = sa.table("miss", sa.column("count", sa.Integer()))

MEANT = {
    "wish": ("wish_id", "wish", "member_id"),
    "new-captain": ("captain_id", "member", "id"),
    "join-request": ("bid_id", "team_bid", "member_id"),
    "captaincy-declined": ("bid_id", "team_bid", "member_id"),
    "captaincy": ("bid_id", "team_bid", "by_member_id"),
    "approve-team": ("team_id", "team", "founder_id"),
    "team-sent-back": ("team_id", "team", "founder_id"),
    "approve-event": ("event_id", "event", "by_member_id"),
    "approve-announcement": ("announcement_id", "announcement", "by_member_id"),
}
"""By topic: the fact that refers to a row, the row's table, and its column of the member meant."""


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about_member_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "delivery_about",
            ["about_member_id"],
            unique=False,
            sqlite_where=sa.text("about_member_id IS NOT NULL"),
            postgresql_where=sa.text("about_member_id IS NOT NULL"),
        )

    with op.batch_alter_table("miss", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_member_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("miss_by_member_id_idx"), ["by_member_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("miss_by_member_id_fkey"), "member", ["by_member_id"], ["id"]
        )
    op.execute(sa.delete(miss).where(miss.c.count < 2))
    say_who_is_meant()


def say_who_is_meant() -> None:
    """Fill ``about_member_id`` of the notices that are stored."""
    connection = op.get_bind()
    notices = connection.execute(
        sa.select(delivery).where(delivery.c.topic.in_(("passed-on", *MEANT)))
    ).all()
    there = set(connection.execute(sa.select(member.c.id)).scalars())
    for notice in notices:
        about = _meant(connection, notice.topic, notice.key or "", notice.facts)
        if about in there:
            if about != notice.member_id:
                _change(connection, notice.id, about_member_id=about)
        elif notice.topic == "passed-on":
            facts = {name: each for name, each in notice.facts.items() if name != "name"}
            _change(connection, notice.id, key=None, facts=facts, message=None)


def _meant(connection: sa.Connection, topic: str, key: str, facts: Mapping[str, Any]) -> int | None:
    if topic == "passed-on":
        number = key.split(":")[1:2]
        return int(number[0]) if number else None
    fact, table, column = MEANT[topic]
    if fact not in facts:
        return None
    row = sa.table(table, sa.column("id", sa.Integer()), sa.column(column, sa.Integer()))
    found: int | None = connection.scalar(sa.select(row.c[column]).where(row.c.id == facts[fact]))
    return found


def _change(connection: sa.Connection, delivery_id: int, **values: Any) -> None:
    connection.execute(sa.update(delivery).where(delivery.c.id == delivery_id).values(**values))
