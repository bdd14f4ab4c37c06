"""Checking people in by the codes that they show, and what a member shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation.chat import Chat
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
from handlers.events import asking_again, codes, door_words, doors, in_hall, walk_ins
from handlers.events.arrivals import named, outcome, taken_back, to_check_in
from handlers.events.buttons import (
    MY_EVENTS,
    Board,
    CheckIn,
    DayMenu,
    MarkPresent,
    RollAt,
    TickList,
    WalkIns,
)
from handlers.events.running import run_card
from handlers.events.stops import roll_again
from handlers.events.ticking import list_again, tick_list
from handlers.words import DOT, title
from models.events import checking_in, events, signups, stops
from models.events.checking_in import CheckedIn, NotNow, Several
from models.events.events import Event, Signup, SignupState
from models.network import roles
from models.rules.events.codes import DIGITS, code_in

router = Router()

CALLED = ("check in", "check-in", "签到码", "我的签到码", "我到了", "my code", "check-in code")

PNG = "image/png"
MOST_TODAY = 5
MOST_ALONG = 3
"""How many codes of people without a chat fit into a message."""


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
            *_along(chat, press.event_id, claim.id),
            in_hall.own(chat, event, claim),
            say("Show it, or this picture, when you get there."),
        ),
        buttons=(*_on_board(chat, event), MINE, EVENTS),
        file=Attachment("check-in.png", PNG, QR, (path,)),
    )


def _on_board(chat: Chat, event: Event) -> tuple[Button, ...]:
    """On a tour whose bus gathers its people, one says by a tap that one has got on."""
    if not stops.of(event) or not stops.is_boarding(event, chat.now):
        return ()
    return (Button(say("On board"), Board(event.id)),)


def _along(chat: Chat, event_id: int, signup_id: int) -> list[Sayable]:
    """The codes of those who come along and have no chat of their own."""
    signup = chat.session.get_one(Signup, signup_id)
    rows = [each for each, member in checking_in.coming_along(chat.session, signup) if not member]
    return [
        say(
            "{name}: {code}",
            name=each.name or say("With you, {n}", n=number),
            code=checking_in.code_of(chat.session, event_id, each.turn),
        )
        for number, each in enumerate(rows[:MOST_ALONG], start=1)
    ]


# What an organizer does


@router.button(CheckIn)
def begin(chat: Chat, press: CheckIn) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    if why := checking_in.why_not(event, chat.now):
        return run_card(chat, event, before=outcome(chat, event, NotNow(why)))
    return codes.go_on(chat, event)


@codes.take_code.done
def took_code(chat: Chat, form: tuple[int, str, Sequence[int]]) -> Reply:
    event, refusal = to_check_in(chat, form[0])
    if event is None:
        return refusal
    match form[1]:
        case door_words.FINISH:
            return run_card(chat, event)
        case door_words.LIST:
            return tick_list(chat, TickList(form[0]))
        case door_words.UNDO:
            return codes.undo(chat, event, form[2])
        case "walk-in":
            return walk_ins.ask(chat, WalkIns(form[0]))
        case "more":
            return doors.day_menu(chat, DayMenu(form[0]))
        case code:
            done = checking_in.by_code(chat.session, form[0], code, chat.member.id, chat.now)
            return codes.after(chat, event, done)


@asking_again.dialog.done
def asked_again(chat: Chat, form: Mapping[str, Any]) -> Reply:
    """Keep what was said of people who came, and go on with the next code or with the list."""
    event = events.get(chat.session, form["event_id"])
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    if form["own"]:
        return Reply(asking_again.keep(chat, event, form), buttons=(MINE, EVENTS))
    found, refusal = to_check_in(chat, event.id)
    if found is None:
        return refusal
    before = asking_again.keep(chat, event, form)
    came = [each["signup"] for each in form["people"]]
    is_at_stop = form["stop"] != asking_again.NO_STOP
    match form["next"]:
        case door_words.UNDO:
            before = taken_back(chat, event, came)
        case door_words.LIST if not is_at_stop:
            return list_again(chat, event, 0, before=before, last=came)
        case door_words.FINISH:
            return run_card(chat, event, before=before)
        case "" | door_words.LIST:
            # At a stop the list that is meant is that of the roll, which comes below anyway.
            pass
        case code:
            done = checking_in.by_code(chat.session, event.id, code, chat.member.id, chat.now)
            return codes.after(chat, event, done)
    if is_at_stop:
        return roll_again(chat, RollAt(event.id, form["stop"]), before=before)
    if form["at"] == asking_again.AT_CODES:
        return codes.go_on(chat, event, before, last=came)
    return list_again(chat, event, form["at"], before=before, last=came)


@router.command("checkin", zh="签到", also=CALLED)
def check_in_by_words(chat: Chat, words: str) -> Reply:
    """``签到`` shows today's event, or one's own code; ``签到 42`` begins at that event.

    ``签到 123456`` checks a person in; ``签到 k12-…`` and ``签到 c12-123456`` are what codes hold,
    for apps that cannot open them.
    """
    if words.startswith("c") and "-" in words:
        return scanned(chat, words.removeprefix("c"))
    if words.startswith("k"):
        return doors.at_the_door(chat, words.removeprefix("k"))
    if words.isdecimal() and len(words) < DIGITS:
        event, _ = to_check_in(chat, int(words))
        if event is not None:
            return begin(chat, CheckIn(event.id))
    mine = checking_in.events_of_the_day(chat.session, chat.member.id, chat.now)
    code = code_in(words)
    if mine and code:
        return _anywhere(chat, mine[0], code)
    coming = next((each for each in mine if each.ends_at > chat.now), None)
    if coming is not None:
        return begin(chat, CheckIn(coming.id))
    today = [
        event
        for signup, event in signups.of_member(chat.session, chat.member.id, chat.now)
        if signup.state in (SignupState.SEATED, SignupState.ATTENDED)
        and checking_in.is_the_day(event, chat.now)
    ]
    today = [each for each in today if words == str(each.id)] or today
    if len(today) == 1:
        return show_ticket(chat, Ticket(today[0].id))
    if today:
        return Reply(
            say("Which one?"),
            tuple(
                Choice(
                    each.id,
                    title(each),
                    Ticket(each.id),
                    lines(title(each), When(each.starts_at, near=True), between=DOT),
                )
                for each in today[:MOST_TODAY]
            ),
            (MINE, EVENTS),
        )
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
                    lines(named(chat, event, signup, member), title(event), between=DOT),
                    MarkPresent(event.id, signup.id),
                )
                for number, (event, signup, member) in enumerate(done.found, start=1)
            ),
            (MY_EVENTS, MENU),
        )
    found = events.get(chat.session, done.signup.event_id) if isinstance(done, CheckedIn) else None
    event = found or first
    return codes.after(chat, event, done)


# Scanned codes


@router.link("c")
def scanned(chat: Chat, rest: str) -> Reply:
    """A member's code, ``c12-123456``, which means something to organizers only."""
    event_id, _, code = rest.partition("-")
    if not event_id.isdecimal() or len(event_id) > 9 or code_in(code) is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    event, refusal = to_check_in(chat, int(event_id))
    return took_code(chat, (int(event_id), code, ())) if event is not None else refusal
