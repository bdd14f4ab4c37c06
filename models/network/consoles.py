"""The organizers' pages: one-time links that open them, and the sessions that follow.

Of a link and of a session only the hash is kept. A link is used up by the button on its page, not
by opening it, so that a chat's preview of it does no harm.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from models.network import audit, helpers, roles, second_factors
from models.network.members import Member
from models.network.stations import Care, Station
from models.rules.network.permissions import Act
from models.store import Moment, one_of

LINK_LASTS = timedelta(minutes=5)
SESSION_LASTS = timedelta(hours=12)
"""A working day: whoever left a browser open is out of it the next morning."""

UNUSED_LASTS = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=5)
"""How old the note of a session's last use may be: a write for each page would be too many."""

TOKEN_BYTES = 32
TRIES = 5
"""How many wrong codes of the second step end a link."""

LONGEST_BROWSER = 80


class Way(StrEnum):
    """How a session was opened."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105


class ConsoleLink(SQLModel, table=True):
    """A link that opens the pages once, for one member; the row goes when it was used."""

    __tablename__ = "console_link"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    expires_at: Moment = Field(index=True)
    tries: int = 0


class ConsoleSession(SQLModel, table=True):
    """A browser in which a member is signed in until ``until``; the row goes when it ends.

    ``browser`` is what it says of itself, cut off. What is sent by a form carries ``form_key``.
    """

    __tablename__ = "console_session"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    form_key: str
    member_id: int = Field(foreign_key="member.id", index=True)
    way: Way = Field(sa_type=one_of(Way))
    browser: str = ""
    since: Moment
    seen_at: Moment
    until: Moment = Field(index=True)


class NoEntry(StrEnum):
    """Why a link or a password opens nothing."""

    UNKNOWN = "unknown"
    NO_ROLE = "no_role"
    CODE_NEEDED = "code_needed"
    WRONG_CODE = "wrong_code"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105


# Entering


def may_open(session: Session, member_id: int, now: Moment) -> bool:
    """Return whether a member holds a role or helps at an event now."""
    if roles.held_by(session, member_id, now):
        return True
    return session.execute(helpers.events_of(member_id, now)).first() is not None


def make_link(session: Session, member_id: int, now: Moment) -> str:
    """Return the token of a link for a member who may open the pages.

    A link that the member was given before ends. Raises NotAllowed where they may not.
    """
    if not may_open(session, member_id, now):
        raise roles.NotAllowed(Act.OPEN_CONSOLE)
    session.exec(delete(ConsoleLink).where(col(ConsoleLink.member_id) == member_id))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ConsoleLink(token_hash=_hash(token), member_id=member_id, expires_at=now + LINK_LASTS)
    )
    session.flush()
    return token


def linked(session: Session, token: str, now: Moment) -> ConsoleLink | None:
    """Return the link of a token, while it lasts; nothing is used up."""
    return session.exec(
        select(ConsoleLink).where(
            ConsoleLink.token_hash == _hash(token), ConsoleLink.expires_at > now
        )
    ).first()


def enter_by_link(
    session: Session, token: str, code: str, browser: str, care: Care, now: Moment
) -> str | NoEntry:
    """Use a link up; return the token of the session that begins.

    ``code`` is that of the second step, where the member has one: without it nothing is used up,
    and after ``TRIES`` wrong ones the link is.
    """
    link = session.exec(
        select(ConsoleLink)
        .where(ConsoleLink.token_hash == _hash(token), ConsoleLink.expires_at > now)
        .with_for_update()
    ).first()
    if link is None:
        return NoEntry.UNKNOWN
    if second_factors.is_on(session, link.member_id):
        if not code:
            return NoEntry.CODE_NEEDED
        if not second_factors.accepts(session, link.member_id, code, care.sealing, now):
            link.tries += 1
            session.add(link)
            if link.tries >= TRIES:
                session.delete(link)
            session.flush()
            return NoEntry.WRONG_CODE
    session.delete(link)
    session.flush()
    return _begin(session, link.member_id, Way.LINK, browser, now)


def enter_by_password(
    session: Session,
    member_id: int,
    verified: str,
    code: str,
    browser: str,
    care: Care,
    now: Moment,
) -> str | NoEntry:
    """Begin a session by the password that the operator set; return its token.

    ``verified`` is the hash that the password fits: another may have been set meanwhile.
    """
    if not verified or second_factors.password_hash(session, member_id) != verified:
        return NoEntry.WRONG_PASSWORD
    if second_factors.is_on(session, member_id) and not second_factors.accepts(
        session, member_id, code, care.sealing, now
    ):
        return NoEntry.WRONG_PASSWORD
    return _begin(session, member_id, Way.PASSWORD, browser, now)


def _begin(session: Session, member_id: int, way: Way, browser: str, now: Moment) -> str | NoEntry:
    if not may_open(session, member_id, now):
        return NoEntry.NO_ROLE
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ConsoleSession(
            token_hash=_hash(token),
            form_key=secrets.token_urlsafe(TOKEN_BYTES),
            member_id=member_id,
            way=way,
            browser=browser[:LONGEST_BROWSER],
            since=now,
            seen_at=now,
            until=now + SESSION_LASTS,
        )
    )
    session.flush()
    grants = roles.grants_of(session, member_id, now)
    audit.record(
        session,
        member_id,
        Act.OPEN_CONSOLE,
        f"member:{member_id}",
        now,
        station_id=grants[0][1].id if grants else None,
        way=str(way),
    )
    return token


# Sessions


def session_of(session: Session, token: str, now: Moment) -> ConsoleSession | None:
    """Return the session of a browser's token, while it lasts."""
    return session.exec(
        select(ConsoleSession).where(
            ConsoleSession.token_hash == _hash(token),
            ConsoleSession.until > now,
            ConsoleSession.seen_at > now - UNUSED_LASTS,
        )
    ).first()


