"""Rows of files that wait for their people: personal codes, and bindings that are proposed.

A personal code binds by itself. A staff number and a name can be known to colleagues, so they only
propose: the organizers of the town decide, never those of a contact point, who would learn by it
that somebody of their company uses the station.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func
from sqlmodel import Field, Session, SQLModel, col, select

from models.members import personal_codes
from models.members.merging import merge
from models.members.personal_codes import CodeKind, PersonalCode
from models.network import audit, guesses, members, roles, stations
from models.network.audit import CODES_TAKEN
from models.network.members import Address, Caller, Member
from models.network.roles import Grant
from models.network.stations import Care, Station
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.rules.texts import one_line
from models.sending import deliveries
from models.store import Moment, keys

KEY = "personal codes"
"""The shared key from which an organizer's list of codes is written again."""
MOST_CODES = 2000
"""Of how many rows a list is made in one transaction."""
LONGEST_REASON = 200

LASTS = timedelta(days=14)
"""How long a proposal waits to be decided; it is forgotten then."""


class BindingRequest(SQLModel, table=True):
    """``member_id`` says that the row ``row_member_id`` of a file is theirs."""

    __tablename__ = "binding_request"

    id: int = Field(default=None, primary_key=True)
    row_member_id: int = Field(foreign_key="member.id", index=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    at: Moment = Field(index=True)


class NotProposed(StrEnum):
    TOO_MANY = "too_many"


class BindingNotDecided(StrEnum):
    """Why a decision changes nothing: it is over, or not theirs to take."""

    OVER = "over"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, slots=True)
class RowCode:
    """A row of a file and its new personal code."""

    name: str
    station: str
    staff_number: str
    code: str

    @property
    def shown(self) -> str:
        """The code as it is read and copied."""
        return codes.in_groups(self.code)


def is_unbound() -> ColumnElement[bool]:
    """Return the condition of a row of a file that no chat is bound to.

    Whoever signed out of their only page has no chat either, but has agreed to the privacy notice.
    """
    has_chat = exists().where(col(Address.member_id) == col(Member.id))
    return ~has_chat & col(Member.consented_at).is_(None)


# Personal codes


def new_codes(session: Session, station: Station, now: Moment) -> list[RowCode]:
    """Make a personal code for every unbound row at a station and below it.

    Codes are stored as hashes, so none can be shown a second time: codes made before are void.
    """
    rows = session.exec(_unbound_at(select(Member, Station), station)).all()
    made = {member.id: codes.make(secrets.choice, codes.LONG) for member, _place in rows}
    personal_codes.put(session, made, now)
    return [
        RowCode(member.name, place.name, member.staff_number, made[member.id])
        for member, place in rows
    ]


class NoCodes(StrEnum):
    """Why an organizer is given no list of codes."""

    NOBODY = "nobody"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of new codes: how many, and the seed by which it is written again."""

    seed: str
    number: int


def how_many(session: Session, station: Station, now: Moment) -> int:
    """Return of how many rows an organizer is given the codes."""
    return len(session.exec(_for_organizers(select(Member.id), station, now)).all())


def take_codes(
    session: Session, station: Station, by: int, reason: str, now: Moment
) -> CodeList | NoCodes:
    """Make a personal code for every unbound row there for an organizer, who says what for.

    Rows with a role are left out: their codes would give it, so they are the operator's to hand
    out. Codes made before are void. ``codes_of_list`` tells the codes.
    """
    roles.require(session, by, Act.BIND_MEMBER, station.id, now)
    numbers = session.exec(_for_organizers(select(Member.id), station, now)).all()
    if not numbers:
        return NoCodes.NOBODY
    if len(numbers) > MOST_CODES:
        return NoCodes.TOO_MANY
    key, seed = keys.shared(session, KEY), secrets.token_urlsafe(12)
    made = {number: personal_codes.derived(key, seed, number) for number in numbers}
    personal_codes.put(session, made, now)
    audit.record(
        session,
        by,
        Act.BIND_MEMBER,
        f"station:{station.id}",
        now,
        station_id=station.id,
        what=CODES_TAKEN,
        reason=one_line(reason)[:LONGEST_REASON],
        upto=max(numbers),
    )
    return CodeList(seed, len(numbers))


def codes_of_list(session: Session, station: Station, seed: str) -> list[RowCode]:
    """Return the codes of a list that still bind a row; none once a newer list was made."""
    key = keys.kept(session, KEY)
    if key is None:
        return []
    rows = session.exec(
        _unbound_at(select(Member, Station, PersonalCode.code_hash), station)
        .join(PersonalCode, col(PersonalCode.member_id) == col(Member.id))
        .where(PersonalCode.kind == CodeKind.ROW, col(PersonalCode.used_at).is_(None))
    ).all()
    found = []
    for member, place, code_hash in rows:
        code = personal_codes.derived(key, seed, member.id)
        if personal_codes.hash_of(code) == code_hash:
            found.append(RowCode(member.name, place.name, member.staff_number, code))
    return found


def _for_organizers(query: Any, station: Station, now: Moment) -> Any:
    """Add to a query of members: the unbound rows there without a role."""
    return _unbound_at(query, station).where(~_has_role(now))


def _unbound_at(query: Any, station: Station) -> Any:
    """Add to a query of members: the unbound rows there, by place and name."""
    return (
        query.join(Station, col(Station.id) == col(Member.station_id))
        .where(is_unbound(), col(Station.path).startswith(station.path))
        .order_by(col(Station.path), Member.name, col(Member.id))
    )


# Staff number and name


def propose(
    session: Session, caller: Caller, staff_number: str, name: str, now: Moment
) -> NotProposed | None:
    """Propose that a row with this number and name is the caller's; None when that is noted.

    Nothing tells whether there is such a row. A proposal that fits none, or a row with a role,
    counts as a wrong code.
    """
    if guesses.are_used_up(session, caller.id, now):
        return NotProposed.TOO_MANY
    rows = session.exec(
        select(Member)
        .where(
            col(Member.staff_number) != "",
            Member.staff_number == staff_number,
            Member.name == name,
            is_unbound(),
            ~_has_role(now),
        )
        .order_by(col(Member.id))
    ).all()
    if not rows:
        guesses.note(session, caller.id, now)
        return None
    session.execute(delete(BindingRequest).where(col(BindingRequest.member_id) == caller.id))
    for row in rows:
        request = BindingRequest(row_member_id=row.id, member_id=caller.id, at=now)
        session.add(request)
        session.flush()
        _ask(session, request, row, now)
    return None


def _has_role(now: Moment) -> ColumnElement[bool]:
    return exists().where(col(Grant.member_id) == col(Member.id), *roles.in_force(now))


def _ask(session: Session, request: BindingRequest, row: Member, now: Moment) -> None:
    station = stations.desk_of(session, row.station_id)
    able = roles.who_can(session, Act.BIND_MEMBER, station, now) if station is not None else ()
    for organizer in able:
        deliveries.plan_for_member(
            session,
            organizer.id,
            key=f"bind-asked:{request.id}:{organizer.id}",
            topic="bind-asked",
            facts={"request_id": request.id},
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
            now=now,
            about=request.member_id,
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A binding that is proposed: the row of the file, and the member who says it is theirs."""

    id: int
    row: Member
    by: Member
    station: Station | None


