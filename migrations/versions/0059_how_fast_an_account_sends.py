"""How many messages an account may send in a second."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    with op.batch_alter_table("platform_account") as batch_op:
        batch_op.add_column(
            sa.Column("per_second", sa.Float(), server_default=sa.text("0"), nullable=False)
        )
