"""The draw of an event: how it stands, what is published of it, and its steps."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from console.api import events
from console.api.acts import SURE, asked, done
from console.api.events import subject
from console.api.program import Program
from console.api.questions import to_run
from console.api.routing import Call, missing
from console.api.schemas import NO_NUL, At, Strict
from console.pages.events import draw as desk
from console.routing import Does
from handlers.events.drawing import WHY_NOT
from models.events import draws
from models.rules.events import draws as rules
from models.rules.events.states import DrawState
from models.rules.network.scopes import Scope

READ, WRITE = Scope.EVENTS_READ, Scope.EVENTS_WRITE
PATH = "/events/{event}/draw"


class DrawTold(BaseModel):
    """How the draw of an event stands. What is null or empty has not come about."""

    event: int
    state: DrawState
    why_not: str = Field(description="Why its seats cannot be drawn, where they are not.")
    entered: int = Field(description="People in the draw.")
    commitment: str = Field(description="The hash of our secret, published at the beginning.")
    number_name: str = Field(description="Which public number is drawn with; empty: none is named.")
    number: str | None = Field(description="That number; empty where it was drawn without one.")
    admits_web: bool = Field(description="Whether who has a web chat alone may enter.")
    opened_at: At | None
    closed_at: At | None = Field(description="When the list was fixed.")
    list_hash: str
    drawn_at: At | None


class DrawRecord(BaseModel):
    """What is published of a draw: it grows with it, and verifies with `yizhan draw verify`."""

    model_config = ConfigDict(extra="allow")

    format: str
    event: int
    state: DrawState
    commitment: str
    number_name: str
    list_hash: str = ""
    secret: str = ""


class NumberName(Strict):
    name: Annotated[
        str, StringConstraints(min_length=1, max_length=rules.LONGEST_NAME, pattern=NO_NUL)
    ]


class PublicNumber(Strict):
    number: Annotated[
        Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] | None,
        Field(description="Its digits, three at least; null draws without a public number."),
    ]


def shown(program: Program, event_id: int) -> DrawTold:
    event, _station = events.the(program, event_id)
    program.session.refresh(event)
    found = draws.of_event(program.session, event) if event.draw else None
    why = draws.why_not(event, program.now) if found is None else None
    return DrawTold(
        event=event_id,
        state=event.draw,
        why_not=program.in_words(WHY_NOT[why]) if why is not None else "",
        entered=event.entered,
        commitment=rules.commitment_of(found.secret) if found else "",
        number_name=found.number_name if found else "",
        number=found.number if found else None,
        admits_web=found is not None and found.admits_web,
        opened_at=program.local(found.opened_at) if found else None,
        closed_at=program.local(found.closed_at) if found and found.closed_at else None,
        list_hash=found.list_hash if found else "",
        drawn_at=program.local(found.drawn_at) if found and found.drawn_at else None,
    )


@subject.read(PATH, scope=READ, answers=DrawTold)
def read_draw(program: Program, call: Call) -> DrawTold:
    """Tell how the draw of an event stands."""
    event, _station = to_run(program, call)
    return shown(program, event.id)


@subject.read(f"{PATH}/record", scope=READ, answers=DrawRecord)
def read_draw_record(program: Program, call: Call) -> DrawRecord:
    """Tell what is published of the draw of an event, as everybody may read it."""
    event, _station = events.found(program, call)
    record = draws.record_of(program.session, event.id)
    if record is None:
        raise missing()
    return DrawRecord.model_validate(record)


@subject.write(PATH, scope=WRITE, answers=DrawTold, shows=shown)
def set_up_draw(program: Program, call: Call) -> tuple[int, ...]:
    """Let the seats of an event be drawn; not after somebody has signed up for it."""
    return _step(program, call, desk.set_up, {})


@subject.write(PATH, scope=WRITE, answers=DrawTold, shows=shown, method="DELETE")
def take_draw_back(program: Program, call: Call) -> tuple[int, ...]:
    """Give the seats to who comes first again, while nobody has entered."""
    return _step(program, call, desk.take_back, {})


@subject.write(f"{PATH}/name", scope=WRITE, answers=DrawTold, shows=shown, body=NumberName)
def name_public_number(program: Program, call: Call) -> tuple[int, ...]:
    """Name the public number that is drawn with: once, before entries close."""
    return _step(program, call, desk.name, {"name": call.read(NumberName).name})


@subject.write(f"{PATH}/web", scope=WRITE, answers=DrawTold, shows=shown)
def admit_web(program: Program, call: Call) -> tuple[int, ...]:
    """Let people enter of whom only a web chat is known; they are counted apart."""
    return _step(program, call, desk.admit_web, {})


@subject.write(f"{PATH}/number", scope=WRITE, answers=DrawTold, shows=shown, body=PublicNumber)
def enter_public_number(program: Program, call: Call) -> tuple[int, ...]:
    """Draw, once entries are closed; it cannot be done twice.

    The result stands a moment later.
    """
    number = call.read(PublicNumber).number
    words = {"number": number, "without": number is None, **SURE}
    return _step(program, call, desk.enter, words)


def _step(program: Program, call: Call, act: Does, words: dict[str, Any]) -> tuple[int, ...]:
    number = call.number("event")
    done(act(program, asked({"event": number}, words)))
    return (number,)
