"""The account of a period in the chat, and the ways on to its files."""

from dataclasses import dataclass

from bot.conversation.chat import Chat, Later
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    clauses,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from bot.conversation.typed import plain, whole
from handlers.actions import MENU
from handlers.permission import denied
from handlers.reports import labels
from handlers.words import DOT, hours, people, station_name
from models import reports
from models.network import roles, stations
from models.network.stations import Station, StationKind
from models.reports import NotShown, Report
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.reports import asking, periods
from models.rules.reports.figures import Figures
from models.rules.reports.periods import Period
from models.rules.texts import file_name, shortened
from models.rules.understanding.intents import Understood

router = Router()

PDF = "application/pdf"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {"pdf": PDF, "xlsx": SPREADSHEET}
MOST_PLACES = 8
LONGEST_PLACE = 20


@dataclass(frozen=True, slots=True)
class ShowAccount(Action, tag="account"):
    """The account of a station for a period, as ``Period.code`` writes it; empty: this year's."""

    station_id: int
    period: str = ""


@dataclass(frozen=True, slots=True)
class AccountFile(Action, tag="account-file"):
    """The same as a page to print (``pdf``) or with its tables (``xlsx``)."""

    station_id: int
    period: str
    ending: str


@dataclass(frozen=True, slots=True)
class OtherAccount(Action, tag="account-other"):
    """Lists other periods of a station, and the stations below it."""

    station_id: int


@dataclass(frozen=True, slots=True)
class NoPlace:
    """There is no station of this name."""

    words: str


Found = Report | NotShown | NoPlace | None
"""What there is to show; None to those who organize nothing."""


# What is asked for


def _find(chat: Chat, place: str, period: Period | None) -> Found:
    own = _places(chat)
    if not own:
        return None
    station = _named(chat, place, own) if place else own[0]
    if station is None:
        return NoPlace(place)
    period = period or periods.year_asked(chat.now, chat.care.zone)
    return reports.of(chat.session, chat.member.id, station, period, chat.now)


def _places(chat: Chat) -> list[Station]:
    """The stations of which this member may see the account, the highest first."""
    allowed = permissions.roles_for(Act.SEE_REPORT)
    mine = roles.grants_of(chat.session, chat.member.id, chat.now)
    found = [station for grant, station in mine if grant.role in allowed]
    return sorted(found, key=lambda each: len(each.path))


def _named(chat: Chat, words: str, own: list[Station]) -> Station | None:
    """The station of this name: one of their own rather than another."""
    kinds = tuple(StationKind)
    for below in ([each.path for each in own], ["/"]):
        if found := stations.matching(chat.session, words, 1, kinds=kinds, below=below):
            return found[0]
    return None


def _by_words(chat: Chat, words: str) -> Found:
    asked = periods.read(words, chat.now, chat.care.zone)
    return _find(chat, asked.rest, asked.period)


def _by_press(chat: Chat, press: ShowAccount | AccountFile) -> Found:
    station = stations.get(chat.session, press.station_id)
    period = periods.read_code(press.period, chat.care.zone)
    if station is None or not _places(chat):
        return None
    period = period or periods.year_asked(chat.now, chat.care.zone)
    return reports.of(chat.session, chat.member.id, station, period, chat.now)


@router.command(
    "report",
    zh="年报",
    also=("统计", "年度总结", "导出报表", "account", "annual report"),
    looks=_by_words,
)
def by_words(chat: Chat, words: str, found: Found) -> Reply:
    """``年报`` is this year's of one's own station; ``年报 桂城 2026年第三季度`` names both."""
    return shown(chat, found)


@router.button(ShowAccount, looks=_by_press)
def by_press(chat: Chat, press: ShowAccount, found: Found) -> Reply:
    return shown(chat, found)


@router.knows
def by_meaning(chat: Chat, request: Understood) -> Reply | Later | None:
    """今年办了多少场活动: an organizer's words; those of others are followed by their meaning."""
    text = plain(whole(chat.incoming.text)) if chat.incoming is not None else ""
    asked = asking.read(text, chat.now, chat.care.zone)
    if asked is None or not _places(chat):
        return None
    if asked.place and _named(chat, asked.place, _places(chat)) is None:
        return None
    return chat.call(_of_meaning, asked, _by_meaning, lambda: None)


def _by_meaning(chat: Chat, asked: asking.Account) -> Found:
    return _find(chat, asked.place, asked.period)


def _of_meaning(chat: Chat, asked: asking.Account, found: Found) -> Reply:
    return shown(chat, found)


# What is shown


def shown(chat: Chat, found: Found) -> Reply:
    if isinstance(found, Report):
        return in_short(found)
    if isinstance(found, NoPlace):
        named = shortened(found.words, LONGEST_PLACE)
        text = say("I know no town or contact point called “{name}”.", name=named)
        return Reply(text, buttons=(_own(chat), MENU))
    if isinstance(found, NotShown) and found.is_to_come:
        text = say("That is still to come: there is nothing to account for yet.")
        return Reply(text, buttons=(_own(chat), MENU))
    return _refused(chat, found)


def _own(chat: Chat) -> Button:
    return Button(say("This year"), ShowAccount(_places(chat)[0].id))


def _refused(chat: Chat, found: NotShown | None) -> Reply:
    station = (
        stations.get(chat.session, found.station_id)
        if found is not None
        else stations.desk_of(chat.session, chat.member.station_id)
    )
    refusal = denied(chat, Act.SEE_REPORT, station)
    return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))


