"""One-time codes by which a person's chats become one member's.

A code is made in one chat and typed in another. Both then say what will be joined, and nothing is
joined before both have agreed: whoever reads a code over a shoulder gains nothing by it, and who
is talked into typing somebody's code is asked first.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import Session, col, select

from models.events import signups
from models.members import personal_codes
from models.members.merging import merge
from models.members.personal_codes import LASTS, CodeKind, PersonalCode
from models.network import guesses, members, roles, stations
from models.network.members import Address, Caller, Member
from models.network.stations import Care, Station
from models.sending import deliveries, reach
from models.sending.accounts import PlatformAccount
from models.store import Moment
from models.teams import teams

JUST_NOW = timedelta(minutes=1)
"""How long after the consent a chat counts as a new one: the code is kept over the consent."""


class BadPersonalCode(StrEnum):
    """Why a code joins nothing: UNKNOWN may still be a code of another kind."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    OWN = "own"
    TOO_MANY = "too_many"
    HAS_OWN = "has_own"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a member brings along, in numbers; ``platforms`` are the originals of their names."""

    platforms: tuple[str, ...]
    sign_ups: int
    teams: int
    roles: int


@dataclass(frozen=True, slots=True)
class ToAgree:
    """A code was typed: ``here`` and ``there`` will be joined once both sides agree."""

    code_id: int
    here: Summary
    there: Summary


@dataclass(frozen=True, slots=True)
class ToBind:
    """A code of another kind was typed: whose it is, and what they have, before it is taken."""

    code_id: int
    kind: CodeKind
    name: str
    station: Station | None
    whole: Summary


@dataclass(frozen=True, slots=True)
class Waits:
    """This side has agreed; the other one is asked at ``there``."""

    there: Summary


@dataclass(frozen=True, slots=True)
class Joined:
    """The chats are one member's now; ``whole`` is what that member has."""

    whole: Summary


@dataclass(frozen=True, slots=True)
class Bound:
    """The row of a file is this member's now, or whoever left a page is back."""

    kind: CodeKind
    whole: Summary


# Typing them


def type_code(
    session: Session, caller: Caller, code: str, now: Moment
) -> ToAgree | ToBind | BadPersonalCode:
    """Take note of a code that somebody typed; nothing is joined before they agree.

    Wrong ones are not counted here, because UNKNOWN may be a code for a role.
    """
    if guesses.are_used_up(session, caller.id, now):
        return BadPersonalCode.TOO_MANY
    typed = col(PersonalCode.code_hash) == personal_codes.hash_of(code)
    row = session.exec(select(PersonalCode).where(typed).with_for_update()).first()
    if row is None:
        return BadPersonalCode.UNKNOWN
    is_anothers = row.kind is CodeKind.LINK and row.other_member_id not in (None, caller.id)
    if row.used_at is not None or is_anothers:
        return BadPersonalCode.USED
    if now >= row.expires_at:
        return BadPersonalCode.EXPIRED
    if row.member_id == caller.id:
        return BadPersonalCode.OWN
    if row.kind is CodeKind.ROW and not _waits_for_its_person(session, row.member_id):
        return BadPersonalCode.USED
    if row.kind is CodeKind.RETURN:
        if row.agreed_at is None:
            return BadPersonalCode.UNKNOWN
        if not _is_new_here(session, caller, now):
            return BadPersonalCode.HAS_OWN
    row.other_member_id = caller.id
    if row.kind is CodeKind.LINK:
        row.other_address_id = caller.address_id
    session.add(row)
    session.flush()
    return _to_agree(session, row, caller.id, now)


def _to_agree(session: Session, row: PersonalCode, member_id: int, now: Moment) -> ToAgree | ToBind:
    """Return what this member, who made a code or typed it, agrees to by it."""
    if row.kind is CodeKind.LINK:
        assert row.other_member_id is not None
        other = row.member_id if member_id == row.other_member_id else row.other_member_id
        return ToAgree(row.id, summary(session, member_id, now), summary(session, other, now))
    whose = members.get(session, row.member_id)
    station = stations.get(session, whose.station_id)
    return ToBind(row.id, row.kind, whose.name, station, summary(session, whose.id, now))


