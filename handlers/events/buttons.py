"""The buttons of those who publish and run events, under tags that outlive the code."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Button, say


@dataclass(frozen=True, slots=True)
class NewEvent(Action, tag="new-event"):
    """Asks about a new event; like the event ``copy``, and with ``same`` at its very time."""

    copy: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class MyEvents(Action, tag="my-events"):
    """The events this member may run: those to come, or with ``past`` those over.

    ``later`` leaves out those that wait for an approval.
    """

    past: int = 0
    skip: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class Run(Action, tag="run"):
    """One event as its organizer sees it; ``what`` is done with it, or shown of it."""

    event_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class Edit(Action, tag="edit-event"):
    """The fields of an event, or the question about one; with a language, its words in that."""

    event_id: int
    what: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class CorrectHours(Action, tag="helper-hours"):
    """Asks how long somebody helped at an event that is over."""

    event_id: int
    helper_id: int


@dataclass(frozen=True, slots=True)
class TakeNames(Action, tag="take-names"):
    """Signs up the list of names that was pasted just now."""

    event_id: int


@dataclass(frozen=True, slots=True)
class TakeOff(Action, tag="take-off"):
    """Frees the seat that is kept for the name of somebody without a chat."""

    event_id: int
    signup_id: int


@dataclass(frozen=True, slots=True)
class ShowPeople(Action, tag="people"):
    event_id: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class CheckIn(Action, tag="check-in"):
    """Takes codes, one after the other."""

    event_id: int


@dataclass(frozen=True, slots=True)
class TickList(Action, tag="tick-list"):
    event_id: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class MarkPresent(Action, tag="tick"):
    """Checks a person in from the list; ``off`` takes it back."""

    event_id: int
    signup_id: int
    skip: int = 0
    off: int = 0


@dataclass(frozen=True, slots=True)
class WithParty(Action, tag="with-party"):
    """Checks in those who came along with a person; the list goes on at ``skip``, -1: the codes.

    With ``alone`` nobody came along.
    """

    event_id: int
    signup_id: int
    skip: int = -1
    alone: int = 0


@dataclass(frozen=True, slots=True)
class OwnParty(Action, tag="own-party"):
    """Checks in those who came along with oneself, at the door; with ``alone`` nobody did."""

    event_id: int
    alone: int = 0


@dataclass(frozen=True, slots=True)
class DayMenu(Action, tag="day"):
    """What else there is at the door: its codes, and who helps."""

    event_id: int


@dataclass(frozen=True, slots=True)
class WalkIns(Action, tag="walk-ins"):
    """Takes the names of people who came without a seat and without a phone."""

    event_id: int


@dataclass(frozen=True, slots=True)
class LetIn(Action, tag="let-in"):
    """Seats and checks in somebody of the queue; ``over``: beyond the number as well."""

    event_id: int
    signup_id: int
    over: int = 0


@dataclass(frozen=True, slots=True)
class ShowDoor(Action, tag="door"):
    """The code at the door: the one to hang up, or the one that ``rotates``."""

    event_id: int
    rotates: int = 0


@dataclass(frozen=True, slots=True)
class ByCamera(Action, tag="by-camera"):
    """Opens the page that scans codes."""

    event_id: int


@dataclass(frozen=True, slots=True)
class JoinNow(Action, tag="join-now"):
    """Takes a free seat at the door, with what was given when its code was scanned."""

    event_id: int
    step: int
    proof: str


@dataclass(frozen=True, slots=True)
class AskHelper(Action, tag="ask-helper"):
    """Asks who shall help at the event."""

    event_id: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class NameHelper(Action, tag="helper"):
    event_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class CodeForHelper(Action, tag="helper-code"):
    event_id: int


@dataclass(frozen=True, slots=True)
class EndHelp(Action, tag="end-help"):
    """Withdraws a helper's right, or a code; asks first unless ``sure``."""

    event_id: int
    helper_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class PickStop(Action, tag="get-on"):
    """Keeps at which stop of a tour one gets on, by its ``number`` from 1."""

    event_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Board(Action, tag="board"):
    """Says that one is on the bus."""

    event_id: int


