"""Regular team sessions: what a team repeats, each an event of the programme in time."""

from sqlmodel import Session

from models.events import repeating, running
from models.events.events import Event
from models.events.groups import Repeating
from models.events.repeating import TEAM, Plan
from models.events.running import ChangeOutcome, Meanwhile
from models.network import audit, roles
from models.network.stations import Care
from models.rules.dates import repeats
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.teams.weekly import WeeklySession
from models.store import Moment
from models.teams.teams import Team

__all__ = ["TEAM", "change_once", "meet_weekly", "next_of", "skip", "stop"]

Seen = tuple[int, int]
"""The id and the revision of the session that a captain was asked about."""


def meet_weekly(
    session: Session,
    team: Team,
    plan: WeeklySession,
    title: Translated,
    by: int,
    care: Care,
    now: Moment,
) -> Event | None:
    """Set a team's regular session and return the next one. One already published is moved.

    ``title`` names each of the sessions, with ``{team}`` for the team's name. This and the verbs
    below raise NotAllowed when ``by`` may not run the team.
    """
    _require(session, team, by, now)
    rule = plan.rule or repeats.weekly(plan.first, care.zone)
    planned = Plan(rule, plan.first, plan.length, plan.place)
    row = repeating.session_of(session, team.id)
    if row is not None:
        repeating.change(session, row, planned, by, care, now)
    else:
        _begin(session, team, planned, title, care, now)
        _record(session, team, by, now)
    team.put_text("meets", "")
    session.add(team)
    session.flush()
    return next_of(session, team.id, now)


def _begin(
    session: Session, team: Team, plan: Plan, title: Translated, care: Care, now: Moment
) -> None:
    row = Repeating(
        station_id=team.station_id,
        team_id=team.id,
        is_session=True,
        rule=plan.rule.to_column(),
        first=plan.first,
        minutes=int(plan.length.total_seconds()) // 60,
        place=plan.place or "",
        upto=now,
    )
    row.put_text("title", title)
    session.add(row)
    session.flush()
    like = repeating.last_session(session, team.id) or repeating.bare(row)
    repeating.put_ahead(session, row, care, now, like=like)


def stop(session: Session, team: Team, by: int, now: Moment) -> None:
    """End the regular session; an event already published stays."""
    _require(session, team, by, now)
    row = repeating.session_of(session, team.id)
    if row is not None:
        repeating.stop(session, row, by, now)


def skip(
    session: Session,
    team: Team,
    reason: str,
    by: int,
    now: Moment,
    *,
    seen: Seen | None = None,
) -> ChangeOutcome | None:
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
) -> ChangeOutcome | None:
    """Move the next session only; None when there is none."""
    _require(session, team, by, now)
    event = next_of(session, team.id, now)
    if event is None:
        return None
    if seen not in (None, (event.id, event.revision)):
        return Meanwhile(event)
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


def next_of(session: Session, team_id: int, now: Moment) -> Event | None:
    """The team's next regular session that is published."""
    return repeating.next_session(session, team_id, now)


def _require(session: Session, team: Team, by: int, now: Moment) -> None:
    roles.require(session, by, Act.RUN_TEAM, team.station_id, now, team_id=team.id)


def _record(session: Session, team: Team, by: int, now: Moment) -> None:
    subject, place = f"team:{team.id}", team.station_id
    audit.record(session, by, Act.RUN_TEAM, subject, now, station_id=place, weekly=True)
