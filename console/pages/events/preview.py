"""An event as its people see it on each platform, in each of its languages."""

from bot.conversation.chat import Chat
from bot.conversation.messages import say
from console import previews
from console.desk import Desk
from console.pages.events.section import ONE, found, section
from console.previews import TELEGRAM, WEB, WECHAT, WECOM
from console.routing import Asked, Page
from handlers.events.browsing import card
from handlers.words import title
from models.events import pictures
from models.network import members
from models.network.members import Member

PLATFORMS = (TELEGRAM, WECHAT, WECOM, WEB)


@section.page(f"{ONE}/preview")
def preview(desk: Desk, asked: Asked) -> Page:
    """What somebody of the place who has not signed up yet would get."""
    event, station = found(desk, asked)
    house = desk.house
    anybody = Member(id=0, language=house.home, station_id=station.id, created_at=desk.now)
    chat = Chat(
        desk.session,
        members.without_address(anybody),
        desk.now,
        desk.care,
        house.called,
        house.phrasebook,
        house.home,
        link_to=house.link_to,
    )
    languages = (house.home, *event.text_of("title").translations)
    facts = {
        "event": event,
        "shown": previews.shown(desk, card(chat, event), PLATFORMS, languages),
        "picture": pictures.name(desk.session, event.picture_id),
    }
    return Page("events/preview.html", say("As people see it: {title}", title=title(event)), facts)
