"""The programme of an evening: its items in running order, which of them is on, and when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, delete, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.gala import screens
from models.rules.gala import running_order as rules
from models.rules.gala.running_order import Item, Timetable
from models.store import Moment


class ProgrammeItem(SQLModel, table=True):
    """An item of an event's programme: planned for so many ``minutes``; ``cue`` is for the host.

    ``began_at`` and ``ended_at`` are when it was on; the current item has begun and not ended.
    """

    __tablename__ = "programme_item"
    __table_args__ = (Index("programme_item_order", "event_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    position: int
    title: str
    who: str = ""
    minutes: int
    cue: str = ""
    began_at: Moment | None = None
    ended_at: Moment | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


def add(
    session: Session, event_id: int, items: Sequence[Item], by: int | None, now: Moment
) -> Sequence[ProgrammeItem]:
    """Append items to a programme, as many as there is room for; return what was added.

    This and the verbs below raise NotAllowed when ``by`` may not run the event.
    """
    event = screens.locked(session, event_id, by, now)
    there = session.exec(
        select(func.count(), func.max(ProgrammeItem.position)).where(
            ProgrammeItem.event_id == event_id
        )
    ).one()
    room = max(0, rules.MOST - there[0])
    rows = [
        ProgrammeItem(
            event_id=event_id,
            position=position,
            title=each.title,
            who=each.who,
            minutes=each.minutes,
            cue=each.cue,
            by_member_id=by,
        )
        for position, each in enumerate(items[:room], start=(there[1] or 0) + 1)
    ]
    session.add_all(rows)
    session.flush()
    screens.record(session, event, by, now, "programme", added=len(rows))
    return rows


def change(session: Session, item_id: int, item: Item, by: int | None, now: Moment) -> None:
    """Write an item anew; its place and its times stay."""
    row = _row(session, item_id)
    event = screens.locked(session, row.event_id, by, now)
    row.title, row.who, row.minutes, row.cue = item.title, item.who, item.minutes, item.cue
    session.add(row)
    session.flush()
    screens.record(session, event, by, now, "programme", changed=item_id)


def move(session: Session, item_id: int, step: int, by: int | None, now: Moment) -> None:
    """Move an item so many places down, or up with a negative step."""
    row = _row(session, item_id)
    event = screens.locked(session, row.event_id, by, now)
    order = [each.id for each in of_event(session, event.id)]
    place = order.index(item_id)
    order.insert(max(0, place + step), order.pop(place))
    for position, each in enumerate(order, start=1):
        session.execute(
            update(ProgrammeItem).where(col(ProgrammeItem.id) == each).values(position=position)
        )
    session.expire_all()
    screens.record(session, event, by, now, "programme", moved=item_id)


def remove(session: Session, item_id: int, by: int | None, now: Moment) -> None:
    """Take an item out of the programme."""
    row = _row(session, item_id)
    event = screens.locked(session, row.event_id, by, now)
    session.execute(delete(ProgrammeItem).where(col(ProgrammeItem.id) == item_id))
    session.expire_all()
    screens.record(session, event, by, now, "programme", removed=item_id)


# The evening


def go_on(
    session: Session, event_id: int, by: int | None, now: Moment, *, seen: int | None
) -> Timetable:
    """End the item that is on and begin the next one; at the last, end the programme.

    ``seen`` is the item that was on for whoever asks, None: none was. Where another is on
    meanwhile, as after a double tap, nothing changes.
    """
    event = screens.locked(session, event_id, by, now)
    rows = of_event(session, event_id)
    current = next((each for each in rows if rules.is_on(each)), None)
    if (current.id if current is not None else None) != seen:
        return rules.timetable(rows, event.starts_at, now)
    following = next((each for each in rows if each.began_at is None), None)
    if current is not None:
        current.ended_at = now
        session.add(current)
        after = [each for each in rows if each.position > current.position]
        following = next((each for each in after if each.began_at is None), None)
    if following is not None:
        following.began_at = now
        session.add(following)
    session.flush()
    if current is not None or following is not None:
        begun = following.id if following is not None else None
        screens.record(session, event, by, now, "programme goes on", begun=begun)
    return rules.timetable(of_event(session, event_id), event.starts_at, now)


def go_back(
    session: Session, event_id: int, by: int | None, now: Moment, *, seen: int | None
) -> Timetable:
    """Take back the last step: the item that is on has not begun, the one before is on again.

    After the end the last item is on again. ``seen`` is as with ``go_on``.
    """
    event = screens.locked(session, event_id, by, now)
    rows = of_event(session, event_id)
    current = next((each for each in rows if rules.is_on(each)), None)
    begun = [each for each in rows if each.began_at is not None]
    if begun and (current.id if current is not None else None) == seen:
        last = current or begun[-1]
        if current is None:
            last.ended_at = None
        else:
            last.began_at = None
            before = [each for each in begun if each.id != last.id]
            if before:
                before[-1].ended_at = None
                session.add(before[-1])
        session.add(last)
        session.flush()
        screens.record(session, event, by, now, "programme goes back", item=last.id)
    return rules.timetable(of_event(session, event_id), event.starts_at, now)


# Reading


def of_event(session: Session, event_id: int) -> Sequence[ProgrammeItem]:
    """Return the items of a programme in their order."""
    return session.exec(
        select(ProgrammeItem)
        .where(ProgrammeItem.event_id == event_id)
        .order_by(col(ProgrammeItem.position), col(ProgrammeItem.id))
    ).all()


def timetable(session: Session, event: Event, now: Moment) -> Timetable:
    """Return the programme of an event with its times, as they stand now."""
    return rules.timetable(of_event(session, event.id), event.starts_at, now)


def get(session: Session, event_id: int, item_id: int) -> ProgrammeItem | None:
    """Return an item of an event's programme."""
    row = session.get(ProgrammeItem, item_id)
    return row if row is not None and row.event_id == event_id else None


def made_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the items that a member wrote, as plain values."""
    rows = session.exec(
        select(ProgrammeItem)
        .where(ProgrammeItem.by_member_id == member_id)
        .order_by(col(ProgrammeItem.id))
    )
    return [{"title": each.title, "who": each.who, "cue": each.cue} for each in rows]


def _row(session: Session, item_id: int) -> ProgrammeItem:
    return session.get_one(ProgrammeItem, item_id)
