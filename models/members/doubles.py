"""Two rows that are one person: look at what becomes of them, then merge them.

Organizers merge only where at most one of the two has talked with the station: a row of a file
with its person, or two rows of files. Two chats may be two people of one name, and whoever got the
other's would read their letters; so their person joins them with a code (``linking``), nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from models.events.events import Event, Signup, SignupState
from models.events.merging import BETTER
from models.members import looking_up, seeing
from models.members.looking_up import Wanted
from models.members.merging import merge
from models.network import audit, roles
from models.network.members import Address, Member
from models.network.memberships import Membership
from models.network.stations import Care
from models.rules.languages import Translated
from models.rules.network.permissions import Act, Role
from models.rules.texts import one_line
from models.store import Moment

LONGEST_REASON = 200


class NotMerged(StrEnum):
    """Why two rows stay two."""

    THE_SAME = "the same"
    GONE = "one of them is gone"
    BOTH_TALK = "both have talked with the station"
    WITH_A_ROLE = "the row of a file holds a role"
    NO_REASON = "no reason"


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two has, or what the one person will have; letters are not looked at."""

    id: int
    name: str
    staff_number: str
    place_id: int | None
    chats: int
    claims: int
    teams: int
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class TwoClaims:
    """An event on which both have a claim: the better one stays, the other's seat is offered."""

    event_id: int
    title: Translated
    stays: SignupState
    goes: SignupState


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge will do, or ``why_not``. The older row stays."""

    stays: Side
    goes: Side
    result: Side
    twice: tuple[TwoClaims, ...]
    why_not: NotMerged | None


def candidates(session: Session, member_id: int, by: int, now: Moment) -> tuple[int, ...]:
    """Return those of the same name or staff number whom this organizer sees, at most a page."""
    member = seeing.find(session, by, member_id, now)
    if member is None:
        return ()
    found: list[int] = []
    if member.name:
        page = looking_up.look_up(session, by, Wanted(member.name), now, limit=looking_up.MOST)
        found += [each.id for each in page.people if each.name == member.name]
    if member.staff_number:
        page = looking_up.look_up(session, by, Wanted(staff_number=member.staff_number), now)
        found += [each.id for each in page.people]
    return tuple(dict.fromkeys(each for each in found if each != member_id))


def preview(session: Session, one: int, other: int, by: int, now: Moment) -> Preview | NotMerged:
    """Return what each has and what will be. Raises NotAllowed where ``by`` may not merge them."""
    rows = _both(session, one, other, lock=False)
    if isinstance(rows, NotMerged):
        return rows
    for each in rows:
        seeing.require_above(session, by, Act.MERGE_MEMBERS, each, now)
    older, younger = rows
    stays, goes = (_side(session, each, now) for each in rows)
    claims = [_claims(session, each.id) for each in rows]
    joined = {**claims[1], **claims[0]}
    result = Side(
        id=older.id,
        name=_name_of(rows),
        staff_number=older.staff_number or younger.staff_number,
        place_id=older.station_id if older.station_id is not None else younger.station_id,
        chats=stays.chats + goes.chats,
        claims=len(joined),
        teams=len(_teams(session, older.id) | _teams(session, younger.id)),
        roles=tuple(dict.fromkeys((*stays.roles, *goes.roles))),
    )
    return Preview(stays, goes, result, _twice(session, *claims), _why_not(session, rows, now))


def merge_doubles(
    session: Session, one: int, other: int, reason: str, by: int, care: Care, now: Moment
) -> int | NotMerged:
    """Make one person of two rows and return the number that stays, as ``preview`` told.

    Raises NotAllowed where ``by`` does not see both or is not above every role they hold.
    """
    rows = _both(session, one, other, lock=True)
    if isinstance(rows, NotMerged):
        return rows
    for each in rows:
        seeing.require_above(session, by, Act.MERGE_MEMBERS, each, now)
    reason = one_line(reason)[:LONGEST_REASON]
    if not reason:
        return NotMerged.NO_REASON
    if (why := _why_not(session, rows, now)) is not None:
        return why
    older, younger = rows
    desk, went, name = seeing.desk_of(session, older), younger.id, _name_of(rows)
    stays = merge(session, older.id, younger.id, care, now, name=name)
    audit.record(
        session,
        by,
        Act.MERGE_MEMBERS,
        f"member:{stays}",
        now,
        station_id=desk,
        reason=reason,
        went=went,
    )
    return stays


def _both(session: Session, one: int, other: int, *, lock: bool) -> Sequence[Member] | NotMerged:
    """Both rows, the older first: that is the one who stays."""
    if one == other:
        return NotMerged.THE_SAME
    query = select(Member).where(col(Member.id).in_((one, other))).order_by(col(Member.id))
    rows = session.exec(query.with_for_update() if lock else query).all()
    if len(rows) < 2:
        return NotMerged.GONE
    return sorted(rows, key=lambda each: (each.created_at, each.id))


def _why_not(session: Session, rows: Sequence[Member], now: Moment) -> NotMerged | None:
    talked = [each for each in rows if _has_talked(session, each)]
    if len(talked) > 1:
        return NotMerged.BOTH_TALK
    # Whoever chats would get the role of a row that may be another's.
    if talked and any(
        roles.grants_of(session, each.id, now) for each in rows if each is not talked[0]
    ):
        return NotMerged.WITH_A_ROLE
    return None


def _has_talked(session: Session, member: Member) -> bool:
    own = select(Address.id).where(Address.member_id == member.id).limit(1)
    return member.consented_at is not None or session.exec(own).first() is not None


def _name_of(rows: Sequence[Member]) -> str:
    """What the person is called: as their file has it, which is checked, else as they said."""
    loaded = [each.name for each in rows if each.loaded_as and each.name]
    named = [each.name for each in rows if each.name]
    return next(iter((*loaded, *named)), "")


def _side(session: Session, member: Member, now: Moment) -> Side:
    chats = session.exec(select(Address.id).where(Address.member_id == member.id)).all()
    held = roles.grants_of(session, member.id, now)
    return Side(
        id=member.id,
        name=member.name,
        staff_number=member.staff_number,
        place_id=member.station_id,
        chats=len(chats),
        claims=len(_claims(session, member.id)),
        teams=len(_teams(session, member.id)),
        roles=tuple(dict.fromkeys(Role(grant.role) for grant, _place in held)),
    )


def _claims(session: Session, member_id: int) -> dict[int, SignupState]:
    rows = session.exec(select(Signup.event_id, Signup.state).where(Signup.member_id == member_id))
    return {event_id: SignupState(state) for event_id, state in rows}


def _teams(session: Session, member_id: int) -> set[int]:
    return set(session.exec(select(Membership.team_id).where(Membership.member_id == member_id)))


def _twice(
    session: Session, stays: dict[int, SignupState], goes: dict[int, SignupState]
) -> tuple[TwoClaims, ...]:
    both = sorted(stays.keys() & goes.keys())
    events = session.exec(select(Event).where(col(Event.id).in_(both))).all()
    found = []
    for event in sorted(events, key=lambda each: each.id):
        states = sorted((stays[event.id], goes[event.id]), key=BETTER.index)
        found.append(TwoClaims(event.id, event.text_of("title"), *states))
    return tuple(found)
