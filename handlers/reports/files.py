"""The account as a page to print, and as a workbook with the tables behind it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import Sayable, lines, say
from bot.conversation.routing import Router
from handlers.events.partners import PARTS
from handlers.events.printing import Words
from handlers.reports import labels
from handlers.reports.labels import FIGURES, Unit, Value
from handlers.words import CATEGORIES, DOT, KINDS
from models import reports
from models.events.events import Category, Kind
from models.events.sign_up_lists import text
from models.network import roles, stations
from models.network.stations import Station
from models.reports import Place, Report
from models.rules.network.floors import Count
from models.rules.network.permissions import Act
from models.rules.reports import periods
from models.rules.reports.figures import Part
from papers.facts import Account, Bar, Bars, Order, Told

router = Router()

DAY, MONTH = "yyyy-mm-dd", "yyyy-mm"
MOST_BARS = 12
Cell = str | int | float | date | None


def _may_have(
    session: Session, now: datetime, by: int, station_id: int, *_others: int | str
) -> bool:
    station = stations.get(session, station_id)
    return station is not None and roles.may(session, by, Act.SEE_REPORT, station, now)


def _report(session: Session, by: int, station_id: int, code: str, zone: str, at: str) -> Report:
    """Raises LookupError where there is nothing to show, to this member."""
    period = periods.read_code(code, ZoneInfo(zone))
    station = session.get(Station, station_id)
    found = (
        reports.of(session, by, station, period, datetime.fromisoformat(at))
        if period is not None and station is not None
        else None
    )
    if not isinstance(found, Report):
        raise LookupError("no such account")
    return found


# A page to print


@router.file("account-pdf", may=_may_have)
def page(
    session: Session, by: int, station_id: int, code: str, language: str, zone: str, at: str
) -> Order:
    report = _report(session, by, station_id, code, zone, at)
    in_words = Words.in_full(language, ZoneInfo(zone))
    return Order(paper(report, language, in_words))


def paper(report: Report, language: str, in_words: Callable[[Sayable], str]) -> Account:
    """What stands on the page."""
    return Account(
        language=language,
        title=in_words(report.station),
        period=in_words(labels.period_name(report.period)),
        sentence=in_words(labels.in_one_sentence(report.now)),
        compared=in_words(labels.compared_with(report)),
        figures=tuple(
            Told(
                in_words(each.label),
                in_words(each.said(report.now)),
                in_words(each.said(report.before)),
                in_words(each.change(report.now, report.before)),
            )
            for each in FIGURES
        ),
        charts=tuple(_charts(report, in_words)),
        foot=in_words(_foot(report)),
    )


def _foot(report: Report) -> Sayable:
    inexact = None if report.is_exact else say("Numbers of people are rounded down to fives.")
    others = (
        say(
            "Of the people reached, {n} have no chat, are erased, or came so long ago that who "
            "they were is not kept; they count once an event.",
            n=labels.number(report.now.others),
        )
        if report.now.others.number
        else None
    )
    return lines(others, inexact, between=" ")


def _charts(report: Report, in_words: Callable[[Sayable], str]) -> Iterator[Bars]:
    if len(report.months) > 1:
        months = report.months[-MOST_BARS:]
        yield Bars(
            in_words(labels.MONTH),
            tuple(Bar(str(each.key.month), each.events) for each in months),  # type: ignore[union-attr]
            upright=True,
        )
    yield Bars(in_words(labels.CATEGORY), _bars(report.categories, _categories(in_words)))
    yield Bars(in_words(labels.KIND), _bars(report.kinds, _kinds(in_words)))
    places = [each for each in report.places if each.events]
    if len(places) > 1:
        most = sorted(places, key=lambda each: -each.events)[:MOST_BARS]
        bars = tuple(Bar(in_words(each.name), each.events) for each in most)
        yield Bars(in_words(labels.PLACE), bars)
    if report.roles:
        yield Bars(in_words(labels.PART), _bars(report.roles, _partner_parts(in_words)))


def _bars(parts: Iterable[Part], named: Mapping[Any, str]) -> tuple[Bar, ...]:
    return tuple(Bar(named.get(each.key, ""), each.events) for each in parts if each.events)


def _categories(in_words: Callable[[Sayable], str]) -> dict[Any, str]:
    return {str(each): in_words(CATEGORIES[each]) for each in Category}


def _kinds(in_words: Callable[[Sayable], str]) -> dict[Any, str]:
    return {str(each): in_words(KINDS[each]) for each in Kind}


def _partner_parts(in_words: Callable[[Sayable], str]) -> dict[Any, str]:
    return {str(each): in_words(label) for each, label in PARTS.items()}


# The tables behind it


@router.file("account-xlsx", may=_may_have)
def tables(
    session: Session, by: int, station_id: int, code: str, language: str, zone: str, at: str
) -> bytes:
    report = _report(session, by, station_id, code, zone, at)
    return workbook(session, report, Words.in_full(language, ZoneInfo(zone)))


def workbook(session: Session, report: Report, in_words: Callable[[Sayable], str]) -> bytes:
    """An .xlsx of the tables behind an account."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, headings, rows in _sheets(session, report, in_words):
        sheet = book.create_sheet(in_words(title)[:31])
        for letter, width in zip("ABCDEFGHI", (28, *(14,) * 8), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "A2"
        sheet.append([text(sheet, in_words(each)) for each in headings])
        for row in rows:
            sheet.append([_cell(sheet, each) for each in row])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


Sheet = tuple[Sayable, Sequence[Sayable], Iterable[Sequence[Cell]]]


def _sheets(
    session: Session, report: Report, in_words: Callable[[Sayable], str]
) -> Iterator[Sheet]:
    """One table a sheet: the figures, the parts that they are sums of, the events."""
    now, before = (labels.period_name(each) for each in (report.period, report.before_period))
    yield (
        labels.heading(report),
        (say("Figure"), now, before, say("Change")),
        _figures(report, in_words),
    )
    of_both: tuple[Sayable, ...] = (say("Events held"), say("Attendances"))
    both: tuple[Sayable, ...] = (*of_both, *(lines(each, before, between=DOT) for each in of_both))
    yield (
        labels.CATEGORY,
        (labels.CATEGORY, *both),
        _parts(report.categories, _categories(in_words)),
    )
    yield labels.KIND, (labels.KIND, *both), _parts(report.kinds, _kinds(in_words))
    yield (
        labels.PLACE,
        (labels.PLACE, *both, *(FIGURES[each].label for each in range(4))),
        [_place(each, in_words) for each in report.places],
    )
    yield (
        labels.ENTERPRISE,
        (labels.ENTERPRISE, *both),
        [(in_words(name), *_counts(part)) for name, part in report.enterprises],
    )
    yield labels.PART, (labels.PART, *both), _parts(report.roles, _partner_parts(in_words))
    yield (
        labels.PARTNER,
        (labels.PARTNER, *both),
        [(in_words(name), *_counts(part)) for name, part in report.partners],
    )
    yield (
        labels.MONTH,
        (labels.MONTH, *of_both),
        [(each.key, each.events, _number(each.came)) for each in report.months],
    )
    yield labels.EVENT, _event_headings(), _events(session, report, in_words)


def _figures(
    report: Report, in_words: Callable[[Sayable], str]
) -> Iterator[tuple[str, Cell, Cell, Cell]]:
    for each in FIGURES:
        this, last = (
            _plain(each.of(figures), each.unit) for figures in (report.now, report.before)
        )
        change = this - last if _is_number(this) and _is_number(last) else None
        yield in_words(each.label), this, last, change


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float)


