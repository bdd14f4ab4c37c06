"""Patterns of dates and times in texts, each with the piece that it stands for."""

import re
from collections.abc import Callable

from models.rules.dates import periods, words
from models.rules.dates.lengths import AMOUNT_EN, LENGTH, LENGTH_EN, LENGTH_ZH, length
from models.rules.dates.pieces import (
    BareNumber,
    ClockTime,
    Dash,
    Delay,
    Holiday,
    Length,
    NotAMoment,
    OnDate,
    OnDayOfMonth,
    Piece,
    Relative,
    Weekday,
    WholePeriod,
    Why,
)
from models.rules.dates.words import ZH, number, one_of, squeezed

# A space in a pattern stands for any number of spaces in the text.


def _pattern(source: str) -> re.Pattern[str]:
    # Bounded, because unbounded ones side by side take hours over a line of spaces.
    source = source.replace(" ", r"\s*")
    return re.compile(source.replace(r"\s*", r"\s{0,3}").replace(r"\s+", r"\s{1,3}"))


D = "[0-9]{1,2}(?![0-9])"
N = f"(?:{D}|{ZH}{{1,4}})"
EN = one_of(words.NUMBERS_EN.keys() - {"a", "an"})
WEEK = "(?:周|星期|礼拜|星 期|礼 拜)"
WITHIN = periods.WITHIN
MONTH_EN = one_of(words.MONTHS) + r"\.?"
ORDINAL = r"(?:st|nd|rd|th)?(?![a-z0-9])"
YEAR_EN = r"(?: ,? (20[0-9]{2})(?! [-:–~.]|[0-9]))?"
MERIDIEM = r"([ap])\.?m\.?(?![a-z])"
DAYS = rf"({N}|[0-9]{{3}}) (?:个 )?(天|日|周|星 期|礼 拜|(?<=个)月)"
# What follows a number that counts something, or names a place, and so is no time.
COUNTED = "元块人名位个条样折%％度万公斤米岁队项支盏"
BUILDING = "楼线门桌场馆厅房厂机院车会仓店床球路栋座教"
O_CLOCK = "(?:点(?!心|评|赞|餐|菜)|时(?!间|候|长|段|代))"
# "3点20人" is twenty people, and "3点 12月5日" is not twelve past three.
NOT_MINUTES = f"(?![0-9]| [月号日点时:.{COUNTED}]| 分 钟)"
TENS = f"{ZH}?十{ZH}?"
MINUTES = rf"(?P<minutes>[0-5][0-9]{NOT_MINUTES}|[零〇]{ZH}|{TENS}{NOT_MINUTES})(?: 分)?"
MINUTES_SAID = f"(?P<minute>{N}) 分(?!钟|享|队|组)"
HALF_OR_QUARTER = "(?P<half>半)|(?P<quarter>[一三13]) 刻"
QUARTERS = {"一": 15, "1": 15, "三": 45, "3": 45}

Made = Piece | tuple[Piece, ...] | None
Pattern = tuple[re.Pattern[str], Callable[[re.Match[str]], Made]]


def _relative(match: re.Match[str]) -> Made:
    return Relative(words.DAYS_AHEAD[squeezed(match[0])])


def _day_and_part(match: re.Match[str]) -> Made:
    days, part = words.DAYS_AND_PARTS[squeezed(match[0])]
    return Relative(days), part


def _part(match: re.Match[str]) -> Made:
    written = squeezed(match[0])
    return words.SHORT_PARTS[written] if len(written) == 1 else words.PARTS[written]


def _weekday(match: re.Match[str]) -> Made:
    week = words.WEEKS_AHEAD[squeezed(match[1])] if match[1] else None
    if week is not None and week < 0:
        return NotAMoment(Why.IN_THE_PAST)
    return Weekday(words.WEEKDAYS_ZH[match[2]], week)


def _weekday_en(match: re.Match[str]) -> Made:
    # "This Friday" is the coming one for everybody; "next Friday" is not.
    week = 1 if match[1] == "next" else None
    return Weekday(words.WEEKDAYS_EN[match[2]], week, english=True)


