"""Read the cells of a row into values, and report what cannot be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from models.events.events import Category, Kind
from models.loading.sheets import SheetProblem, SheetRow, columns
from models.network.stations import StationKind
from models.rules.languages import DEFAULT, LANGUAGES, Translated, asked_for, unknown
from models.rules.members.interests import INTERESTS, Interest
from models.rules.members.shifts import Shift
from models.rules.texts import one_line, visible
from models.store import Moment

CellValue = TypeVar("CellValue")

STATION_KINDS = {
    "区": StationKind.DISTRICT,
    "镇街": StationKind.TOWN,
    "联系点": StationKind.CONTACT_POINT,
    **{each.value: each for each in StationKind},
}
INTEREST_WORDS = {
    **{zh: each for each, (zh, _) in INTERESTS.items()},
    **{each.value: each for each in Interest},
}
SHIFTS = {
    "白班": Shift.DAY,
    "长白班": Shift.DAY,
    "中班": Shift.MIDDLE,
    "夜班": Shift.NIGHT,
    "倒班": Shift.ROTATING,
    "两班倒": Shift.ROTATING,
    "三班倒": Shift.ROTATING,
    **{each.value: each for each in Shift},
}
CATEGORIES = {
    "思想教育": Category.THOUGHT,
    "文体艺术": Category.CULTURE,
    "生活服务": Category.LIFE,
    "职场提升": Category.CAREER,
    **{each.value: each for each in Category},
}
EVENT_KINDS = {
    "大讲堂": Kind.LECTURE,
    "体验游": Kind.TOUR,
    "联谊": Kind.SOCIAL,
    "大赛": Kind.CONTEST,
    "培训": Kind.TRAINING,
    "汇报会": Kind.GALA,
    "队伍活动": Kind.SESSION,
    **{each.value: each for each in Kind},
}

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("mon 周一", "tue 周二", "wed 周三", "thu 周四", "fri 周五", "sat 周六", "sun 周日")
    )
    for name in names.split()
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CODE = re.compile(r"[\w-]{1,40}")
DAYS_AHEAD = re.compile(r"\+?(\d{1,3})")
WEEKDAY = re.compile(r"(\w+?)(?:\s*\+\s*(\d{1,2}))?")
WHOLE_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?::\d{2})?")
SPAN = re.compile(r"(\d{1,3})\s*(m|min|分钟|h|小时|d|天)")
MINUTES = {"m": 1, "min": 1, "分钟": 1, "h": 60, "小时": 60, "d": 1440, "天": 1440}


@dataclass(frozen=True, slots=True)
class EventTimes:
    """An event's times in UTC; ``is_relative`` when its day counts from the day of loading."""

    starts_at: Moment
    ends_at: Moment
    closes_at: Moment
    is_relative: bool


