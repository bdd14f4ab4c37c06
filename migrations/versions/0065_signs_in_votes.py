"""Whether a unit voted as one when votes were looked through last."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.add_column(
        "voting", sa.Column("has_signs", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # What was noticed before is noticed again at once.
    op.execute(
        "UPDATE voting SET watch_at = changed_at WHERE watch_at IS NOT NULL AND settled_at IS NULL"
    )
