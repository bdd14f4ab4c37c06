"""What becomes of an event: another time, postponed, cancelled, once more; sign-up closed and open.

Whom it concerns is said before anything is done, as in the chat.
"""

from typing import assert_never

from bot.conversation.messages import Sayable, When, lines, say, say_n
from console.desk import Desk
from console.pages.events import forms
from console.pages.events.editing import SURE
from console.pages.events.section import ONE, path_of, section, to_do
from console.routing import Asked, Done, NotTaken, Page, Wrong
from handlers.events import closing, moving, opening
from handlers.events.collisions import same_day_line
from handlers.events.confirming import MEANWHILE, TOO_LATE, asked_now, who_is_told, who_will_be_told
from handlers.events.fields import LONGEST_REASON
from handlers.words import title
from models.events import doubling, postponing, running, templates
from models.events.doubling import HeldTwice, OfACourse
from models.events.events import HIDDEN, Event, EventState
from models.events.quotas import TooMuch
from models.events.running import Changed, ChangeOutcome, Meanwhile, TooLate
from models.rules.events import publishing as rules
from models.rules.events import undated, windows
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct, Phase
from models.rules.network.permissions import Act

PATH = f"{ONE}/course"


@section.page(PATH, needs=Act.RUN_EVENT)
def course(desk: Desk, asked: Asked) -> Page:
    """Each act that is possible now, with its form; what cannot be undone stands last."""
    event, _station = to_do(desk, asked)
    is_cancelled = event.state == EventState.CANCELLED
    hear = (
        who_will_be_told(desk.chat, event.id, is_cancelled=not is_cancelled)
        if event.state not in HIDDEN
        else None
    )
    facts = {
        "event": event,
        "can": {
            act.name.lower(): windows.refusal(act, event, desk.now) is None for act in EventAct
        },
        "is_postponed": windows.phase_of(event, desk.now) is Phase.POSTPONED,
        "is_open": windows.phase_of(event, desk.now) is Phase.OPEN,
        "hear": hear,
        "starts": forms.typed(desk, event.starts_at),
        "ends": forms.typed(desk, event.ends_at),
        "closes": forms.typed(desk, event.closes_at),
        "can_double": event.draw in (DrawState.NONE, DrawState.DRAWN) and event.seats is not None,
        "page": opening.label(event) if event.audience else None,
    }
    return Page("events/course.html", say("Time, cancel, more: {title}", title=title(event)), facts)


def _reason(asked: Asked, field: str) -> str:
    said = asked.word(field)
    if len(said) > LONGEST_REASON:
        raise NotTaken(say("That's long; {n} characters at most.", n=LONGEST_REASON), field)
    return said


def _done(desk: Desk, event: Event, said: Sayable, done: ChangeOutcome) -> Done | Wrong:
    """What is said after an act of which people are told."""
    match done:
        case Changed():
            told = who_is_told(desk.chat, done)
            return Done(path_of(event), lines(said, told, asked_now(done.offered)))
        case TooLate(why=why):
            return Wrong(TOO_LATE[why])
        case Meanwhile():
            return Wrong(MEANWHILE)
        case never:
            assert_never(never)


@section.act(f"{ONE}/move", again=course, needs=Act.RUN_EVENT)
def move(desk: Desk, asked: Asked) -> Done | Wrong:
    """Move it, or set the date of one that was postponed; who hears of it is said once before."""
    event, _station = to_do(desk, asked)
    if why := windows.refusal(EventAct.MOVE, event, desk.now):
        return Wrong(TOO_LATE[why])
    starts_at, ends_at = forms.span(desk, asked)
    reason = _reason(asked, "why_moved")
    becomes = {"starts_at": starts_at, "ends_at": ends_at, "is_postponed": False}
    if not asked.is_on(SURE):
        station_id, team_id, but = event.station_id, event.team_id, (event.id,)
        others = same_day_line(desk.chat, station_id, team_id, starts_at, ends_at, but=but)
        hear = who_will_be_told(desk.chat, event.id, **becomes)
        when = When(starts_at, ends_at, near=True)
        return Wrong(lines(when, others, hear, say("Press once more to save it.")), SURE)
    said = say("✅ The date is set.") if undated.is_to_come(event.starts_at) else say("✅ Moved.")
    done = running.move(
        desk.session,
        event.id,
        starts_at,
        ends_at,
        desk.member.id,
        desk.care,
        desk.now,
        reason=reason,
        seen=asked.number("revision"),
    )
    return _done(desk, event, lines(said, moving.meets_as_before(event)), done)


