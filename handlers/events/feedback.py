"""How an event was: people are asked the day after, and organizers see it without names."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, MINE
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.running import to_run
from handlers.words import title
from models.events import events, feedback
from models.events.events import Event
from models.events.feedback import NotTaken
from models.network import roles, stations
from models.rules.events import feedback as rules
from models.rules.events.feedback import Shown
from models.rules.events.windows import Why
from models.rules.network.permissions import Act
from models.sending.reasons import Reason
from papers.facts import Bar, Chart, Order

router = Router()

PNG = "image/png"
PAGE = 5
WIDEST = 10
"""Characters of the longest bar in a text."""

TOO_FEW = say("Fewer than five have answered. It is shown from five on, so that nobody is known.")


@dataclass(frozen=True, slots=True)
class Rate(Action, tag="rate"):
    """Says how an event was, in stars; 0 says that one was not there."""

    event_id: int
    stars: int


@dataclass(frozen=True, slots=True)
class ShowSentences(Action, tag="sentences"):
    event_id: int
    skip: int = 0


# Asking


@router.notice(feedback.TOPIC)
def ask(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    if event is None:
        return Drop(Reason.GONE)
    if feedback.why_not(chat.session, event.id, chat.member.id, chat.now) is not None:
        return Drop(Reason.OUTDATED)
    if feedback.of(chat.session, event.id, chat.member.id) is not None:
        return Drop(Reason.ANSWERED)
    return stars_of(event)


def stars_of(event: Event) -> Reply:
    """The question how it was, with a tap for each number of stars."""
    return Reply(
        lines(
            say("How was {title}?", title=title(event)),
            say("Tap the stars. The organizers see no names."),
        ),
        tuple(
            Choice(stars, "★" * stars, Rate(event.id, stars))
            for stars in range(1, rules.MOST_STARS + 1)
        ),
        (Button(say("I wasn't there"), Rate(event.id, 0)), MENU),
    )


@router.dialog("feedback", of_oneself=True)
def sentence(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "words",
        say("A sentence for the organizers, too? They see no name."),
        check=_words,
        skip=say("Finish"),
    )
    return start["event_id"], words


def _words(words: str) -> str | Wrong:
    if len(words) > rules.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=rules.LONGEST))
    return words


@router.button(Rate)
def rate(chat: Chat, press: Rate) -> Reply:
    """Take the stars at once; a sentence may follow."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    if press.stars not in range(1, rules.MOST_STARS + 1):
        feedback.take_back(chat.session, event.id, chat.member.id)
        return Reply(say("All right, then you aren't counted."), buttons=(EVENTS, MINE))
    done = feedback.rate(chat.session, event.id, chat.member.id, press.stars, chat.now)
    if isinstance(done, NotTaken):
        return _not_taken(event, done)
    stars = "★" * press.stars
    taken = say("✅ {title}: {stars}.", title=title(event), stars=stars)
    return sentence.begin(chat, before=taken, event_id=event.id)


@sentence.done
def thank(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event_id, words = form
    event = events.get(chat.session, event_id)
    if words and event is not None:
        done = feedback.say(chat.session, event_id, chat.member.id, words, chat.now)
        if isinstance(done, NotTaken):
            return _not_taken(event, done)
    return Reply(
        say("✅ Thank you. For a week you can still tap other stars."), buttons=(EVENTS, MINE)
    )


def _not_taken(event: Event, refused: NotTaken) -> Reply:
    why = (
        say("It's too late to say how {title} was; write to us if you like.", title=title(event))
        if refused.why == Why.TIME_PASSED
        else say("Who came to {title} is asked after it.", title=title(event))
    )
    return Reply(why, buttons=(EVENTS, MINE))


# What organizers see


def show(chat: Chat, event: Event) -> Reply:
    """The stars as bars and as a picture, once five have answered."""
    back = Button(say("Back"), Run(event.id))
    found = feedback.shown(chat.session, event.id)
    if found is None:
        return Reply(lines(title(event), TOO_FEW), buttons=(back, MY_EVENTS))
    words = (Button(say("Sentences"), ShowSentences(event.id)),) if found.sentences else ()
    args = (chat.member.id, event.id, chat.language)
    return Reply(
        lines(
            say("{title}: {told}", title=title(event), told=in_short(found)),
            *(
                lines("★" * stars, bar, str(number), between=" ")
                for stars, number, bar in reversed(list(_bars(found)))
            ),
        ),
        buttons=(*words, back, MY_EVENTS),
        file=Attachment(f"feedback-{event.id}.png", PNG, "feedback", args),
    )


def in_short(found: Shown) -> Sayable:
    """The mean and how many answered."""
    return say_n(
        "{mean} of 5 ({n} answer)", "{mean} of 5 ({n} answers)", found.number, mean=found.mean
    )


def _bars(found: Shown) -> list[tuple[int, int, str]]:
    """Stars, how many gave them, and a bar of text."""
    most = max(found.by_stars)
    return [
        (stars, number, "▇" * -(-number * WIDEST // most))
        for stars, number in enumerate(found.by_stars, start=1)
    ]


@router.button(ShowSentences)
def show_sentences(chat: Chat, press: ShowSentences) -> Reply:
    """What people wrote, a few at a time, in an order that tells nothing."""
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    back = Button(say("Back"), Run(event.id, "feedback"))
    found = feedback.shown(chat.session, event.id)
    if found is None:
        return Reply(lines(title(event), TOO_FEW), buttons=(back, MY_EVENTS))
    some = found.sentences[press.skip : press.skip + PAGE]
    following = press.skip + PAGE
    more = (
        (Button(say("More"), ShowSentences(event.id, following)),)
        if following < len(found.sentences)
        else ()
    )
    return Reply(
        lines(title(event), *(say("“{words}”", words=each) for each in some)),
        buttons=(*more, back, MY_EVENTS),
        edit=press.skip > 0,
    )


def _may_have_chart(session: Session, now: datetime, by: int, event_id: int, language: str) -> bool:
    event = events.for_organizers(session, event_id)
    station = stations.get(session, event.station_id) if event is not None else None
    if event is None or station is None:
        return False
    return roles.may(session, by, Act.RUN_EVENT, station, now, team_id=event.team_id)


@router.file("feedback", may=_may_have_chart)
def make_chart(session: Session, by: int, event_id: int, language: str) -> Order:
    """The stars as a picture."""
    event = events.for_organizers(session, event_id)
    found = feedback.shown(session, event_id)
    if event is None or found is None:
        raise LookupError("nothing to be shown")
    in_words = phrasebook().into(language)
    bars = [
        Bar(in_words(say_n("{n} star", "{n} stars", stars)), number)
        for stars, number, _bar in reversed(_bars(found))
    ]
    paper = Chart(language, in_words(title(event)), in_words(in_short(found)), tuple(bars))
    return Order(paper, "png")
