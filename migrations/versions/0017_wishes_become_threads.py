"""Wishes become threads.

Each wish keeps its number, by which buttons and the audit know it, and its words become the first
line. Those that wait are not asked about at the levels above: whoever has a role reads them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

NOTICES = (("wish", "thread"), ("wish-answer", "thread-answer"))


def upgrade() -> None:
    _create_tables()
    _move_wishes()
    _rename_notices()
    op.drop_table("wish")


def _create_tables() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("chosen_station_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("asked_station_id", sa.Integer(), nullable=True),
        sa.Column("with_event", sa.Boolean(), nullable=False),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_above_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_station_id"], ["station.id"], name=op.f("thread_asked_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_station_id"], ["station.id"], name=op.f("thread_chosen_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("thread_event_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("thread_member_id_fkey")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("thread_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("thread_pkey")),
        sqlite_autoincrement=True,
    )
    for column in ("ask_above_at", "event_id", "member_id", "station_id", "waits_since"):
        op.create_index(op.f(f"thread_{column}_idx"), "thread", [column], unique=False)
    op.create_table(
        "thread_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("by_member_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_member_id"], ["member.id"], name=op.f("thread_line_by_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("thread_line_picture_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("thread_line_thread_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("thread_line_pkey")),
        sqlite_autoincrement=True,
    )
    for column in ("by_member_id", "thread_id"):
        op.create_index(op.f(f"thread_line_{column}_idx"), "thread_line", [column], unique=False)


def _move_wishes() -> None:
    true, false = sa.true(), sa.false()
    wish = sa.table(
        "wish",
        *map(
            sa.column,
            ("id", "member_id", "station_id", "text", "picture_id", "with_name", "at"),
        ),
        *map(sa.column, ("answer", "answered_by", "answered_at", "helped")),
    )
    member = sa.table("member", sa.column("id"))
    thread = sa.table(
        "thread",
        *map(
            sa.column,
            ("id", "kind", "member_id", "chosen_station_id", "station_id", "with_event"),
        ),
        *map(
            sa.column,
            ("with_name", "state", "opened_at", "last_at", "waits_since", "helped"),
        ),
    )
    line = sa.table(
        "thread_line",
        *map(sa.column, ("thread_id", "is_answer", "by_member_id", "text", "picture_id", "at")),
    )
    is_erased = sa.or_(wish.c.member_id.is_(None), wish.c.text == "")
    waits = sa.and_(wish.c.answered_at.is_(None), sa.not_(is_erased))
    state = sa.case(
        (is_erased, "settled"), (wish.c.answered_at.is_(None), "waiting"), else_="answered"
    )
    op.execute(
        thread.insert().from_select(
            [column.name for column in thread.c],
            sa.select(
                wish.c.id,
                sa.literal("wish"),
                sa.case((is_erased, sa.null()), else_=wish.c.member_id),
                wish.c.station_id,
                wish.c.station_id,
                false,
                wish.c.with_name,
                state,
                wish.c.at,
                sa.func.coalesce(wish.c.answered_at, wish.c.at),
                sa.case((waits, wish.c.at), else_=sa.null()),
                wish.c.helped,
            ).order_by(wish.c.id),
        )
    )
    told = sa.select(wish.c.id, false, sa.null(), wish.c.text, wish.c.picture_id, wish.c.at).where(
        sa.not_(is_erased)
    )
    known = sa.select(member.c.id).where(member.c.id == wish.c.answered_by).scalar_subquery()
    answered = sa.select(
        wish.c.id, true, known, wish.c.answer, sa.null(), wish.c.answered_at
    ).where(sa.not_(is_erased), wish.c.answered_at.is_not(None))
    names = [column.name for column in line.c]
    op.execute(line.insert().from_select(names, told.order_by(wish.c.id)))
    op.execute(line.insert().from_select(names, answered.order_by(wish.c.id)))
    if op.get_bind().dialect.name == "postgresql":
        # Rows that bring their numbers leave the sequence where it was.
        op.execute(
            "SELECT setval(pg_get_serial_sequence('thread', 'id'), max(id)) FROM thread HAVING "
            "max(id) IS NOT NULL"
        )


def _rename_notices() -> None:
    """What is planned, and what waits for its member, is worded by the notices of threads."""
    connection = op.get_bind()
    delivery = sa.table(
        "delivery", sa.column("id"), sa.column("topic"), sa.column("facts", sa.JSON())
    )
    rows = connection.execute(
        sa.select(delivery).where(delivery.c.topic.in_([old for old, _new in NOTICES]))
    ).all()
    for row in rows:
        facts = {"thread_id": row.facts["wish_id"]} if "wish_id" in row.facts else {}
        renamed = {"topic": dict(NOTICES)[row.topic], "facts": facts}
        connection.execute(delivery.update().where(delivery.c.id == row.id).values(**renamed))
