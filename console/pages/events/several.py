"""Events of the list that are cancelled at once, for one reason.

Pressed once, what would become of each is said and nothing is changed; pressed once more, it is
done.
"""

from typing import assert_never

from bot.conversation.messages import Sayable, When, lines, say, say_n
from console.desk import Desk
from console.pages.events.listing import FOUND, events
from console.pages.events.section import PATH, section
from console.pages.sure import is_sure
from console.routing import Asked, BadForm, Done, Wrong
from handlers.events.confirming import MEANWHILE, TOO_LATE, who_is_told
from handlers.events.fields import LONGEST_REASON
from handlers.words import title
from models.events import cancelling
from models.events import events as all_events
from models.events.cancelling import Outcome
from models.events.running import Changed, Meanwhile, TooLate
from models.rules.network.permissions import Act

SURE = "sure-cancel"


@section.act(f"{PATH}/ticked/cancel", needs=Act.RUN_EVENT, again=events)
def cancel(desk: Desk, asked: Asked) -> Done | Wrong:
    seen = _ticked(asked)
    reason = asked.word("why_cancelled")
    if not seen:
        return Wrong(say("Tick an event first."))
    if len(reason) > LONGEST_REASON:
        why = say("That's long; {n} characters at most.", n=LONGEST_REASON)
        return Wrong(why, "why_cancelled")
    known = {
        number: each
        for number, each in seen.items()
        if all_events.for_organizers(desk.session, number) is not None
    }
    done = cancelling.call_off(desk.session, known, reason, desk.member.id, desk.now)
    number = sum(isinstance(each, Changed) for _event, each in done)
    # What stays as it is stands first: it is what somebody has to look at.
    done = sorted(done, key=lambda each: isinstance(each[1], Changed))
    rows = [_line(desk, *each) for each in done]
    if number and not is_sure(asked, SURE):
        return Wrong(lines(*rows, say("Press once more to cancel them.")), SURE)
    if not number:
        return Wrong(lines(*rows))
    said = say_n("❌ {n} event is cancelled.", "❌ {n} events are cancelled.", number)
    return Done(f"/console{PATH}", lines(said, *rows))


def _ticked(asked: Asked) -> dict[int, int]:
    """The revisions of the events that are ticked. Raises BadForm for what no page sends."""
    found = {}
    for each in asked.every("pick"):
        number, _, revision = each.partition("-")
        if not (number.isdecimal() and revision.isdecimal() and len(each) < 20):
            raise BadForm("pick")
        found[int(number)] = int(revision)
    if len(found) > FOUND:
        raise BadForm("pick")
    return found


def _line(desk: Desk, number: int, done: Outcome) -> Sayable:
    event = all_events.for_organizers(desk.session, number)
    assert event is not None
    match done:
        case Changed():
            what = who_is_told(desk.chat, done)
        case TooLate(why=why):
            what = TOO_LATE[why]
        case Meanwhile():
            what = MEANWHILE
        case None:
            what = say("That's not yours to do.")
        case never:
            assert_never(never)
    called = lines(title(event), When(event.starts_at), between=" · ")
    return say("{label}: {value}", label=called, value=what)
