"""Photos of an evening: from an organizer to those who came, and out again where one asks.

A photo that somebody asks to take down is shown to nobody from then on, until an organizer has
looked at it. All of them are erased some time after they were sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.events import feedback, history
from models.events.events import Event
from models.events.pictures import Photo, StoredPicture
from models.network import audit, roles
from models.network.members import Member
from models.rules.events import windows
from models.rules.events.windows import Phase
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

TOPIC, TAKEN_DOWN = "photos", "photo-taken-down"
"""Topics of the notices to those who came, and to who can look at a photo that was taken down."""

MOST = 9
"""Photos of one event."""

LATEST = timedelta(days=30)
"""How long after the end of an event they can be sent."""


@dataclass(frozen=True, slots=True)
class SentPhotos:
    """So many photos were sent to ``told`` people."""

    number: int
    told: int


def may_send(event: Event, now: Moment) -> bool:
    """Return whether an event is over, and not for too long."""
    is_over = windows.phase_of(event, now) == Phase.OVER
    return is_over and now <= event.ends_at + LATEST


def who_gets(session: Session, event: Event) -> list[int]:
    """Return who came to an event and did not say that they want no photos."""
    refuse = select(Member.id).where(
        col(Member.id).in_(feedback.came(session, event)), col(Member.no_photos)
    )
    none = set(session.exec(refuse))
    return [each for each in feedback.came(session, event) if each not in none]


def room(session: Session, event_id: int) -> int:
    """Return how many photos an event can still have."""
    return max(0, MOST - len(session.exec(_all(event_id)).all()))


def send(
    session: Session, event_id: int, picture_ids: Sequence[int], by: int | None, now: Moment
) -> SentPhotos:
    """Send pictures that ``by`` has sent to the station to those who came, with one notice each.

    Nothing is sent where it is too late, or of pictures that are not theirs or there already.
    Raises NotAllowed when ``by`` may not run the event.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    _require(session, event, by, now)
    there = {each.picture_id for each in session.exec(_all(event_id))}
    own = select(StoredPicture.id).where(
        StoredPicture.by == by,
        col(StoredPicture.id).in_(picture_ids),
        col(StoredPicture.content) != b"",
    )
    theirs = set(session.exec(own)) - there
    new = [each for each in dict.fromkeys(picture_ids) if each in theirs]
    new = new[: MOST - len(there)] if may_send(event, now) else []
    if not new:
        return SentPhotos(0, 0)
    rows = [Photo(event_id=event_id, picture_id=each, by_member_id=by, at=now) for each in new]
    session.add_all(rows)
    session.flush()
    told = [each for each in who_gets(session, event) if each != by]
    plans = [
        Plan(
            key=f"photos:{rows[0].id}:{each}",
            member_id=each,
            topic=TOPIC,
            facts={"event_id": event_id, "first": rows[0].id},
            due_at=now,
            expires_at=now + A_WEEK,
        )
        for each in told
    ]
    deliveries.plan_all(session, plans, now)
    _record(session, event, by, now, "photos", photos=len(rows), told=len(told))
    return SentPhotos(len(rows), len(told))


def take_down(session: Session, photo_id: int, member_id: int, now: Moment) -> Photo | None:
    """Hide a photo at once for somebody who is on it; those in charge are told to look at it.

    None for who may not see it, and for one that is gone.
    """
    photo = session.get(Photo, photo_id, with_for_update=True, populate_existing=True)
    if photo is None or not may_see(session, photo.event_id, member_id, now):
        return None
    if photo.hidden_at is not None:
        return photo
    event = session.get_one(Event, photo.event_id)
    photo.hidden_at = now
    session.add(photo)
    session.flush()
    for each in history.in_charge(session, event, now):
        deliveries.plan_for_member(
            session,
            each.id,
            key=f"{TAKEN_DOWN}:{photo.id}:{int(now.timestamp())}:{each.id}",
            topic=TAKEN_DOWN,
            facts={"photo_id": photo.id},
            due_at=now,
            expires_at=now + A_WEEK,
            now=now,
        )
    return photo


