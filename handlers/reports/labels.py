"""The words of an account: what each figure is called, how it is said, and what period it is of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from bot.conversation.language import MONTHS
from bot.conversation.messages import Days, Sayable, Text, lines, listing, say, say_n
from models.reports import Report
from models.rules.events import attending
from models.rules.network.floors import STEP, Count
from models.rules.reports.figures import Figures
from models.rules.reports.periods import Period, Shape

Value = Count | int | float | timedelta | None


class Unit(Enum):
    """How a value is said: a number, hours out of minutes, a share, stars, how long it took."""

    NUMBER = auto()
    HOURS = auto()
    SHARE = auto()
    STARS = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it is called, where it stands, and how it is said."""

    label: Text
    of: Callable[[Figures], Value]
    unit: Unit = Unit.NUMBER

    def said(self, figures: Figures) -> Sayable:
        """The figure in words; a dash where there is none."""
        return in_words(self.of(figures), self.unit)

    def change(self, now: Figures, before: Figures) -> Sayable:
        """How much more or less it is than before; empty where that is not to be told."""
        this, last = self.of(now), self.of(before)
        if isinstance(this, Count) and isinstance(last, Count):
            if not (this.is_exact and last.is_exact):
                return ""
            this, last = this.number, last.number
        if self.unit is Unit.HOURS and isinstance(this, int) and isinstance(last, int):
            return _signed(round((this - last) / 60))
        if self.unit is not Unit.NUMBER or not isinstance(this, int) or not isinstance(last, int):
            return ""
        return _signed(this - last)


FIGURES = (
    Figure(say("Interest teams"), lambda each: each.teams),
    Figure(say("Core members"), lambda each: each.core_members),
    Figure(say("Company clubs"), lambda each: each.clubs),
    Figure(say("Contact points"), lambda each: each.contact_points),
    Figure(say("Partners"), lambda each: each.partners),
    Figure(say("Events held"), lambda each: each.events),
    Figure(say("Events with partners"), lambda each: each.with_partners),
    Figure(say("Attendances"), lambda each: each.came),
    Figure(say("People reached"), lambda each: each.people),
    Figure(say("Came for the first time"), lambda each: each.first_timers),
    Figure(say("Seats offered"), lambda each: each.seats),
    Figure(say("Seats taken"), lambda each: each.filled, Unit.SHARE),
    Figure(say("Attendance rate"), lambda each: each.attendance, Unit.SHARE),
    Figure(say("Hours of lectures and training"), lambda each: each.taught, Unit.HOURS),
    Figure(say("Hours of learning"), lambda each: each.learnt, Unit.HOURS),
    Figure(say("Contests and awards"), lambda each: each.contests),
    Figure(say("Entries handed in"), lambda each: each.entries),
    Figure(say("Laureates"), lambda each: each.laureates),
    Figure(say("Certificates issued"), lambda each: each.certificates),
    Figure(say("Rating (of 5)"), lambda each: each.stars, Unit.STARS),
    Figure(say("Ratings given"), lambda each: each.answers),
    Figure(say("Letters received"), lambda each: each.letters),
    Figure(say("Letters answered"), lambda each: each.answered),
    Figure(say("Answered within a day"), lambda each: each.answered_within_a_day, Unit.SHARE),
    Figure(say("Median time to answer"), lambda each: each.median, Unit.TIME),
)
"""Every figure of an account, in the order of a page."""

CATEGORY, KIND, PLACE, ENTERPRISE, PART, PARTNER, MONTH, EVENT = HEADINGS = (
    say("By category"),
    say("By kind"),
    say("By place"),
    say("By company"),
    say("By what partners do"),
    say("By partner"),
    say("By month"),
    say("All the events"),
)
"""What the tables behind an account are called."""


# Values


def in_words(value: Value, unit: Unit = Unit.NUMBER) -> Sayable:
    match value:
        case None:
            return "–"
        case Count():
            return number(value)
        case timedelta():
            return length(value)
        case _:
            pass
    match unit:
        case Unit.HOURS:
            return attending.hours(int(value))
        case Unit.SHARE:
            return f"{value:.0%}"
        case _:
            return str(value)


def number(count: Count) -> Sayable:
    """A number of people, as exactly as it may be said."""
    if count.is_exact:
        return str(count.number)
    return say("under {n}", n=STEP) if not count.number else f"{count.number}+"


def length(wait: timedelta) -> Sayable:
    """How long something took, to the hour, or to the minute below one."""
    minutes = round(wait / timedelta(minutes=1))
    if minutes < 60:
        return say_n("{n} minute", "{n} minutes", minutes)
    hours = round(minutes / 60)
    if hours < 48:
        return say_n("{n} hour", "{n} hours", hours)
    return say_n("{n} day", "{n} days", round(hours / 24))


def _signed(difference: int) -> str:
    return f"{difference:+}" if difference else "±0"


# Sentences


def in_one_sentence(figures: Figures) -> Sayable:
    """The sentence of a district's report: teams, core members, clubs, events."""
    return listing(
        say_n("{n} interest team", "{n} interest teams", figures.teams),
        core_members(figures.core_members),
        say_n("{n} company club", "{n} company clubs", figures.clubs),
        events_held(figures),
    )


def core_members(count: Count) -> Sayable:
    if count.is_exact:
        return say_n("{n} core member", "{n} core members", count.number)
    if not count.number:
        return say("fewer than {n} core members", n=STEP)
    return say("{n} core members or more", n=count.number)


def events_held(figures: Figures) -> Sayable:
    return say_n("{n} event held", "{n} events held", figures.events)


def attendances(count: Count) -> Sayable:
    if count.is_exact:
        return say_n("{n} attendance", "{n} attendances", count.number)
    if not count.number:
        return say("fewer than {n} attendances", n=STEP)
    return say("{n} attendances or more", n=count.number)


# Periods


def period_name(period: Period) -> Sayable:
    """What a period is called, and until when it is counted where it still runs."""
    year, months = (
        period.first.year,
        [MONTHS[each.month - 1] for each in (period.first, period.last)],
    )
    name: Sayable
    match period.shape:
        case Shape.YEAR:
            name = say("the year {year}", year=str(year))
        case Shape.HALF if period.part == 1:
            name = say("the first half of {year}", year=str(year))
        case Shape.HALF:
            name = say("the second half of {year}", year=str(year))
        case Shape.QUARTER:
            name = say("quarter {n} of {year}", n=period.part, year=str(year))
        case Shape.MONTH:
            name = say("{month} {year}", month=months[0], year=str(year))
        case Shape.MONTHS:
            name = say(
                "{month} {year} to {other} {last}",
                month=months[0],
                year=str(year),
                other=months[1],
                last=str(period.last.year),
            )
        case Shape.DAYS:
            name = Days(period.first, period.last)
    until: Sayable | None = None
    if period.until is not None:
        # The name has told the year.
        month = MONTHS[period.until.month - 1]
        until = say("so far, to {month} {day}", month=month, day=period.until.day)
    return lines(name, until, between=" · ")


def heading(report: Report) -> Sayable:
    """Whose account it is, and of when."""
    return lines(report.station, period_name(report.period), between=" · ")


def compared_with(report: Report) -> Sayable:
    """What the figures are compared with."""
    return say("compared with {period}", period=period_name(report.before_period))
