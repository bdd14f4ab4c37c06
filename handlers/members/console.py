"""The way from the chat to the desk in a browser: a link that works once."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.permission import denied
from models.network import consoles, stations
from models.rules.network.permissions import Act

router = Router()

LASTS = int(consoles.LINK_LASTS.total_seconds() // 60)


@router.command("console", zh="后台")
def open_console(chat: Chat, words: str) -> Reply:
    if not consoles.may_open(chat.session, chat.member.id, chat.now):
        desk = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.OPEN_CONSOLE, desk)
        return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))
    token = consoles.make_link(chat.session, chat.member.id, chat.now)
    return Reply(
        lines(
            say("The desk opens in a browser, best on a computer."),
            say("The link works once, for {n} minutes. Don't pass it on.", n=LASTS),
        ),
        buttons=(Button(say("Open the desk"), url=f"/console/enter/{token}"), MENU),
    )