def decide(session: Session, photo_id: int, by: int, now: Moment, *, keep: bool) -> Event | None:
    """Show a photo that was taken down again, or erase it; None where none waits for that.

    Raises NotAllowed when ``by`` may not run the event.
    """
    photo = session.get(Photo, photo_id, with_for_update=True, populate_existing=True)
    if photo is None:
        return None
    event = session.get_one(Event, photo.event_id)
    _require(session, event, by, now)
    if photo.hidden_at is None:
        return None
    if keep:
        photo.hidden_at = None
        session.add(photo)
        session.flush()
    else:
        _erase(session, [photo])
    _record(session, event, by, now, "photo shown again" if keep else "photo erased")
    return event


# Looking


def may_see(session: Session, event_id: int, member_id: int, now: Moment) -> bool:
    """Return whether a member came to an event or runs it."""
    event = session.get(Event, event_id)
    if event is None:
        return False
    return member_id in feedback.came(session, event) or _may_run(session, event, member_id, now)


def shown(session: Session, event_id: int) -> Sequence[Photo]:
    """Return the photos of an event that are shown, in the order in which they were sent."""
    rows: Sequence[Photo] = session.exec(_all(event_id).where(col(Photo.hidden_at).is_(None))).all()
    return rows


def hidden(session: Session, photo_id: int) -> Photo | None:
    """Return a photo that was taken down and not looked at yet."""
    photo = session.get(Photo, photo_id)
    return photo if photo is not None and photo.hidden_at is not None else None


def place_of(session: Session, photo: Photo) -> int:
    """Return the number of a photo among all of its event, the first sent being 1."""
    return [each.id for each in session.exec(_all(photo.event_id))].index(photo.id) + 1


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the photos that a member sent to those who came, as plain values."""
    rows = session.exec(
        select(Photo, Event.title)
        .join(Event, col(Event.id) == col(Photo.event_id))
        .where(Photo.by_member_id == member_id)
        .order_by(col(Photo.id))
    )
    return [
        {"event": title, "at": photo.at, "taken_down_at": photo.hidden_at} for photo, title in rows
    ]


# Wishes of one's own


def wants_none(session: Session, member_id: int) -> bool:
    """Return whether a member said that they want no photos."""
    member = session.get(Member, member_id)
    return member is not None and member.no_photos


def set_wish(session: Session, member_id: int, *, wants: bool) -> None:
    """Keep whether a member wants to get photos of the evenings they come to."""
    session.execute(update(Member).where(col(Member.id) == member_id).values(no_photos=not wants))


# Erasing


def erase_before(session: Session, moment: datetime) -> None:
    """Erase the photos that were sent before a moment."""
    _erase(session, session.exec(select(Photo).where(Photo.at < moment)).all())


def _erase(session: Session, photos: Sequence[Photo]) -> None:
    """Erase photos with their content, unless an event shows the same picture."""
    if not photos:
        return
    pictures = [each.picture_id for each in photos]
    session.execute(delete(Photo).where(col(Photo.id).in_([each.id for each in photos])))
    elsewhere = [
        *session.exec(select(Event.picture_id).where(col(Event.picture_id).in_(pictures))),
        *session.exec(select(Photo.picture_id).where(col(Photo.picture_id).in_(pictures))),
    ]
    gone = [each for each in pictures if each not in elsewhere]
    session.execute(
        update(StoredPicture).where(col(StoredPicture.id).in_(gone)).values(content=b"", hash="")
    )


def _all(event_id: int) -> Any:
    return select(Photo).where(Photo.event_id == event_id).order_by(col(Photo.id))


def _may_run(session: Session, event: Event, member_id: int, now: Moment) -> bool:
    try:
        _require(session, event, member_id, now)
    except roles.NotAllowed:
        return False
    return True


def _require(session: Session, event: Event, by: int | None, now: Moment) -> None:
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)


def _record(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> None:
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