def bind(
    session: Session, caller: Caller, code_id: int, care: Care, now: Moment
) -> Bound | BadPersonalCode:
    """Take a code that stands for one person; the caller may be another member afterwards."""
    row = session.get(PersonalCode, code_id, with_for_update=True, populate_existing=True)
    if row is None or row.kind is CodeKind.LINK or row.other_member_id != caller.id:
        return BadPersonalCode.UNKNOWN
    if row.used_at is not None:
        return BadPersonalCode.USED
    if now >= row.expires_at:
        return BadPersonalCode.EXPIRED
    if row.kind is CodeKind.ROW and not _waits_for_its_person(session, row.member_id):
        return BadPersonalCode.USED
    if row.kind is CodeKind.RETURN and not _has_nothing(session, caller, now):
        return BadPersonalCode.HAS_OWN
    # The code stays when its caller goes into the other member: used it is, and not unknown.
    row.used_at, row.other_member_id = now, None
    session.add(row)
    kind = row.kind
    name = members.get(session, row.member_id).name if kind is CodeKind.ROW else ""
    _join(session, caller, row.member_id, caller.id, care, now, name=name)
    return Bound(kind, summary(session, caller.id, now))


def _is_new_here(session: Session, caller: Caller, now: Moment) -> bool:
    """Return whether the caller came just now and has nothing that another could take along.

    Anybody else links two chats, where both sides are asked.
    """
    if caller.consented_at is not None and now - caller.consented_at >= JUST_NOW:
        return False
    return _has_nothing(session, caller, now)


def _has_nothing(session: Session, caller: Caller, now: Moment) -> bool:
    has = summary(session, caller.id, now)
    chats = session.exec(select(Address.id).where(Address.member_id == caller.id).limit(2)).all()
    return not (has.sign_ups or has.teams or has.roles) and len(chats) == 1


def _waits_for_its_person(session: Session, member_id: int) -> bool:
    """Lock a row of a file; return False if an organizer's decision has bound it meanwhile."""
    row = session.get_one(Member, member_id, with_for_update=True, populate_existing=True)
    return row.consented_at is None


def agree(
    session: Session, caller: Caller, code_id: int, care: Care, now: Moment
) -> Waits | Joined | BadPersonalCode:
    """Agree to a merge as one of its two sides; the second to agree joins the chats."""
    row = session.get(PersonalCode, code_id, with_for_update=True, populate_existing=True)
    if row is None or caller.id not in (row.member_id, row.other_member_id):
        return BadPersonalCode.UNKNOWN
    if row.used_at is not None or row.other_member_id is None or row.address_id is None:
        return BadPersonalCode.USED
    if now >= row.expires_at:
        return BadPersonalCode.EXPIRED
    is_maker = caller.id == row.member_id
    if not is_maker and row.agreed_at is None:
        row.agreed_at, row.expires_at = now, max(row.expires_at, now + LASTS[CodeKind.LINK])
        session.add(row)
        session.flush()
        _notify(session, row, row.address_id, row.member_id, "link-asked", now)
    if not is_maker or row.agreed_at is None:
        other = row.other_member_id if is_maker else row.member_id
        return Waits(summary(session, other, now))
    row.used_at = now
    session.add(row)
    _join(session, caller, row.member_id, row.other_member_id, care, now)
    return Joined(summary(session, caller.id, now))


def refuse(session: Session, caller: Caller, code_id: int) -> bool:
    """Drop a merge that was not agreed to by both; False if there is none.

    A code that stands for one person stays theirs, whoever else typed it.
    """
    row = session.get(PersonalCode, code_id, with_for_update=True, populate_existing=True)
    if row is None or caller.id not in (row.member_id, row.other_member_id) or row.used_at:
        return False
    if row.kind is not CodeKind.LINK:
        if row.other_member_id == caller.id:
            row.other_member_id = None
            session.add(row)
    else:
        session.delete(row)
    session.flush()
    return True