def in_short(report: Report) -> Reply:
    """An account within six lines."""
    return Reply(
        lines(labels.heading(report), *summary(report.now, report.before, report.before_period)),
        buttons=ways_on(report.station_id, report.period.code),
    )


def ways_on(station_id: int, code: str) -> tuple[Button, ...]:
    return (
        Button(say("To print"), AccountFile(station_id, code, "pdf")),
        Button(say("Tables"), AccountFile(station_id, code, "xlsx")),
        Button(say("Other period"), OtherAccount(station_id)),
    )


def summary(now: Figures, before: Figures, period_before: Period) -> tuple[Sayable | None, ...]:
    """The lines below the heading; what there is nothing of is left out."""
    compared = say(
        "{period}: {figures}",
        period=labels.period_name(period_before),
        figures=lines(labels.events_held(before), labels.attendances(before.came), between=DOT),
    )
    return labels.in_one_sentence(now), _who_came(now), compared, _how_it_was(now), letters(now)


def _who_came(now: Figures) -> Sayable | None:
    if not now.events:
        return None
    return clauses(
        labels.attendances(now.came),
        say("{people} in all", people=people(now.people)),
        say("{people} for the first time", people=people(now.first_timers)),
        # As after some years: then a sum of visits must not pass for a number of people.
        say("most of them without a name, counted once an event")
        if 2 * now.others.number > now.people.number
        else None,
    )


def _how_it_was(now: Figures) -> Sayable | None:
    issued = labels.number(now.certificates)
    parts = (
        say("{share} turned up", share=f"{now.attendance:.0%}")
        if now.attendance is not None and now.absent.number
        else None,
        say("rated {stars} of 5", stars=str(now.stars)) if now.stars is not None else None,
        say("{hours} of learning", hours=hours(now.learnt)) if now.learnt else None,
        say_n("{n} event with partners", "{n} events with partners", now.with_partners)
        if now.with_partners
        else None,
        say("certificates: {n}", n=issued) if now.certificates.number else None,
    )
    return clauses(*parts) if any(parts) else None


def letters(now: Figures) -> Sayable | None:
    """How many letters there were, and how fast they were answered."""
    if not now.letters.number:
        return None
    within = now.answered_within_a_day
    return clauses(
        say("letters: {n}", n=labels.number(now.letters)),
        say("answered: {n}", n=labels.number(now.answered)),
        say("half of them within {time}", time=labels.length(now.median)) if now.median else None,
        say("{share} within a day", share=f"{within:.0%}") if within is not None else None,
    )


@router.button(OtherAccount)
def others(chat: Chat, press: OtherAccount) -> Reply:
    """Other periods of the same station, and this year's of those below it."""
    station = stations.get(chat.session, press.station_id)
    if station is None or (refusal := denied(chat, Act.SEE_REPORT, station)) is not None:
        return _refused(chat, None) if station is None else refusal or _refused(chat, None)
    now, zone = chat.now, chat.care.zone
    year = periods.this_year(now, zone)
    named = (
        (say("This year"), year),
        (say("Last year"), year.before),
        (say("Last quarter"), periods.last_quarter(now, zone)),
        (say("Last month"), periods.last_month(now, zone)),
    )
    choices: list[tuple[Sayable, ShowAccount]] = [
        (label, ShowAccount(station.id, period.code)) for label, period in named
    ]
    below = stations.contact_points(chat.session, station.id)[:MOST_PLACES]
    choices += [(station_name(each), ShowAccount(each.id)) for each in below]
    example = lines(say("or write, for example: {words}", words=_example(station)))
    return Reply(
        lines(say("Which account of {place}?", place=station_name(station)), example),
        tuple(
            Choice(number, label, action) for number, (label, action) in enumerate(choices, start=1)
        ),
        (MENU,),
    )


def _example(station: Station) -> Sayable:
    return say("report {place} Q3 2026", place=station_name(station))


# Files


@router.button(AccountFile, looks=_by_press)
def as_file(chat: Chat, press: AccountFile, found: Found) -> Reply:
    if not isinstance(found, Report) or press.ending not in ENDINGS:
        return shown(chat, found) if not isinstance(found, Report) else in_short(found)
    code = found.period.code
    back = Button(say("In short"), ShowAccount(found.station_id, code))
    other = (
        Button(say("Tables"), AccountFile(found.station_id, code, "xlsx"))
        if press.ending == "pdf"
        else Button(say("To print"), AccountFile(found.station_id, code, "pdf"))
    )
    text = (
        say("The account on one page: {heading}.", heading=labels.heading(found))
        if press.ending == "pdf"
        else say_n(
            "The tables behind it, with {n} event: {heading}.",
            "The tables behind it, with {n} events: {heading}.",
            found.now.events,
            heading=labels.heading(found),
        )
    )
    return Reply(text, buttons=(other, back), file=_file(chat, found, press.ending))


def _file(chat: Chat, report: Report, ending: str) -> Attachment:
    said = (chat.in_words(report.station), report.period.code)
    called = file_name(*said, chat.in_words(say("account")))
    args = (
        chat.member.id,
        report.station_id,
        report.period.code,
        chat.language,
        str(chat.care.zone),
        chat.now.isoformat(),
    )
    return Attachment(f"{called}.{ending}", ENDINGS[ending], f"account-{ending}", args)
