"""Until when a member is blocked, and who will be erased on their request."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("member", sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erasure_request",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("erasure_request_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("erasure_request_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("erasure_request_pkey")),
    )
    for column in ("by_member_id", "due_at"):
        op.create_index(
            op.f(f"erasure_request_{column}_idx"), "erasure_request", [column], unique=False
        )