def _plain(value: Value, unit: Unit) -> Any:
    """A value as a cell holds it: hours out of minutes and of how long something took."""
    match value:
        case None:
            return None
        case Count():
            return _number(value)
        case int() | float():
            return round(value / 60, 1) if unit is Unit.HOURS else round(value, 3)
        case _:
            return round(value.total_seconds() / 3600, 1)


def _number(count: Count) -> int | str:
    if count.is_exact:
        return count.number
    return f"{count.number}+" if count.number else "<5"


def _parts(parts: Iterable[Part], named: Mapping[Any, str]) -> list[tuple[Cell, ...]]:
    return [(named.get(each.key, ""), *_counts(each)) for each in parts]


def _counts(part: Part | Place) -> tuple[Cell, ...]:
    return part.events, _number(part.came), part.events_before, _number(part.came_before)


def _place(place: Place, in_words: Callable[[Sayable], str]) -> tuple[Cell, ...]:
    return (
        in_words(place.name),
        *_counts(place),
        place.teams,
        _number(place.core_members),
        place.clubs,
        place.contact_points,
    )


def _event_headings() -> tuple[Sayable, ...]:
    return (
        say("Event"),
        say("Date"),
        labels.PLACE,
        labels.CATEGORY,
        labels.KIND,
        say("Seats offered"),
        say("Attendances"),
        say("Didn't come"),
        say("Rating (of 5)"),
    )


def _events(
    session: Session, report: Report, in_words: Callable[[Sayable], str]
) -> Iterator[tuple[Cell, ...]]:
    titles = reports.titles(session, report)
    hosts = {each.id: each.text_of("name") for each in stations.everything(session)}
    categories, kinds = _categories(in_words), _kinds(in_words)
    for each in report.lines:
        yield (
            in_words(titles[each.event_id]),
            each.starts_at.astimezone(report.period.zone).replace(tzinfo=None, microsecond=0),
            in_words(hosts[each.station_id]),
            categories[each.category],
            kinds[each.kind],
            each.seats,
            _number(each.came),
            _number(each.absent),
            each.stars,
        )


def _cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        return text(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    if isinstance(value, datetime):
        cell.number_format = f"{DAY} hh:mm"
    elif isinstance(value, date):
        cell.number_format = MONTH
    return cell
