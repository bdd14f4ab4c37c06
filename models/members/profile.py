"""What members tell about themselves and choose, each change by a verb of its own."""

import re
from collections.abc import Iterable
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import and_, bindparam, delete, update
from sqlmodel import Session, col, select

from models.events.events import Event
from models.network import members, name_keys
from models.network.members import Caller, Member, MemberInterest, NoticeKind
from models.network.stations import Station, StationKind
from models.rules.languages import Translated
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.texts import one_line
from models.store import Moment, table_of
from models.store.statements import Prepared

LONGEST_GIVEN_NAME = 40
"""Characters of a name that a platform gave."""

_TOWN = table_of(Station).alias("town")

CALENDAR_KEY = re.compile(r"[A-Za-z0-9_-]+")


def record_consent(session: Session, caller: Caller, name: str, now: Moment) -> None:
    """Record that the member agreed to the privacy notice, and the name the platform gave.

    A name that is known already stays.
    """
    name = caller.name or one_line(name)[:LONGEST_GIVEN_NAME]
    caller.consented_at, caller.name = now, name
    _change(session, caller, consented_at=now, name=name)
    name_keys.put(session, caller.id, name)


def set_name(session: Session, caller: Caller, name: str) -> None:
    """Set the name that organizers see on lists of people, in one line; empty for none."""
    name = one_line(name)
    caller.name = name
    _change(session, caller, name=name)
    name_keys.put(session, caller.id, name)


def set_tail(session: Session, caller: Caller, tail: str) -> None:
    """Set the last digits of a number, by which the member is told from a namesake."""
    _change(session, caller, tail=tail)


def set_birth_year(session: Session, caller: Caller, year: int | None) -> None:
    """Set the year in which the member was born, for events that ask for an age; None for none."""
    _change(session, caller, birth_year=year)


def set_language(session: Session, caller: Caller, language: str) -> None:
    """Set the language of every text to this member."""
    caller.language = language
    _change(session, caller, language=language)


def set_station(session: Session, caller: Caller, station_id: int | None) -> None:
    """Set the town or contact point the member belongs to; None for none."""
    caller.station_id = station_id
    _change(session, caller, station_id=station_id)


_LIKELY_TOWN = Prepared(
    select(_TOWN.c.id, _TOWN.c.name, _TOWN.c.translations)
    .select_from(Member)
    .join(Event, col(Event.id) == bindparam("event_id"))
    .join(Station, col(Station.id) == col(Event.station_id))
    .join(
        _TOWN,
        and_(
            _TOWN.c.id.in_((col(Station.id), col(Station.parent_id))),
            _TOWN.c.kind == StationKind.TOWN,
        ),
    )
    .where(Member.id == bindparam("member_id"), ~col(Member.place_asked))
)
_PLACE_ASKED = Prepared(
    update(Member).where(col(Member.id) == bindparam("key")).values(place_asked=True)
)


def ask_about_town(
    session: Session, caller: Caller, event_id: int
) -> tuple[int, Translated] | None:
    """Return id and name of the event's town, to ask once whether the member works there.

    None where they told a place or were asked before, and for an event of the whole district.
    """
    if caller.station_id is not None:
        return None
    town = _LIKELY_TOWN.first(session, {"event_id": event_id, "member_id": caller.id})
    if town is None:
        return None
    _PLACE_ASKED.run(session, {"key": caller.id})
    return town.id, Translated(town.name, town.translations.get("name", {}))


def set_shift(session: Session, caller: Caller, shift: Shift | None) -> None:
    """Set the shift pattern, which decides when the member sleeps; None when not told."""
    caller.shift = shift
    _change(session, caller, shift=shift)


def set_interests(session: Session, caller: Caller, interests: Iterable[Interest]) -> None:
    """Replace the member's interests by these."""
    session.execute(delete(MemberInterest).where(col(MemberInterest.member_id) == caller.id))
    for interest in dict.fromkeys(interests):
        session.add(MemberInterest(member_id=caller.id, interest=interest))
    session.flush()


def interests_of(session: Session, member_id: int) -> list[Interest]:
    """Return a member's interests in alphabetical order."""
    liked = session.exec(
        select(MemberInterest.interest)
        .where(MemberInterest.member_id == member_id)
        .order_by(col(MemberInterest.interest))
    ).all()
    return [Interest(each) for each in liked]


def set_quiet_hours(session: Session, caller: Caller, hours: str) -> None:
    """Set the member's own quiet hours: ``22:00-08:00``, ``off``, or empty for the station's."""
    caller.quiet = hours
    _change(session, caller, quiet=hours)


def set_reminder_leads(session: Session, caller: Caller, leads: Iterable[int]) -> None:
    """Set how long before an event the member is reminded, in minutes; none means never."""
    caller.leads = sorted(set(leads), reverse=True)
    _change(session, caller, leads=caller.leads)


def set_muted(session: Session, caller: Caller, kinds: Iterable[NoticeKind]) -> None:
    """Set which kinds of notices are not sent; an empty list sends all."""
    caller.muted = [str(kind) for kind in NoticeKind if kind in set(kinds)]
    _change(session, caller, muted=caller.muted)


def calendar_key(session: Session, caller: Caller) -> str:
    """Return the secret of the member's calendar link; the first call makes it."""
    member = members.get(session, caller.id)
    if not member.calendar_key:
        member.calendar_key = token_urlsafe(18)
        session.add(member)
        session.flush()
    return member.calendar_key


def renew_calendar_key(session: Session, caller: Caller) -> None:
    """Give the calendar link another secret: whoever knows the old link sees nothing any more."""
    _change(session, caller, calendar_key=token_urlsafe(18))


def with_calendar_key(session: Session, key: str) -> Member | None:
    """Return the member with this calendar key, or None."""
    if not CALENDAR_KEY.fullmatch(key):
        # PostgreSQL cannot even compare with some characters.
        return None
    return session.exec(select(Member).where(Member.calendar_key == key)).first()


def _change(session: Session, caller: Caller, **values: Any) -> None:
    session.execute(update(Member).where(col(Member.id) == caller.id).values(**values))
