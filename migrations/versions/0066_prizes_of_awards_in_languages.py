"""The prize of an award in further languages."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    with op.batch_alter_table("award", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(
            sa.Column("translations", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )
    # Rows that are there have no translation; from now on every row says so itself.
    with op.batch_alter_table("award", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("translations", server_default=None)
