"""Taught words belong to a station.

What was taught so far was for everybody, so it is the district's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

synonym = sa.table("synonym", sa.column("id"), sa.column("station_id", sa.Integer()))
station = sa.table("station", sa.column("id", sa.Integer()), sa.column("parent_id", sa.Integer()))


def upgrade() -> None:
    op.add_column("synonym", sa.Column("station_id", sa.Integer(), nullable=True))
    district = (
        sa.select(sa.func.min(station.c.id)).where(station.c.parent_id.is_(None)).scalar_subquery()
    )
    op.execute(synonym.update().values(station_id=district))
    # Without a district nobody could teach anything.
    op.execute(synonym.delete().where(synonym.c.station_id.is_(None)))
    counted = {"sqlite_autoincrement": True}
    with op.batch_alter_table("synonym", schema=None, table_kwargs=counted) as batch_op:
        batch_op.alter_column("station_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(batch_op.f("synonym_text_key"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("synonym_station_id_text_key"), ["station_id", "text"]
        )
        batch_op.create_foreign_key(
            batch_op.f("synonym_station_id_fkey"), "station", ["station_id"], ["id"]
        )
