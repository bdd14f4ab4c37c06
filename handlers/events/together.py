"""Signing up with others: who comes along, in numbers or by name, and who of them stays away."""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, Bring, LeaveOut, OpenEvent
from handlers.events import asking, browsing, clashing, own_answers, refusals, signups
from handlers.events.company import how_many, with_you
from handlers.words import seats_left, title
from models.events import bringing as verbs
from models.events import events, parties
from models.events.bringing import NoRoom
from models.events.events import Event, Signup, SignupState
from models.events.parties import Companion
from models.events.signups import GaveUp, SignedUp, claim_of
from models.network import members
from models.rules.events import companions
from models.rules.events.companions import Along
from models.rules.events.questions import Values
from models.rules.events.seating import NotAdmitted, Seated, Waiting

router = Router()

BETWEEN_NAMES = re.compile(
    # 李和平 is one person, 李娜和王伟 are two; a space parts 李娜 王伟, but not Li Na.
    r"\s*[,，、;；+＋&\n]\s*|\s+(?:and|和)\s+|(?<=\w{2})和(?=\w{2})"
    r"|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
LONGEST_NAME = 20


@router.button(Bring)
def ask(chat: Chat, press: Bring) -> Reply:
    """Ask who comes along; what is asked is also how many seats are left."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    left = Along(event.along).most - len(_there(chat, event))
    if left < 1:
        return browsing.card(chat, event)
    if not press.sure:
        anyway = Bring(event.id, press.many, 1)
        if (asked := clashing.first(chat, event, anyway)) is not None:
            return asked
    if 0 < press.many <= left:
        return _signed_up(chat, event.id, [Companion()] * press.many)
    return who_comes.begin(
        chat,
        before=lines(title(event), seats_left(event, chat.now), between=" · "),
        event_id=event.id,
        most=left,
        children_free=Along(event.along).children_free,
    )


def _there(chat: Chat, event: Event) -> Sequence[Signup]:
    claim = claim_of(chat.session, event.id, chat.member.id)
    return parties.in_force(chat.session, claim.id) if claim is not None else ()


@router.dialog("who-comes")
def who_comes(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    most = start["most"]
    numbers = [(number, 0) for number in range(1, most + 1)]
    if start["children_free"]:
        numbers += [(0, number) for number in range(1, most + 1)]
    options = tuple(Option(f"{grown}+{kids}", how_many(grown, kids)) for grown, kids in numbers)

    def check(words: str) -> str | Wrong:
        party = companions.read_party(words)
        names = [each for each in BETWEEN_NAMES.split(words.strip()) if each]
        number = sum(party) if party is not None else len(names)
        if number > most or not number:
            return Wrong(say_n("{n} person can come along.", "Up to {n} can come along.", most))
        if party is not None:
            return "{}+{}".format(*party)
        if any(len(each) > LONGEST_NAME for each in names):
            return Wrong(say("Only the names, like “Li Na, Wang Wei”."))
        return "\n".join(names)

    said = yield Question(
        "who",
        say("Who comes with you? Tap how many, or write their names."),
        options=options,
        check=check,
        skip=say("Just me"),
    )
    return start["event_id"], said


@who_comes.done
def sign_up(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event_id, said = form
    if said is None:
        return signups.claim(chat, event_id)
    if "+" in said:
        grown, kids = map(int, said.split("+"))
        people = [Companion()] * grown + [Companion(is_child=True)] * kids
        return _signed_up(chat, event_id, people)
    member = members.get(chat.session, chat.member.id)
    named = [(each, parties.colleague(chat.session, member, each)) for each in said.split("\n")]
    known: set[int | None] = set()
    people = []
    for name, number in named:
        people.append(Companion(name, None if number in known else number))
        known.add(number)
    return _signed_up(chat, event_id, people)


@asking.dialog.done
def answered(chat: Chat, form: dict[str, Any]) -> Reply:
    """Claim seats once all is answered, or keep what was answered later."""
    if form["said"] is None:
        return asking.refused(chat, form)
    if asking.is_sign_up(form):
        return signups.claim_with(chat, form)
    if not asking.is_bringing(form):
        return own_answers.changed(chat, form)
    people = asking.companions_of(form)
    said = [asking.said_by(form, number) for number in range(1, 1 + len(people))]
    return _bring(chat, form["event_id"], people, said, form)


def _signed_up(chat: Chat, event_id: int, people: Sequence[Companion]) -> Reply:
    """Sign up with these people, or let them come along with the seat that is there."""
    claim = claim_of(chat.session, event_id, chat.member.id)
    if claim is None:
        return signups.claim(chat, event_id, people)
    event = events.get(chat.session, event_id)
    if event is not None and claim.state not in (SignupState.SEATED, SignupState.WAITING):
        # An offer is answered first, by all whom it is for.
        return browsing.card(chat, event)
    asked = asking.of_companions(chat, event, people) if event is not None else None
    return asked or _bring(chat, event_id, people)


def _bring(
    chat: Chat,
    event_id: int,
    people: Sequence[Companion],
    said: Sequence[Values] = (),
    form: dict[str, Any] | None = None,
) -> Reply:
    """Let these people come along; keep what was answered about them in a ``form``."""
    done = verbs.bring(chat.session, event_id, chat.member, people, chat.care, chat.now, said=said)
    match done:
        case None:
            return browsing.no_such_event()
        case NoRoom(event, left):
            none = say("There is no seat left for them at {title}.", title=refusals.title_of(event))
            some = say_n(
                "Only {n} more seat is left at {title}, so nobody was added.",
                "Only {n} more seats are left at {title}, so nobody was added.",
                left,
                title=refusals.title_of(event),
            )
            return Reply(
                some if left else none, buttons=(Button(say("Back"), OpenEvent(event_id)),)
            )
        case SignedUp(event, NotAdmitted(why)):
            return refusals.no_sign_up(event, why, done.was)
        case SignedUp(event, Seated() | Waiting()):
            text = say("✅ They come with you: {title}.", title=refusals.title_of(event))
            if isinstance(done.outcome, Waiting):
                text = say("⏳ You wait together for {title}.", title=refusals.title_of(event))
            if form is not None:
                asking.keep(chat, form, Reply(text), done.claim)
            # What each person is asked is asked of those who were added, too.
            told = lines(text, with_you(chat, done.claim))
            back = Button(say("Back"), OpenEvent(event_id))
            missing = own_answers.missing(chat, event, before=told)
            return missing or Reply(told, buttons=(back, MINE))
        case _:
            return browsing.no_such_event()


@router.button(LeaveOut)
def leave_out(chat: Chat, press: LeaveOut) -> Reply:
    done = verbs.leave_out(
        chat.session, press.event_id, chat.member.id, press.signup_id, chat.care, chat.now
    )
    event = events.get(chat.session, press.event_id)
    if done is None or event is None:
        return browsing.no_such_event()
    if not isinstance(done, GaveUp):
        return browsing.card(chat, event)
    return Reply(
        lines(
            say("All right, one seat less: {title}.", title=title(event)),
            with_you(chat, claim_of(chat.session, event.id, chat.member.id)),
        ),
        buttons=(Button(say("Back"), OpenEvent(event.id)), MINE, EVENTS),
    )
