"""How the seats of an event are shared out: read, and set as a whole."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.conversation.messages import say
from console.api import events
from console.api.changing import Revision
from console.api.events import subject
from console.api.problems import Problem
from console.api.program import Program
from console.api.questions import to_run
from console.api.routing import Call
from console.api.schemas import NO_NUL, At, Sent, Strict
from console.pages.events.editing import shared_out
from handlers.events import room, shares
from models.events import quotas
from models.events.quotas import MOST_QUOTAS
from models.rules.events import undated
from models.rules.events.shares import Said
from models.rules.network.scopes import Scope

PATH = "/events/{event}/quotas"
Seats = Annotated[int, Field(ge=0, le=100_000)]
Group = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=NO_NUL),
    Field(
        description="The name of a place, company or team, an answer to a question of the event, "
        "a stop, an interest or a shift, as organizers write it in the chat."
    ),
]


class Quota(Strict):
    """Seats for a group: `least` are kept for it, it may have `most`; null sets no limit."""

    group: Group
    least: Seats = 0
    most: Seats | None = None


class QuotaTold(BaseModel):
    """A quota, with how many of its group hold a seat or wait for one."""

    group: str
    least: int
    most: int | None
    held: int | None = Field(description="Null once the quotas have ended.")
    waiting: int


class QuotasTold(BaseModel):
    """How the seats are shared out. Who is in no group shares what is left."""

    event: int
    revision: int = Field(description="Of the event; goes into what changes it.")
    seats: int | None
    until: At | None = Field(description="When what nobody took is released; null: never.")
    quotas: list[QuotaTold]


class Quotas(Strict):
    """All quotas of an event, in place of those it has; none: anybody may have any seat."""

    revision: Revision
    quotas: Annotated[list[Quota], Field(max_length=MOST_QUOTAS)]
    until: Sent | None = None


def shown(program: Program, event_id: int) -> QuotasTold:
    event, _station = events.the(program, event_id)
    session, now = program.session, program.now
    session.refresh(event)
    held = {each.number: each.held for each in quotas.room_of(session, event, now).quotas}
    waiting, until = quotas.waiting_in(session, event_id), event.quotas_until
    return QuotasTold(
        event=event_id,
        revision=event.revision,
        seats=event.seats,
        until=program.local(until) if until is not None else None,
        quotas=[
            QuotaTold(
                group=program.in_words(room.group(session, event, each.share)),
                least=each.share.least,
                most=each.share.most,
                held=held.get(each.id),
                waiting=waiting[each.id],
            )
            for each in quotas.of_event(session, event_id)
        ],
    )


@subject.read(PATH, scope=Scope.EVENTS_READ, answers=QuotasTold)
def read_quotas(program: Program, call: Call) -> QuotasTold:
    """Tell how the seats of an event are shared out."""
    event, _station = to_run(program, call)
    return shown(program, event.id)


@subject.write(
    PATH, scope=Scope.EVENTS_WRITE, answers=QuotasTold, shows=shown, body=Quotas, method="PUT"
)
def share_out(program: Program, call: Call) -> tuple[int, ...]:
    """Share the seats of an event out anew.

    Nobody loses a seat; who waits is asked anew.
    """
    event, _station = to_run(program, call)
    sent = call.read(Quotas)
    for place, each in enumerate(sent.quotas):
        if each.most is not None and each.least > each.most:
            raise Problem(422, say("`most` is not fewer than `least`."), f"quotas.{place}.most")
        if not each.least and each.most is None:
            raise Problem(422, say("Say `least`, `most` or both."), f"quotas.{place}.least")
    said = [Said(each.group, each.least, each.most) for each in sent.quotas]
    found, unknown = shares.shares_of(program.session, event, said)
    if unknown:
        place = len(found)
        raise Problem(422, shares.nobody_called(unknown), f"quotas.{place}.group")
    _require_ahead(program, event.starts_at, sent.until)
    shared_out(program, event, found, sent.until, seen=sent.revision)
    return (event.id,)


def _require_ahead(program: Program, starts_at: datetime, until: datetime | None) -> None:
    """Raises Problem for a moment at which nothing can be released any more, or yet."""
    if until is None:
        return
    last = program.now if undated.is_to_come(starts_at) else starts_at
    if not program.now < until <= last:
        raise Problem(422, say("It lies ahead, and not after the start of the event."), "until")
