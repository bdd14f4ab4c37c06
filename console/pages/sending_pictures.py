"""A picture that is sent with a form, whatever it is for."""

from bot.conversation.dialogs import ENOUGH_PICTURES, NO_PICTURE
from console.desk import Desk
from console.routing import Asked, NotTaken
from models.events import pictures


def kept_picture(desk: Desk, asked: Asked) -> int | None:
    """The picture that was sent with a form, by its number; None where none was."""
    sent = asked.files.get("picture")
    if sent is None or not sent.content:
        return None
    if sent.picture is None:
        raise NotTaken(NO_PICTURE, "picture")
    if pictures.has_enough(desk.session, desk.member.id, desk.now):
        raise NotTaken(ENOUGH_PICTURES, "picture")
    media_type, content = sent.picture
    return pictures.keep(desk.session, content, media_type, desk.member.id, desk.now)
