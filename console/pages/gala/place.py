"""Where the pages of an evening stand, and what they share."""

from collections.abc import Callable
from datetime import datetime

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.events.section import ONE, path_of, to_do
from console.routing import Asked, Done
from handlers.words import title
from models.events.events import Event

PATH = f"{ONE}/gala"


def evening(desk: Desk, asked: Asked) -> Event:
    """The event of the path, for who may run it. Raises NotAllowed for the others."""
    event, _station = to_do(desk, asked)
    return event


def here(event: Event, page: str = "") -> str:
    return path_of(event, f"gala/{page}")


def named(said: Sayable, event: Event) -> Sayable:
    return say("{page}: {title}", page=said, title=title(event))


def back(event: Event, said: Sayable = "", page: str = "") -> Done:
    return Done(here(event, page), said)


def clock(desk: Desk) -> Callable[[datetime], str]:
    """What a clock on the wall shows at a moment."""
    return lambda at: f"{at.astimezone(desk.care.zone):%H:%M}"
