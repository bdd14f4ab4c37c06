from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.dates import lunar, repeats
from models.rules.dates.reading import FoundTime
from models.rules.dates.repeat_words import read
from models.rules.dates.repeats import LAST, By, Off, Repeat
from models.rules.dates.workdays import Workdays

NANHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 19, 15, tzinfo=NANHAI)
CHINA = Workdays()

firsts = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from([NANHAI, NEW_YORK])
rules = st.one_of(
    st.builds(
        Repeat,
        st.just(By.WEEK),
        st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True).map(tuple),
        st.integers(1, 3),
        off=st.sampled_from(Off),
        times=st.integers(0, 9),
    ),
    st.builds(
        Repeat,
        st.just(By.DAY),
        st.lists(st.sampled_from([LAST, 1, 15, 30, 31]), min_size=1, unique=True).map(tuple),
        off=st.sampled_from([Off.HELD, Off.SKIPPED]),
        until=st.none() | st.dates(date(2026, 6, 1), date(2029, 1, 1)),
    ),
    st.builds(
        Repeat,
        st.just(By.WEEKDAY),
        st.integers(0, 6).map(lambda day: (day,)),
        nth=st.sampled_from([1, 2, 3, 4, LAST]),
    ),
    st.builds(Repeat, st.just(By.LUNAR), st.sampled_from([(1,), (15,), (1, 15), (30,)])),
)


@given(rules, firsts, zones)
def test_every_day_fits_the_rule_and_keeps_its_time_on_the_wall(
    rule: Repeat, first: datetime, zone: ZoneInfo
) -> None:
    wall = first.astimezone(zone)
    found = list(islice(repeats.moments(rule, first, zone, CHINA), 30))
    assert found == sorted(set(found))
    assert not rule.times or len(found) <= rule.times
    for moment in found:
        local = moment.astimezone(zone)
        assert local.date() >= wall.date()
        assert rule.until is None or local.date() <= rule.until
        # An hour that one night does not have comes an hour later then.
        apart = local.replace(tzinfo=None) - datetime.combine(local.date(), wall.time())
        assert apart in (timedelta(0), timedelta(hours=1))
        if rule.off is not Off.HELD:
            assert not CHINA.is_holiday(local.date())
        if rule.by is By.WEEK:
            assert local.weekday() in rule.days
            weeks = (local.date() - wall.date() + timedelta(days=wall.weekday())).days // 7
            assert weeks % rule.every == 0
    assert Repeat.from_column(rule.to_column()) == rule


@given(rules, firsts, firsts, zones)
def test_the_next_one_is_later_and_none_is_between(
    rule: Repeat, first: datetime, after: datetime, zone: ZoneInfo
) -> None:
    following = repeats.next_after(rule, first, after, zone, CHINA)
    if following is not None:
        assert following > after
        listed = repeats.moments(rule, first, zone, CHINA)
        assert not any(after < each < following for each in islice(listed, 200))


