"""Photos as answers at sign-up, and questions that are asked again at check-in."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"


def upgrade() -> None:
    no = sa.false()
    op.add_column(
        "picture", sa.Column("is_private", sa.Boolean(), server_default=no, nullable=False)
    )
    op.add_column(
        "event_question", sa.Column("ask_again", sa.Boolean(), server_default=no, nullable=False)
    )
    with op.batch_alter_table(
        "event_answer", table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        batch_op.add_column(sa.Column("picture_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("event_answer_picture_id_fkey"), "picture", ["picture_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("event_answer_picture_id_idx"), ["picture_id"])
