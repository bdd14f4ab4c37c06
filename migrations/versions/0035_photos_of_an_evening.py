"""Photos of an evening, the hours of helpers, and public pages of narrowed events."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "event_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("event_photo_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("event_photo_event_id_fkey")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("event_photo_picture_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_photo_pkey")),
        sqlite_autoincrement=True,
    )
    for column in ("at", "by_member_id", "event_id", "picture_id"):
        op.create_index(op.f(f"event_photo_{column}_idx"), "event_photo", [column])
    no = sa.false()
    op.add_column("member", sa.Column("no_photos", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("event", sa.Column("page_open", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("event_helper", sa.Column("minutes", sa.Integer(), nullable=True))
