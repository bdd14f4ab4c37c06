"""Wishes go to towns.

What members wrote to the contact point where they work goes to the town above it, whose organizers
are not their employer's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    wish = sa.table("wish", sa.column("station_id", sa.Integer()))
    station = sa.table(
        "station",
        sa.column("id", sa.Integer()),
        sa.column("parent_id", sa.Integer()),
        sa.column("kind", sa.String()),
    )
    town = sa.select(station.c.parent_id).where(station.c.id == wish.c.station_id)
    contact_points = sa.select(station.c.id).where(station.c.kind == "contact_point")
    op.execute(
        wish.update()
        .where(wish.c.station_id.in_(contact_points))
        .values(station_id=town.scalar_subquery())
    )
