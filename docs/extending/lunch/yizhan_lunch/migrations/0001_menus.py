"""Menus."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "lunch_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dishes", sa.String(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("lunch_menu_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("lunch_menu_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("lunch_menu_pkey")),
        sa.UniqueConstraint("station_id", "day", name=op.f("lunch_menu_station_id_day_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lunch_menu", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("lunch_menu_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("lunch_menu_day_idx"), ["day"], unique=False)

    op.create_table(
        "lunch_reader",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("lunch_reader_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("lunch_reader_pkey")),
    )
