"""What the second screen says by itself, as a script that holds it in every language."""

import orjson

from bot.conversation.language import phrasebook
from bot.conversation.messages import Sayable, say
from models.rules.languages import LANGUAGES

NUMBER = "{n}"
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
    "streams_at": say("The links of the stream stand here from {time}.", time="{time}"),
    "poll": say("Poll"),
    "quiz": say("Quiz"),
    "votes": say("{n} answers", n=NUMBER),
    "closed": say("Closed"),
    "right": say("Right answer"),
    "yours": say("What you chose"),
    "final": say("Your first answer counts."),
    "places": say("The fastest who were right"),
    "points": say("{n} points", n=NUMBER),
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
    "check": say("See for yourself how it was drawn"),
    "scan": say("Scan to take part"),
    "lines": say("Lines of the audience"),
    "offline": say("No connection. Trying again."),
    "off": say("That's not open now."),
    "closed_now": say("That question is closed."),
    "soon_again": say("A moment: the next one in {n} seconds.", n=NUMBER),
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
        each.locale.replace("_", "-"): {
            name: phrasebook().into(code)(said) for name, said in WORDS.items()
        }
        for code, each in LANGUAGES.items()
    }
    return b"const WORDS = %b;\n" % orjson.dumps(told)
