"""Votes of the public, on the path of a rush: two short statements each, and none counts twice."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, delete, update
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, distinct, func, select
from sqlmodel.sql.expression import Select

from models.contests.contests import Contest
from models.contests.entries import Entry, handed_in
from models.contests.voting import Voting
from models.events import audiences
from models.events.entries import is_one_person, one_person
from models.network.members import Caller, Member
from models.rules.contests.states import ContestState, EntryState
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared


class Vote(SQLModel, table=True):
    """A vote of a member for an entry, in a ``slot``: the category, or which of several it is.

    ``station_id`` is where they belonged when they voted. ``is_web``: only a web chat knew them,
    so it is counted apart. ``source`` is a keyed hash of where on the web it came from, until the
    result. ``apart_id`` is the decision that set it apart. ``member_id`` is None after erasure.
    """

    __table_args__ = (
        UniqueConstraint("contest_id", "member_id", "slot"),
        Index("vote_entry", "entry_id"),
    )

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id")
    entry_id: int = Field(foreign_key="entry.id")
    slot: int
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    station_id: int | None = Field(default=None, foreign_key="station.id")
    is_web: bool = False
    source: str = ""
    at: Moment
    apart_id: int | None = Field(default=None, foreign_key="vote_apart.id", index=True)


class VoteApart(SQLModel, table=True):
    """A decision that votes with a sign are not counted, with its reason, which is published."""

    __tablename__ = "vote_apart"

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    sign: str
    reason: str
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment
    undone_at: Moment | None = None


class WhyNot(StrEnum):
    """Why somebody cannot vote for an entry."""

    NOT_YET = "not_yet"
    CLOSED = "closed"
    NO_VOTING = "no_voting"
    NOT_SHOWN = "not_shown"
    TOO_NEW = "too_new"
    NOT_FOR_THEM = "not_for_them"


@dataclass(frozen=True, slots=True)
class Voted:
    """The vote counts, or is counted apart where only a web chat knows who voted.

    ``moved`` says that it was for another entry before, ``again`` that it was for this one.
    ``left`` is how many votes the member still has.
    """

    entry_id: int
    contest_id: int
    is_web: bool
    left: int
    moved: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class NoneLeft:
    """All votes are given; one has to be taken back before. They are for these entries."""

    contest_id: int
    entry_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """``at`` is when voting opens, or from before when one has to be known."""

    why: WhyNot
    contest_id: int
    at: Moment | None = None


_VOTES = table_of(Vote)
_ENTRIES, _CONTESTS, _MEMBERS = table_of(Entry), table_of(Contest), table_of(Member)
_VOTINGS = table_of(Voting)
_IS_FOR = audiences.is_for(_CONTESTS.c.audience)
_FACTS = Prepared(
    columns_of(
        _ENTRIES.c.contest_id,
        _ENTRIES.c.category_id,
        _ENTRIES.c.state,
        _CONTESTS.c.state.label("contest_state"),
        _CONTESTS.c.audience,
        _VOTINGS.c.opens_at,
        _VOTINGS.c.closes_at,
        _VOTINGS.c.votes,
        _VOTINGS.c.is_per_category,
        _VOTINGS.c.known_before,
        _VOTINGS.c.source_key,
        _VOTINGS.c.settled_at,
        _MEMBERS.c.created_at.label("known_since"),
        one_person().label("is_one_person"),
    )
    .join(_CONTESTS, _CONTESTS.c.id == _ENTRIES.c.contest_id)
    .join(_MEMBERS, _MEMBERS.c.id == bindparam("member"))
    .join(_VOTINGS, _VOTINGS.c.contest_id == _ENTRIES.c.contest_id, isouter=True)
    .where(_ENTRIES.c.id == bindparam("entry"))
)
_INSERT = Prepared(
    _VOTES.insert(),
    ("contest_id", "entry_id", "slot", "member_id", "station_id", "is_web", "source", "at"),
)
_CHANGE = Prepared(
    update(_VOTES)
    .where(_VOTES.c.id == bindparam("number"))
    .values({each: bindparam(f"new_{each}") for each in ("entry_id", "is_web", "source", "at")})
)
_MINE = Prepared(
    columns_of(_VOTES.c.id, _VOTES.c.entry_id, _VOTES.c.slot)
    .where(_VOTES.c.contest_id == bindparam("contest"), _VOTES.c.member_id == bindparam("member"))
    .order_by(_VOTES.c.slot)
)


def cast(
    session: Session, caller: Caller | Member, entry_id: int, now: Moment, *, origin: str = ""
) -> Voted | NoneLeft | Refused | None:
    """Vote for an entry, in place of another one where a member has one vote; None: no such entry.

    The caller's row is locked by the update, so their votes are given one after the other.
    ``origin`` is the IP address of a web chat, which is kept as a hash alone, until the result.
    """
    facts = _facts(session, entry_id, caller.id)
    if facts is None:
        return None
    refusal = _refusal(facts, now)
    if refusal is not None:
        return refusal
    if not audiences.admits(session, facts.audience, caller):
        return Refused(WhyNot.NOT_FOR_THEM, facts.contest_id)
    mine = _MINE.all(session, {"contest": facts.contest_id, "member": caller.id})
    slot, before = _slot(facts, entry_id, mine)
    if slot is None:
        return NoneLeft(facts.contest_id, tuple(each.entry_id for each in mine))
    is_web = not facts.is_one_person
    left = _left(facts, mine) - (before is None)
    if before is not None and before.entry_id == entry_id:
        return Voted(entry_id, facts.contest_id, is_web, left, again=True)
    source = _hash(facts.source_key, origin)
    if before is not None:
        new = {"new_entry_id": entry_id, "new_is_web": is_web, "new_source": source, "new_at": now}
        _CHANGE.run(session, {"number": before.id, **new})
        return Voted(entry_id, facts.contest_id, is_web, left, moved=True)
    _INSERT.run(
        session,
        {
            "contest_id": facts.contest_id,
            "entry_id": entry_id,
            "slot": slot,
            "member_id": caller.id,
            "station_id": caller.station_id,
            "is_web": is_web,
            "source": source,
            "at": now,
        },
    )
    return Voted(entry_id, facts.contest_id, is_web, left)


def take_back(session: Session, caller: Caller, entry_id: int, now: Moment) -> bool:
    """Take a vote back, while voting is open; False: there is none, or it is too late."""
    facts = _facts(session, entry_id, caller.id)
    if facts is None or _refusal(facts, now) is not None:
        return False
    gone = session.execute(
        delete(Vote)
        .where(col(Vote.entry_id) == entry_id, col(Vote.member_id) == caller.id)
        .returning(col(Vote.id))
    )
    return gone.first() is not None


def _facts(session: Session, entry_id: int, member_id: int) -> Row | None:
    return _FACTS.first(session, {"entry": entry_id, "member": member_id})


def _refusal(facts: Row, now: Moment) -> Refused | None:
    why, at = None, None
    if facts.opens_at is None or facts.settled_at is not None:
        why = WhyNot.NO_VOTING if facts.opens_at is None else WhyNot.CLOSED
    elif facts.contest_state in (ContestState.DECIDED, ContestState.CANCELLED):
        why = WhyNot.CLOSED
    elif facts.state != EntryState.HANDED_IN:
        why = WhyNot.NOT_SHOWN
    elif now < facts.opens_at:
        why, at = WhyNot.NOT_YET, facts.opens_at
    elif now >= facts.closes_at:
        why = WhyNot.CLOSED
    elif facts.known_before is not None and facts.known_since >= facts.known_before:
        why, at = WhyNot.TOO_NEW, facts.known_before
    return Refused(why, facts.contest_id, at) if why is not None else None


def _slot(facts: Row, entry_id: int, mine: Sequence[Row]) -> tuple[int | None, Row | None]:
    """Return the slot of a vote, and the vote that stands in it; no slot: none is left."""
    by_slot = {each.slot: each for each in mine}
    if facts.is_per_category or facts.votes == 1:
        slot = (facts.category_id or 0) if facts.is_per_category else 0
        return slot, by_slot.get(slot)
    for each in mine:
        if each.entry_id == entry_id:
            return each.slot, each
    free = next((slot for slot in range(facts.votes) if slot not in by_slot), None)
    return free, None


def _left(facts: Row, mine: Sequence[Row]) -> int:
    return 0 if facts.is_per_category else max(0, facts.votes - len(mine))


def _hash(key: str, origin: str) -> str:
    if not origin or not key:
        return ""
    return hmac.new(bytes.fromhex(key), _way(origin).encode(), hashlib.sha256).hexdigest()[:32]


def _way(origin: str) -> str:
    """The address, of IPv6 the network that one household or hall is given (RFC 6177)."""
    try:
        address = ip_address(origin)
    except ValueError:
        return origin
    if address.version == 4:
        return origin
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


# Reading


def turnout(session: Session, contest_id: int) -> int:
    """Return how many members voted, which organizers may read while voting is open."""
    query = select(func.count(distinct(col(Vote.member_id)))).where(Vote.contest_id == contest_id)
    return session.exec(query).one()


def of_member_in(session: Session, contest_id: int, member_id: int) -> frozenset[int]:
    """Return the entries of a contest that a member votes for."""
    mine = _MINE.all(session, {"contest": contest_id, "member": member_id})
    return frozenset(each.entry_id for each in mine)


def open_contests(
    session: Session, caller: audiences.Somebody, now: Moment
) -> Sequence[tuple[Contest, Voting]]:
    """Return the contests on which a member votes now, those that end soonest first."""
    query = _open(now).where(_IS_FOR).order_by(col(Voting.closes_at), col(Contest.id))
    return session.exec(query, params=audiences.asked_by(caller)).all()


def is_open(session: Session, contest_id: int, now: Moment) -> bool:
    """Return whether the public votes on a contest now."""
    return session.exec(_open(now).where(col(Contest.id) == contest_id)).first() is not None


def reads(session: Session, caller: audiences.Somebody, entry: Entry, now: Moment) -> bool:
    """Return whether a member may read an entry because they vote on it now."""
    contest = session.get_one(Contest, entry.contest_id)
    if entry.state is not EntryState.HANDED_IN or not is_open(session, contest.id, now):
        return False
    return contest.is_for_all or audiences.admits(session, contest.audience, caller)


def _open(now: Moment) -> Select[Contest, Voting]:
    return (
        select(Contest, Voting)
        .join(Voting, col(Voting.contest_id) == col(Contest.id))
        .where(
            col(Voting.opens_at) <= now,
            col(Voting.closes_at) > now,
            col(Contest.state).in_((ContestState.OPEN, ContestState.CLOSED)),
        )
    )


def ballot(session: Session, contest_id: int, member_id: int) -> list[Entry]:
    """Return the entries of a contest, in an order of each member's own: none is always first."""
    rows = handed_in(session, contest_id)
    return sorted(rows, key=lambda each: _lot(member_id, each.id))


