"""What comes again, for every station, and series of events.

The weekly sessions of teams become rows of it. Their weekday follows from the first one, because it
depends on the station's time zone, which no table knows; how far they are published, from when the
next one is due: a week before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


NUMBERED = {"sqlite_autoincrement": True}
WEEKLY = "week||1|0|0||0|held|"


def upgrade() -> None:
    op.create_table(
        "event_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("event_series_station_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_series_pkey")),
        sa.UniqueConstraint("code", name=op.f("event_series_code_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event_series", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("event_series_station_id_idx"), ["station_id"], unique=False
        )

    op.create_table(
        "repeating",
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("is_session", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("first", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("upto", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("repeating_station_id_fkey")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("repeating_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("repeating_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("repeating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("repeating_due_at_idx"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("repeating_station_id_idx"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("repeating_team_id_idx"), ["team_id"], unique=False)

    with op.batch_alter_table("event", table_kwargs=NUMBERED) as batch_op:
        batch_op.add_column(sa.Column("repeating_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("event_repeating_id_idx"), ["repeating_id"], unique=False)
        batch_op.create_index(batch_op.f("event_series_id_idx"), ["series_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("event_series_id_fkey"), "event_series", ["series_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("event_repeating_id_fkey"), "repeating", ["repeating_id"], ["id"]
        )

    _move_sessions()
    with op.batch_alter_table("team", table_kwargs=NUMBERED) as batch_op:
        batch_op.drop_index(batch_op.f("team_session_due_at_idx"))
        batch_op.drop_column("session_first")
        batch_op.drop_column("session_due_at")
        batch_op.drop_column("session_title")
        batch_op.drop_column("session_minutes")
        batch_op.drop_column("session_place")


def _move_sessions() -> None:
    names = ("id", "station_id", "session_first", "session_minutes", "session_place")
    team = sa.table(
        "team",
        *map(sa.column, (*names, "session_title", "session_due_at")),
        sa.column("translations", sa.JSON()),
    )
    event = sa.table(
        "event",
        *map(sa.column, ("team_id", "code", "title", "place", "starts_at", "repeating_id")),
    )
    again = sa.table(
        "repeating",
        *map(sa.column, ("id", "station_id", "team_id", "is_session", "rule", "first")),
        *map(sa.column, ("minutes", "place", "title", "upto", "due_at")),
        sa.column("translations", sa.JSON()),
    )
    its_sessions = sa.and_(
        event.c.team_id == team.c.id,
        event.c.code.like(sa.literal("session-") + sa.cast(team.c.id, sa.String()) + "-%"),
    )
    fixed = (sa.true(), sa.literal(WEEKLY))
    to = ["station_id", "team_id", "is_session", "rule", "first", "minutes", "place", "title"]
    to += ["upto", "due_at", "translations"]
    none = sa.literal({}, sa.JSON())
    weekly = sa.select(
        *(team.c.station_id, team.c.id, *fixed, team.c.session_first, team.c.session_minutes),
        *(team.c.session_place, team.c.session_title),
        *(sa.func.coalesce(team.c.session_due_at, team.c.session_first), team.c.session_due_at),
        none,
    ).where(team.c.session_first.is_not(None))
    op.execute(again.insert().from_select(to, weekly))
    last = sa.select(sa.func.max(event.c.starts_at)).where(its_sessions).scalar_subquery()
    at_last = sa.and_(its_sessions, event.c.starts_at == last.correlate(team))
    ended = sa.select(
        *(team.c.station_id, team.c.id, *fixed, event.c.starts_at, sa.literal(120)),
        *(sa.func.max(event.c.place), sa.func.max(event.c.title), event.c.starts_at, sa.null()),
        none,
    ).where(team.c.session_first.is_(None), at_last)
    ended = ended.group_by(team.c.station_id, team.c.id, event.c.starts_at)
    op.execute(again.insert().from_select(to, ended))
    of_team = sa.select(again.c.id).where(again.c.team_id == event.c.team_id).scalar_subquery()
    is_session = sa.and_(
        event.c.team_id.is_not(None),
        event.c.code.like(sa.literal("session-") + sa.cast(event.c.team_id, sa.String()) + "-%"),
    )
    op.execute(event.update().where(is_session).values(repeating_id=of_team))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(team.c.id, team.c.translations).where(team.c.session_first.is_not(None))
    ).all()
    for number, translations in rows:
        kept = dict(translations or {})
        if title := kept.pop("session_title", None):
            connection.execute(
                again.update()
                .where(again.c.team_id == number)
                .values(translations={"title": title})
            )
            connection.execute(team.update().where(team.c.id == number).values(translations=kept))
