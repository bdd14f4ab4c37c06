"""Intents: what a text may ask of the station, under names that are stored."""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.certainty import Certainty, Slot


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
    CHAT = "chat"
    JUNK = "junk"
    # Facts of an event
    WHEN = "when"
    WHERE = "where"
    MEETING_POINT = "meeting_point"
    BRING = "bring"
    COST = "cost"
    WHO_MAY = "who_may"
    CLOSING = "closing"
    SEATS = "seats"
    IS_ON = "is_on"
    HOST = "host"
    ABOUT = "about"
    # What is asked around an event
    COMPANIONS = "companions"
    TRANSFER = "transfer"
    CHECK_IN = "checkin"
    SEAT = "own_seat"
    FEEDBACK = "feedback"
    # Contests, awards and the gala
    CONTESTS = "contest_list"
    MY_ENTRIES = "my_entries"
    VOTE = "cast_vote"
    JUDGE = "judging"
    NOMINATE = "nomination"
    HONOURS = "honour_roll"
    GALA = "gala_evening"
    MATCHES = "match_table"
    # Oneself, and who is there
    ERASE = "erase"
    BECOME = "become"
    ASK_PERSON = "ask_person"
    STATIONS = "stations"
    # Need
    WAGES = "wages"
    INJURY = "injury"
    VIOLENCE = "violence"
    DESPAIR = "despair"
    DANGER = "danger"
    # Knowledge of the town and of work
    CONTRACT = "contract"
    INSURANCE = "insurance"
    RESIDENCE = "residence"
    LIFE_INFO = "life_info"
    JOB = "job"


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


SMALL_TALK = frozenset(
    {Intent.GREETING, Intent.THANKS, Intent.YES, Intent.NO, Intent.CHAT, Intent.JUNK}
)
"""Intents that ask for nothing."""

FACTS = frozenset(
    {
        Intent.WHEN,
        Intent.WHERE,
        Intent.MEETING_POINT,
        Intent.BRING,
        Intent.COST,
        Intent.WHO_MAY,
        Intent.CLOSING,
        Intent.SEATS,
        Intent.IS_ON,
        Intent.HOST,
        Intent.ABOUT,
    }
)
"""What people ask about one event."""

AROUND = frozenset({Intent.COMPANIONS, Intent.TRANSFER, Intent.CHECK_IN})
"""What they want of an event beside a seat: it is meant of the one that they see."""

NEED = frozenset({Intent.WAGES, Intent.INJURY, Intent.VIOLENCE, Intent.DESPAIR, Intent.DANGER})
"""Distress, which is never answered with a list or a joke."""


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
    possible, and not to do it. ``likeliest`` are the intents to offer where it is unsure. ``text``
    is the whole text where the intent was guessed: what it speaks of may stand anywhere in it.
    ``answer`` is the number of the known answer that it may ask for; then there is no intent.
    """

    intent: Intent | None
    words: str = ""
    span: str = ""
    confidence: Confidence = Confidence.UNSURE
    how: bool = False
    likeliest: tuple[Intent, ...] = ()
    is_place: bool = False
    text: str = ""
    answer: int = 0

    @property
    def number(self) -> int:
        """The number that is all there is in ``words``; 0 where there is none."""
        return int(self.words) if self.words.isdecimal() and len(self.words) < 10 else 0

    @property
    def numbered(self) -> Slot[int]:
        """The number with its certainty: that of the whole text, since an act rests on both."""
        return Slot(self.number, self._certainty)

    @property
    def thing(self) -> Slot[str]:
        """What is left, with its certainty."""
        return Slot(self.words, self._certainty)

    @property
    def _certainty(self) -> Certainty:
        if self.certain:
            return Certainty.SAID
        return Certainty.GUESSED if self.text else Certainty.LIKELY

    @property
    def certain(self) -> bool:
        """Whether it may be done without asking."""
        return self.confidence == Confidence.CERTAIN and not self.how
