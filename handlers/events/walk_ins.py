"""People who come without a seat: their names in a line each, or out of the queue by a tap."""

import re
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.events import codes, room
from handlers.events.arrivals import outcome, to_check_in
from handlers.events.buttons import CheckIn, LetIn, WalkIns
from handlers.events.running import STATES, run_card
from handlers.events.ticking import ABSENT, Claimant, called
from handlers.words import DOT
from models.events import checking_in, running, walking_in
from models.events.checking_in import CheckedIn, NotNow
from models.events.events import Event, SignupState
from models.events.walking_in import Full

router = Router()

LONGEST_NAME = 40
BETWEEN = re.compile(r"[\n,，、;；]+")
NUMBERED = re.compile(r"^\s*[0-9]{1,3}[.、．)）]\s*")
NEW = "new"


@router.dialog("walk-in")
def take_names(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "names",
        say("Who has come without a seat? Write a name, or several in a line each."),
        check=_names,
        many_lines=True,
        skip=say("Finish"),
    )
    return start["event_id"], words


def _names(words: str) -> str | Wrong:
    found = names_in(words)
    return found if isinstance(found, Wrong) else "\n".join(found)


def names_in(words: str) -> list[str] | Wrong:
    """The names that were written, each once."""
    # A number before a name is an item of a list; BETWEEN may split it off the name, too.
    cleaned = "\n".join(NUMBERED.sub("", line) for line in words.splitlines())
    names = list(dict.fromkeys(filter(None, map(str.strip, BETWEEN.split(cleaned)))))
    if not names or any(len(each) > LONGEST_NAME for each in names):
        return Wrong(say("Write names only, like: Chen Jing"))
    if len(names) > walking_in.MOST_AT_ONCE:
        return Wrong(say("At most {n} names at once.", n=walking_in.MOST_AT_ONCE))
    return names


@router.button(WalkIns)
def ask(chat: Chat, press: WalkIns) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    if why := checking_in.why_not(event, chat.now):
        return run_card(chat, event, before=outcome(chat, event, NotNow(why)))
    return take_names.begin(chat, event_id=event.id)


