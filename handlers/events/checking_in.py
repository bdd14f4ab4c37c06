"""Checking people in: members' codes, typing them in, and the list."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    QR,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE, Ticket
from handlers.events.buttons import MY_EVENTS, CheckIn, MarkPresent, Run, TickList
from handlers.events.running import may_not, name_of, run_card, sees_places
from handlers.words import DOT, title
from models.events import checking_in, events, running, signups
from models.events.checking_in import (
    CheckedIn,
    CheckInOutcome,
    NoSeat,
    NotNow,
    Several,
    TooManyGuesses,
)
from models.events.events import Event, Signup, SignupState
from models.network import roles, stations
from models.network.members import Member
from models.network.stations import Station
from models.rules.events.windows import Why
from models.rules.network.permissions import Act
from models.rules.search import search, sounds

router = Router()

PNG = "image/png"
PAGE = 10
CODE = re.compile(r"(?:签到\s*)?(?:c[0-9]{1,9}-)?([0-9]{3})[ -]?([0-9]{3})")
"""Six digits, as they are read out, and as a scanned code holds them."""

NUMBERS = re.compile(r"[0-9]{1,4}(?:[\s,，、;；.。和]+[0-9]{1,4})*")
BETWEEN_NAMES = re.compile(r"[\s,，、;；.。]+")
ABSENT = (SignupState.SEATED, SignupState.NO_SHOW)

Claimant = tuple[Signup, Member | None, Station | None]
"""A claim on the event, with its member and their station."""


# What a member shows


@router.button(Ticket)
def show_ticket(chat: Chat, press: Ticket) -> Reply:
    """The member's six digits, and the same as a code to be scanned."""
    event = events.get(chat.session, press.event_id)
    claim = signups.claim_of(chat.session, press.event_id, chat.member.id)
    if event is None or claim is None or claim.state != SignupState.SEATED:
        came = claim is not None and claim.state == SignupState.ATTENDED
        text = say("✅ You're checked in.") if came else say("You have no seat there.")
        return Reply(text, buttons=(MINE, EVENTS))
    code = checking_in.code_of(chat.session, press.event_id, claim.turn)
    path = f"/go/{chat.member.account}/c{press.event_id}-{code}"
    return Reply(
        lines(
            lines(title(event), When(event.starts_at, near=True), between=DOT),
            say("Your check-in code: {code}", code=code),
            say("Show it, or this picture, when you get there."),
        ),
        buttons=(MINE, EVENTS),
        file=Attachment("check-in.png", PNG, QR, (path,)),
    )


# What an organizer does


