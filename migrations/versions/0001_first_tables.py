"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE_TRIGGER = """
CREATE TRIGGER audit_is_not_{done} BEFORE {act} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is written once'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION audit_is_written_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is written once'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER audit_is_not_{done} BEFORE {act} ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_written_once()
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_pkey")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("audit_at_idx"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("audit_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("audit_station_id_idx"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("audit_subject_idx"), ["subject"], unique=False)

    op.create_table(
        "daily_count",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("daily_count_pkey")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("message", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pkey")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "delivery_announcement",
            ["announcement_id", "state", "run", "reason", "settled_at"],
            unique=False,
            sqlite_where=sa.text("announcement_id IS NOT NULL"),
            postgresql_where=sa.text("announcement_id IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_arrived",
            ["announcement_id", "run"],
            unique=False,
            sqlite_where=sa.text("delivered_at IS NOT NULL"),
            postgresql_where=sa.text("delivered_at IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_due",
            ["account", "priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index(
            "delivery_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'waiting')"),
            postgresql_where=sa.text("state IN ('planned', 'waiting')"),
        )
        batch_op.create_index(
            "delivery_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_leased",
            ["leased_until"],
            unique=False,
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        )
        batch_op.create_index(
            "delivery_notice",
            ["member_id"],
            unique=False,
            sqlite_where=sa.text("announcement_id IS NULL"),
            postgresql_where=sa.text("announcement_id IS NULL"),
        )
        batch_op.create_index(
            "delivery_once",
            ["announcement_id", "member_id", "run"],
            unique=True,
            sqlite_where=sa.text("announcement_id IS NOT NULL"),
            postgresql_where=sa.text("announcement_id IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_opened",
            ["announcement_id", "run"],
            unique=False,
            sqlite_where=sa.text("read_at IS NOT NULL"),
            postgresql_where=sa.text("read_at IS NOT NULL"),
        )
        batch_op.create_index(
            "delivery_said",
            ["address_id", "settled_at"],
            unique=False,
            sqlite_where=sa.text("state = 'sent'"),
            postgresql_where=sa.text("state = 'sent'"),
        )
        batch_op.create_index(
            "delivery_waiting",
            ["member_id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "enterprise",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("enterprise_pkey")),
        sa.UniqueConstraint("code", name=op.f("enterprise_code_key")),
    )
    op.create_table(
        "key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("key_pkey")),
    )
    op.create_table(
        "miss",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("miss_pkey")),
        sa.UniqueConstraint("text", "language", name=op.f("miss_text_language_key")),
    )
    with op.batch_alter_table("miss", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("miss_count_idx"), ["count"], unique=False)
        batch_op.create_index(batch_op.f("miss_last_at_idx"), ["last_at"], unique=False)

    op.create_table(
        "platform_account",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("is_windowed", sa.Boolean(), nullable=False),
        sa.Column("notifies", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("platform_account_pkey")),
    )
    op.create_table(
        "speaker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("halted_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("speaker_pkey")),
    )
    op.create_table(
        "synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("taught_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("synonym_pkey")),
        sa.UniqueConstraint("text", name=op.f("synonym_text_key")),
    )
    op.create_table(
        "tick",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("tick_pkey")),
    )
    op.create_table(
        "station",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("map_url", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("station_enterprise_id_fkey")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["station.id"], name=op.f("station_parent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("station_pkey")),
        sa.UniqueConstraint("code", name=op.f("station_code_key")),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("station_parent_id_idx"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("station_path_idx"), ["path"], unique=False)

    op.create_table(
        "club_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("club_register_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("club_register_pkey")),
        sa.UniqueConstraint("prefix", "year", name=op.f("club_register_prefix_year_key")),
        sa.UniqueConstraint("station_id", "year", name=op.f("club_register_station_id_year_key")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("shift", sa.String(), nullable=True),
        sa.Column("quiet", sa.String(), nullable=False),
        sa.Column("leads", sa.JSON(), nullable=False),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("calendar_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("member_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("member_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("member_calendar_key_idx"), ["calendar_key"], unique=False)
        batch_op.create_index(batch_op.f("member_station_id_idx"), ["station_id"], unique=False)

    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("external", sa.String(), nullable=False),
        sa.Column("dialog", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("unreachable", sa.String(), nullable=False),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allowance", sa.Integer(), nullable=False),
        sa.Column("no_templates", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("address_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("address_pkey")),
        sa.UniqueConstraint("account", "external", name=op.f("address_account_external_key")),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("address_member_id_idx"), ["member_id"], unique=False)

    op.create_table(
        "member_interest",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("interest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("member_interest_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", "interest", name=op.f("member_interest_pkey")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["member.id"], name=op.f("picture_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("picture_pkey")),
    )
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("picture_by_idx"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("picture_hash_idx"), ["hash"], unique=False)

    op.create_table(
        "team",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("interest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("meets", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("join_mode", sa.String(), nullable=False),
        sa.Column("founder_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("expected_members", sa.Integer(), nullable=True),
        sa.Column("register_number", sa.String(), nullable=True),
        sa.Column("session_first", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_minutes", sa.Integer(), nullable=False),
        sa.Column("session_place", sa.String(), nullable=False),
        sa.Column("session_title", sa.String(), nullable=False),
        sa.Column("session_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("team_enterprise_id_fkey")
        ),
        sa.ForeignKeyConstraint(["founder_id"], ["member.id"], name=op.f("team_founder_id_fkey")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("team_station_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("team_pkey")),
        sa.UniqueConstraint("code", name=op.f("team_code_key")),
        sa.UniqueConstraint("register_number", name=op.f("team_register_number_key")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("team_founder_id_idx"), ["founder_id"], unique=False)
        batch_op.create_index(
            batch_op.f("team_session_due_at_idx"), ["session_due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("team_station_id_idx"), ["station_id"], unique=False)

    op.create_table(
        "wrong_codes",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("wrong_codes_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("wrong_codes_pkey")),
    )
    op.create_table(
        "announcement",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeat", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("dropping", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("urgent", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["member.id"], name=op.f("announcement_approved_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("announcement_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["announcement.id"], name=op.f("announcement_corrects_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("announcement_picture_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("announcement_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("announcement_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("announcement_pkey")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("announcement_by_member_id_idx"), ["by_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("announcement_due_at_idx"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("announcement_state_idx"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("announcement_station_id_idx"), ["station_id"], unique=False
        )

    op.create_table(
        "event",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("map_url", sa.String(), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("search", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("event_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("event_picture_id_fkey")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("event_station_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("event_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        sa.UniqueConstraint("code", name=op.f("event_code_key")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("event_by_member_id_idx"), ["by_member_id"], unique=False)
        batch_op.create_index(batch_op.f("event_ends_at_idx"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("event_starts_at_idx"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("event_station_id_idx"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("event_team_id_idx"), ["team_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("inbox_address_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("inbox_pkey")),
        sa.UniqueConstraint("account", "key", name=op.f("inbox_account_key_key")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("inbox_address_id_idx"), ["address_id"], unique=False)
        batch_op.create_index(batch_op.f("inbox_at_idx"), ["at"], unique=False)

    op.create_table(
        "invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("invite_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("invite_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("invite_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("invite_code_hash_key")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("membership_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("membership_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("membership_pkey")),
        sa.UniqueConstraint("member_id", "team_id", name=op.f("membership_member_id_team_id_key")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("membership_team_id_idx"), ["team_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("role_grant_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("role_grant_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("role_grant_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("role_grant_pkey")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("role_grant_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("role_grant_station_id_idx"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("role_grant_team_id_idx"), ["team_id"], unique=False)

    op.create_table(
        "subscription_grant",
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("subscription_grant_address_id_fkey")
        ),
        sa.PrimaryKeyConstraint("address_id", "template", name=op.f("subscription_grant_pkey")),
    )
    op.create_table(
        "team_bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("team_bid_member_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("team_bid_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("team_bid_pkey")),
        sa.UniqueConstraint(
            "team_id", "member_id", "kind", name=op.f("team_bid_team_id_member_id_kind_key")
        ),
    )
    with op.batch_alter_table("team_bid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("team_bid_member_id_idx"), ["member_id"], unique=False)

    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("wish_member_id_fkey")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("wish_picture_id_fkey")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("wish_station_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("wish_pkey")),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("wish_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("wish_station_id_idx"), ["station_id"], unique=False)

    op.create_table(
        "signup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("signup_event_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("signup_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("signup_pkey")),
        sa.UniqueConstraint("event_id", "member_id", name=op.f("signup_event_id_member_id_key")),
    )
    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("signup_member_id_idx"), ["member_id"], unique=False)
        batch_op.create_index(
            batch_op.f("signup_offered_until_idx"), ["offered_until"], unique=False
        )
        batch_op.create_index("signup_queue", ["event_id", "state", "turn"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("reminder_event_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("reminder_member_id_fkey")),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name=op.f("reminder_signup_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reminder_pkey")),
        sa.UniqueConstraint("signup_id", "lead", name=op.f("reminder_signup_id_lead_key")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("reminder_due_at_idx"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("reminder_event_id_idx"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("reminder_member_id_idx"), ["member_id"], unique=False)
    make_the_audit_append_only()


def make_the_audit_append_only() -> None:
    """Add triggers that reject UPDATE and DELETE on the audit table."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(POSTGRESQL_FUNCTION)
    trigger = POSTGRESQL_TRIGGER if is_postgresql else SQLITE_TRIGGER
    for act, done in {"UPDATE": "changed", "DELETE": "deleted"}.items():
        op.execute(trigger.format(act=act, done=done))
