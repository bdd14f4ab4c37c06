"""What claimants know of an event.

Notices of changes that were planned and not sent held the old time or place themselves. What they
held moves to the claims, of which one notice then tells everything.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = ("moved", "relocated", "called-off")

delivery = sa.table(
    "delivery",
    sa.column("id", sa.Integer()),
    sa.column("member_id", sa.Integer()),
    sa.column("topic", sa.String()),
    sa.column("state", sa.String()),
    sa.column("facts", sa.JSON()),
)
event = sa.table(
    "event",
    sa.column("id", sa.Integer()),
    sa.column("starts_at", sa.DateTime(timezone=True)),
    sa.column("ends_at", sa.DateTime(timezone=True)),
    sa.column("place", sa.String()),
)
signup = sa.table(
    "signup",
    sa.column("event_id", sa.Integer()),
    sa.column("member_id", sa.Integer()),
    sa.column("knows", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.add_column(sa.Column("knows", sa.JSON(none_as_null=True), nullable=True))
    keep_what_claimants_know()


def keep_what_claimants_know() -> None:
    """Store at the claims what members knew before the changes that wait to be told."""
    connection = op.get_bind()
    pending = connection.execute(
        sa.select(delivery.c.member_id, delivery.c.topic, delivery.c.facts)
        .where(
            delivery.c.topic.in_(CHANGES),
            delivery.c.state.in_(("planned", "leased", "waiting")),
            delivery.c.member_id.is_not(None),
        )
        .order_by(delivery.c.id.desc())
    ).all()
    # The oldest comes last: a member knows what held before the first change not told yet.
    knew: dict[tuple[int, int], dict[str, Any]] = {}
    for member_id, topic, facts in pending:
        claim = knew.setdefault((facts["event_id"], member_id), {})
        if topic == "moved":
            claim["starts_at"] = facts["was"]
        elif topic == "relocated":
            claim["place"] = facts["was"]
    for (event_id, member_id), claim in knew.items():
        row = connection.execute(sa.select(event).where(event.c.id == event_id)).one()
        lasts = row.ends_at - row.starts_at
        # SQLite keeps times of UTC without saying so.
        now_at = row.starts_at if row.starts_at.tzinfo else row.starts_at.replace(tzinfo=UTC)
        starts_at = datetime.fromisoformat(claim.get("starts_at", now_at.isoformat()))
        knows = {
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + lasts).isoformat(),
            "place": claim.get("place", row.place),
            "cancelled": False,
        }
        connection.execute(
            sa.update(signup)
            .where(signup.c.event_id == event_id, signup.c.member_id == member_id)
            .values(knows=knows)
        )
