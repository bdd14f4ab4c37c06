"""The buttons of the station: what each carries, under a tag that outlives the code."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Button, say
from bot.conversation.routing import Mean
from models.rules.languages import LANGUAGES
from models.rules.understanding.intents import Intent


@dataclass(frozen=True, slots=True)
class Agree(Action, tag="agree"):
    """Consents to the privacy notice, then goes on to the link that brought them here."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class Details(Action, tag="details"):
    then: str = ""


@dataclass(frozen=True, slots=True)
class ShowMenu(Action, tag="menu"):
    pass


@dataclass(frozen=True, slots=True)
class ShowHelp(Action, tag="help"):
    pass


@dataclass(frozen=True, slots=True)
class SpeakLanguage(Action, tag="lang"):
    """Uses this language; ``then`` is the link of a stranger who has not agreed yet."""

    language: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class ChooseLanguage(Action, tag="languages"):
    """Lists the languages; ``then`` is the link of a stranger who has not agreed yet."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class ListEvents(Action, tag="events"):
    """Events of a time (``span``), category, station and team, from the ``skip``-th on.

    The member's own lead them, unless they are to be ``by_time`` alone. ``seat`` is the newest of
    their seats when the first page was shown: a later one must not change the order amid the list.
    """

    span: str = ""
    category: str = ""
    station_id: int = 0
    team_id: int = 0
    skip: int = 0
    by_time: int = 0
    seat: int = -1


@dataclass(frozen=True, slots=True)
class FilterEvents(Action, tag="filter"):
    by: str = ""


@dataclass(frozen=True, slots=True)
class OpenEvent(Action, tag="event"):
    event_id: int


@dataclass(frozen=True, slots=True)
class Bring(Action, tag="bring"):
    """Asks who comes along to an event; ``many`` of them, if that was said already.

    It asks before where the member has a seat at the same time, unless they are ``sure``.
    """

    event_id: int
    many: int = 0
    sure: int = 0


@dataclass(frozen=True, slots=True)
class TellWhenOpen(Action, tag="tell-open"):
    """Lets the member be told when sign-up for an event opens."""

    event_id: int


@dataclass(frozen=True, slots=True)
class KeepBirthYear(Action, tag="birth-year"):
    """Keeps the year in which the member was born, for the next event that asks for an age."""

    year: int


@dataclass(frozen=True, slots=True)
class LeaveOut(Action, tag="leave-out"):
    """Gives up the seat of one who comes along."""

    event_id: int
    signup_id: int


@dataclass(frozen=True, slots=True)
class SignUp(Action, tag="sign-up"):
    """Claims a seat; asks once where they have another at the same time, unless they are sure."""

    event_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class GiveUp(Action, tag="give-up"):
    """Gives up a seat, an offer or a place in the queue; asks once if it is final."""

    event_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class HandOver(Action, tag="hand-seat"):
    """Asks whose a seat shall be: one's own, or that of ``signup_id``, who comes along."""

    event_id: int
    signup_id: int = 0


@dataclass(frozen=True, slots=True)
class KeepSeat(Action, tag="keep-seat"):
    """Takes back what one would hand over at an event."""

    event_id: int


@dataclass(frozen=True, slots=True)
class TakeHanded(Action, tag="take-handed"):
    handover_id: int


@dataclass(frozen=True, slots=True)
class RefuseHanded(Action, tag="refuse-handed"):
    handover_id: int


@dataclass(frozen=True, slots=True)
class Mine(Action, tag="mine"):
    pass


@dataclass(frozen=True, slots=True)
class ShowHistory(Action, tag="history"):
    """What somebody took part in, in a year; 0 for the latest."""

    year: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Ticket(Action, tag="ticket"):
    """Shows one's own check-in code."""

    event_id: int


@dataclass(frozen=True, slots=True)
class MyCertificate(Action, tag="certificate"):
    """One's own certificate as a page, or as a picture."""

    certificate_id: int
    is_picture: int = 0


