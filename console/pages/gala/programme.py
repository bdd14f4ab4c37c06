"""The programme of an evening as it is planned, and its second screen."""

from functools import partial

from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from console.pages.events.section import section
from console.pages.gala.place import PATH, back, clock, evening, here, named
from console.routing import Asked, Done, Missing, Page, Wrong
from models.events import running
from models.events.events import Event
from models.gala import programme as programmes
from models.gala import screens
from models.gala.screens import Moderation, Screen, Shows
from models.rules.events.states import DrawState
from models.rules.gala import lines as line_rules
from models.rules.gala import running_order as rules
from models.rules.gala.running_order import Item
from models.rules.network.permissions import Act

SHOWS: dict[Shows, Sayable] = {
    Shows.PROGRAMME: say("Programme"),
    Shows.POLL: say("Poll"),
    Shows.DRAW: say("Draw"),
    Shows.QUESTIONS: say("Questions to the stage"),
    Shows.STAGE: say("Singers on the stage, and their places"),
}
MODERATION: dict[Moderation, Sayable] = {
    Moderation.BEFORE: say("shown once somebody has read them"),
    Moderation.AFTER: say("shown at once, hidden afterwards where needed"),
    Moderation.OFF: say("nobody writes lines"),
}
NO_SCREEN = say("Open the screen first.")


@section.page(PATH, needs=Act.RUN_EVENT)
def programme(desk: Desk, asked: Asked) -> Page:
    event = evening(desk, asked)
    screen = screens.of_event(desk.session, event.id)
    facts = {
        "event": event,
        "time_of": clock(desk),
        "here": here(event),
        "table": programmes.timetable(desk.session, event, desk.now),
        "screen": screen,
        "shows": SHOWS,
        "draws": _draws(desk, event),
        "moderation": list(MODERATION.items()),
        "rules": rules,
        "lines": line_rules,
        "note": screens.LONGEST_NOTE,
    }
    return Page("gala/programme.html", named(say("Programme"), event), facts)


def _draws(desk: Desk, event: Event) -> list[tuple[int, Sayable]]:
    """The draws that may be shown: of this event and of others that the member runs."""
    rows = running.events_of(desk.session, desk.member.id, desk.now, past=False, limit=50)
    found = {each.id: each for each in (event, *rows) if each.draw is not DrawState.NONE}
    return [(number, each.text_of("title")) for number, each in found.items()]


# The items


@section.act(PATH, again=programme, needs=Act.RUN_EVENT)
def add(desk: Desk, asked: Asked) -> Done | Wrong:
    """Append what was pasted, a line an item."""
    event = evening(desk, asked)
    read = rules.read(asked.word("items"))
    if isinstance(read, int):
        return Wrong(
            say("Line {n} needs a title, and minutes as a number; nothing was added.", n=read),
            "items",
        )
    added = programmes.add(desk.session, event.id, read, desk.member.id, desk.now)
    if not added:
        return Wrong(say("Write at least one line."), "items")
    return back(event, say_n("✅ {n} item added.", "✅ {n} items added.", len(added)))


@section.page(f"{PATH}/items/{{item:int}}", needs=Act.RUN_EVENT)
def item(desk: Desk, asked: Asked) -> Page:
    event = evening(desk, asked)
    row = programmes.get(desk.session, event.id, asked.number("item"))
    if row is None:
        raise Missing
    facts = {"event": event, "here": here(event), "item": row, "rules": rules}
    return Page("gala/item.html", say("Item: {title}", title=row.title), facts)


@section.act(f"{PATH}/items/{{item:int}}", again=item, needs=Act.RUN_EVENT)
def change(desk: Desk, asked: Asked) -> Done | Wrong:
    event = evening(desk, asked)
    row = _row(desk, asked, event)
    typed = (asked.word(name) for name in ("title", "who", "minutes", "cue"))
    read = rules.item_of(*typed)
    if not isinstance(read, Item):
        return Wrong(say("It needs a title, and minutes from 1 to {n}.", n=rules.MOST_MINUTES))
    programmes.change(desk.session, row, read, desk.member.id, desk.now)
    return back(event, say("✅ Noted."))


@section.act(f"{PATH}/items/{{item:int}}/move", again=programme, needs=Act.RUN_EVENT)
def move(desk: Desk, asked: Asked) -> Done:
    event = evening(desk, asked)
    step = -1 if asked.is_on("earlier") else 1
    programmes.move(desk.session, _row(desk, asked, event), step, desk.member.id, desk.now)
    return back(event)


@section.act(f"{PATH}/items/{{item:int}}/remove", again=programme, needs=Act.RUN_EVENT)
def remove(desk: Desk, asked: Asked) -> Done:
    event = evening(desk, asked)
    programmes.remove(desk.session, _row(desk, asked, event), desk.member.id, desk.now)
    return back(event, say("✅ Taken out."))


def _row(desk: Desk, asked: Asked, event: Event) -> int:
    row = programmes.get(desk.session, event.id, asked.number("item"))
    if row is None:
        raise Missing
    return row.id


# The second screen


@section.act(f"{PATH}/screen", again=programme, needs=Act.RUN_EVENT)
def open_screen(desk: Desk, asked: Asked) -> Done | Wrong:
    """Open the screen, or give it another link; the link is shown once."""
    event = evening(desk, asked)
    if not desk.house.link_to("/"):
        return Wrong(
            say(
                "The screen needs the station's public address, which is not set yet. Ask whoever "
                "runs the station to set public_url under [server]."
            )
        )
    opened = screens.open_one(desk.session, event.id, desk.member.id, desk.now)
    link = desk.house.link_to(f"/screen/{opened.token}")
    # Each link stands on a line of its own: so it can be opened, and copied whole.
    said = lines(
        say("✅ Keep these links now, they are shown only once."),
        say("For phones:"),
        link,
        say("For the wall:"),
        f"{link}?wall",
    )
    return back(event, said)


@section.act(f"{PATH}/screen/shows", again=programme, needs=Act.RUN_EVENT)
def show(desk: Desk, asked: Asked) -> Done | Wrong:
    event, word = evening(desk, asked), asked.word("shows")
    if word not in set(Shows):
        raise Missing
    draw = asked.number("draw", 0) or None
    shown = screens.show(
        desk.session, event.id, Shows(word), desk.member.id, desk.now, draw_event_id=draw
    )
    return _done(event, shown, say("✅ The wall shows it now."))


@section.act(f"{PATH}/screen/note", again=programme, needs=Act.RUN_EVENT)
def note(desk: Desk, asked: Asked) -> Done | Wrong:
    event = evening(desk, asked)
    words = asked.word("note")
    shown = screens.say(desk.session, event.id, words, desk.member.id, desk.now)
    return _done(event, shown, say("✅ It stands on the screen.") if words else say("✅ Gone."))


@section.act(f"{PATH}/screen/audience", again=programme, needs=Act.RUN_EVENT)
def set_up(desk: Desk, asked: Asked) -> Done | Wrong:
    event, word = evening(desk, asked), asked.word("lines")
    if word not in set(Moderation):
        raise Missing
    put = partial(
        screens.set_up,
        lines=Moderation(word),
        seconds=asked.number("seconds", line_rules.SECONDS),
        banned=asked.word("banned"),
        questions=asked.is_on("questions"),
    )
    return _done(event, put(desk.session, event.id, desk.member.id, desk.now), say("✅ Noted."))


def _done(event: Event, screen: Screen | None, said: Sayable) -> Done | Wrong:
    return back(event, said) if screen is not None else Wrong(NO_SCREEN)
