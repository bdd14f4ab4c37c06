"""The seats of an event as a picture: what is taken, what shares keep and allow, who waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from handlers.events import room
from models.events import quotas
from models.events.events import Event

WIDTH, MARGIN = 600, 4
"""Units of a drawing; a mark at its very end needs a margin."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the picture, in units of its drawing: bars from the left, marks where they are.

    ``taken`` and ``waiting`` follow one another on ``whole``; ``floor`` and ``ceiling`` are None
    where there is none.
    """

    label: Sayable
    said: Sayable
    taken: float
    waiting: float
    whole: float
    floor: float | None
    ceiling: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Group:
    label: Sayable
    taken: int
    waiting: int
    whole: int
    least: int = 0
    most: int | None = None


def of(desk: Desk, event: Event) -> Picture | None:
    """The picture of an event's seats; None where they are for all and nobody waits."""
    groups = [*_groups(desk, event)]
    if not groups:
        return None
    most = max(max(each.whole, each.taken + each.waiting) for each in groups) or 1
    scale = WIDTH / most
    found = [
        Line(
            each.label,
            _said(each),
            each.taken * scale,
            each.waiting * scale,
            each.whole * scale,
            each.least * scale if each.least else None,
            each.most * scale if each.most is not None else None,
        )
        for each in groups
    ]
    return Picture(WIDTH + MARGIN, found)


def _groups(desk: Desk, event: Event) -> Iterator[_Group]:
    if event.seats is None and not event.waiting and not event.quotas:
        return
    yield _Group(say("All seats"), event.held, event.waiting, event.seats or event.held)
    if not quotas.has_quotas(event, desk.now):
        return
    held = {each.number: each.held for each in quotas.room_of(desk.session, event, desk.now).quotas}
    waiting = quotas.waiting_in(desk.session, event.id)
    for each in quotas.of_event(desk.session, event.id):
        share, taken = each.share, held.get(each.id, 0)
        label = room.share(desk.session, event, share)
        whole = share.most if share.most is not None else max(share.least, taken)
        yield _Group(label, taken, waiting[each.id], whole, share.least, share.most)


def _said(group: _Group) -> Sayable:
    """The same in words."""
    taken = say("{n} of {all}", n=group.taken, all=group.whole)
    waits = say_n("{n} waits", "{n} wait", group.waiting) if group.waiting else None
    return lines(taken, waits, between=" · ")
