"""Read dates and times as people type them, in Chinese and English, after now.

What is read beyond doubt is ``sure``; where something was assumed (3点 is taken as 15:00, a time
without a day as the next such time) it is not, and the caller should have it confirmed. What is
not understood, or understood in two ways at once, is ``UnclearTime`` and says why.

When clocks are put back a time comes twice: the first is taken, or the second when the first is
over. When they are put forward a time does not come at all: it is taken as the clock ran before,
so 2:30 becomes 3:30. Neither is ``sure``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.dates.pieces import (
    BareNumber,
    ClockTime,
    Dash,
    Day,
    Delay,
    Length,
    NotAMoment,
    OnDate,
    Piece,
    Weekday,
    Why,
)
from models.rules.dates.sifting import meant, pieces_in, plain, rest
from models.rules.dates.words import DAY, HOUR, DayPart

# Longer than any announcement of an event; a book pasted by mistake is not searched for dates.
LONGEST = 1200
# More than any announcement holds; a page of numbers is not searched for the one that is meant.
MOST_PIECES = 60
HALF_A_DAY = 12 * HOUR
EVENING, SMALL_HOURS = 18 * HOUR, 6 * HOUR
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A start, and an end if one was given, in UTC; ``rest`` is the text without them.

    ``sure`` is False where something was assumed, ``dated`` where no day was given.
    """

    starts: datetime
    ends: datetime | None
    rest: str
    sure: bool
    dated: bool = True


@dataclass(frozen=True, slots=True)
class UnclearTime:
    """Why no moment was read; ``day`` is the day when only the time is missing."""

    why: Why
    rest: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """The pieces of one moment: days that must agree, a part of the day, a time."""

    days: tuple[Day, ...] = ()
    part: DayPart | None = None
    clock: ClockTime | None = None

    @property
    def timed(self) -> bool:
        return self.part is not None or self.clock is not None


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    day: date
    minutes: int
    sure: bool


