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
class HangPoster(Action, tag="hang-poster"):
    """Asks where a poster of the event will hang."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ShowPoster(Action, tag="poster"):
    """A poster as a page, or as a picture."""

    poster_id: int
    is_picture: int = 0


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


MY_EVENTS = Button(say("My events"), MyEvents())
