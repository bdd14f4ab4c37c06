"""When votes are looked through, and their sources erased where there is no result."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.drop_index("voting_unsettled", table_name="voting")
    with op.batch_alter_table("voting", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE voting SET watch_at = opens_at WHERE settled_at IS NULL")
    op.create_index(
        "voting_watch",
        "voting",
        ["watch_at"],
        sqlite_where=sa.text("watch_at IS NOT NULL"),
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
