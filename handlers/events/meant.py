"""Which of the events that they run an organizer means."""

from dataclasses import replace

from bot.conversation.chat import Chat
from bot.conversation.messages import Action
from handlers.events.buttons import Edit, Run
from models.events import events
from models.events.events import Event
from models.network import roles, stations
from models.rules.network.permissions import Act


def theirs(chat: Chat, number: int) -> Event | None:
    """The event of this number, if this member may run it."""
    event = events.for_organizers(chat.session, number)
    if event is None:
        return None
    station = stations.get(chat.session, event.station_id)
    may = station is not None and roles.may(
        chat.session, chat.member.id, Act.RUN_EVENT, station, chat.now, team_id=event.team_id
    )
    return event if may else None


def on_screen(chat: Chat) -> Event | None:
    """The one event of theirs that the buttons of what was shown last are about."""
    shown = chat.shown()
    if shown is None:
        return None
    packed = [each.data for each in shown.buttons] + [each.data for each in shown.choices]
    acts = [Action.unpack(each) for each in packed if each]
    about = {getattr(each, "event_id", 0) for each in acts} - {0}
    return theirs(chat, about.pop()) if len(about) == 1 else None


def row_called(chat: Chat, number: int) -> Run | Edit | None:
    """What the row of this number would do, were it in the list of their events that was shown.

    None where what was shown last is no such list.
    """
    shown = chat.shown()
    rows = [(each.number, Action.unpack(each.data)) for each in shown.choices] if shown else []
    acts = [act for at, act in rows if isinstance(act, Run | Edit) and act.event_id == at]
    return replace(acts[0], event_id=number) if acts and len(acts) == len(rows) else None
