"""Changing an event: sign-up, seats, time, place; cancelling it; its list as a file."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.events import (
    answering,
    asked,
    certifying,
    chains,
    closing,
    door_lists,
    doubling,
    drawing,
    feedback,
    gating,
    halls,
    helpers_hours,
    helping,
    kept_names,
    name_lists,
    opening,
    partners,
    photos,
    posters,
    postponing,
    repeating,
    shares,
)
from handlers.events.audiences import whom
from handlers.events.buttons import MY_EVENTS, CheckIn, Edit, NewEvent, Run
from handlers.events.cards import event_card
from handlers.events.confirming import asked_now, meanwhile, seen_of, too_late
from handlers.events.moving import ask_meet, ask_off, ask_place, ask_time
from handlers.events.running import may_not, numbers, run_card, sees_places, to_run
from handlers.words import station_name, title
from models.events import checking_in, events, requests, running, templates
from models.events.events import Event, EventState
from models.events.quotas import TooMuch
from models.events.running import Changed, Meanwhile, TooFew, TooLate
from models.network import stations
from models.rules.events import publishing as rules
from models.rules.events import undated, windows
from models.rules.events.windows import EventAct, Phase
from models.rules.network.permissions import Act
from models.rules.texts import file_name

router = Router()

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.button(Run)
def run(chat: Chat, press: Run) -> Reply:
    """One event as its organizer sees it, or one thing about it."""
    event = events.for_organizers(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    act = Act.RUN_EVENT if press.what in ACTS else Act.CHECK_IN
    # The author of an event sees its numbers, but no names.
    is_theirs = event.by_member_id == chat.member.id and not press.what
    if not is_theirs and (refusal := may_not(chat, act, event)):
        return refusal
    return ACTS.get(press.what, run_card)(chat, event)


def _more(chat: Chat, event: Event) -> Reply:
    """Everything else that can be done with it; what cannot be undone stands last."""

    def can(act: EventAct) -> bool:
        return windows.refusal(act, event, chat.now) is None

    acts: list[tuple[Sayable, Any]] = []
    if can(EventAct.CLOSE) and event.state == EventState.OPEN:
        acts.append((say("Close sign-up"), Run(event.id, "close")))
    if can(EventAct.REOPEN):
        is_open = windows.phase_of(event, chat.now) == Phase.OPEN
        label = say("Closing time") if is_open else say("Reopen sign-up")
        acts.append((label, Run(event.id, "open")))
    if (draw := drawing.act(event, chat)) is not None:
        acts.append(draw)
    if requests.number(chat.session, event.id):
        acts.insert(0, (say("Requests"), Run(event.id, answering.WHAT)))
    if can(EventAct.EDIT):
        acts.append((say("Edit the event"), Edit(event.id)))
        acts.append((say("Who may sign up"), Run(event.id, gating.WHAT)))
        acts.append((say("Questions at sign-up"), Run(event.id, asked.WHAT)))
    if can(EventAct.CHANGE_SEATS):
        acts.append((say("Change seats"), Run(event.id, "seats")))
        if event.seats is not None:
            acts.append((say("Share seats out"), Run(event.id, "shares")))
    if can(EventAct.SIGN_UP):
        acts.append((say("Sign up a list"), Run(event.id, "names")))
    if can(EventAct.MOVE):
        is_to_come = windows.phase_of(event, chat.now) == Phase.POSTPONED
        label = say("Set the date") if is_to_come else say("Change time")
        acts.append((label, Run(event.id, "time")))
    if can(EventAct.RELOCATE):
        acts.append((say("Seats in a hall"), Run(event.id, "hall")))
    if checking_in.is_the_day(event, chat.now):
        acts.append((say("Check in"), CheckIn(event.id)))
    if windows.phase_of(event, chat.now) in certifying.AFTER:
        acts.append((say("Certificates"), Run(event.id, "certificates")))
    acts.append((say("List as a file"), Run(event.id, "sheet")))
    if can(EventAct.EDIT):
        # Nobody is called to what is over.
        acts.append((say("Poster"), Run(event.id, "poster")))
        acts.append((say("List for a group"), Run(event.id, "chain")))
    acts += [
        *([(opening.label(event), Run(event.id, "page"))] if event.audience else []),
        *([(say("Helpers"), Run(event.id, "helpers"))] if can(EventAct.RELOCATE) else []),
        (say("Hold again"), NewEvent(event.id)),
        (say("Repeat it"), Run(event.id, "again")),
        (
            say("Template no more") if event.is_template else say("Keep as template"),
            Run(event.id, "template"),
        ),
        (say("As members see it"), Run(event.id, "seen")),
    ]
    if windows.phase_of(event, chat.now) == Phase.OVER:
        acts.insert(0, (say("How it was"), Run(event.id, "feedback")))
        acts.insert(1, (say("Send photos"), Run(event.id, "photos")))
        acts.insert(2, (say("Helpers' hours"), Run(event.id, "hours")))
    if can(EventAct.RESTORE):
        acts.append((say("Bring it back"), Run(event.id, "restore")))
    if can(EventAct.HOLD_TWICE) and event.seats is not None:
        acts.append((say("One more"), Run(event.id, "twice")))
    if can(EventAct.POSTPONE):
        acts.append((say("Postpone"), Run(event.id, "postpone")))
    if can(EventAct.CANCEL):
        acts.append((say("Cancel the event"), Run(event.id, "off")))
    return Reply(
        lines(title(event), say("What shall happen?")),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (Button(say("Back"), Run(event.id)), MY_EVENTS),
    )


def _as_seen(chat: Chat, event: Event) -> Reply:
    where = station_name(stations.get(chat.session, event.station_id))
    back = Button(say("Back"), Run(event.id))
    told = {"whom": whom(chat.session, event), "partners": partners.told(chat.session, event.id)}
    card = event_card(event, where, chat.now, **told)
    return Reply(card, buttons=(back, MY_EVENTS))


def _file_name(chat: Chat, event: Event) -> str:
    """What a file about the event is called: its title and its day."""
    day = undated.planned(event.starts_at).astimezone(chat.care.zone)
    return file_name(chat.in_words(title(event)), f"{day:%Y-%m-%d}") or f"event-{event.id}"


# Changes that can be undone


def _sheet(chat: Chat, event: Event) -> Reply:
    """The list as a file; who took it stands in the audit."""
    running.record_view(chat.session, event, chat.member.id, chat.now, what="file")
    sees = int(sees_places(chat, event))
    args = (chat.member.id, event.id, chat.language, str(chat.care.zone), sees)
    return Reply(
        say("Who signed up for {title}. It holds names: keep it to yourself.", title=title(event)),
        buttons=(
            Button(say("To print"), Run(event.id, "print")),
            Button(say("Back"), Run(event.id)),
            MY_EVENTS,
        ),
        file=Attachment(f"{_file_name(chat, event)}.xlsx", SHEET, "signup-list", args),
    )


# Seats


@router.dialog("event-seats")
def seats(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    number = yield Question(
        "seats", say("How many seats? Write a number."), check=_seats, skip=say("No limit")
    )
    return start, number


def _seats(words: str) -> str | Wrong:
    number = rules.read_seats(words)
    return str(number) if number is not None else Wrong(say("Write a number like 20."))


def _ask_seats(chat: Chat, event: Event) -> Reply:
    return seats.begin(chat, before=numbers(event, chat.now), **seen_of(event))


@seats.done
def change_seats(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, answer = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    number = int(answer) if answer and answer != "0" else None
    by, revision = chat.member.id, start["revision"]
    done = running.change_seats(
        chat.session, event.id, number, by, chat.care, chat.now, seen=revision
    )
    match done:
        case Meanwhile(event):
            news = lines(meanwhile(event, start), numbers(event, chat.now))
            return seats.begin(chat, before=news, **seen_of(event))
        case TooLate() as refused:
            return too_late(chat, refused)
        case TooFew(held):
            return seats.begin(
                chat,
                before=say_n(
                    "{n} person has a seat already, so it can't be fewer.",
                    "{n} people have a seat already, so it can't be fewer.",
                    held,
                ),
                **seen_of(event),
            )
        case TooMuch(kept):
            return seats.begin(
                chat,
                before=say(
                    "It can't be fewer: the shares keep {kept}.",
                    kept=kept,
                ),
                **seen_of(event),
            )
        case Changed(event, offered=offered):
            asked = asked_now(offered)
            if windows.phase_of(event, chat.now) == Phase.CLOSED:
                return _seats_of_closed(chat, event)
            return run_card(chat, event, before=lines(say("✅ Seats changed."), asked))


def _seats_of_closed(chat: Chat, event: Event) -> Reply:
    """Seats were changed, but nobody can take them: say so, and offer to open sign-up again."""
    why = (
        say_n(
            "Sign-up has closed, so the {n} in the queue isn't asked.",
            "Sign-up has closed, so the {n} in the queue aren't asked.",
            event.waiting,
        )
        if event.waiting
        else say("Sign-up has closed, so nobody can take them.")
    )
    card = run_card(chat, event, before=lines(say("✅ Seats changed."), why))
    reopen = Button(say("Reopen sign-up"), Run(event.id, "open"))
    return Reply(card.text, buttons=(reopen, *card.buttons[:2]))


def _keep_template(chat: Chat, event: Event) -> Reply:
    """Keep it as a template, or no more: what the next press does stands on its button."""
    by, is_one = chat.member.id, not event.is_template
    templates.keep(chat.session, event.id, by, chat.now, is_one=is_one)
    said = (
        say("✅ Kept as a template: “new event” offers it.")
        if is_one
        else say("All right, it's no template any more.")
    )
    return run_card(chat, event, before=said)


ACTS: dict[str, Callable[[Chat, Event], Reply]] = {
    "more": _more,
    "seen": _as_seen,
    "open": closing.ask_until,
    "again": repeating.ask_again,
    "template": _keep_template,
    "close": closing.close,
    "sheet": _sheet,
    "print": door_lists.show,
    "poster": posters.show,
    "chain": chains.begin,
    "names": name_lists.ask,
    "photos": photos.begin,
    "hours": helpers_hours.show,
    "page": opening.switch,
    "kept": kept_names.show_kept,
    "certificates": certifying.begin,
    "feedback": feedback.show,
    "helpers": helping.show,
    asked.WHAT: asked.show,
    gating.WHAT: gating.show,
    answering.WHAT: answering.show,
    "seats": _ask_seats,
    "shares": shares.ask,
    "time": ask_time,
    "place": ask_place,
    "meet": ask_meet,
    "postpone": postponing.ask,
    "restore": postponing.ask_back,
    "twice": doubling.ask,
    "off": ask_off,
    **drawing.ACTS,
    **halls.ACTS,
}
