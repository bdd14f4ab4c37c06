"""The rest of a reply that was too long for its platform."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, say
from bot.conversation.paging import ReadOn, rest_of
from bot.conversation.routing import Router
from handlers.actions import MENU
from models.sending import inbox

router = Router()

LOOKED_THROUGH = 20
"""How many of the last replies may hold a rest that is asked for."""


@router.button(ReadOn)
def read_on(chat: Chat, press: ReadOn) -> Reply:
    """The next page, in the words in which the first was shown."""
    replies = inbox.recent(chat.session, chat.member.address_id, LOOKED_THROUGH)
    rest = rest_of(iter(replies), press.mark)
    if rest is None:
        return Reply(say("The rest isn't kept here any more. Open it once more."), buttons=(MENU,))
    return Reply(rest.text, shown=rest)
