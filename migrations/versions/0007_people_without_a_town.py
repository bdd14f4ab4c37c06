"""People without a town are asked once; userids of WeCom in small letters."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # A plain statement: a batch would copy the table on SQLite, without AUTOINCREMENT.
    asked: sa.Column[bool] = sa.Column(
        "place_asked", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("member", asked)
    _write_userids_in_small_letters()


def _write_userids_in_small_letters() -> None:
    """WeCom ignores their case, so pushes are answered at the address in small letters.

    Of two addresses that differ in case only, the older keeps its person; the other is marked as
    unreachable under a name that no userid has, since a revision does not merge people.
    """
    address = sa.table(
        "address",
        sa.column("id", sa.Integer()),
        sa.column("account", sa.String()),
        sa.column("external", sa.String()),
        sa.column("unreachable", sa.String()),
    )
    older = address.alias()
    small = sa.func.lower(address.c.external)
    on_wecom = address.c.account.startswith("wecom.")
    has_older = sa.exists().where(
        older.c.account == address.c.account,
        sa.func.lower(older.c.external) == small,
        older.c.id < address.c.id,
    )
    op.execute(
        address.update()
        .where(on_wecom, has_older)
        .values(external="case:" + address.c.external, unreachable="moved")
    )
    op.execute(
        address.update()
        .where(on_wecom, ~address.c.external.startswith("case:"), address.c.external != small)
        .values(external=small)
    )
