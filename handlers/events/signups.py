"""Signing up, giving up, and what is mine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
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
    ages,
    asking,
    boarding,
    browsing,
    claims,
    clashing,
    conditions,
    entering,
    id_numbers,
    meant,
    series,
)
from handlers.events.buttons import Run
from handlers.events.company import ask_who_stays_away, with_you
from handlers.events.promises import promise
from handlers.events.refusals import NOT_GIVEN_UP, no_sign_up, not_for_them, title_of
from handlers.words import DOT, team_name, title, when_now
from models.desk import threads
from models.events import checking_in, events, history, parties, signups
from models.events.events import Event, Signup, SignupState
from models.events.parties import Companion
from models.events.signups import AskedFirst, Entered, GaveUp, Kept, Requested, SignedUp
from models.members import profile
from models.rules.events import windows
from models.rules.events.questions import STOP, Values
from models.rules.events.seating import NotAdmitted, Seated, Waiting
from models.rules.events.windows import EventAct, Why
from models.sending import reach
from models.store.compiled import Row
from models.teams import teams

router = Router()

TOOK_PART = Button(say("Took part"), ShowHistory())


@router.button(SignUp)
def sign_up(chat: Chat, press: SignUp) -> Reply:
    if events.asks_nothing(chat.session, press.event_id):
        return _claim(chat, press.event_id, (), asks_first=press.sure != 1)
    if (course := series.instead(chat, press)) is not None:
        return course
    return claim(chat, press.event_id, asks_first=press.sure != 1)


def claim(
    chat: Chat,
    event_id: int,
    bringing: Sequence[Companion] = (),
    *,
    asks_first: bool = False,
    birth_year: int | None = None,
) -> Reply:
    """Claim a seat, with those who come along or alone; what is asked for it comes first."""
    event = events.get(chat.session, event_id)
    if event is None:
        return browsing.no_such_event()
    return (
        series.only_for_all(chat, event, with_others=bool(bringing))
        or (_clash_before_questions(chat, event) if asks_first else None)
        or (ages.first(chat, event, bringing) if birth_year is None else None)
        or asking.first(chat, event, bringing, birth_year=birth_year)
        or id_numbers.then(
            chat,
            event_id,
            _claim(chat, event_id, bringing, asks_first=asks_first, birth_year=birth_year),
        )
    )


def _clash_before_questions(chat: Chat, event: Event) -> Reply | None:
    """Ask about a seat at the same time before anything else is asked; else the verb finds it."""
    if not (event.questions or event.gates):
        return None
    return clashing.first(chat, event, SignUp(event.id, 1))


@ages.dialog.done
def age_told(chat: Chat, form: dict[str, Any]) -> Reply:
    """Go on with the sign-up for which the year of birth was asked."""
    if form["whole"]:
        press = series.WholeSeries(form["event_id"])
        return series.whole(chat, press, birth_year=form["year"])
    bringing = asking.companions_of(form)
    return claim(chat, form["event_id"], bringing, birth_year=form["year"])


def claim_with(chat: Chat, form: dict[str, Any]) -> Reply:
    """Claim the seat once all is answered."""
    event_id, bringing = form["event_id"], asking.companions_of(form)
    said = [asking.said_by(form, number) for number in range(1 + len(bringing))]
    # What was begun before 0.4.0 knows no year of birth.
    birth_year = form.get("birth_year")
    done = signups.sign_up(
        chat.session,
        event_id,
        chat.member,
        chat.care,
        chat.now,
        bringing=bringing,
        said=said,
        birth_year=birth_year,
    )
    if done is None:
        return browsing.no_such_event()
    reply = ages.offer_to_keep(chat, _told(chat, done, bringing, said, was_asked=True), birth_year)
    if done.was not in (None, SignupState.CANCELLED):
        return reply
    return id_numbers.then(chat, event_id, asking.keep(chat, form, reply, done.claim))


def _claim(
    chat: Chat,
    event_id: int,
    bringing: Sequence[Companion],
    *,
    asks_first: bool,
    birth_year: int | None = None,
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
        birth_year=birth_year,
    )
    if done is None:
        return browsing.no_such_event()
    told = _told(chat, done, bringing, was_asked=not asks_first)
    return ages.offer_to_keep(chat, told, birth_year)


def _told(
    chat: Chat,
    done: SignedUp,
    bringing: Sequence[Companion],
    said: Sequence[Values] = (),
    *,
    was_asked: bool,
) -> Reply:
    """What somebody reads whose sign-up came to this.

    Who ``was_asked`` about another seat at that time is not told of it again.
    """
    event = done.event
    is_new = done.was in (None, SignupState.CANCELLED)
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
                    claims.chance(chat, event, done.claim, position),
                    with_you(chat, done.claim, bringing if is_new else ())
                    if done.again or bringing
                    else None,
                    # Of a full event nobody is asked: a place in the queue takes no hour.
                    None if was_asked else clashing.at_the_same_time(done.clash),
                ),
                buttons=(Button(say("Leave queue"), GiveUp(event.id)), EVENTS),
            )
            return waiting if done.again else _and_the_town(chat, event, waiting)
        case Entered(code):
            answer = entering.entered(chat, event, title_of(event), code, again=done.again)
            if (asked := _and_the_stop(chat, event, answer)) is not None:
                return asked
            return answer if done.again else _and_the_town(chat, event, answer)
        case Requested():
            answer = conditions.requested(chat, event, title_of(event), again=done.again)
            return answer if done.again else _and_the_town(chat, event, answer)
        case AskedFirst():
            row = events.get(chat.session, event.id)
            if row is None:
                return browsing.no_such_event()
            return clashing.ask_first(chat, row, done.clash, SignUp(row.id, 1))
        case NotAdmitted(Why.NOT_FOR_THEM) if not bringing:
            return not_for_them(chat, event)
        case NotAdmitted(Why.WEB_ALONE) if event.draw:
            return entering.web_alone(chat, event.id, title_of(event))
        case NotAdmitted(why) if why in conditions.CLOSED:
            row = events.get(chat.session, event.id)
            return conditions.refusal(chat, row, why) if row else browsing.no_such_event()
        case NotAdmitted(why):
            return no_sign_up(event, why, done.was)
        case never:
            assert_never(never)


def _and_the_stop(chat: Chat, event: Row, reply: Reply) -> Reply:
    """The reply to a sign-up; for a tour of several stops it asks where they get on."""
    row = events.get(chat.session, event.id) if event.meet else None
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


def seated(chat: Chat, event: Row, done: SignedUp, *, asks_stop: bool = True) -> Reply:
    """What somebody reads who has a seat now; where they get on is asked with it.

    Whoever has another seat at that time was asked before, and is told of it once.
    """
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
            with_you(chat, done.claim) if event.along else None,
            None if done.again else claims.against_shift(chat, event),
            promise(
                *(chat, event.starts_at, done.reminders),
                heard_closed=heard_closed,
                sits=bool(event.hall_seats),
            ),
        ),
        buttons=(
            Button(say("Add to calendar"), ToCalendar(event.id)),
            Button(say("Cancel sign-up"), GiveUp(event.id)),
        ),
        offers_alerts=not heard_closed and chat.now < event.starts_at,
    )
    return _and_the_stop(chat, event, reply) if asks_stop else reply


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
    asks = state not in (SignupState.OFFERED, SignupState.ASKED)
    if is_possible and not press.sure and event.waiting > 0 and asks:
        return _ask_once(event, state)
    match signups.give_up(chat.session, press.event_id, chat.member.id, chat.care, chat.now):
        case None:
            return browsing.no_such_event()
        case Kept(_, Why.CHECKED_IN):
            return browsing.card(chat, event)
        case Kept(_, why):
            # Who runs it may mean the event.
            is_theirs = why == Why.NO_SUCH_CLAIM and meant.theirs(chat, event.id) is not None
            off = (Button(say("Cancel the event"), Run(event.id, "off")),) if is_theirs else ()
            return Reply(
                say(NOT_GIVEN_UP[why].id, title=title(event)), buttons=(*off, EVENTS, MINE)
            )
        case GaveUp() as done:
            return _gave_up(chat, event, done)
        case never:
            assert_never(never)


def _gave_up(chat: Chat, event: Event, done: GaveUp) -> Reply:
    name = title(event)
    match done.was:
        case SignupState.WAITING:
            text = say("You've left the queue for {title}.", title=name)
        case SignupState.ASKED:
            text = say("All right, the organizers aren't asked any more: {title}.", title=name)
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
        lost = (
            say_n(
                "{n} person waits for {title}: your seat may go to them.",
                "{n} people wait for {title}: your seat may go to them.",
                event.waiting,
                title=title(event),
            )
            if event.quotas
            else say_n(
                "{title} is full and {n} person is waiting: your seat would be theirs.",
                "{title} is full and {n} people are waiting: your seat would be theirs.",
                event.waiting,
                title=title(event),
            )
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
