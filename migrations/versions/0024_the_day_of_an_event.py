"""Helpers for one event, check-ins that devices tell twice, and a door's code that changes."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "event_helper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("event_helper_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("event_helper_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("event_helper_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_helper_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("event_helper_code_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_helper", schema=None) as batch_op:
        for name in ("by_member_id", "event_id", "member_id"):
            batch_op.create_index(batch_op.f(f"event_helper_{name}_idx"), [name], unique=False)
    op.create_table(
        "check_in_repeat",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("check_in_repeat_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("check_in_repeat_signup_id_fkey")
        ),
        sa.PrimaryKeyConstraint("event_id", "client_id", name=op.f("check_in_repeat_pkey")),
    )
    with op.batch_alter_table("check_in_repeat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("check_in_repeat_signup_id_idx"), ["signup_id"], unique=False
        )
    op.add_column(
        "event", sa.Column("door_rotates", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
