"""What the second screen says, in every language: by itself, and in the documents that it reads.

Its page holds all languages, and so does a document, for one copy of each goes to all readers.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Sayable, Text, say, say_n
from models.rules.languages import LANGUAGES

NUMBER = "{n}"
MOST_FORMS = 200
"""Below this number every plural form of every language occurs."""
NEEDS_SCRIPTS = say("This page needs JavaScript.")
WORDS: dict[str, Sayable] = {
    "now": say("On now"),
    "next": say("Next"),
    "on_stage": say("On the stage now"),
    "programme": say("Programme"),
    "soon": say("It begins soon."),
    "begins": say("It begins {when}.", when="{when}"),
    "over": say("That was the evening. Thank you for being here."),
    "streams": say("Watch the stream"),
    "streams_at": say("The links of the stream appear here from {time}.", time="{time}"),
    "poll": say("Poll"),
    "quiz": say("Quiz"),
    "votes": say_n("{n} answer", "{n} answers", 1),
    "closed": say("closed"),
    "right": say("Right answer"),
    "yours": say("Your choice"),
    "final": say("Your first answer counts."),
    "places": say("The fastest who were right"),
    "points": say_n("{n} point", "{n} points", 1),
    "you": say("You are {code}", code="{code}"),
    "questions": say("Questions to the stage"),
    "ask": say("Ask the stage"),
    "back": say("I want to know that, too"),
    "line": say("Send a line to the screen"),
    "send": say("Send"),
    "taken": say("✅ Sent."),
    "waits": say("✅ Sent. It is shown once somebody has read it."),
    "answered": say("✅ Your answer counts."),
    "draw": say("Draw"),
    "commitment": say("Hash of the secret"),
    "list_hash": say("Hash of the list"),
    "number": say("Public number"),
    "secret": say("Secret"),
    "entries": say("{n} in the draw", n=NUMBER),
    "drawn": say("{n} drawn", n=NUMBER),
    "check": say("See for yourself how it is drawn"),
    "scan": say("Scan to take part"),
    "lines": say("Lines from the audience"),
    "offline": say("No connection. Trying again."),
    "off": say("That's not open now."),
    "closed_now": say("That question is closed."),
    "soon_again": say_n(
        "One moment: you can send the next one in {n} second.",
        "One moment: you can send the next one in {n} seconds.",
        1,
    ),
    "blocked": say("You can't take part now. Write to the organizers in the chat."),
    "empty": say("Write a few words."),
    "many": say("You have asked enough for now."),
    "failed": say("That didn't work. Try again."),
    "kept": say(
        "A cookie makes sure that everybody counts once. What you answer and write here is kept for"
        " 30 days; others see no name."
    ),
}


def script() -> bytes:
    """``const WORDS = {...};``: the words by the tag of their language, as the page has it."""
    told = {
        _tag(code): {name: _in_words(said, code) for name, said in WORDS.items()}
        for code in LANGUAGES
    }
    return b"const WORDS = %b;\n" % orjson.dumps(told)


def document(told: Any, zone: ZoneInfo, now: datetime) -> bytes:
    """A document in JSON; a text that differs by language is written in each, by their tags."""

    def put(said: Any) -> str | dict[str, str]:
        by_tag = {
            _tag(code): to_text(said, phrasebook().reader(code, zone, now)) for code in LANGUAGES
        }
        first, *others = set(by_tag.values())
        return by_tag if others else first

    return orjson.dumps(told, default=put, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def _tag(code: str) -> str:
    """The tag of a language, as the page has it."""
    return LANGUAGES[code].locale.replace("_", "-")


def _in_words(said: Sayable, code: str) -> str | dict[str, str]:
    """A text in a language; one that counts by the names of the language's plural forms."""
    put = phrasebook().into(code)
    if not isinstance(said, Text) or said.many is None:
        return put(said)
    values = {**said.values, "n": NUMBER}
    return {form: put(replace(said, n=n, values=values)) for form, n in _counts(code)}


def _counts(code: str) -> Iterator[tuple[str, int]]:
    """Each plural form of a language by its name in the Unicode CLDR, with a number that has it."""
    from babel import Locale, UnknownLocaleError

    try:
        form_of = Locale.parse(LANGUAGES[code].locale).plural_form
    except (UnknownLocaleError, ValueError):
        # The page takes this form for a language whose rules nobody knows.
        return iter((("other", MOST_FORMS),))
    found = {form_of(n): n for n in reversed(range(MOST_FORMS))}
    return iter(found.items())
