"""Since when there are teams and stations, and which months their organizers were accounted for."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    # Plain columns: a batch would copy the tables for their defaults.
    op.add_column("station", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "station", sa.Column("accounted_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("team", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    # The audit knows when the station approved what members founded; the last word counts.
    op.execute(
        """
        UPDATE team SET since = (
            SELECT MAX(audit.at) FROM audit
            WHERE audit.subject = 'team:' || team.id
            AND audit.act IN ('approve_team', 'approve_club')
        )
        WHERE state = 'active'
        """
    )
