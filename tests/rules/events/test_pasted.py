from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.pasted import LONGEST_TITLE, read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, tzinfo=ZONE)

MATCH = """【工友羽毛球双打赛】
时间：12月12日（周六）14:30-17:30
地点：大沥文化中心二楼球馆
名额：32人
截止：12月9日18:00
自备：球拍
咨询：阿明 13800000121"""
BAKING = """🎄🎄圣诞烘焙夜来啦🎄🎄
⏰12月24日晚上7点到9点
📍桂城怡海社区厨房
👭只收16人哦，先到先得"""
FORKLIFT = """通知：叉车证培训班（第六期）
一、时间：12月19日 9:00—17:00
二、地点：罗村职业培训中心
三、名额：限30人"""


def test_what_stands_behind_labels_is_read_and_nothing_else() -> None:
    for text, title, place, seats in (
        (MATCH, "工友羽毛球双打赛", "大沥文化中心二楼球馆", 32),
        (BAKING, "圣诞烘焙夜", "桂城怡海社区厨房", 16),
        (FORKLIFT, "叉车证培训班", "罗村职业培训中心", 30),
    ):
        found = read(text)
        assert found is not None
        assert (found.title, found.place, found.seats) == (title, place, seats)
    labelled = read(MATCH)
    assert labelled is not None
    assert labelled.bring == "球拍"
    assert labelled.time.startswith("12月12日")


def test_a_line_of_words_has_no_labels() -> None:
    for text in ("周六下午3点 羽毛球赛 狮山体育馆 20人", "时间：周六", "", "地点"):
        assert read(text) is None


@given(st.text(max_size=1600))
def test_any_text_is_read(text: str) -> None:
    found = read(f"{text}\n时间：周六\n地点：桂城")
    assert found is None or (len(found.title) <= LONGEST_TITLE and found.place)
