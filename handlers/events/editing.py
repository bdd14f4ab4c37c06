"""Correcting a published event: its fields as a list, each asked by one question with a preview."""

from collections.abc import Generator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import (
    Button,
    Choice,
    Lines,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.actions import MENU, Mine
from handlers.events import audiences, changing, gates, gating, meant, running, signups
from handlers.events.buttons import MY_EVENTS, Edit, MyEvents, Run
from handlers.events.cards import event_card
from handlers.events.confirming import NOTHING_CHANGED, meanwhile, seen_of, too_late
from handlers.events.fields import CHECKS, FIELDS, LABELS, EventForm
from handlers.events.publishing import places_of
from handlers.events.running import to_run
from handlers.words import CATEGORIES, DOT, KINDS, station_name, team_name, title
from models.events import editing, events, pictures
from models.events import running as verbs
from models.events.editing import NotTheirHost, Same
from models.events.events import TEXTS, Category, Event, Kind
from models.events.running import Changed, Meanwhile, TooLate
from models.network import roles, stations
from models.rules.events import undated, windows
from models.rules.events.details import DETAILS
from models.rules.events.windows import EventAct
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.understanding.intents import Intent, Understood
from models.teams import teams

router = Router()

SHORT = 24
"""How much of a long text the list of fields shows, in characters."""

# The list


@router.button(Edit)
def edit(chat: Chat, press: Edit) -> Reply:
    event = _to_edit(chat, press.event_id)
    if isinstance(event, Reply):
        return event
    if press.language and press.language not in LANGUAGES:
        return fields(chat, event)
    field = FIELDS.get(press.what)
    if field is not None and field.act and not press.language:
        return changing.run(chat, Run(event.id, field.act))
    if field is not None or press.what == "audience":
        return _ask(chat, event, press.what, press.language)
    return fields(chat, event, press.language)


def _to_edit(chat: Chat, event_id: int) -> Event | Reply:
    """The event, or why this member cannot change it."""
    event, refusal = to_run(chat, event_id)
    if event is None:
        return refusal
    why = windows.refusal(EventAct.EDIT, event, chat.now)
    return event if why is None else too_late(chat, TooLate(event, why))


def fields(chat: Chat, event: Event, language: str = "", *, before: Sayable | None = None) -> Reply:
    """What can be changed, with what stands there now; with a language, its words in that."""
    if language:
        rows = [(FIELDS[what].label, what, language) for what in TEXTS]
    else:
        rows = [(FIELDS[what].label, what, "") for what in FIELDS]
        rows.append((say("For whom"), "audience", ""))
        rows += [(LanguageName(code), "", code) for code in LANGUAGES if code != chat.home]
    choices = tuple(
        Choice(number, label, Edit(event.id, what, code), _row(chat, event, label, what, code))
        for number, (label, what, code) in enumerate(rows, start=1)
    )
    back = Button(say("Back"), Edit(event.id) if language else Run(event.id))
    return Reply(
        lines(before, say("What shall be different? Send a number or tap one:")),
        choices,
        (back, MY_EVENTS),
    )


def _row(chat: Chat, event: Event, label: Sayable, what: str, language: str) -> Sayable:
    value = _now(chat, event, what or "title", language)
    return say("{label}: {value}", label=label, value=value or say("nothing"))


def _now(chat: Chat, event: Event, what: str, language: str) -> Sayable:
    """What stands in a field, in short."""
    session = chat.session
    if language:
        return _short(event.text_of(what).translations.get(language, ""))
    match what:
        case "when":
            return When(event.starts_at, event.ends_at, near=True)
        case "closes":
            return When(event.closes_at, near=True)
        case "seats":
            return str(event.seats) if event.seats is not None else say("No limit")
        case "kind":
            return KINDS[event.kind]
        case "category":
            return CATEGORIES[event.category]
        case _ if what in LABELS:
            return LABELS[what].get(getattr(event, what), "")
        case "gates":
            return gates.line(event, chat.now) or ""
        case "picture":
            has_one = pictures.name(session, event.picture_id)
            return say("there is one") if has_one else ""
        case "for":
            return _host(session, event)
        case "audience":
            return audiences.described(session, event.aim)
        case _:
            return _short(getattr(event, what))


def _short(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"


def _host(session: Session, event: Event) -> Sayable:
    team = teams.get(session, event.team_id) if event.team_id is not None else None
    if team is not None:
        return team_name(team)
    return station_name(stations.get(session, event.station_id))


# One question


@router.dialog("edit-event", draft=say("Go on changing it"))
def field_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for the field, show the event as it would be, and ask once whether it is right."""
    form: EventForm = dict(start["form"])
    what, language = start["what"], start["language"]
    if language:
        words = yield Question(
            "words",
            say("How is it in {language}?", language=LanguageName(language)),
            check=CHECKS[what],
            skip=say("Nothing"),
            many_lines=what == "about",
        )
        answer = {"words": words or ""}
    elif what == "audience":
        host = {"station_id": start["host"][0], "team_id": start["host"][1]}
        column = yield from audiences.choose("audience", host, form["audience"])
        answer = {"audience": column}
    else:
        answer = FIELDS[what].read((yield FIELDS[what].ask(what, start, form)))
    sure = yield Question(
        "sure",
        partial(_preview, start, answer),
        options=_options(start, what, language),
        shows=answer.get("picture_name", ""),
    )
    return {**start, "answer": answer, "sure": sure}


def _options(start: Mapping[str, Any], what: str, language: str) -> tuple[Option, ...]:
    leave = Option("no", say("Leave it"))
    if what in TEXTS and not language and start["is_translated"]:
        keep = Option("keep", say("Change it, keep translations"))
        return keep, Option("yes", say("Change it, drop translations")), leave
    return Option("yes", say("Yes, change it")), leave


def _preview(start: Mapping[str, Any], answer: EventForm, chat: Chat) -> Sayable:
    session = chat.session
    event = events.for_organizers(session, start["event_id"])
    if event is None:
        return say("There is no such event any more.")
    what, language = start["what"], start["language"]
    changed = editing.as_edited(event, _values(event, start, answer, keep=True))
    host = _host(session, changed)
    return lines(
        say("This is what members will see:"),
        event_card(changed, host, chat.now, whom=audiences.whom(session, changed)),
        _beside_the_card(session, changed, what, language),
        say("Nobody gets a message about it."),
    )


def _beside_the_card(session: Session, event: Event, what: str, language: str) -> Lines | None:
    """What was changed, where the card does not show it; the translations that would stay."""
    if language or what in TEXTS:
        others = event.text_of(what).translations
        return lines(
            *(
                say("{label}: {value}", label=LanguageName(code), value=words)
                for code, words in others.items()
            )
        )
    values: dict[str, Sayable] = {
        "kind": KINDS[event.kind],
        "category": CATEGORIES[event.category],
        "for": say("Host: {place}", place=_host(session, event)),
        "audience": say("For: {audience}", audience=audiences.described(session, event.aim)),
    }
    return lines(values[what]) if what in values else None


def _values(
    event: Event, start: Mapping[str, Any], answer: EventForm, *, keep: bool
) -> dict[str, Any]:
    """The columns that the answer changes; ``keep`` that translations of a text stay."""
    what, language = start["what"], start["language"]
    if language:
        said = event.text_of(what)
        others = {**said.translations, language: answer["words"]}
        return {what: Translated(said.text, others)}
    match what:
        case "picture":
            return {"picture_id": answer["picture"]}
        case "for":
            host = start["places"][answer["for"]]
            return {"station_id": host["station_id"], "team_id": host["team_id"]}
        case _ if what in TEXTS:
            others = dict(event.text_of(what).translations) if keep else {}
            return {what: Translated(answer[what], others)}
        case _ if what in DETAILS:
            return {what: DETAILS[what].value(answer[what])}
        case "kind":
            return {what: Kind(answer[what])}
        case "category":
            return {what: Category(answer[what])}
        case _:
            return {what: answer[what]}


def _ask(chat: Chat, event: Event, what: str, language: str) -> Reply:
    label = FIELDS[what].label if what in FIELDS else say("For whom")
    places = [each for each in places_of(chat) if not each["asks"]]
    if what == "for" and not places:
        return fields(chat, event, before=say("There is no other host that you may choose."))
    return field_.begin(
        chat,
        before=None if what == "audience" else _row(chat, event, label, what, language),
        what=what,
        language=language,
        **seen_of(event),
        is_translated=what in TEXTS and bool(event.text_of(what).translations),
        host=[event.station_id, event.team_id],
        places=places if what == "for" else [],
        form={"audience": event.audience, "kind": str(event.kind)},
    )


@field_.done
def change(chat: Chat, form: dict[str, Any]) -> Reply:
    event = _to_edit(chat, form["event_id"])
    if isinstance(event, Reply):
        return event
    if form["sure"] == "no":
        return fields(chat, event, before=NOTHING_CHANGED)
    language = form["language"]
    values = _values(event, form, form["answer"], keep=form["sure"] == "keep")
    by, revision = chat.member.id, form["revision"]
    match editing.edit(chat.session, event.id, values, by, chat.now, seen=revision):
        case Meanwhile(event):
            return fields(chat, event, language, before=meanwhile(event, form))
        case Changed(event):
            return fields(chat, event, before=say("✅ Changed: {title}.", title=title(event)))
        case Same(event):
            return fields(chat, event, before=say("It is so already."))
        case TooLate() as late:
            return too_late(chat, late)
        case NotTheirHost():
            return fields(chat, event, before=say("There is no other host that you may choose."))
        case never:
            assert_never(never)


# In words


WORDS = {name: field.calls for name, field in FIELDS.items()}
WORDS["audience"] = ("改面向谁", "改面向", "edit audience")
"""The words for each field: ``改标题 12``, or without a number for the event on the screen.

What it shall be may stand behind: ``改标题 12 羽毛球新手夜``.
"""

NUMBERS = ("seats", "along")
"""The fields whose answer may be a number alone."""


_CALLS = [word for words in WORDS.values() for word in words]


@router.command("editevent", zh="改活动", also=("修改活动", "edit event"))
def edit_any_by_words(chat: Chat, words: str) -> Reply:
    """The fields of the event of this number or on the screen; else of the one they choose."""
    return _edit_one(chat, "", words)


@router.command("editfield", zh="改标题", also=tuple({*_CALLS} - {"改标题"}), spaced=True)
def edit_by_words(chat: Chat, words: str) -> Reply:
    """A field of the event of this number or on the screen; else of the one that they choose."""
    said = plain(chat.incoming.text).casefold() if chat.incoming is not None else ""
    named = (what for what, calls in WORDS.items() if said.startswith(calls))
    return _edit_one(chat, next(named, ""), words)


def _edit_one(chat: Chat, what: str, words: str) -> Reply:
    first, _, rest = words.partition(" ")
    if first.isdecimal() and len(first) < 10:
        # A number that is none of theirs may be what it is changed to: ``改名额 30``.
        is_event = meant.theirs(chat, int(first)) is not None
        if is_event or (not rest and what not in NUMBERS):
            return _change_to(chat, int(first), what, rest.strip())
    if words and not roles.held_by(chat.session, chat.member.id, chat.now):
        # A member who writes that the time changed wants to see their own events.
        return signups.show_mine(chat, Mine())
    shown = meant.on_screen(chat)
    if shown is not None:
        return _change_to(chat, shown.id, what, words)
    mine = verbs.events_of(chat.session, chat.member.id, chat.now, past=False, limit=running.PAGE)
    if len(mine) == 1:
        return _change_to(chat, mine[0].id, what, words)
    if not mine:
        return running.my_events(chat, MyEvents())
    if what and words:
        return which.begin(chat, what=what, words=words, events=[_to_pick(each) for each in mine])
    return Reply(
        say("Which one?"),
        tuple(
            Choice(event.id, title(event), Edit(event.id, what), running.line(event, chat.now))
            for event in mine
        ),
        (MY_EVENTS, MENU),
    )


def _change_to(chat: Chat, event_id: int, what: str, words: str) -> Reply:
    """Ask for a field of an event, and take these words for the answer."""
    if what == "gates" and words:
        # Its questions are a page; in one message it has a word of its own.
        return gating.by_words(chat, f"{event_id} {words}")
    before = chat.member.dialog
    asked = edit(chat, Edit(event_id, what))
    if not (what and words) or chat.hear is None or chat.member.dialog == before:
        return asked
    answered = chat.hear(words)
    return answered if isinstance(answered, Reply) else asked


def _to_pick(event: Event) -> dict[str, Any]:
    said = event.text_of("title")
    starts_at = None if undated.is_to_come(event.starts_at) else event.starts_at.isoformat()
    return {"id": event.id, "title": [said.text, dict(said.translations)], "at": starts_at}


@router.dialog("edit-which")
def which(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask which of their events is meant, and keep what it shall have."""
    picked = yield Question(
        "event",
        say("Which one?"),
        options=tuple(
            Option(
                str(each["id"]),
                lines(
                    Translated(*each["title"]),
                    When(datetime.fromisoformat(each["at"])) if each["at"] else None,
                    between=DOT,
                ),
            )
            for each in start["events"]
        ),
    )
    return {**start, "event_id": int(picked)}


@which.done
def change_that_one(chat: Chat, form: dict[str, Any]) -> Reply:
    return _change_to(chat, form["event_id"], form["what"], form["words"])


@router.intent(Intent.EDIT_EVENT)
def edit_meant(chat: Chat, request: Understood) -> Reply:
    return _edit_one(chat, "", request.words)
