"""Weekly team sessions: each becomes an event of the programme a week before it begins."""

from datetime import timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.events import running
from models.events.events import TEXTS, UNLISTED, Category, Event, Kind
from models.events.running import Changed, Meanwhile, TooLate
from models.network import audit, roles
from models.network.stations import Care
from models.network.translations import translations_of
from models.rules.dates import recurrence
from models.rules.events.details import DETAILS
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.search import sounds
from models.rules.teams.joining import TeamState
from models.rules.teams.weekly import AHEAD, WeeklySession
from models.store import Moment, insert_once
from models.teams import teams
from models.teams.teams import Team

CHUNK = 50
Seen = tuple[int, int]
"""The id and the revision of the session that a captain was asked about."""

Done = Changed | TooLate | Meanwhile

TEAM = "{team}"
"""Stands for the team's name in the title of its sessions."""


def meet_weekly(
    session: Session,
    team: Team,
    plan: WeeklySession,
    title: Translated,
    by: int,
    care: Care,
    now: Moment,
) -> Event | None:
    """Set a team's weekly session and return the next one. One already published is moved.

    ``title`` names each of the sessions, with ``{team}`` for the team's name. This and the verbs
    below raise NotAllowed when ``by`` may not run the team.
    """
    _require(session, team, by, now)
    coming = next_of(session, team.id, now)
    team.session_first, team.session_place = plan.first, plan.place
    team.session_minutes = int(plan.length.total_seconds()) // 60
    team.session_due_at = plan.first - AHEAD
    team.put_text("meets", "")
    team.put_text("session_title", title)
    if coming is not None:
        _put(session, coming, plan, by, care, now)
        team.session_due_at = _after(team, coming.starts_at, care) - AHEAD
    session.add(team)
    session.flush()
    _record(session, team, by, now, weekly=True)
    if coming is None:
        _put_into_programme(session, team, care, now, anew=True)
        coming = next_of(session, team.id, now)
    return coming


def _put(
    session: Session,
    event: Event,
    plan: WeeklySession,
    by: int,
    care: Care,
    now: Moment,
) -> Done:
    ends_at = plan.first + plan.length
    return running.move(
        session,
        event.id,
        plan.first,
        ends_at,
        by,
        care,
        now,
        closes_at=plan.first,
        place=plan.place,
    )


def stop(session: Session, team: Team, by: int, now: Moment) -> None:
    """End the weekly session; an event already published stays."""
    _require(session, team, by, now)
    team.session_first = team.session_due_at = None
    team.session_place, team.session_minutes = "", 0
    team.put_text("session_title", "")
    session.add(team)
    session.flush()
    _record(session, team, by, now, weekly=False)


def skip(
    session: Session, team: Team, reason: str, by: int, now: Moment, *, seen: Seen | None = None
) -> Done | None:
    """Cancel the next session only; None when there is none."""
    _require(session, team, by, now)
    event = next_of(session, team.id, now)
    if event is None:
        return None
    if seen not in (None, (event.id, event.revision)):
        return Meanwhile(event)
    return running.call_off(session, event.id, reason, by, now)


def change_once(
    session: Session,
    team: Team,
    plan: WeeklySession,
    by: int,
    care: Care,
    now: Moment,
    *,
    seen: Seen | None = None,
) -> Done | None:
    """Move the next session only; None when there is none."""
    _require(session, team, by, now)
    event = next_of(session, team.id, now)
    if event is None:
        return None
    if seen not in (None, (event.id, event.revision)):
        return Meanwhile(event)
    return _put(session, event, plan, by, care, now)


def next_of(session: Session, team_id: int, now: Moment) -> Event | None:
    """The team's next weekly session that is published."""
    return session.exec(
        select(Event)
        .where(
            Event.team_id == team_id,
            col(Event.code).startswith(f"session-{team_id}-"),
            col(Event.state).not_in(UNLISTED),
            col(Event.starts_at) > now,
        )
        .order_by(col(Event.starts_at))
        .limit(1)
    ).first()


# By the clock


def any_due(session: Session, now: Moment) -> bool:
    """Whether any session is to be published."""
    return session.exec(_due(now).limit(1)).first() is not None


