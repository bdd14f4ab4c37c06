"""The word to an organizer whose program has not taken anything for days."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from models.hooks import keeping
from models.sending.reasons import Reason

router = Router()


@router.notice("hook-off")
def turned_off(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Dropped where it was turned on again, or ended, meanwhile."""
    host = keeping.host_off(chat.session, facts["hook_id"])
    if not host:
        return Drop(Reason.OUTDATED)
    return Reply(
        say(
            "⚠️ {host} takes no messages of the station any more, so they have been turned off. "
            "Turn them on again at the desk, under “Programs”.",
            host=host,
        ),
        buttons=(MENU,),
    )
