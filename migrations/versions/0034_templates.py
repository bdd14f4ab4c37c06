"""Events that are kept as templates."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column(
        "event", sa.Column("is_template", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
