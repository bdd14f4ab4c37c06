"""Merge two members who are one person, table by table as ``inventory`` lists them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard

from sqlalchemy import (
    Column,
    Constraint,
    Delete,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    Update,
    bindparam,
    delete,
    select,
    update,
)
from sqlmodel import Session, col

from models.contests import forgetting as contest_entries
from models.contests import judges, votes
from models.events import feedback, forgetting, posters, reminders
from models.events import merging as claims
from models.gala import stage, voting
from models.members import erasures, inventory
from models.members.inventory import Merge, Place
from models.network import name_keys, roles
from models.network.aliases import MemberAlias
from models.network.guesses import WrongCodes
from models.network.members import DEFAULT_LEADS, Member, MemberInterest
from models.network.memberships import Membership
from models.network.roles import Grant
from models.network.stations import Care
from models.rules.network.permissions import Role
from models.sending import merging as deliveries
from models.store import Moment
from models.teams.teams import Bid, BidKind, BidState, Team


@dataclass(frozen=True, slots=True)
class Merging:
    """Who stays, who goes, and when."""

    stays: int
    goes: int
    care: Care
    now: Moment


def merge(
    session: Session, one: int, other: int, care: Care, now: Moment, *, name: str = ""
) -> int:
    """Make one member of two and return the number of the older, who stays.

    ``name`` is what they are called afterwards; without it the older's name stays. What the older
    has set stays, what they have not is taken from the younger. Rows that the session holds are
    gone from it.
    """
    session.flush()
    rows = session.execute(
        select(Member)
        .where(col(Member.id).in_((one, other)))
        .order_by(col(Member.id))
        .with_for_update()
    ).scalars()
    older, younger = sorted(rows, key=lambda each: (each.created_at, each.id))
    this = Merging(older.id, younger.id, care, now)
    settings = _settings(older, younger) | ({"name": name} if name else {})
    session.expunge_all()
    for verb in dict.fromkeys(VERBS.values()):
        verb(session, this)
    session.execute(
        update(MemberAlias)
        .where(col(MemberAlias.member_id) == this.goes)
        .values(member_id=this.stays)
    )
    session.add(MemberAlias(old_id=this.goes, member_id=this.stays, at=now))
    session.flush()
    session.execute(update(Member).where(col(Member.id) == this.stays).values(**settings))
    for statement in _statements():
        session.execute(statement, {"member": this.goes, "stays": this.stays})
    name_keys.put(session, this.stays, settings["name"])
    session.expunge_all()
    reminders.replan_member(session, this.stays, care, now)
    return this.stays


@cache
def _statements() -> tuple[Delete | Update, ...]:
    return tuple(_made(inventory.places()))


def _made(places: Iterable[Place]) -> Iterable[Delete | Update]:
    for place in places:
        column = inventory.column_of(place)
        concerned = inventory.pointing(column, place)
        if place.merge is Merge.ONE:
            yield from _second_ones(column)
        if place.merge in (Merge.POINT, Merge.ONE):
            yield column.table.update().where(concerned).values({column.name: bindparam("stays")})
        elif place.merge is Merge.DELETE:
            yield column.table.delete().where(concerned)


def _second_ones(column: Column[Any]) -> Iterable[Delete]:
    """Delete what the table lets a member have once, and both have: the other's stays."""
    table = column.table
    assert isinstance(table, Table)
    indexes = (list(each.columns) for each in table.indexes if each.unique)
    constraints = (list(each.columns) for each in table.constraints if _is_unique(each))
    for columns in (*indexes, *constraints):
        if column in columns:
            kept = table.alias()
            same = (kept.c[each.name] == each for each in columns if each is not column)
            both = select(1).where(kept.c[column.name] == bindparam("stays"), *same).exists()
            yield table.delete().where(column == bindparam("member"), both)


def _is_unique(constraint: Constraint) -> TypeGuard[UniqueConstraint | PrimaryKeyConstraint]:
    return isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)


# What a member has set


