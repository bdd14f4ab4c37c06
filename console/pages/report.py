"""The account of a period, for a place and all below it: to look at, to print, and as tables."""

from collections.abc import Mapping, Sequence

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Asked, File, Missing, Page, Section
from handlers.events.partners import PARTS
from handlers.reports import files, labels
from handlers.reports.accounts import PDF, SPREADSHEET
from handlers.words import CATEGORIES, KINDS
from models import reports
from models.network import stations
from models.network.roles import NotAllowed
from models.reports import NotShown, Report
from models.rules.network.permissions import Act
from models.rules.reports import periods
from models.rules.reports.figures import Part
from models.rules.reports.periods import Period
from models.rules.texts import file_name
from papers.facts import Order

section = Section("report", label=say("Account"), path="/report", needs=Act.SEE_REPORT)


@section.page("/report")
def report(desk: Desk, asked: Asked) -> Page:
    found = _found(desk, asked)
    year = periods.this_year(desk.now, desk.care.zone)
    named: Sequence[tuple[Period, Sayable]] = (
        (year, say("This year")),
        (year.before, say("Last year")),
        (periods.this_quarter(desk.now, desk.care.zone), say("This quarter")),
        (periods.last_quarter(desk.now, desk.care.zone), say("Last quarter")),
        (periods.last_month(desk.now, desk.care.zone), say("Last month")),
    )
    facts = {
        "report": found,
        "labels": labels,
        "figures": labels.FIGURES,
        "places": [
            (each.id, each.text_of("name"))
            for place in desk.places(Act.SEE_REPORT)
            for each in (place, *stations.contact_points(desk.session, place.id))
        ],
        "periods": [(period.code, label) for period, label in named],
        "parts": _parts(found),
        "query": f"station={found.station_id}&period={found.period.code}",
    }
    return Page("report.html", labels.heading(found), facts)


@section.page("/report/account.pdf")
def to_print(desk: Desk, asked: Asked) -> File:
    found = _found(desk, asked)
    drawn = Order(files.paper(found, desk.member.language, desk.in_words))
    return File(_name(desk, found, "pdf"), PDF, drawn)


@section.page("/report/account.xlsx")
def tables(desk: Desk, asked: Asked) -> File:
    found = _found(desk, asked)
    made = files.workbook(desk.session, found, desk.in_words)
    return File(_name(desk, found, "xlsx"), SPREADSHEET, lambda: made)


def _found(desk: Desk, asked: Asked) -> Report:
    """The account that is asked for: of one's own highest place and of this year by default."""
    number, own = asked.number("station", 0), desk.places(Act.SEE_REPORT)
    station = stations.get(desk.session, number) if number else own[0] if own else None
    if station is None:
        raise Missing
    period = periods.read_code(asked.word("period"), desk.care.zone)
    period = period or periods.year_asked(desk.now, desk.care.zone)
    found = reports.of(desk.session, desk.member.id, station, period, desk.now)
    if isinstance(found, NotShown):
        if found.is_to_come:
            raise Missing
        raise NotAllowed(Act.SEE_REPORT)
    return found


def _name(desk: Desk, found: Report, ending: str) -> str:
    return f"{file_name(desk.in_words(labels.heading(found)))}.{ending}"


def _parts(found: Report) -> list[tuple[Sayable, list[tuple[Sayable, Part]]]]:
    """The parts of the whole that a page shows beside the figures, those with events."""
    named: tuple[tuple[Sayable, Sequence[Part], Mapping[str, Sayable]], ...] = (
        (labels.CATEGORY, found.categories, {str(key): said for key, said in CATEGORIES.items()}),
        (labels.KIND, found.kinds, {str(key): said for key, said in KINDS.items()}),
        (labels.PART, found.roles, {str(key): said for key, said in PARTS.items()}),
    )
    return [
        (heading, [(words.get(str(each.key), ""), each) for each in parts if each.events])
        for heading, parts, words in named
    ]
