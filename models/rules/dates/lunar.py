"""The Chinese lunar calendar from 2025 to 2098: a day of a lunar month as a date, and back."""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache

FIRST_YEAR = 2025
NEW_YEAR = date(2025, 1, 29)
"""The first day of the first lunar year of the table."""

# A year each: a bit for every month that has thirty days, the first month lowest, and above the
# thirteenth bit the month that is followed by a leap month; 0: there is none.
_YEARS = (
    "0cea5 00725 0064b 0ac97 00cab 0055a 06ad6 00b69 17752 00b52 00b25 0da4b 00a4b 004ab "
    "0a55b 005ad 00b6a 05b52 00d92 0fd25 00d25 00a55 0b4ad 004b6 005b5 06daa 00ec9 11e92 "
    "00e92 00d26 0ca56 00a57 00556 086d5 00755 00749 06e93 00693 0f52b 0052b 00a5b 0b55a "
    "0056a 00b65 0974a 00b4a 11a95 00a95 0052d 0caad 00ab5 005aa 08ba5 00da5 00d4a 07c95 "
    "00c96 0f94e 00556 00ab5 0b5b2 006d2 00ea5 08e4a 0068b 10c97 004ab 0055b 0cad6 00b6a "
    "00752 09725 00b45 00a8b"
)


@cache
def _months() -> tuple[tuple[date, ...], tuple[tuple[int, int, bool], ...]]:
    """The first days of all months, and the year, month and whether it is a leap one of each."""
    begins, names = [], []
    day = NEW_YEAR
    for year, code in enumerate((int(each, 16) for each in _YEARS.split()), start=FIRST_YEAR):
        leap = code >> 13
        numbers = [(month, False) for month in range(1, 13)]
        if leap:
            numbers.insert(leap, (leap, True))
        for place, (month, is_leap) in enumerate(numbers):
            begins.append(day)
            names.append((year, month, is_leap))
            day += timedelta(days=30 if code >> place & 1 else 29)
    begins.append(day)
    return tuple(begins), tuple(names)


def on(day: date) -> tuple[int, int] | None:
    """The lunar month and day of a date; None outside the table. A leap month has its number."""
    begins, names = _months()
    place = bisect_right(begins, day) - 1
    if not 0 <= place < len(names):
        return None
    return names[place][1], (day - begins[place]).days + 1


def days(since: date, day: int, month: int = 0) -> list[date]:
    """The dates of a day of each lunar month, or of one month, from ``since`` to the table's end.

    The 30th is the last day of a month that has 29. Of one month, its leap one is left out.
    """
    begins, names = _months()
    found = []
    for place, (_year, number, is_leap) in enumerate(names):
        if month and (number != month or is_leap):
            continue
        last = (begins[place + 1] - begins[place]).days
        at = begins[place] + timedelta(days=min(day, last) - 1)
        if at >= since:
            found.append(at)
    return found
