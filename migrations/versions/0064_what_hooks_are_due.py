"""What is due of each hook in its order, without what has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"

DUE = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index(op.f("hook_delivery_next_at_idx"), "hook_delivery")
    op.create_index(
        "hook_delivery_due",
        "hook_delivery",
        ["hook_id", "next_at", "id"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )
