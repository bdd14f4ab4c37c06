"""The stop at which somebody gets on, and what is written to people on the day."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "event_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("event_word_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("event_word_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("event_word_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_word", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("event_word_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("event_word_event_id_idx"), ["event_id"], unique=False)
    op.add_column("signup", sa.Column("stop", sa.String(), server_default="", nullable=False))
