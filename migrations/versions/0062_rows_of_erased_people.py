"""Rows of erased people."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    op.create_table(
        "erased_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("erased_row_pkey")),
        sa.UniqueConstraint("hash", name=op.f("erased_row_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("erased_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("erased_row_at_idx"), ["at"], unique=False)
