"""Photos as answers at sign-up."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column(
        "picture",
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    with op.batch_alter_table(
        "event_answer", table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        batch_op.add_column(sa.Column("picture_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("event_answer_picture_id_fkey"), "picture", ["picture_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("event_answer_picture_id_idx"), ["picture_id"])