def open_for(session: Session, caller: Caller, now: Moment) -> ToAgree | ToBind | None:
    """Return what the newest code that waits for this member's word joins; None without one."""
    own, other = col(PersonalCode.member_id), col(PersonalCode.other_member_id)
    is_link = col(PersonalCode.kind) == CodeKind.LINK
    row = session.exec(
        select(PersonalCode)
        .where(
            or_(other == caller.id, and_(own == caller.id, is_link, other.is_not(None))),
            col(PersonalCode.used_at).is_(None),
            col(PersonalCode.expires_at) > now,
        )
        .order_by(col(PersonalCode.id).desc())
        .limit(1)
    ).first()
    return _to_agree(session, row, caller.id, now) if row is not None else None


def asked(session: Session, code_id: int, now: Moment) -> ToAgree | None:
    """Return what the maker of a code is asked; None once it is over."""
    row = session.get(PersonalCode, code_id)
    if row is None or row.used_at is not None or now >= row.expires_at:
        return None
    if row.agreed_at is None or row.other_member_id is None:
        return None
    found = _to_agree(session, row, row.member_id, now)
    return found if isinstance(found, ToAgree) else None


def summary(session: Session, member_id: int, now: Moment) -> Summary:
    """Return what a member has, in numbers."""
    platforms = session.exec(
        select(PlatformAccount.platform)
        .join(Address, col(Address.account) == col(PlatformAccount.account))
        .where(Address.member_id == member_id)
        .order_by(col(Address.id))
    )
    return Summary(
        tuple(dict.fromkeys(platforms)),
        len(signups.of_member(session, member_id, now)),
        len(teams.of_member(session, member_id)),
        len(roles.grants_of(session, member_id, now)),
    )


def _join(
    session: Session,
    caller: Caller,
    one: int,
    other: int,
    care: Care,
    now: Moment,
    *,
    name: str = "",
) -> None:
    """Merge two members, of whom one is the caller, and tell their other chats."""
    stays = merge(session, one, other, care, now, name=name)
    members.refresh(session, caller)
    for address in session.exec(select(Address).where(Address.member_id == stays)).all():
        if address.id != caller.address_id:
            _tell(session, address, f"linked:{address.id}:{now.timestamp():.6f}", "linked", {}, now)


def _notify(
    session: Session, row: PersonalCode, address_id: int, member_id: int, topic: str, now: Moment
) -> None:
    address = session.get_one(Address, address_id)
    _tell(session, address, f"{topic}:{row.id}", topic, {"code_id": row.id}, now)


def _tell(
    session: Session, address: Address, key: str, topic: str, facts: dict[str, int], now: Moment
) -> None:
    deliveries.plan(
        session,
        key=key,
        account=address.account,
        address_id=address.id,
        member_id=address.member_id,
        topic=topic,
        facts=facts,
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
    )


# Leaving a page


def leave(session: Session, caller: Caller, now: Moment) -> None:
    """Take this chat from its member, who stays and may come back by a code.

    ``caller.address_id`` is 0 afterwards, so that nothing is written to the deleted address.
    """
    session.execute(update(PersonalCode).where(*_unused_returns(caller.id)).values(agreed_at=now))
    _drop(session, caller.address_id, caller.id, now)
    caller.address_id = 0


def leave_elsewhere(session: Session, caller: Caller, now: Moment) -> int:
    """Take every page but this chat from the member, and the codes to return; return how many."""
    session.execute(delete(PersonalCode).where(*_unused_returns(caller.id)))
    pages = session.exec(
        select(Address.id)
        .join(PlatformAccount, col(PlatformAccount.account) == col(Address.account))
        .where(
            Address.member_id == caller.id,
            Address.id != caller.address_id,
            col(PlatformAccount.by_cookie),
        )
    ).all()
    for each in pages:
        _drop(session, each, caller.id, now)
    return len(pages)


def _unused_returns(member_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(PersonalCode.member_id) == member_id,
        col(PersonalCode.kind) == CodeKind.RETURN,
        col(PersonalCode.used_at).is_(None),
    )


def _drop(session: Session, address_id: int, member_id: int, now: Moment) -> None:
    session.execute(
        delete(PersonalCode).where(
            (col(PersonalCode.address_id) == address_id)
            | (col(PersonalCode.other_address_id) == address_id)
        )
    )
    reach.leave(session, address_id, member_id, now)
