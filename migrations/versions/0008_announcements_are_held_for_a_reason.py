"""Announcements are held for a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("released_by", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("held_for", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("announcement_released_by_fkey"), "member", ["released_by"], ["id"]
        )

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
