"""People who sign up together, those without a chat, and quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("quota_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("quota_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("quota_event_id_idx"), ["event_id"], unique=False)

    # Plain columns: a batch would copy the table for their defaults.
    op.add_column("event", sa.Column("along", sa.String(), server_default="", nullable=False))
    op.add_column("event", sa.Column("quotas", sa.Integer(), server_default="0", nullable=False))
    op.add_column("event", sa.Column("quotas_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("event_quotas_until_idx"), "event", ["quotas_until"], unique=False)

    with op.batch_alter_table("signup", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("party_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("brings", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("name", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("is_child", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("takes_seat", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("by_member_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("counts_in", sa.String(), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("signup_by_member_id_idx"), ["by_member_id"], unique=False)
        batch_op.create_index(
            "signup_party",
            ["party_id"],
            unique=False,
            sqlite_where=sa.text("party_id IS NOT NULL"),
            postgresql_where=sa.text("party_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("signup_by_member_id_fkey"), "member", ["by_member_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("signup_party_id_fkey"), "signup", ["party_id"], ["id"]
        )
