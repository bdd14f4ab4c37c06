"""The hall of an event, and the seat that somebody has in it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("event", sa.Column("hall", sa.String(), server_default="", nullable=False))
    op.add_column(
        "event", sa.Column("hall_seats", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("event", sa.Column("hall_seated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "event_hall",
        "event",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("hall_seats > 0"),
        postgresql_where=sa.text("hall_seats > 0"),
    )
    op.add_column("signup", sa.Column("seat", sa.String(), server_default="", nullable=False))
    op.create_index(
        "signup_seat",
        "signup",
        ["event_id", "seat"],
        unique=True,
        sqlite_where=sa.text("seat != ''"),
        postgresql_where=sa.text("seat != ''"),
    )
