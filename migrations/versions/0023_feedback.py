"""How people found events."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("feedback_event_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("feedback_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("feedback_pkey")),
        sa.UniqueConstraint("event_id", "member_id", name=op.f("feedback_event_id_member_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("feedback_member_id_idx"), ["member_id"], unique=False)
    op.add_column(
        "event", sa.Column("feedback_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
