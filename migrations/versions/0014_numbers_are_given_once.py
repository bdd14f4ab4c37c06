"""Numbers are given once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# All tables whose numbers the database gives, but those that have AUTOINCREMENT already.
TABLES = (
    "address",
    "alert_subscription",
    "announcement",
    "audit",
    "club_register",
    "delivery",
    "enterprise",
    "event",
    "inbox",
    "invite",
    "membership",
    "miss",
    "picture",
    "reminder",
    "role_grant",
    "signup",
    "station",
    "synonym",
    "team",
    "team_bid",
    "wish",
)
TRIGGERS = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"


def upgrade() -> None:
    """Copy the tables on SQLite, which adds AUTOINCREMENT in no other way."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table in TABLES:
        # They go with the table that is copied.
        triggers = connection.scalars(sa.text(TRIGGERS), {"table": table}).all()
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
        for trigger in triggers:
            connection.exec_driver_sql(trigger)