@router.dialog("check-in", of_oneself=True)
def take_code(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    code = yield Question(
        "code",
        say("Write the six digits that they show you."),
        options=(
            Option("list", say("Tick a list")),
            Option("poster", say("Code for the door")),
        ),
        check=_code,
        skip=say("Finish"),
    )
    return start["event_id"], code


def _code(words: str) -> str | Wrong:
    match = CODE.fullmatch(words.strip())
    return match[1] + match[2] if match else Wrong(say("A code has six digits."))


@router.button(CheckIn)
def begin(chat: Chat, press: CheckIn) -> Reply:
    event, refusal = _to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    if why := checking_in.why_not(event, chat.now):
        return run_card(chat, event, before=_outcome(chat, event, NotNow(why)))
    return take_code.begin(chat, before=_so_far(chat, event), event_id=press.event_id)


@take_code.done
def took_code(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event, refusal = _to_check_in(chat, form[0])
    if event is None:
        return refusal
    match form[1]:
        case None:
            return run_card(chat, event)
        case "list":
            return tick_list(chat, TickList(form[0]))
        case "poster":
            return _poster(chat, event)
        case code:
            done = checking_in.by_code(chat.session, form[0], code, chat.member.id, chat.now)
            text = lines(_outcome(chat, event, done), _so_far(chat, event))
            return take_code.begin(chat, before=text, event_id=form[0])


def _to_check_in(chat: Chat, event_id: int) -> tuple[Event | None, Reply]:
    event = events.for_organizers(chat.session, event_id)
    gone = Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if event is None:
        return None, gone
    refusal = may_not(chat, Act.CHECK_IN, event)
    return (None, refusal) if refusal is not None else (event, gone)


def _so_far(chat: Chat, event: Event) -> Sayable:
    counts = running.counts(chat.session, event.id)
    came = counts.get(SignupState.ATTENDED, 0)
    seated = came + counts.get(SignupState.SEATED, 0) + counts.get(SignupState.NO_SHOW, 0)
    return say(
        "{title}: {came} of {seated} are here.", title=title(event), came=came, seated=seated
    )


def _outcome(chat: Chat, event: Event, done: CheckInOutcome) -> Sayable:
    match done:
        case CheckedIn(signup, member, again=True):
            name = _name(chat, event, signup, member)
            return say("{name} was checked in before.", name=name)
        case CheckedIn(signup, member):
            return say("✅ {name} is here.", name=_name(chat, event, signup, member))
        case NoSeat():
            return say("❌ Nobody with a seat has this code.")
        case NotNow(Why.CANCELLED):
            return say("❌ It's cancelled: there is no check-in.")
        case NotNow():
            return say("Check-in opens on the day of the event.")
        case TooManyGuesses():
            return say("Too many wrong codes. Use the list, or wait ten minutes.")
        case never:
            assert_never(never)


def _name(chat: Chat, event: Event, claim: Signup | None, member: Member | None) -> Sayable:
    station = stations.get(chat.session, member.station_id) if member is not None else None
    namesakes = running.namesakes(chat.session, event.id)
    sees = sees_places(chat, event)
    return name_of(claim, member, station, namesakes, sees_places=sees)


# The list


@router.dialog("tick")
def take_names(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask who is here; the list with its buttons stands in the question."""
    words = yield Question("who", say("Write numbers or names."), check=lambda words: words)
    return start["event_id"], start["skip"], words


@router.button(TickList)
def tick_list(chat: Chat, press: TickList) -> Reply:
    """Everybody with a seat who is not here yet: one tap each, or several numbers or names."""
    event, refusal = _to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    running.record_view(chat.session, event, chat.member.id, chat.now)
    return _tick_list(chat, event, press.skip)


def _tick_list(
    chat: Chat,
    event: Event,
    skip: int,
    *,
    before: Sayable | None = None,
    undo: Button | None = None,
    edit: bool = False,
    only: Sequence[Claimant] | None = None,
) -> Reply:
    """The list from ``skip`` on, or ``only`` these people, of whom one is meant."""
    people = (
        only
        if only is not None
        else running.people(chat.session, event.id, ABSENT, skip=skip, limit=PAGE + 1)
    )
    if not people and skip:
        return _tick_list(chat, event, 0, before=before, undo=undo, edit=edit)
    following = 0 if only is not None else skip + PAGE
    more = (Button(say("More"), TickList(event.id, following)),) if len(people) > PAGE else ()
    codes = Button(say("Codes"), CheckIn(event.id))
    asked = (
        say("Everybody is here.")
        if not people
        else say("Who of them?")
        if only is not None
        else say("Tap who is here, or write numbers or names:")
    )
    namesakes = running.namesakes(chat.session, event.id)
    sees = sees_places(chat, event)
    question = take_names.begin(chat, event_id=event.id, skip=skip)
    return replace(
        question,
        text=lines(before, _so_far(chat, event), asked),
        choices=tuple(
            Choice(
                signup.turn,
                name_of(signup, member, station, namesakes, sees_places=sees),
                MarkPresent(event.id, signup.id, skip),
            )
            for signup, member, station in people[:PAGE]
        ),
        buttons=(*((undo,) if undo else ()), *more, codes),
        edit=edit or skip > 0,
    )


@take_names.done
def tick_by_words(chat: Chat, form: tuple[int, int, str]) -> Reply:
    """Check in the people of these numbers and names; of several that fit it asks which one."""
    event_id, skip, words = form
    event, refusal = _to_check_in(chat, event_id)
    if event is None:
        return refusal
    if CODE.fullmatch(words):
        return took_code(chat, (event_id, words))
    people = running.people(chat.session, event_id, (*ABSENT, SignupState.ATTENDED))
    text: list[Sayable] = []
    for part in _parts(words, people):
        match _meant(part, people):
            case []:
                text.append(say("“{words}” is nobody with a seat.", words=part))
            case [(signup, _, _)]:
                done = checking_in.from_list(
                    chat.session, event_id, signup.id, chat.member.id, chat.now
                )
                text.append(_outcome(chat, event, done))
            case several:
                return _tick_list(chat, event, skip, before=lines(*text), only=several)
    return _tick_list(chat, event, skip, before=lines(*text))


def _parts(words: str, people: Sequence[Claimant]) -> list[str]:
    """What stands for a person each: several numbers or names, or one name of several words."""
    if not NUMBERS.fullmatch(words) and _meant(words, people):
        return [words]
    return list(dict.fromkeys(filter(None, BETWEEN_NAMES.split(words))))


def _meant(part: str, people: Sequence[Claimant]) -> list[Claimant]:
    """The people of this number in the list, or of this name; else those it may stand for."""
    if part.isdecimal():
        return [each for each in people if each[0].turn == int(part)]
    exact = [each for each in people if _called(each) == part]
    if exact:
        return exact
    names = ((place, sounds.index(_called(each))) for place, each in enumerate(people))
    return [people[place] for place, _score in search.rank(part, names)]


def _called(each: Claimant) -> str:
    claim, member, _ = each
    return member.name if member is not None else claim.name


@router.button(MarkPresent)
def tick(chat: Chat, press: MarkPresent) -> Reply:
    event, refusal = _to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    act = checking_in.undo if press.off else checking_in.from_list
    done = act(chat.session, press.event_id, press.signup_id, chat.member.id, chat.now)
    text = _outcome(chat, event, done)
    undo = None
    if press.off:
        text = say("Taken back.")
    elif isinstance(done, CheckedIn) and not done.again:
        undo = Button(say("Take back"), MarkPresent(press.event_id, press.signup_id, press.skip, 1))
    return _tick_list(chat, event, press.skip, before=text, undo=undo, edit=True)


@router.command("checkin", zh="签到", also=("check in", "check-in"))
def check_in_by_words(chat: Chat, words: str) -> Reply:
    """``签到`` shows today's event, or one's own code; ``签到 123456`` checks a person in.

    ``签到 k12-…`` and ``签到 c12-123456`` are what codes hold, for apps that cannot open them.
    """
    if words.startswith("c") and "-" in words:
        return scanned(chat, words.removeprefix("c"))
    if words.startswith("k"):
        return at_the_door(chat, words.removeprefix("k"))
    mine = checking_in.events_of_the_day(chat.session, chat.member.id, chat.now)
    code = _code(words) if words else ""
    if mine and isinstance(code, str) and code:
        return _anywhere(chat, mine[0], code)
    coming = next((each for each in mine if each.ends_at > chat.now), None)
    if coming is not None:
        return begin(chat, CheckIn(coming.id))
    for signup, event in signups.of_member(chat.session, chat.member.id, chat.now):
        has_seat = signup.state in (SignupState.SEATED, SignupState.ATTENDED)
        if has_seat and checking_in.is_the_day(event, chat.now):
            return show_ticket(chat, Ticket(event.id))
    if roles.held_by(chat.session, chat.member.id, chat.now):
        return Reply(say("None of your events is today."), buttons=(MY_EVENTS, MENU))
    return Reply(say("You have no seat at an event today."), buttons=(MINE, EVENTS))


def _anywhere(chat: Chat, first: Event, code: str) -> Reply:
    """Find the code among the events of today; of two that fit it asks which person it is."""
    done = checking_in.by_code_anywhere(chat.session, code, chat.member.id, chat.now)
    if isinstance(done, Several):
        return Reply(
            say("The code fits several. Who stands before you?"),
            tuple(
                Choice(
                    number,
                    lines(_name(chat, event, signup, member), title(event), between=DOT),
                    MarkPresent(event.id, signup.id),
                )
                for number, (event, signup, member) in enumerate(done.found, start=1)
            ),
            (MY_EVENTS, MENU),
        )
    found = events.get(chat.session, done.signup.event_id) if isinstance(done, CheckedIn) else None
    event = found or first
    text = lines(_outcome(chat, event, done), _so_far(chat, event))
    return take_code.begin(chat, before=text, event_id=event.id)


# Scanned codes


@router.link("c")
def scanned(chat: Chat, rest: str) -> Reply:
    """A member's code, ``c12-123456``, which means something to organizers only."""
    event_id, _, code = rest.partition("-")
    if not event_id.isdecimal() or len(event_id) > 9 or not isinstance(_code(code), str):
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    event, refusal = _to_check_in(chat, int(event_id))
    return took_code(chat, (int(event_id), code)) if event is not None else refusal


@router.link("k")
def at_the_door(chat: Chat, rest: str) -> Reply:
    """The code that hangs at the place, ``k12-…``: checks in a member who has a seat."""
    number, _, secret = rest.partition("-")
    event_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    done = checking_in.by_place_code(chat.session, event_id, secret, chat.member.id, chat.now)
    event = events.get(chat.session, event_id)
    if done is None or event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    if isinstance(done, CheckedIn):
        return Reply(
            say("✅ You're checked in: {title}.", title=title(event)), buttons=(MINE, EVENTS)
        )
    if isinstance(done, NoSeat):
        return Reply(
            say("You have no seat at {title}.", title=title(event)), buttons=(MINE, EVENTS)
        )
    return Reply(_outcome(chat, event, done), buttons=(MINE, EVENTS))


def _poster(chat: Chat, event: Event) -> Reply:
    """A code to be hung at the door, by which those with a seat check themselves in."""
    secret = checking_in.place_secret(chat.session, event.id)
    path = f"/go/{chat.member.account}/k{event.id}-{secret}"
    return Reply(
        say("Hang this at the door of {title}: who has a seat scans it.", title=title(event)),
        buttons=(Button(say("Codes"), CheckIn(event.id)), Button(say("Back"), Run(event.id))),
        file=Attachment(f"door-{event.id}.png", PNG, QR, (path,)),
    )
