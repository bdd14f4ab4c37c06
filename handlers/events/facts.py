"""Answer what people ask about one event from what is written with it; pass the rest on.

Which event is meant: the one that the words name, else the one on the screen, else the member's own
next one, else the only one on the day that was said. Where that does not tell, it is asked.
"""

import re
from collections.abc import Callable, Sequence

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, TELL, ListEvents, OpenEvent, SignUp, ask
from handlers.desk import known, needs
from handlers.events import browsing, conditions, days, gates
from handlers.events.fields import told
from handlers.words import opens_later, seats_left, station_name, title
from models.events import events, lookup, signups
from models.events.audiences import admits
from models.events.events import Companions, Event, EventState
from models.network import stations
from models.rules.events import companions, undated, windows
from models.rules.events.windows import EventAct
from models.rules.understanding import slots, spans
from models.rules.understanding.intents import FACTS, Intent, Understood

router = Router()

Answer = Callable[[Chat, Event], Sayable | None]

SENTENCE = re.compile(r"[^。！？!?;；\n]+[。！？!?]?")
NOT_WRITTEN = say("That isn't written with it. Shall I ask the organizers?")
MOST_SENTENCES = 2
MOST = 50
"""How many events of a day are looked at."""


def _written(pattern: str) -> Answer:
    """Answer with the sentences of the event's own text that hold such words."""
    speaks = re.compile(pattern)

    def answer(chat: Chat, event: Event) -> Sayable | None:
        texts = (event.text_of(each).to(chat.language) for each in ("about", "bring", "place"))
        said = [each.strip() for text in texts for each in SENTENCE.findall(text)]
        return "\n".join([each for each in said if speaks.search(each.casefold())][:MOST_SENTENCES])

    return answer


def _when(chat: Chat, event: Event) -> Sayable:
    return When(event.starts_at, event.ends_at, near=True)


def _where(chat: Chat, event: Event) -> Sayable | None:
    host = station_name(stations.get(chat.session, event.station_id))
    return event.text_of("place") or host


def _bring(chat: Chat, event: Event) -> Sayable | None:
    return told(event, "bring")


def _closing(chat: Chat, event: Event) -> Sayable:
    if windows.refusal(EventAct.SIGN_UP, event, chat.now):
        return seats_left(event, chat.now)
    return lines(opens_later(event, chat.now), say("Sign up by {when}", when=When(event.closes_at)))


def _seats(chat: Chat, event: Event) -> Sayable:
    return seats_left(event, chat.now)


def _is_on(chat: Chat, event: Event) -> Sayable:
    if event.state == EventState.CANCELLED:
        return say("❌ It is cancelled.")
    if undated.is_to_come(event.starts_at):
        return say("⏳ It is postponed. Once the date is set, everybody who signed up is told.")
    return lines(
        say("So far it takes place as planned:"),
        _when(chat, event),
        say("Should that change, everybody who signed up is told."),
    )


def _host(chat: Chat, event: Event) -> Sayable:
    host = station_name(stations.get(chat.session, event.station_id))
    return lines(
        say("Run by {place}.", place=host), told(event, "contact") or _CONTACT(chat, event)
    )


def _about(_chat: Chat, event: Event) -> Sayable | None:
    return event.text_of("about") or None


def _meeting_point(chat: Chat, event: Event) -> Sayable | None:
    point = told(event, "meet")
    return lines(point, _when(chat, event)) if point else _GATHERING(chat, event)


def _cost(chat: Chat, event: Event) -> Sayable | None:
    return told(event, "cost") or _PRICES(chat, event)


def _who_may(chat: Chat, event: Event) -> Sayable | None:
    """Whom people may bring, where they ask after such; else what is written of who may come."""
    allowed, written = company(chat, event), _ADMISSION(chat, event)
    if allowed and companions.people_in(needs.said(chat)):
        return allowed
    condition = gates.line(event, chat.now)
    if written or condition:
        return lines(condition, written, allowed)
    return lines(allowed, say("Anybody else: better ask first.")) if allowed else None


