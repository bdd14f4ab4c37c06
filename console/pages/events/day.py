"""The day of an event and after: who is at which stop, a word to who is missing, how it was."""

from bot.conversation.messages import Sayable, say, say_n
from console.desk import Desk
from console.pages.events.section import ONE, may, path_of, section, to_do
from console.routing import Asked, Done, Page, Wrong
from handlers.events.feedback import TOO_FEW, in_short
from handlers.words import title
from models.events import feedback, stops
from models.events.events import Event
from models.rules.network.permissions import Act

PATH = f"{ONE}/day"


@section.page(PATH)
def day(desk: Desk, asked: Asked) -> Page:
    event, station = to_do(desk, asked, Act.CHECK_IN)
    runs = may(desk, Act.RUN_EVENT, event, station)
    found = feedback.shown(desk.session, event.id) if runs and event.ends_at < desk.now else None
    facts = {
        "event": event,
        "rows": _stops(desk, event),
        "runs": runs,
        "is_over": event.ends_at < desk.now,
        "shown": found,
        "in_short": in_short(found) if found is not None else TOO_FEW,
        "longest": stops.LONGEST,
    }
    return Page("events/day.html", say("The day: {title}", title=title(event)), facts)


def _stops(desk: Desk, event: Event) -> list[tuple[str, Sayable, int, int]]:
    """Each stop by its name, in words, with how many are due there and how many are here."""
    if not stops.of(event):
        return []
    said = stops.labels(event)
    return [
        (
            each.stop.name if each.stop is not None else "",
            said[each.stop.name] if each.stop is not None else say("no stop chosen"),
            each.due,
            each.here,
        )
        for each in stops.roll(desk.session, event)
    ]


@section.act(f"{PATH}/word", again=day)
def write(desk: Desk, asked: Asked) -> Done | Wrong:
    """Send a text at once to all who are due at a stop and not there."""
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    words, stop = asked.word("words"), asked.word("stop")
    if not words:
        return Wrong(say("Write what they shall read."), "words")
    if len(words) > stops.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=stops.LONGEST), "words")
    if stop and stop not in {each.name for each in stops.of(event)}:
        return Wrong(say("That's not possible any more."), "stop")
    number = stops.write(desk.session, event.id, words, desk.member.id, desk.now, stop=stop)
    told = say_n("✅ {n} person gets it now.", "✅ {n} people get it now.", number)
    return Done(path_of(event, "day"), told if number else say("Nobody is missing any more."))
