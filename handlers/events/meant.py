"""Which of the events that they run an organizer means."""

from dataclasses import replace

from bot.conversation.chat import Chat
from bot.conversation.messages import Action
from handlers.events.buttons import Edit, Run
from models.events import events
from models.events.events import Event
from models.network import roles, stations
from models.rules.network.permissions import Act


def theirs(chat: Chat, number: int, act: Act = Act.RUN_EVENT) -> Event | None:
    """The event of this number, if this member may do this there."""
    event = events.for_organizers(chat.session, number)
    if event is None:
        return None
    station = stations.get(chat.session, event.station_id)
    about = {"team_id": event.team_id, "event_id": event.id}
    may = station is not None and roles.may(
        chat.session, chat.member.id, act, station, chat.now, **about
    )
    return event if may else None


def acts_shown(chat: Chat) -> list[Action]:
    """What the buttons and choices of the message that was shown last do."""
    shown = chat.shown()
    if shown is None:
        return []
    packed = [each.data for each in shown.buttons] + [each.data for each in shown.choices]
    return [act for each in packed if each and (act := Action.unpack(each)) is not None]


def on_screen(chat: Chat, act: Act = Act.RUN_EVENT) -> Event | None:
    """The one event at which they may do this that the message shown last is about."""
    about = {getattr(each, "event_id", 0) for each in acts_shown(chat)} - {0}
    return theirs(chat, about.pop(), act) if len(about) == 1 else None


def row_called(chat: Chat, number: int) -> Run | Edit | None:
    """What the row of this number would do, were it in the list of their events that was shown.

    None where what was shown last is no such list.
    """
    shown = chat.shown()
    rows = [(each.number, Action.unpack(each.data)) for each in shown.choices] if shown else []
    acts = [act for at, act in rows if isinstance(act, Run | Edit) and act.event_id == at]
    return replace(acts[0], event_id=number) if acts and len(acts) == len(rows) else None