def company(chat: Chat, event: Event) -> Sayable | None:
    """Whom people may bring, and that of others who were asked after nothing is written."""
    if not event.companions:
        return None
    others = companions.people_in(needs.said(chat)) - companions.ADMITTED[event.companions]
    unsaid = others and event.companions is not Companions.NOBODY
    return lines(WHOM[event.companions], say("Anybody else: better ask first.") if unsaid else None)


WHOM = {
    Companions.NOBODY: say("This one is for yourself only."),
    Companions.FAMILY: say("You may bring your family, children too."),
    Companions.CHILDREN: say("You may bring your children."),
    Companions.FRIENDS: say("You may bring friends."),
    Companions.ANYONE: say("You may bring family and friends."),
}

_GATHERING = _written("集合|上车|接送|大巴|集中|出发|meet|bus|gather")
_PRICES = _written(
    r"费(?!力|心|劲)|(?<![避难以])免(?!得)|(?<!单)元(?![旦宵])|块钱|aa|自理"
    r"|(?<!feel )\bfree\b|\bfees?\b|\bcosts?\b|\bpay|yuan"
)
_ADMISSION = _written(
    "家属|孩子|小孩|亲子|朋友|周?岁|仅限|面向|零基础|新手|都可以|famil|kid|child|friend|beginner"
)
_CONTACT = _written("联系|咨询|电话|负责人|领队|contact|phone")

ANSWERS: dict[Intent, Answer] = {
    Intent.WHEN: _when,
    Intent.WHERE: _where,
    Intent.MEETING_POINT: _meeting_point,
    Intent.BRING: _bring,
    Intent.COST: _cost,
    Intent.WHO_MAY: _who_may,
    Intent.CLOSING: _closing,
    Intent.SEATS: _seats,
    Intent.IS_ON: _is_on,
    Intent.HOST: _host,
    Intent.ABOUT: _about,
}
assert ANSWERS.keys() == FACTS


@router.intent(*FACTS)
def answer_fact(chat: Chat, request: Understood) -> Reply:
    assert request.intent is not None
    needs.keep_words(chat)
    meant = events_meant(chat, request)
    if len(meant) != 1:
        return ask_which(chat, request, meant)
    (event,) = meant
    said: Sayable | None = ANSWERS[request.intent](chat, event)
    if not said and (answered := _known(chat, event)) is not None:
        return answered
    if not said and request.intent == Intent.MEETING_POINT:
        # When and where it is helps whoever asks when and where to meet.
        said = lines(_when(chat, event), _where(chat, event), NOT_WRITTEN)
    said = said or NOT_WRITTEN
    place = (Button(say("Map"), url=event.map_url),) if event.map_url else ()
    more = place if request.intent in (Intent.WHERE, Intent.MEETING_POINT) else ()
    other_day = None if is_in(chat, event, request.span) else _when(chat, event)
    said = lines(title(event), other_day, said)
    return Reply(said, buttons=(_next(chat, event), ask(event.id), *more))


def _known(chat: Chat, event: Event) -> Reply | None:
    """What is known of an event where it is not written with it."""
    found = chat.recall(needs.said(chat), event_id=event.id, only_event=True)
    return known.answer(chat, found)


def who_comes(chat: Chat, request: Understood) -> Reply:
    """How many have signed up; the names are for the organizers."""
    needs.keep_words(chat)
    meant = events_meant(chat, request)
    if len(meant) != 1:
        return ask_which(chat, request, meant)
    (event,) = meant
    count = say_n("{n} person has signed up.", "{n} people have signed up.", event.held)
    return Reply(
        lines(
            title(event),
            count if event.held else None,
            seats_left(event, chat.now),
            say("The list of names is for its organizers."),
        ),
        buttons=(_next(chat, event), ask(event.id)),
    )


def _next(chat: Chat, event: Event) -> Button:
    """Sign up where the member can and has not; else the event in full."""
    has_claim = signups.claim_of(chat.session, event.id, chat.member.id) is not None
    if has_claim or windows.refusal(EventAct.SIGN_UP, event, chat.now):
        return Button(say("Event details"), OpenEvent(event.id))
    is_for_them = admits(chat.session, event.audience, chat.member)
    if not is_for_them or conditions.closed_to(chat, event) is not None:
        return Button(say("Event details"), OpenEvent(event.id))
    return Button(say("Sign up"), SignUp(event.id))