class CellReader:
    """Reads the cells of one row and reports every problem to ``problems``.

    Methods return None, or an empty value, once they have reported a problem.
    """

    def __init__(self, file: str, sheet: str, row: SheetRow, problems: list[SheetProblem]) -> None:
        self.is_bad = False
        self._file, self._sheet, self._row, self._problems = file, sheet, row, problems
        self._most = {column.name: column.most for column in columns(sheet)}

    def problem(self, text: str, name: str = "") -> None:
        """Report a problem at the line of the named cell, or of the row."""
        self.is_bad = True
        line = self._row.lines.get(name, self._row.line)
        self._problems.append(SheetProblem(self._file, self._sheet, line, text))

    def has(self, name: str) -> bool:
        """Whether the row has a value in this column."""
        return name in self._row.values

    def has_text(self, name: str) -> bool:
        """Whether the row has a text of this column in any language."""
        return self.has(name) or any(self.has(f"{name}_{code}") for code in LANGUAGES)

    def text(self, name: str, *, required: bool = False) -> str:
        """The cell as stripped text; columns of 60 characters or less lose their line breaks."""
        value = self._row.values.get(name, "")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.problem(f"{name}: this is not text", name)
            return ""
        text = str(value).strip()
        if CONTROL.search(text):
            # PostgreSQL refuses some of them, and the others are invisible.
            self.problem(f"{name}: there are invisible control characters in it", name)
            return ""
        text = one_line(text) if self._most[name] <= 60 else visible(text)
        if len(text) > self._most[name]:
            self.problem(f"{name}: {len(text)} characters; {self._most[name]} at most", name)
        if required and not text:
            self.problem(f"{name} is missing")
        return text

    def texts(self, name: str, *, required: bool = False) -> Translated:
        """The cell as text, with what stands in its columns of other languages."""
        given = {code: f"{name}_{code}" for code in LANGUAGES if self.has(f"{name}_{code}")}
        translations = {code: self.text(column) for code, column in given.items()}
        return Translated(self.text(name, required=required), translations)

    def language(self, name: str) -> str:
        """The code of a language; the default for an empty cell, or once a wrong one is noted."""
        word = self.text(name)
        code = asked_for(word) if word else DEFAULT
        if code is None:
            self.problem(f"{name}: {unknown(word)}", name)
        return code or DEFAULT

    def code(self) -> str:
        """The row's own code; empty once a missing or wrong one is reported."""
        code = self.text("code", required=True)
        if code and not CODE.fullmatch(code):
            rule = "letters, digits, - and _, 40 at most"
            self.problem(f"code: {code!r} does not do; {rule}", "code")
            return ""
        return code

    def url(self, name: str) -> str:
        """An http or https address, or an empty text."""
        url = self.text(name)
        if url and not re.match(r"https?://[^\s/]+", url):
            self.problem(f"{name}: {url!r} is not a web address (https://…)", name)
        return url

    def words(self, name: str) -> list[str]:
        """Several values in one cell: a list, or text separated by commas or line breaks."""
        value = self._row.values.get(name, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            if any(CONTROL.search(each) for each in value):
                self.problem(f"{name}: there are invisible control characters in it", name)
            return [each.strip() for each in value if each.strip()]
        return [each.strip() for each in re.split(r"[,，、;；\n]", self.text(name)) if each.strip()]

    def phrases(self, name: str) -> list[str]:
        """As ``words``, for phrases: they may hold commas, so a semicolon stands between them."""
        value = self._row.values.get(name)
        if isinstance(value, list):
            return self.words(name)
        return [each.strip() for each in re.split(r"[;；\n]", self.text(name)) if each.strip()]

    def last_day(self, name: str) -> date | None:
        """A date, such as 2030-12-31; None for an empty cell, or once a wrong one is reported."""
        value = self._row.values.get(name)
        day = _fixed_day(value) if value is not None and _is_fixed(value) else None
        if value is not None and day is None:
            self.problem(f"{name}: {str(value)!r} is not a date like 2030-12-31", name)
        return day

    def choice(
        self, name: str, options: Mapping[str, CellValue], *, required: bool = True
    ) -> CellValue | None:
        """The meaning of one of ``options``; None for an empty cell or a wrong word."""
        word = self.text(name, required=required)
        if not word:
            return None
        if word.casefold() not in options:
            self.problem(f"{name}: {word!r} is none of {', '.join(options)}", name)
        return options.get(word.casefold())

    def choices(self, name: str, options: Mapping[str, CellValue]) -> list[CellValue]:
        """As ``choice``, for several words in one cell."""
        words = self.words(name)
        for word in words:
            if word.casefold() not in options:
                self.problem(f"{name}: {word!r} is none of {', '.join(options)}", name)
        return [options[word.casefold()] for word in words if word.casefold() in options]

    def reference(
        self, name: str, by_code: Mapping[str, CellValue], what: str, *, required: bool = False
    ) -> CellValue | None:
        """The row with the code in this cell; None for an empty cell or an unknown code."""
        code = self.text(name, required=required)
        if code and code not in by_code:
            self.problem(f"{name}: there is no {what} {code!r}", name)
        return by_code.get(code)

    def seats(self) -> int | None:
        """A number above zero; None where seats are unlimited."""
        value = self._row.values.get("seats")
        if value is None or value in ("不限", "unlimited"):
            return None
        number = self._number(value)
        if number is None or not 0 < number <= 1_000_000:
            self.problem(
                f"seats: {value!r} is not a number of seats; leave it empty for no limit", "seats"
            )
            return None
        return number

    def _number(self, value: Any) -> int | None:
        if isinstance(value, bool):
            return None
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
            return int(value)
        return int(value) if isinstance(value, str) and value.strip().isdecimal() else None

    # Times

    def times(self, now: Moment, zone: ZoneInfo) -> EventTimes | None:
        """The event's times; None once a problem with them is reported. ``now`` is aware."""
        today = now.astimezone(zone).date()
        day, begins, ends = self._day("day", today), self._clock("time"), self._clock("until")
        last_day = self._day("until_day", today) if self.has("until_day") else day
        closes_before = self.span("closes_before")
        if not (day and last_day and begins and ends) or closes_before is None:
            return None
        starts_at = datetime.combine(day, begins, zone).astimezone(UTC)
        ends_at = datetime.combine(last_day, ends, zone).astimezone(UTC)
        if ends_at <= starts_at:
            self.problem("it ends before it begins; a later day goes into until_day", "until")
            return None
        is_relative = not _is_fixed(self._row.values["day"])
        return EventTimes(starts_at, ends_at, starts_at - closes_before, is_relative)

    def _day(self, name: str, today: date) -> date | None:
        value = self._row.values.get(name)
        if value is None:
            self.problem(f"{name} is missing")
            return None
        day = _fixed_day(value) if _is_fixed(value) else _counted_day(value, today)
        if day is None:
            forms = "a date like 2030-12-05, days from today like 3, or a weekday like sat or sat+1"
            self.problem(f"{name}: {str(value)!r} is not a day; {forms}", name)
        return day

    def _clock(self, name: str) -> time | None:
        value = self._row.values.get(name)
        if value is None:
            self.problem(f"{name} is missing")
            return None
        if isinstance(value, datetime):
            value = value.time()
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0, tzinfo=None)
        match = CLOCK.fullmatch(str(value).strip())
        if match and int(match[1]) < 24 and int(match[2]) < 60:
            return time(int(match[1]), int(match[2]))
        self.problem(f"{name}: {str(value)!r} is not a time like 14:00", name)
        return None

    def span(self, name: str) -> timedelta | None:
        """A stretch of time like ``30m``, ``2h`` or ``1d``; None once a problem is reported."""
        value = self._row.values.get(name, 0)
        if value in (0, "0"):
            return timedelta(0)
        match = SPAN.fullmatch(str(value).strip().casefold())
        if match is None:
            self.problem(f"{name}: {str(value)!r} is not a time like 30m, 2h or 1d", name)
            return None
        return timedelta(minutes=int(match[1]) * MINUTES[match[2]])


def _is_fixed(value: object) -> bool:
    return isinstance(value, date) or WHOLE_DATE.fullmatch(str(value).strip()) is not None


def _fixed_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = WHOLE_DATE.fullmatch(str(value).strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _counted_day(value: object, today: date) -> date | None:
    """``3``: in three days; ``sat``: the first Saturday after today; ``sat+1``: the one after."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().casefold().replace("星期", "周").replace("周天", "周日")
    if match := DAYS_AHEAD.fullmatch(text):
        return today + timedelta(days=int(match[1])) if int(match[1]) > 0 else None
    match = WEEKDAY.fullmatch(text)
    if match is None or match[1] not in WEEKDAYS:
        return None
    ahead = (WEEKDAYS[match[1]] - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead, weeks=int(match[2] or 0))
