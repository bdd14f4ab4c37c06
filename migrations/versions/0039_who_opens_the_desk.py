"""Who opens the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "console_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("console_link_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("console_link_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("console_link_token_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("console_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("console_link_expires_at_idx"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("console_link_member_id_idx"), ["member_id"], unique=False)

    op.create_table(
        "console_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("console_session_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("console_session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("console_session_token_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("console_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("console_session_member_id_idx"), ["member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("console_session_until_idx"), ["until"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("second_factor_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("second_factor_pkey")),
    )
