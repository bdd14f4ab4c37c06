"""Signing people up for an event, taking names off, and checking in."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from bot.conversation.messages import say
from console.api import events
from console.api.acts import asked, done
from console.api.changing import Reason
from console.api.problems import Problem
from console.api.program import Program
from console.api.routing import Call, missing
from console.api.schemas import NO_NUL, Number, Strict
from console.api.sign_ups import SignUp, shown, subject
from console.pages.events import people
from console.routing import Does
from handlers.events.arrivals import outcome
from handlers.events.name_lists import what_became
from models.events import chains, checking_in, kept_names, sign_up_pages
from models.events.chains import Chosen, Closed
from models.events.checking_in import CheckedIn, CheckInOutcome
from models.events.events import Event
from models.members import sheets
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

WRITE = Scope.SIGN_UPS_WRITE
ONE = "/events/{event}/sign-ups/{sign_up}"
LONGEST_NAME = 40

NO_ROOM = say("No seat is free for a name alone; a member could wait for one.")


class NewSignUp(Strict):
    """Either a member, who is told and may refuse, or the name of somebody without a chat."""

    member: Number | None = None
    name: Annotated[
        str, StringConstraints(max_length=LONGEST_NAME, pattern=NO_NUL, strip_whitespace=True)
    ] = ""


class CodeShown(Strict):
    """The six digits that somebody shows at the door."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    client_id: Annotated[
        str,
        StringConstraints(max_length=64, pattern=r"^[!-~]*$"),
        Field(description="What the device calls this check-in; told twice, it is one."),
    ] = ""


@subject.write(
    "/events/{event}/sign-ups", scope=WRITE, answers=SignUp, shows=shown, body=NewSignUp, status=201
)
def sign_up(program: Program, call: Call) -> tuple[int, ...]:
    """Sign somebody up, by the rules for everybody.

    A member may get a place in the queue; a name alone gets a seat or none. Who has a claim keeps
    it.
    """
    event, station = events.found(program, call)
    sent = call.read(NewSignUp)
    if (sent.member is None) == (not sent.name):
        raise Problem(422, say("Send a member's number, or a name."), "member")
    program.require(Act.RUN_EVENT, station, team_id=event.team_id, event_id=event.id)
    who = (program.session, sent.member or 0, program.member.id, program.now)
    if sent.member is not None and not sheets.may_open(*who):
        raise Problem(422, say("There is no such member, or not for this token."), "member")
    chosen = [Chosen(sent.name, sent.member)]
    by, care, now = program.member.id, program.care, program.now
    made = chains.sign_up(program.session, event.id, chosen, by, care, now)
    if isinstance(made, Closed):
        raise Problem(409, say("It takes no sign-ups now."))
    claim = sign_up_pages.claimed(program.session, event.id, sent.member, sent.name)
    if claim is None:
        raise Problem(409, NO_ROOM if made.full else what_became(made))
    return event.id, claim


@subject.write(f"{ONE}/cancel", scope=WRITE, answers=SignUp, shows=shown)
def take_name_off(program: Program, call: Call) -> tuple[int, ...]:
    """Free the seat that is kept for a name; it is offered to the queue.

    What members signed up for themselves they give up themselves: see `/me/sign-ups`.
    """
    event, _station = _to_act(program, call, Act.RUN_EVENT)
    number = call.number("sign_up")
    if sign_up_pages.one(program.session, event.id, number) is None:
        raise missing()
    by, care = program.member.id, program.care
    if not kept_names.take_off(program.session, event.id, number, by, care, program.now):
        raise Problem(409, say("That seat is kept for no name: only its member gives it up."))
    return event.id, number


@subject.write(f"{ONE}/let-in", scope=WRITE, answers=SignUp, shows=shown)
def let_in(program: Program, call: Call) -> tuple[int, ...]:
    """Grant the request of somebody who waits for an organizer's yes; they are told."""
    return _answered(program, call, people.let_in, {})


@subject.write(
    f"{ONE}/refuse",
    scope=WRITE,
    answers=SignUp,
    shows=shown,
    body=Reason,
)
def refuse(program: Program, call: Call) -> tuple[int, ...]:
    """Refuse the request of somebody who waits for an organizer's yes; they read the reason."""
    return _answered(program, call, people.refuse, {"reason": call.read(Reason).reason})


def _answered(program: Program, call: Call, act: Does, words: dict[str, Any]) -> tuple[int, ...]:
    event, _station = _to_act(program, call, Act.RUN_EVENT)
    number = call.number("sign_up")
    if sign_up_pages.one(program.session, event.id, number) is None:
        raise missing()
    done(act(program, asked({"event": event.id}, {**words, "claim": number})))
    return event.id, number


@subject.write(f"{ONE}/check-in", scope=WRITE, answers=SignUp, shows=shown)
def check_in(program: Program, call: Call) -> tuple[int, ...]:
    """Check somebody in from the list; who is checked in already stays so."""
    event, _station = _to_act(program, call, Act.CHECK_IN)
    number, by = call.number("sign_up"), program.member.id
    if sign_up_pages.one(program.session, event.id, number) is None:
        raise missing()
    came = checking_in.from_list(program.session, event.id, number, by, program.now)
    return event.id, _came(program, event, came)


@subject.write(
    f"{ONE}/check-in",
    scope=WRITE,
    answers=SignUp,
    shows=shown,
    method="DELETE",
)
def undo_check_in(program: Program, call: Call) -> tuple[int, ...]:
    """Undo a check-in that was made by mistake."""
    event, _station = _to_act(program, call, Act.CHECK_IN)
    number, by = call.number("sign_up"), program.member.id
    if sign_up_pages.one(program.session, event.id, number) is None:
        raise missing()
    came = checking_in.undo(program.session, event.id, number, by, program.now)
    return event.id, _came(program, event, came)


@subject.write(
    "/events/{event}/check-ins", scope=WRITE, answers=SignUp, shows=shown, body=CodeShown
)
def check_in_by_code(program: Program, call: Call) -> tuple[int, ...]:
    """Check somebody in by the code that they show.

    Wrong codes are counted, and after some there is a wait.
    """
    event, _station = _to_act(program, call, Act.CHECK_IN)
    sent = call.read(CodeShown)
    came = checking_in.by_code(
        program.session,
        event.id,
        sent.code,
        program.member.id,
        program.now,
        client_id=sent.client_id,
    )
    return event.id, _came(program, event, came)


def _to_act(program: Program, call: Call, act: Act) -> tuple[Event, Station]:
    event, station = events.found(program, call)
    program.require(act, station, team_id=event.team_id, event_id=event.id)
    return event, station


def _came(program: Program, event: Event, done: CheckInOutcome) -> int:
    """The number of the claim that was checked in. Raises Problem with why nobody was."""
    if isinstance(done, CheckedIn):
        return done.signup.id
    raise Problem(409, outcome(program.chat, event, done))
