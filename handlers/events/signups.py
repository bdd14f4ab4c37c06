"""Signing up, giving up, and what is mine."""

from collections.abc import Sequence
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, When, lines, listing_and, say, say_n
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    TEAMS,
    GiveUp,
    Mine,
    OpenEvent,
    SignUp,
    Ticket,
    ToCalendar,
)
from handlers.events import audiences, browsing
from handlers.words import DOT, LEADS, team_name, title
from models.events import checking_in, events, signups
from models.events.events import Event, Signup, SignupState
from models.rules.events import audience as rules
from models.rules.events import reminding
from models.rules.events.admission import Closed, NotAdmitted, Seated, Waiting
from models.rules.languages import Translated
from models.store.compiled import Row
from models.teams import teams

router = Router()

REFUSALS = {
    Closed.CANCELLED: say("❌ {title} has been cancelled. There is more under Events."),
    Closed.CLOSED: say("Sign-up for {title} is closed. There is more under Events."),
    Closed.OVER: say("It's too late to sign up for {title}. There is more under Events."),
}


@router.button(SignUp)
def sign_up(chat: Chat, press: SignUp) -> Reply:
    done = signups.sign_up(chat.session, press.event_id, chat.member, chat.care, chat.now)
    if done is None:
        return browsing.no_such_event()
    event = done.event
    match done.outcome:
        case Seated():
            return _seated(chat, event, again=done.again)
        case Waiting(position):
            return Reply(
                say_n(
                    "⏳ {title} is full. You're next in the queue; "
                    "we'll ask you as soon as a seat frees up.",
                    "⏳ {title} is full. You're number {n} in the queue; "
                    "we'll ask you as soon as a seat frees up.",
                    position,
                    title=_title(event),
                ),
                buttons=(Button(say("Leave queue"), GiveUp(event.id)), EVENTS),
            )
        case NotAdmitted(Closed.NOT_FOR_THEM):
            return _not_for_them(chat, event)
        case NotAdmitted(reason):
            text = REFUSALS[reason]
            return Reply(say(text.id, title=_title(event)), buttons=(EVENTS, MINE))
        case never:
            assert_never(never)


def _not_for_them(chat: Chat, event: Row) -> Reply:
    audience = rules.from_column(event.audience)
    return Reply(
        say(
            "{title} is only for: {audience}. There is more under Events.",
            title=_title(event),
            audience=audiences.described(chat.session, audience),
        ),
        buttons=(*audiences.ways_in(chat, audience), EVENTS),
    )


def _seated(chat: Chat, event: Row, *, again: bool) -> Reply:
    values = {"title": _title(event), "when": When(event.starts_at, near=True)}
    first = (
        say("✅ You have a seat already: {title}, {when}.", **values)
        if again
        else say("✅ You're in: {title}, {when}.", **values)
    )
    return Reply(
        lines(first, _promise(chat, event)),
        buttons=(
            Button(say("Add to calendar"), ToCalendar(event.id)),
            Button(say("Cancel sign-up"), GiveUp(event.id)),
        ),
    )


def _promise(chat: Chat, event: Row) -> Any:
    """When they will be reminded: as they chose, as far as there is time for it."""
    if "reminder" in chat.member.muted or not chat.member.leads:
        return say("Reminders are off; you can turn them on under Profile.")
    hours = chat.care.quiet_of(chat.member.quiet, chat.member.shift)
    owed = reminding.owed(event.starts_at, chat.member.leads, hours, chat.care.zone, chat.now)
    leads = [LEADS[lead] for lead in chat.member.leads if lead in owed and lead in LEADS]
    if not leads:
        return say("It begins soon, so no reminder will come before.")
    return say("We'll remind you {leads} before.", leads=listing_and(*leads))


