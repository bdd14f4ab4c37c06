"""Who takes a letter."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    with op.batch_alter_table("thread", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("assigned_to", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("thread_assigned_to_idx"), ["assigned_to"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("thread_assigned_to_fkey"), "member", ["assigned_to"], ["id"]
        )