def ask_which(chat: Chat, request: Understood, meant: Sequence[Event]) -> Reply:
    """Ask which of several events is meant; where there is none, show what comes next."""
    if not meant:
        return browsing.browse(chat, ListEvents(span=request.span))
    is_there = any(is_in(chat, each, request.span) for each in meant)
    when = days.named(chat, request.span)
    return Reply(
        lines(
            None if is_there else say("{when}: nothing like that.", when=when),
            say("Which one do you mean?"),
        ),
        browsing.choices_of(chat, meant[:5]),
        buttons=(TELL, EVENTS),
    )


def events_meant(chat: Chat, request: Understood) -> Sequence[Event]:
    """Return the events that a question may be about: one where it is clear, else several."""
    if request.number:
        event = events.get(chat.session, request.number)
        return [event] if event is not None else []
    if about := named(chat, request):
        return about
    shown = on_screen(chat)
    if shown is not None and not request.span:
        return [shown]
    mine = [each for _claim, each in signups.of_member(chat.session, chat.member.id, chat.now)]
    mine = [each for each in mine if is_in(chat, each, request.span)]
    if mine:
        return mine[:1]
    return coming_on(chat, request.span)


def event_spoken_of(chat: Chat, request: Understood) -> Event | None:
    """The event that the words name, else the one on the screen; None where neither tells."""
    if request.intent is None or request.intent in FACTS:
        text = _that_names(request, request.text or request.words)
        ids = lookup.named_in(chat.session, text, chat.now, caller=chat.member) if text else []
        if ids:
            return events.get(chat.session, ids[0]) if len(ids) == 1 else None
    return on_screen(chat)


def named(chat: Chat, request: Understood) -> Sequence[Event]:
    """Return the events whose names stand in the text: on the days it speaks of, if there."""
    text = slots.read(request.text or request.words or drafts.words_of(chat)).rest
    text = _that_names(request, text)
    ids = lookup.named_in(chat.session, text, chat.now, caller=chat.member) if text else []
    rows = [each for number in ids if (each := events.get(chat.session, number)) is not None]
    return [each for each in rows if is_in(chat, each, request.span)] or rows


def _that_names(request: Understood, text: str) -> str:
    """The words that may name an event: whom somebody would bring along does not."""
    brings = request.intent in (Intent.COMPANIONS, Intent.WHO_MAY)
    return companions.without_people(text) if brings else text


def coming_on(chat: Chat, span: str) -> Sequence[Event]:
    """Return what comes in a span, the soonest first."""
    since, until = browsing.span_of(span, chat)
    coming = lookup.upcoming(
        chat.session, chat.now, since=since, until=until, caller=chat.member, limit=MOST
    )
    return [each for each in coming if is_in(chat, each, span)]


def is_in(chat: Chat, event: Event, span: str) -> bool:
    """Whether an event begins in a span."""
    since, until = browsing.span_of(span, chat)
    begins = event.starts_at
    return (
        (since is None or begins >= since)
        and (until is None or begins < until)
        and spans.is_at(span, begins.astimezone(chat.care.zone))
    )


def on_screen(chat: Chat, *, only_card: bool = False) -> Event | None:
    """The event that the message on the screen is about; ``only_card``: that shows it in full."""
    message = chat.shown()
    if message is None:
        return None
    # Below a card may stand what one can do with one's claim; a list leads to other events.
    beside = {_event_id(each.data) for each in message.choices}
    for button in message.buttons:
        number = _event_id(button.data)
        event = events.get(chat.session, number) if number else None
        if event is not None and beside <= {number}:
            titles = tuple(event.text_of("title").versions())
            return event if not only_card or message.text.startswith(titles) else None
    return None


def _event_id(data: str) -> int:
    """The event that a press is about; 0 for none."""
    action = Action.unpack(data) if data else None
    return getattr(action, "event_id", 0) or 0
