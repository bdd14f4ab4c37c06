"""The list at the door: who is here is ticked by a tap, a number or a name."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.events import asking_again, codes, door_words
from handlers.events.answers import AnswersOf
from handlers.events.arrivals import (
    named,
    outcome,
    so_far,
    taken_back,
    those_along,
    to_check_in,
)
from handlers.events.buttons import CheckIn, LetIn, MarkPresent, TickList, WithParty
from handlers.events.running import name_of, run_card, sees_places
from models.events import checking_in, running, walking_in
from models.events.checking_in import CheckedIn, CheckInOutcome, NotNow
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.network.stations import Station
from models.rules.events.codes import code_in
from models.rules.search import search, sounds

router = Router()

PAGE = 10
NUMBERS = re.compile(r"[0-9]{1,4}(?:[\s,，、;；.。和]+[0-9]{1,4})*")
BETWEEN_NAMES = re.compile(r"[\s,，、;；.。]+")
ABSENT = (SignupState.SEATED, SignupState.NO_SHOW)

Claimant = tuple[Signup, Member | None, Station | None]
"""A claim on the event, with its member and their station."""


@router.dialog("tick")
def take_names(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask who is here; the list with its buttons stands in the question."""
    words = yield Question("who", say("Write numbers or names."), check=lambda words: words)
    return start["event_id"], start["skip"], words, start.get("last", ())


