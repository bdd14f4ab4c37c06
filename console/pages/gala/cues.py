"""The host's page: what is on, what comes next, the cues, and how late the evening is."""

from datetime import timedelta

from bot.conversation.messages import Sayable, say, say_n
from console.desk import Desk
from console.pages.events.section import may, section, to_do
from console.pages.gala.place import PATH, back, clock, evening, here, named
from console.routing import Asked, Done, Page
from handlers.gala.evenings import begins
from models.gala import programme
from models.rules.network.permissions import Act

HERE = f"{PATH}/cues"


@section.page(HERE)
def cues(desk: Desk, asked: Asked) -> Page:
    """For who checks in as well: the host needs no right but to be there."""
    event, station = to_do(desk, asked, Act.CHECK_IN)
    table = programme.timetable(desk.session, event, desk.now)
    facts = {
        "event": event,
        "time_of": clock(desk),
        "here": here(event, "cues"),
        "table": table,
        "left": _left(table.now.ends_at - desk.now) if table.now is not None else "",
        "next_at": begins(table.next, desk.care.zone, desk.now) if table.next is not None else "",
        "late": _late(table.late),
        "runs": may(desk, Act.RUN_EVENT, event, station),
    }
    return Page("gala/cues.html", named(say("Cues"), event), facts)


def _left(left: timedelta) -> Sayable:
    minutes = int(left.total_seconds() // 60)
    if minutes < 0:
        return say_n("{n} minute over", "{n} minutes over", -minutes)
    return say_n("{n} minute left", "{n} minutes left", minutes)


def _late(late: timedelta) -> Sayable:
    minutes = round(late.total_seconds() / 60)
    if minutes > 0:
        return say_n("{n} minute behind the plan", "{n} minutes behind the plan", minutes)
    if minutes < 0:
        return say_n("{n} minute ahead of the plan", "{n} minutes ahead of the plan", -minutes)
    return say("as planned")


@section.act(f"{HERE}/next", again=cues, needs=Act.RUN_EVENT)
def go_on(desk: Desk, asked: Asked) -> Done:
    """Go on to the next item; a second tap of the same button does nothing."""
    event, seen = evening(desk, asked), asked.number("seen", 0) or None
    programme.go_on(desk.session, event.id, desk.member.id, desk.now, seen=seen)
    return back(event, page="cues")


@section.act(f"{HERE}/back", again=cues, needs=Act.RUN_EVENT)
def go_back(desk: Desk, asked: Asked) -> Done:
    """Take back the last step, the end as well; a second tap of the same button does nothing."""
    event, seen = evening(desk, asked), asked.number("seen", 0) or None
    programme.go_back(desk.session, event.id, desk.member.id, desk.now, seen=seen)
    return back(event, say("All right, one step back."), "cues")
