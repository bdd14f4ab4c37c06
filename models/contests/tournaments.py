"""Tournaments and their sides: opened, cancelled, who speaks for a side, and what is told.

Who enters is in ``models.contests.sides``, the draw and its matches in ``fixtures``, and what
becomes of a match in ``matches``. Each verb of an organizer raises
``roles.NotAllowed`` when ``by`` may not run contests at the tournament's station.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, or_, select

from models.network import audit, roles
from models.network.stations import Enterprise, Station, StationKind
from models.network.translations import Translatable
from models.rules.contests import orders
from models.rules.contests.matches import MatchState, Mode, Points, Stage
from models.rules.events import draws
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment, one_of
from models.teams import leading
from models.teams.teams import Team

LONGEST_TITLE, LONGEST_ABOUT, LONGEST_PLACE = 60, 500, 60


class TournamentState(StrEnum):
    ENTERING = "entering"
    PLAYING = "playing"
    OVER = "over"
    CANCELLED = "cancelled"


class Tournament(Translatable, table=True):
    """A tournament of a station; its id is the N of ``/m/N``.

    ``of_companies`` says that companies play, and not teams. ``promotes`` is how many go on from
    the table to a knock-out; 0: the table decides. ``win``, ``draw`` and ``loss`` are its points.
    The hash of ``secret`` is published from the beginning; ``listed`` and ``drawn`` are the list
    and the order of codes, None before the draw, ``number`` the public number it was made with.
    """

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    title: str
    about: str = ""
    mode: Mode = Field(sa_type=one_of(Mode))
    of_companies: bool = False
    win: int = 3
    draw: int = 1
    loss: int = 0
    promotes: int = 0
    state: TournamentState = Field(
        default=TournamentState.ENTERING, sa_type=one_of(TournamentState)
    )
    reason: str = ""
    secret: str
    number: str = ""
    listed: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    drawn: list[str] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    opened_at: Moment
    drawn_at: Moment | None = None

    @property
    def points(self) -> Points:
        return Points(self.win, self.draw, self.loss)


class Side(SQLModel, table=True):
    """A team or a company in a tournament, with a random ``code`` for the draw.

    ``position`` is its place in the drawn order, from 0 on. ``captain_id`` entered it and speaks
    for it, as do those who lead the team.
    """

    __tablename__ = "tournament_side"
    __table_args__ = (
        UniqueConstraint("tournament_id", "team_id"),
        UniqueConstraint("tournament_id", "enterprise_id"),
    )

    id: int = Field(default=None, primary_key=True)
    tournament_id: int = Field(foreign_key="tournament.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id")
    code: str
    captain_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    position: int | None = None
    entered_at: Moment
    withdrawn_at: Moment | None = None


class Match(SQLModel, table=True):
    """A match; a side is None while it is not known, or for good where the other one rests.

    ``round`` counts from 1 in its stage, ``place_in_round`` from 0. The scores are what was
    reported, decided or given; ``winner_id`` is None of a draw. ``revision`` grows whenever time
    or place change.
    """

    __tablename__ = "tournament_match"
    __table_args__ = (UniqueConstraint("tournament_id", "stage", "round", "place_in_round"),)

    id: int = Field(default=None, primary_key=True)
    tournament_id: int = Field(foreign_key="tournament.id")
    stage: Stage = Field(sa_type=one_of(Stage))
    round: int
    place_in_round: int
    home_id: int | None = Field(default=None, foreign_key="tournament_side.id", index=True)
    away_id: int | None = Field(default=None, foreign_key="tournament_side.id", index=True)
    starts_at: Moment | None = None
    place: str = ""
    revision: int = 0
    state: MatchState = Field(default=MatchState.PLANNED, sa_type=one_of(MatchState))
    home_score: int | None = None
    away_score: int | None = None
    winner_id: int | None = Field(default=None, foreign_key="tournament_side.id")
    reported_by_side: int | None = Field(default=None, foreign_key="tournament_side.id")
    is_walk_over: bool = False
    reason: str = ""

    def other(self, side_id: int | None) -> int | None:
        return self.away_id if side_id == self.home_id else self.home_id


class ResultKind(StrEnum):
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DECIDED = "decided"
    WALK_OVER = "walk_over"


class MatchResult(SQLModel, table=True):
    """One word about the score of a match; the rows of a match tell how it came about."""

    __tablename__ = "match_result"

    id: int = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="tournament_match.id", index=True)
    kind: ResultKind = Field(sa_type=one_of(ResultKind))
    home_score: int
    away_score: int
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    reason: str = ""
    at: Moment


class WhyNot(StrEnum):
    """Why nothing was done about a tournament or a match."""

    NOT_OPEN = "not_open"
    IS_IN = "is_in"
    FULL = "full"
    TOO_FEW = "too_few"
    NOT_LEADING = "not_leading"
    SETTLED = "settled"
    NOT_A_SCORE = "not_a_score"
    NOT_KNOWN = "not_known"
    PLAYED_ON = "played_on"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class NotDone:
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a tournament when it is opened; the title is not empty."""

    title: Translated
    about: str = ""
    mode: Mode = Mode.ROUND_ROBIN
    of_companies: bool = False
    points: Points = field(default_factory=Points)
    promotes: int = 0


