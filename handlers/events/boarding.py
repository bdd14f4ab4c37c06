"""Where a member of a tour gets on, as they choose and read it."""

from bot.conversation.messages import Choice, Sayable, say
from handlers.events.buttons import PickStop
from models.events import stops
from models.events.events import Event


def choices(event: Event) -> tuple[Choice, ...]:
    """The stops of an event, to be chosen by a tap; none where it has none."""
    said = stops.labels(event)
    return tuple(
        Choice(number, said[each.name], PickStop(event.id, number))
        for number, each in enumerate(stops.of(event), start=1)
    )


def own(event: Event, name: str) -> Sayable | None:
    """Where a member gets on, as a line."""
    label = stops.labels(event).get(name)
    return say("You get on: {stop}", stop=label) if label else None
