"""What is due in the order in which it is claimed; no entries for what a row has not."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

PLANNED = sa.text("state = 'planned'")
SELDOM = (
    ("signup", "offered_until", "signup_offered"),
    ("signup", "by_member_id", "signup_by_member"),
    ("event_answer", "picture_id", "event_answer_picture"),
)


def upgrade() -> None:
    op.drop_index("delivery_due", "delivery")
    op.create_index(
        "delivery_due",
        "delivery",
        ["account", "priority", "due_at", "id"],
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )
    for table, column, name in SELDOM:
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"{table}_{column}_idx", table)
        op.create_index(name, table, [column], sqlite_where=there, postgresql_where=there)
