"""The evening of a gala: programme, second screen, polls, lines, questions; and its streams."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("is_quiz", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("may_change", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("poll_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("poll_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("poll_by_member_id_idx"), "poll", ["by_member_id"], unique=False)
    op.create_index(op.f("poll_event_id_idx"), "poll", ["event_id"], unique=False)

    op.create_table(
        "programme_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("cue", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("programme_item_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("programme_item_event_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("programme_item_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("programme_item_by_member_id_idx"), "programme_item", ["by_member_id"], unique=False
    )
    op.create_index(
        "programme_item_order", "programme_item", ["event_id", "position"], unique=False
    )

    op.create_table(
        "screen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.Column("draw_event_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("banned", sa.String(), nullable=False),
        sa.Column("takes_questions", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("screen_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["draw_event_id"], ["event.id"], name=op.f("screen_draw_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("screen_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("screen_pkey")),
        sa.UniqueConstraint("event_id", name=op.f("screen_event_id_key")),
        sa.UniqueConstraint("token_hash", name=op.f("screen_token_hash_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("screen_by_member_id_idx"), "screen", ["by_member_id"], unique=False)

    op.create_table(
        "screen_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("screen_line_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("screen_line_event_id_fkey")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("screen_line_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("screen_line_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("screen_line_at_idx"), "screen_line", ["at"], unique=False)
    op.create_index(
        op.f("screen_line_by_member_id_idx"), "screen_line", ["by_member_id"], unique=False
    )
    op.create_index(op.f("screen_line_member_id_idx"), "screen_line", ["member_id"], unique=False)
    op.create_index("screen_line_shown", "screen_line", ["event_id", "shown_at"], unique=False)
    op.create_index("screen_line_state", "screen_line", ["event_id", "state", "id"], unique=False)

    op.create_table(
        "stage_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("backed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("stage_question_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("stage_question_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("stage_question_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stage_question_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("stage_question_at_idx"), "stage_question", ["at"], unique=False)
    op.create_index(
        op.f("stage_question_by_member_id_idx"), "stage_question", ["by_member_id"], unique=False
    )
    op.create_index(
        op.f("stage_question_member_id_idx"), "stage_question", ["member_id"], unique=False
    )
    op.create_index(
        "stage_question_state", "stage_question", ["event_id", "state", "backed"], unique=False
    )

    op.create_table(
        "stream_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=True),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("stream_link_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("stream_link_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("stream_link_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("stream_link_by_member_id_idx"), "stream_link", ["by_member_id"], unique=False
    )
    op.create_index(op.f("stream_link_event_id_idx"), "stream_link", ["event_id"], unique=False)

    op.create_table(
        "poll_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("poll_place_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("poll_place_poll_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_place_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("poll_place_member_id_idx"), "poll_place", ["member_id"], unique=False)
    op.create_index(op.f("poll_place_poll_id_idx"), "poll_place", ["poll_id"], unique=False)

    op.create_table(
        "poll_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("poll_question_poll_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_question_pkey")),
        sa.UniqueConstraint("poll_id", "position", name=op.f("poll_question_poll_id_position_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "stage_backing",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("stage_backing_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["stage_question.id"], name=op.f("stage_backing_question_id_fkey")
        ),
        sa.PrimaryKeyConstraint("question_id", "member_id", name=op.f("stage_backing_pkey")),
    )
    op.create_index(
        op.f("stage_backing_member_id_idx"), "stage_backing", ["member_id"], unique=False
    )

    op.create_table(
        "poll_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["poll_question.id"], name=op.f("poll_choice_question_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_choice_pkey")),
        sa.UniqueConstraint(
            "question_id", "position", name=op.f("poll_choice_question_id_position_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "poll_tally",
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["poll_choice.id"], name=op.f("poll_tally_choice_id_fkey")
        ),
        sa.PrimaryKeyConstraint("choice_id", "part", name=op.f("poll_tally_pkey")),
    )
    op.create_table(
        "poll_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["poll_choice.id"], name=op.f("poll_vote_choice_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("poll_vote_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["poll_question.id"], name=op.f("poll_vote_question_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("poll_vote_pkey")),
        sa.UniqueConstraint(
            "question_id", "member_id", name=op.f("poll_vote_question_id_member_id_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("poll_vote_choice_id_idx"), "poll_vote", ["choice_id"], unique=False)
    op.create_index(op.f("poll_vote_member_id_idx"), "poll_vote", ["member_id"], unique=False)
