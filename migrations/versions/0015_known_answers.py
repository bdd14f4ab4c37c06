"""Known answers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "known_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_loaded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("known_answer_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("known_answer_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("known_answer_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("known_answer_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("known_answer", schema=None) as batch_op:
        for column in ("by_member_id", "event_id", "station_id"):
            batch_op.create_index(batch_op.f(f"known_answer_{column}_idx"), [column], unique=False)
