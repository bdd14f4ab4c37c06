"""Signs in votes: shown to those above companies, who may set votes apart, with a reason."""

from collections.abc import Hashable

from sqlalchemy import select as columns_of
from sqlalchemy import update
from sqlmodel import Session, col, select

from models.contests import contests, voting, watching
from models.contests.contests import Contest
from models.contests.votes import Vote, VoteApart
from models.network import roles
from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.contests import bursts
from models.rules.contests.bursts import Cast, Noticed
from models.rules.network.permissions import Act
from models.store import Moment

LONGEST_REASON = 200


def signs(session: Session, contest_id: int, by: int, now: Moment) -> list[Noticed]:
    """Return the signs in a contest's votes, also in those that were set apart.

    They tell of companies and teams, so they are for towns and the district alone: raises
    NotAllowed for whoever organizes one company, also where the contest is its own.
    """
    contest = session.get_one(Contest, contest_id)
    _require(session, contest, by, now)
    return bursts.notice(_casts(session, contest_id))


def set_apart(
    session: Session, contest_id: int, noticed: Noticed, reason: str, by: int, now: Moment
) -> VoteApart | None:
    """Let the votes of a sign not be counted, for a reason that is published with the result.

    None: there is no such sign any more, no reason was given, or the result is fixed. Raises
    NotAllowed as ``signs`` does.
    """
    contest = contests.locked(session, contest_id, by, now)
    row = voting.of_contest(session, contest_id)
    if row is None or row.settled_at is not None or not reason.strip():
        return None
    if noticed not in signs(session, contest_id, by, now):
        return None
    apart = VoteApart(
        contest_id=contest_id,
        entry_id=noticed.entry,
        sign=noticed.sign,
        reason=reason.strip()[:LONGEST_REASON],
        by_member_id=by,
        at=now,
    )
    session.add(apart)
    session.flush()
    theirs = (col(Vote.id).in_(noticed.votes), col(Vote.apart_id).is_(None))
    session.execute(update(Vote).where(*theirs).values(apart_id=apart.id))
    row.has_signs = bool(watching.units(session, contest_id))
    session.add(row)
    contests.record(
        session, contest, by, now, "votes set apart", sign=noticed.sign, votes=len(noticed.votes)
    )
    return apart


def count_again(session: Session, apart_id: int, by: int, now: Moment) -> VoteApart | None:
    """Undo that votes were set apart; None: it is undone, or the result is fixed."""
    apart = session.get_one(VoteApart, apart_id, with_for_update=True)
    contest = contests.locked(session, apart.contest_id, by, now)
    _require(session, contest, by, now)
    row = voting.of_contest(session, contest.id)
    if row is None or row.settled_at is not None or apart.undone_at is not None:
        return None
    session.execute(update(Vote).where(col(Vote.apart_id) == apart_id).values(apart_id=None))
    row.has_signs = bool(watching.units(session, contest.id))
    session.add(row)
    apart.undone_at = now
    session.add(apart)
    session.flush()
    contests.record(session, contest, by, now, "votes counted again", sign=apart.sign)
    return apart


def _require(session: Session, contest: Contest, by: int, now: Moment) -> None:
    roles.require(session, by, Act.SEE_PLACES, contest.station_id, now)


def _casts(session: Session, contest_id: int) -> list[Cast]:
    teams: dict[int, set[Hashable]] = {}
    voters = select(Vote.member_id).where(Vote.contest_id == contest_id)
    for member_id, team_id in session.exec(
        select(Membership.member_id, Membership.team_id).where(
            col(Membership.member_id).in_(voters)
        )
    ):
        teams.setdefault(member_id, set()).add(f"team {team_id}")
    rows = session.execute(
        columns_of(
            col(Vote.id),
            col(Vote.entry_id),
            col(Vote.at),
            col(Vote.source),
            col(Vote.member_id),
            col(Member.created_at),
            col(Station.enterprise_id),
        )
        .join(Member, col(Member.id) == col(Vote.member_id))
        .join(Station, col(Station.id) == col(Vote.station_id), isouter=True)
        .where(col(Vote.contest_id) == contest_id)
    )
    found = []
    for number, entry_id, at, source, member_id, known_since, company in rows:
        units = set(teams.get(member_id, ()))
        if company is not None:
            units.add(f"company {company}")
        found.append(Cast(number, entry_id, at, known_since, source, frozenset(units)))
    return found


# Reading


def of_contest(session: Session, contest_id: int) -> list[VoteApart]:
    """Return what was set apart and is still, the oldest first."""
    query = select(VoteApart).where(
        VoteApart.contest_id == contest_id, col(VoteApart.undone_at).is_(None)
    )
    return list(session.exec(query.order_by(col(VoteApart.id))).all())
