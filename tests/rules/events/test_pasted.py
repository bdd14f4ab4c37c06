"""Announcements as they are pasted from groups: what is read, what is asked, and what is kept."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.events.pasting import understand
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime, UnclearTime
from models.rules.events import pasted
from models.rules.events.announced import Pasted
from models.rules.events.pasted import LONGEST_PLACE, LONGEST_TITLE

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, tzinfo=ZONE)

MATCH = """【工友羽毛球双打赛】
时间：12月12日（周六）14:30-17:30
地点：大沥文化中心二楼球馆
名额：32人
截止：12月9日18:00
费用：20元/人（含球）
集合点：大沥站门口
自备：球拍
咨询：阿明 13800000121
可带家属"""
BAKING = """🎄🎄圣诞烘焙夜来啦🎄🎄
⏰12月24日晚上7点到9点
📍桂城怡海社区厨房
👭只收16人哦，先到先得"""
FORKLIFT_TITLE = "通知：叉车证培训班（第六期）"
FORKLIFT = f"""{FORKLIFT_TITLE}
一、时间：12月19日 9:00—17:00
二、地点：罗村职业培训中心
三、名额：限30人"""


def read(text: str) -> Pasted:
    return pasted.read(text, NOW, ZONE)


@pytest.mark.parametrize(
    ("text", "title", "place", "seats"),
    [
        (MATCH, "工友羽毛球双打赛", "大沥文化中心二楼球馆", 32),
        (BAKING, "圣诞烘焙夜", "桂城怡海社区厨房", 16),
        (FORKLIFT, "叉车证培训班", "罗村职业培训中心", 30),
        ("羽毛球赛 桂城体育馆 20人", "羽毛球赛", "桂城体育馆", 20),
        ("羽毛球赛，桂城体育馆，限20名", "羽毛球赛", "桂城体育馆", 20),
        ("3人篮球赛 20人", "3人篮球赛", "", 20),
        ("3人篮球赛 不限", "3人篮球赛", "", 0),
        ("包饺子 在昭信饭堂 40 席", "包饺子", "昭信饭堂", 40),
        ("包饺子 地点：昭信饭堂", "包饺子", "昭信饭堂", None),
        ("羽毛球赛", "羽毛球赛", "", None),
        ("Badminton match at Guicheng hall, 20 people", "Badminton match", "Guicheng hall", 20),
        ("Choir evening, no limit", "Choir evening", "", 0),
        ("Zumba Party @ Dali hall, 40 pax", "Zumba Party", "Dali hall", 40),
        ("一日游\n上车点：\n1、桂城站 8:00\n2、狮山广场 8:45\n49人", "一日游", "", 49),
        ("饮茶倾偈会\n喺平洲驿站\n20位", "饮茶倾偈会", "平洲驿站", 20),
        ("电影夜\n职工礼堂\n领票时间：12月3日\n领票地点：工会", "电影夜", "职工礼堂", None),
        ("趣味跑\n参加人员：职工（共46人）", "趣味跑", "", 46),
        ("", "", "", None),
        ("20人", "", "", 20),
    ],
)
def test_title_place_and_seats_are_read_with_labels_and_without(
    text: str, title: str, place: str, seats: int | None
) -> None:
    found = read(text)
    assert (found.title, found.place, found.seats) == (title, place, seats)


def test_all_that_stands_behind_labels_is_read() -> None:
    found = read(MATCH)
    assert isinstance(found.when, FoundTime)
    assert found.when.starts == datetime(2026, 12, 12, 14, 30, tzinfo=ZONE)
    assert found.closes == datetime(2026, 12, 9, 18, tzinfo=ZONE)
    assert (found.bring, found.meet) == ("球拍", "大沥站门口")
    assert (found.cost, found.contact) == ("20元/人（含球）", "阿明 13800000121")
    assert found.companions == "可带家属"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("明天羽毛球 晚上7点", "羽毛球"),
        ("周六下午3点羽毛球 桂城站", "羽毛球"),
        ("周末读书会 周六下午3点 桂城站", "周末读书会"),
        ("12月生日会 12月20日 14:00", "12月生日会"),
        ("7点半读书会 周六晚上7点半", "7点半读书会"),
        ("五一劳动节歌唱大赛 晚上7点", "五一劳动节歌唱大赛"),
        ("元旦健步走 2027年1月1日9:00 千灯湖", "元旦健步走"),
        ("明天会更好合唱团展演", "明天会更好合唱团展演"),
        ("三八妇女节花艺课", "三八妇女节花艺课"),
        ("New Year run, Sat 9am at the lake", "New Year run"),
        ("紧急通知：明晚7点瑜伽课，三楼舞蹈室", "瑜伽课"),
        ("兹定于12月18日下午3点在昭信集团多功能厅举办职场沟通培训", "职场沟通培训"),
        ("#接龙\n周日上午9点羽毛球 桂城体育馆", "羽毛球"),
        ("“光明行”眼科义诊来啦\n12月12日早上8:30", "“光明行”眼科义诊"),
        ("《活着》共读会\n12月16日19:30", "《活着》共读会"),
        ("升旗仪式：1月1日7:45公司广场", "升旗仪式"),
        ("会议通知：月度例会\n时间：12月4日8:30", "月度例会"),
        ("关于组织开展无偿献血活动的通知\n12月17日下午1点", "无偿献血活动"),
        ("冬至到，团圆闹\n冬日暖心火锅宴\n12月22日18:00", "冬日暖心火锅宴"),
        ("放松瑜伽 周六下午3点 桂城站", "放松瑜伽"),
    ],
)
def test_a_title_loses_no_word_and_is_no_greeting(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("text", "why", "choices"),
    [
        ("12月5日至6日 丹霞山两日游 早上7点桂城站出发", Why.SEVERAL, [(5, 7), (6, 7)]),
        ("周六、周日两天 9:00-17:00 焊工实训", Why.SEVERAL, [(5, 9), (6, 9)]),
        ("台球赛 12月5日或12月6日下午2点", Why.SEVERAL, [(5, 14), (6, 14)]),
        ("每周三19:30 八段锦", Why.REPEATS, []),
        ("瑜伽课 11月28日晚上7点", Why.IN_THE_PAST, []),
        ("年三十前一天 写春联 上午9点", Why.LUNAR, []),
        ("书法班 12月13日 大沥站", Why.NO_TIME, []),
    ],
)
def test_a_time_that_is_not_plain_is_asked(
    text: str, why: Why, choices: list[tuple[int, int]]
) -> None:
    found = read(text)
    assert isinstance(found.when, UnclearTime)
    assert found.when.why == why
    local = [each.starts.astimezone(ZONE) for each in found.dates]
    assert [(each.day, each.hour) for each in local] == choices


def test_a_quota_is_counted_and_said() -> None:
    found = read("12月24日晚7点联谊 桂城万达 男女各20人")
    assert (found.seats, found.quota) == (40, "男女各20人")
    found = read("歌唱大赛 12月13日14:00 每企业限2组")
    assert (found.seats, found.quota) == (None, "每企业限2组")
    assert read("一日游 12月12日9:00 桂城站 45人，男女各一半").seats == 45


@pytest.mark.parametrize(
    ("text", "announces"),
    [
        ("周六下午3点 羽毛球赛 狮山体育馆 20人", True),
        (MATCH, True),
        ("周六下午3点", False),
        ("羽毛球赛 狮山体育馆 20人", False),
        ("明天下雨吗", False),
        ("原定周六下午3点的羽毛球赛改到周日下午3点，狮山体育馆", False),
    ],
)
def test_what_names_a_time_and_a_place_or_seats_announces_an_event(
    text: str, announces: bool
) -> None:
    assert read(text).announces == announces


@given(st.text(max_size=1600))
def test_any_text_is_read(text: str) -> None:
    found = read(f"{text}\n时间：周六\n地点：桂城")
    assert len(found.title) <= LONGEST_TITLE
    assert len(found.place) <= LONGEST_PLACE


@given(st.text(max_size=80))
def test_a_title_holds_only_what_was_written(text: str) -> None:
    found = read(text)
    assert found.seats is None or found.seats >= 0
    assert set(found.title) <= set(text) | {" "}


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("报名时间：即日起至12月3日", (3, 23, 59)),
        ("报名日期：12月2日至12月5日18:00", (5, 18, 0)),
        ("截止时间：12月2日-12月5日", (5, 23, 59)),
        ("12月2日至12月5日报名截止", (5, 23, 59)),
        ("报名截止12月9日18:00", (9, 18, 0)),
        ("截至12月9日", (9, 23, 59)),
        ("报名时间：12月2日9:00", None),
        ("截止：12月25日", None),
    ],
)
def test_sign_up_closes_with_the_last_day_and_never_after_the_start(
    line: str, closes: tuple[int, int, int] | None
) -> None:
    found = read(f"羽毛球赛\n时间：12月20日14:00\n地点：大沥站\n{line}")
    assert isinstance(found.when, FoundTime)
    assert found.when.starts == datetime(2026, 12, 20, 14, tzinfo=ZONE)
    at = found.closes.astimezone(ZONE) if found.closes is not None else None
    assert (None if at is None else (at.day, at.hour, at.minute)) == closes


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        ("结束时间：17:30", (12, 17)),
        ("结束时间：12月13日12:00", (13, 12)),
        ("结束时间：看情况", None),
    ],
)
def test_an_end_behind_a_label_of_its_own_is_the_events_end(
    ends: str, until: tuple[int, int] | None
) -> None:
    when = read(f"羽毛球赛\n时间：12月12日14:00\n{ends}\n地点：大沥站").when
    assert isinstance(when, FoundTime)
    assert when.starts == datetime(2026, 12, 12, 14, tzinfo=ZONE)
    at = when.ends.astimezone(ZONE) if when.ends is not None else None
    assert (None if at is None else (at.day, at.hour)) == until


@pytest.mark.parametrize(
    ("told", "cost"),
    [("每人12.5元", "每人12.5元"), ("12.5元/人", "12.5元/人"), ("￥20/人", "￥20/人")],
)
def test_a_price_is_read_whole_and_is_no_day(told: str, cost: str) -> None:
    found = read(f"羽毛球赛 周六下午3点 桂城站 {told}")
    assert found.cost == cost
    assert isinstance(found.when, FoundTime)
    assert found.when.starts == datetime(2026, 12, 5, 15, tzinfo=ZONE)


def test_what_is_too_long_for_its_field_shows_that_it_was_cut() -> None:
    title = "第十届" + "南海工友" * 20 + "羽毛球大赛"
    found = read(f"主题：{title}\n时间：周六下午3点\n地点：{'很长的' * 30}")
    assert found.title == title[: LONGEST_TITLE - 1] + "…"
    assert found.place.endswith("…")
    # A line that begins with a date or an hour is no name.
    assert read("#接龙\n12.5 羽毛球\n8:30 集合\n1. 小李").names == ("小李",)


@pytest.mark.parametrize(
    ("text", "title", "place", "seats", "quota"),
    [
        ("活动：包饺子\n12.20 14:00\n昭信饭堂\n40人", "包饺子", "昭信饭堂", 40, ""),
        ("瑜伽课 时间：周三晚7点 地点：大沥站 20人", "瑜伽课", "大沥站", 20, ""),
        ("时间:12/5 19:00 地点:大沥站 内容:书法课", "书法课", "大沥站", None, ""),
        ("亲子烘焙\n地点：桂城站3楼\n费用：每组30元", "亲子烘焙", "桂城站3楼", None, ""),
        ("歌唱大赛 周六14:00 桂城站 每组3人", "歌唱大赛", "桂城站", None, "每组3人"),
    ],
)
def test_words_beside_a_field_stay_out_of_it(
    text: str, title: str, place: str, seats: int | None, quota: str
) -> None:
    found = read(text)
    assert (found.title, found.place) == (title, place)
    assert (found.seats, found.quota) == (seats, quota)


def test_hour_and_place_of_gathering_under_one_label_stay_together() -> None:
    found = read("走进企业\n时间：12月19日9:00\n地点：灯具厂\n集合时间及地点：8:00桂城站")
    assert (found.place, found.meet) == ("灯具厂", "8:00桂城站")


def test_of_two_days_with_one_hour_none_is_dropped() -> None:
    found = read("体验游12月12日、13日两天，早8点桂城站集合，45人")
    assert isinstance(found.when, UnclearTime)
    local = [each.starts.astimezone(ZONE) for each in found.dates]
    assert [(each.day, each.hour) for each in local] == [(12, 8), (13, 8)]
    assert found.title == "体验游"


def test_an_announcement_with_several_times_still_plainly_announces() -> None:
    found = read("12月12日下午两点半羽毛球友谊赛，桂城体育馆，24人，南门14:10集合")
    assert isinstance(found.when, UnclearTime)
    assert found.announces


EXTRAS = ("有茶歇", "下雨取消", "女生优先", "讲工伤怎么赔", "15组家庭", "记得吃早餐", "free tea")


@given(
    st.sampled_from(["羽毛球", "普法讲座", "亲子烘焙"]),
    st.sampled_from(["体育中心", "大沥文化站", "狮山图书馆"]),
    st.sampled_from(["，", " ", "；"]),
    st.sampled_from(["", *EXTRAS]),
)
def test_a_short_line_is_kept_as_the_description_where_it_says_more(
    title: str, place: str, between: str, extra: str
) -> None:
    text = between.join(filter(None, ("周六下午3点", place, title, "20人", extra)))
    assert ("about" in understand(text, NOW, ZONE)) == bool(extra)


LABELLED = (
    "周六爬山\n时间：12月5日 9:00-12:00\n地点：西樵山北门\n咨询：小林 13800000001\n名额：30人"
)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (LABELLED, ""),
        (MATCH, ""),
        (FORKLIFT, "通知：叉车证培训班（第六期）"),
        (LABELLED.replace("\n", " "), ""),
        (f"各位工友：\n{LABELLED}\n欢迎参加！\n桂城站\n2026年11月30日", ""),
        (f"{LABELLED}\n上车点：\n8:20 桂城站\n8:40 狮山站\n自带：水", ""),
        # What says more stays as it stands, also behind the label of a field.
        (f"{LABELLED}（每车15人）\n爬完一起吃饭", "名额：30人（每车15人）\n爬完一起吃饭"),
        (f"{LABELLED}\n集合时间：8:30", "集合时间：8:30"),
        (f"{LABELLED}\n四、请于12月3日前将名单交至安环部", "四、请于12月3日前将名单交至安环部"),
        (f"{LABELLED}\n咨询：小陈 13800000002", "咨询：小陈 13800000002"),
        (f"{LABELLED}\n接龙\n1. 小李", "接龙\n1. 小李"),
        # The numbers of a list have no gaps; of a single line there is none.
        (
            f"{FORKLIFT}\n四、带身份证复印件\n五、结业发证",
            f"{FORKLIFT_TITLE}\n一、带身份证复印件\n二、结业发证",
        ),
        (f"{FORKLIFT}\n四、结业发证", f"{FORKLIFT_TITLE}\n结业发证"),
        (
            f"{FORKLIFT}\n四、结业发证\n五、按第四条",
            f"{FORKLIFT_TITLE}\n四、结业发证\n五、按第四条",
        ),
        # A time that is asked, and a title that is guessed, stand in no field yet.
        ("瑜伽\n时间：12月5日、6日 9:00\n地点：大沥站\n名额：9", "时间：12月5日、6日 9:00"),
        # Of prose no sentence is taken out.
        (
            "周六下午3点桂城体育馆打球。\n羽毛球赛20人，有奖品\n联系人：小林",
            "周六下午3点桂城体育馆打球。\n羽毛球赛20人，有奖品",
        ),
    ],
)
def test_lines_that_stand_in_fields_are_not_repeated_in_the_description(
    text: str, about: str
) -> None:
    assert understand(text, NOW, ZONE).get("about", "") == about


@given(st.permutations(LABELLED.splitlines()[1:]))
def test_in_whatever_order_labels_stand_nothing_is_repeated(lines: list[str]) -> None:
    form = understand("\n".join(["周六爬山", *lines, "爬完一起吃饭"]), NOW, ZONE)
    assert form["about"] == "爬完一起吃饭"


def test_a_meeting_point_in_a_line_is_not_the_place() -> None:
    said = read("周日早上8点西樵山爬山，集合点狮山地铁站，费用20元")
    assert (said.place, said.meet) == ("西樵山", "狮山地铁站")
