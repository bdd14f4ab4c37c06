"""Sending at large: speakers, daily counts, grants; deliveries in smaller indexes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _add(table: str, column: "sa.Column[Any]", was: Any) -> None:
    """Add a column that rows from before have this value in, and new ones must be given one."""
    name = column.name
    column.server_default = sa.DefaultClause(was)
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, server_default=None)


def upgrade() -> None:
    op.create_table(
        "speaker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("halted_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("speaker_pkey")),
    )
    op.create_table(
        "platform_account",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("is_windowed", sa.Boolean(), nullable=False),
        sa.Column("notifies", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("platform_account_pkey")),
    )
    op.create_table(
        "daily_count",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("daily_count_pkey")),
    )
    op.create_table(
        "subscription_grant",
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("subscription_grant_address_id_fkey")
        ),
        sa.PrimaryKeyConstraint("address_id", "template", name=op.f("subscription_grant_pkey")),
    )
    _add("address", sa.Column("no_templates", sa.Boolean(), nullable=False), sa.false())
    _add("announcement", sa.Column("urgent", sa.String(), nullable=False), "")
    _add("delivery", sa.Column("reference", sa.String(), nullable=False), "")
    with op.batch_alter_table("event") as batch_op:
        batch_op.create_index(batch_op.f("event_ends_at_idx"), ["ends_at"], unique=False)
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.add_column(sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("key", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.drop_constraint(batch_op.f("delivery_key_key"), type_="unique")
        batch_op.drop_constraint(batch_op.f("delivery_address_id_fkey"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("delivery_member_id_fkey"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("delivery_member_id_idx"))
        batch_op.drop_index(batch_op.f("delivery_of_address"))
        batch_op.drop_index(batch_op.f("delivery_announcement"))
        batch_op.create_index(
            "delivery_announcement",
            ["announcement_id", "state", "run", "reason", "settled_at"],
            unique=False,
            sqlite_where=sa.text("announcement_id IS NOT NULL"),
            postgresql_where=sa.text("announcement_id IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_arrived",
            ["announcement_id", "run"],
            unique=False,
            sqlite_where=sa.text("delivered_at IS NOT NULL"),
            postgresql_where=sa.text("delivered_at IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_opened",
            ["announcement_id", "run"],
            unique=False,
            sqlite_where=sa.text("read_at IS NOT NULL"),
            postgresql_where=sa.text("read_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("delivery_due"))
        batch_op.create_index(
            "delivery_due",
            ["account", "priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.drop_index(batch_op.f("delivery_expiry"))
        batch_op.create_index(
            "delivery_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'waiting')"),
            postgresql_where=sa.text("state IN ('planned', 'waiting')"),
        )
        batch_op.create_index(
            "delivery_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_leased",
            ["leased_until"],
            unique=False,
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        )
        batch_op.create_index(
            "delivery_notice",
            ["member_id"],
            unique=False,
            sqlite_where=sa.text("announcement_id IS NULL"),
            postgresql_where=sa.text("announcement_id IS NULL"),
        )
        batch_op.create_index(
            "delivery_once",
            ["announcement_id", "member_id", "run"],
            unique=True,
            sqlite_where=sa.text("announcement_id IS NOT NULL"),
            postgresql_where=sa.text("announcement_id IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_said",
            ["address_id", "settled_at"],
            unique=False,
            sqlite_where=sa.text("state = 'sent'"),
            postgresql_where=sa.text("state = 'sent'"),
        )
        batch_op.create_index(
            "delivery_waiting",
            ["member_id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
