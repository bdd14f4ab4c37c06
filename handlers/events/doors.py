"""The code at the door: hung up, or changing on a screen; what whoever scans it is told."""

from typing import assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    QR,
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE
from handlers.events import asking_again
from handlers.events.arrivals import named, outcome, to_check_in
from handlers.events.buttons import (
    ByCamera,
    CheckIn,
    DayMenu,
    JoinNow,
    OwnParty,
    RollCall,
    Run,
    ShowDoor,
)
from handlers.words import title
from models.events import checking_in, doors, events, signups, stops
from models.events.checking_in import CheckedIn, NoSeat, NotNow, OldCode
from models.events.doors import MayJoin
from models.events.events import Event
from models.events.walking_in import Full
from models.network import consoles
from models.rules.events.windows import Why

router = Router()

PNG = "image/png"
LASTS = int(consoles.LINK_LASTS.total_seconds() // 60)


# What an organizer does


@router.button(DayMenu)
def day_menu(chat: Chat, press: DayMenu) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    acts: tuple[tuple[Sayable, Action], ...] = (
        (say("Code for the door"), ShowDoor(event.id)),
        (say("Changing code"), ShowDoor(event.id, 1)),
        (say("By camera"), ByCamera(event.id)),
        *([(say("Stops"), RollCall(event.id))] if stops.of(event) else []),
        (say("Helpers"), Run(event.id, "helpers")),
        (say("Finish"), Run(event.id)),
    )
    return Reply(
        lines(title(event), say("What shall happen?")),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (Button(say("Codes"), CheckIn(event.id)),),
    )


@router.button(ByCamera)
def by_camera(chat: Chat, press: ByCamera) -> Reply:
    """The way to the page that scans, and goes on without a network."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    token = consoles.make_link(chat.session, chat.member.id, chat.now)
    return Reply(
        lines(
            say("A browser scans their codes, with or without a network."),
            say("Open it while there is one: “Check in” stands on the first page."),
            say("The link works once, for {n} minutes. Don't pass it on.", n=LASTS),
        ),
        buttons=(
            Button(say("Open the desk"), url=f"/console/enter/{token}"),
            Button(say("Codes"), CheckIn(event.id)),
        ),
    )


@router.button(ShowDoor)
def show_door(chat: Chat, press: ShowDoor) -> Reply:
    """The code by which people check themselves in: the one to hang up, or the changing one."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    doors.choose(chat.session, event.id, bool(press.rotates), chat.member.id, chat.now)
    if not press.rotates:
        return _poster(chat, event)
    code = doors.code_now(chat.session, event.id, chat.now)
    token = doors.page_token(chat.session, event.id, chat.member.id, chat.member.account)
    return Reply(
        lines(
            say("Let them scan this now. It changes every 30 seconds."),
            say("On a screen it changes by itself. The one you hung up doesn't count any more."),
        ),
        buttons=(
            Button(say("New picture"), ShowDoor(event.id, 1)),
            Button(say("On a screen"), url=f"/door/{token}"),
            Button(say("Codes"), CheckIn(event.id)),
        ),
        file=_picture(chat, event, code),
    )


def _poster(chat: Chat, event: Event) -> Reply:
    """A code to be hung at the door, by which those with a seat check themselves in."""
    return Reply(
        lines(
            say("Hang this at the door of {title}: who has a seat scans it.", title=title(event)),
            say("Others get a seat by it while some are free."),
        ),
        buttons=(
            Button(say("Changing code"), ShowDoor(event.id, 1)),
            Button(say("Codes"), CheckIn(event.id)),
            Button(say("Back"), Run(event.id)),
        ),
        file=_picture(chat, event, doors.place_secret(chat.session, event.id)),
    )


def _picture(chat: Chat, event: Event, secret: str) -> Attachment:
    path = f"/go/{chat.member.account}/k{event.id}-{secret}"
    return Attachment(f"door-{event.id}.png", PNG, QR, (path,))


# What whoever scans it is told


@router.link("k")
def at_the_door(chat: Chat, rest: str) -> Reply:
    """The code at the place, ``k12-…``: checks in who has a seat, and offers free ones."""
    number, _, secret = rest.partition("-")
    event_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    done = doors.by_place_code(chat.session, event_id, secret, chat.member.id, chat.now)
    event = events.get(chat.session, event_id)
    if done is None or event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    if isinstance(done, CheckedIn):
        return _is_here(chat, event, done)
    if isinstance(done, NoSeat):
        return _without_seat(chat, event)
    return Reply(outcome(chat, event, done), buttons=(MINE, EVENTS))


def _is_here(chat: Chat, event: Event, done: CheckedIn) -> Reply:
    text = say("✅ You're checked in: {title}.", title=title(event))
    along = checking_in.coming_along(chat.session, done.signup)
    if not along:
        asked = asking_again.of_oneself(chat, event, [done.signup.id], before=text)
        return asked or Reply(text, buttons=(MINE, EVENTS))
    names = listing(*(named(chat, event, each, member) for each, member in along))
    here = say("With you: {names}. Are they here?", names=names)
    everybody = Button(say("All here"), OwnParty(event.id))
    return Reply(
        lines(text, here), buttons=(everybody, Button(say("Only me"), OwnParty(event.id, 1)))
    )


@router.button(OwnParty)
def all_here(chat: Chat, press: OwnParty) -> Reply:
    """Check in those who came along with the member, who has just been checked in."""
    claim = signups.claim_of(chat.session, press.event_id, chat.member.id)
    event = events.get(chat.session, press.event_id)
    if claim is None or event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    done = (
        checking_in.with_party(chat.session, event.id, claim.id, None, chat.now)
        if not press.alone
        else []
    )
    if isinstance(done, NotNow):
        return Reply(outcome(chat, event, done), buttons=(MINE, EVENTS))
    text = (
        say_n("✅ {n} more is here.", "✅ {n} more are here.", len(done))
        if done
        else say("✅ You're checked in: {title}.", title=title(event))
    )
    came = [claim.id, *(each.signup.id for each in done)]
    asked = asking_again.of_oneself(chat, event, came, before=text)
    return asked or Reply(text, buttons=(MINE, EVENTS))


def _without_seat(chat: Chat, event: Event) -> Reply:
    done = doors.ask_in(chat.session, event.id, chat.member, chat.care, chat.now)
    if isinstance(done, MayJoin):
        return Reply(
            say("You have no seat at {title} yet, and some are free.", title=title(event)),
            buttons=(Button(say("Join now"), JoinNow(event.id, done.step, done.proof)), EVENTS),
        )
    return _stays_out(event, done)


def _stays_out(event: Event, done: Full | NotNow) -> Reply:
    match done:
        case Full():
            why: Sayable = say("You have no seat at {title}, and it's full.", title=title(event))
        case NotNow(Why.NOT_FOR_THEM):
            why = say("{title} is for certain people only.", title=title(event))
        case NotNow():
            why = say("You have no seat at {title}.", title=title(event))
        case never:
            assert_never(never)
    ask = say("The organizers at the door can let you in: tell them your name.")
    return Reply(lines(why, ask), buttons=(EVENTS, MINE))


@router.button(JoinNow)
def join(chat: Chat, press: JoinNow) -> Reply:
    done = doors.join(
        chat.session,
        press.event_id,
        press.step,
        press.proof,
        chat.member,
        chat.care,
        chat.now,
    )
    event = events.get(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    match done:
        case CheckedIn():
            return _is_here(chat, event, done)
        case OldCode():
            return Reply(outcome(chat, event, done), buttons=(EVENTS, MINE))
        case Full() | NotNow():
            return _stays_out(event, done)
        case never:
            assert_never(never)
