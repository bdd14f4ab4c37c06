"""When words of a member's own are answered from what is known, before their meaning is followed.

What is certain or spelt out is followed, need is heard first, and an event's own facts answer what
is asked about it. But a likely meaning counts less than an answer to this very question, unless the
words name an event or a team.
"""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers.desk import known, needs
from handlers.events import facts, looking
from models.desk import known as answers
from models.rules.understanding.intents import AROUND, FACTS, NEED, Intent, Understood
from models.teams import teams

router = Router()

HEARD_BEFORE = NEED | {Intent.PROFILE}
"""What no answer stands before: need, and what people say of themselves, as 我上夜班."""


@router.knows
def known_first(chat: Chat, request: Understood) -> Reply | None:
    """The known answer that is certain; None where there is none or something comes before it."""
    if request.certain or request.intent in HEARD_BEFORE or chat.incoming is None:
        return None
    event = facts.event_spoken_of(chat, request)
    event_id = event.id if event is not None else None
    found = chat.recall(whole(chat.incoming.text), event_id=event_id)
    row = answers.get(chat.session, found.certain) if found.certain is not None else None
    if row is None or _names_something(chat, request):
        return None
    is_of_event = request.intent in FACTS | AROUND
    if event is not None and is_of_event and row.event_id != event_id:
        return None
    needs.keep_words(chat)
    return known.answer(chat, found)


def _names_something(chat: Chat, request: Understood) -> bool:
    """Whether words that a rule has left over name an event or a team."""
    words = request.words
    if not words or request.intent is None:
        return False
    return bool(
        looking.fitting(chat, words, request.span, limit=1)
        or teams.matching(chat.session, words, 1)
    )
