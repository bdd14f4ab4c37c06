"""When certificates were issued of which some are still to come."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.add_column("event", sa.Column("certifying_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "event",
        sa.Column("certifying_minutes", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_index(
        "event_certifying",
        "event",
        ["certifying_at"],
        unique=False,
        sqlite_where=sa.text("certifying_at IS NOT NULL"),
        postgresql_where=sa.text("certifying_at IS NOT NULL"),
    )
