"""Partners, and the events that they are with."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parts", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("partner_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("partner_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("partner_station_id_idx"), "partner", ["station_id"], unique=False)
    op.create_table(
        "event_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("event_partner_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("event_partner_partner_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_partner_pkey")),
        sa.UniqueConstraint(
            "event_id",
            "partner_id",
            "part",
            name=op.f("event_partner_event_id_partner_id_part_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("event_partner_partner_id_idx"), "event_partner", ["partner_id"], unique=False
    )