def _lot(member_id: int, entry_id: int) -> bytes:
    return hashlib.sha256(f"{member_id}/{entry_id}".encode()).digest()


# What is kept about a member


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the votes of a member, as plain values."""
    rows = session.exec(
        select(Contest.title, Entry.code, Vote.at, Vote.source)
        .join(Entry, col(Entry.id) == col(Vote.entry_id))
        .join(Contest, col(Contest.id) == col(Vote.contest_id))
        .where(Vote.member_id == member_id)
        .order_by(col(Vote.id))
    )
    return [
        {"contest": title, "entry": code, "at": at, "hash_of_the_way_to_the_web": source}
        for title, code, at, source in rows
    ]


def set_apart_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return which votes a member decided not to count, as plain values."""
    rows = session.exec(
        select(VoteApart).where(VoteApart.by_member_id == member_id).order_by(col(VoteApart.id))
    )
    return [{"sign": each.sign, "reason": each.reason, "at": each.at} for each in rows]


def forget_member(session: Session, member_id: int) -> None:
    """Delete a member's votes where voting goes on; where the result is computed they stay.

    Those belong to nobody afterwards.
    """
    settled = select(Voting.contest_id).where(col(Voting.settled_at).is_not(None))
    theirs = delete(Vote).where(col(Vote.member_id) == member_id)
    session.execute(theirs.where(col(Vote.contest_id).not_in(settled)))
    session.execute(
        update(Vote).where(col(Vote.member_id) == member_id).values(member_id=None, station_id=None)
    )


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the votes of another; of two in one slot the member's who stays counts.

    Who is one person by either chat is so with both.
    """
    rows = session.exec(
        select(Vote).where(col(Vote.member_id).in_((stays, goes))).order_by(col(Vote.id))
    ).all()
    known = {(each.contest_id, each.slot) for each in rows if each.member_id == stays}
    is_web = not any(is_one_person(session, [each]) for each in (stays, goes))
    for each in rows:
        if each.member_id == goes and (each.contest_id, each.slot) in known:
            session.delete(each)
            continue
        each.member_id, each.is_web = stays, is_web
        session.add(each)
    session.flush()
