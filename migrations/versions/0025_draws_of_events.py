"""Draws of events."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("number_name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("admits_web", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("list_hash", sa.String(), nullable=False),
        sa.Column("listed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("gone", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("first_turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("draw_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("draw_pkey")),
        sa.UniqueConstraint("event_id", name=op.f("draw_event_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index(
            "draw_open",
            ["event_id"],
            unique=False,
            sqlite_where=sa.text("drawn_at IS NULL"),
            postgresql_where=sa.text("drawn_at IS NULL"),
        )

    op.create_table(
        "draw_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("takes_seat", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_won", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("draw_entry_event_id_fkey")),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("draw_entry_signup_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("draw_entry_pkey")),
        sa.UniqueConstraint("signup_id", name=op.f("draw_entry_signup_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("draw_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("draw_entry_event_id_idx"), ["event_id"], unique=False)

    # Plain columns: a batch would copy the table for their defaults.
    op.add_column("event", sa.Column("draw", sa.String(), server_default="", nullable=False))
    op.add_column("event", sa.Column("entered", sa.Integer(), server_default="0", nullable=False))
