"""An index of those who wait for a seat by the quotas in which they count."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

LEADS_QUEUE = sa.text("state = 'waiting' AND party_id IS NULL")


def upgrade() -> None:
    op.create_index(
        "signup_kind",
        "signup",
        ["event_id", "counts_in", "turn"],
        sqlite_where=LEADS_QUEUE,
        postgresql_where=LEADS_QUEUE,
    )
