"""The page behind a link to a file that cannot be had: why, and what to do, in two sentences."""

import base64
import hashlib
from enum import Enum
from html import escape
from typing import Final

from starlette.responses import HTMLResponse, Response

from bot.conversation.language import phrasebook
from bot.conversation.messages import Sayable, say
from models.rules.languages import LANGUAGES

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

AGAIN: Final = say("Ask for the file again in the chat.")


class NoFile(Enum):
    """Why there is no file behind a link: the status, the reason, and what to do."""

    UNKNOWN = (404, say("There's no file behind this link: a part of it may be missing."), AGAIN)
    EXPIRED = (410, say("This link has ended: files are here for a short time only."), AGAIN)
    SIGNED_OUT = (410, say("This link has ended: the chat page it came from was left."), AGAIN)
    GONE = (410, say("What this file was about isn't there any more."), AGAIN)
    NOT_YOURS = (
        403,
        say("This file is for somebody else, or for another browser."),
        say("Open the link where you got it, or ask for the file in your own chat."),
    )
    NO_RIGHT = (
        403,
        say("You can't have this file any more: it's for those in charge there."),
        say("If that's you, ask for it again in the chat."),
    )
    FAILED = (500, say("The file couldn't be made; that's our fault."), AGAIN)
    NO_PICTURE = (404, say("This picture isn't there any more."), AGAIN)
    NO_CERTIFICATE = (
        404,
        say("There's no certificate of this code."),
        say("Look whether every letter of the address is right. If so, don't trust the paper."),
    )
    NO_SCREEN = (
        404,
        say("There's no screen behind this link."),
        say("It may have been replaced: scan the code on the wall, or ask the organizers."),
    )
    NO_DRAW = (
        404,
        say("There's no draw behind this link."),
        say("The events that are drawn say so in the chat."),
    )
    NO_EVENT = (
        404,
        say("There's no event at this address, or it isn't for everybody."),
        say("Ask whoever sent it, or write its number in the chat."),
    )
    NO_MATCHES = (
        404,
        say("There are no matches behind this link."),
        say("Write “matches” in the chat to see them all."),
    )
    NO_CONTEST = (
        404,
        say("There's no contest at this address, or it isn't shown."),
        say("Write “contests” in the chat to see which there are."),
    )
    NO_RESULT = (
        404,
        say("There's no result at this address, or it isn't public yet."),
        say("Write “contests” in the chat to see which there are."),
    )
    NO_AWARD = (
        404,
        say("There's no award behind this link, or nobody is proposed yet."),
        say("Write “honours” in the chat to see the hall of fame."),
    )
    NO_CALENDAR = (
        404,
        say("There's no calendar behind this link: it may have been given a new one."),
        say("Write “new link” in the chat, and add the calendar once more."),
    )

    NO_ID_PAGE = (
        404,
        say("This page has ended: it works once, and for half an hour."),
        say("Open a new one in the chat, under “My answers” of the event."),
    )
    NO_DOOR = (
        404,
        say("There's no check-in here now, or it's no longer yours to show."),
        say("Open the changing code again in the chat."),
    )

    def __init__(self, status: int, why: Sayable, instead: Sayable) -> None:
        self.status = status
        self.why = why
        self.instead = instead


class FileRefused(LookupError):
    """A file cannot be had, and why."""

    def __init__(self, why: NoFile) -> None:
        super().__init__(why.name.lower())
        self.why = why


def page(why: NoFile, language: str) -> Response:
    """The page in a language of the station."""
    into, locale = phrasebook().into(language), LANGUAGES[language].locale.replace("_", "-")
    first, second = (escape(into(each)) for each in (why.why, why.instead))
    html = (
        f'<!doctype html>\n<html lang="{locale}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{first}</title><style>{STYLE}</style>\n"
        f"<main><p><strong>{first}</strong></p>\n<p>{second}</p></main></html>\n"
    )
    return HTMLResponse(html, why.status, HEADERS)