def waiting(session: Session, path: str, now: Moment, limit: int = 12) -> Sequence[Member]:
    """Return the rows of the station of this path and below it that somebody says are theirs.

    Those of the oldest proposals come first.
    """
    oldest = func.min(BindingRequest.id)
    return session.exec(
        select(Member)
        .join(BindingRequest, col(BindingRequest.row_member_id) == col(Member.id))
        .join(Station, col(Station.id) == col(Member.station_id))
        .where(BindingRequest.at > now - LASTS, col(Station.path).startswith(path), is_unbound())
        .group_by(col(Member.id))
        .order_by(oldest)
        .limit(limit)
    ).all()


def proposals_for(
    session: Session, row_id: int, organizer_id: int, now: Moment
) -> Sequence[Proposal]:
    """Return who says that this row is theirs, where this organizer may decide it; oldest first."""
    requests = session.exec(
        select(BindingRequest.id)
        .where(BindingRequest.row_member_id == row_id)
        .order_by(col(BindingRequest.id))
    ).all()
    found = (proposal(session, each, organizer_id, now) for each in requests)
    return [each for each in found if isinstance(each, Proposal)]


def proposal(
    session: Session, request_id: int, organizer_id: int, now: Moment
) -> Proposal | BindingNotDecided:
    """Return a proposal for an organizer who may decide it."""
    request = session.get(BindingRequest, request_id)
    if request is None or request.at + LASTS <= now:
        return BindingNotDecided.OVER
    row, by = (members.get(session, each) for each in (request.row_member_id, request.member_id))
    station = stations.desk_of(session, row.station_id)
    if station is None or not roles.may(session, organizer_id, Act.BIND_MEMBER, station, now):
        return BindingNotDecided.NOT_YOURS
    if organizer_id == by.id:
        return BindingNotDecided.NOT_YOURS
    return Proposal(request.id, row, by, stations.get(session, row.station_id))


def decide(
    session: Session, request_id: int, by: int, *, yes: bool, care: Care, now: Moment
) -> BindingNotDecided | None:
    """Bind the row of a proposal to its member, or drop it, and tell them; None when done."""
    found = proposal(session, request_id, by, now)
    if isinstance(found, BindingNotDecided):
        return found
    row, member_id = found.row, found.by.id
    # Of two who decide at once, about one row, the second finds it bound.
    session.get_one(Member, row.id, with_for_update=True)
    waits = select(Member.id).where(Member.id == row.id, is_unbound(), ~_has_role(now))
    still = session.exec(waits).first()
    if still is None:
        return BindingNotDecided.OVER
    station_id = row.station_id
    session.execute(delete(BindingRequest).where(col(BindingRequest.id) == request_id))
    audit.record(
        session, by, Act.BIND_MEMBER, f"member:{member_id}", now, station_id=station_id, bound=yes
    )
    stays = member_id
    if yes:
        session.execute(delete(BindingRequest).where(col(BindingRequest.row_member_id) == row.id))
        stays = merge(session, row.id, member_id, care, now, name=row.name)
    deliveries.plan_for_member(
        session,
        stays,
        key=f"bind-answered:{request_id}:{now.timestamp():.6f}",
        topic="bind-answered",
        facts={"bound": yes},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
    )
    return None


def proposed_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return when a member said that a row of a file is theirs, as plain values."""
    rows = session.exec(select(BindingRequest.at).where(BindingRequest.member_id == member_id))
    return [{"at": each} for each in rows]


def forget_requests(session: Session, moment: Moment) -> None:
    """Delete the proposals from before a moment."""
    session.execute(delete(BindingRequest).where(col(BindingRequest.at) < moment))