@given(rules, firsts, zones)
def test_one_day_called_off_leaves_the_others_as_they_were(
    rule: Repeat, first: datetime, zone: ZoneInfo
) -> None:
    since = first.astimezone(zone).date()
    held = list(islice(repeats.days(rule, since, CHINA), 6))
    if held:
        off = held[len(held) // 2]
        left = list(islice(repeats.days(rule.without(off), since, CHINA), len(held) - 1))
        assert left == [day for day in held if day != off]


def days_of(rule: Repeat, since: date, number: int) -> list[str]:
    return [f"{each:%m-%d}" for each in islice(repeats.days(rule, since, CHINA), number)]


def test_a_public_holiday_is_left_out_and_not_counted_where_the_rule_says_so() -> None:
    thursdays = Repeat(By.WEEK, (3,), times=4, off=Off.SKIPPED)
    assert days_of(thursdays, date(2026, 9, 17), 9) == ["09-17", "09-24", "10-08", "10-15"]
    held = Repeat(By.WEEK, (3,), times=4)
    assert days_of(held, date(2026, 9, 17), 9) == ["09-17", "09-24", "10-01", "10-08"]


def test_a_saturday_that_is_worked_is_a_working_day() -> None:
    working = Repeat(By.WEEK, tuple(range(7)), off=Off.WORKDAYS)
    assert days_of(working, date(2026, 9, 30), 4) == ["09-30", "10-08", "10-09", "10-10"]
    saturdays = Repeat(By.WEEK, (5,))
    off, worked = repeats.left_out(saturdays, date(2026, 9, 20), date(2026, 10, 20), CHINA)
    assert off == [date(2026, 9, 26), date(2026, 10, 3)]
    assert worked == [date(2026, 10, 10)]


def test_a_year_not_announced_has_the_days_of_the_law_and_those_a_station_sets() -> None:
    assert [CHINA.is_holiday(date(2027, 2, day)) for day in (4, 5, 6, 8, 9)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert CHINA.is_holiday(date(2027, 9, 15))
    own = Workdays(frozenset({date(2027, 2, 9)}), frozenset({date(2027, 2, 14)}))
    assert own.is_holiday(date(2027, 2, 9))
    assert own.is_worked_weekend(date(2027, 2, 14))


@pytest.mark.parametrize(
    ("day", "moon"),
    [
        ("2026-02-17", (1, 1)),
        ("2026-03-03", (1, 15)),
        ("2026-09-25", (8, 15)),
        # The second sixth month of 2025 is a leap one.
        ("2025-07-25", (6, 1)),
        ("2025-08-09", (6, 16)),
        ("2033-12-22", (11, 1)),
        ("2098-02-01", (1, 1)),
        ("2024-12-31", None),
    ],
)
def test_the_moon_is_read_both_ways(day: str, moon: tuple[int, int] | None) -> None:
    at = date.fromisoformat(day)
    assert lunar.on(at) == moon
    if moon is not None:
        assert at in lunar.days(at, moon[1])


READ = [
    ("每周三晚7点半 广场舞 千灯湖", "12-02 19:30", "week|2|1|0|0||0|held|"),
    ("每周二四 19:00 瑜伽 桂城站", "12-03 19:00", "week|1,3|1|0|0||0|held|"),
    ("每周二四点半 羽毛球", "12-08 16:30", "week|1|1|0|0||0|held|"),
    ("每周一、三、五 19:30 口语班", "12-02 19:30", "week|0,2,4|1|0|0||0|held|"),
    ("每周三一起跑步 19:00", "12-02 19:00", "week|2|1|0|0||0|held|"),
    ("每周一至周五 12:10 午间瑜伽", "12-02 12:10", "week|0,1,2,3,4|1|0|0||0|held|"),
    ("每周三、周五 19:30-21:00 广场舞", "12-02 19:30", "week|2,4|1|0|0||0|held|"),
    ("隔周六 下午3点 读书会", "12-05 15:00", "week|5|2|0|0||0|held|"),
    ("每月第一个周日 9:00 义剪", "12-06 09:00", "weekday|6|1|1|0||0|held|"),
    ("每月最后一个周五晚上7点 生日会", "12-25 19:00", "weekday|4|1|-1|0||0|held|"),
    ("每月15号 14:00 法律咨询", "12-15 14:00", "day|15|1|0|0||0|held|"),
    ("农历每月十五 9:00 古村游", "12-23 09:00", "lunar|15|1|0|0||0|held|"),
    ("每月初一、十五 上午9点 义工", "12-09 09:00", "lunar|1,15|1|0|0||0|held|"),
    ("每年农历正月十五 19:00 元宵灯会", "02-20 19:00", "lunar|15|1|0|1||0|held|"),
    ("每个工作日 12:10 瑜伽", "12-02 12:10", "week|0,1,2,3,4,5,6|1|0|0||0|workdays|"),
    ("每晚8点 直播", "12-01 20:00", "week|0,1,2,3,4,5,6|1|0|0||0|held|"),
    ("12月5日起每周六 9:00 晨跑", "12-05 09:00", "week|5|1|0|0||0|held|"),
    ("12月5日到12月26日 每周六 9:00 晨跑", "12-05 09:00", "week|5|1|0|0|2026-12-26|0|held|"),
    ("每周三19:30 广场舞 到1月底", "12-02 19:30", "week|2|1|0|0|2027-01-31|0|held|"),
    ("每周三19:30 广场舞 共8次", "12-02 19:30", "week|2|1|0|0||8|held|"),
    ("每周三19:30 广场舞 节假日停", "12-02 19:30", "week|2|1|0|0||0|skipped|"),
    ("每周日19点 乒乓球（除1月3日外）", "12-06 19:00", "week|6|1|0|0||0|held|2027-01-03"),
    ("every Wednesday 7pm yoga", "12-02 19:00", "week|2|1|0|0||0|held|"),
    ("Wednesdays 7pm yoga until 23 Dec", "12-02 19:00", "week|2|1|0|0|2026-12-23|0|held|"),
    ("every Tuesday and Thursday 19:30, 8 times", "12-01 19:30", "week|1,3|1|0|0||8|held|"),
    ("every other Saturday 3pm books", "12-05 15:00", "week|5|2|0|0||0|held|"),
    ("the first Sunday of each month 9am", "12-06 09:00", "weekday|6|1|1|0||0|held|"),
    ("every Sunday 9am except public holidays", "12-06 09:00", "week|6|1|0|0||0|skipped|"),
]


@pytest.mark.parametrize(("text", "first", "column"), READ, ids=[each[0] for each in READ])
def test_it_is_read_as_people_write_it(text: str, first: str, column: str) -> None:
    found = read(text, NOW, NANHAI)
    assert found is not None
    assert found.rule.to_column() == column
    assert isinstance(found.when, FoundTime)
    assert f"{found.when.starts.astimezone(NANHAI):%m-%d %H:%M}" == first


@pytest.mark.parametrize(
    "text",
    [
        "12月5日9:00 羽毛球",
        "每天限20人 12月5日9:00 参观",
        "每月5号发工资，12月8日19:00讲座",
        "每周三羽毛球、每周五乒乓球 19:00",
        "每人20元 周六9点",
        "每次20人",
    ],
)
def test_what_names_a_day_of_its_own_or_two_rules_is_left(text: str) -> None:
    assert read(text, NOW, NANHAI) is None


@given(
    st.text(alphabet="每隔周三四月第一个农历初十五日点半到共8次底除外 every Wed1-:、", max_size=60)
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read(text, NOW, NANHAI)
    if found is not None and isinstance(found.when, FoundTime):
        assert found.when.starts >= NOW