@section.act(f"{ONE}/postpone", again=course, needs=Act.RUN_EVENT)
def postpone(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    reason = _reason(asked, "why_postponed")
    by, seen = desk.member.id, asked.number("revision")
    done = postponing.postpone(desk.session, event.id, reason, by, desk.now, seen=seen)
    return _done(desk, event, say("⚠️ Postponed."), done)


@section.act(f"{ONE}/cancel", again=course, needs=Act.RUN_EVENT)
def cancel(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    reason = _reason(asked, "why_cancelled")
    by, seen = desk.member.id, asked.number("revision")
    done = running.call_off(desk.session, event.id, reason, by, desk.now, seen=seen)
    return _done(desk, event, say("❌ Cancelled."), done)


@section.act(f"{ONE}/restore", again=course, needs=Act.RUN_EVENT)
def restore(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    by, seen = desk.member.id, asked.number("revision")
    done = postponing.restore(desk.session, event.id, by, desk.care, desk.now, seen=seen)
    return _done(desk, event, say("✅ It takes place after all."), done)


# Sign-up


@section.act(f"{ONE}/close", again=course, needs=Act.RUN_EVENT)
def close(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    done = running.close_sign_up(desk.session, event.id, desk.member.id, desk.now)
    if isinstance(done, TooLate):
        return Wrong(TOO_LATE[done.why])
    return Done(path_of(event), closing.closed(done.event))


@section.act(f"{ONE}/open", again=course, needs=Act.RUN_EVENT)
def open_again(desk: Desk, asked: Asked) -> Done | Wrong:
    """Let people sign up until a time, empty: until it begins."""
    event, _station = to_do(desk, asked)
    was_open = windows.phase_of(event, desk.now) is Phase.OPEN
    if why := windows.refusal(EventAct.REOPEN, event, desk.now):
        return Wrong(TOO_LATE[why])
    closes_at = forms.closing(desk, asked, event.starts_at)
    by = desk.member.id
    done = running.open_sign_up(desk.session, event.id, closes_at, by, desk.care, desk.now)
    if isinstance(done, TooLate):
        return Wrong(TOO_LATE[done.why], "closes")
    return Done(path_of(event), closing.opened(done, was_open=was_open))


# Once more, and what else there is


@section.act(f"{ONE}/once-more", again=course, needs=Act.RUN_EVENT)
def once_more(desk: Desk, asked: Asked) -> Done | Wrong:
    """Publish a second one, whose seats are offered to those who wait for this one."""
    event, _station = to_do(desk, asked)
    if why := windows.refusal(EventAct.HOLD_TWICE, event, desk.now):
        return Wrong(TOO_LATE[why])
    said = asked.word("more_seats")
    seats = rules.read_seats(said) if said else 0
    if seats is None:
        return Wrong(say("Write a number like 20."), "more_seats")
    starts_at = forms.moment(desk, asked, "more_starts") or event.starts_at
    ends_at = forms.moment(desk, asked, "more_ends") or starts_at + (
        event.ends_at - event.starts_at
    )
    if starts_at <= desk.now:
        return Wrong(say("That moment has passed meanwhile."), "more_starts")
    if ends_at <= starts_at:
        return Wrong(say("It ends before it begins."), "more_ends")
    done = doubling.hold_twice(
        desk.session,
        event.id,
        starts_at,
        ends_at,
        seats or None,
        desk.member.id,
        desk.care,
        desk.now,
        seen=asked.number("revision"),
    )
    match done:
        case HeldTwice():
            return Done(path_of(done.second), _held_twice(done))
        case TooLate(why=why):
            return Wrong(TOO_LATE[why])
        case Meanwhile():
            return Wrong(MEANWHILE)
        case TooMuch(kept, number):
            why_not = say(
                "That keeps {kept} seats, and there are {seats}.", kept=kept, seats=number
            )
            return Wrong(why_not, "more_seats")
        case OfACourse():
            return Wrong(say("It is one of a course: people can change to its other dates."))
        case never:
            assert_never(never)


def _held_twice(done: HeldTwice) -> Sayable:
    second = done.second
    return lines(
        say(
            "✅ Published: {title}, {when}. Its number is {n}.",
            title=title(second),
            when=When(second.starts_at, near=True),
            n=second.id,
        ),
        asked_now(done.offered),
        say_n("{n} more waits for both.", "{n} more wait for both.", done.told)
        if done.told
        else None,
    )


@section.act(f"{ONE}/template", again=course, needs=Act.RUN_EVENT)
def keep_template(desk: Desk, asked: Asked) -> Done:
    event, _station = to_do(desk, asked)
    is_one = asked.is_on("keep")
    templates.keep(desk.session, event.id, desk.member.id, desk.now, is_one=is_one)
    kept, dropped = (
        say("✅ Kept as a template: “new event” offers it."),
        say("All right, it's no template any more."),
    )
    return Done(path_of(event), kept if is_one else dropped)


@section.act(f"{ONE}/page", again=course, needs=Act.RUN_EVENT)
def open_page(desk: Desk, asked: Asked) -> Done:
    """Let anybody read the page of an event that is for some people only, or nobody."""
    event, _station = to_do(desk, asked)
    is_open = asked.is_on("open")
    running.open_page(desk.session, event.id, desk.member.id, desk.now, is_open=is_open)
    opened = say("✅ Anybody can read its page; only whom it is for can sign up.")
    return Done(
        path_of(event), opened if is_open else say("✅ Its page is closed: nobody finds it.")
    )