def put_into_programme(session: Session, now: Moment, care: Care) -> int:
    """Publish the sessions that are a week away; return how many teams were handled."""
    due = session.exec(_due(now).limit(CHUNK)).all()
    for each in due:
        team = teams.lock(session, each.id)
        # Another process may have done it since the select.
        if team is not None and team.session_due_at is not None and team.session_due_at <= now:
            _put_into_programme(session, team, care, now)
    return len(due)


def _due(now: Moment) -> SelectOfScalar[Team]:
    return (
        select(Team)
        .where(col(Team.session_due_at) <= now, Team.state == TeamState.ACTIVE)
        .order_by(col(Team.session_due_at))
    )


def _put_into_programme(
    session: Session, team: Team, care: Care, now: Moment, *, anew: bool = False
) -> None:
    """Add the next session as an event unless it is there, and set when the following is due.

    One that is planned ``anew`` is added though an earlier one of that day was skipped or moved.
    """
    starts_at = _after(team, now, care)
    if starts_at - AHEAD <= now:
        event = _session_of(team, starts_at, care, _example(session, team))
        if anew:
            event.code = _unused(session, event.code)
        insert_once(session, Event, event.model_dump(exclude={"id"}))
        starts_at = _after(team, starts_at, care)
    team.session_due_at = starts_at - AHEAD
    session.add(team)
    session.flush()


def _unused(session: Session, code: str) -> str:
    """Return the code, numbered if earlier sessions have it."""
    taken = session.exec(select(Event.code).where(col(Event.code).startswith(code))).all()
    return code if code not in taken else f"{code}-{len(taken) + 1}"


def _after(team: Team, moment: Moment, care: Care) -> Moment:
    assert team.session_first is not None
    return recurrence.next_weekly(team.session_first, moment, care.zone)


USUAL = ("category", "kind", "seats", "audience", "picture_id")
"""What sessions of a team have in common besides their details."""


def _example(session: Session, team: Team) -> Event | None:
    """The latest session, at the usual place if there was one: the next one has its details."""
    is_usual = col(Event.place) == team.session_place
    return session.exec(
        select(Event)
        .where(Event.team_id == team.id, col(Event.code).startswith(f"session-{team.id}-"))
        .order_by(is_usual.desc(), col(Event.starts_at).desc())
        .limit(1)
    ).first()


def _session_of(team: Team, starts_at: Moment, care: Care, like: Event | None) -> Event:
    """A session with what the one ``like`` it tells; of another place not how to get there."""
    title = _title_of(team)
    event = Event(
        code=f"session-{team.id}-{starts_at.astimezone(care.zone):%Y-%m-%d}",
        station_id=team.station_id,
        team_id=team.id,
        category=Category.CULTURE,
        kind=Kind.SESSION,
        title=title.text,
        translations=translations_of({"title": title}),
        place=team.session_place,
        starts_at=starts_at,
        ends_at=starts_at + _length(team),
        closes_at=starts_at,
        search=sounds.index(*title.versions(), *team.text_of("name").versions()),
    )
    if like is None:
        return event
    is_there = like.place == event.place
    of_place = ("place", "map_url") if is_there else ()
    for name in (*USUAL, *of_place, *(each for each in DETAILS if is_there or each != "meet")):
        if name in TEXTS:
            event.put_text(name, like.text_of(name))
        else:
            setattr(event, name, getattr(like, name))
    return event


def _title_of(team: Team) -> Translated:
    """The title of the team's sessions, under the name that it has now."""
    pattern, name = team.text_of("session_title"), team.text_of("name")
    return Translated(
        pattern.text.replace(TEAM, name.text),
        {code: said.replace(TEAM, name.to(code)) for code, said in pattern.translations.items()},
    )


def _length(team: Team) -> timedelta:
    return timedelta(minutes=team.session_minutes)


def _require(session: Session, team: Team, by: int, now: Moment) -> None:
    roles.require(session, by, Act.RUN_TEAM, team.station_id, now, team_id=team.id)


def _record(session: Session, team: Team, by: int, now: Moment, *, weekly: bool) -> None:
    audit.record(
        session,
        by,
        Act.RUN_TEAM,
        f"team:{team.id}",
        now,
        station_id=team.station_id,
        weekly=weekly,
    )
