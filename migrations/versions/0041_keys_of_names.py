"""Keys by which members' names are found: a part, pinyin, initials."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

AT_ONCE = 5000


def upgrade() -> None:
    keys = op.create_table(
        "member_name_key",
        sa.Column(
            "key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("member_name_key_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("key", "member_id", name=op.f("member_name_key_pkey")),
        sqlite_with_rowid=False,
    )
    _fill(keys)
    # One sorted pass over what is there; kept up row by row it costs twice as much.
    op.create_index(
        op.f("member_name_key_member_id_idx"), "member_name_key", ["member_id"], unique=False
    )


def _fill(keys: sa.Table) -> None:
    """Write the keys of the names that are there, some members at a time: a minute a million."""
    # The rule itself, as it is by then: keys of another rule would be found by nobody.
    from models.rules.search.people import keys_of

    connection, after = op.get_bind(), 0
    named = sa.text(
        "SELECT id, name FROM member WHERE id > :after AND name <> '' ORDER BY id LIMIT :most"
    )
    while rows := connection.execute(named, {"after": after, "most": AT_ONCE}).all():
        after = rows[-1].id
        made = [{"key": key, "member_id": row.id} for row in rows for key in keys_of(row.name)]
        if made:
            connection.execute(keys.insert(), made)
