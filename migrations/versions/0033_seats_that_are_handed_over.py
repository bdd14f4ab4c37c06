"""Seats that are handed over, and to whom they may be."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "seat_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("from_member_id", sa.Integer(), nullable=False),
        sa.Column("to_member_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("seat_handover_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["from_member_id"], ["member.id"], name=op.f("seat_handover_from_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("seat_handover_signup_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["to_member_id"], ["member.id"], name=op.f("seat_handover_to_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("seat_handover_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("seat_handover_code_hash_key")),
        sa.UniqueConstraint("signup_id", name=op.f("seat_handover_signup_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("seat_handover", schema=None) as batch_op:
        for name in ("from_member_id", "to_member_id"):
            batch_op.create_index(batch_op.f(f"seat_handover_{name}_idx"), [name], unique=False)

    op.add_column("event", sa.Column("handing", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("signup", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("from_member_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "signup_from_member",
            ["from_member_id"],
            unique=False,
            sqlite_where=sa.text("from_member_id IS NOT NULL"),
            postgresql_where=sa.text("from_member_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("signup_from_member_id_fkey"), "member", ["from_member_id"], ["id"]
        )
