"""Files that organizers send to the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.create_table(
        "uploaded_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("uploaded_file_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("uploaded_file_pkey")),
        sa.UniqueConstraint("member_id", name=op.f("uploaded_file_member_id_key")),
        sqlite_autoincrement=True,
    )
    for column in ("expires_at", "state"):
        op.create_index(
            op.f(f"uploaded_file_{column}_idx"), "uploaded_file", [column], unique=False
        )