def _date(match: re.Match[str]) -> Made:
    ahead = words.YEARS_AHEAD[squeezed(match["ahead"])] if match["ahead"] else None
    year = int(match["year"]) if match["year"] else None
    month, day = number(match["month"].replace("元", "1")), number(match["day"])
    if month is None or day is None:
        return None
    return OnDate(month, day, year, ahead)


def _year_month_day(match: re.Match[str]) -> Made:
    return OnDate(int(match[3]), int(match[4]), int(match[1]))


def _month_dot_day(match: re.Match[str]) -> Made:
    month, day = int(match[1]), int(match[2])
    hour_said = re.search(rf"(?:{one_of(words.PARTS)}|[早晚])\s*$", match.string[: match.start()])
    if (hour_said or month > 12) and month <= 24 and len(match[2]) == 2 and day < 60:
        # "下午2.30" is half past two, and "14.30" can only be a time.
        return ClockTime(month, day, digital=True, doubtful=True)
    return OnDate(month, day) if month <= 12 and 1 <= day <= 31 else None


def _day_dot_month_dot_year(match: re.Match[str]) -> Made:
    day, month = int(match[1]), int(match[2])
    return OnDate(month, day, int(match[3]), doubtful=month != day <= 12)


def _month_slash_day(match: re.Match[str]) -> Made:
    """Month first, as in China; the other way where only that is a date."""
    month, day = int(match[1]), int(match[2])
    if (month, day) in ((24, 7), (1, 2)) and match[3] is None:
        return None
    year = int(match[3]) if match[3] else None
    if month > 12 >= day:
        month, day = day, month
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    chinese = re.search("[一-鿿]", match.string) is not None
    return OnDate(month, day, year, doubtful=month != day <= 12 and not chinese)


def _day_of_month(match: re.Match[str]) -> Made:
    day = number(match[2])
    if day is None or match[2] == "两":
        return None
    return OnDayOfMonth(day, words.MONTHS_AHEAD[squeezed(match[1])] if match[1] else None)


def _english_date(day: str, month: str, year: str | None) -> OnDate:
    return OnDate(words.MONTHS[month.rstrip(".")], int(day), int(year) if year else None)


def _holiday(match: re.Match[str]) -> Made:
    ahead = words.YEARS_AHEAD[squeezed(match[1])] if match[1] else None
    month, day = words.HOLIDAYS[squeezed(match[2])]
    return Holiday(OnDate(month, day, years_ahead=ahead))


def _clock(hour: int, minute: int, digital: bool, padded: bool, meridiem: str | None) -> Made:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return NotAMoment(Why.IMPOSSIBLE_TIME, weak=False)
    part = {"a": words.AM, "p": words.PM, None: None}[meridiem]
    if part and not 1 <= hour <= 12:
        # "15:00 pm" is said twice and still clear.
        part = words.PM if part is words.PM and hour > 12 else None
        if part is None:
            return NotAMoment(Why.IMPOSSIBLE_TIME, weak=False)
    return ClockTime(hour, minute, part, digital, padded)


def _colon(match: re.Match[str]) -> Made:
    padded = match[1].startswith("0")
    return _clock(int(match[1]), int(match[2]), digital=True, padded=padded, meridiem=match[3])


def _points(match: re.Match[str]) -> Made:
    """``3点``, ``三点半``, ``3点一刻``, ``19点30分``, ``七点零五``."""
    hour = number(match["hour"])
    minute = QUARTERS.get(match["quarter"] or "", 0)
    if match["half"]:
        minute = 30
    written = match["minute"] or match["minutes"]
    if written:
        counted = number(squeezed(written))
        if counted is None:
            return None
        minute = counted
    if hour is None:
        return None
    return _clock(hour, minute, digital=False, padded=False, meridiem=None)


def _hour_en(match: re.Match[str]) -> Made:
    hour = number(match[1])
    return None if hour is None else _clock(hour, 0, False, False, match[2])


