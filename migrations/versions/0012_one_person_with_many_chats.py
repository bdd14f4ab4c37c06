"""One person with many chats."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "binding_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_member_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("binding_request_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["row_member_id"], ["member.id"], name=op.f("binding_request_row_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("binding_request_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("binding_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("binding_request_at_idx"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("binding_request_member_id_idx"), ["member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("binding_request_row_member_id_idx"), ["row_member_id"], unique=False
        )

    op.create_table(
        "member_alias",
        sa.Column("old_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("member_alias_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("member_alias_pkey")),
    )
    with op.batch_alter_table("member_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("member_alias_member_id_idx"), ["member_id"], unique=False)

    op.create_table(
        "personal_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("other_member_id", sa.Integer(), nullable=True),
        sa.Column("other_address_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("personal_code_address_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("personal_code_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["other_address_id"], ["address.id"], name=op.f("personal_code_other_address_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["other_member_id"], ["member.id"], name=op.f("personal_code_other_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("personal_code_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("personal_code_code_hash_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("personal_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("personal_code_address_id_idx"), ["address_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("personal_code_member_id_idx"), ["member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("personal_code_other_address_id_idx"), ["other_address_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("personal_code_other_member_id_idx"), ["other_member_id"], unique=False
        )

    # Plain statements: a batch would copy the table on SQLite, without AUTOINCREMENT.
    for name in ("staff_number", "loaded_as"):
        column: sa.Column[str] = sa.Column(
            name, sa.String(), server_default=sa.text("''"), nullable=False
        )
        op.add_column("member", column)
        where = sa.text(f"{name} <> ''")
        op.create_index(
            f"member_{name}", "member", [name], sqlite_where=where, postgresql_where=where
        )
    by_cookie: sa.Column[bool] = sa.Column(
        "by_cookie", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("platform_account", by_cookie)
