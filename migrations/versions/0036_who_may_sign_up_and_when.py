"""Who may sign up for an event, and from when."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    # Plain columns: a batch would copy the tables for their defaults.
    op.add_column("event", sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("gates", sa.String(), server_default="", nullable=False))
    op.add_column("signup", sa.Column("refused", sa.String(), nullable=True))
    op.add_column("member", sa.Column("birth_year", sa.Integer(), nullable=True))
