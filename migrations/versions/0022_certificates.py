"""Certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "certificate_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("certificate_register_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("certificate_register_pkey")),
        sa.UniqueConstraint("prefix", "year", name=op.f("certificate_register_prefix_year_key")),
        sa.UniqueConstraint(
            "station_id", "year", name=op.f("certificate_register_station_id_year_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("certificate_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("certificate_event_id_fkey")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("certificate_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("certificate_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("certificate_pkey")),
        sa.UniqueConstraint("code", name=op.f("certificate_code_key")),
        sa.UniqueConstraint("number", name=op.f("certificate_number_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("certificate_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("certificate_event_id_idx"), ["event_id"], unique=False)
        batch_op.create_index(
            "certificate_in_force",
            ["event_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND member_id IS NOT NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND member_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("certificate_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(
            batch_op.f("certificate_station_id_idx"), ["station_id"], unique=False
        )