@router.button(TickList)
def tick_list(chat: Chat, press: TickList) -> Reply:
    """Everybody with a seat who is not here yet: one tap each, or several numbers or names."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    running.record_view(chat.session, event, chat.member.id, chat.now)
    return list_again(chat, event, press.skip)


def list_again(
    chat: Chat,
    event: Event,
    skip: int,
    *,
    before: Sayable | None = None,
    undo: tuple[Button, ...] = (),
    edit: bool = False,
    only: Sequence[Claimant] | None = None,
    last: Sequence[int] = (),
) -> Reply:
    """The list from ``skip`` on, or ``only`` these people, of whom one is meant.

    ``last`` are the claims whose check-in the word "undo" takes back.
    """
    people = (
        only
        if only is not None
        else running.people(chat.session, event.id, ABSENT, skip=skip, limit=PAGE + 1)
    )
    if not people and skip:
        return list_again(chat, event, 0, before=before, undo=undo, edit=edit, last=last)
    following = 0 if only is not None else skip + PAGE
    more = (Button(say("More"), TickList(event.id, following)),) if len(people) > PAGE else ()
    back = Button(say("Codes"), CheckIn(event.id))
    asked = (
        say("Everybody is here.")
        if not people
        else say("Who of them?")
        if only is not None
        else say("Tap who is here, or write numbers or names:")
    )
    namesakes = running.namesakes(chat.session, event.id, [each[1] for each in people])
    sees = sees_places(chat, event)
    answers = AnswersOf(chat, event, at_check_in=True)
    question = take_names.begin(chat, event_id=event.id, skip=skip, last=list(last))
    return replace(
        question,
        text=lines(before, so_far(chat, event), asked),
        choices=tuple(
            Choice(
                signup.turn,
                answers.behind(
                    name_of(signup, member, station, namesakes, sees_places=sees), signup.id
                ),
                MarkPresent(event.id, signup.id, skip),
            )
            for signup, member, station in people[:PAGE]
        ),
        buttons=(*undo, *more, back)[:3],
        edit=edit or skip > 0,
    )


@take_names.done
def tick_by_words(chat: Chat, form: tuple[int, int, str, Sequence[int]]) -> Reply:
    """Check in the people of these numbers and names; of several that fit it asks which one."""
    event_id, skip, words, last = form
    event, refusal = to_check_in(chat, event_id)
    if event is None:
        return refusal
    match door_words.meant_by(words):
        case door_words.FINISH:
            return run_card(chat, event)
        case door_words.LIST:
            return list_again(chat, event, 0)
        case door_words.UNDO:
            return list_again(chat, event, skip, before=taken_back(chat, event, last))
    if (code := code_in(words)) is not None:
        done = checking_in.by_code(chat.session, event_id, code, chat.member.id, chat.now)
        return after(chat, event, skip, done)
    return _tick(chat, event, skip, words)


def _tick(chat: Chat, event: Event, skip: int, words: str) -> Reply:
    """Check in one after the other; stop at the first that needs a question."""
    states = (*ABSENT, SignupState.ATTENDED, *walking_in.IN_QUEUE)
    people = running.people(chat.session, event.id, states)
    text: list[Sayable] = []
    came: list[int] = []
    new: list[int] = []
    for part in _parts(words, people):
        match meant(part, people):
            case []:
                text.append(say("“{words}” is nobody with a seat.", words=part))
            case [(signup, member, _)] if signup.state in walking_in.IN_QUEUE:
                return ask_to_let_in(chat, event, signup, member, before=lines(*text))
            case [(signup, _, _)]:
                done = checking_in.from_list(
                    chat.session, event.id, signup.id, chat.member.id, chat.now
                )
                text.append(outcome(chat, event, done))
                came.append(signup.id)
                if isinstance(done, CheckedIn) and not done.again:
                    new.append(signup.id)
            case several:
                return list_again(chat, event, skip, before=lines(*text), only=several)
    asked = asking_again.at_the_door(chat, event, came, before=lines(*text), at=skip)
    return asked or list_again(chat, event, skip, before=lines(*text), last=new)


def _parts(words: str, people: Sequence[Claimant]) -> list[str]:
    """What stands for a person each: several numbers or names, or one name of several words."""
    if not NUMBERS.fullmatch(words) and meant(words, people):
        return [words]
    return list(dict.fromkeys(filter(None, BETWEEN_NAMES.split(words))))


def meant(part: str, people: Sequence[Claimant]) -> list[Claimant]:
    """The people of this number in the list, or of this name; else those it may stand for."""
    if part.isdecimal():
        return [each for each in people if each[0].turn == int(part)]
    if exact := called(part, people):
        return exact
    names = ((place, sounds.index(_called(each))) for place, each in enumerate(people))
    return [people[place] for place, _score in search.rank(part, names)]


def called(name: str, people: Sequence[Claimant]) -> list[Claimant]:
    """The people of exactly this name."""
    return [each for each in people if _called(each) == name]


def _called(each: Claimant) -> str:
    claim, member, _ = each
    return member.name if member is not None else claim.name


@router.button(MarkPresent)
def tick(chat: Chat, press: MarkPresent) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    if press.off:
        checking_in.undo(chat.session, press.event_id, press.signup_id, chat.member.id, chat.now)
        return list_again(chat, event, press.skip, before=say("Taken back."), edit=True)
    done = checking_in.from_list(
        chat.session, press.event_id, press.signup_id, chat.member.id, chat.now
    )
    return after(chat, event, press.skip, done, edit=True)


def after(
    chat: Chat, event: Event, skip: int, done: CheckInOutcome, *, edit: bool = False
) -> Reply:
    """The list once somebody was checked in: a slip is taken back, those who came along asked.

    Before it stands what is asked again at check-in.
    """
    undo: tuple[Button, ...] = ()
    last: tuple[int, ...] = ()
    if isinstance(done, CheckedIn) and not done.again:
        last = (done.signup.id,)
        back = MarkPresent(event.id, done.signup.id, skip, 1)
        undo = (Button(say("Take back"), back),)
    along = those_along(chat, event, done)
    if along is not None and isinstance(done, CheckedIn):
        undo = (Button(say("All here"), WithParty(event.id, done.signup.id, skip)), *undo)
    before = lines(outcome(chat, event, done), along)
    if along is None and isinstance(done, CheckedIn):
        came = [done.signup.id]
        asked = asking_again.at_the_door(chat, event, came, before=before, at=skip, undo=undo)
        if asked is not None:
            return asked
    return list_again(chat, event, skip, before=before, undo=undo, edit=edit, last=last)


@router.button(WithParty)
def with_party(chat: Chat, press: WithParty) -> Reply:
    """Check in all who came along, and go on where it was asked."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    by, now = chat.member.id, chat.now
    done = (
        checking_in.with_party(chat.session, press.event_id, press.signup_id, by, now)
        if not press.alone
        else []
    )
    if isinstance(done, NotNow):
        text: Sayable = outcome(chat, event, done)
    else:
        text = lines(*(outcome(chat, event, each) for each in done))
        came = [press.signup_id, *(each.signup.id for each in done)]
        asked = asking_again.at_the_door(chat, event, came, before=text, at=press.skip)
        if asked is not None:
            return asked
    if press.skip < 0:
        return codes.go_on(chat, event, before=text)
    return list_again(chat, event, press.skip, before=text, edit=True)


def ask_to_let_in(
    chat: Chat,
    event: Event,
    signup: Signup,
    member: Member | None,
    *,
    before: Sayable | None = None,
) -> Reply:
    """Somebody of the queue stands at the door: they come in by a tap only."""
    name = named(chat, event, signup, member)
    return Reply(
        lines(before, say("{name} has no seat yet and waits for one.", name=name)),
        buttons=(
            Button(say("Let them in"), LetIn(event.id, signup.id)),
            Button(say("Tick a list"), TickList(event.id)),
        ),
    )
