"""Signing up, giving up, and what is mine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    LEAVE_IT,
    MINE,
    TEAMS,
    Change,
    GiveUp,
    Mine,
    OpenEvent,
    ShowHistory,
    SignUp,
    TakeTown,
    Ticket,
    ToCalendar,
)
from handlers.desk.telling import LETTERS
from handlers.events import (
    asking,
    audiences,
    boarding,
    browsing,
    claims,
    entering,
    id_numbers,
    series,
)
from handlers.events.company import ask_who_stays_away, with_you
from handlers.events.promises import promise
from handlers.words import DOT, seats_left, team_name, title, when_now
from models.desk import threads
from models.events import checking_in, events, history, parties, signups
from models.events.events import Event, EventState, Signup, SignupState
from models.events.parties import Companion
from models.events.signups import AskedFirst, Entered, GaveUp, Kept, SignedUp
from models.members import profile
from models.rules.events import audience as rules
from models.rules.events import windows
from models.rules.events.questions import STOP, Values
from models.rules.events.seating import NotAdmitted, Seated, Waiting
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.sending import reach
from models.store.compiled import Row
from models.teams import teams

router = Router()

TOOK_PART = Button(say("Took part"), ShowHistory())
NO_SIGN_UP = {
    Why.CANCELLED: say("❌ {title} has been cancelled. There is more under Events."),
    Why.POSTPONED: say("⏳ {title} is postponed; sign-up opens once its date is set."),
    Why.CLOSED: say("It's too late to sign up for {title}. There is more under Events."),
    Why.BEGUN: say("{title} has begun already. There is more under Events."),
    Why.OVER: say("{title} is over. There is more under Events."),
    Why.TOO_MANY: say("That's more than may come along to {title}. Fewer can."),
    Why.TOO_LARGE: say("{title} has no room for so many at once. Fewer can come."),
    Why.HAS_OTHER: say("You have a seat at the other one already, so not at {title} too."),
    Why.HAS_CLAIM: say("One of them has signed up for {title} already. Sign up without them."),
    Why.SAID_NO: say(
        "One of them has said no to {title}. Sign up without them; they can do it themselves."
    ),
    Why.OTHERS_WAIT: say(
        "Others wait behind you for {title}, so nobody can be added. They can queue themselves."
    ),
    Why.NOT_FOR_THEM: say("{title} isn't for everybody whom you would bring."),
    Why.NO_SUCH_CLAIM: say("You're in the draw for {title} already."),
    Why.BEING_DRAWN: say("Entries for {title} have closed; its seats are being drawn."),
}
NOT_GIVEN_UP = {
    Why.CANCELLED: say("❌ {title} is cancelled anyway, so there's nothing to do."),
    Why.BEGUN: say("{title} has begun, so it's too late to give up your place."),
    Why.OVER: say("{title} is over, so there's nothing to give up."),
    Why.NO_SUCH_CLAIM: say("You have no sign-up for {title}."),
}
"""Why nothing is done; what is not listed cannot come about."""


@router.button(SignUp)
def sign_up(chat: Chat, press: SignUp) -> Reply:
    if (course := series.instead(chat, press)) is not None:
        return course
    return claim(chat, press.event_id, asks_first=press.sure != 1)


def claim(
    chat: Chat, event_id: int, bringing: Sequence[Companion] = (), *, asks_first: bool = False
) -> Reply:
    """Claim a seat, with those who come along or alone; what is asked for it comes first."""
    return (
        series.only_for_all(chat, event_id, with_others=bool(bringing))
        or asking.first(chat, event_id, bringing)
        or id_numbers.then(chat, event_id, _claim(chat, event_id, bringing, asks_first=asks_first))
    )


def claim_with(chat: Chat, form: dict[str, Any]) -> Reply:
    """Claim the seat once all is answered."""
    event_id, bringing = form["event_id"], asking.companions_of(form)
    said = [asking.said_by(form, number) for number in range(1 + len(bringing))]
    had = signups.claim_of(chat.session, event_id, chat.member.id) is not None
    reply = _claim(chat, event_id, bringing, said, asks_first=False)
    return reply if had else id_numbers.then(chat, event_id, asking.keep(chat, form, reply))


def _claim(
    chat: Chat,
    event_id: int,
    bringing: Sequence[Companion],
    said: Sequence[Values] = (),
    *,
    asks_first: bool,
) -> Reply:
    """Claim a seat and say what came of it."""
    done = signups.sign_up(
        chat.session,
        event_id,
        chat.member,
        chat.care,
        chat.now,
        asks_first=asks_first,
        bringing=bringing,
        said=said,
    )
    if done is None:
        return browsing.no_such_event()
    event = done.event
    match done.outcome:
        case Seated():
            seat = seated(chat, event, done, asks_stop=not any(STOP in each for each in said))
            return seat if done.again or seat.choices else _and_the_town(chat, event, seat)
        case Waiting(position):
            waiting = Reply(
                lines(
                    say_n(
                        "⏳ No seat of {title} is open to you now. You're next in the queue; "
                        "we'll ask you as soon as there is one.",
                        "⏳ No seat of {title} is open to you now. You're number {n} in the queue; "
                        "we'll ask you as soon as there is one.",
                        position,
                        title=title_of(event),
                    )
                    if event.quotas and event.held < (event.seats or 0)
                    else say_n(
                        "⏳ {title} is full. You're next in the queue; "
                        "we'll ask you as soon as a seat frees up.",
                        "⏳ {title} is full. You're number {n} in the queue; "
                        "we'll ask you as soon as a seat frees up.",
                        position,
                        title=title_of(event),
                    ),
                    _chance(chat, event.id, position),
                    with_you(chat, event.id) if event.along else None,
                    _at_the_same_time(done.clash),
                ),
                buttons=(Button(say("Leave queue"), GiveUp(event.id)), EVENTS),
            )
            return waiting if done.again else _and_the_town(chat, event, waiting)
        case Entered(code):
            clash = _at_the_same_time(done.clash)
            answer = entering.entered(
                chat, event, title_of(event), code, again=done.again, clash=clash
            )
            if (asked := _and_the_stop(chat, event, answer)) is not None:
                return asked
            return answer if done.again else _and_the_town(chat, event, answer)
        case AskedFirst():
            return _ask_first(chat, event_id, done.clash)
        case NotAdmitted(Why.NOT_FOR_THEM) if not bringing:
            return _not_for_them(chat, event)
        case NotAdmitted(Why.WEB_ALONE):
            return entering.web_alone(title_of(event))
        case NotAdmitted(why):
            return no_sign_up(event, why, done.was)
        case never:
            assert_never(never)


def _chance(chat: Chat, event_id: int, position: int) -> Sayable | None:
    """What the place in the queue is worth that somebody has got just now."""
    event = events.get(chat.session, event_id)
    claim = signups.claim_of(chat.session, event_id, chat.member.id)
    if event is None or claim is None:
        return None
    return claims.chance(chat, event, claim, position)


def _ask_first(chat: Chat, event_id: int, other: Row | None) -> Reply:
    """Ask whoever has a seat at the same time, and say how many seats are left meanwhile."""
    event = events.get(chat.session, event_id)
    if event is None:
        return browsing.no_such_event()
    return Reply(
        lines(
            lines(title(event), seats_left(event, chat.now), between=DOT),
            _at_the_same_time(other),
            say("Sign up all the same?"),
        ),
        buttons=(Button(say("Sign up anyway"), SignUp(event.id, 1)), LEAVE_IT, MINE),
    )


def _and_the_stop(chat: Chat, event: Row, reply: Reply) -> Reply:
    """The reply to a sign-up; for a tour of several stops it asks where they get on."""
    row = events.get(chat.session, event.id)
    found = boarding.choices(row) if row is not None else ()
    if not found:
        return reply
    return replace(reply, text=lines(reply.text, say("Where do you get on?")), choices=found)


def _and_the_town(chat: Chat, event: Row, reply: Reply) -> Reply:
    """The reply to a sign-up; it asks once whether they work where the event is."""
    likely = profile.ask_about_town(chat.session, chat.member, event.id)
    if likely is None:
        return reply
    station_id, town = likely
    asked = say("By the way: do you work in {town}? Then you hear what is on there.", town=town)
    choices = (
        Choice(1, say("Yes, {town}", town=town), TakeTown(station_id)),
        Choice(2, say("Somewhere else"), Change("place")),
        Choice(3, say("Rather not say"), TakeTown()),
    )
    return replace(reply, text=lines(reply.text, asked), choices=choices)


def _not_for_them(chat: Chat, event: Row) -> Reply:
    audience = rules.from_column(event.audience)
    return Reply(
        say(
            "{title} is only for: {audience}. There is more under Events.",
            title=title_of(event),
            audience=audiences.described(chat.session, audience),
        ),
        buttons=(*audiences.ways_in(chat, audience), EVENTS),
    )


def no_sign_up(event: Event | Row, why: Why, was: SignupState | None = None) -> Reply:
    """Why somebody cannot sign up, who had a claim ``was``."""
    if why == Why.CLOSED and event.draw in (DrawState.ENTERING, *LISTED):
        why = Why.BEING_DRAWN
    text = NO_SIGN_UP[why]
    if why == Why.CLOSED and event.state == EventState.CLOSED:
        text = say("Sign-up for {title} is closed. There is more under Events.")
    if was == SignupState.WAITING and why in (Why.CLOSED, Why.BEGUN):
        text = say("Sign-up for {title} has closed, and no seat came free. There is more.")
    return Reply(say(text.id, title=title_of(event)), buttons=(EVENTS, MINE))


def seated(chat: Chat, event: Row, done: SignedUp, *, asks_stop: bool = True) -> Reply:
    """What somebody reads who has a seat now; where they get on is asked with it."""
    values = {"title": title_of(event), "when": When(event.starts_at, near=True)}
    heard_closed = reach.reaches_when_closed(chat.session, chat.member.id)
    first = (
        say("✅ You have a seat already: {title}, {when}.", **values)
        if done.again
        else say("✅ You're in: {title}, {when}.", **values)
    )
    reply = Reply(
        lines(
            first,
            with_you(chat, event.id) if event.along else None,
            _at_the_same_time(done.clash),
            None if done.again else claims.against_shift(chat, event),
            promise(chat, event.starts_at, done.reminders, heard_closed=heard_closed),
        ),
        buttons=(
            Button(say("Add to calendar"), ToCalendar(event.id)),
            Button(say("Cancel sign-up"), GiveUp(event.id)),
        ),
        offers_alerts=not heard_closed and chat.now < event.starts_at,
    )
    return _and_the_stop(chat, event, reply) if asks_stop else reply


def _at_the_same_time(other: Row | None) -> Sayable | None:
    """The other event in the same hours; whether both are possible, people know themselves."""
    if other is None:
        return None
    when = When(other.starts_at)
    return say("At that time you also have {title}, {when}.", title=title_of(other), when=when)


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
    state = SignupState(claim.state) if claim is not None else None
    is_possible = signups.why_kept(event, state, chat.now) is None
    if claim is not None and is_possible and not press.sure and claim.party_id is None:
        others = parties.in_force(chat.session, claim.id) if event.along else ()
        if others and state != SignupState.OFFERED:
            return ask_who_stays_away(chat, event, others)
    if is_possible and not press.sure and event.waiting > 0 and state != SignupState.OFFERED:
        return _ask_once(event, state)
    match signups.give_up(chat.session, press.event_id, chat.member.id, chat.care, chat.now):
        case None:
            return browsing.no_such_event()
        case Kept(_, Why.CHECKED_IN):
            return browsing.card(chat, event)
        case Kept(_, why):
            return Reply(say(NOT_GIVEN_UP[why].id, title=title(event)), buttons=(EVENTS, MINE))
        case GaveUp() as done:
            return _gave_up(chat, event, done)
        case never:
            assert_never(never)


def _gave_up(chat: Chat, event: Event, done: GaveUp) -> Reply:
    name = title(event)
    match done.was:
        case SignupState.WAITING:
            text = say("You've left the queue for {title}.", title=name)
        case SignupState.ENTERED:
            text = say("You've left the draw for {title}.", title=name)
        case SignupState.OFFERED if done.offered:
            text = say("All right, the seat goes to the next: {title}.", title=name)
        case SignupState.OFFERED:
            text = say("All right, you don't take the seat: {title}.", title=name)
        case _:
            text = say("Cancelled: {title}. Thanks for telling us.", title=name)
    again = Button(say("Sign up again"), SignUp(event.id))
    can_again = windows.refusal(EventAct.SIGN_UP, event, chat.now) is None
    return Reply(text, buttons=((again,) if can_again else ()) + (EVENTS, MINE))


def _ask_once(event: Event, state: SignupState | None) -> Reply:
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
    my_claims = signups.of_member(chat.session, chat.member.id, chat.now)
    my_teams = teams.of_member(chat.session, chat.member.id)
    in_teams = (
        say("Teams: {names}", names=lines(*map(team_name, my_teams[:5]), between=DOT))
        if my_teams
        else None
    )
    letters = (LETTERS,) if threads.count_of(chat.session, chat.member.id) else ()
    past = (TOOK_PART,) if history.has_any(chat.session, chat.member.id, chat.now) else ()
    if not my_claims:
        nothing = say("No sign-ups now.") if past else say("No sign-ups yet.")
        return Reply(lines(nothing, in_teams), buttons=(EVENTS, *(*past, *letters, TEAMS)[:2]))
    others = (*past, *letters, EVENTS) if past else (EVENTS, *letters, TEAMS)
    return Reply(
        lines(in_teams, say("Your sign-ups:")),
        tuple(
            Choice(event.id, title(event), OpenEvent(event.id), _line(chat, signup, event))
            for signup, event in my_claims[:10]
        ),
        (_first_of_mine(chat, my_claims), *others[:2]),
    )


def _first_of_mine(chat: Chat, claims: Sequence[tuple[Signup, Event]]) -> Button:
    """On the day of an event its check-in code, else all of mine as a calendar."""
    for signup, event in claims:
        if signup.state == SignupState.SEATED and checking_in.is_the_day(event, chat.now):
            return Button(say("Check-in code"), Ticket(signup.event_id))
    return Button(say("Add to calendar"), ToCalendar())


def _line(chat: Chat, signup: Signup, event: Event) -> Any:
    state = claims.in_short(chat, event, signup)
    return lines(title(event), when_now(event, chat.now), state, between=DOT)


def title_of(event: Event | Row) -> Translated:
    return Translated(event.title, event.translations.get("title", {}))
