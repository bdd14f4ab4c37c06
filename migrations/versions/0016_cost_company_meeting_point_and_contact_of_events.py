"""Cost, company, meeting point and contact of events."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in ("cost", "meet", "contact", "companions"):
            batch_op.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
