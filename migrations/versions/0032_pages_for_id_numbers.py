"""One-time pages on which ID numbers are typed, or read in full."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "id_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reads_all", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("id_page_event_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("id_page_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("id_page_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("id_page_token_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("id_page", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("id_page_expires_at_idx"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("id_page_member_id_idx"), ["member_id"], unique=False)
