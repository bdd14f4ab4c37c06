"""What people type is read as the moment they mean, or not at all."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.rules.dates.pieces import Why
from models.rules.dates.reading import (
    LONGEST,
    FoundTime,
    UnclearTime,
    read,
)

NANHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")


def at(*parts: int, zone: ZoneInfo = NANHAI) -> datetime:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=zone)


TUESDAY = at(2026, 12, 1, 10, 0)
LATE = at(2026, 12, 4, 23, 30)
SUNDAY = at(2026, 12, 6, 20, 0)
SATURDAY_NOON = at(2026, 12, 5, 12, 0)
NEW_YEARS_EVE = at(2026, 12, 31, 22, 0)
LEAP_DAY = at(2028, 2, 29, 9, 0)
JUST_AFTER_MIDNIGHT = at(2026, 12, 5, 0, 30)


def shown(result: FoundTime | UnclearTime, zone: ZoneInfo = NANHAI) -> str:
    """``2026-12-05 15:00``, with the end after a slash and a question mark where not sure."""
    if isinstance(result, UnclearTime):
        return result.why.value if result.day is None else f"{result.why.value} {result.day}"
    starts = result.starts.astimezone(zone)
    said = f"{starts:%Y-%m-%d %H:%M}"
    if result.ends is not None:
        ends = result.ends.astimezone(zone)
        same = ends.date() == starts.date()
        said += f"/{ends:%H:%M}" if same else f"/{ends:%Y-%m-%d %H:%M}"
    return said if result.sure else said + "?"


# On Tuesday 1 December 2026 at ten in the morning.

SURE_ZH = [
    ("周六下午3点", "2026-12-05 15:00"),
    ("下周三晚7点半", "2026-12-09 19:30"),
    ("12月5日9:00-11:30", "2026-12-05 09:00/11:30"),
    ("今晚8点", "2026-12-01 20:00"),
    ("今天晚上八点", "2026-12-01 20:00"),
    ("今天下午5点", "2026-12-01 17:00"),
    ("明早9点", "2026-12-02 09:00"),
    ("明天早上7点半", "2026-12-02 07:30"),
    ("明晚七点半到九点", "2026-12-02 19:30/21:00"),
    ("后天19点", "2026-12-03 19:00"),
    ("后晚8点", "2026-12-03 20:00"),
    ("大后天下午两点", "2026-12-04 14:00"),
    ("这周三 9:00", "2026-12-02 09:00"),
    ("本周日上午十点", "2026-12-06 10:00"),
    ("礼拜天上午9点", "2026-12-06 09:00"),
    ("周天上午9点", "2026-12-06 09:00"),
    ("星期6 14:00", "2026-12-05 14:00"),
    ("周二14:00", "2026-12-01 14:00"),
    ("下星期一早上八点半", "2026-12-07 08:30"),
    ("下个礼拜五19:00", "2026-12-11 19:00"),
    ("下周二14:00", "2026-12-08 14:00"),
    ("下下周二14:00", "2026-12-15 14:00"),
    ("下个月5号14:00", "2027-01-05 14:00"),
    ("这个月31号19:00", "2026-12-31 19:00"),
    ("本月30号 19:00", "2026-12-30 19:00"),
    ("5号晚上7点", "2026-12-05 19:00"),
    ("二十一号晚上八点", "2026-12-21 20:00"),
    ("12月5号 15:00", "2026-12-05 15:00"),
    ("12.5 9:00", "2026-12-05 09:00"),
    ("12.5上午9点", "2026-12-05 09:00"),
    ("12-5 9:00", "2026-12-05 09:00"),
    ("12/5上午9点", "2026-12-05 09:00"),
    ("12/13 19:00", "2026-12-13 19:00"),
    ("1月3日14:00", "2027-01-03 14:00"),
    ("明年1月3日上午9点", "2027-01-03 09:00"),
    ("今年12月25日 18:00", "2026-12-25 18:00"),
    ("2027年1月3日 9:00", "2027-01-03 09:00"),
    ("2027-01-03 14:00", "2027-01-03 14:00"),
    ("2027-01-03T14:00", "2027-01-03 14:00"),
    ("2026/12/5 9:00", "2026-12-05 09:00"),
    ("2026.12.5 9:00", "2026-12-05 09:00"),
    ("元旦上午9点", "2027-01-01 09:00"),
    ("圣诞节晚上7点", "2026-12-25 19:00"),
    ("平安夜晚上7点", "2026-12-24 19:00"),
    ("五一上午10点", "2027-05-01 10:00"),
    ("12月5日15：00", "2026-12-05 15:00"),
    ("１２月５日　９：００－１１：３０", "2026-12-05 09:00/11:30"),
    ("下 周 三 晚 7 点 半", "2026-12-09 19:30"),
    ("12 月 5 日 9 : 00", "2026-12-05 09:00"),
    ("週六下午3點半", "2026-12-05 15:30"),
    ("十二月二十一日十五点", "2026-12-21 15:00"),
    ("十二月廿一日十五点", "2026-12-21 15:00"),
    ("十二月五日 上午十点二十", "2026-12-05 10:20"),
    ("周六19点30分", "2026-12-05 19:30"),
    ("周六晚七点零五", "2026-12-05 19:05"),
    ("周六下午3点一刻", "2026-12-05 15:15"),
    ("周六下午3点三刻到5点", "2026-12-05 15:45/17:00"),
    ("周六下午三点四十五分", "2026-12-05 15:45"),
    ("周六下午3点整", "2026-12-05 15:00"),
    ("周六下午3点钟", "2026-12-05 15:00"),
    ("周六中午12点", "2026-12-05 12:00"),
    ("明天中午1点", "2026-12-02 13:00"),
    ("明天中午11点半", "2026-12-02 11:30"),
    ("明天凌晨1点", "2026-12-02 01:00"),
    ("明天傍晚6点", "2026-12-02 18:00"),
    ("明天0:30", "2026-12-02 00:30"),
    ("明天24:00", "2026-12-03 00:00"),
    ("周六03:00", "2026-12-05 03:00"),
    ("周六下午两点到四点", "2026-12-05 14:00/16:00"),
    ("周六下午2-4点", "2026-12-05 14:00/16:00"),
    ("周六上午10点到2点", "2026-12-05 10:00/14:00"),
    ("周六下午1点到晚上9点", "2026-12-05 13:00/21:00"),
    ("周六 9点到下午5点", "2026-12-05 09:00/17:00"),
    ("周六20:00~22:00", "2026-12-05 20:00/22:00"),
    ("周六22:00-02:00", "2026-12-05 22:00/2026-12-06 02:00"),
    ("周六晚上10点到凌晨2点", "2026-12-05 22:00/2026-12-06 02:00"),
    ("周六晚上8点到12点", "2026-12-05 20:00/2026-12-06 00:00"),
    ("晚上8点到10点 周六", "2026-12-05 20:00/22:00"),
    ("周五晚上7:30-9:00", "2026-12-04 19:30/21:00"),
    ("周日 - 下午3点", "2026-12-06 15:00"),
    ("12月5日9:00到12月6日17:00", "2026-12-05 09:00/2026-12-06 17:00"),
    ("12月5日9:00到6日17:00", "2026-12-05 09:00/2026-12-06 17:00"),
    ("12月30日9:00到1月2日17:00", "2026-12-30 09:00/2027-01-02 17:00"),
    ("下周五18点到周日12点", "2026-12-11 18:00/2026-12-13 12:00"),
    ("明天9:00到后天17:00", "2026-12-02 09:00/2026-12-03 17:00"),
    ("12月5日（周六）下午3点", "2026-12-05 15:00"),
    ("12月5日 周六 15:00–17:00", "2026-12-05 15:00/17:00"),
    ("12月5日 周六 15:00 – 12月6日 周日 17:00", "2026-12-05 15:00/2026-12-06 17:00"),
    ("12月2日 周三 15:00（明天）", "2026-12-02 15:00"),
    ("12月4日 周五 15:00（3 天后）", "2026-12-04 15:00"),
    ("3小时后", "2026-12-01 13:00"),
    ("半小时后", "2026-12-01 10:30"),
    ("一个半小时后", "2026-12-01 11:30"),
    ("两个小时之后", "2026-12-01 12:00"),
    ("1小时30分钟后", "2026-12-01 11:30"),
    ("90分钟以后", "2026-12-01 11:30"),
    ("两天后下午3点", "2026-12-03 15:00"),
    ("一周后19:00", "2026-12-08 19:00"),
    ("一个月后14:00", "2027-01-01 14:00"),
    ("下周的周六15:00", "2026-12-12 15:00"),
    ("下个月的5号15:00", "2027-01-05 15:00"),
    ("1月的5号15:00", "2027-01-05 15:00"),
    ("元月3日9:00", "2027-01-03 09:00"),
    ("明年的12月5日15:00", "2027-12-05 15:00"),
    ("下周三（9号）晚7点半", "2026-12-09 19:30"),
    ("再过3小时", "2026-12-01 13:00"),
    ("过3天下午3点", "2026-12-04 15:00"),
    ("明天一早8点", "2026-12-02 08:00"),
    ("周六下午3点 2小时", "2026-12-05 15:00/17:00"),
    ("周六14:00，共90分钟", "2026-12-05 14:00/15:30"),
]

SURE_EN = [
    ("tomorrow 9am", "2026-12-02 09:00"),
    ("Tomorrow at 9:30 AM", "2026-12-02 09:30"),
    ("tomorrow 9 a.m.", "2026-12-02 09:00"),
    ("tmr 18:00", "2026-12-02 18:00"),
    ("today 5pm", "2026-12-01 17:00"),
    ("tonight at 8", "2026-12-01 20:00"),
    ("the day after tomorrow at noon", "2026-12-03 12:00"),
    ("day after tomorrow 3pm", "2026-12-03 15:00"),
    ("Sat 2-4pm", "2026-12-05 14:00/16:00"),
    ("Sat 2pm to 4pm", "2026-12-05 14:00/16:00"),
    ("Sat 10-2pm", "2026-12-05 10:00/14:00"),
    ("Fri 10am-2pm", "2026-12-04 10:00/14:00"),
    ("on Saturday at 3pm", "2026-12-05 15:00"),
    ("this Friday 19:00", "2026-12-04 19:00"),
    ("Thurs. 7.30pm", "2026-12-03 19:30"),
    ("Saturday noon", "2026-12-05 12:00"),
    ("Sunday 10.30am", "2026-12-06 10:30"),
    ("Wednesday night at 8", "2026-12-02 20:00"),
    ("next Monday at 9am", "2026-12-07 09:00"),
    ("next Tue 14:00", "2026-12-08 14:00"),
    ("5 Dec 9:00-11:30", "2026-12-05 09:00/11:30"),
    ("Dec 5th at 3 pm", "2026-12-05 15:00"),
    ("the 5th of December, 15:00", "2026-12-05 15:00"),
    ("December 5, 2026 at 3:30pm", "2026-12-05 15:30"),
    ("Sat, Dec 5, 2-4 pm", "2026-12-05 14:00/16:00"),
    ("Sat 5 Dec, 15:00–17:00", "2026-12-05 15:00/17:00"),
    ("Sun 3 Jan 2027, 15:00", "2027-01-03 15:00"),
    ("on the 5th at 6pm", "2026-12-05 18:00"),
    ("25/12 18:00", "2026-12-25 18:00"),
    ("12/25 6pm", "2026-12-25 18:00"),
    ("Christmas 6pm", "2026-12-25 18:00"),
    ("New Year's Day at noon", "2027-01-01 12:00"),
    ("in 3 hours", "2026-12-01 13:00"),
    ("in half an hour", "2026-12-01 10:30"),
    ("in an hour and a half", "2026-12-01 11:30"),
    ("2 hours from now", "2026-12-01 12:00"),
    ("in 3 days at 15:00", "2026-12-04 15:00"),
    ("in two weeks, 19:00", "2026-12-15 19:00"),
    ("from 9am to 11am tomorrow", "2026-12-02 09:00/11:00"),
    ("tomorrow 3 in the afternoon", "2026-12-02 15:00"),
    ("tomorrow half past seven pm", "2026-12-02 19:30"),
    ("tomorrow seven thirty pm", "2026-12-02 19:30"),
    ("Friday quarter to eight pm", "2026-12-04 19:45"),
    ("Saturday next week 3pm", "2026-12-12 15:00"),
    ("this coming Sunday 10am", "2026-12-06 10:00"),
    ("saturday the 5th at 3pm", "2026-12-05 15:00"),
    ("Sat 3pm for 2 hours", "2026-12-05 15:00/17:00"),
    ("Sat 10pm-1am", "2026-12-05 22:00/2026-12-06 01:00"),
]

ASSUMED = [
    ("周六3点", "2026-12-05 15:00?"),
    ("周六七点半到九点", "2026-12-05 19:30/21:00?"),
    ("周六9点", "2026-12-05 09:00?"),
    ("周六8点~10点", "2026-12-05 08:00/10:00?"),
    ("周六3:00", "2026-12-05 15:00?"),
    ("周六7:30", "2026-12-05 07:30?"),
    ("周六14.30", "2026-12-05 14:30?"),
    ("周六下午2.30", "2026-12-05 14:30?"),
    ("tomorrow morning 9", "2026-12-02 09:00?"),
    ("周六9-11", "2026-12-05 09:00/11:00?"),
    ("周六1500", "2026-12-05 15:00?"),
    ("周六 1500-1700", "2026-12-05 15:00/17:00?"),
    ("今晚", "2026-12-01 19:00?"),
    ("周六下午", "2026-12-05 14:00?"),
    ("明天中午", "2026-12-02 12:00?"),
    ("周六晚", "2026-12-05 19:00?"),
    ("周六晚上12点", "2026-12-06 00:00?"),
    ("今天9点", "2026-12-01 21:00?"),
    ("晚7点半", "2026-12-01 19:30?"),
    ("9:30", "2026-12-02 09:30?"),
    ("15:00", "2026-12-01 15:00?"),
    ("十五点", "2026-12-01 15:00?"),
    ("3点", "2026-12-01 15:00?"),
    ("明天 9:00-5:00", "2026-12-02 09:00/17:00?"),
    ("星期二十点半", "2026-12-01 10:30?"),
    ("11月5日15:00", "2027-11-05 15:00?"),
    ("国庆上午9点", "2027-10-01 09:00?"),
    ("2月29日15:00", "2028-02-29 15:00?"),
    ("tomorrow at 3", "2026-12-02 15:00?"),
    ("next Sat 14:00", "2026-12-12 14:00?"),
    ("12/5 2pm", "2026-12-05 14:00?"),
    ("noon", "2026-12-01 12:00?"),
    ("Friday evening", "2026-12-04 19:00?"),
    ("midnight tomorrow", "2026-12-03 00:00?"),
    ("tomorrow half past seven", "2026-12-02 19:30?"),
    ("Fri 9-11", "2026-12-04 09:00/11:00?"),
]

UNCLEAR = [
    ("", "no date"),
    ("你好", "no date"),
    ("我要报名羽毛球", "no date"),
    ("报名3", "no date"),
    ("5", "no date"),
    ("1500", "no date"),
    ("13800138000", "no date"),
    ("便宜一点", "no date"),
    ("3点建议", "no date"),
    ("比分 3:2", "no date"),
    ("1/2决赛", "no date"),
    ("24/7", "no date"),
    ("第2天", "no date"),
    ("3号楼", "no date"),
    ("2.5公里", "no date"),
    ("早上好，我想报名", "no date"),
    ("good morning", "no date"),
    ("上午", "no date"),
    ("May I join?", "no date"),
    ("12月", "which day"),
    ("后天", "no time 2026-12-03"),
    ("周六", "no time 2026-12-05"),
    ("下周三", "no time 2026-12-09"),
    ("两天后", "no time 2026-12-03"),
    ("in two weeks", "no time 2026-12-15"),
    ("元旦", "no time 2027-01-01"),
    ("12月5日到7日", "no time 2026-12-05"),
    ("12月5-7日", "no time 2026-12-05"),
    ("5-7日9:00", "no time 2026-12-05"),
    ("12月5日9:00到12月6日", "no time 2026-12-05"),
    ("周六到周日", "no time 2026-12-05"),
    ("Mon-Fri 9:00", "no time 2026-12-07"),
    ("昨天下午3点", "in the past"),
    ("上周六3点", "in the past"),
    ("这周一 9:00", "in the past"),
    ("今天9:30", "in the past"),
    ("今天上午8点", "in the past"),
    ("2025年12月5日 9:00", "in the past"),
    ("今年1月3日 9:00", "in the past"),
    ("last Friday 3pm", "in the past"),
    ("yesterday", "in the past"),
    ("3 days ago", "in the past"),
    ("三天前", "in the past"),
    ("2月30日 9:00", "impossible date"),
    ("13月5日 9:00", "impossible date"),
    ("12月32号 9:00", "impossible date"),
    ("32号 9:00", "impossible date"),
    ("2027年2月29日9:00", "impossible date"),
    ("2026-11-31 9:00", "impossible date"),
    ("明天25:00", "impossible time"),
    ("明天13点70分", "impossible time"),
    ("明天上午15点", "impossible time"),
    ("明天上午0点", "impossible time"),
    ("tomorrow 9:75", "impossible time"),
    ("tomorrow 15am", "impossible time"),
    ("12月5日周日15:00", "date and weekday do not agree"),
    ("明天周五15:00", "date and weekday do not agree"),
    ("Sun 5 Dec 15:00", "date and weekday do not agree"),
    ("明天14:00-12:00", "end before start"),
    ("明天 9:00-8:00", "end before start"),
    ("12月6日9:00到明天17:00", "end before start"),
    ("周六或周日15:00", "several times"),
    ("周六15:00或者17:00", "several times"),
    ("12月5日、12月6日 9:00", "several times"),
    ("周一到周五9:00-17:00", "several times"),
    ("周一、三、五 19:30", "several times"),
    ("周二四晚7点", "several times"),
    ("周六、日 9:00", "several times"),
    ("12.5/12.12/12.19 19:00", "several times"),
    ("明天上午晚上7点", "several times"),
    ("下周", "which day"),
    ("这周末", "which day"),
    ("this weekend", "which day"),
    ("1月的周六15:00", "which day"),
    ("1月第一个周六15:00", "which day"),
    ("Saturday in January 3pm", "which day"),
    ("上个月5号9点", "in the past"),
    ("上周的周六15:00", "in the past"),
    ("去年12月5日15:00", "in the past"),
    ("last week", "in the past"),
    ("12月 15:00", "which day"),
    ("不是周六是周日15:00", "several times"),
    ("原定周六15:00，改到周日15:00", "several times"),
    ("报名截止12月3日18:00，活动12月5日9:00", "several times"),
    ("每周六下午3点", "it repeats"),
    ("每天19:00", "it repeats"),
    ("every Saturday 9am", "it repeats"),
    ("农历八月十五晚7点", "lunar calendar"),
    ("中秋晚上7点", "lunar calendar"),
    ("大年初一上午9点", "lunar calendar"),
]


@pytest.mark.parametrize(("text", "meant"), SURE_ZH)
def test_chinese_dates_are_read_as_people_type_them(text: str, meant: str) -> None:
    assert shown(read(text, TUESDAY, NANHAI)) == meant


@pytest.mark.parametrize(("text", "meant"), SURE_EN)
def test_english_dates_are_read_as_people_type_them(text: str, meant: str) -> None:
    assert shown(read(text, TUESDAY, NANHAI)) == meant


@pytest.mark.parametrize(("text", "meant"), ASSUMED)
def test_what_had_to_be_assumed_is_told(text: str, meant: str) -> None:
    assert shown(read(text, TUESDAY, NANHAI)) == meant


@pytest.mark.parametrize(("text", "why"), UNCLEAR)
def test_what_names_no_moment_says_why(text: str, why: str) -> None:
    assert shown(read(text, TUESDAY, NANHAI)) == why


@pytest.mark.parametrize(
    ("text", "meant", "rest"),
    [
        ("周六下午3点羽毛球赛", "2026-12-05 15:00", "羽毛球赛"),
        ("羽毛球赛 周六下午3点 体育馆", "2026-12-05 15:00", "羽毛球赛 体育馆"),
        ("我们在周六下午3点打球", "2026-12-05 15:00", "我们 打球"),
        ("时间：12月5日 14:00，地点：体育馆", "2026-12-05 14:00", "地点：体育馆"),
        ("12月5日下午2点半开始", "2026-12-05 14:30", ""),
        ("12月5日（周六）下午3点 2小时 羽毛球", "2026-12-05 15:00/17:00", "羽毛球"),
        ("周六下午3点5人打球", "2026-12-05 15:00", "5人打球"),
        ("明天 下午3点 10公里", "2026-12-02 15:00", "10公里"),
        ("周六下午3点20人", "2026-12-05 15:00", "20人"),
        ("3号楼 周六10:00", "2026-12-05 10:00", "3号楼"),
        ("1号会议室 周六10:00", "2026-12-05 10:00", "1号会议室"),
        ("周六晚会19:00", "2026-12-05 19:00", "晚会"),
        ("元旦晚会12月31日19:00", "2026-12-31 19:00", "元旦晚会"),
        ("中秋晚会12月5日19:00", "2026-12-05 19:00", "中秋晚会"),
        ("这周六下午3点，上周的比赛继续", "2026-12-05 15:00", "上周的比赛继续"),
        ("下周有羽毛球，周六下午3点", "2026-12-12 15:00", "有羽毛球"),
        ("12月的活动 12月5日9:00", "2026-12-05 09:00", "12月的活动"),
        ("周六19:00，费用12.5元", "2026-12-05 19:00", "费用12.5元"),
        ("Badminton on Saturday at 3pm in the gym", "2026-12-05 15:00", "Badminton in the gym"),
        ("ESOL class, Fri 7pm-9pm, Room 3", "2026-12-04 19:00/21:00", "ESOL class Room 3"),
    ],
)
def test_words_that_do_not_speak_of_time_are_handed_back(text: str, meant: str, rest: str) -> None:
    result = read(text, TUESDAY, NANHAI)
    assert (shown(result), result.rest) == (meant, rest)


@pytest.mark.parametrize(
    ("now", "text", "meant"),
    [
        (LATE, "明早9点", "2026-12-05 09:00"),
        (LATE, "周五20:00", "2026-12-11 20:00?"),
        (LATE, "周六20:00", "2026-12-05 20:00"),
        (LATE, "今晚12点", "2026-12-05 00:00?"),
        (LATE, "今晚8点", "in the past"),
        (LATE, "今晚", "no time 2026-12-04"),
        (LATE, "3小时后", "2026-12-05 02:30"),
        (LATE, "19:30", "2026-12-05 19:30?"),
        (LATE, "12月4日20:00", "2027-12-04 20:00?"),
        (LATE, "4号20:00", "2027-01-04 20:00"),
        (SATURDAY_NOON, "周六下午3点", "2026-12-05 15:00"),
        (SATURDAY_NOON, "周六上午9点", "2026-12-12 09:00?"),
        (SATURDAY_NOON, "这周六上午9点", "in the past"),
        (SATURDAY_NOON, "下周六上午9点", "2026-12-12 09:00"),
        (SATURDAY_NOON, "next Sat 9am", "2026-12-12 09:00"),
        (SATURDAY_NOON, "12:00", "2026-12-05 12:00?"),
        (SATURDAY_NOON, "今天12:00", "2026-12-05 12:00"),
        (SUNDAY, "下周三15:00", "2026-12-09 15:00"),
        (SUNDAY, "下周日15:00", "2026-12-13 15:00"),
        (SUNDAY, "这周三15:00", "in the past"),
        (SUNDAY, "本周日21:00", "2026-12-06 21:00"),
        (SUNDAY, "周一早上8点", "2026-12-07 08:00"),
        (SUNDAY, "周日下午3点", "2026-12-13 15:00?"),
        (NEW_YEARS_EVE, "明天上午9点", "2027-01-01 09:00"),
        (NEW_YEARS_EVE, "元旦9:00", "2027-01-01 09:00"),
        (NEW_YEARS_EVE, "1月1日9:00", "2027-01-01 09:00"),
        (NEW_YEARS_EVE, "明年1月2日9:00", "2027-01-02 09:00"),
        (NEW_YEARS_EVE, "12月31日23:00", "2026-12-31 23:00"),
        (NEW_YEARS_EVE, "12月31日21:00", "2027-12-31 21:00?"),
        (NEW_YEARS_EVE, "下个月5号14:00", "2027-01-05 14:00"),
        (NEW_YEARS_EVE, "5号14:00", "2027-01-05 14:00"),
        (NEW_YEARS_EVE, "今晚11点到1点", "2026-12-31 23:00/2027-01-01 01:00"),
        (LEAP_DAY, "2月29日15:00", "2028-02-29 15:00"),
        (LEAP_DAY, "2月29日8:00", "2032-02-29 08:00?"),
        (LEAP_DAY, "明天15:00", "2028-03-01 15:00"),
        (LEAP_DAY, "一个月后15:00", "2028-03-29 15:00"),
        (LEAP_DAY, "30号15:00", "2028-03-30 15:00"),
        (LEAP_DAY, "明年2月29日15:00", "impossible date"),
        (JUST_AFTER_MIDNIGHT, "今晚8点", "2026-12-05 20:00"),
        (JUST_AFTER_MIDNIGHT, "今天凌晨2点", "2026-12-05 02:00"),
        (JUST_AFTER_MIDNIGHT, "明天9:00", "2026-12-06 09:00"),
        (at(2027, 1, 31, 10, 0), "一个月后15:00", "2027-02-28 15:00"),
        (at(2027, 1, 31, 10, 0), "下个月31号15:00", "impossible date"),
        (at(2027, 1, 31, 10, 0), "30号15:00", "2027-03-30 15:00"),
    ],
)
def test_what_is_meant_depends_on_when_it_is_said(now: datetime, text: str, meant: str) -> None:
    assert shown(read(text, now, NANHAI)) == meant


@pytest.mark.parametrize(
    ("now", "zone", "text", "meant"),
    [
        # Clocks in New York are put forward on 8 March and back on 1 November 2026.
        (at(2026, 3, 7, 12, 0, zone=NEW_YORK), NEW_YORK, "明天02:30", "2026-03-08 03:30?"),
        (at(2026, 3, 7, 12, 0, zone=NEW_YORK), NEW_YORK, "明天下午3点", "2026-03-08 15:00"),
        (at(2026, 3, 7, 12, 0, zone=NEW_YORK), NEW_YORK, "24小时后", "2026-03-08 13:00"),
        (at(2026, 10, 31, 12, 0, zone=NEW_YORK), NEW_YORK, "明天01:30", "2026-11-01 01:30?"),
        (at(2026, 10, 31, 12, 0, zone=NEW_YORK), NEW_YORK, "明天02:30", "2026-11-01 02:30"),
        (at(2026, 10, 3, 12, 0, zone=SYDNEY), SYDNEY, "tomorrow 02:30", "2026-10-04 03:30?"),
    ],
)
def test_nights_when_clocks_change_are_read_with_a_doubt(
    now: datetime, zone: ZoneInfo, text: str, meant: str
) -> None:
    assert shown(read(text, now, zone), zone) == meant


def test_a_time_that_comes_twice_is_the_first_until_that_is_over() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    before = read("今天01:30", first - timedelta(minutes=5), NEW_YORK)
    between = read("今天01:30", first + timedelta(minutes=5), NEW_YORK)
    after = read("今天01:30", second + timedelta(minutes=5), NEW_YORK)
    assert before == FoundTime(first, None, "", sure=False)
    assert between == FoundTime(second, None, "", sure=False)
    assert after == UnclearTime(Why.IN_THE_PAST)


def test_a_day_without_a_time_is_completed_by_an_answer() -> None:
    asked = read("下周三羽毛球", TUESDAY, NANHAI)
    assert asked == UnclearTime(Why.NO_TIME, "羽毛球", date(2026, 12, 9))
    assert isinstance(asked, UnclearTime)
    assert shown(read(f"{asked.day} 晚7点半", TUESDAY, NANHAI)) == "2026-12-09 19:30"


def test_now_must_say_in_which_zone_it_is() -> None:
    with pytest.raises(ValueError, match="aware"):
        read("明天9:00", TUESDAY.replace(tzinfo=None), NANHAI)


def test_a_book_is_not_searched_for_dates() -> None:
    assert shown(read("明天9:00 " + "读" * LONGEST, TUESDAY, NANHAI)) == "too long"


# What holds for any text


FRAGMENTS = [
    *(
        "今天",
        "明天",
        "后天",
        "周",
        "周六",
        "星期",
        "下",
        "这",
        "上",
        "下周",
        "三",
        "十",
        "二十",
        "末",
    ),
    *(
        "月",
        "日",
        "号",
        "年",
        "点",
        "半",
        "刻",
        "分",
        ":",
        "：",
        "-",
        "–",
        "到",
        "至",
        ".",
        "/",
        ",",
    ),
    *(
        "上午",
        "下午",
        "晚",
        "晚上",
        "凌晨",
        "小时",
        "分钟",
        "天",
        "后",
        "前",
        "个",
        "一",
        "两",
        "农历",
    ),
    *(
        "12",
        "5",
        "31",
        "2027",
        "9:00",
        "15:30",
        "12月5日",
        "3点",
        "25",
        "00",
        "2",
        "7.30",
        "（",
        "）",
    ),
    *("tomorrow", "next", "sat", "at", "on", "to", "am", "pm", "3pm", "5th", "dec", "may", "in"),
    *("hours", "half", "past", "noon", "羽毛球", "元旦", "每"),
]
texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*FRAGMENTS, " "]), max_size=10).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(" ".join),
)
zones = st.sampled_from([NANHAI, NEW_YORK, SYDNEY, ZoneInfo("Australia/Lord_Howe")])
moments = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2024, 1, 1),  # noqa: DTZ001
    datetime(2040, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(texts, moments, zones)
def test_any_text_is_read_as_a_moment_ahead_or_not_at_all(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    result = read(text, now, zone)
    if isinstance(result, FoundTime):
        assert result.starts >= now
        assert result.starts.tzinfo is UTC
        assert result.ends is None or result.ends > result.starts


@given(st.text("羽毛球篮球跑步唱歌报名想参加 ", max_size=30), moments)
def test_words_about_something_else_are_handed_back_untouched(text: str, now: datetime) -> None:
    assert read(text, now, NANHAI) == UnclearTime(Why.NO_DATE, text.strip())


ZH_NUMBERS = ("零", *"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"))
ZH_NUMBERS += tuple(
    f"{tens}十{ones}" for tens in "二三四五" for ones in ("", *"一二三四五六七八九")
)
WEEKDAYS_ZH = "一二三四五六日"


def chinese_clock(moment: datetime) -> str:
    hour, part = moment.hour, "晚上"
    for until, name in ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午")):
        if hour < until:
            part = name
            break
    hour = hour if hour <= 12 else hour - 12
    minute = f"{ZH_NUMBERS[moment.minute]}分" if moment.minute else ""
    return f"{part}{ZH_NUMBERS[hour]}点{minute}"


def english_clock(moment: datetime) -> str:
    return f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02} {'am' if moment.hour < 12 else 'pm'}"


Writer = Callable[[datetime], str]

CLOCKS: tuple[Writer, ...] = (
    lambda moment: f"{moment:%H:%M}",
    lambda moment: f"{moment:%H：%M}",
    chinese_clock,
    english_clock,
)
DATES: tuple[Writer, ...] = (
    lambda moment: f"{moment.year}年{moment.month}月{moment.day}日",
    lambda moment: f"{moment:%Y-%m-%d}",
    lambda moment: f"{moment.year}/{moment.month}/{moment.day}",
    lambda moment: f"{moment.day} {moment:%b} {moment.year},",
    lambda moment: f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}",
    lambda moment: (
        f"{moment.year}年{moment.month}月{moment.day}日（周{WEEKDAYS_ZH[moment.weekday()]}）"
    ),
)
NEAR_DATES: tuple[Writer, ...] = (
    lambda moment: f"{moment.month}月{moment.day}号",
    lambda moment: f"{ZH_NUMBERS[moment.month]}月{ZH_NUMBERS[moment.day]}日",
    lambda moment: f"{moment.month}.{moment.day}",
    lambda moment: f"{moment:%b} {moment.day}",
    lambda moment: f"{moment:%A} {moment.day} {moment:%B}",
)
WIDE = {
    ord(plain): ord(wide)
    for plain, wide in zip("0123456789-:", "０１２３４５６７８９－：", strict=True)
}

minutes_ahead = st.integers(1, 3 * 365 * 24 * 60)


def ahead(now: datetime, minutes: int, zone: ZoneInfo = NANHAI) -> datetime:
    wanted = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return wanted.astimezone(zone)


@given(moments, minutes_ahead, st.sampled_from(DATES), st.sampled_from(CLOCKS), st.booleans())
def test_a_moment_written_out_in_any_way_is_read_back_as_itself(
    now: datetime, minutes: int, day: Writer, clock: Writer, wide: bool
) -> None:
    wanted = ahead(now, minutes)
    text = f"{day(wanted)} {clock(wanted)}"
    text = text.translate(WIDE) if wide else text
    assert read(text, now, NANHAI) == FoundTime(wanted.astimezone(UTC), None, "", sure=True)


@given(moments, st.integers(1, 269 * 24 * 60), st.sampled_from(NEAR_DATES), st.sampled_from(CLOCKS))
def test_a_date_without_a_year_is_the_coming_one(
    now: datetime, minutes: int, day: Writer, clock: Writer
) -> None:
    wanted = ahead(now, minutes)
    text = f"{day(wanted)} {clock(wanted)}"
    assert read(text, now, NANHAI) == FoundTime(wanted.astimezone(UTC), None, "", sure=True)


@given(moments, st.integers(1, 20 * 24 * 60), st.sampled_from(CLOCKS), st.sampled_from(["", " "]))
def test_a_day_near_by_is_read_back_by_each_of_its_names(
    now: datetime, minutes: int, clock: Writer, between: str
) -> None:
    wanted = ahead(now, minutes)
    today = now.astimezone(NANHAI).date()
    days = (wanted.date() - today).days
    weeks = (days + today.weekday()) // 7
    weekday = WEEKDAYS_ZH[wanted.weekday()]
    names = [f"{days}天后"] if days else ["今天"]
    names += [f"{('这周', '下周', '下下周', '')[weeks]}{weekday}"] if weeks < 3 else []
    names += [("今天", "明天", "后天", "大后天")[days]] if days < 4 else []
    names += [f"周{weekday}", f"{wanted:%a}"] if days < 7 else []
    for name in names:
        spaced = re.sub(r"(?<=[一-鿿])|(?=[一-鿿])", between, name)
        result = read(f"{spaced} {clock(wanted)}", now, NANHAI)
        assert result == FoundTime(wanted.astimezone(UTC), None, "", sure=True), name


@given(moments, minutes_ahead, st.integers(1, 5 * 24 * 60), st.sampled_from(DATES))
def test_a_span_written_out_is_read_back_with_both_its_ends(
    now: datetime, minutes: int, lasts: int, day: Writer
) -> None:
    starts = ahead(now, minutes)
    ends = starts + timedelta(minutes=lasts)
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{day(ends)} {ends:%H:%M}"
    result = read(f"{day(starts)} {starts:%H:%M} - {until}", now, NANHAI)
    assert result == FoundTime(starts.astimezone(UTC), ends.astimezone(UTC), "", sure=True)


@given(moments, minutes_ahead, zones)
def test_in_every_zone_the_clock_shows_what_was_typed_or_it_is_not_sure(
    now: datetime, minutes: int, zone: ZoneInfo
) -> None:
    wanted = ahead(now, minutes, zone)
    result = read(f"{wanted:%Y-%m-%d %H:%M}", now, zone)
    once = wanted.replace(fold=0).utcoffset() == wanted.replace(fold=1).utcoffset()
    assert isinstance(result, FoundTime)
    assert result.sure == once
    assert f"{result.starts.astimezone(zone):%Y-%m-%d %H:%M}" == f"{wanted:%Y-%m-%d %H:%M}"


@given(moments, minutes_ahead, minutes_ahead, st.sampled_from(["或", "、", " or ", "，不行就"]))
def test_two_different_days_are_never_read_as_one(
    now: datetime, one: int, other: int, between: str
) -> None:
    first, second = ahead(now, one), ahead(now, other)
    assume(first.date() != second.date())
    text = f"{first:%Y-%m-%d}{between}{second:%Y-%m-%d} 15:00"
    assert shown(read(text, now, NANHAI)) == Why.SEVERAL.value
