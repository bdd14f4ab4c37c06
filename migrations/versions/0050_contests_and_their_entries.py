"""Contests with categories and prizes, and entries with their authors, parts and sounds."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_table(
        "sound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("copy_type", sa.String(), nullable=False),
        sa.Column("copy_content", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("sound_by_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sound_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("sound_by_member_id_idx"), "sound", ["by_member_id"])

    op.create_table(
        "contest",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repairs_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("results_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("most_parts", sa.Integer(), nullable=False),
        sa.Column("most_letters", sa.Integer(), nullable=False),
        sa.Column("most_entries", sa.Integer(), nullable=False),
        sa.Column("most_authors", sa.Integer(), nullable=False),
        sa.Column("enters", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("is_gallery_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("contest_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("contest_picture_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("contest_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contest_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("contest_by_member_id_idx"), "contest", ["by_member_id"])
    op.create_index(
        "contest_open_until",
        "contest",
        ["closes_at"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "contest_remind",
        "contest",
        ["remind_at"],
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_index(op.f("contest_station_id_idx"), "contest", ["station_id"])

    op.create_table(
        "contest_category",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("contest_category_contest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contest_category_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("contest_category_contest_id_idx"), "contest_category", ["contest_id"])

    op.create_table(
        "contest_prize",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("contest_prize_contest_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("contest_prize_partner_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contest_prize_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("contest_prize_contest_id_idx"), "contest_prize", ["contest_id"])
    op.create_index(op.f("contest_prize_partner_id_idx"), "contest_prize", ["partner_id"])

    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repair_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["contest_category.id"], name=op.f("entry_category_id_fkey")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("entry_contest_id_fkey")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("entry_enterprise_id_fkey")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("entry_member_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("entry_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("entry_pkey")),
        sa.UniqueConstraint("code", name=op.f("entry_code_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("entry_category_id_idx"), "entry", ["category_id"])
    op.create_index("entry_contest", "entry", ["contest_id", "state", "id"])
    op.create_index(op.f("entry_enterprise_id_idx"), "entry", ["enterprise_id"])
    op.create_index(op.f("entry_member_id_idx"), "entry", ["member_id"])
    op.create_index(op.f("entry_team_id_idx"), "entry", ["team_id"])

    op.create_table(
        "entry_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("nickname", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("entry_author_entry_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("entry_author_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("entry_author_pkey")),
        sa.UniqueConstraint(
            "entry_id", "member_id", name=op.f("entry_author_entry_id_member_id_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("entry_author_member_id_idx"), "entry_author", ["member_id"])

    op.create_table(
        "entry_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("sound_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("entry_part_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("entry_part_entry_id_fkey")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("entry_part_picture_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sound_id"], ["sound.id"], name=op.f("entry_part_sound_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("entry_part_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("entry_part_by_member_id_idx"), "entry_part", ["by_member_id"])
    op.create_index(op.f("entry_part_entry_id_idx"), "entry_part", ["entry_id"])
    op.create_index(op.f("entry_part_picture_id_idx"), "entry_part", ["picture_id"])
    op.create_index(op.f("entry_part_sound_id_idx"), "entry_part", ["sound_id"])
