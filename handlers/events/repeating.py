"""Letting an event come again: by a rule, left out once, changed from the next on, ended."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
)
from bot.conversation.routing import Router
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.collisions import same_day_line
from handlers.events.confirming import MEANWHILE, too_late, who_is_told, who_will_be_told
from handlers.events.fields import LONGEST_REASON, too_long
from handlers.events.running import to_run
from handlers.repeats import days_off, every, in_full
from handlers.words import title
from models.events import events, repeating
from models.events.events import Event
from models.events.repeating import Begun, LeftOut, Plan, RepeatsAlready
from models.events.running import Changed, Meanwhile, TooLate
from models.rules.dates import repeat_words, repeats
from models.rules.dates.repeats import Off, Repeat
from models.rules.teams import weekly
from models.rules.teams.weekly import Missing

router = Router()

YES, NO, WITHOUT, KEEP = "yes", "no", "without", "keep"
NAMED = 3
WHEN = say("How often? Choose, or write it: “every Tue and Thu until end of June”.")


@dataclass(frozen=True, slots=True)
class Again(Action, tag="again-event"):
    """What is done with what an event is one of: ``skip``, ``change`` or ``stop``."""

    event_id: int
    what: str


def ask_again(chat: Chat, event: Event) -> Reply:
    """How often it comes again; where it does already, what can be done about that."""
    row = repeating.of_event(chat.session, event)
    if row is not None and row.due_at is not None:
        return _menu(chat, event)
    zone = chat.care.zone
    first = event.starts_at.astimezone(zone).isoformat()
    rules = [each.to_column() for each in repeats.as_of(event.starts_at, zone)]
    return again.begin(chat, before=title(event), event_id=event.id, first=first, rules=rules)


def _menu(chat: Chat, event: Event, before: Sayable | None = None) -> Reply:
    row = repeating.of_event(chat.session, event)
    assert row is not None
    times = repeating.coming(row, chat.now, chat.care, most=NAMED)
    said = in_full(row.repeat, row.first, chat.care.zone)
    acts = (
        (say("Skip the next"), "skip"),
        (say("Change from the next on"), "change"),
        (say("No more of it"), "stop"),
    )
    return Reply(
        lines(
            before,
            title(event),
            said,
            _next_days(times),
            say("Each tells what the one before it tells; change one to change those to come."),
        ),
        tuple(
            Choice(number, label, Again(event.id, what))
            for number, (label, what) in enumerate(acts, start=1)
        ),
        (Button(say("Back"), Run(event.id)), MY_EVENTS),
    )


def _next_days(times: Any) -> Sayable | None:
    if not times:
        return None
    return say("Next: {days}", days=listing(*(When(each) for each in times)))


# By which rule


@router.dialog("repeat-event")
def again(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    first = datetime.fromisoformat(start["first"])
    rules = [Repeat.from_column(each) for each in start["rules"]]
    chosen = yield _how_often(start, rules, first)
    column = start["rules"][int(chosen)] if chosen.isdecimal() else chosen
    sure = yield _is_right(start, column, first)
    if sure == WITHOUT:
        column = replace(Repeat.from_column(column), off=Off.SKIPPED).to_column()
    return start, column, sure != NO


def _how_often(start: Mapping[str, Any], rules: Any, first: datetime) -> Question:
    # Written in the station's zone, so that its weekday is the one people know.
    options = tuple(
        Option(str(number), every(rule, first, first.tzinfo)) for number, rule in enumerate(rules)
    )

    def read(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
        local = first.astimezone(zone)
        found = repeat_words.read(f"{words} {local.hour}:{local.minute:02}", now, zone)
        return found.rule.to_column() if found is not None else Wrong(WHEN)

    return Question("how", WHEN, options=options, read=read)


def _is_right(start: Mapping[str, Any], column: str, first: datetime) -> Question:
    rule = Repeat.from_column(column)

    def text(chat: Chat) -> Sayable:
        zone = chat.care.zone
        times = repeats.coming(rule, first, first, zone, chat.care.workdays, most=NAMED)
        event = events.for_organizers(chat.session, start["event_id"])
        return lines(
            say("{rule}?", rule=in_full(rule, first, zone)),
            _next_days(times),
            days_off(chat, rule, first),
            _collision(chat, event, times[0]) if event is not None and times else None,
            say("Each is published in time, as the one before it."),
        )

    off = () if rule.off is not Off.HELD else (Option(WITHOUT, say("Not on holidays")),)
    options = (Option(YES, say("Repeat it")), *off, Option(NO, say("Don't")))
    return Question("sure", text, options=options)


def _collision(chat: Chat, event: Event, at: datetime) -> Sayable | None:
    ends_at = at + (event.ends_at - event.starts_at)
    return same_day_line(chat, event.station_id, event.team_id, at, ends_at, but=(event.id,))


@again.done
def begin(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, column, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    back = (Button(say("Run it"), Run(event.id)), MY_EVENTS)
    if not is_sure:
        return Reply(say("All right, it is held once."), buttons=back)
    rule = Repeat.from_column(column)
    match repeating.begin(chat.session, event.id, rule, chat.member.id, chat.care, chat.now):
        case TooLate() as late:
            return too_late(chat, late)
        case RepeatsAlready():
            return _menu(chat, event)
        case Begun(row, _coming):
            said = in_full(row.repeat, row.first, chat.care.zone)
            return _menu(chat, event, before=say("✅ Comes again: {rule}.", rule=said))
        case never:
            assert_never(never)


# What repeats already


@router.button(Again)
def change(chat: Chat, press: Again) -> Reply:
    """Leave out the next, change from it on, or end."""
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    row = repeating.of_event(chat.session, event)
    if row is None or row.due_at is None:
        return ask_again(chat, event)
    if press.what == "stop":
        repeating.stop(chat.session, row, chat.member.id, chat.now)
        again_ = Button(say("Repeat it"), Run(event.id, "again"))
        return Reply(
            say("✅ No more of it. What is published already stays."), buttons=(again_, MY_EVENTS)
        )
    published = repeating.published_of(chat.session, row.id, chat.now)
    following = published[0] if published else None
    if press.what == "change":
        return otherwise.begin(chat, event_id=event.id, following=following.id if following else 0)
    if following is None:
        return _skipped(chat, event, None)
    return why.begin(
        chat,
        event_id=event.id,
        following=following.id,
        revision=following.revision,
        at=following.starts_at.isoformat(),
    )


@router.dialog("skip-repeat")
def why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    at = datetime.fromisoformat(start["at"])
    reason = yield Question(
        "reason",
        lambda chat: lines(
            say("This calls off {when} only. Why?", when=When(at, near=True)),
            who_will_be_told(chat, start["following"], is_cancelled=True),
        ),
        check=lambda words: words if len(words) <= LONGEST_REASON else too_long(LONGEST_REASON),
        options=(Option(KEEP, say("Hold it")),),
        skip=say("Skip it, no reason"),
    )
    return start, reason


@why.done
def skip(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, reason = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if reason == KEEP:
        return _menu(chat, event, before=say("✅ It stays as it is."))
    return _skipped(chat, event, start, reason or "")


def _skipped(chat: Chat, event: Event, start: Mapping[str, Any] | None, reason: str = "") -> Reply:
    row = repeating.of_event(chat.session, event)
    if row is None:
        return ask_again(chat, event)
    seen = (start["following"], start["revision"]) if start is not None else None
    by = chat.member.id
    match repeating.skip(chat.session, row, reason, by, chat.care, chat.now, seen=seen):
        case Changed() as done:
            when = When(done.event.starts_at, near=True)
            told = lines(say("✅ Skipped: {when}.", when=when), who_is_told(chat, done))
            return _menu(chat, event, before=told)
        case LeftOut(at):
            return _menu(chat, event, before=say("✅ Skipped: {when}.", when=When(at, near=True)))
        case Meanwhile():
            return _menu(chat, event, before=MEANWHILE)
        case TooLate() as late:
            return too_late(chat, late)
        case None:
            return _menu(chat, event)
        case never:
            assert_never(never)


# Otherwise from the next on


@router.dialog("change-repeat")
def otherwise(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    asked = say("When from the next on? Like “every Wed 20:00”; a place may stand behind it.")
    said = yield Question("when", asked, read=_read)
    plan = _unpacked(said)

    def text(chat: Chat) -> Sayable:
        becomes: dict[str, Any] = {"starts_at": plan.first, "ends_at": plan.first + plan.length}
        becomes |= {"place": plan.place} if plan.place else {}
        return lines(
            say("From the next on: {rule}.", rule=in_full(plan.rule, plan.first, chat.care.zone)),
            say("First: {when}", when=When(plan.first, near=True)),
            plan.place,
            days_off(chat, plan.rule, plan.first),
            who_will_be_told(chat, start["following"], **becomes) if start["following"] else None,
        )

    sure = yield Question(
        "sure", text, options=(Option(YES, say("Right")), Option(NO, say("Leave it")))
    )
    return start, said, sure == YES


def _read(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    plan = weekly.read(words, now, zone, place_needed=False)
    if isinstance(plan, Missing):
        missing = say("On which days? Write it like “every Wed 20:00”.")
        return Wrong(
            missing
            if plan is Missing.WEEKDAY
            else say("At what time does it begin? Write it like 19:30.")
        )
    rule = plan.rule or repeats.weekly(plan.first, zone)
    seconds = int(plan.length.total_seconds())
    return f"{plan.first.isoformat()}\n{seconds}\n{rule.to_column()}\n{plan.place}"


def _unpacked(said: str) -> Plan:
    first, seconds, rule, place = said.split("\n", 3)
    length = timedelta(seconds=int(seconds))
    return Plan(Repeat.from_column(rule), datetime.fromisoformat(first), length, place or None)


@otherwise.done
def change_all(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, said, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    row = repeating.of_event(chat.session, event)
    plan = _unpacked(said)
    if row is None or not is_sure or plan.first <= chat.now:
        return _menu(chat, event) if row is not None else ask_again(chat, event)
    repeating.change(chat.session, row, plan, chat.member.id, chat.care, chat.now)
    return _menu(chat, event, before=say("✅ Changed from the next on."))
