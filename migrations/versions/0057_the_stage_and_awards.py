"""The stage and awards."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("nominators", sa.String(), nullable=False),
        sa.Column("may_nominate_self", sa.Boolean(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("prize", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("award_contest_id_fkey")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("award_decided_by_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("award_partner_id_fkey")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["member.id"], name=op.f("award_proposed_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("award_pkey")),
        sa.UniqueConstraint("contest_id", name=op.f("award_contest_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("award_decided_by_idx"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("award_proposed_by_idx"), ["proposed_by"], unique=False)

    op.create_table(
        "laureate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("of_station_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("laureate_contest_id_fkey")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("laureate_member_id_fkey")),
        sa.ForeignKeyConstraint(
            ["of_station_id"], ["station.id"], name=op.f("laureate_of_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("laureate_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("laureate_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("laureate_pkey")),
        sa.UniqueConstraint("number", name=op.f("laureate_number_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("laureate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("laureate_contest_id_idx"), ["contest_id"], unique=False)
        batch_op.create_index(batch_op.f("laureate_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("laureate_station_id_idx"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("laureate_year_idx"), ["year"], unique=False)

    op.create_table(
        "contest_round",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("promotes", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("standby", sa.Integer(), nullable=False),
        sa.Column("per_company", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("listed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("drawn", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("contest_round_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("contest_round_contest_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("contest_round_event_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contest_round_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contest_round", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("contest_round_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("contest_round_contest_id_idx"), ["contest_id"], unique=False
        )
        batch_op.create_index(batch_op.f("contest_round_event_id_idx"), ["event_id"], unique=False)

    op.create_table(
        "appearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("standby_turn", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("appearance_entry_id_fkey")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["contest_round.id"], name=op.f("appearance_round_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("appearance_pkey")),
        sa.UniqueConstraint("round_id", "entry_id", name=op.f("appearance_round_id_entry_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("appearance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("appearance_entry_id_idx"), ["entry_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("as_what", sa.String(), nullable=False),
        sa.Column("asked_member_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("shown_name", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_shortlisted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("shortlisted_by", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_member_id"], ["member.id"], name=op.f("nomination_asked_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("nomination_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("nomination_entry_id_fkey")),
        sa.ForeignKeyConstraint(
            ["shortlisted_by"], ["member.id"], name=op.f("nomination_shortlisted_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("nomination_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("nomination_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("nomination_pkey")),
        sa.UniqueConstraint("entry_id", name=op.f("nomination_entry_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("nomination_asked_member_id_idx"), ["asked_member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("nomination_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("nomination_shortlisted_by_idx"), ["shortlisted_by"], unique=False
        )

    op.create_table(
        "award_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("award_objection_nomination_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("award_objection_thread_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("award_objection_pkey")),
        sa.UniqueConstraint("thread_id", name=op.f("award_objection_thread_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("award_objection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("award_objection_nomination_id_idx"), ["nomination_id"], unique=False
        )
