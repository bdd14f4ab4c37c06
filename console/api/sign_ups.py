"""Who signed up for an event; that the names are read is recorded, as at the desk."""

from typing import Annotated

from pydantic import BaseModel, Field

from console.api import events
from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import At, Page, Paged, number_in
from console.pages.events.files import OPEN_FOR
from handlers.events.running import name_of, sees_places
from models.events import running, sign_up_pages
from models.events.events import Event, SignupState
from models.events.sign_up_pages import Row
from models.network.names import Namesakes
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

subject = Subject(
    "sign-ups",
    "Sign-ups",
    "Who signed up for an event. Reading names is recorded: those people are told who looked.",
)


class SignUp(BaseModel):
    """A claim on an event. Answers to questions are not told here."""

    number: int
    name: str = Field(description="With what tells them from others of that name.")
    state: SignupState
    at: At = Field(description="When they signed up.")
    checked_in_at: At | None
    turn: int = Field(description="Their place in the queue grows with it.")
    member: int | None = Field(
        description="Null for who has no chat, and where the token's member sees no places."
    )
    place: str = Field(description="Where they work; empty where that is not to be seen.")
    party: int | None = Field(description="The claim of who signed them up beside themselves.")
    brings: int = Field(description="Others who take a seat with this claim.")
    is_child: bool
    stop: str = Field(description="Where they get on, of a tour with stops.")
    seat: str = Field(description="Their row and number in a hall.")


class SignUpQuery(Paged):
    state: Annotated[SignupState | None, Field(description="Only claims of this state.")] = None


@subject.read(
    "/events/{event}/sign-ups",
    scope=Scope.SIGN_UPS_READ,
    answers=Page[SignUp],
    query=SignUpQuery,
    records=True,
)
def list_sign_ups(program: Program, call: Call) -> Page[SignUp]:
    """List who signed up for an event.

    Without `state`: all but those who gave up.
    """
    event, _station = to_see(program, call)
    asked = call.read(SignUpQuery)
    states = (asked.state,) if asked.state is not None else running.ORDER
    after, limit = number_in(asked.after), asked.limit
    rows = sign_up_pages.page(program.session, event.id, states, after, limit + 1)
    namesakes = running.namesakes(program.session, event.id, [each[1] for each in rows])
    following = str(rows[limit - 1][0].id) if len(rows) > limit else None
    items = [told(program, event, each, namesakes) for each in rows[:limit]]
    return Page[SignUp](items=items, next=following)


@subject.read(
    "/events/{event}/sign-ups/{sign_up}",
    scope=Scope.SIGN_UPS_READ,
    answers=SignUp,
    records=True,
)
def read_sign_up(program: Program, call: Call) -> SignUp:
    """Tell of one sign-up, as a hook names it."""
    return shown(program, call.number("event"), call.number("sign_up"))


def shown(program: Program, event_id: int, signup_id: int) -> SignUp:
    """A claim after it was changed; who reads its name is recorded."""
    event, station = events.the(program, event_id)
    row = sign_up_pages.one(program.session, event_id, signup_id)
    if row is None:
        raise missing()
    program.require(Act.SEE_LIST, station, team_id=event.team_id, event_id=event.id)
    record(program, event)
    return told(program, event, row, running.namesakes(program.session, event_id, [row[1]]))


def to_see(program: Program, call: Call) -> tuple[Event, object]:
    """The event of the path, once it is recorded that its names are read."""
    event, station = events.found(program, call)
    program.require(Act.SEE_LIST, station, team_id=event.team_id, event_id=event.id)
    record(program, event)
    return event, station


def record(program: Program, event: Event) -> None:
    """Note that this member read the names, unless they did a moment ago."""
    session, by = program.session, program.member.id
    if not running.has_viewed(session, event, by, program.now - OPEN_FOR):
        running.record_view(session, event, by, program.now)


def told(program: Program, event: Event, row: Row, namesakes: Namesakes) -> SignUp:
    claim, member, station = row
    sees = sees_places(program.chat, event)
    name = name_of(claim, member, station, namesakes, sees_places=sees)
    came_at = claim.attended_at
    return SignUp(
        number=claim.id,
        name=program.in_words(name),
        state=claim.state,
        at=program.local(claim.at),
        checked_in_at=program.local(came_at) if came_at is not None else None,
        turn=claim.turn,
        member=claim.member_id if sees else None,
        place=station.name if sees and station is not None else "",
        party=claim.party_id,
        brings=claim.brings,
        is_child=claim.is_child,
        stop=claim.stop,
        seat=claim.seat,
    )
