"""The words for days, times and lengths, in Chinese and English, and what they stand for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of the day, in minutes since its midnight; the night runs on into the next day."""

    begins: int
    ends: int
    usual: int | None = None
    """The likeliest time when only the part is given."""


SMALL_HOURS = DayPart(0, 6 * HOUR)
EARLY = DayPart(4 * HOUR, 12 * HOUR, 8 * HOUR)
MORNING = DayPart(5 * HOUR, 13 * HOUR, 9 * HOUR)
MIDDAY = DayPart(11 * HOUR, 15 * HOUR, 12 * HOUR)
AFTERNOON = DayPart(12 * HOUR, 19 * HOUR, 14 * HOUR)
DUSK = DayPart(16 * HOUR, 20 * HOUR, 18 * HOUR)
EVENING = DayPart(17 * HOUR, 29 * HOUR, 19 * HOUR)
DEEP_NIGHT = DayPart(21 * HOUR, 29 * HOUR)
AFTER_WORK = DayPart(17 * HOUR, 24 * HOUR)
AM = DayPart(0, 12 * HOUR)
PM = DayPart(12 * HOUR, 24 * HOUR)

PARTS = {
    "凌晨": SMALL_HOURS,
    "清晨": EARLY,
    "早上": EARLY,
    "一大早": EARLY,
    "一早": EARLY,
    "早晨": EARLY,
    "上午": MORNING,
    "中午": MIDDAY,
    "正午": MIDDAY,
    "下午": AFTERNOON,
    "午后": AFTERNOON,
    "傍晚": DUSK,
    "晚上": EVENING,
    "晚间": EVENING,
    "夜里": EVENING,
    "夜间": EVENING,
    "深夜": DEEP_NIGHT,
    "半夜": DEEP_NIGHT,
    "午夜": DEEP_NIGHT,
    "朝早": EARLY,
    "上昼": MORNING,
    "晏昼": AFTERNOON,
    "下昼": AFTERNOON,
    "夜晚": EVENING,
    "晚黑": EVENING,
    "下班后": AFTER_WORK,
    "下班以后": AFTER_WORK,
    "下班之后": AFTER_WORK,
    "下了班": AFTER_WORK,
    "放工后": AFTER_WORK,
    "收工后": AFTER_WORK,
    "after work": AFTER_WORK,
    "in the morning": EARLY,
    "in the afternoon": AFTERNOON,
    "in the evening": EVENING,
    "at night": EVENING,
    "morning": EARLY,
    "afternoon": AFTERNOON,
    "evening": EVENING,
    "night": EVENING,
}

# One character stands for a part only next to a day or a time, and never in words such as these.
SHORT_PARTS = {"早": EARLY, "晚": EVENING}
NOT_A_PART = "点餐饭会宴安退些期报茶操"

DAYS_AHEAD = {
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "今儿个": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明儿个": 1,
    "听日": 1,
    "后天": 2,
    "后日": 2,
    "后儿": 2,
    "大后天": 3,
    "today": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "tmw": 1,
    "tomoz": 1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
}

DAYS_AND_PARTS = {
    "今早": (0, EARLY),
    "今晨": (0, EARLY),
    "今晚": (0, EVENING),
    "今夜": (0, EVENING),
    "明早": (1, EARLY),
    "明晨": (1, EARLY),
    "明晚": (1, EVENING),
    "听晚": (1, EVENING),
    "后晚": (2, EVENING),
    "tonight": (0, EVENING),
    "this morning": (0, EARLY),
    "this afternoon": (0, AFTERNOON),
    "this evening": (0, EVENING),
}

OVER = ("昨天", "昨日", "昨晚", "前天", "大前天", "yesterday")

WEEKDAYS_ZH = {character: number for number, character in enumerate("一二三四五六日")}
WEEKDAYS_ZH |= {"天": 6} | {str(number): number - 1 for number in range(1, 8)}

WEEKDAYS_EN = {
    "monday": 0,
    "mon": 0,
    "tuesday": 1,
    "tues": 1,
    "tue": 1,
    "wednesday": 2,
    "weds": 2,
    "wed": 2,
    "thursday": 3,
    "thurs": 3,
    "thur": 3,
    "thu": 3,
    "friday": 4,
    "fri": 4,
    "saturday": 5,
    "sat": 5,
    "sunday": 6,
    "sun": 6,
}

WEEKS_AHEAD = {
    "这个": 0,
    "这": 0,
    "本": 0,
    "下下个": 2,
    "下下": 2,
    "下个": 1,
    "下": 1,
    "上上个": -2,
    "上上": -2,
    "上个": -1,
    "上": -1,
}

