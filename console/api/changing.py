"""Events that programs publish, change, and run: by the desk's forms and acts."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from bot.conversation.messages import say
from console.api.acts import SURE, asked, done
from console.api.events import EventTold, subject, the, told
from console.api.problems import Problem
from console.api.program import Program
from console.api.routing import Call
from console.api.schemas import NO_NUL, Line, Number, Sent, Strict, Words
from console.pages.events import acting, editing, forms, publishing
from models.events import publishing as verbs
from models.events.events import TEXTS, Category, Event, Kind
from models.events.publishing import Asked, Published
from models.network.stations import Station
from models.rules.events.companions import Along, Companions
from models.rules.events.handing import Handing
from models.rules.languages import LANGUAGES
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

WRITE = Scope.EVENTS_WRITE
PLAIN = (*TEXTS, "map_url", "kind", "category", "companions", "along", "handing", "seats")
"""What a form calls as the schema does."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=160, pattern=NO_NUL)]
Revision = Annotated[
    int,
    Field(
        ge=0,
        le=2**31 - 1,
        description="As it was read: if somebody has changed the event since, nothing is done.",
    ),
]
Texts = Annotated[
    dict[str, dict[str, Words]],
    Field(description="By name of the text: by language code, the text in that language."),
]
Names = Annotated[
    list[Line],
    Field(max_length=100, description="Names of places, companies and teams; none: everybody."),
]


class Host(Strict):
    """A place, or a team of that place."""

    place: Number
    team: Number | None = None


class EventChange(Strict):
    """What differs; what is left out stays. People hear of another place or meeting point."""

    revision: Revision
    title: Title | None = None
    about: Words | None = None
    place: Line | None = None
    map_url: Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)] | None = None
    meet: Line | None = None
    bring: Line | None = None
    cost: Line | None = None
    contact: Line | None = None
    kind: Kind | None = None
    category: Category | None = None
    companions: Companions | None = None
    along: Along | None = None
    handing: Handing | None = None
    audience: Names | None = None
    is_approved_by_hand: bool | None = None
    seats: Annotated[int | None, Field(ge=0, le=100_000, description="0 sets no limit.")] = None
    opens_at: Sent | None = None
    closes_at: Sent | None = None
    host: Host | None = None
    translations: Texts | None = None


class NewEvent(Strict):
    """An event to be published, or to be approved by those who may."""

    title: Title
    starts_at: Sent
    ends_at: Sent
    host: Host
    kind: Kind
    category: Category
    about: Words = ""
    place: Line = ""
    map_url: Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)] = ""
    meet: Line = ""
    bring: Line = ""
    cost: Line = ""
    contact: Line = ""
    companions: Companions = Companions.UNSAID
    along: Along = Along.NOBODY
    handing: Handing = Handing.ALIKE
    audience: Names = Field(default_factory=list)
    is_approved_by_hand: bool = False
    is_drawn: Annotated[bool, Field(description="Whether its seats are drawn.")] = False
    seats: Annotated[int, Field(ge=0, le=100_000, description="0 sets no limit.")] = 0
    opens_at: Sent | None = None
    closes_at: Sent | None = None
    translations: Texts = Field(default_factory=dict)


class Moved(Strict):
    """Other times; people who signed up hear of it, with the reason."""

    revision: Revision
    starts_at: Sent
    ends_at: Sent
    reason: Line = ""


class Why(Strict):
    """A reason, which people who signed up read."""

    revision: Revision
    reason: Line = ""


class Seen(Strict):
    revision: Revision


class Reason(Strict):
    reason: Line = ""


def shown(program: Program, number: int) -> EventTold:
    """An event after it was changed."""
    event, station = the(program, number)
    program.session.refresh(event)
    return told(program, event, station)


@subject.write("/events", scope=WRITE, answers=EventTold, shows=shown, body=NewEvent, status=201)
def publish_event(program: Program, call: Call) -> tuple[int, ...]:
    """Publish an event.

    Where its host's organizers approve first, its state is `asked` until they have answered.
    """
    sent = call.read(NewEvent)
    words = _words(sent, sent.model_dump(exclude={"host"})) | {
        "starts": sent.starts_at,
        "ends": sent.ends_at,
        "drawn": sent.is_drawn,
    }
    form = asked({}, {**words, **SURE})
    draft = publishing.draft_of(program, form, None)
    outcome = verbs.publish(program.session, draft, program.member.id, program.now)
    if isinstance(outcome, Published | Asked):
        return (outcome.event.id,)
    done(publishing.answer_of(program, draft, outcome))
    raise AssertionError(outcome)


