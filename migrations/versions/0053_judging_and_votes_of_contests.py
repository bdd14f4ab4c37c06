"""Judging of contests: criteria, judges, points and records; and votes of the public."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "criterion",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("criterion_contest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("criterion_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("criterion_contest_id_idx"), "criterion", ["contest_id"])

    op.create_table(
        "judge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("judge_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("judge_contest_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("judge_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("judge_pkey")),
        sa.UniqueConstraint("code", name=op.f("judge_code_key")),
        sa.UniqueConstraint("contest_id", "member_id", name=op.f("judge_contest_id_member_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("judge_by_member_id_idx"), "judge", ["by_member_id"])
    op.create_index(op.f("judge_member_id_idx"), "judge", ["member_id"])

    op.create_table(
        "judging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("is_normalised", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("shows_notes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("per_entry", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unseals_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("judging_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("judging_contest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("judging_pkey")),
        sa.UniqueConstraint("contest_id", name=op.f("judging_contest_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("judging_by_member_id_idx"), "judging", ["by_member_id"])
    op.create_index(
        "judging_sealed",
        "judging",
        ["contest_id"],
        sqlite_where=sa.text("unsealed_at IS NULL"),
        postgresql_where=sa.text("unsealed_at IS NULL"),
    )

    op.create_table(
        "protocol",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("protocol_contest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("protocol_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("protocol_contest", "protocol", ["contest_id", "round_id", "id"])

    op.create_table(
        "voting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("is_per_category", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("known_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.Column("jury_percent", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("voting_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("voting_contest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("voting_pkey")),
        sa.UniqueConstraint("contest_id", name=op.f("voting_contest_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("voting_by_member_id_idx"), "voting", ["by_member_id"])
    op.create_index(
        "voting_unsettled",
        "voting",
        ["closes_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )

    op.create_table(
        "judge_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("judge_tie_enterprise_id_fkey")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("judge_tie_judge_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("judge_tie_pkey")),
        sa.UniqueConstraint(
            "judge_id", "enterprise_id", name=op.f("judge_tie_judge_id_enterprise_id_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("judge_tie_enterprise_id_idx"), "judge_tie", ["enterprise_id"])

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("assignment_entry_id_fkey")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("assignment_judge_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("assignment_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("assignment_entry_id_idx"), "assignment", ["entry_id"])
    op.create_index(
        "assignment_of_round", "assignment", ["round_id", "entry_id", "judge_id"], unique=True
    )
    op.create_index(
        "assignment_once",
        "assignment",
        ["judge_id", "entry_id"],
        unique=True,
        sqlite_where=sa.text("round_id IS NULL"),
        postgresql_where=sa.text("round_id IS NULL"),
    )

    op.create_table(
        "vote_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("vote_apart_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("vote_apart_contest_id_fkey")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("vote_apart_entry_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("vote_apart_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("vote_apart_by_member_id_idx"), "vote_apart", ["by_member_id"])
    op.create_index(op.f("vote_apart_contest_id_idx"), "vote_apart", ["contest_id"])
    op.create_index(op.f("vote_apart_entry_id_idx"), "vote_apart", ["entry_id"])

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("score_assignment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("score_criterion_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("score_pkey")),
        sa.UniqueConstraint(
            "assignment_id", "criterion_id", name=op.f("score_assignment_id_criterion_id_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("score_criterion_id_idx"), "score", ["criterion_id"])

    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("is_web", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("apart_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["apart_id"], ["vote_apart.id"], name=op.f("vote_apart_id_fkey")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("vote_contest_id_fkey")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("vote_entry_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("vote_member_id_fkey")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("vote_station_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("vote_pkey")),
        sa.UniqueConstraint(
            "contest_id", "member_id", "slot", name=op.f("vote_contest_id_member_id_slot_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("vote_apart_id_idx"), "vote", ["apart_id"])
    op.create_index("vote_entry", "vote", ["entry_id"])
    op.create_index(op.f("vote_member_id_idx"), "vote", ["member_id"])
