"""Digits that tell namesakes apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tail", sa.String(), server_default=sa.text("('')"), nullable=False)
        )
