"""Words that ask how much was done, and those that only sound so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules.reports import asking

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("今年办了多少场活动", "", "2026"),
        ("今年一共办了多少场活动？", "", "2026"),
        ("上个月搞了几次活动", "", "2026-11"),
        ("统计", "", ""),
        ("统计一下", "", ""),
        ("年度总结", "", ""),
        ("导出报表", "", ""),
        ("帮我导出2025年的年报", "", "2025"),
        ("月报", "", "2026-11"),
        ("季报", "", "2026Q3"),
        ("桂城上季度报表", "桂城", "2026Q3"),
        ("桂城有多少支队伍", "桂城", ""),
        ("今年服务了多少人次", "", "2026"),
        ("annual report", "", ""),
        ("monthly report", "", "2026-11"),
        ("How many events did we hold this year?", "", "2026"),
        ("statistics for Guicheng", "Guicheng", ""),
    ],
)
def test_an_account_is_asked_for(text: str, place: str, code: str) -> None:
    asked = asking.read(text, NOW, ZONE)
    assert asked is not None
    assert (asked.place, asked.period.code if asked.period else "") == (place, code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "有什么活动",
        "统计报名人数",
        "这周六有多少人报名",
        "年度总结会 12月20日 14:00 桂城文化馆 100人，欢迎大家来参加，现场有抽奖",
        "导出名单",
        "导出我的数据",
        "报名 3",
        "how many seats are left",
        "年终汇报会几点开始",
    ],
)
def test_other_words_ask_for_no_account(text: str) -> None:
    assert asking.read(text, NOW, ZONE) is None
