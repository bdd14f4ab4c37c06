"""Who may be nominated for an award, by whom, and who has to agree to it."""

from dataclasses import dataclass

from sqlmodel import Session

from models.contests import judges
from models.contests.awards import Award
from models.contests.contests import Contest
from models.contests.laureates import last_year_of
from models.events import audiences
from models.network import roles
from models.network.members import Member
from models.network.stations import Station, StationKind
from models.rules.contests import awarding
from models.rules.contests.awarding import Fault, Nominator, Nominee
from models.rules.network.permissions import LEADERS, ORGANIZERS, Act
from models.store import Moment
from models.teams import leading
from models.teams.teams import Team


@dataclass(frozen=True, slots=True)
class Who:
    """A nominee: a member, a contact point, or a team with the title of its project."""

    member_id: int | None = None
    station_id: int | None = None
    team_id: int | None = None
    project: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What speaks against a nomination."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who may be nominated: by what right, and ``asked_id`` is asked to agree.

    ``name`` is how they are called in public, ``enterprise_id`` whose judges have a conflict.
    """

    as_what: Nominator
    asked_id: int
    name: str
    enterprise_id: int | None


def fit(
    session: Session, contest: Contest, award: Award, who: Who, member_id: int, now: Moment
) -> Fit | Unfit:
    """Return whether a member may nominate somebody for an award, or all that speaks against it."""
    as_what = _as_what(session, contest, award, who, member_id, now)
    able = who_agree(session, who, now)
    asked = member_id if member_id in able else next(iter(able), None)
    found = list(_faults(session, contest, award, who, now))
    if as_what is None:
        found.insert(0, Fault.NOT_A_NOMINATOR)
    if who.member_id == member_id and not award.may_nominate_self:
        found.insert(0, Fault.ONESELF)
    if asked is None:
        found.append(Fault.NOBODY_AGREES)
    if found or as_what is None or asked is None:
        return Unfit(tuple(found))
    return Fit(as_what, asked, name_of(session, who), _company_of(session, who))


def _faults(
    session: Session, contest: Contest, row: Award, who: Who, now: Moment
) -> tuple[Fault, ...]:
    """Return what speaks against a nominee by the terms of an award."""
    since, is_meant, is_judge, last = None, True, False, None
    if who.member_id is not None:
        member = session.get_one(Member, who.member_id)
        since = member.created_at
        is_meant = audiences.admits(session, contest.audience, member)
        judge = judges.of_member(session, contest.id, member.id)
        is_judge = judge is not None and judge.refused_at is None and judge.left_at is None
        last = last_year_of(session, contest.station_id, row.of, member_id=member.id)
    elif who.station_id is not None:
        last = last_year_of(session, contest.station_id, row.of, place_id=who.station_id)
        is_meant = _is_below(session, who.station_id, contest)
    elif who.team_id is not None:
        name = name_of(session, who)
        home_id = contest.station_id
        last = last_year_of(session, home_id, row.of, team_id=who.team_id, name=name)
        team = session.get_one(Team, who.team_id)
        is_meant = _is_below(session, team.station_id, contest)
    nominee = Nominee(since, is_meant, last, is_judge)
    return awarding.faults(row.terms, nominee, contest.year, now)


def _is_below(session: Session, place_id: int, contest: Contest) -> bool:
    """Whether a place is that of the award, or below it."""
    home = session.get_one(Station, contest.station_id)
    return session.get_one(Station, place_id).path.startswith(home.path)


def _as_what(
    session: Session, contest: Contest, row: Award, who: Who, member_id: int, now: Moment
) -> Nominator | None:
    """Return as what a member nominates, the widest that the award allows; None: as nothing."""
    grants = roles.grants_of(session, member_id, now)
    station = session.get_one(Station, contest.station_id)
    held = {
        Nominator.ORGANIZER: roles.may(session, member_id, Act.RUN_CONTEST, station, now),
        Nominator.COMPANY: any(
            grant.role in ORGANIZERS and place.kind is StationKind.CONTACT_POINT
            for grant, place in grants
        ),
        Nominator.TEAM: any(grant.role in LEADERS for grant, _place in grants),
        Nominator.MEMBER: True,
    }
    allowed = row.nominated_by
    return next((each for each, holds in held.items() if holds and each in allowed), None)


def who_agree(session: Session, who: Who, now: Moment) -> list[int]:
    """Return who can agree to a nomination now: the nominee alone, or who leads it with a chat.

    The highest come first. Of a place or a project whoever nominated it may be among them.
    """
    if who.member_id is not None:
        return [who.member_id]
    if who.team_id is not None:
        return [each.id for each in leading.reached(session, who.team_id, now)]
    assert who.station_id is not None
    there = roles.at_station(session, who.station_id, now)
    able = roles.with_chat(session, [grant.id for grant, _member in there])
    return [member.id for grant, member in there if grant.role in ORGANIZERS and grant.id in able]


def _company_of(session: Session, who: Who) -> int | None:
    if who.station_id is not None:
        return session.get_one(Station, who.station_id).enterprise_id
    # A club belongs to a company, an interest team to none.
    return session.get_one(Team, who.team_id).enterprise_id if who.team_id is not None else None


def name_of(session: Session, who: Who) -> str:
    if who.member_id is not None:
        return session.get_one(Member, who.member_id).name
    if who.team_id is not None:
        team = session.get_one(Team, who.team_id)
        return f"{who.project}（{team.name}）" if who.project else team.name
    return session.get_one(Station, who.station_id).name