def read(text: str, now: datetime, zone: ZoneInfo) -> FoundTime | UnclearTime:
    """Read a start, and perhaps an end, out of a text; never one before ``now``.

    Raises ValueError when ``now`` is naive.
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware")
    if len(text) > LONGEST:
        return UnclearTime(Why.TOO_LONG, text)
    simple = plain(text)
    found = pieces_in(simple, MOST_PIECES + 1)
    if len(found) > MOST_PIECES:
        return UnclearTime(Why.SEVERAL, text)
    spans = meant(simple, found)
    others = rest(text, spans)
    pieces = [piece for each in spans for piece in each.pieces]
    outcome = _resolve(pieces, now.astimezone(UTC), zone)
    match outcome:
        case FoundTime():
            dated = any(isinstance(piece, Day | Delay) for piece in pieces)
            return replace(outcome, rest=others, dated=dated)
        case UnclearTime():
            return replace(outcome, rest=others)
        case Why():
            return UnclearTime(outcome, others)


# What they come to together


def _resolve(
    pieces: Sequence[Piece], now: datetime, zone: ZoneInfo
) -> FoundTime | UnclearTime | Why:
    for piece in pieces:
        if isinstance(piece, NotAMoment):
            return piece.why
    delays = [piece.length for piece in pieces if isinstance(piece, Delay)]
    if delays:
        return _after(now, delays[0]) if len(pieces) == 1 else Why.SEVERAL
    lengths = [piece.length for piece in pieces if isinstance(piece, Length)]
    halves = _halves([piece for piece in pieces if not isinstance(piece, Length)])
    sides = [_side(half) for half in halves]
    if len(sides) > 2 or len(lengths) > 1 or (lengths and len(sides) > 1):
        return Why.SEVERAL
    first, last = sides[0], sides[1] if len(sides) > 1 else None
    if isinstance(first, Why):
        return first
    if isinstance(last, Why):
        return last
    if last and not last.days and not last.timed:
        # "明晚 到 下周": nothing stands behind the dash that would end it.
        last = None
    if last and first.timed and not first.days and _day_comes_last(halves[1]):
        # "9am to 11am tomorrow": the day is that of both.
        first, last = replace(first, days=last.days), replace(last, days=())
    if last and not first.timed and not last.days:
        # "周六 - 下午3点": the dash only separates.
        first, last = replace(last, days=first.days), None
    return _span(first, last, lengths[0] if lengths else None, now, zone)


def _after(now: datetime, delay: timedelta) -> FoundTime | Why:
    at = (now + delay).replace(second=0, microsecond=0)
    return FoundTime(at, None, "", sure=True) if at >= now else Why.IN_THE_PAST


def _halves(pieces: Sequence[Piece]) -> list[list[Piece]]:
    halves: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Dash):
            halves.append([])
        else:
            halves[-1].append(piece)
    return halves


def _day_comes_last(pieces: Sequence[Piece]) -> bool:
    timed = [isinstance(piece, ClockTime | DayPart) for piece in pieces]
    return True in timed and not any(
        isinstance(piece, Day) for piece in pieces[: timed.index(True)]
    )


def _side(pieces: Sequence[Piece]) -> _Side | Why:
    days = tuple(dict.fromkeys(piece for piece in pieces if isinstance(piece, Day)))
    parts = {piece for piece in pieces if isinstance(piece, DayPart)}
    clocks = {piece for piece in pieces if isinstance(piece, ClockTime)}
    others = [
        piece
        for piece in pieces
        if isinstance(piece, BareNumber | Dash | Delay | Length | NotAMoment)
    ]
    if len(parts) > 1 or len(clocks) > 1 or others:
        return Why.SEVERAL
    return _Side(days, next(iter(parts), None), next(iter(clocks), None))


def _span(
    first: _Side, last: _Side | None, lasts: timedelta | None, now: datetime, zone: ZoneInfo
) -> FoundTime | UnclearTime | Why:
    start = _start(first, last, now, zone)
    if not isinstance(start, _Moment):
        return start
    if lasts is not None:
        return FoundTime(start.at, start.at + lasts, "", start.sure)
    if last is None:
        return FoundTime(start.at, None, "", start.sure)
    end = _end_on_a_day(last, start, now, zone) if last.days else _end(first, last, start, zone)
    if not isinstance(end, _Moment):
        return end
    return FoundTime(start.at, end.at, "", start.sure and end.sure)


def _start(
    side: _Side, last: _Side | None, now: datetime, zone: ZoneInfo
) -> _Moment | UnclearTime | Why:
    today = now.astimezone(zone).date()
    dates = _dates(side.days, today, today) if side.days else [today, today + A_DAY]
    if isinstance(dates, Why):
        return dates
    if not side.timed:
        if not side.days:
            return Why.NO_DATE
        coming = next((day for day in dates if day >= today), None)
        return Why.IN_THE_PAST if coming is None else UnclearTime(Why.NO_TIME, day=coming)
    options = _options(side.clock, side.part)
    if last is not None and not last.days and side.clock is not None and side.part is None:
        options = _before(side.clock, last) or options
    if not options:
        return Why.IMPOSSIBLE_TIME if side.clock else UnclearTime(Why.NO_TIME, day=dates[0])
    for moment in _moments(side.days, dates, options, today, zone):
        if moment.at >= now:
            return moment if side.days else replace(moment, sure=False)
        again = _second(moment, zone)
        if again >= now:
            return replace(moment, at=again, sure=False)
        if (
            side.part
            and not side.clock
            and now < _moment(moment.day, side.part.ends, True, zone).at
        ):
            # "今晚" at eight in the evening is still today.
            return UnclearTime(Why.NO_TIME, day=moment.day)
    return Why.IN_THE_PAST


def _dates(days: Sequence[Day], today: date, after: date) -> list[date] | Why:
    """The days that all of these agree on; a bare weekday only confirms another day."""
    exact, bare = _exact_and_bare(days)
    lists = [day.dates(today, after) for day in exact]
    if not all(lists):
        return Why.IMPOSSIBLE_DATE
    if len({day.number for day in bare}) > 1:
        return Why.SEVERAL
    common = [each for each in lists[0] if all(each in others for others in lists)]
    if not common:
        return Why.SEVERAL
    coming = next((each for each in common if each >= after), common[-1])
    if bare and coming.weekday() != bare[0].number:
        # Another year might agree, but it is not what was meant.
        return Why.MISMATCH
    return [each for each in common if not bare or each.weekday() == bare[0].number]


def _exact_and_bare(days: Sequence[Day]) -> tuple[list[Day], list[Weekday]]:
    """The days that decide, and bare weekdays, which decide if there are no others."""
    bare = [day for day in days if isinstance(day, Weekday) and day.week is None]
    return [day for day in days if day not in bare] or list(bare[:1]), bare


def _moments(
    days: Sequence[Day],
    dates: Sequence[date],
    options: Sequence[tuple[int, bool]],
    today: date,
    zone: ZoneInfo,
) -> Iterator[_Moment]:
    doubtful = [day for day in _exact_and_bare(days)[0] if isinstance(day, Weekday | OnDate)]
    for day in dates:
        believed = all(each.sure(day, today) for each in doubtful)
        for minutes, sure in options:
            yield _moment(day, minutes, sure and believed, zone)


def _moment(day: date, minutes: int, sure: bool, zone: ZoneInfo) -> _Moment:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    at = wall.replace(tzinfo=zone)
    plain_day = at.utcoffset() == at.replace(fold=1).utcoffset()
    return _Moment(at.astimezone(UTC), day, minutes, sure and plain_day)


def _second(moment: _Moment, zone: ZoneInfo) -> datetime:
    """The same time on the clock once more, on the night when clocks are put back."""
    local = moment.at.astimezone(zone)
    return max(moment.at, local.replace(fold=1).astimezone(UTC))


# Times of day, in minutes since midnight, with whether they are beyond doubt


def _options(clock: ClockTime | None, part: DayPart | None) -> list[tuple[int, bool]]:
    """What a time of day may stand for, the likeliest first."""
    if clock is None:
        assert part is not None
        return [] if part.usual is None else [(part.usual, False)]
    sure = not clock.doubtful
    within = clock.part or part
    if within is not None:
        fits = [each for each in _readings(clock) if within.begins <= each < within.ends]
        # "周六晚上12点" is the midnight after Saturday, but not for everybody.
        return [(each, sure and each < DAY) for each in fits]
    at = clock.minutes
    if clock.exact or clock.hour == 12 or (clock.digital and clock.hour > 7):
        return [(at, sure)]
    if clock.hour < 7:
        return [(at + HALF_A_DAY, False)]
    if clock.hour == 7 and not clock.digital:
        return [(at + HALF_A_DAY, False)]
    return [(at, False), (at + HALF_A_DAY, False)]


def _readings(clock: ClockTime) -> list[int]:
    if clock.hour > 12:
        return [clock.minutes]
    if clock.hour == 0:
        return [clock.minutes, clock.minutes + DAY]
    base = clock.minutes % HALF_A_DAY
    return [base, base + HALF_A_DAY, base + DAY]


def _before(clock: ClockTime, last: _Side) -> list[tuple[int, bool]]:
    """What a start without a part of the day is by its end: ``2-4pm``, ``9点到下午5点``."""
    part = last.part or (last.clock.part if last.clock else None)
    ends = _options(last.clock, last.part) if part is not None else []
    settled = clock.exact or clock.part is not None or (clock.digital and clock.hour > 7)
    if settled or not ends:
        return []
    earlier = [each for each in _readings(clock)[:2] if each < ends[0][0]]
    english = last.clock is not None and last.clock.part is not None
    return [(earlier[-1], english or len(earlier) == 1)] if earlier else []


def _end(first: _Side, last: _Side, start: _Moment, zone: ZoneInfo) -> _Moment | Why:
    """The end on the same day, or in the small hours after an evening."""
    if last.clock is None or last.part or last.clock.part:
        options = _options(last.clock, last.part)
    elif last.clock.exact or (first.clock is not None and first.clock.hour > 12):
        options = [(last.clock.minutes, not last.clock.doubtful)]
    else:
        part_given = first.part is not None or (
            first.clock is not None and first.clock.part is not None
        )
        literal = last.clock.digital and last.clock.minutes > start.minutes
        sure = (part_given or literal) and not last.clock.doubtful
        readings = _readings(last.clock)[:2]
        if last.clock.digital and last.clock.hour > 7 and not part_given:
            readings = [last.clock.minutes]
        options = [(each, sure) for each in readings]
    if not options:
        return Why.IMPOSSIBLE_TIME if last.clock else Why.NO_TIME
    late = [
        (each + DAY, sure)
        for each, sure in options
        if each == 0 or (start.minutes >= EVENING and each <= SMALL_HOURS)
    ]
    later = sorted(each for each in options + late if each[0] > start.minutes)
    if not later:
        return Why.END_BEFORE_START
    end = _moment(start.day, *later[0], zone)
    return end if end.at > start.at else Why.END_BEFORE_START


def _end_on_a_day(
    last: _Side, start: _Moment, now: datetime, zone: ZoneInfo
) -> _Moment | UnclearTime | Why:
    dates = _dates(last.days, now.astimezone(zone).date(), start.day)
    if isinstance(dates, Why):
        return dates
    if not last.timed:
        return UnclearTime(Why.NO_TIME, day=start.day)
    options = _options(last.clock, last.part)
    if not options:
        return Why.IMPOSSIBLE_TIME if last.clock else Why.NO_TIME
    moments = _moments(last.days, dates, options, start.day, zone)
    return next((each for each in moments if each.at > start.at), Why.END_BEFORE_START)
