"""Names that a group collected are looked up."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    told = sa.text("name <> ''")
    op.create_index("member_name", "member", ["name"], sqlite_where=told, postgresql_where=told)
