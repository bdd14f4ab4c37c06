"""Intents: what a text may ask of the station, under names that are stored."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """A thing people ask for.

    One that has the name of a command is what words after that command are read as; any other
    command keeps its words for itself.
    """

    EVENTS = "events"
    TEAMS = "teams"
    SIGN_UP = "signup"
    CANCEL = "cancel"
    MINE = "mine"
    JOIN = "join"
    LEAVE = "leave"
    PROFILE = "profile"
    WHO_AM_I = "who_am_i"
    QUIET = "quiet"
    REMINDERS = "reminders"
    STOP = "stop"
    SUBSCRIBE = "subscribe"
    CALENDAR = "calendar"
    PRIVACY = "privacy"
    LINK = "link_chat"
    SIGN_OUT = "sign_out"
    LANGUAGE = "language"
    WISH = "tell_wish"
    PUBLISH = "publish"
    MY_EVENTS = "my_events"
    EDIT_EVENT = "edit_event"
    ANNOUNCE = "announcement"
    HELP = "help"
    MENU = "start"
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"


CHANGES = frozenset(
    {
        Intent.SIGN_UP,
        Intent.CANCEL,
        Intent.JOIN,
        Intent.LEAVE,
        Intent.STOP,
        Intent.SUBSCRIBE,
        Intent.LANGUAGE,
        Intent.WISH,
    }
)
"""Intents that change something for the person: done only when certain, else asked."""


SMALL_TALK = frozenset({Intent.GREETING, Intent.THANKS, Intent.YES, Intent.NO})
"""Intents that ask for nothing."""


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text means.

    ``words`` are what is left: a name or a number; ``is_place`` where the number is a place in
    the list that is on the screen, as in "the second one". ``span`` is a time that was named, as
    ``spans`` knows it. ``how`` says that it was asked how to do it, or whether it is
    possible, and not to do it. ``likeliest`` are the intents to offer where it is unsure.
    """

    intent: Intent | None
    words: str = ""
    span: str = ""
    confidence: Confidence = Confidence.UNSURE
    how: bool = False
    likeliest: tuple[Intent, ...] = ()
    is_place: bool = False

    @property
    def number(self) -> int:
        """The number that is all there is in ``words``; 0 where there is none."""
        return int(self.words) if self.words.isdecimal() and len(self.words) < 10 else 0

    @property
    def certain(self) -> bool:
        """Whether it may be done without asking."""
        return self.confidence == Confidence.CERTAIN and not self.how