@take_names.done
def took_names(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event, refusal = to_check_in(chat, form[0])
    if event is None:
        return refusal
    if form[1] is None:
        return codes.go_on(chat, event)
    return _let_in(chat, event, form[1].split("\n"), sure=[], said=[])


def _let_in(
    chat: Chat, event: Event, names: Sequence[str], *, sure: Sequence[str], said: Sequence[Sayable]
) -> Reply:
    """Let these people in; of a name that stands on the list it is asked whether that is them."""
    for name in names:
        if name not in sure and on_the_list(chat.session, event.id, name):
            start: dict[str, Any] = {"event_id": event.id, "names": list(names)}
            start |= {"sure": list(sure), "name": name}
            return take_known.begin(chat, before=lines(*said), **start)
    if not names:
        return codes.go_on(chat, event, lines(*said))
    if room.groups(chat.session, event, chat.now):
        start = {"event_id": event.id, "names": list(names), "at": chat.now.isoformat()}
        return take_group.begin(chat, before=lines(*said), **start)
    return _seat(chat, event, names, (), said)


def _seat(
    chat: Chat,
    event: Event,
    names: Sequence[str],
    groups: Sequence[int],
    said: Sequence[Sayable] = (),
) -> Reply:
    """Seat these people, or ask whether they come in over the number."""
    done = walking_in.let_in(
        chat.session,
        event.id,
        names,
        chat.member.id,
        chat.care,
        chat.now,
        counted_in=groups,
    )
    if not isinstance(done, Full):
        return _went_in(chat, event, done, said)
    over: dict[str, Any] = {"event_id": event.id, "names": list(names), "left": done.left}
    return take_over.begin(chat, before=lines(*said), **over, groups=list(groups))


def _went_in(
    chat: Chat, event: Event, done: Sequence[CheckedIn] | NotNow, said: Sequence[Sayable] = ()
) -> Reply:
    if isinstance(done, NotNow):
        return codes.go_on(chat, event, lines(*said, outcome(chat, event, done)))
    if len(done) == 1:
        return codes.go_on(chat, event, lines(*said, outcome(chat, event, done[0])))
    return codes.go_on(chat, event, lines(*said, say("✅ {n} came in.", n=len(done))))


# A name that stands on the list


def on_the_list(session: Session, event_id: int, name: str) -> list[Claimant]:
    states = (*ABSENT, SignupState.ATTENDED, *walking_in.IN_QUEUE)
    return called(name, running.people(session, event_id, states))


@router.dialog("walk-in-known")
def take_known(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    def those(session: Session) -> Sequence[Option]:
        found = on_the_list(session, start["event_id"], start["name"])
        return (
            *(
                Option(str(claim.id), lines(start["name"], STATES[claim.state], between=DOT))
                for claim, _, _ in found
            ),
            Option(NEW, say("Somebody else")),
        )

    which = yield Question(
        "which", say("{name} stands on the list. Is it them?", name=start["name"]), offer=those
    )
    return start, which


@take_known.done
def took_known(chat: Chat, form: tuple[Mapping[str, Any], str]) -> Reply:
    start, which = form
    event, refusal = to_check_in(chat, start["event_id"])
    if event is None:
        return refusal
    sure, names = list(start["sure"]), list(start["names"])
    if which == NEW:
        return _let_in(chat, event, names, sure=[*sure, start["name"]], said=[])
    names.remove(start["name"])
    row = next(
        (
            each
            for each in on_the_list(chat.session, event.id, start["name"])
            if str(each[0].id) == which
        ),
        None,
    )
    if row is not None and row[0].state in walking_in.IN_QUEUE:
        return let_in_from_queue(chat, LetIn(event.id, row[0].id))
    done = checking_in.from_list(chat.session, event.id, int(which), chat.member.id, chat.now)
    return _let_in(chat, event, names, sure=sure, said=[outcome(chat, event, done)])


# Of whom the seats are


@router.dialog("walk-in-group")
def take_group(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Where the seats are shared out, whoever comes without one counts in a group as well."""

    def offered(session: Session) -> Sequence[Option]:
        event = session.get_one(Event, start["event_id"])
        found = room.groups(session, event, datetime.fromisoformat(start["at"]))
        return [Option(str(number), room.in_group(name, left)) for number, name, left in found]

    picked = yield Question(
        "groups",
        say("In which group do they count?"),
        offer=offered,
        many=True,
        skip=say("In none of them"),
    )
    return start, picked


@take_group.done
def took_group(chat: Chat, form: tuple[Mapping[str, Any], Sequence[str] | None]) -> Reply:
    start, picked = form
    event, refusal = to_check_in(chat, start["event_id"])
    if event is None:
        return refusal
    return _seat(chat, event, start["names"], [int(each) for each in picked or ()])


# More than there are seats


@router.dialog("walk-in-over")
def take_over(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Beyond the number of seats only by this tap; who did it stands in the audit."""
    left = start["left"]
    none = say("That group is full.") if start.get("groups") else say("No seat is free.")
    free = say_n("{n} seat is free.", "{n} seats are free.", left) if left else none
    wanted = say_n("{n} person more", "{n} people more", len(start["names"]))
    sure = yield Question(
        "sure",
        lines(free, say("Let in {people} over the number?", people=wanted)),
        options=(Option("yes", say("Let in anyway")),),
        skip=say("No"),
    )
    return start, sure


@take_over.done
def took_over(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, sure = form
    event, refusal = to_check_in(chat, start["event_id"])
    if event is None:
        return refusal
    if sure is None:
        return codes.go_on(chat, event)
    done = walking_in.let_in(
        chat.session,
        event.id,
        start["names"],
        chat.member.id,
        chat.care,
        chat.now,
        over=True,
        counted_in=start.get("groups", ()),
    )
    if isinstance(done, Full):
        return codes.go_on(chat, event)
    return _went_in(chat, event, done)


# Somebody of the queue


@router.button(LetIn)
def let_in_from_queue(chat: Chat, press: LetIn) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    done = walking_in.let_in_from_queue(
        chat.session,
        event.id,
        press.signup_id,
        chat.member.id,
        chat.care,
        chat.now,
        over=bool(press.over),
    )
    match done:
        case None:
            return codes.go_on(chat, event)
        case Full(left):
            too_few = say_n("{n} seat is free.", "{n} seats are free.", left) if left else None
            return Reply(
                lines(
                    too_few or say("No seat is free."),
                    say("Let them in over the number, with those who signed up with them?"),
                ),
                buttons=(
                    Button(say("Let in anyway"), LetIn(event.id, press.signup_id, 1)),
                    Button(say("No"), CheckIn(event.id)),
                ),
            )
        case NotNow():
            return codes.go_on(chat, event, outcome(chat, event, done))
        case CheckedIn():
            return codes.after(chat, event, done)
