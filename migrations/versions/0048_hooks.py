"""Hooks: addresses that are told of what happens, what happened, and what they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.create_table(
        "hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("hook_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("hook_pkey")),
        sqlite_autoincrement=True,
    )
    for column in ("member_id", "grant_id"):
        op.create_index(op.f(f"hook_{column}_idx"), "hook", [column], unique=False)
    op.create_table(
        "hook_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in NUMBERS),
        sa.PrimaryKeyConstraint("id", name=op.f("hook_note_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in NUMBERS),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("took_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], name=op.f("hook_delivery_hook_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("hook_delivery_pkey")),
        sa.UniqueConstraint("name", name=op.f("hook_delivery_name_key")),
        sqlite_autoincrement=True,
    )
    for column in ("hook_id", "at", "next_at"):
        op.create_index(
            op.f(f"hook_delivery_{column}_idx"), "hook_delivery", [column], unique=False
        )


NUMBERS = ("event_id", "signup_id", "thread_id")
