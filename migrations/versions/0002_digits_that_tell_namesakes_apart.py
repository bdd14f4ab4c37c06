"""Digits that tell namesakes apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # A plain statement: a batch would copy the table on SQLite, without AUTOINCREMENT.
    tail = sa.Column("tail", sa.String(), server_default=sa.text("''"), nullable=False)
    op.add_column("member", tail)