def get(session: Session, number: int) -> Tournament | None:
    return session.get(Tournament, number)


def lock(session: Session, number: int) -> Tournament:
    """Return the tournament, locked until the transaction ends."""
    return session.get_one(Tournament, number, with_for_update=True, populate_existing=True)


def require(session: Session, row: Tournament, by: int | None, now: Moment) -> None:
    roles.require(session, by, Act.RUN_CONTEST, row.station_id, now)


def open_one(
    session: Session, told: Told, station_id: int, by: int | None, now: Moment
) -> Tournament:
    """Open a tournament; sides may enter from now on until its order is drawn."""
    roles.require(session, by, Act.RUN_CONTEST, station_id, now)
    row = Tournament(
        station_id=station_id,
        title="",
        about=told.about,
        mode=told.mode,
        of_companies=told.of_companies,
        win=told.points.win,
        draw=told.points.draw,
        loss=told.points.loss,
        promotes=told.promotes if told.mode is Mode.ROUND_ROBIN else 0,
        secret=token_hex(orders.SECRET_BYTES),
        by_member_id=by,
        opened_at=now,
    )
    row.put_text("title", told.title)
    session.add(row)
    session.flush()
    record(session, row, by, now, "opened", commitment=draws.commitment_of(row.secret))
    return row


def cancel(
    session: Session, number: int, reason: str, by: int | None, now: Moment
) -> Tournament | NotDone:
    """End a tournament before its time, and tell those who speak for its sides why."""
    row = lock(session, number)
    require(session, row, by, now)
    if row.state in (TournamentState.OVER, TournamentState.CANCELLED):
        return NotDone(WhyNot.NOT_OPEN)
    row.state, row.reason = TournamentState.CANCELLED, reason
    session.add(row)
    record(session, row, by, now, "cancelled", reason=reason)
    for side in sides_of(session, row.id):
        tell(session, side, "tournament-cancelled", {"tournament_id": row.id}, now)
    return row


# Sides


def speaks_for(session: Session, side: Side, member_id: int, now: Moment) -> bool:
    """Whether this member speaks for a side: entered it, leads the team, or organizes the firm."""
    if side.captain_id == member_id:
        return True
    if side.team_id is not None:
        return leading.role_of(session, side.team_id, member_id, now) is not None
    held = {grant.station_id for grant, _place in roles.grants_of(session, member_id, now)}
    return any(point.id in held for point in _points_of(session, side))


def _points_of(session: Session, side: Side) -> Sequence[Station]:
    """Return the contact points of a side that is a company."""
    is_theirs = col(Station.enterprise_id) == side.enterprise_id
    return session.exec(
        select(Station).where(Station.kind == StationKind.CONTACT_POINT, is_theirs)
    ).all()


def speakers(session: Session, side: Side, now: Moment) -> set[int]:
    """Return who speaks for a side and can be told something."""
    found = set[int]()
    if side.captain_id is not None:
        found.add(side.captain_id)
    if side.team_id is not None:
        found |= {each.id for each in leading.reached(session, side.team_id, now)}
        return found
    for point in _points_of(session, side):
        nearest = roles.nearest(session, Act.RUN_CONTEST, point, now)
        if nearest is not None and nearest[0].id == point.id:
            found |= {each.id for each in nearest[1]}
    return found


def side_of(session: Session, number: int, member_id: int, now: Moment) -> Side | None:
    """Return the side of a tournament that this member speaks for."""
    own = (each for each in sides_of(session, number) if each.withdrawn_at is None)
    return next((each for each in own if speaks_for(session, each, member_id, now)), None)


def sides_of(session: Session, number: int) -> Sequence[Side]:
    """Return the sides of a tournament, as they entered."""
    return session.exec(
        select(Side).where(Side.tournament_id == number).order_by(col(Side.id))
    ).all()


