"""The menus that platforms show next to a chat: a custom menu, and the list of commands."""

from collections.abc import Sequence

from bot.conversation.language import Reader, to_text
from bot.conversation.messages import Action, Sayable, say
from bot.conversation.routing import CommandFacts
from handlers.actions import (
    Change,
    ListEvents,
    ListTeams,
    Mine,
    ShowHelp,
    ShowPrivacy,
    ShowProfile,
    TellWish,
)

MenuEntry = tuple[Sayable, Action]

CUSTOM_MENU: tuple[tuple[Sayable, tuple[MenuEntry, ...]], ...] = (
    (
        say("Events"),
        (
            (say("All events"), ListEvents()),
            (say("This weekend"), ListEvents(span="weekend")),
            (say("My sign-ups"), Mine()),
        ),
    ),
    (
        say("Teams"),
        (
            (say("All teams"), ListTeams()),
            (say("Tell a wish"), TellWish()),
        ),
    ),
    (
        say("Me"),
        (
            (say("Profile"), ShowProfile()),
            (say("Quiet hours"), Change("quiet")),
            (say("Privacy"), ShowPrivacy()),
            (say("Help"), ShowHelp()),
        ),
    ),
)
"""Three columns of at most five entries: WeChat's limit for a custom menu."""


def custom_menu(reader: Reader) -> list[tuple[str, list[tuple[str, str]]]]:
    """The custom menu in a reader's words: columns of labels and packed actions."""
    return [
        (
            to_text(label, reader),
            [(to_text(entry, reader), action.pack()) for entry, action in entries],
        )
        for label, entries in CUSTOM_MENU
    ]


def scan_label(reader: Reader) -> str:
    """What the menu's row is called that scans a code, on platforms that have one."""
    return to_text(say("Scan a code"), reader)


def commands(facts: Sequence[CommandFacts], reader: Reader) -> list[tuple[str, str]]:
    """The commands that a platform lists, with a few words each."""
    return [(each.name, to_text(each.about, reader)) for each in facts if each.about is not None]
