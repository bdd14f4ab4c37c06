"""The partners of an event in words."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from bot.conversation.messages import Lines, Sayable, lines, listing, say
from models.events import partnering
from models.network.partners import Part
from models.rules.languages import Translated

PARTS: Mapping[Part, Sayable] = {
    Part.HOSTS: say("co-hosts"),
    Part.TEACHES: say("teaches"),
    Part.SPONSORS: say("sponsors"),
}
LABELS: Mapping[Part, Sayable] = {
    Part.HOSTS: say("Together with"),
    Part.TEACHES: say("Taught by"),
    Part.SPONSORS: say("Supported by"),
}


def rows(session: Session, event_id: int) -> list[tuple[Sayable, Sayable]]:
    """What each kind of partner is called, with their names."""
    found: Mapping[Part, Sequence[Translated]] = partnering.of_event(session, event_id)
    return [(LABELS[part], listing(*names)) for part, names in found.items()]


def told(session: Session, event_id: int) -> Lines | None:
    """The partners of an event, a line for each kind; None without any."""
    said = [
        say("{label}: {value}", label=label, value=value)
        for label, value in rows(session, event_id)
    ]
    return lines(*said) if said else None
