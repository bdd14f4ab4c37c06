"""Lists of people for organizers, by name and by what they are; page by page, never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, tuple_
from sqlmodel import Session, col, select

from models.events import parties
from models.members import seeing
from models.members.binding import is_unbound
from models.network import roles
from models.network.members import Address, Member
from models.network.memberships import Membership
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.rules.search import people
from models.sending.accounts import PlatformAccount
from models.sending.inbox import Inbox
from models.store import Moment

KEPT_IN_MIND = timedelta(days=3)
"""How long back it is known that somebody wrote: the inbox keeps no more."""

MOST = 100
"""People on a page at most."""

HIGHEST = 2**31 - 1
NUMBERS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people are looked for; what is empty leaves nobody out.

    ``words`` are a name or part of one, pinyin, initials, or a number: the member's or a staff
    number. ``station_id`` is a place and all below it, ``platform`` the original of a platform's
    name. ``is_bound`` says whether a chat belongs to them; ``seen_since`` is a moment within
    ``KEPT_IN_MIND`` since which they wrote.
    """

    words: str = ""
    station_id: int | None = None
    role: Role | None = None
    team_id: int | None = None
    staff_number: str = ""
    platform: str = ""
    is_bound: bool | None = None
    seen_since: Moment | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended: the next begins behind it. ``key`` is empty where no words were."""

    member_id: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A line of a list: who, where, and by what they are reached."""

    id: int
    name: str
    tail: str
    staff_number: str
    place: Translated | None
    platforms: tuple[str, ...]
    roles: tuple[Role, ...]
    is_bound: bool
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """People, and where to go on; None at the end."""

    people: tuple[Person, ...] = ()
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """Whom words may mean: people whom the organizer sees, at least one."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the organizer knows from work by the whole name, and sees nothing else of."""

    member_id: int


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody whom the organizer sees or knows has this name or number."""


def meant(
    session: Session, by: int, words: str, now: Moment, *, limit: int = 5
) -> Several | Colleague | Nobody:
    """Return whom an organizer means by a name or a number, of those with a chat."""
    if not words.strip():
        return Nobody()
    found = look_up(session, by, Wanted(words=words, is_bound=True), now, limit=limit).people
    if found:
        return Several(found)
    known = parties.colleague(session, session.get_one(Member, by), words)
    return Colleague(known) if known is not None else Nobody()


def look_up(
    session: Session,
    by: int,
    wanted: Wanted,
    now: Moment,
    *,
    after: After | None = None,
    limit: int = 20,
) -> Page:
    """Return a page of the people whom an organizer may see, by number or by key of the name.

    Whom the words mean by a number stands first. Where nobody is written like the words, those
    follow who are called by other characters of the same sound.
    """
    limit = min(max(limit, 1), MOST)
    conditions = (seeing.visible_to(session, by, now), *_conditions(wanted, now))
    words = wanted.words.strip()
    if not words:
        query = select(Member.id).where(*conditions).order_by(col(Member.id)).limit(limit + 1)
        if after is not None:
            query = query.where(col(Member.id) > after.member_id)
        ids = list(session.exec(query))
        more = After(ids[limit - 1]) if len(ids) > limit else None
        return Page(_people(session, ids[:limit], "", now), more)
    numbered = () if after is not None else _numbered(session, words, conditions)
    asked = people.asked(words)
    found, more = _named(session, asked, conditions, after, limit)
    if not found and not numbered and after is None and asked.written:
        found, more = _named(session, people.Asked(asked.keys), conditions, after, limit)
    ids = list(dict.fromkeys((*numbered, *found)))
    return Page(_people(session, ids, words, now, first=numbered), more)


def _conditions(wanted: Wanted, now: Moment) -> list[ColumnElement[bool]]:
    kept: list[ColumnElement[bool]] = []
    if wanted.station_id is not None:
        here = select(Station.path).where(Station.id == wanted.station_id).scalar_subquery()
        below = select(Station.id).where(col(Station.path).startswith(here))
        kept.append(col(Member.station_id).in_(below))
    if wanted.role is not None:
        held = select(Grant.member_id).where(Grant.role == wanted.role, *roles.in_force(now))
        kept.append(col(Member.id).in_(held))
    if wanted.team_id is not None:
        members = select(Membership.member_id).where(Membership.team_id == wanted.team_id)
        kept.append(col(Member.id).in_(members))
    if wanted.staff_number:
        kept += _has_staff_number(wanted.staff_number)
    if wanted.platform:
        accounts = select(PlatformAccount.account).where(
            PlatformAccount.platform == wanted.platform
        )
        own = col(Address.member_id) == col(Member.id)
        kept.append(exists().where(own, col(Address.account).in_(accounts)))
    if wanted.is_bound is not None:
        kept.append(~is_unbound() if wanted.is_bound else is_unbound())
    if wanted.seen_since is not None:
        wrote = (
            select(Address.member_id)
            .join(Inbox, col(Inbox.address_id) == col(Address.id))
            .where(col(Inbox.at) >= max(wanted.seen_since, now - KEPT_IN_MIND))
        )
        kept.append(col(Member.id).in_(wrote))
    return kept


def _has_staff_number(number: str) -> list[ColumnElement[bool]]:
    # The first condition is that of the index.
    either = dict.fromkeys((number, number.upper(), number.lower()))
    return [col(Member.staff_number) != "", col(Member.staff_number).in_(either)]


def _numbered(
    session: Session, words: str, conditions: Sequence[ColumnElement[bool]]
) -> tuple[int, ...]:
    """Those with this number, and those whose staff number it is."""
    number = words.lstrip("#＃")
    found: list[int] = []
    if number.isascii() and number.isdecimal() and int(number[:NUMBERS]) <= HIGHEST:
        own = select(Member.id).where(Member.id == int(number[:NUMBERS]), *conditions)
        found += session.exec(own)
    if any(each.isdecimal() for each in number):
        query = select(Member.id).where(*_has_staff_number(number), *conditions)
        found += session.exec(query.order_by(col(Member.id)).limit(NUMBERS))
    return tuple(dict.fromkeys(found))


def _named(
    session: Session,
    asked: people.Asked,
    conditions: Sequence[ColumnElement[bool]],
    after: After | None,
    limit: int,
) -> tuple[list[int], After | None]:
    """The members under the keys that begin so, in the order of the keys; each once a page."""
    if not asked.keys:
        return [], None
    key, member_id = col(NameKey.key), col(NameKey.member_id)
    ranges = [and_(key >= each, key < people.until(each)) for each in asked.keys]
    query = (
        select(NameKey.key, NameKey.member_id)
        .join(Member, col(Member.id) == member_id)
        .where(or_(*ranges), *conditions)
        .order_by(key, member_id)
        .limit(limit + 1)
    )
    if asked.written:
        query = query.where(col(Member.name).icontains(asked.written, autoescape=True))
    if after is not None:
        query = query.where(tuple_(key, member_id) > tuple_(after.key, after.member_id))
    rows = session.exec(query).all()
    more = After(rows[limit - 1][1], rows[limit - 1][0]) if len(rows) > limit else None
    return [each for _key, each in rows[:limit]], more


def _people(
    session: Session, ids: Sequence[int], words: str, now: Moment, *, first: Sequence[int] = ()
) -> tuple[Person, ...]:
    """The lines of these members, the best first."""
    if not ids:
        return ()
    rows: Sequence[tuple[Member, Station | None]] = session.exec(
        select(Member, Station)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(col(Member.id).in_(ids))
    ).all()
    platforms, held = _platforms(session, ids), _roles(session, ids, now)
    lines = [
        Person(
            id=member.id,
            name=member.name,
            tail=member.tail,
            staff_number=member.staff_number,
            place=station.text_of("name") if station is not None else None,
            platforms=platforms.get(member.id, ()),
            roles=held.get(member.id, ()),
            is_bound=member.consented_at is not None or member.id in platforms,
            score=people.fit(words, member.name) if words and member.id not in first else 1.0,
        )
        for member, station in rows
    ]
    place = {each: number for number, each in enumerate(ids)}
    return tuple(sorted(lines, key=lambda each: (-each.score, place[each.id])))


def _platforms(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = session.exec(
        select(Address.member_id, Address.account, PlatformAccount.platform)
        .join(PlatformAccount, col(PlatformAccount.account) == col(Address.account), isouter=True)
        .where(col(Address.member_id).in_(ids))
        .order_by(col(Address.id))
    ).all()
    found: dict[int, dict[str, None]] = {}
    for member_id, account, platform in rows:
        found.setdefault(member_id, {})[platform or account.partition(".")[0]] = None
    return {member_id: tuple(each) for member_id, each in found.items()}


def _roles(session: Session, ids: Sequence[int], now: Moment) -> dict[int, tuple[Role, ...]]:
    rows = session.exec(
        select(Grant.member_id, Grant.role)
        .where(col(Grant.member_id).in_(ids), *roles.in_force(now))
        .order_by(col(Grant.id))
    ).all()
    found: dict[int, dict[Role, None]] = {}
    for member_id, role in rows:
        found.setdefault(member_id, {})[Role(role)] = None
    return {member_id: tuple(each) for member_id, each in found.items()}