@dataclass(frozen=True, slots=True)
class MyCertificates(Action, tag="certificates"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class NameCertificate(Action, tag="certificate-name"):
    """Asks what name stands on it; with ``as_called`` it is what they are called here."""

    certificate_id: int
    as_called: int = 0


@dataclass(frozen=True, slots=True)
class ToCalendar(Action, tag="ics"):
    """One event as a file, or with 0 all of mine."""

    event_id: int = 0


@dataclass(frozen=True, slots=True)
class ListTeams(Action, tag="teams"):
    interest: str = ""
    station_id: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class FilterTeams(Action, tag="team-filter"):
    by: str = ""


@dataclass(frozen=True, slots=True)
class OpenTeam(Action, tag="team"):
    team_id: int


@dataclass(frozen=True, slots=True)
class Join(Action, tag="join"):
    team_id: int


@dataclass(frozen=True, slots=True)
class Leave(Action, tag="leave"):
    """Leaves a team; a captain is asked once."""

    team_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class FoundTeam(Action, tag="found-team"):
    pass


@dataclass(frozen=True, slots=True)
class Support(Action, tag="support"):
    """Supports a proposed team."""

    team_id: int


@dataclass(frozen=True, slots=True)
class TakeBack(Action, tag="take-back"):
    """Ends one's own proposal of a team; asks once."""

    team_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ManageTeam(Action, tag="manage-team"):
    """What those in charge of a team can do with it."""

    team_id: int


@dataclass(frozen=True, slots=True)
class PostToTeam(Action, tag="post-to-team"):
    """Writes an announcement to everybody in a team."""

    team_id: int


@dataclass(frozen=True, slots=True)
class ShowProfile(Action, tag="profile"):
    pass


@dataclass(frozen=True, slots=True)
class Change(Action, tag="change"):
    """Asks again for one item of the profile: place, shift, quiet, reminders, messages, ..."""

    what: str


@dataclass(frozen=True, slots=True)
class TakeTown(Action, tag="town"):
    """Works in this town; with 0 they do not want to tell."""

    station_id: int = 0


@dataclass(frozen=True, slots=True)
class Stop(Action, tag="stop"):
    """Mutes everything, or all but what concerns the member's own sign-ups."""

    keep_mine: int = 0


@dataclass(frozen=True, slots=True)
class Resume(Action, tag="resume"):
    pass


@dataclass(frozen=True, slots=True)
class ShowPrivacy(Action, tag="privacy"):
    pass


@dataclass(frozen=True, slots=True)
class Export(Action, tag="export"):
    pass


@dataclass(frozen=True, slots=True)
class ForgetAnswers(Action, tag="forget-answers"):
    """Deletes the answers that the station keeps for the next event."""


@dataclass(frozen=True, slots=True)
class Erase(Action, tag="erase"):
    sure: int = 0


@dataclass(frozen=True, slots=True)
class TellWish(Action, tag="wish"):
    pass


@dataclass(frozen=True, slots=True)
class TellWords(Action, tag="tell-words"):
    """Passes on what was written last: about an event, where there is one; or as a report."""

    event_id: int = 0
    kind: str = ""


def switch_language(current: str, then: str = "") -> SpeakLanguage | ChooseLanguage:
    """Speaks the other language; where there are several others, lists them."""
    others = _others(current)
    return SpeakLanguage(others[0], then) if len(others) == 1 else ChooseLanguage(then)


def another_language(current: str, then: str = "") -> Button:
    label = " / ".join(LANGUAGES[code].name for code in _others(current))
    return Button(label, switch_language(current, then))


def _others(language: str) -> list[str]:
    return [code for code in LANGUAGES if code != language]


EVENTS = Button(say("Events"), ListEvents())
TEAMS = Button(say("Teams"), ListTeams())
MINE = Button(say("Mine"), Mine())
MENU = Button(say("Menu"), ShowMenu())
PROFILE = Button(say("Profile"), ShowProfile())
WISH = Button(say("Wish"), TellWish())
LEAVE_IT = Button(say("No, leave it"), Mean(Intent.NO))
TELL = Button(say("Tell organizers"), TellWords())
REPORT = Button(say("Tell organizers"), TellWords(kind="report"))


def ask(event_id: int) -> Button:
    """Asks the organizers of an event, in the words that were written last."""
    return Button(say("Ask them"), TellWords(event_id))
