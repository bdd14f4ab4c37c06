"""Tournaments."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_table(
        "tournament",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("of_companies", sa.Boolean(), nullable=False),
        sa.Column("win", sa.Integer(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("loss", sa.Integer(), nullable=False),
        sa.Column("promotes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("listed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("drawn", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("tournament_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("tournament_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("tournament_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tournament", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tournament_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("tournament_station_id_idx"), ["station_id"], unique=False)

    op.create_table(
        "tournament_side",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tournament_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("captain_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["captain_id"], ["member.id"], name=op.f("tournament_side_captain_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("tournament_side_enterprise_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("tournament_side_team_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournament.id"], name=op.f("tournament_side_tournament_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("tournament_side_pkey")),
        sa.UniqueConstraint(
            "tournament_id",
            "enterprise_id",
            name=op.f("tournament_side_tournament_id_enterprise_id_key"),
        ),
        sa.UniqueConstraint(
            "tournament_id", "team_id", name=op.f("tournament_side_tournament_id_team_id_key")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tournament_side", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tournament_side_captain_id_idx"), ["captain_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("tournament_side_tournament_id_idx"), ["tournament_id"], unique=False
        )

    op.create_table(
        "tournament_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tournament_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place_in_round", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("away_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("home_score", sa.Integer(), nullable=True),
        sa.Column("away_score", sa.Integer(), nullable=True),
        sa.Column("winner_id", sa.Integer(), nullable=True),
        sa.Column("reported_by_side", sa.Integer(), nullable=True),
        sa.Column("is_walk_over", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["away_id"], ["tournament_side.id"], name=op.f("tournament_match_away_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["home_id"], ["tournament_side.id"], name=op.f("tournament_match_home_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_side"],
            ["tournament_side.id"],
            name=op.f("tournament_match_reported_by_side_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournament.id"], name=op.f("tournament_match_tournament_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"], ["tournament_side.id"], name=op.f("tournament_match_winner_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("tournament_match_pkey")),
        sa.UniqueConstraint(
            "tournament_id",
            "stage",
            "round",
            "place_in_round",
            name=op.f("tournament_match_tournament_id_stage_round_place_in_round_key"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tournament_match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tournament_match_away_id_idx"), ["away_id"], unique=False)
        batch_op.create_index(batch_op.f("tournament_match_home_id_idx"), ["home_id"], unique=False)

    op.create_table(
        "match_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("home_score", sa.Integer(), nullable=False),
        sa.Column("away_score", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("match_result_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["tournament_match.id"], name=op.f("match_result_match_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("match_result_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("match_result", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("match_result_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("match_result_match_id_idx"), ["match_id"], unique=False)