def _past_or_to(match: re.Match[str]) -> Made:
    hour = number(match[3])
    if hour is None or not 1 <= hour <= 12:
        return None
    minute = {"half": 30, "quarter": 15, "a quarter": 15, "ten": 10, "twenty": 20, "five": 5}[
        re.sub(r"\s+", " ", match[1])
    ]
    if match[2] == "past":
        return _clock(hour, minute, False, False, match[4])
    return _clock((hour - 2) % 12 + 1, 60 - minute, False, False, match[4])


def _spoken(match: re.Match[str]) -> Made:
    minute = {"thirty": 30, "fifteen": 15, "forty-five": 45}[match[2]]
    return _clock(number(match[1]) or 0, minute, False, False, match[3])


def _four_digits(match: re.Match[str]) -> Made:
    return ClockTime(int(match[1]), int(match[2]), digital=True, plain=True, doubtful=True)


def _days_later(match: re.Match[str]) -> Made:
    counted = number(match[1] or match[3])
    if counted is None:
        return None
    unit = squeezed(match[2] or match[4])
    if unit == "月":
        return Relative(0, counted)
    return Relative(counted * words.LONG_UNITS[unit])


def _in_days(match: re.Match[str]) -> Made:
    counted = number(match[1])
    return None if counted is None else Relative(counted * words.LONG_UNITS[match[2]])


def _delay(match: re.Match[str]) -> Made:
    delay = length(match[1])
    return None if delay is None else Delay(delay)


def _weekdays(match: re.Match[str]) -> Made:
    return tuple(
        Weekday(words.WEEKDAYS_ZH[each]) for each in match["days"] if each in words.WEEKDAYS_ZH
    )


def _length(match: re.Match[str]) -> Made:
    lasts = length(match[0])
    return None if lasts is None else Length(lasts)


def _bare(match: re.Match[str]) -> Made:
    counted = number(match[0])
    after_at = re.search(r"(?<![a-z])at\s+$", match.string[: match.start()]) is not None
    return None if counted is None else BareNumber(counted, after_at)


def _trouble(why: Why, weak: bool = True) -> Callable[[re.Match[str]], Made]:
    return lambda _: NotAMoment(why, weak)


WEEKDAY_EN = one_of(words.WEEKDAYS_EN)
LONG_UNIT_EN = "(days?|weeks?)(?![a-z])"
NOT_AN_HOUR = f"(?! [:点时.0-9]|{ZH})"
DAY_SIGN = f"(?:号(?! [{BUILDING}])|日(?!{ZH}|语|本|游))"
YEAR_SAID = f"(?:(?P<year>2[01][0-9]{{2}}) 年|(?P<ahead>{one_of(words.YEARS_AHEAD)}) 的?)"
EACH = f"每 个? (?:逢 )?(?:{WEEK} [一二三四五六日天末1-7]?|天|日|晚|月|早)"