@subject.write(
    "/events/{event}",
    scope=WRITE,
    answers=EventTold,
    shows=shown,
    body=EventChange,
    method="PATCH",
)
def change_event(program: Program, call: Call) -> tuple[int, ...]:
    """Correct what stands about an event.

    All or nothing. Its times are moved by an operation of their own.
    """
    event, _station = _to_run(program, call)
    sent = call.read(EventChange)
    given = sent.model_dump(exclude={"host"}, exclude_none=True)
    words = editing.typed_of(program, event) | _words(sent, given) | SURE
    words["revision"] = sent.revision
    done(editing.save(program, asked({"event": event.id}, words)))
    return (event.id,)


def _words(sent: NewEvent | EventChange, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the desk's form, of what was given."""
    words: dict[str, Any] = {name: given[name] for name in PLAIN if name in given}
    if words.get("seats") == 0:
        # A form is left empty for no limit.
        words["seats"] = ""
    if sent.host is not None:
        words["host"] = forms.host_key(sent.host.place, sent.host.team)
    if "audience" in given:
        words["audience"] = "\n".join(given["audience"])
    if "is_approved_by_hand" in given:
        words["approval"] = given["is_approved_by_hand"]
    for name, field in (("opens_at", "opens"), ("closes_at", "closes")):
        if name in given:
            words[field] = given[name]
    for name, said in given.get("translations", {}).items():
        for code, text in said.items():
            if name not in TEXTS or code not in LANGUAGES:
                why = say("There is no such text, or no such language.")
                raise Problem(422, why, f"translations.{name}.{code}")
            words[f"{name}-{code}"] = text
    return words


def _to_run(program: Program, call: Call) -> tuple[Event, Station]:
    """The event of the path, which is to be changed. Raises NotAllowed for who may not."""
    event, station = the(program, call.number("event"))
    program.require(Act.RUN_EVENT, station, team_id=event.team_id, event_id=event.id)
    return event, station


# What becomes of it


@subject.write("/events/{event}/move", scope=WRITE, answers=EventTold, shows=shown, body=Moved)
def move_event(program: Program, call: Call) -> tuple[int, ...]:
    """Move an event, or set the date of one that was postponed."""
    sent, number = call.read(Moved), call.number("event")
    words = {
        "starts": sent.starts_at,
        "ends": sent.ends_at,
        "why_moved": sent.reason,
        "revision": sent.revision,
        **SURE,
    }
    done(acting.move(program, asked({"event": number}, words)))
    return (number,)


@subject.write("/events/{event}/postpone", scope=WRITE, answers=EventTold, shows=shown, body=Why)
def postpone_event(program: Program, call: Call) -> tuple[int, ...]:
    """Postpone an event: its date is to come, and everybody keeps their place."""
    sent, number = call.read(Why), call.number("event")
    words = {"why_postponed": sent.reason, "revision": sent.revision}
    done(acting.postpone(program, asked({"event": number}, words)))
    return (number,)


@subject.write("/events/{event}/cancel", scope=WRITE, answers=EventTold, shows=shown, body=Why)
def cancel_event(program: Program, call: Call) -> tuple[int, ...]:
    """Cancel an event; who signed up is told."""
    sent, number = call.read(Why), call.number("event")
    words = {"why_cancelled": sent.reason, "revision": sent.revision}
    done(acting.cancel(program, asked({"event": number}, words)))
    return (number,)


@subject.write("/events/{event}/restore", scope=WRITE, answers=EventTold, shows=shown, body=Seen)
def restore_event(program: Program, call: Call) -> tuple[int, ...]:
    """Take a cancellation back; who had signed up is told."""
    sent, number = call.read(Seen), call.number("event")
    done(acting.restore(program, asked({"event": number}, {"revision": sent.revision})))
    return (number,)


@subject.write("/events/{event}/close", scope=WRITE, answers=EventTold, shows=shown)
def close_sign_up(program: Program, call: Call) -> tuple[int, ...]:
    """Close sign-up until it is opened again."""
    number = call.number("event")
    done(acting.close(program, asked({"event": number}, {})))
    return (number,)


@subject.write("/events/{event}/approve", scope=WRITE, answers=EventTold, shows=shown)
def approve_event(program: Program, call: Call) -> tuple[int, ...]:
    """Approve an event that others want to publish."""
    number = call.number("event")
    done(publishing.approve(program, asked({"event": number}, {})))
    return (number,)


@subject.write(
    "/events/{event}/send-back", scope=WRITE, answers=EventTold, shows=shown, body=Reason
)
def send_event_back(program: Program, call: Call) -> tuple[int, ...]:
    """Send back an event that others want to publish; they read the reason."""
    number = call.number("event")
    words = {"reason": call.read(Reason).reason}
    done(publishing.send_back(program, asked({"event": number}, words)))
    return (number,)
