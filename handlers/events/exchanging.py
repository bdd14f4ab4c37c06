"""Another person, or another date, for one's seat: 位子给何伟明, 换到19号."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.events import facts, handing, series
from handlers.events.series import OtherDate
from models.events import events, handovers, signups
from models.events.events import Event
from models.rules.events import handing as rules
from models.rules.understanding.intents import Intent, Understood

router = Router()


@router.intent(Intent.TRANSFER)
def in_own_words(chat: Chat, request: Understood) -> Reply:
    """Ask whom the words name to take the seat; of another date, offer those of the course."""
    event = events.get(chat.session, request.number) if request.number else None
    event = event or facts.on_screen(chat, only_card=True)
    said = plain(chat.incoming.text) if chat.incoming is not None else ""
    who = rules.whom(said)
    if not who and rules.is_another_date(said):
        changed = _other_date(chat, event)
        if changed is not None:
            return changed
    if event is not None and handovers.seats_of(chat.session, event.id, chat.member.id):
        return handing.begin(chat, event, who=who)
    return handing.which(chat, who)


def _other_date(chat: Chat, event: Event | None) -> Reply | None:
    """The other dates of the course on the screen, or of the only one; None where none is."""
    mine = [
        each
        for claim, each in signups.of_member(chat.session, chat.member.id, chat.now)
        if each.series_id is not None and series.may_change(chat, each, claim)
    ]
    if event is not None and any(each.id == event.id for each in mine):
        mine = [event]
    if len({each.series_id for each in mine}) != 1:
        return None
    return series.other_date(chat, OtherDate(mine[0].id))