# At each place the first that fits is taken, so the particular stands before the general.
READERS: tuple[Pattern, ...] = tuple(
    (_pattern(source), made)
    for source, made in (
        (
            rf"{EACH}|一 周 [一二两三] 次",
            _trouble(Why.REPEATS, weak=False),
        ),
        (
            rf"(?:every|each) (?:other )?(?:day|week|month|morning|evening|night|{WEEKDAY_EN})",
            _trouble(Why.REPEATS, weak=False),
        ),
        (r"(?:daily|weekly)(?![a-z])", _trouble(Why.REPEATS, weak=False)),
        (one_of(words.LUNAR_CALENDAR), _trouble(Why.LUNAR, weak=False)),
        (rf"初 [一二三四五六七八九十](?!{ZH})", _trouble(Why.LUNAR)),
        (one_of(words.LUNAR_DAYS), _trouble(Why.LUNAR)),
        (one_of(words.OVER), _trouble(Why.IN_THE_PAST)),
        (rf"last\s+{WEEKDAY_EN}", _trouble(Why.IN_THE_PAST)),
        (r"last\s+(?:year|night)(?![a-z])", _trouble(Why.IN_THE_PAST, weak=False)),
        (rf"(?:{DAYS}|{LENGTH_ZH}) (?:之|以)? 前", _trouble(Why.IN_THE_PAST)),
        (rf"(?:{AMOUNT_EN} {LONG_UNIT_EN}|{LENGTH_EN})\s+ago(?![a-z])", _trouble(Why.IN_THE_PAST)),
        (rf"({LENGTH}) (?:之|以)? 后", _delay),
        (rf"in\s+({LENGTH})", _delay),
        (rf"({LENGTH_EN})\s+(?:from now|later)(?![a-z])", _delay),
        (rf"(?:再 )?过 ({LENGTH})", _delay),
        (rf"{DAYS} (?:之|以)? 后|(?:再 )?过 {DAYS}", _days_later),
        (rf"in\s+([0-9]{{1,3}}|{one_of(words.NUMBERS_EN)}) {LONG_UNIT_EN}", _in_days),
        (
            rf"([0-9]{{1,3}}|{EN}) {LONG_UNIT_EN} (?:from now|later)(?![a-z])",
            _in_days,
        ),
        (one_of(words.DAYS_AND_PARTS), _day_and_part),
        (one_of(words.DAYS_AHEAD), _relative),
        (
            rf"(?:({one_of(words.WEEKS_AHEAD)}) )?{WEEK} 六 [日天](?![常程语本落出照期])",
            periods.weekend,
        ),
        (
            (
                rf"{WEEK} (?P<days>[一二三四五六日天](?:(?: [、,/和及] [一二三四五六日天])+"
                r"|[一二三四五六日天]+)) (?:(?=[晚早上下中])|(?![一-鿿]))"
            ),
            _weekdays,
        ),
        (
            rf"({one_of(words.WEEKS_AHEAD)} )?{WEEK} ([一二三四五六日天]|[1-7](?![0-9]))(?![年岁])",
            _weekday,
        ),
        (rf"({one_of(words.WEEKS_AHEAD)})? (?:{WEEK} 末|双 休 日?)", periods.weekend),
        (
            rf"{periods.LATELY} [一1]? 个? {WEEK} {WITHIN}?|[一1] 个? {WEEK} {WITHIN}",
            periods.weeks_of_days,
        ),
        (
            rf"(?:{periods.LATELY}|这) 的? (?:几|({N})) 天 {WITHIN}?|({N}) 天 {WITHIN}",
            periods.these_days,
        ),
        (
            rf"(?:the )?(?:next|coming)\s+(?:few|([0-9]{{1,2}}|{EN}))\s+days(?![a-z])",
            periods.these_days_en,
        ),
        (rf"({one_of(words.WEEKS_AHEAD)}) {WEEK}(?!{ZH})", periods.whole_week),
        (r"(?:the )?(last|this|next)\s+(?:week|(weekend|wknd))(?![a-z])", periods.whole_week_en),
        (r"(?:the )?(?:weekends?|wknd)(?![a-z])", lambda _: WholePeriod(weekend=True)),
        (
            rf"(?:the )?{periods.THIRD_EN}(?:month(?![a-z])|(?P<month>{one_of(words.MONTHS)}))",
            periods.part_of_month_en,
        ),
        (r"(last|this|next)\s+month(?![a-z])", periods.whole_month_en),
        (r"年 [底末尾]", periods.end_of_year),
        (
            rf"(?:in|of)\s+({one_of(words.MONTHS)})",
            lambda found: WholePeriod(month=words.MONTHS[found[1]]),
        ),
        (
            rf"第 {N} 个? {WEEK}|最 后 一? 个? {WEEK}",
            _trouble(Why.WHICH_DAY, weak=False),
        ),
        (
            rf"(?:first|second|third|fourth|1st|2nd|3rd|4th)\s+{WEEKDAY_EN}",
            _trouble(Why.WHICH_DAY, weak=False),
        ),
        (rf"(?:(next|this\s+coming|this|coming|on)\s+)?({WEEKDAY_EN})\.?", _weekday_en),
        (
            rf"{YEAR_SAID}? (?P<month>{N}|元) 月份? 的? (?P<day>{N})(?: [日号]|{NOT_AN_HOUR})",
            _date,
        ),
        (rf"(2[01][0-9]{{2}}) ([-/.]) ({D}) \2 ({D})(?:t(?=[0-9]))?", _year_month_day),
        (rf"({D})-({D})(?=\s+[0-9]{{1,2}}:[0-9])", _month_dot_day),
        (rf"({D})/({D})(?:/(20[0-9]{{2}}))?(?![0-9/]|决|强)", _month_slash_day),
        (rf"({D})\.([0-9]{{2}}) {MERIDIEM}", _colon),
        (rf"({D})\.({D})\.(20[0-9]{{2}})(?![0-9])", _day_dot_month_dot_year),
        (rf"({D})\.({D})(?![.0-9]| [{COUNTED}小倍hkgml版])", _month_dot_day),
        (
            rf"({D}){ORDINAL} (?:of )?({MONTH_EN}){YEAR_EN}",
            lambda found: _english_date(found[1], found[2], found[3]),
        ),
        (
            rf"({MONTH_EN}) (?:the )?({D}){ORDINAL}{YEAR_EN}",
            lambda found: _english_date(found[2], found[1], found[3]),
        ),
        (
            r"(?:on )?the ([0-9]{1,2})(?:st|nd|rd|th)(?![a-z])",
            lambda found: OnDayOfMonth(int(found[1])),
        ),
        (
            rf"(?:({one_of(words.MONTHS_AHEAD)}) 月 的? |(?<!月))({N}) {DAY_SIGN}",
            _day_of_month,
        ),
        (rf"({one_of(words.MONTHS_AHEAD)}) 月 ({periods.THIRD})?", periods.whole_month),
        (rf"({N}|元) 月份? ({periods.THIRD})?(?! [日号饼])", periods.month),
        (rf"()月 ({periods.END_OR_BEGINNING})", periods.whole_month),
        (
            rf"({one_of(words.YEARS_AHEAD)})? ({one_of(words.HOLIDAYS)})(?![班点号月日])",
            _holiday,
        ),
        (
            rf"({D}) : ([0-9]{{2}})(?::[0-9]{{2}})?(?![0-9]) (?:{MERIDIEM})?",
            _colon,
        ),
        (
            rf"(?P<hour>{N}) {O_CLOCK}(?:{MINUTES}| (?:{HALF_OR_QUARTER}|{MINUTES_SAID}|钟|整))?",
            _points,
        ),
        (rf"({D}|{EN}) (?:{MERIDIEM}|o'?clock(?![a-z]))", _hour_en),
        (
            rf"(half|a quarter|quarter|ten|twenty|five)\s+(past|to)\s+({D}|{EN}) (?:{MERIDIEM})?",
            _past_or_to,
        ),
        (rf"({EN})[\s-]+(thirty|fifteen|forty-five)(?![a-z]) (?:{MERIDIEM})?", _spoken),
        (r"(?:noon|midday)(?![a-z])", lambda _: ClockTime(12, 0, plain=True)),
        (r"midnight(?![a-z])", lambda _: ClockTime(24, 0, plain=True, doubtful=True)),
        (rf"(?:共|时长|为期|for\s)? {LENGTH}", _length),
        (one_of(words.PARTS), _part),
        (rf"{one_of(words.SHORT_PARTS)}(?! [{words.NOT_A_PART}])", _part),
        (rf"([01][0-9]|2[0-3])([0-5][05])(?![0-9.:/年月日号]| [{COUNTED}a-z])", _four_digits),
        (rf"(?:{D}|{EN})(?![0-9.:/]| ?[%{COUNTED}])", _bare),
        (one_of(words.DASHES) + "{1,2}", lambda _: Dash()),
    )
)
