"""What is done with several people of an event at once: those who are ticked on its list."""

from bot.conversation.messages import say, say_n
from console.desk import Desk
from console.pages.events.people import back_to_list, people
from console.pages.events.section import ONE, section, to_do
from console.routing import Asked, BadForm, Done, Wrong
from models.events import checking_in, stops
from models.events.checking_in import CheckedIn
from models.rules.network.permissions import Act
from models.rules.texts import one_line

MOST = 50
"""A page of the list."""


def _ticked(asked: Asked) -> list[int]:
    """The claims that are ticked. Raises BadForm for what no page sends."""
    found = list(dict.fromkeys(asked.every("pick")))
    if len(found) > MOST or not all(each.isdecimal() and len(each) < 10 for each in found):
        raise BadForm("pick")
    return [int(each) for each in found]


@section.act(f"{ONE}/ticked/check-in", again=people)
def check_in(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    picked = _ticked(asked)
    if not picked:
        return Wrong(say("Tick somebody first."))
    who = (desk.member.id, desk.now)
    done = [checking_in.from_list(desk.session, event.id, each, *who) for each in picked]
    here = sum(isinstance(each, CheckedIn) for each in done)
    if not here:
        return Wrong(say("None of them can be checked in now."))
    said = say_n("✅ {n} person is checked in.", "✅ {n} people are checked in.", here)
    return Done(back_to_list(event, asked), said)


@section.act(f"{ONE}/ticked/write", again=people)
def write(desk: Desk, asked: Asked) -> Done | Wrong:
    """Send a short text to those who are ticked and have a seat, from the station, at once."""
    event, _station = to_do(desk, asked, Act.RUN_EVENT)
    picked, text = _ticked(asked), one_line(asked.word("text"))
    if not picked:
        return Wrong(say("Tick somebody first."))
    if not text:
        return Wrong(say("Write a few words."), "text")
    if len(text) > stops.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=stops.LONGEST), "text")
    told = stops.write(desk.session, event.id, text, desk.member.id, desk.now, signup_ids=picked)
    if not told:
        return Wrong(say("None of them has a seat and a chat."))
    said = say_n("✅ {n} person gets it now.", "✅ {n} people get it now.", told)
    return Done(back_to_list(event, asked), said)