def saw(session: Session, session_id: int, now: Moment) -> None:
    """Note that a session is in use."""
    session.exec(
        update(ConsoleSession).where(col(ConsoleSession.id) == session_id).values(seen_at=now)
    )


def sessions_of(session: Session, member_id: int, now: Moment) -> Sequence[ConsoleSession]:
    """Return a member's sessions that last, the newest first."""
    return session.exec(
        select(ConsoleSession)
        .where(
            ConsoleSession.member_id == member_id,
            ConsoleSession.until > now,
            ConsoleSession.seen_at > now - UNUSED_LASTS,
        )
        .order_by(col(ConsoleSession.id).desc())
    ).all()


def end(session: Session, session_id: int, member_id: int, now: Moment) -> bool:
    """End a session of a member's own; return False if there is none."""
    row = session.get(ConsoleSession, session_id)
    if row is None or row.member_id != member_id:
        return False
    session.delete(row)
    session.flush()
    return True


def end_all(session: Session, member_id: int) -> None:
    """End every session of a member, and every link: after a role was withdrawn, for instance."""
    session.exec(delete(ConsoleSession).where(col(ConsoleSession.member_id) == member_id))
    session.exec(delete(ConsoleLink).where(col(ConsoleLink.member_id) == member_id))


def organizer_at(session: Session, station_id: int, name: str, now: Moment) -> Member | None:
    """Return who holds the highest role at a station; with a name, who is called so there."""
    station = session.get_one(Station, station_id)
    for grant, member in roles.of_station(session, station, now):
        if grant.station_id == station_id and grant.team_id is None and name in ("", member.name):
            return member
    return None


def forget_expired(session: Session, before: Moment) -> None:
    """Delete links and sessions that ended before a moment."""
    session.exec(delete(ConsoleLink).where(col(ConsoleLink.expires_at) < before))
    session.exec(delete(ConsoleSession).where(col(ConsoleSession.until) < before))


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's sessions, as plain values."""
    rows = session.exec(select(ConsoleSession).where(ConsoleSession.member_id == member_id))
    return [
        {"way": each.way, "browser": each.browser, "since": each.since, "until": each.until}
        for each in rows
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
