"""What is known of one person, as far as an organizer may see it; opening it is recorded."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, func, or_, select

from models.events import running
from models.events.events import Event, Signup, SignupState
from models.members import erasures, seeing
from models.network import aliases, audit, members, roles
from models.network.audit import Audit
from models.network.members import FOR_GOOD, Address, Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.events import undated
from models.rules.languages import Translated
from models.rules.network.permissions import Act, Role
from models.rules.teams.joining import TeamState
from models.sending.accounts import PlatformAccount
from models.sending.inbox import Inbox
from models.store import Moment
from models.teams.teams import Team

MOST = 50
"""How many sign-ups a sheet shows, the latest."""

OPEN_FOR = timedelta(minutes=15)
"""How long a sheet that was opened is shown again without another note in the audit."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel by which a person is reached; the address itself is nobody's to see."""

    platform: str
    account: str
    since: Moment
    unreachable: str


@dataclass(frozen=True, slots=True)
class RoleHeld:
    role: Role
    place: Translated
    team_id: int | None
    since: Moment
    until: Moment | None


@dataclass(frozen=True, slots=True)
class InTeam:
    team_id: int
    name: Translated
    since: Moment


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on an event that the organizer may run."""

    event_id: int
    title: Translated
    starts_at: Moment
    state: SignupState


@dataclass(frozen=True, slots=True)
class Block:
    """Until when somebody is blocked, None for good; and why, as the audit has it."""

    until: Moment | None
    reason: str
    since: Moment | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an organizer sees of a person. There are no letters in it, whoever looks.

    ``last_seen`` is when they last wrote, within the days that the inbox is kept. ``no_shows``
    counts events that the organizer may run. ``numbers_before`` are those of merged rows.
    ``erased_at`` is when they are erased, unless it is taken back.
    """

    id: int
    name: str
    tail: str
    staff_number: str
    place: Translated | None
    language: str
    known_since: Moment
    agreed_at: Moment | None
    last_seen: Moment | None
    is_loaded: bool
    numbers_before: tuple[int, ...]
    chats: tuple[Chat, ...]
    roles: tuple[RoleHeld, ...]
    teams: tuple[InTeam, ...]
    claims: tuple[Claim, ...]
    no_shows: int
    block: Block | None
    erased_at: Moment | None


def open_sheet(session: Session, member_id: int, by: int, now: Moment) -> Sheet | None:
    """Return what an organizer may see of a person, and record that they looked.

    None for everybody whom they may not see, as if there were no such person.
    """
    member = seeing.find(session, by, aliases.now_of(session, member_id), now)
    if member is None:
        return None
    desk = seeing.desk_of(session, member)
    audit.record(session, by, Act.SEE_PERSON, f"member:{member.id}", now, station_id=desk)
    return _sheet(session, member, by, now)


def may_open(session: Session, member_id: int, by: int, now: Moment) -> bool:
    """Return whether an organizer may see this person at all."""
    return seeing.find(session, by, aliases.now_of(session, member_id), now) is not None


def opened(session: Session, member_id: int, by: int, now: Moment) -> Sheet | None:
    """Return the sheet that an organizer opened within ``OPEN_FOR``; None for any other."""
    member = seeing.find(session, by, aliases.now_of(session, member_id), now)
    if member is None:
        return None
    subject = f"member:{member.id}"
    if not audit.has_done(session, by, Act.SEE_PERSON, subject, now - OPEN_FOR, what=""):
        return None
    return _sheet(session, member, by, now)


def _sheet(session: Session, member: Member, by: int, now: Moment) -> Sheet:
    station = session.get(Station, member.station_id) if member.station_id is not None else None
    claims, no_shows = _claims(session, member.id, by, now)
    waits = erasures.request_of(session, member.id)
    return Sheet(
        id=member.id,
        name=member.name,
        tail=member.tail,
        staff_number=member.staff_number,
        place=station.text_of("name") if station is not None else None,
        language=member.language,
        known_since=member.created_at,
        agreed_at=member.consented_at,
        last_seen=_last_seen(session, member.id),
        is_loaded=member.loaded_as != "",
        numbers_before=tuple(aliases.all_of(session, member.id)[1:]),
        chats=_chats(session, member.id),
        roles=tuple(
            RoleHeld(
                Role(grant.role), place.text_of("name"), grant.team_id, grant.since, grant.until
            )
            for grant, place in roles.grants_of(session, member.id, now)
        ),
        teams=_teams(session, member.id),
        claims=claims,
        no_shows=no_shows,
        block=block_of(session, member, now),
        erased_at=waits.due_at if waits is not None else None,
    )


def block_of(session: Session, member: Member, now: Moment) -> Block | None:
    """Return why and until when a member is blocked; None if they are not."""
    until = member.blocked_until
    if until is None or not members.is_blocked(member, now):
        return None
    subjects = [f"member:{each}" for each in aliases.all_of(session, member.id)]
    rows = session.exec(
        select(Audit)
        .where(col(Audit.subject).in_(subjects), Audit.act == Act.BLOCK_MEMBER)
        .order_by(col(Audit.id).desc())
    )
    row = next((each for each in rows if "until" in each.details), None)
    reason, since = (row.details.get("reason", ""), row.at) if row is not None else ("", None)
    return Block(until if until < FOR_GOOD else None, reason, since)


def _last_seen(session: Session, member_id: int) -> Moment | None:
    own = select(Address.id).where(Address.member_id == member_id)
    return session.exec(select(func.max(Inbox.at)).where(col(Inbox.address_id).in_(own))).one()


def _chats(session: Session, member_id: int) -> tuple[Chat, ...]:
    rows = session.exec(
        select(Address, PlatformAccount.platform)
        .join(PlatformAccount, col(PlatformAccount.account) == col(Address.account), isouter=True)
        .where(Address.member_id == member_id)
        .order_by(col(Address.id))
    ).all()
    return tuple(
        Chat(
            platform or each.account.partition(".")[0],
            each.account,
            each.created_at,
            each.unreachable,
        )
        for each, platform in rows
    )


def _teams(session: Session, member_id: int) -> tuple[InTeam, ...]:
    rows = session.exec(
        select(Membership, Team)
        .join(Team, col(Team.id) == col(Membership.team_id))
        .where(Membership.member_id == member_id, Team.state == TeamState.ACTIVE)
        .order_by(col(Membership.joined_at))
    ).all()
    return tuple(InTeam(team.id, team.text_of("name"), each.joined_at) for each, team in rows)


def _claims(
    session: Session, member_id: int, by: int, now: Moment
) -> tuple[tuple[Claim, ...], int]:
    """The latest claims at events that the organizer may run, with how many no-shows there are."""
    theirs = or_(running.where_may(session, by, Act.RUN_EVENT, now), col(Event.by_member_id) == by)
    rows = session.exec(
        select(Event, Signup.state)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(Signup.member_id == member_id, theirs)
        .order_by(col(Event.starts_at).desc(), col(Event.id))
    ).all()
    claims = tuple(
        Claim(
            event.id,
            event.text_of("title"),
            undated.planned(event.starts_at),
            SignupState(state),
        )
        for event, state in rows[:MOST]
    )
    return claims, sum(state == SignupState.NO_SHOW for _event, state in rows)
