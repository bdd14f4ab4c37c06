"""Search what has a name and a search text: events, teams, clubs, places, companies."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case
from sqlmodel import Session, col, or_, select

from models.events import audiences, running
from models.events.events import HIDDEN, Event
from models.finding import sieving
from models.finding.hits import Hit, HitKind, Hits
from models.network import roles
from models.network.members import Member
from models.network.stations import Enterprise, Station
from models.rules.events import undated
from models.rules.network import permissions
from models.rules.network.permissions import LEADERS, Act
from models.rules.search import sifting, sounds
from models.rules.teams.joining import TeamState
from models.store import Moment
from models.teams.teams import Team

_IS_FOR = audiences.is_for(col(Event.audience))


def events(session: Session, member: Member, words: str, now: Moment, limit: int) -> Hits:
    """Events of every time that fit the words, those ahead or latest first among equals.

    Those that are for this member, that they may check in at or have published; the latter also
    before the approval.
    """
    own = or_(
        col(Event.by_member_id) == member.id,
        running.where_may(session, member.id, Act.CHECK_IN, now),
    )
    visible = or_(own, col(Event.state).not_in(HIDDEN) & _IS_FOR)
    query = select(Event.id, Event.search).where(visible)
    order, params = (col(Event.starts_at).desc(), col(Event.id)), audiences.asked_by(member)
    ranked = sieving.ranked(session, query, order, words, limit, params=params)
    found = select(Event, Station).join(Station, col(Station.id) == col(Event.station_id))
    by_id = {
        event.id: (event, station)
        for event, station in session.exec(found.where(col(Event.id).in_(ranked)))
    }
    return tuple(
        Hit(
            HitKind.EVENT,
            number,
            by_id[number][0].text_of("title"),
            by_id[number][1].text_of("name"),
            undated.planned(by_id[number][0].starts_at),
            score,
        )
        for number, score in ranked.items()
    )


def teams(session: Session, by: int, words: str, now: Moment, limit: int) -> tuple[Hits, Hits]:
    """Teams and clubs that fit the words, and those not yet approved whose approval is theirs."""
    held = roles.held_by(session, by, now)
    deciding = permissions.roles_for(Act.APPROVE_TEAM) - LEADERS
    paths = [each.path for each in held if each.role in deciding]
    visible = [col(Team.state) == TeamState.ACTIVE]
    if paths:
        below = or_(*(col(Station.path).startswith(path) for path in paths))
        here = col(Team.station_id).in_(select(Station.id).where(below))
        visible.append((col(Team.state) == TeamState.WAITING) & here)
    query = select(Team.id, Team.search).where(or_(*visible))
    of_a_firm = col(Team.enterprise_id).is_not(None)
    return (
        _team_hits(session, HitKind.TEAM, query.where(~of_a_firm), words, limit),
        _team_hits(session, HitKind.CLUB, query.where(of_a_firm), words, limit),
    )


def _team_hits(
    session: Session, kind: HitKind, among: Select[Any, Any], words: str, limit: int
) -> Hits:
    order = (col(Team.members).desc(), col(Team.id))
    ranked = sieving.ranked(session, among, order, words, limit)
    query = (
        select(Team, Station)
        .join(Station, col(Station.id) == col(Team.station_id))
        .where(col(Team.id).in_(ranked))
    )
    by_id = {team.id: (team, station) for team, station in session.exec(query)}
    return tuple(
        Hit(
            kind,
            number,
            by_id[number][0].text_of("name"),
            by_id[number][1].text_of("name"),
            score=score,
        )
        for number, score in ranked.items()
    )


def stations(session: Session, words: str, limit: int) -> Hits:
    """Places that fit the words, with the place above them."""
    text = case((col(Station.search) != "", col(Station.search)), else_=col(Station.name))
    query, order = select(Station.id, text), (col(Station.path),)
    ranked = sieving.ranked(session, query, order, words, limit, numbered=False)
    by_id = {each.id: each for each in _rows(session, Station, ranked)}
    above = [each.parent_id for each in by_id.values() if each.parent_id is not None]
    names = {each.id: each.text_of("name") for each in _rows(session, Station, above)}
    return tuple(
        Hit(
            HitKind.STATION,
            number,
            by_id[number].text_of("name"),
            names.get(by_id[number].parent_id or 0),
            score=score,
        )
        for number, score in ranked.items()
    )


def companies(session: Session, words: str, limit: int) -> Hits:
    """Companies that fit the words."""
    rows = session.exec(select(Enterprise).order_by(col(Enterprise.id))).all()
    by_id = {each.id: each.text_of("name") for each in rows}
    entries = [(number, _search_text(name.versions())) for number, name in by_id.items()]
    return tuple(
        Hit(HitKind.COMPANY, number, by_id[number], score=score)
        for number, score in sifting.rank(words, entries)[:limit]
    )


@lru_cache(maxsize=8192)
def _search_text(names: tuple[str, ...]) -> str:
    return sounds.index(*names) if names else ""


def _rows(session: Session, kind: Any, ids: Any) -> Sequence[Any]:
    rows: Sequence[Any] = session.exec(select(kind).where(col(kind.id).in_(ids))).all()
    return rows
