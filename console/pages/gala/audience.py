"""What the audience writes: lines to be shown or hidden, and questions to the stage."""

from bot.conversation.messages import say, say_n
from console.desk import Desk
from console.pages.events.section import section
from console.pages.gala.place import PATH, back, clock, evening, here, named
from console.routing import Asked, Done, Missing, Page
from models.gala import lines, stage
from models.gala.lines import LineState
from models.gala.stage import QuestionState
from models.network import members
from models.rules.network.permissions import Act

HERE = f"{PATH}/audience"
AT_ONCE = 30
"""Lines and questions of a page: what somebody can read before they are shown anew."""


@section.page(HERE, needs=Act.RUN_EVENT)
def audience(desk: Desk, asked: Asked) -> Page:
    event = evening(desk, asked)
    session = desk.session
    waiting, shown, hidden = (
        lines.queue(session, event.id, state, AT_ONCE)
        for state in (LineState.WAITING, LineState.SHOWN, LineState.HIDDEN)
    )
    questions = [
        (state, stage.in_state(session, event.id, state, AT_ONCE))
        for state in (QuestionState.WAITING, QuestionState.SHOWN)
    ]
    asked_by = [each.member_id for _state, some in questions for each in some]
    wrote = [each.member_id for each in (*waiting, *shown, *hidden)]
    facts = {
        "event": event,
        "time_of": clock(desk),
        "here": here(event, "audience"),
        "waiting": waiting,
        "waits": lines.waiting(session, event.id),
        "shown": shown,
        "hidden": hidden,
        "questions": questions,
        "names": members.names_of(session, filter(None, (*wrote, *asked_by))),
        "sees_people": desk.holds(Act.BLOCK_MEMBER),
    }
    return Page("gala/audience.html", named(say("Audience"), event), facts)


@section.act(f"{HERE}/lines", again=audience, needs=Act.RUN_EVENT)
def decide(desk: Desk, asked: Asked) -> Done:
    """Show some lines, or hide them."""
    event, is_shown = evening(desk, asked), asked.is_on("shown")
    numbers = [int(each) for each in asked.every("line") if each.isdecimal() and len(each) < 10]
    done = lines.decide(desk.session, event.id, numbers, desk.member.id, desk.now, shown=is_shown)
    shown, hid = (
        say_n("✅ {n} line shown.", "✅ {n} lines shown.", done),
        say_n("✅ {n} line hidden.", "✅ {n} lines hidden.", done),
    )
    return back(event, (shown if is_shown else hid) if len(numbers) > 1 else "", "audience")


@section.act(f"{HERE}/questions", again=audience, needs=Act.RUN_EVENT)
def answer(desk: Desk, asked: Asked) -> Done:
    """Show a question, note that it was answered, or hide it."""
    event, word = evening(desk, asked), asked.word("state")
    if word not in set(QuestionState):
        raise Missing
    by, now, state = desk.member.id, desk.now, QuestionState(word)
    if stage.decide(desk.session, event.id, asked.number("question"), state, by, now) is None:
        raise Missing
    return back(event, page="audience")