def ask_which(chat: Chat, mine: Sequence[tuple[Signup, Event]]) -> Reply:
    """Which of one's own sign-ups to give up."""
    return Reply(
        say("Which one do you want to give up?"),
        tuple(
            Choice(event.id, title(event), GiveUp(event.id), _line(chat, signup, event))
            for signup, event in mine
        ),
        (MINE, EVENTS),
    )


@router.button(GiveUp)
def give_up(chat: Chat, press: GiveUp) -> Reply:
    """Cancel a sign-up; ask once where others wait for the seat, naming what will be lost."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    claim = signups.claim_of(chat.session, press.event_id, chat.member.id)
    if claim is None:
        return Reply(
            say("You have no sign-up for {title}.", title=title(event)), buttons=(EVENTS, MINE)
        )
    if claim.state in signups.CAME:
        return browsing.card(chat, event)
    if not press.sure and event.waiting > 0 and claim.state != SignupState.OFFERED:
        return _ask_once(event, claim.state)
    signups.give_up(chat.session, press.event_id, chat.member.id, chat.care, chat.now)
    text = (
        say("You've left the queue for {title}.", title=title(event))
        if claim.state == SignupState.WAITING
        else say("Cancelled: {title}. Thanks for telling us.", title=title(event))
    )
    return Reply(text, buttons=(Button(say("Sign up again"), SignUp(press.event_id)), EVENTS, MINE))


def _ask_once(event: Event, state: SignupState) -> Reply:
    if state == SignupState.WAITING:
        lost = say("You'd lose your place in the queue for {title}.", title=title(event))
        sure = say("Leave queue")
    else:
        lost = say_n(
            "{title} is full and {n} person is waiting: your seat would be theirs.",
            "{title} is full and {n} people are waiting: your seat would be theirs.",
            event.waiting,
            title=title(event),
        )
        sure = say("Give up seat")
    keep = Button(say("Keep it"), OpenEvent(event.id))
    return Reply(lost, buttons=(keep, Button(sure, GiveUp(event.id, 1))))


@router.command(
    "mine", zh="我的", also=("我的报名", "我报了什么"), about=say("My sign-ups and teams")
)
def mine(chat: Chat, words: str) -> Reply:
    return show_mine(chat, Mine())


@router.button(Mine)
def show_mine(chat: Chat, press: Mine) -> Reply:
    claims = signups.of_member(chat.session, chat.member.id, chat.now)
    my_teams = teams.of_member(chat.session, chat.member.id)
    in_teams = (
        say("Teams: {names}", names=lines(*map(team_name, my_teams[:5]), between=DOT))
        if my_teams
        else None
    )
    if not claims:
        return Reply(lines(say("No sign-ups yet."), in_teams), buttons=(EVENTS, TEAMS))
    return Reply(
        lines(in_teams, say("Your sign-ups:")),
        tuple(
            Choice(event.id, title(event), OpenEvent(event.id), _line(chat, signup, event))
            for signup, event in claims[:10]
        ),
        (_first_of_mine(chat, claims), EVENTS, TEAMS),
    )


def _first_of_mine(chat: Chat, claims: Sequence[tuple[Signup, Event]]) -> Button:
    """On the day of an event its check-in code, else all of mine as a calendar."""
    for signup, event in claims:
        if signup.state == SignupState.SEATED and checking_in.is_the_day(event, chat.now):
            return Button(say("Check-in code"), Ticket(signup.event_id))
    return Button(say("Add to calendar"), ToCalendar())


def _line(chat: Chat, signup: Signup, event: Event) -> Any:
    match signup.state:
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, signup.turn)
            state = say("⏳ number {n} in the queue", n=place)
        case SignupState.OFFERED:
            state = say("🔔 a seat is free for you")
        case SignupState.ATTENDED:
            state = say("✅ checked in")
        case _:
            state = say("✅ seat")
    return lines(title(event), When(event.starts_at, near=True), state, between=DOT)


def _title(event: Row) -> Translated:
    return Translated(event.title, event.translations.get("title", {}))
