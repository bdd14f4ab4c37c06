"""What the token's member signed up for themselves, at events of whichever place."""

from typing import assert_never

from pydantic import BaseModel, Field

from bot.conversation.messages import Sayable, say
from console.api.me import subject
from console.api.problems import Problem
from console.api.program import Program
from console.api.routing import Call, missing
from console.api.schemas import At, Page
from handlers.events.refusals import NOT_GIVEN_UP
from handlers.words import title
from models.events import events, signups, walking_in
from models.events.events import Event, SignupState
from models.events.signups import GaveUp, Kept
from models.rules.events import undated
from models.rules.events.windows import Why
from models.rules.network.scopes import Scope

PATH = "/me/sign-ups"


class OwnSignUp(BaseModel):
    """A sign-up of the token's member; `number` is what the event's list calls it."""

    event: int
    title: str
    starts_at: At | None = Field(description="Null while its date is to come.")
    number: int
    state: SignupState


def shown(program: Program, event_id: int) -> OwnSignUp:
    event = events.get(program.session, event_id)
    claim = walking_in.claim_of(program.session, event_id, program.member.id)
    if event is None or claim is None:
        raise missing()
    return _told(program, event, claim.id, claim.state)


def _told(program: Program, event: Event, number: int, state: SignupState) -> OwnSignUp:
    is_dated = not undated.is_to_come(event.starts_at)
    starts_at = program.local(event.starts_at) if is_dated else None
    return OwnSignUp(
        event=event.id, title=event.title, starts_at=starts_at, number=number, state=state
    )


@subject.read(PATH, scope=Scope.SIGN_UPS_READ, answers=Page[OwnSignUp])
def list_own_sign_ups(program: Program, call: Call) -> Page[OwnSignUp]:
    """List what the token's member signed up for and is not over, the soonest first."""
    found = signups.of_member(program.session, program.member.id, program.now)
    return Page[OwnSignUp](
        items=[_told(program, event, claim.id, claim.state) for claim, event in found]
    )


@subject.write(
    f"{PATH}/{{event}}/cancel", scope=Scope.SIGN_UPS_WRITE, answers=OwnSignUp, shows=shown
)
def cancel_own_sign_up(program: Program, call: Call) -> tuple[int, ...]:
    """Give up the seat, the offer or the place in the queue of the token's member.

    Who came along with them gives up as well; a free seat is offered to the queue.
    """
    number = call.number("event")
    by, care = program.member.id, program.care
    match signups.give_up(program.session, number, by, care, program.now):
        case GaveUp():
            return (number,)
        case None | Kept(_, Why.NO_SUCH_CLAIM):
            raise missing()
        case Kept(why=why):
            event = events.get(program.session, number)
            assert event is not None
            raise Problem(409, _why(event, why))
        case never:
            assert_never(never)


def _why(event: Event, why: Why) -> Sayable:
    if why is Why.CHECKED_IN:
        return say("Who is checked in has been there.")
    return say(NOT_GIVEN_UP[why].id, title=title(event))
