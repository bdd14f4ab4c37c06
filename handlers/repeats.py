"""A rule that repeats, in words: every Wednesday, on the first Sunday of each month."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.messages import Days, Sayable, lines, listing, listing_and, say, say_n
from handlers.words import DOT
from models.events import repeating
from models.rules.dates import repeats
from models.rules.dates.repeats import LAST, By, Off, Repeat
from models.rules.languages import Translated
from models.teams.teams import Team

DAYS = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)
NTH = {
    1: say("first"),
    2: say("second"),
    3: say("third"),
    4: say("fourth"),
    LAST: say("last"),
}
A_WEEK = len(DAYS)
NAMED = 3
LOOKED_AHEAD = timedelta(days=200)
"""How far days off are looked for that a rule would meet."""


def every(rule: Repeat, first: datetime, zone: tzinfo | None) -> Sayable:
    """On which days: every Wednesday. ``first`` is the one that it counts from."""
    return _DAYS_OF[rule.by](rule, first.astimezone(zone))


def in_full(rule: Repeat, first: datetime, zone: ZoneInfo) -> Sayable:
    """The days with the hour, and until when, how often, and what becomes of days off."""
    local = first.astimezone(zone)
    is_all = rule.off is Off.WORKDAYS and len(rule.days) == A_WEEK
    return lines(
        lines(every(rule, first, zone), f"{local.hour}:{local.minute:02}", between=" "),
        say("until {day}", day=Days(rule.until)) if rule.until else None,
        say_n("{n} time", "{n} times", rule.times) if rule.times else None,
        say("not on public holidays") if rule.off is Off.SKIPPED else None,
        say("on working days only") if rule.off is Off.WORKDAYS and not is_all else None,
        between=DOT,
    )


def days_off(chat: Chat, rule: Repeat, first: datetime) -> Sayable | None:
    """Which of its days are public holidays, or worked for one, as far as that is known."""
    since = max(first, chat.now).astimezone(chat.care.zone).date()
    until = since + LOOKED_AHEAD
    if rule.until is not None:
        until = min(until, rule.until)
    off, worked = repeats.left_out(rule, since, until, chat.care.workdays)
    if rule.off is Off.HELD and off:
        return say("Public holidays among them: {days}.", days=_some(off))
    if worked and rule.off is not Off.WORKDAYS:
        return say("⚠️ People work on {days} (for a holiday).", days=_some(worked))
    if rule.off is not Off.HELD and off:
        return say("Left out: {days}.", days=_some(off))
    return None


def _some(days: Sequence[date]) -> Sayable:
    return listing(*(Days(each) for each in days[:NAMED]))


def meets(chat: Chat, team: Team) -> Sayable:
    """When and where a team meets: its regular session, or what was written about it."""
    row = repeating.session_of(chat.session, team.id)
    if row is None:
        return team.text_of("meets")
    local = row.first.astimezone(chat.care.zone)
    return say(
        "{weekdays} {time}, {place}",
        weekdays=every(row.repeat, row.first, chat.care.zone),
        time=f"{local.hour}:{local.minute:02}",
        place=row.text_of("place"),
    )


def _by_week(rule: Repeat, first: datetime) -> Sayable:
    days = rule.days or (first.weekday(),)
    if len(days) == A_WEEK:
        return say("Every working day") if rule.off is Off.WORKDAYS else say("Every day")
    named = listing_and(*(DAYS[each] for each in days))
    return say("Every {days}", days=named) if rule.every == 1 else _others(rule, named)


def _others(rule: Repeat, named: Sayable) -> Sayable:
    if rule.every > 2:
        return say("Every {n} weeks on {days}", n=rule.every, days=named)
    return say("Every other {days}", days=named)


def _by_day(rule: Repeat, first: datetime) -> Sayable:
    if rule.days == (LAST,):
        return say("On the last day of each month")
    return say("On day {n} of each month", n=listing_and(*map(str, rule.days)))


def _by_weekday(rule: Repeat, first: datetime) -> Sayable:
    named = listing_and(*(DAYS[each] for each in rule.days))
    return say("On the {nth} {days} of each month", nth=NTH[rule.nth], days=named)


def _by_moon(rule: Repeat, first: datetime) -> Sayable:
    days = listing_and(*(_lunar_day(each) for each in rule.days))
    if not rule.month:
        return say("On day {n} of each lunar month", n=days)
    month = Translated("正二三四五六七八九十冬腊"[rule.month - 1], {"en": str(rule.month)})
    return say("Each year on day {n} of lunar month {month}", n=days, month=month)


_DAYS_OF: dict[By, Callable[[Repeat, datetime], Sayable]] = {
    By.WEEK: _by_week,
    By.DAY: _by_day,
    By.WEEKDAY: _by_weekday,
    By.LUNAR: _by_moon,
}


def _lunar_day(day: int) -> Translated:
    ones = "十一二三四五六七八九"[day % 10]
    tens = ("初", "十", "廿", "三")[(day - 1) // 10 if day % 10 == 0 else day // 10]
    named = {10: "初十", 20: "二十", 30: "三十"}.get(day, f"{tens}{ones}")
    return Translated(named, {"en": str(day)})
