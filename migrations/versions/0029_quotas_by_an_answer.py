"""Quotas by the answer to a question."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("quota", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("choice", sa.String(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("quota_question_id_fkey"), "event_question", ["question_id"], ["id"]
        )
