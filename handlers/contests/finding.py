"""A contest for who may read of it; others hear what they hear of a number that is none."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, say
from handlers.actions import MENU
from handlers.contests.buttons import CONTESTS
from models.contests import reading
from models.contests.contests import Contest


def found(chat: Chat, contest_id: int) -> Contest | None:
    return reading.get(chat.session, contest_id, chat.member, chat.now)


def gone() -> Reply:
    return Reply(say("There is no such contest any more."), buttons=(CONTESTS, MENU))
