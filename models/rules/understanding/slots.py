"""Read out of a text, in any order and whatever it asks for: days, part of the day, and the thing.

Days are read by ``models.rules.dates``, which reads those of organizers, so that a member may write
each date that anybody may; see ``spans`` for how they are kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.rules.dates import sifting, words
from models.rules.dates.pieces import (
    ClockTime,
    Dash,
    Day,
    Holiday,
    NotAMoment,
    OnDate,
    OnDayOfMonth,
    Piece,
    Relative,
    Weekday,
    WholePeriod,
)
from models.rules.dates.sifting import Found
from models.rules.dates.words import DayPart
from models.rules.understanding.spans import (
    LATER,
    NEAR,
    OF_MONTH,
    PART,
    SPRING,
    TO,
    WEEKDAYS,
    DaySpan,
    Part,
)

MOST_PIECES = 20
LONGEST_MONTH = 31
SHORT = 2
LONGEST_THING, LONGEST_THING_EN = 7, 24
"""What stands alone or beside a day is looked for among events: 周日羽毛球."""
PARTS: tuple[tuple[DayPart, Part], ...] = (
    (words.EARLY, Part.MORNING),
    (words.MORNING, Part.MORNING),
    (words.MIDDAY, Part.NOON),
    (words.AFTERNOON, Part.AFTERNOON),
    (words.DUSK, Part.DUSK),
    (words.AFTER_WORK, Part.AFTER_WORK),
    (words.DEEP_NIGHT, Part.NIGHT),
    (words.EVENING, Part.EVENING),
)
WEEKEND = {5, 6}
NAMED = {number: name for name, number in NEAR.items()}

# Without any of these a text speaks of no day, and need not be read further.
_BEGIN = "mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec"
_BEGIN += " today tomo tonight tmr tmw morning after even night noon mid week wknd day next coming"
_BEGIN += " this last early late end begin start chris new spring chinese cny the"
TIMELY = re.compile(
    "[天日号月周星礼晚早晨午昼今明后听年夜班休节旦庆诞工]|五一|六一|[0-9] ?[./:-]? ?[0-9apdwsnrt]"
    rf"|(?<![a-z])(?:{'|'.join(_BEGIN.split())})|in [a-z0-9]"
)

# "Every Saturday" asks for the coming one as well.
EACH = re.compile(r"每个?(?=周|星期|礼拜)|\b(?:every|each)(?= )|(?<=[nsir]day)s\b")
SPRING_FESTIVAL = re.compile(
    r"(?:春节|过年|农历新年|chinese new year|spring festival|(?<!\w)cny(?!\w))"
    r"(?P<after>之?前|以前)?(?:期间|假期)?|(?<![去今明后前几半整多])年前"
    r"|(?P<before>before (?:the )?)(?:chinese new year|spring festival|cny)"
)
# A holiday before other words is a part of their name: 元旦晚会.
NAMES_NOTHING = re.compile(
    r"\s*(?:$|[|,，。?？!！的有那去放假期前后当节我你]|还|可|能|会不|会有|[a-z])"
)
# A part of the day before other words is a part of their name, too: night run.
IN_A_NAME = re.compile(r" (?!events?\b|activit|classes|in\b|on\b|at\b|near\b)[a-z]")


@dataclass(frozen=True, slots=True)
class Slots:
    """``span`` as ``spans`` has it, and the text without the words for it."""

    span: str
    rest: str


@lru_cache(maxsize=512)
def may_be_a_thing(words: str) -> bool:
    """Whether words are so few that they may be no more than a name."""
    return len(words) <= (LONGEST_THING_EN if words.isascii() else LONGEST_THING)


@lru_cache(maxsize=512)
def read(text: str) -> Slots:
    """The days and the part of the day that a text names; empty where it names none."""
    simple = sifting.plain(text)
    return _read(text, simple) if TIMELY.search(simple) else Slots("", text)


def _read(text: str, simple: str) -> Slots:
    simple = EACH.sub(_blank, simple)
    festival = SPRING_FESTIVAL.search(simple)
    is_before: object = None
    if festival is not None:
        is_before = festival["before"] or festival["after"] or festival[0] == "年前"
        simple = _without(simple, festival.start(), festival.end())
    found = sifting.pieces_in(simple, MOST_PIECES)
    used, span = _days(simple, found)
    if festival is not None and not span:
        span = f"{DaySpan.TODAY}{TO}{SPRING}" if is_before else SPRING
    parts = [each for each in _parts(simple, found) if each not in used]
    part = next((name for each in (*used, *parts) if (name := _part(each))), "")
    taken = sorted({each.begins: each for each in (*used, *parts)}.values(), key=_begins)
    if festival is None and not taken:
        return Slots("", text)
    shown = EACH.sub(_blank, text)
    if festival is not None:
        shown = _without(shown, festival.start(), festival.end())
    rest = " ".join(sifting.rest(shown, taken).split())
    return Slots(f"{span}{PART}{part}" if part else span, rest)


def _begins(found: Found) -> int:
    return found.begins


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without(text: str, begins: int, ends: int) -> str:
    return text[:begins] + " " * (ends - begins) + text[ends:]


def _days(text: str, found: Sequence[Found]) -> tuple[list[Found], str]:
    """The pieces that are of use, and the span they come to."""
    periods = [each for each in found if isinstance(each.pieces[0], WholePeriod)]
    kept = [each for each in sifting.meant(text, found) if _is_told(text, each, found)]
    pieces = [piece for each in kept for piece in each.pieces]
    days = [piece for piece in pieces if isinstance(piece, Day)]
    if days:
        return [*kept, *periods], _span_of_days(pieces, days, found)
    of_periods = [span for each in periods if (span := _of_period(each.pieces[0]))]
    clocks = [each for each in kept if each not in periods]
    if not of_periods:
        return [each for each in clocks if _part(each)], ""
    return [*clocks, *periods], of_periods[0]


def _is_told(text: str, each: Found, found: Sequence[Found]) -> bool:
    """Whether a piece is about the time, and not the name of a thing or a doubt."""
    if not each.pieces:
        # A week or month that another piece stands in: 下周 beside 周六.
        return True
    first = each.pieces[0]
    if isinstance(first, NotAMoment):
        return False
    if isinstance(first, OnDayOfMonth) and not 1 <= first.day <= LONGEST_MONTH:
        # 98号 is the number of something.
        return False
    was = next((one.pieces[0] for one in found if one.begins == each.begins), first)
    return not isinstance(was, Holiday) or NAMES_NOTHING.match(text, each.ends) is not None


def _span_of_days(pieces: Sequence[Piece], days: Sequence[Day], found: Sequence[Found]) -> str:
    written = list(dict.fromkeys(filter(None, map(_written, days))))
    if not written:
        return ""
    first = days[0]
    if {each.number for each in days if isinstance(each, Weekday)} == WEEKEND:
        weeks = first.week if isinstance(first, Weekday) else None
        return _of_period(WholePeriod(weeks, weekend=True))
    if len(written) == 1 and isinstance(first, OnDate):
        is_holiday = any(isinstance(piece, Holiday) for each in found for piece in each.pieces)
        off = words.HOLIDAY_DAYS.get((first.month, first.day), 1) if is_holiday else 1
        if off > 1:
            return f"{written[0]}{TO}{first.month:02}-{first.day + off - 1:02}"
    for at, piece in enumerate(pieces[1:-1], start=1):
        before, after = pieces[at - 1], pieces[at + 1]
        joins = isinstance(piece, Dash) and isinstance(before, Day | DayPart)
        is_dated = any(isinstance(each, Day) for each in pieces[:at])
        if joins and is_dated and isinstance(after, Day):
            return f"{_best(pieces[:at])}{TO}{_best(pieces[at:])}"
    return _best(pieces)


def _best(pieces: Sequence[Piece]) -> str:
    """A date, its weekday and how far off it is say the same; the date says it best."""
    days = [piece for piece in pieces if isinstance(piece, Day)]
    return _written(next((each for each in days if isinstance(each, OnDate)), days[0]))


def _written(day: Day) -> str:
    match day:
        case Relative(days=days, months=0):
            return NAMED.get(days, f"{LATER}{days}")
        case Weekday(number=number, week=week):
            return WEEKDAYS[number] + (f"{LATER}{week}" if week else "")
        case OnDate(month=month, day=of, year=year, years_ahead=ahead):
            written = f"{month:02}-{of:02}" + (f"{LATER}{ahead}" if ahead else "")
            return f"{year:04}-{written}" if year else written
        case OnDayOfMonth(day=of, months=months):
            return f"{of:02}" + (f"{LATER}{months}" if months is not None else "")
        case _:
            return ""


def _of_period(period: Piece) -> str:
    match period:
        case WholePeriod() if period.over:
            return ""
        case WholePeriod(days=int(days)):
            return DaySpan.WEEK if days == 7 else f"{DaySpan.TODAY}{TO}{LATER}{days - 1}"
        case WholePeriod(weekend=True, weeks=weeks):
            return {0: DaySpan.WEEKEND, 1: DaySpan.NEXT_WEEKEND}.get(
                weeks or 0, f"{DaySpan.WEEKEND}{LATER}{weeks}"
            )
        case WholePeriod(weeks=int(weeks)):
            return {0: DaySpan.WEEK, 1: DaySpan.NEXT_WEEK}.get(
                weeks, f"{DaySpan.WEEK}{LATER}{weeks}"
            )
        case WholePeriod(months=months, month=month, third=third):
            which = f"-{month}" if month else f"{LATER}{months}" if months else ""
            return f"{DaySpan.MONTH}{which}" + (f"{OF_MONTH}{third}" if third else "")
        case _:
            return ""


def _parts(text: str, found: Sequence[Found]) -> list[Found]:
    """Parts of the day that stand alone: 晚上有什么, but not one character of another word."""
    return [
        each
        for each in found
        if len(each.pieces) == 1
        and isinstance(each.pieces[0], DayPart)
        and each.ends - each.begins >= SHORT
        and IN_A_NAME.match(text, each.ends) is None
    ]


def _part(found: Found) -> str:
    """The part of the day of a piece; that of a clock time if it is told: 晚上7点, 7pm."""
    for piece in found.pieces:
        if isinstance(piece, DayPart):
            return next((name for part, name in PARTS if part == piece), "")
        if isinstance(piece, ClockTime) and (piece.hour > 12 or piece.part is not None):
            is_late = piece.hour >= 18 or (piece.part == words.PM and 6 <= piece.hour < 12)
            is_early = piece.part == words.AM
            return Part.MORNING if is_early else Part.EVENING if is_late else Part.AFTERNOON
    return ""
