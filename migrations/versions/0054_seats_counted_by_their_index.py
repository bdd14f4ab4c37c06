"""An index of the seats of an event by the quotas in which they count."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

HAS_SEAT = sa.text("state IN ('seated', 'offered', 'attended', 'no_show')")


def upgrade() -> None:
    op.create_index(
        "signup_held",
        "signup",
        ["event_id", "counts_in", "takes_seat"],
        sqlite_where=HAS_SEAT,
        postgresql_where=HAS_SEAT,
    )
