"""Who says that they were there."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("signup", sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
