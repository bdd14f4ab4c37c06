"""Posters by where they hang."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "event_poster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("event_poster_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("event_poster_event_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_poster_pkey")),
        sa.UniqueConstraint("code", name=op.f("event_poster_code_key")),
        sa.UniqueConstraint("event_id", "place", name=op.f("event_poster_event_id_place_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_poster", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("event_poster_by_member_id_idx"), ["by_member_id"], unique=False
        )

    op.create_table(
        "poster_arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poster_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("poster_arrival_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["poster_id"], ["event_poster.id"], name=op.f("poster_arrival_poster_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("poster_arrival_pkey")),
        sa.UniqueConstraint(
            "poster_id", "member_id", name=op.f("poster_arrival_poster_id_member_id_key")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("poster_arrival", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("poster_arrival_member_id_idx"), ["member_id"], unique=False
        )
