"""The hall of an event: said in a line, people seated, the plan and the cards to print."""

from typing import assert_never

from bot.conversation.messages import lines, say
from console.desk import Desk
from console.pages.events.editing import SURE
from console.pages.events.files import called, require_opened, sees_places
from console.pages.events.section import ONE, path_of, section, to_do
from console.routing import Asked, Done, File, Missing, Page, Wrong
from handlers.events.confirming import MEANWHILE, TOO_LATE
from handlers.events.halls import changes, make_cards, make_picture, make_plan, why_unread
from handlers.events.printing import KINDS
from handlers.words import title
from models.events import halls, running, sitting
from models.events.running import Meanwhile, TooLate
from models.events.sitting import Seated
from models.rules.events import halls as rules
from models.rules.events.halls import Unread
from models.rules.network.permissions import Act
from papers.facts import Order

PATH = f"{ONE}/hall"
MAKERS = {
    "plan.pdf": (make_plan, KINDS["pdf"]),
    "plan.png": (make_picture, KINDS["png"]),
    "cards.pdf": (make_cards, KINDS["pdf"]),
}


@section.page(PATH, needs=Act.RUN_EVENT)
def hall(desk: Desk, asked: Asked) -> Page:
    event, _station = to_do(desk, asked)
    facts = {
        "event": event,
        "stand": sitting.standing(desk.session, event) if event.hall else None,
        "longest": rules.LONGEST,
    }
    return Page("events/hall.html", say("Hall: {title}", title=title(event)), facts)


@section.act(PATH, again=hall, needs=Act.RUN_EVENT)
def set_hall(desk: Desk, asked: Asked) -> Done | Wrong:
    """Say which rows or tables the hall has; nothing: nobody has a seat of their own."""
    event, _station = to_do(desk, asked)
    words, by, seen = " ".join(asked.word("hall").split()), desk.member.id, asked.number("revision")
    if len(words) > rules.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=rules.LONGEST), "hall")
    match halls.set_hall(desk.session, event.id, words, by, desk.now, seen=seen):
        case Meanwhile():
            return Wrong(MEANWHILE)
        case TooLate(why=why):
            return Wrong(TOO_LATE[why])
        case Unread() as unread:
            return Wrong(why_unread(unread), "hall")
        case Seated() as done:
            nobody = say("✅ Nobody has a seat of their own now.")
            noted = lines(say("✅ Noted."), changes(done))
            return Done(path_of(event, "hall"), noted if done.event.hall else nobody)
        case never:
            assert_never(never)


@section.act(f"{PATH}/seat", again=hall, needs=Act.RUN_EVENT)
def seat(desk: Desk, asked: Asked) -> Done | Wrong:
    """Seat who has no seat, or all anew; of the latter what would change is said before."""
    event, _station = to_do(desk, asked)
    anew = asked.is_on("anew")
    if anew and not asked.is_on(SURE):
        would = changes(sitting.would_seat(desk.session, event)) if event.hall else None
        if would is None:
            return Done(path_of(event, "hall"), say("Everybody would sit where they sit."))
        return Wrong(lines(would, say("Whoever moves gets a message. Press once more.")), SURE)
    match halls.seat(desk.session, event.id, desk.member.id, desk.now, anew=anew):
        case None:
            return Wrong(say("Say which hall it is first."), "hall")
        case TooLate(why=why):
            return Wrong(TOO_LATE[why])
        case Seated() as done:
            return Done(path_of(event, "hall"), lines(say("✅ Done."), changes(done)))
        case never:
            assert_never(never)


@section.act(f"{PATH}/paper", again=hall, needs=Act.RUN_EVENT)
def open_paper(desk: Desk, asked: Asked) -> Done:
    """Record who takes a paper with names, then go on to it."""
    event, _station = to_do(desk, asked)
    if not event.hall or asked.word("kind") not in MAKERS:
        raise Missing
    running.record_view(desk.session, event, desk.member.id, desk.now, what="file")
    return Done(path_of(event, f"hall/{asked.word('kind')}"))


@section.page(f"{PATH}/{{kind}}", needs=Act.RUN_EVENT)
def paper(desk: Desk, asked: Asked) -> File:
    event, station = to_do(desk, asked)
    require_opened(desk, event, "file")
    kind = str(asked.path["kind"])
    if not event.hall or kind not in MAKERS:
        raise Missing
    make, media_type = MAKERS[kind]
    zone, sees = str(desk.care.zone), int(sees_places(desk, station))
    at, language = desk.now.isoformat(), desk.reader.language
    made = make(desk.session, desk.member.id, event.id, language, zone, sees, at)
    name = called(desk, event, kind.rpartition(".")[2])
    return File(name, media_type, made if isinstance(made, Order) else lambda: made)