@dataclass(frozen=True, slots=True)
class RollCall(Action, tag="roll-call"):
    event_id: int


@dataclass(frozen=True, slots=True)
class RollAt(Action, tag="roll-at"):
    """Who is missing at a stop; ``number`` 0: those who have chosen none."""

    event_id: int
    number: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class TickAt(Action, tag="tick-at"):
    event_id: int
    number: int
    signup_id: int


@dataclass(frozen=True, slots=True)
class WriteTo(Action, tag="write-to"):
    """Asks what those who are missing at a stop shall read, or one of them."""

    event_id: int
    number: int
    signup_id: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class ShareEvent(Action, tag="share"):
    """A text with the link to an event's public page, to be sent on."""

    event_id: int


@dataclass(frozen=True, slots=True)
class HangPoster(Action, tag="hang-poster"):
    """Asks where a poster of the event will hang."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ShowPoster(Action, tag="poster"):
    """A poster as a page, or as a picture."""

    poster_id: int
    is_picture: int = 0


@dataclass(frozen=True, slots=True)
class PrintChain(Action, tag="event-chain"):
    """An event as a text for a group, with the names after the first ``skip``, or without any."""

    event_id: int
    skip: int = 0
    nameless: int = 0


@dataclass(frozen=True, slots=True)
class Certify(Action, tag="certify"):
    """The certificates of an event, of so many ``minutes`` (-1: as its times say); or each one."""

    event_id: int
    minutes: int = -1
    one_by_one: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class AskHours(Action, tag="certify-hours"):
    event_id: int


@dataclass(frozen=True, slots=True)
class IssueCertificates(Action, tag="certify-now"):
    """Issues one to everybody who came and has none, or to one of them."""

    event_id: int
    minutes: int
    signup_id: int = 0


@dataclass(frozen=True, slots=True)
class OpenIssued(Action, tag="issued"):
    """A certificate as organizers see it; ``sure`` withdraws it, ``ask`` asks before."""

    certificate_id: int
    ask: int = 0
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ApproveEvent(Action, tag="ok-event"):
    event_id: int


@dataclass(frozen=True, slots=True)
class SendBackEvent(Action, tag="back-event"):
    event_id: int


@dataclass(frozen=True, slots=True)
class WriteGates(Action, tag="write-gates"):
    """Asks for the conditions of an event in words."""

    event_id: int


@dataclass(frozen=True, slots=True)
class SetGate(Action, tag="set-gate"):
    """Switches a condition of an event, or takes it away: ``what`` is one of the rule's gates."""

    event_id: int
    what: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class OpenRequest(Action, tag="request"):
    """A sign-up that waits for an organizer's answer."""

    event_id: int
    signup_id: int


@dataclass(frozen=True, slots=True)
class LetInAsked(Action, tag="request-yes"):
    """Grants a request, or with 0 all that wait."""

    event_id: int
    signup_id: int = 0


@dataclass(frozen=True, slots=True)
class RefuseAsked(Action, tag="request-no"):
    """Asks for the reason, and refuses a request."""

    event_id: int
    signup_id: int


MY_EVENTS = Button(say("My events"), MyEvents())

REQUESTS = "requests"
"""What ``Run`` shows of an event: who waits for an organizer's yes."""


def record_link(event_id: int) -> Button:
    """Where everybody sees what is published of the draw of an event."""
    return Button(say("How it's drawn"), url=f"/draws/{event_id}")


@dataclass(frozen=True, slots=True)
class AskIf(Action, tag="ask-if"):
    """Lists the answers on which a question may hang, or takes one by its ``place`` in the list.

    -1 asks it always.
    """

    question_id: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class KeepDays(Action, tag="keep-days"):
    """Asks how many days answers are kept after the event, or sets it."""

    question_id: int
    days: int = 0