def _settings(older: Member, younger: Member) -> dict[str, Any]:
    """The columns of the member who stays: the older's, or the younger's where those are unset."""
    unset: dict[str, Any] = {"leads": list(DEFAULT_LEADS), "muted": [], "quiet": ""}
    unset |= {
        "shift": None,
        "station_id": None,
        "place_asked": False,
        "no_photos": False,
        "calendar_key": "",
    }
    unset |= {"name": "", "tail": "", "staff_number": "", "loaded_as": ""}
    unset |= {"birth_year": None}
    kept = {
        name: getattr(younger if getattr(older, name) == nothing else older, name)
        for name, nothing in unset.items()
    }
    agreed = [each for each in (older.consented_at, younger.consented_at) if each is not None]
    kept["consented_at"] = min(agreed, default=None)
    # Nobody comes in again by another chat of theirs.
    barred = [each.blocked_until for each in (older, younger) if each.blocked_until is not None]
    kept["blocked_until"] = max(barred, default=None)
    # A row of a file has a language that its person never chose.
    talks = older if older.consented_at is not None else younger
    return kept | {"language": talks.language}


# Tables in which a choice is needed


def _unite_claims_and_deliveries(session: Session, this: Merging) -> None:
    deleted = claims.unite_claims(session, this.stays, this.goes, this.care, this.now)
    deliveries.unite_deliveries(session, this.stays, this.goes, deleted, this.now)


def _unite_arrivals(session: Session, this: Merging) -> None:
    posters.unite(session, this.stays, this.goes)


def _unite_certificates(session: Session, this: Merging) -> None:
    claims.unite_certificates(session, this.stays, this.goes, this.now)


def _unite_feedback(session: Session, this: Merging) -> None:
    feedback.unite(session, this.stays, this.goes)


def _unite_authors(session: Session, this: Merging) -> None:
    contest_entries.unite(session, this.stays, this.goes)


def _unite_votes(session: Session, this: Merging) -> None:
    voting.unite(session, this.stays, this.goes)


def _unite_backings(session: Session, this: Merging) -> None:
    stage.unite(session, this.stays, this.goes)


def _unite_judges(session: Session, this: Merging) -> None:
    judges.unite(session, this.stays, this.goes)


def _unite_contest_votes(session: Session, this: Merging) -> None:
    votes.unite(session, this.stays, this.goes)


def _unite_answers(session: Session, this: Merging) -> None:
    forgetting.unite_kept(session, this.stays, this.goes)


def _unite_counts(session: Session, this: Merging) -> None:
    deliveries.unite_counts(session, this.stays, this.goes)


def _unite_memberships(session: Session, this: Merging) -> None:
    """Keep one membership of each team, since the earlier day, and count it once."""
    stays, goes = (
        _by_key(session, Membership, each, "team_id") for each in (this.stays, this.goes)
    )
    for key, membership in goes.items():
        if (same := stays.get(key)) is None:
            membership.member_id = this.stays
            continue
        same.joined_at = min(same.joined_at, membership.joined_at)
        session.delete(membership)
        session.execute(
            update(Team)
            .where(col(Team.id) == membership.team_id)
            .values(members=col(Team.members) - 1)
        )
    session.flush()


def _unite_bids(session: Session, this: Merging) -> None:
    """Keep one bid of each kind on a team, an open one rather; no founder supports their own."""
    stays, goes = (
        _by_key(session, Bid, each, "team_id", "kind") for each in (this.stays, this.goes)
    )
    for key, bid in goes.items():
        both = [each for each in (bid, stays.get(key)) if each is not None]
        better = max(both, key=lambda each: (each.state is BidState.OPEN, each.at))
        for each in both:
            if each is not better:
                session.delete(each)
        session.flush()
        better.member_id = this.stays
        session.flush()
    founded = select(col(Team.id)).where(col(Team.founder_id).in_((this.stays, this.goes)))
    session.execute(
        delete(Bid).where(
            col(Bid.member_id) == this.stays,
            col(Bid.kind) == BidKind.SUPPORT,
            col(Bid.team_id).in_(founded),
        )
    )


