"""Search texts hold what is typed to find them, so that a database can look for it."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

NAMED = ("event", "team", "station", "contest")


def upgrade() -> None:
    for name in NAMED:
        _write_anew(sa.table(name, sa.column("id"), sa.column("search")))


def _write_anew(table: sa.TableClause) -> None:
    # The rule itself, as it is by then: what another wrote would not be found.
    from models.rules.search.sounds import line

    def typed(text: str) -> str:
        parts = (f"{each}\t".split("\t") for each in text.splitlines())
        return "\n".join(line(name, syllables.split()) for name, syllables, *_ in parts)

    connection = op.get_bind()
    rows = connection.execute(sa.select(table).where(table.c.search != "")).all()
    if rows:
        connection.execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("number"))
            .values(search=sa.bindparam("written")),
            [{"number": row.id, "written": typed(row.search)} for row in rows],
        )
