"""A course of several dates: signing up for all, giving up all, another date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Days,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, OpenEvent, SignUp
from handlers.events import (
    ages,
    asking,
    asking_course,
    boarding,
    clashing,
    conditions,
    id_numbers,
    own_answers,
)
from handlers.words import DOT, seats_left, title
from models.events import either, events, series, signups
from models.events.events import Event
from models.events.groups import Mode
from models.events.series import AllSeated, AnotherDate, NotAll, Said
from models.events.signups import AskedFirst, SignedUp
from models.rules.events import undated
from models.rules.events.questions import Values
from models.rules.events.seating import NotAdmitted
from models.rules.events.windows import EventAct, refusal
from models.store.compiled import Row

router = Router()

DAYS_NAMED = 6
"""How many days of a course fit into a line."""

SINGLY = (Mode.SINGLE, Mode.EITHER)

ONLY_THIS = 2
"""In ``SignUp.sure``: of the course this date alone."""


@dataclass(frozen=True, slots=True)
class WholeSeries(Action, tag="series-all"):
    """Signs up for every date of the course that this event is one of; ``leave`` gives all up.

    It asks once where they have a seat at the same time as one of them, unless they are ``sure``.
    """

    event_id: int
    leave: int = 0
    sure: int = 0


@dataclass(frozen=True, slots=True)
class OtherDate(Action, tag="series-date"):
    """Shows the other dates of the course, or takes the seat to one of them."""

    event_id: int
    to: int = 0


def instead(chat: Chat, press: SignUp) -> Reply | None:
    """What a press on "Sign up" does for a course; None where it is for this date alone."""
    event = events.get(chat.session, press.event_id)
    row = series.of_event(chat.session, event) if event is not None else None
    if event is None or row is None or press.sure or row.mode in SINGLY:
        return None
    if (
        row.mode is Mode.WHOLE
        or signups.claim_of(chat.session, event.id, chat.member.id) is not None
    ):
        return None
    number = len(series.dates_of(chat.session, row.id))
    return Reply(
        lines(title(event), dates_line(chat, event), say("All of them, or this one only?")),
        buttons=(
            Button(say("All {n}", n=number), WholeSeries(event.id)),
            Button(say("This one only"), SignUp(event.id, ONLY_THIS)),
            EVENTS,
        ),
    )


def _only_one(chat: Chat, event: Event) -> Reply | None:
    """What signing up does for whoever has a seat at the other one already."""
    other = either.other_seat(chat.session, event, chat.member.id)
    if other is None:
        return None
    change = Button(say("Change to this"), OtherDate(other.id, event.id))
    when = When(other.starts_at, near=True)
    return Reply(
        say("You have a seat at the other one: {title}, {when}.", title=title(other), when=when),
        buttons=(change, Button(say("Keep it"), OpenEvent(other.id)), MINE),
    )


def only_for_all(chat: Chat, event: Event, *, with_others: bool) -> Reply | None:
    """What signing up does where a course is only for those who take all of it, or one of it."""
    row = series.of_event(chat.session, event)
    if row is not None and row.mode is Mode.EITHER:
        return _only_one(chat, event)
    if row is None or row.mode is not Mode.WHOLE:
        return None
    if signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return None
    if not with_others:
        return sign_up_all(chat, WholeSeries(event.id))
    each = say(
        "{title} is taken whole: each of you signs up for all its dates.", title=title(event)
    )
    return Reply(each, buttons=(Button(say("Sign up for all"), WholeSeries(event.id)), EVENTS))


def dates_line(chat: Chat, event: Event) -> Sayable | None:
    """How many dates it has, which, and at how many of them the member was."""
    if event.series_id is None:
        return None
    dates = series.dates_of(chat.session, event.series_id)
    row = series.of_event(chat.session, event)
    if row is not None and row.mode is Mode.EITHER:
        others = [When(each.starts_at) for each in dates if each.id != event.id]
        return say("Also held: {days}", days=listing(*others)) if others else None
    came, seats = series.attendance(chat.session, event.series_id, chat.member.id)
    return lines(
        say_n(
            "{n} date: {days}",
            "{n} dates: {days}",
            len(dates),
            days=_days(chat, dates),
        ),
        say("you came to {n} of {all}", n=came, all=seats) if came else None,
        between=" · ",
    )


def _days(chat: Chat, dates: Sequence[Event]) -> Sayable:
    """The days of a course, or the first and the last one where there are many."""
    set_ = [each for each in dates if not undated.is_to_come(each.starts_at)]
    days = [each.starts_at.astimezone(chat.care.zone).date() for each in set_]
    named = [Days(each) for each in days]
    if len(days) > DAYS_NAMED:
        named = [Days(days[0], days[-1])]
    return listing(*named, *(say("date to come") for _ in range(len(dates) - len(set_))))


@router.button(WholeSeries)
def sign_up_all(chat: Chat, press: WholeSeries) -> Reply:
    return whole(chat, press)


def whole(
    chat: Chat, press: WholeSeries, *, birth_year: int | None = None, said: Said | None = None
) -> Reply:
    """All of them or none: who cannot have one date keeps the choice of single ones.

    What the dates ask is asked before, the same question once; ``said`` are the answers.
    """
    event = events.get(chat.session, press.event_id)
    if event is None or event.series_id is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    by = chat.member
    if press.leave:
        number = series.give_up(chat.session, event.series_id, by.id, chat.care, chat.now)
        left = say_n(
            "Given up: {n} date of {title}.",
            "Given up: {n} dates of {title}.",
            number,
            title=title(event),
        )
        return Reply(left, buttons=(EVENTS, MINE))
    if birth_year is None and (year := ages.first(chat, event, (), whole=True)) is not None:
        return year
    sure = bool(press.sure)
    if said is None and (question := _first_of_all(chat, event, birth_year, sure=sure)) is not None:
        return question
    match series.sign_up(
        chat.session,
        event.series_id,
        by,
        chat.care,
        chat.now,
        asks_first=not sure and said is None,
        birth_year=birth_year,
        said=said or {},
    ):
        case AllSeated(dates, True):
            chat.session.expire_all()
            asked_all = say_n(
                "⏳ Asked for a seat: {title}, {n} date.",
                "⏳ Asked for a seat: {title}, {n} dates.",
                len(dates),
                title=title(event),
            )
            answer = say("The organizers answer each sign-up; you hear here.")
            leave = Button(say("Give up all"), WholeSeries(event.id, 1))
            all_dates = series.dates_of(chat.session, event.series_id)
            asked_for = Reply(lines(asked_all, answer), buttons=(MINE, leave))
            return id_numbers.then_for_all(chat, all_dates, asked_for)
        case AllSeated(dates):
            chat.session.expire_all()
            all_dates = series.dates_of(chat.session, event.series_id)
            asked, stop = _asked(chat, all_dates)
            seated = Reply(
                lines(
                    say_n(
                        "✅ You're in: {title}, {n} date.",
                        "✅ You're in: {title}, {n} dates.",
                        len(dates),
                        title=title(event),
                    ),
                    listing(*(When(each) for each in dates)),
                    say("We'll remind you before each."),
                    stop,
                ),
                asked,
                (MINE, Button(say("Give up all"), WholeSeries(event.id, 1))),
            )
            return id_numbers.then_for_all(chat, all_dates, seated)
        case NotAll(at, SignedUp(outcome=AskedFirst(), clash=clash)) if clash is not None:
            anyway = WholeSeries(event.id, sure=1)
            return clashing.ask_first(chat, event, clash, anyway, at=at)
        case NotAll(_, SignedUp(outcome=NotAdmitted(why))) if why in conditions.CLOSED:
            return conditions.refusal(chat, event, why)
        case NotAll(at, _done):
            return Reply(
                lines(
                    say("No seat for you on {when}, so nothing was booked.", when=When(at)),
                    say("You may take single dates.") if _may_single(chat, event) else None,
                ),
                _others(chat, event) if _may_single(chat, event) else (),
                (EVENTS, MINE),
            )
        case never:
            assert_never(never)


def _first_of_all(chat: Chat, event: Event, birth_year: int | None, *, sure: bool) -> Reply | None:
    """What is asked before a whole course is signed up for: a seat at the same time, then the rest.

    None where nothing is, or where they cannot have one of the dates anyway.
    """
    assert event.series_id is not None
    coming = series.to_come(chat.session, event.series_id, chat.now)
    dates = asking_course.open_to(chat, coming, birth_year=birth_year)
    if not dates or not any(each.questions or each.quotas for each in dates):
        return None
    for each in () if sure else dates:
        clash = signups.clash_of(chat.session, each, chat.member.id, chat.now)
        if clash is not None:
            anyway = WholeSeries(event.id, sure=1)
            return clashing.ask_first(chat, event, clash, anyway, at=each.starts_at)
    return asking_course.first(chat, dates, of_course, wanted=event.id, birth_year=birth_year)


of_course = router.dialog("asked-course", of_oneself=True)(asking.dialog.script)
"""The questions of all dates of a course, to whoever signs up for all of it."""


@of_course.done
def course_answered(chat: Chat, form: dict[str, Any]) -> Reply:
    event = events.get(chat.session, form["wanted"])
    if form["said"] is None or event is None or event.series_id is None:
        return asking.refused(chat, form)
    coming = series.to_come(chat.session, event.series_id, chat.now)
    said = asking_course.said_at(form, coming)
    return whole(chat, WholeSeries(event.id), birth_year=form["birth_year"], said=said)


def _asked(chat: Chat, dates: Sequence[Event]) -> tuple[tuple[Choice, ...], Sayable | None]:
    """The way to the questions of the first of these dates that asks any, or to its stops."""
    for each in dates:
        claim = signups.claim_of(chat.session, each.id, chat.member.id)
        if choices := own_answers.left_in_chat(chat, each, claim):
            return choices, None
        if claim is not None and (choices := boarding.choices(each)):
            return choices, say("Where do you get on?")
    return (), None


def may_change(chat: Chat, event: Event, claim: Row) -> bool:
    """Whether a seat at it can become one at another date of its course."""
    return _may_single(chat, event) and not series.is_with_others(claim)


def _may_single(chat: Chat, event: Event) -> bool:
    row = series.of_event(chat.session, event)
    return row is not None and row.mode is not Mode.WHOLE


def _others(chat: Chat, event: Event) -> tuple[Choice, ...]:
    assert event.series_id is not None
    return tuple(
        Choice(each.id, When(each.starts_at), SignUp(each.id, ONLY_THIS), _line(chat, each))
        for each in series.dates_of(chat.session, event.series_id)
        if refusal(EventAct.SIGN_UP, each, chat.now) is None
    )


def _line(chat: Chat, event: Event) -> Sayable:
    return lines(When(event.starts_at), seats_left(event, chat.now), between=" · ")


@router.button(OtherDate)
def other_date(chat: Chat, press: OtherDate) -> Reply:
    """The dates one could change to; then the change, which keeps the seat if it fails."""
    event = events.get(chat.session, press.event_id)
    if event is None or event.series_id is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    back = Button(say("Keep it"), OpenEvent(event.id))
    if not press.to:
        free = [
            each
            for each in series.dates_of(chat.session, event.series_id)
            if refusal(EventAct.SIGN_UP, each, chat.now) is None
            and signups.claim_of(chat.session, each.id, chat.member.id) is None
        ]
        asked = say("Which date instead?") if free else say("There is no other date to take.")
        choices = tuple(
            Choice(
                each.id,
                When(each.starts_at),
                OtherDate(event.id, each.id),
                lines(
                    _line(chat, each),
                    title(each) if each.title != event.title else None,
                    between=DOT,
                ),
            )
            for each in free
        )
        return Reply(lines(title(event), asked), choices, (back, MINE))
    to = events.get(chat.session, press.to)
    if to is None or to.series_id != event.series_id:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    known = asking_course.known_from(chat, event, to)
    if asking_course.open_to(chat, [to]) and (to.questions or to.quotas):
        question = asking_course.first(
            chat, [to], of_other_date, known=known, wanted=event.id, to=to.id
        )
        if question is not None:
            return question
    return _change(chat, event, to, known)


of_other_date = router.dialog("asked-other-date", of_oneself=True)(asking.dialog.script)
"""What another date asks that was not answered at the first one."""


@of_other_date.done
def other_date_answered(chat: Chat, form: dict[str, Any]) -> Reply:
    event, to = events.get(chat.session, form["wanted"]), events.get(chat.session, form["to"])
    if form["said"] is None or event is None or to is None:
        return asking.refused(chat, form)
    return _change(chat, event, to, asking_course.said_at(form, [to]).get(to.id, {}))


def _change(chat: Chat, event: Event, to: Event, said: Values) -> Reply:
    """Take the seat to another date; it is kept where that fails."""
    back = Button(say("Keep it"), OpenEvent(event.id))
    by, care, now = chat.member, chat.care, chat.now
    done = series.change_date(chat.session, event.id, to.id, by, care, now, said={to.id: said})
    if isinstance(done, AnotherDate):
        when = When(done.event.starts_at, near=True)
        asked_there, stop = _asked(chat, [done.event])
        changed = Reply(
            lines(say("✅ Changed to {when}: {title}.", when=when, title=title(done.event)), stop),
            asked_there,
            (MINE, EVENTS),
        )
        return id_numbers.then(chat, done.event.id, changed)
    return Reply(say("That didn't work; you have your seat as before."), buttons=(back, MINE))
