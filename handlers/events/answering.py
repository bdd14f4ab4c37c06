"""Sign-ups that an organizer answers: who asks, letting them in, refusing with a reason."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MINE, GiveUp, ToCalendar, ask
from handlers.events.answers import AnswersOf
from handlers.events.buttons import (
    MY_EVENTS,
    REQUESTS,
    LetInAsked,
    OpenRequest,
    RefuseAsked,
    Run,
)
from handlers.events.confirming import TOO_LATE
from handlers.events.fields import LONGEST_REASON, too_long
from handlers.events.gates import REFUSALS, not_this_time
from handlers.events.notices import as_card
from handlers.events.running import name_of, run_card, sees_places, to_run
from handlers.words import DOT, station_name, title
from models.events import events, parties, requests, running, signups
from models.events.events import Event, EventState, Signup, SignupState
from models.events.requests import LetIn, NothingDone, NotLetIn
from models.network import members, roles
from models.network.stations import Station
from models.rules.events.windows import Why
from models.rules.network.permissions import Act
from models.sending.reasons import Reason

router = Router()

WHAT = REQUESTS
"""What ``Run`` shows of an event here."""

PAGE = 8
FULL = say("It's full, and sign-up has closed. Give it more seats first, or refuse.")


# The list


def show(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """Who waits for an answer, who asked first before; each is answered by a tap."""
    rows = requests.waiting(chat.session, event.id, limit=PAGE)
    back = Button(say("Back"), Run(event.id))
    if not rows:
        nobody = say("Nobody waits for an answer: {title}.", title=title(event))
        return Reply(lines(before, nobody), buttons=(back, MY_EVENTS))
    running.record_view(chat.session, event, chat.member.id, chat.now, what="requests")
    number = requests.number(chat.session, event.id)
    all_of_them = Button(say("Let all in"), LetInAsked(event.id))
    return Reply(
        lines(
            before,
            say_n(
                "{n} asks to come to {title}:",
                "{n} ask to come to {title}:",
                number,
                title=title(event),
            ),
        ),
        tuple(
            Choice(
                place, _who(chat, event, claim, member, station), OpenRequest(event.id, claim.id)
            )
            for place, (claim, member, station) in enumerate(rows, start=1)
        ),
        (all_of_them, back),
    )


def _who(chat: Chat, event: Event, claim: Signup, member: Any, station: Station | None) -> Sayable:
    namesakes = running.namesakes(chat.session, event.id, [member])
    sees = sees_places(chat, event)
    name = name_of(claim, member, station, namesakes, sees_places=sees)
    others = len(parties.in_force(chat.session, claim.id))
    with_them = say_n("with {n} more", "with {n} more", others) if others else None
    return lines(name, station_name(station) if sees and station else None, with_them, between=DOT)


@router.button(OpenRequest)
def open_request(chat: Chat, press: OpenRequest) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    found = _one(chat, event, press.signup_id)
    if found is not None:
        running.record_view(chat.session, event, chat.member.id, chat.now, what="request")
    return found or show(chat, event)


def _one(
    chat: Chat, event: Event, signup_id: int, *, before: Sayable | None = None
) -> Reply | None:
    """One who asks, with what they answered; None where they do not ask any more."""
    rows = requests.waiting(chat.session, event.id)
    found = next((each for each in rows if each[0].id == signup_id), None)
    if found is None:
        return None
    claim, member, station = found
    who = AnswersOf(chat, event).behind(_who(chat, event, claim, member, station), claim.id)
    rest = len(rows) - 1
    return Reply(
        lines(
            before,
            say("🔔 Asks to come to {title}:", title=title(event)),
            who,
            say_n("{n} more waits.", "{n} more wait.", rest) if rest else None,
        ),
        buttons=(
            Button(say("Let in"), LetInAsked(event.id, claim.id)),
            Button(say("Refuse"), RefuseAsked(event.id, claim.id)),
            Button(say("Everybody"), Run(event.id, WHAT)) if rest else MY_EVENTS,
        ),
    )


def _next(chat: Chat, event: Event, before: Sayable) -> Reply:
    """What was done, and the next who waits."""
    rows = requests.waiting(chat.session, event.id, limit=1)
    following = _one(chat, event, rows[0][0].id, before=before) if rows else None
    return following or run_card(chat, event, before=before)


# Answering


@router.button(LetInAsked)
def let_in(chat: Chat, press: LetInAsked) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    by = chat.member.id
    if not press.signup_id:
        number = requests.let_in_all(chat.session, event.id, by, chat.care, chat.now)
        chat.session.refresh(event)
        said = say_n("✅ {n} was let in.", "✅ {n} were let in.", number)
        left = requests.number(chat.session, event.id)
        return (
            show(chat, event, before=lines(said, FULL))
            if left
            else run_card(chat, event, before=said)
        )
    done = requests.let_in(chat.session, event.id, press.signup_id, by, chat.care, chat.now)
    match done:
        case LetIn(event, claim, is_seated):
            name = _name(chat, claim)
            said = (
                say("✅ {name} has a seat and is told.", name=name)
                if is_seated
                else say("⏳ It's full: {name} stands in the queue and is told.", name=name)
            )
            return _next(chat, event, said)
        case NothingDone(event, Why.CLOSED):
            return show(chat, event, before=FULL)
        case NothingDone(event, Why.HAS_OTHER):
            return show(chat, event, before=say("They have a seat at the other one already."))
        case NothingDone(event, why):
            return run_card(chat, event, before=TOO_LATE.get(why))
        case None:
            return show(chat, event, before=say("That was answered already."))
        case never:
            assert_never(never)


def _name(chat: Chat, claim: Signup) -> Sayable:
    names = members.names_of(chat.session, [claim.member_id or 0])
    return next(iter(names.values()), "") or say("Somebody")


@router.button(RefuseAsked)
def refuse(chat: Chat, press: RefuseAsked) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    rows = requests.waiting(chat.session, event.id)
    claim = next((each[0] for each in rows if each[0].id == press.signup_id), None)
    if claim is None:
        return show(chat, event, before=say("That was answered already."))
    return why_.begin(chat, before=_name(chat, claim), event_id=event.id, signup_id=claim.id)


@router.dialog("refuse-sign-up")
def why_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("Why not? They read it. Tap one, or write your own."),
        options=tuple(Option(key, label) for key, label in REFUSALS.items()),
        check=_reason,
        skip=say("Without a reason"),
    )
    return start["event_id"], start["signup_id"], reason or ""


def _reason(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_REASON else too_long(LONGEST_REASON)


@why_.done
def refused(chat: Chat, form: tuple[int, int, str]) -> Reply:
    event_id, signup_id, reason = form
    event, refusal = to_run(chat, event_id)
    if event is None:
        return refusal
    by = chat.member.id
    match requests.refuse(chat.session, event.id, signup_id, reason, by, chat.now):
        case NotLetIn(event, claim):
            news = say("All right: {name} is told.", name=_name(chat, claim))
            undo = Button(say("Let in after all"), LetInAsked(event.id, claim.id))
            following = _next(chat, event, news)
            if following.choices or requests.number(chat.session, event.id):
                return following
            return Reply(following.text, buttons=(undo, *following.buttons[:2]))
        case NothingDone(event, why):
            return run_card(chat, event, before=TOO_LATE.get(why))
        case None:
            return show(chat, event, before=say("That was answered already."))
        case never:
            assert_never(never)


# Notices


@router.notice(requests.TO_ANSWER)
@router.notice(requests.STILL_TO_ANSWER)
def to_answer(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """To organizers: who asks first, to be answered by a tap, and how many wait besides."""
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    rows = requests.waiting(chat.session, event.id, limit=1)
    if not rows or not _may_answer(chat, event):
        return Drop(Reason.ANSWERED)
    return _one(chat, event, rows[0][0].id) or Drop(Reason.ANSWERED)


def _may_answer(chat: Chat, event: Event) -> bool:
    station, team_id = chat.session.get_one(Station, event.station_id), event.team_id
    by = chat.member.id
    return roles.may(chat.session, by, Act.RUN_EVENT, station, chat.now, team_id=team_id)


@router.notice(requests.ANSWERED)
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """To who asked: that they have a seat, stand in the queue, or were refused and why."""
    event = events.get(chat.session, facts["event_id"])
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    starts = When(event.starts_at, near=True)
    values = {"title": title(event), "when": starts}
    claim = signups.claim_of(chat.session, event.id, chat.member.id)
    if claim is None:
        reason = requests.refused(chat.session, event.id, chat.member.id)
        if reason is None:
            return Drop(Reason.NOT_SIGNED_UP)
        return Reply(
            lines(not_this_time(reason), lines(title(event), starts, between=DOT)),
            buttons=(ask(event.id), EVENTS),
            card=as_card(event, say("Not this time")),
        )
    match claim.state:
        case SignupState.SEATED:
            return Reply(
                say("✅ The organizers have let you in: {title}, {when}.", **values),
                buttons=(
                    Button(say("Add to calendar"), ToCalendar(event.id)),
                    Button(say("Can't make it"), GiveUp(event.id)),
                ),
                card=as_card(event, say("You have a seat")),
            )
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, claim.turn)
            return Reply(
                say_n(
                    "⏳ The organizers would take you, but it's full: {title}, {when}. "
                    "You're next in the queue.",
                    "⏳ The organizers would take you, but it's full: {title}, {when}. "
                    "You're number {n} in the queue.",
                    place,
                    **values,
                ),
                buttons=(Button(say("Leave queue"), GiveUp(event.id)), MINE),
                card=as_card(event, say("In the queue")),
            )
        case _:
            return Drop(Reason.OUTDATED)


@router.notice(requests.UNANSWERED)
def unanswered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """To who asked, some hours before the start: nobody has answered."""
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is None or claim.state != SignupState.ASKED or chat.now >= event.starts_at:
        return Drop(Reason.ANSWERED)
    return Reply(
        lines(
            say(
                "⏳ The organizers haven't answered yet: {title}, {when}.",
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            say("Without their answer you have no seat. You can ask them."),
        ),
        buttons=(ask(event.id), Button(say("Ask no more"), GiveUp(event.id)), EVENTS),
        card=as_card(event, say("No answer yet")),
    )
