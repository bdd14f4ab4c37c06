"""What the chat page itself says, as a script that holds it in every language."""

import unicodedata

import orjson

from bot.conversation.language import MONTHS, WEEKDAYS, phrasebook
from bot.conversation.messages import Sayable, say
from models.rules.languages import DEFAULT, LANGUAGES, Translated

CALLED = Translated("创思驿站", {"en": "Yizhan station"})
"""What the page calls the station where nothing else is said."""

NEEDS_SCRIPTS = say("The chat page needs JavaScript.")
WORDS: dict[str, Sayable] = {
    "tagline": say("Teams · events · reminders"),
    "languages": say("Language"),
    "field": say("Say something"),
    "hint": say("Say something…"),
    "send": say("Send"),
    "clip": say("Send a picture or a sound"),
    "picture": say("Picture"),
    "sound": say("Sound"),
    "menu": say("Menu"),
    "log": say("Conversation"),
    "offline": say("You're offline. What you write is kept and goes out once you're back."),
    "unreachable": say("Can't reach the station. Trying again; what you write is kept."),
    "hurried": say("A little slower: the rest goes out in a few seconds."),
    "waiting": say("Waiting to be sent"),
    "refused": say("This couldn't be sent"),
    "large": say("Too large to be sent: 5 MB at most"),
    "typing": say("The station is typing"),
    "newer": say("New message"),
    "download": say("Download"),
    "alert": say("Turn on alerts"),
    "alerted": say("Alerts are on: you hear from the station while this page is closed."),
    "unalerted": say("This browser can't tell you anything while the page is closed."),
    "today": say("Today"),
    "yesterday": say("Yesterday"),
    "you": say("You"),
    "station": say("Station"),
    # The page puts in what stands in braces.
    "date": say("{weekday} {day} {month}", weekday="{weekday}", day="{day}", month="{month}"),
}


def script(called: Translated) -> bytes:
    """``const LANGUAGES = {...};``: the words by language code, the default language first."""
    codes = sorted(LANGUAGES, key=lambda code: code != DEFAULT)
    return b"const LANGUAGES = %b;\n" % orjson.dumps({code: _words(code, called) for code in codes})


def _words(code: str, called: Translated) -> dict[str, str | list[str]]:
    into, language = phrasebook().into(code), LANGUAGES[code]
    return {
        "lang": language.locale.replace("_", "-"),
        "language": language.name,
        "short": _short(code),
        "name": called.to(code),
        "weekdays": [into(each) for each in WEEKDAYS],
        "months": [into(each) for each in MONTHS],
        **{name: into(words) for name, words in WORDS.items()},
    }


def _short(code: str) -> str:
    """The language on a small button: EN, 中."""
    first = LANGUAGES[code].name[0]
    return code.upper() if unicodedata.name(first).startswith("LATIN") else first


def blanks(called: Translated) -> dict[str, str]:
    """What ``index.html`` shows before its scripts run, by the names of its blanks."""
    into = phrasebook().into(DEFAULT)
    return {
        "lang": LANGUAGES[DEFAULT].locale.replace("_", "-"),
        "name": called.to(DEFAULT),
        "tagline": into(WORDS["tagline"]),
        "needs_scripts": " ".join(phrasebook().into(code)(NEEDS_SCRIPTS) for code in LANGUAGES),
    }