MONTHS_AHEAD = {"这个": 0, "本": 0, "这": 0, "当": 0, "下下个": 2, "下个": 1, "下": 1}
MONTHS_AHEAD |= {"上个": -1, "上": -1}
YEARS_AHEAD = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
AHEAD_EN = {"last": -1, "this": 0, "next": 1}

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}

HOLIDAYS = {
    "元旦": (1, 1),
    "妇女节": (3, 8),
    "三八节": (3, 8),
    "劳动节": (5, 1),
    "五一": (5, 1),
    "青年节": (5, 4),
    "儿童节": (6, 1),
    "六一": (6, 1),
    "国庆节": (10, 1),
    "国庆": (10, 1),
    "平安夜": (12, 24),
    "圣诞节": (12, 25),
    "圣诞": (12, 25),
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
}

HOLIDAY_DAYS = {(1, 1): 3, (5, 1): 5, (10, 1): 7}
"""How many days people are off, where it is more than one."""

_SPRING = "2-17 2-6 1-26 2-13 2-3 1-23 2-11 1-31 2-19 2-8 1-28 2-15 2-4 1-24 2-12"
SPRING_FESTIVALS = tuple(
    date(year, *map(int, day.split("-"))) for year, day in enumerate(_SPRING.split(), start=2026)
)
"""The first day of the lunar year, as the calendar has it, until 2040."""
SPRING_FESTIVAL_DAYS = 8

LUNAR_CALENDAR = ("农历", "阴历", "旧历", "正月", "腊月", "冬月")
LUNAR_DAYS = ("除夕", "年三十", "春节", "元宵", "清明", "端午", "七夕", "中秋", "重阳", "冬至")

UNITS = {
    "小时": HOUR,
    "钟头": HOUR,
    "分钟": 1,
    "刻钟": 15,
    "hours": HOUR,
    "hour": HOUR,
    "hrs": HOUR,
    "hr": HOUR,
    "h": HOUR,
    "minutes": 1,
    "minute": 1,
    "mins": 1,
    "min": 1,
    "m": 1,
}

LONG_UNITS = {
    "天": 1,
    "日": 1,
    "周": 7,
    "星期": 7,
    "礼拜": 7,
    "days": 1,
    "day": 1,
    "weeks": 7,
    "week": 7,
}

DASHES = ("-", "–", "—", "~", "〜", "至", "到", "直到", "to", "till", "until")

# What stands around a time and belongs to it more than to the words next to it.
BEFORE_A_TIME = (
    *("时间", "时间是", "时间为", "定在", "定于", "将于", "在", "于", "从", "大约", "约"),
    *("at", "on", "from", "by", "starting", "the", "around", "about"),
)
AFTER_A_TIME = ("开始", "左右", "的", "sharp")

_NUMBER_NAMES = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
NUMBERS_EN = {name: number for number, name in enumerate(_NUMBER_NAMES, start=1)}
NUMBERS_EN |= {"a": 1, "an": 1}

DIGITS_ZH = {character: number for number, character in enumerate("零一二三四五六七八九")}
DIGITS_ZH |= {"〇": 0, "两": 2}
TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def number(written: str) -> int | None:
    """The number below a hundred that is written in Chinese (``二十一``), English or digits."""
    written = written.replace("廿", "二十").replace("卅", "三十")
    if written.isascii() and written.isdigit():
        return int(written)
    if written in NUMBERS_EN:
        return NUMBERS_EN[written]
    if len(written) == 2 and written[0] in "零〇":
        written = written[1]
    if written in DIGITS_ZH:
        return DIGITS_ZH[written]
    match = TENS.fullmatch(written)
    if match is None:
        return None
    tens, ones = match.groups()
    return DIGITS_ZH.get(tens, 1) * 10 + DIGITS_ZH.get(ones, 0)


# The signs of Chinese numbers, and lists of words, as patterns.

ZH = "[零〇一二两三四五六七八九十廿卅]"


def one_of(some: Iterable[str]) -> str:
    """One of these words; Chinese ones may be spaced, Latin ones end where a word ends."""
    longest_first = sorted(some, key=len, reverse=True)
    return "(?:" + "|".join(_word(each) for each in longest_first) + ")"


def _word(word: str) -> str:
    if word.isascii():
        return word.replace(" ", r"\s+") + ("(?![a-z])" if word[-1].isalpha() else "")
    return r"\s*".join(word)


def squeezed(text: str | None) -> str:
    """A word without the spaces in it; Latin words keep one between them."""
    return re.sub(r"\s+", " " if text and text.isascii() else "", text or "")
