"""The state that an event has again when its cancellation is taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("event", sa.Column("state_was", sa.String(), nullable=True))
