"""Requests in people's own words to sign up for events and to cancel sign-ups.

A number that is certain acts at once; anything else is asked first.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    TEAMS,
    Bring,
    GiveUp,
    ListEvents,
    Mine,
    OpenEvent,
    SignUp,
    ask,
)
from handlers.desk import needs
from handlers.events import browsing, conditions, facts, halls, looking, refusals, signups
from handlers.words import title
from models.events import events as all_events
from models.events import lookup
from models.events import signups as all_signups
from models.events.audiences import admits
from models.events.events import Event, Signup, SignupState
from models.rules.events import companions as rules
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.understanding import slots
from models.rules.understanding.intents import Confidence, Intent, Understood
from models.rules.understanding.understanding import NUMBER, tidy, understand

router = Router()


# Signing up


@router.command(
    "signup", zh="报名", also=("sign up", "sign-up", "我要报名", "想报名"), about=say("Sign up")
)
def sign_up_by_words(chat: Chat, words: str) -> Reply:
    return sign_up(chat, _spelt_out(Intent.SIGN_UP, words))


def _spelt_out(intent: Intent, words: str) -> Understood:
    """The words after a command: a number, or a name with perhaps the day of it."""
    tidied = tidy(words)
    named = slots.read("" if NUMBER.match(tidied) else tidied)
    left = named.rest if named.span else tidied
    return Understood(intent, left, named.span, confidence=Confidence.CERTAIN)


@router.intent(Intent.SIGN_UP)
def sign_up(chat: Chat, request: Understood) -> Reply:
    """One event by its number or whole title is signed up for; one by part of it is shown."""
    request = replace(request, words=rules.without_number(request.words) or request.words)
    number = request.number
    said = request.numbered.if_said(0)
    if said and rules.people_in_all(needs.said(chat)) < 2:
        return signups.sign_up(chat, SignUp(said))
    if number:
        event = all_events.get(chat.session, number)
        if event is None:
            return browsing.no_such_event()
        many = rules.people_in_all(needs.said(chat)) if event.along else 0
        return _ask_together(chat, event, many) if many > 1 else _ask_to_sign_up(chat, event)
    fits = _to_be_joined(chat, request)
    if request.how and not fits and not request.words:
        return _how_to_sign_up()
    if len(fits) != 1 and request.words and not request.text:
        return looking.search(chat, request.words, request.span)
    if not fits:
        return browsing.browse(chat, ListEvents(span=request.span))
    if len(fits) > 1:
        return facts.ask_which(chat, request, fits)
    (event,) = fits
    if request.how:
        return browsing.card(chat, event)
    if event.along and (many := rules.people_in_all(needs.said(chat))) > 1:
        return _ask_together(chat, event, many)
    if not request.certain:
        return _ask_to_sign_up(chat, event)
    if _is_named(chat, event, request):
        return signups.sign_up(chat, SignUp(event.id))
    return browsing.card(chat, event)


def _to_be_joined(chat: Chat, request: Understood) -> Sequence[Event]:
    """The events that somebody may want to join: those named, else the one on the screen."""
    if request.words and (fits := looking.fitting(chat, request.words, request.span)):
        return fits
    if (request.words or request.text) and (named := facts.named(chat, request)):
        return named
    shown = facts.on_screen(chat) if not request.span and not request.words else None
    if shown is not None:
        return [shown]
    # Amid the only thing on a day, it need not be named.
    of_day = facts.coming_on(chat, request.span) if request.span and not request.words else ()
    return of_day if len(of_day) == 1 else ()


def _is_named(chat: Chat, event: Event, request: Understood) -> bool:
    """Whether the words are the whole title: a part may mean another event tomorrow."""
    titles = [tidy(each) for each in event.text_of("title").versions()]
    if request.words in titles:
        return True
    # A title may begin with words that are taken off a name: 一句话写南海.
    text = tidy(chat.incoming.text) if chat.incoming is not None else ""
    for each in titles:
        before = understand(text.removesuffix(each)) if text.endswith(each) else request
        if before.certain and before.intent == Intent.SIGN_UP and not before.words:
            return True
    return False


def _how_to_sign_up() -> Reply:
    return Reply(
        say("Open an event and tap Sign up, or write “sign up” and its number."),
        buttons=(EVENTS, MINE),
    )


def _ask_to_sign_up(chat: Chat, event: Event) -> Reply:
    has_claim = all_signups.claim_of(chat.session, event.id, chat.member.id) is not None
    if has_claim or not admits(chat.session, event.audience, chat.member):
        return browsing.card(chat, event)
    if why := windows.refusal(EventAct.SIGN_UP, event, chat.now):
        return refusals.no_sign_up(event, why)
    if why := conditions.closed_to(chat, event):
        return conditions.refusal(chat, event, why)
    return Reply(
        lines(
            When(event.starts_at, event.ends_at, near=True),
            say("Sign up for {title}?", title=title(event)),
        ),
        buttons=(
            Button(say("Sign up"), SignUp(event.id)),
            Button(say("Event details"), OpenEvent(event.id)),
            EVENTS,
        ),
    )


def _ask_together(chat: Chat, event: Event, many: int) -> Reply:
    """Whether to sign up with so many others, where so many may come along."""
    if not admits(chat.session, event.audience, chat.member):
        return browsing.card(chat, event)
    if why := windows.refusal(EventAct.SIGN_UP, event, chat.now):
        return refusals.no_sign_up(event, why)
    if why := conditions.closed_to(chat, event):
        return conditions.refusal(chat, event, why)
    most = event.along.most
    if many - 1 > most:
        return Reply(
            say_n(
                "{n} person may come along to {title}.",
                "Up to {n} may come along to {title}.",
                most,
                title=title(event),
            ),
            buttons=(Button(say("With others"), Bring(event.id)), EVENTS),
        )
    return Reply(
        lines(
            When(event.starts_at, event.ends_at, near=True),
            say("Sign up for {title}, {n} of you?", title=title(event), n=many),
        ),
        buttons=(
            Button(say("Sign up"), Bring(event.id, many - 1)),
            Button(say("Event details"), OpenEvent(event.id)),
            EVENTS,
        ),
    )


@router.intent(Intent.COMPANIONS)
def companions(chat: Chat, request: Understood) -> Reply:
    """Each person signs up in a chat of their own; the organizers know about exceptions."""
    needs.keep_words(chat)
    meant = facts.events_meant(chat, request)
    if len(meant) != 1:
        return facts.ask_which(chat, request, meant)
    (event,) = meant
    company = facts.company(chat, event)
    if event.along and (many := rules.people_in_all(needs.said(chat))) > 1:
        return _ask_together(chat, event, many)
    if event.along:
        return Reply(
            lines(
                title(event),
                company,
                say_n(
                    "You can sign up together: {n} person may come with you.",
                    "You can sign up together: up to {n} may come with you.",
                    event.along.most,
                ),
            ),
            buttons=(
                Button(say("With others"), Bring(event.id)),
                Button(say("Event details"), OpenEvent(event.id)),
                ask(event.id),
            ),
        )
    return Reply(
        lines(
            title(event),
            company,
            say("Who needs a seat writes “sign up {n}” here themselves.", n=event.id)
            if company
            else say(
                "One person, one seat: let them write “sign up {n}” here themselves. For children "
                "and others, ask the organizers.",
                n=event.id,
            ),
        ),
        buttons=(Button(say("Event details"), OpenEvent(event.id)), ask(event.id), MINE),
    )


@router.intent(Intent.SEAT)
def own_seat(chat: Chat, request: Understood) -> Reply:
    return halls.my_seat(chat, "")


@router.intent(Intent.CHECK_IN)
def check_in(chat: Chat, request: Understood) -> Reply:
    return signups.show_mine(chat, Mine())


# Giving up


@router.command("cancel", zh="取消报名", also=("不去了", "取消"), about=say("Cancel a sign-up"))
def cancel_by_words(chat: Chat, words: str) -> Reply:
    return cancel(chat, _spelt_out(Intent.CANCEL, words))


@router.intent(Intent.CANCEL)
def cancel(chat: Chat, request: Understood) -> Reply:
    """A number gives up that seat; anything else is asked: which, or whether."""
    if said := request.numbered.if_said(0):
        return signups.give_up(chat, GiveUp(said))
    mine = list(all_signups.of_member(chat.session, chat.member.id, chat.now))
    meant = _meant(chat, request, mine)
    how = (
        say("Tap Cancel sign-up below an event, or write “cancel” and its number.")
        if request.how
        else None
    )
    if not mine:
        return Reply(
            lines(how, say("You haven't signed up for anything.")), buttons=(EVENTS, TEAMS)
        )
    if not meant:
        return _none_of_these(chat, request, mine)
    if len(meant) > 1:
        asked = signups.ask_which(chat, meant)
        return Reply(lines(how, asked.text), asked.choices, asked.buttons)
    ((signup, event),) = meant
    if all_signups.why_kept(event, signup.state, chat.now) is not None:
        return signups.give_up(chat, GiveUp(event.id))
    is_queued = signup.state == SignupState.WAITING
    asked_about = (
        say("Leave the queue for {title}?", title=title(event))
        if is_queued
        else say("Give up {title}?", title=title(event))
    )
    sure = (
        Button(say("Leave queue"), GiveUp(event.id, 1))
        if is_queued
        else Button(say("Cancel sign-up"), GiveUp(event.id))
    )
    return Reply(
        lines(how, When(event.starts_at, event.ends_at, near=True), asked_about),
        buttons=(
            sure,
            Button(say("Keep it"), OpenEvent(event.id)),
            MINE,
        ),
    )


def _meant(
    chat: Chat, request: Understood, mine: Sequence[tuple[Signup, Event]]
) -> Sequence[tuple[Signup, Event]]:
    """Those of one's own sign-ups that the words and the time name."""
    number = request.number
    if number:
        return [each for each in mine if each[1].id == number]
    on_the_day = [each for each in mine if facts.is_in(chat, each[1], request.span)]
    if request.words:
        fits = set(lookup.matching(chat.session, request.words, chat.now))
        named = [each for each in on_the_day if each[1].id in fits]
        # 明天那个爬山: what is called otherwise is known by its day.
        return named or (on_the_day if request.span and not fits else [])
    shown = facts.on_screen(chat, only_card=True) if not request.span else None
    on_screen = [each for each in mine if shown is not None and each[1].id == shown.id]
    return on_screen or on_the_day


def _none_of_these(chat: Chat, request: Understood, mine: Sequence[tuple[Signup, Event]]) -> Reply:
    """The reply where the words name no own sign-up; words that name nothing mean any of them."""
    fits = looking.fitting(chat, request.words) if request.words and not request.number else []
    if fits:
        name: Sayable = title(fits[0])
    elif request.number:
        event = all_events.get(chat.session, request.number)
        if event is None:
            return browsing.no_such_event()
        name = title(event)
    else:
        return signups.ask_which(chat, mine)
    return Reply(say("You have no sign-up for {title}.", title=name), buttons=(MINE, EVENTS))
