"""One-time codes by which judges are asked."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    with op.batch_alter_table("judge", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(
            sa.Column("invite_hash", sa.String(), server_default=sa.text("''"), nullable=False)
        )
    op.create_index(
        "judge_invite",
        "judge",
        ["invite_hash"],
        sqlite_where=sa.text("invite_hash <> ''"),
        postgresql_where=sa.text("invite_hash <> ''"),
    )
