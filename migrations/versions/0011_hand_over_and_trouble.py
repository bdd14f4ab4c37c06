"""What is handed over, what may have been missed, and which platforms do not answer."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("handed_over", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("considered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(
            batch_op.f("delivery_waiting"), sqlite_where=sa.text("state = 'waiting'")
        )
        batch_op.create_index(
            "delivery_missed",
            ["member_id", "considered_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'unreachable', 'refused', 'in_doubt')"),
            postgresql_where=sa.text("state IN ('waiting', 'unreachable', 'refused', 'in_doubt')"),
        )

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("trouble", sa.String(), server_default=sa.text("('')"), nullable=False)
        )
        batch_op.create_index("speaker_halted", ["halted_until"], unique=False)