def _unite_roles(session: Session, this: Merging) -> None:
    """Keep one grant of each role in force, for the longer time; a captain is no deputy."""
    in_force: dict[tuple[Any, ...], Grant] = {}
    grants = session.execute(
        select(Grant)
        .where(col(Grant.member_id).in_((this.stays, this.goes)), *roles.in_force(this.now))
        .order_by(col(Grant.id))
    ).scalars()
    for grant in grants:
        key = (grant.role, grant.station_id, grant.team_id)
        same = in_force.setdefault(key, grant)
        if same is not grant:
            ends = (same.until, grant.until)
            same.until = None if None in ends else max(each for each in ends if each is not None)
            session.delete(grant)
    for (role, station_id, team_id), grant in in_force.items():
        if role is Role.DEPUTY and (Role.CAPTAIN, station_id, team_id) in in_force:
            grant.withdrawn_at = this.now
    session.flush()
    session.execute(
        update(Grant).where(col(Grant.member_id) == this.goes).values(member_id=this.stays)
    )


def _unite_interests(session: Session, this: Merging) -> None:
    own = select(col(MemberInterest.interest)).where(col(MemberInterest.member_id) == this.stays)
    theirs = col(MemberInterest.member_id) == this.goes
    session.execute(delete(MemberInterest).where(theirs, col(MemberInterest.interest).in_(own)))
    session.execute(update(MemberInterest).where(theirs).values(member_id=this.stays))


def _unite_guesses(session: Session, this: Merging) -> None:
    """Keep the greater count of wrong codes: linking a chat gives no guesses back."""
    rows = session.execute(
        select(WrongCodes).where(col(WrongCodes.member_id).in_((this.stays, this.goes)))
    ).scalars()
    worst = max(rows, key=lambda each: (each.times, each.since), default=None)
    if worst is None:
        return
    since, times = worst.since, worst.times
    session.execute(
        delete(WrongCodes).where(col(WrongCodes.member_id).in_((this.stays, this.goes)))
    )
    session.expunge_all()
    session.add(WrongCodes(member_id=this.stays, since=since, times=times))
    session.flush()


def _take_back_erasure(session: Session, this: Merging) -> None:
    """Erase nobody by what was asked of one of two: the person is asked anew, if they wish it."""
    for each in (this.stays, this.goes):
        erasures.stay(session, each)


def _by_key(
    session: Session, kind: type[Any], member_id: int, *names: str
) -> dict[tuple[Any, ...], Any]:
    rows = session.execute(select(kind).where(kind.member_id == member_id)).scalars()
    return {tuple(getattr(each, name) for name in names): each for each in rows}


VERBS: Mapping[str, Callable[[Session, Merging], None]] = {
    "signup.member_id": _unite_claims_and_deliveries,
    "reminder.member_id": _unite_claims_and_deliveries,
    "delivery.member_id": _unite_claims_and_deliveries,
    "delivery.facts": _unite_claims_and_deliveries,
    "certificate.member_id": _unite_certificates,
    "poster_arrival.member_id": _unite_arrivals,
    "feedback.member_id": _unite_feedback,
    "entry_author.member_id": _unite_authors,
    "poll_vote.member_id": _unite_votes,
    "stage_backing.member_id": _unite_backings,
    "judge.member_id": _unite_judges,
    "vote.member_id": _unite_contest_votes,
    "member_answer.member_id": _unite_answers,
    "daily_count.member_id": _unite_counts,
    "membership.member_id": _unite_memberships,
    "team_bid.member_id": _unite_bids,
    "role_grant.member_id": _unite_roles,
    "member_interest.member_id": _unite_interests,
    "wrong_codes.member_id": _unite_guesses,
    "erasure_request.member_id": _take_back_erasure,
}
"""Who merges each column that ``inventory`` leaves to a verb."""