def names_of(session: Session, number: int) -> dict[int, Translated]:
    """Return the names of the sides of a tournament, in the order in which they entered."""
    inside = Side.tournament_id == number
    in_teams = session.exec(
        select(Side.id, Team).join(Team, col(Team.id) == col(Side.team_id)).where(inside)
    ).all()
    companies = session.exec(
        select(Side.id, Enterprise)
        .join(Enterprise, col(Enterprise.id) == col(Side.enterprise_id))
        .where(inside)
    ).all()
    found = {side: row.text_of("name") for side, row in (*in_teams, *companies)}
    return dict(sorted(found.items()))


# Reading


def listed(
    session: Session, words: str = "", *, skip: int = 0, limit: int = 6
) -> Sequence[Tournament]:
    """Return tournaments that are not cancelled, those that go on first, the newest first."""
    query = select(Tournament).where(Tournament.state != TournamentState.CANCELLED)
    if words:
        query = query.where(
            or_(
                col(Tournament.title).contains(words, autoescape=True),
                col(Tournament.about).contains(words, autoescape=True),
            )
        )
    is_over = Tournament.state == TournamentState.OVER
    ordered = query.order_by(is_over, col(Tournament.id).desc())  # type: ignore[arg-type]
    return session.exec(ordered.offset(skip).limit(limit)).all()


def below(
    session: Session, paths: Sequence[str], *, skip: int = 0, limit: int = 30
) -> Sequence[tuple[Tournament, Station]]:
    """Return the tournaments of these paths and below, the newest first."""
    under = or_(*(col(Station.path).startswith(path) for path in paths))
    return session.exec(
        select(Tournament, Station)
        .join(Station, col(Station.id) == col(Tournament.station_id))
        .where(under)
        .order_by(col(Tournament.id).desc())
        .offset(skip)
        .limit(limit)
    ).all()


def of_member(session: Session, member_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the tournaments, sides and scores that are a member's doing, as plain values."""
    opened = session.exec(select(Tournament).where(Tournament.by_member_id == member_id)).all()
    entered = session.exec(
        select(Tournament, Side)
        .join(Side, col(Side.tournament_id) == col(Tournament.id))
        .where(Side.captain_id == member_id)
    ).all()
    said = session.exec(select(MatchResult).where(MatchResult.by_member_id == member_id)).all()
    return {
        "opened": [{"title": each.title, "at": each.opened_at} for each in opened],
        "entered": [{"title": row.title, "at": side.entered_at} for row, side in entered],
        "scores": [
            {"score": f"{each.home_score}:{each.away_score}", "reason": each.reason, "at": each.at}
            for each in said
        ],
    }


# Telling


def tell(
    session: Session,
    side: Side | None,
    topic: str,
    facts: dict[str, Any],
    now: Moment,
    *,
    due_at: Moment | None = None,
    expires_at: Moment | None = None,
) -> None:
    """Plan a notice to those who speak for a side; the same facts are told once."""
    if side is None or side.withdrawn_at is not None:
        return
    due = due_at or now
    about = ":".join(str(each) for each in facts.values())
    plans = [
        Plan(
            key=f"{topic}:{about}:{member_id}",
            member_id=member_id,
            topic=topic,
            facts=facts,
            due_at=due,
            expires_at=expires_at or due + A_WEEK,
        )
        for member_id in sorted(speakers(session, side, now))
    ]
    deliveries.plan_all(session, plans, now)


def tell_organizers(
    session: Session,
    row: Tournament,
    topic: str,
    facts: dict[str, Any],
    now: Moment,
    *,
    wait: timedelta = timedelta(0),
) -> None:
    """Plan a notice to those who may run the tournament, to be said after a ``wait``."""
    station = session.get_one(Station, row.station_id)
    about, due = ":".join(str(each) for each in facts.values()), now + wait
    able = {each.id for each in roles.who_can(session, Act.RUN_CONTEST, station, now)}
    plans = [
        Plan(f"{topic}:{about}:{each}", each, topic, dict(facts), due, due + A_WEEK)
        for each in sorted(able)
    ]
    deliveries.plan_all(session, plans, now)


def record(
    session: Session, row: Tournament, by: int | None, now: Moment, what: str, **details: Any
) -> None:
    about, place = f"tournament:{row.id}", row.station_id
    audit.record(session, by, Act.RUN_CONTEST, about, now, station_id=place, what=what, **details)
