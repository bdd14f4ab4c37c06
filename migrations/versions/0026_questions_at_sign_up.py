"""Questions at sign-up, their answers, and those kept for the next event."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "member_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("member_answer_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("member_answer_pkey")),
        sa.UniqueConstraint("member_id", "key", name=op.f("member_answer_member_id_key_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event_question",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("per_person", sa.Boolean(), nullable=False),
        sa.Column("if_question", sa.Integer(), nullable=True),
        sa.Column("if_choice", sa.String(), nullable=False),
        sa.Column("at_check_in", sa.Boolean(), nullable=False),
        sa.Column("ready", sa.String(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("event_question_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["if_question"], ["event_question.id"], name=op.f("event_question_if_question_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_question_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("event_question_event_id_idx"), ["event_id"], unique=False)

    op.create_table(
        "event_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["event_question.id"], name=op.f("event_answer_question_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("event_answer_signup_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_answer_pkey")),
        sa.UniqueConstraint(
            "signup_id", "question_id", name=op.f("event_answer_signup_id_question_id_key")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("event_answer_erase_at_idx"), ["erase_at"], unique=False)
        batch_op.create_index(
            batch_op.f("event_answer_question_id_idx"), ["question_id"], unique=False
        )

    # A plain column: a batch would copy the table for its default.
    op.add_column("event", sa.Column("questions", sa.Integer(), server_default="0", nullable=False))
