"""谁没到: who has not come to the event that is looked at, for those who check people in."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.events import door_words, meant
from handlers.events.buttons import CheckIn, RollAt, ShowPeople, TickAt, TickList, WriteTo
from handlers.events.checking_in import begin
from handlers.events.running import show_people
from handlers.events.stops import roll_again
from handlers.events.ticking import tick_list
from models.events import checking_in
from models.events.events import Event
from models.rules.network.permissions import Act
from models.rules.understanding.intents import Understood

router = Router()


@router.knows
def who_is_missing(chat: Chat, request: Understood) -> Reply | None:
    """Who is missing at the stop or event on the screen, else at that of today; None without."""
    said = plain(chat.incoming.text) if chat.incoming is not None else ""
    if not door_words.asks_who_is_missing(said):
        return None
    event = meant.on_screen(chat, Act.CHECK_IN) or _of_today(chat)
    if event is None:
        return None
    if (stop := _stop_on_screen(chat)) is not None:
        return roll_again(chat, RollAt(event.id, stop))
    if checking_in.is_the_day(event, chat.now):
        return tick_list(chat, TickList(event.id))
    if event.ends_at <= chat.now:
        return show_people(chat, ShowPeople(event.id))
    return begin(chat, CheckIn(event.id))


def _of_today(chat: Chat) -> Event | None:
    """The event of today that they check people in at: the next to end, else the last."""
    mine = checking_in.events_of_the_day(chat.session, chat.member.id, chat.now)
    return next((each for each in mine if each.ends_at > chat.now), mine[-1] if mine else None)


def _stop_on_screen(chat: Chat) -> int | None:
    """The number of the stop at which the roll is being called; None elsewhere."""
    numbers = {
        act.number for act in meant.acts_shown(chat) if isinstance(act, RollAt | TickAt | WriteTo)
    }
    return numbers.pop() if len(numbers) == 1 else None
