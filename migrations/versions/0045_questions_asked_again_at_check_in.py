"""Questions that are asked again at check-in."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column(
        "event_question",
        sa.Column("asked_again", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
