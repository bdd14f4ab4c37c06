"""Read the cells of a row into values, and report what cannot be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from models.loading import days
from models.loading.columns import column, most
from models.loading.directory import Known, Names, Several
from models.loading.sheets import FormulaWithoutValue, SheetFile, SheetProblem, SheetRow
from models.loading.words import BESIDES, options_in_words
from models.rules.dates.words import number
from models.rules.events.numbers import seats_of_label
from models.rules.languages import DEFAULT, LANGUAGES, Translated, asked_for
from models.rules.sentences import Text, say
from models.rules.texts import is_link, one_line, visible
from models.store import Moment

CellValue = TypeVar("CellValue")

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CODE = re.compile(r"[\w-]{1,40}")
PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
HOW_MANY = re.compile(r"(.{1,4}?)\s*个?(?:人|位|席位?|座位?|名额?)")


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

    __slots__ = ("_most", "_row", "_sheets", "is_bad", "line", "own", "problems", "sheet")

    def __init__(self, sheets: SheetFile, sheet: str, row: SheetRow, problems: list[SheetProblem]):
        self.is_bad = False
        self.sheet, self.line, self.problems = sheet, row.line, problems
        self.own: tuple[SheetProblem, ...] = ()
        self._sheets, self._row, self._most = sheets, row, most(sheet)

    def problem(self, text: Text, name: str = "") -> None:
        """Report a problem at the line of the named cell, or of the row."""
        self.is_bad = True
        line = self._row.lines.get(name, self._row.line)
        noted = SheetProblem(self._sheets.file, self.sheet, line, text)
        self.own += (noted,)
        self.problems.append(noted)

    def wrong(self, name: str, problem: Text) -> None:
        """Report what is wrong with a cell, which is named."""
        self.problem(say("{column}: {problem}", column=self.called(name), problem=problem), name)

    def missing(self, name: str) -> None:
        self.problem(say("{column} is missing", column=self.called(name)))

    def called(self, name: str) -> str:
        """What the file calls a column."""
        found = column(self.sheet, name) if self._sheets.language == "zh" else None
        return found.zh if found is not None else name

    def has(self, name: str) -> bool:
        """Whether the row has a value in this column."""
        return name in self._row.values

    def has_text(self, name: str) -> bool:
        """Whether the row has a text of this column in any language."""
        return self.has(name) or any(self.has(f"{name}_{code}") for code in LANGUAGES)

    def value(self, name: str) -> Any:
        """The cell as the file holds it; None for an empty one, or a formula without a value."""
        value = self._row.values.get(name)
        if isinstance(value, FormulaWithoutValue):
            what = say("its formula has no value: open and save the file in Excel or WPS first")
            self.wrong(name, what)
            return None
        return value

    def text(self, name: str, *, required: bool = False) -> str:
        """The cell as stripped text; columns of 60 characters or less lose their line breaks."""
        value = self._row.values.get(name, "")
        if type(value) is not str:
            if isinstance(value, FormulaWithoutValue):
                return self.value(name) or ""
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.wrong(name, say("this is not text"))
                return ""
        text = str(value).strip()
        if CONTROL.search(text):
            # PostgreSQL refuses some of them, and the others are invisible.
            self.wrong(name, say("there are invisible control characters in it"))
            return ""
        limit = self._most[name]
        text = one_line(text) if limit <= 60 else visible(text)
        if len(text) > limit:
            self.wrong(
                name, say("{length} characters; {most} at most", length=len(text), most=limit)
            )
        if required and not text:
            self.missing(name)
        return text

    def own_name(self, name: str, *, required: bool = False) -> str:
        """As ``text``, for what names a row: a phone number is not kept as that."""
        text = self.text(name, required=required)
        if PHONE.fullmatch(text):
            self.wrong(name, say("this is a phone number; none is kept here"))
            return ""
        return text

    def texts(self, name: str, *, required: bool = False) -> Translated:
        """The cell as text, with what stands in its columns of other languages."""
        given = {code: f"{name}_{code}" for code in LANGUAGES if self.has(f"{name}_{code}")}
        translations = {code: self.text(column) for code, column in given.items()}
        read = self.own_name if name == "name" else self.text
        return Translated(read(name, required=required), translations)

    def language(self, name: str) -> str:
        """The code of a language; the default for an empty cell, or once a wrong one is noted."""
        word = self.text(name)
        code = asked_for(word) if word else DEFAULT
        if code is None:
            self.wrong(
                name,
                say(
                    "there is no language '{code}'; there are {codes}",
                    code=word,
                    codes=", ".join(LANGUAGES),
                ),
            )
        return code or DEFAULT

    def code(self) -> str:
        """The row's own code; empty where it has none, or once a wrong one is reported."""
        code = self.own_name("code")
        if code and not CODE.fullmatch(code):
            self.wrong(
                "code", say("'{code}' does not do; letters, digits, - and _, 40 at most", code=code)
            )
            return ""
        return code

    def url(self, name: str) -> str:
        """An http or https address, or an empty text."""
        url = self.text(name)
        if url and not is_link(url):
            self.wrong(name, say("'{words}' is not a web address (https://…)", words=url))
        return url

    def words(self, name: str) -> list[str]:
        """Several values in one cell: a list, or text separated by commas or line breaks."""
        value = self._row.values.get(name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            if any(CONTROL.search(each) for each in value):
                self.wrong(name, say("there are invisible control characters in it"))
            return [each.strip() for each in value if each.strip()]
        return [each.strip() for each in re.split(r"[,，、;；\n]", self.text(name)) if each.strip()]

    def phrases(self, name: str) -> list[str]:
        """As ``words``, for phrases: they may hold commas, so a semicolon stands between them."""
        value = self._row.values.get(name)
        if isinstance(value, list):
            return self.words(name)
        return [each.strip() for each in re.split(r"[;；\n]", self.text(name)) if each.strip()]

    def choice(
        self, name: str, options: Mapping[str, CellValue], about: str = "", *, required: bool = True
    ) -> CellValue | None:
        """The meaning of one of ``options``; None for an empty cell or a wrong word.

        ``about`` is what other words mean: see ``words.BESIDES``.
        """
        word = self.text(name, required=required)
        return self._meaning(name, word, options, about) if word else None

    def choices(
        self, name: str, options: Mapping[str, CellValue], about: str = ""
    ) -> list[CellValue]:
        """As ``choice``, for several words in one cell."""
        found = [self._meaning(name, word, options, about) for word in self.words(name)]
        return [each for each in found if each is not None]

    def _meaning(
        self, name: str, word: str, options: Mapping[str, CellValue], about: str
    ) -> CellValue | None:
        meant: Any = options.get(word.casefold())
        if meant is None and word.casefold() not in options:
            meant = BESIDES[about](word) if about else None
            if meant is None:
                known = options_in_words(options, self._sheets.language)
                self.wrong(name, say("'{word}' is none of {known}", word=word, known=known))
        return meant  # type: ignore[no-any-return]

    def reference(
        self,
        name: str,
        names: Names,
        what: Text,
        *,
        required: bool = False,
        within: Known | None = None,
    ) -> Known | None:
        """The row of the code or the name in this cell; None for an empty cell or a wrong one."""
        words = self.text(name, required=required)
        if not words:
            return None
        found = names.find(words, within)
        if found is None:
            said = say("there is no {what} '{words}'", what=what, words=words)
            self.wrong(name, said)
        elif isinstance(found, Several):
            said = say(
                "several are called '{words}': give the code, one of {codes}",
                words=words,
                codes=", ".join(found.codes[:9]),
            )
            self.wrong(name, said)
        return found if isinstance(found, Known) else None

    def seats(self) -> int | None:
        """A number above zero; None where seats are unlimited."""
        value = self.value("seats")
        if value is None or value in ("不限", "unlimited"):
            return None
        counted = _number(value)
        if counted is None and isinstance(value, str):
            counted = _said_number(value)
            if counted == 0:
                return None
        if counted is None or not 0 < counted <= 1_000_000:
            self.wrong(
                "seats",
                say(
                    "{value} is not a number of seats; leave it empty for no limit",
                    value=repr(value),
                ),
            )
            return None
        return counted

    def count(self, name: str) -> int | None:
        """A whole number from 1 on; None for an empty cell."""
        value = self.value(name)
        counted = _number(value)
        if counted is None and isinstance(value, str):
            counted = _said_number(value)
        if value is not None and (counted is None or not 0 < counted <= 1_000_000):
            self.wrong(name, say("{value} is not a number from 1 on", value=repr(value)))
            return None
        return counted

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
            self.problem(
                say(
                    "it ends before it begins; a later day goes into {column}",
                    column=self.called("until_day"),
                ),
                "until",
            )
            return None
        is_relative = not days.is_fixed(self._row.values["day"])
        return EventTimes(starts_at, ends_at, starts_at - closes_before, is_relative)

    def own_day(self, name: str, today: date) -> date | None:
        """A day that the cell names itself, whenever it is read; None for any other cell."""
        value = self._row.values.get(name)
        return days.fixed_day(value, today) if value is not None else None

    def last_day(self, name: str, today: date) -> date | None:
        """A date, such as 2030-12-31; None for an empty cell, or once a wrong one is reported."""
        value = self.value(name)
        if value is None:
            return None
        day = days.fixed_day(value, today)
        if day is None:
            self.wrong(name, say("'{value}' is not a date like 2030-12-31", value=value))
        return day

    def _day(self, name: str, today: date) -> date | None:
        value = self.value(name)
        if value is None:
            if not self.has(name):
                self.missing(name)
            return None
        fixed = days.is_fixed(value)
        day = days.fixed_day(value, today) if fixed else days.counted_day(value, today)
        if day is None:
            self.wrong(
                name,
                say(
                    "'{value}' is not a day; a date like 2030-12-05, days from today like 3, "
                    "or a weekday like {weekday}",
                    value=value,
                    weekday=say("sat or sat+1"),
                ),
            )
        return day

    def _clock(self, name: str) -> time | None:
        value = self.value(name)
        if value is None:
            if not self.has(name):
                self.missing(name)
            return None
        at = days.clock(value)
        if at is None:
            what = say(
                "'{value}' is not a time like {time}", value=value, time=say("14:00 or 2 pm")
            )
            self.wrong(name, what)
        return at

    def span(self, name: str) -> timedelta | None:
        """A stretch of time like ``30m``, ``2h`` or ``1d``; None once a problem is reported."""
        value = self._row.values.get(name, 0)
        length = days.span(value)
        if length is None:
            self.wrong(name, say("'{value}' is not a time like 30m, 2h or 1d", value=value))
        return length


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else None


def _said_number(value: str) -> int | None:
    """The number in words like 二十人, 30 个名额; 0 for no limit."""
    if (named := HOW_MANY.fullmatch(value.strip())) is not None:
        if (counted := number(named[1].strip())) is not None:
            return counted
    elif (counted := number(value.strip())) is not None:
        return counted
    return seats_of_label(value)
