"""Who publishes at once, who asks first, and what one message says about an event."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.dates import reading
from models.rules.events.publishing import (
    EventWords,
    PublishRight,
    guess_category,
    guess_kind,
    publish_right,
    read_seats,
    understand,
    words_beside,
)
from models.rules.network.permissions import Held, Place, Role

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "place", "expected"),
    [
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/4/"), PublishRight.AT_ONCE),
        (Held(Role.TOWN, "/1/3/"), Place("/1/3/4/"), PublishRight.AT_ONCE),
        (Held(Role.DISTRICT, "/1/"), Place("/1/3/"), PublishRight.AT_ONCE),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/"), PublishRight.ASKS),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/"), PublishRight.ASKS),
        (Held(Role.CORE_MEMBER, "/1/3/4/"), Place("/1/3/4/"), PublishRight.ASKS),
        (Held(Role.CORE_MEMBER, "/1/3/4/"), Place("/1/3/"), PublishRight.ASKS),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/5/"), PublishRight.NO),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/2/"), PublishRight.NO),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/", 7), PublishRight.ASKS),
        (Held(Role.DEPUTY, "/1/3/", 7), Place("/1/3/", 7), PublishRight.ASKS),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/", 8), PublishRight.NO),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/"), PublishRight.NO),
        (Held(Role.TOWN, "/1/3/", until=NOW), Place("/1/3/"), PublishRight.NO),
        (Held(Role.CORE_MEMBER, "/1/3/", until=NOW), Place("/1/"), PublishRight.NO),
        (
            Held(Role.TOWN, "/1/3/", until=NOW + timedelta(seconds=1)),
            Place("/1/3/"),
            PublishRight.AT_ONCE,
        ),
    ],
)
def test_organizers_of_a_place_publish_there_and_others_ask(
    held: Held, place: Place, expected: PublishRight
) -> None:
    assert publish_right([held], place, NOW) == expected


def test_whoever_has_no_role_publishes_nothing() -> None:
    assert publish_right([], Place("/1/"), NOW) == PublishRight.NO


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("羽毛球赛 桂城体育馆 20人", EventWords("羽毛球赛", "桂城体育馆", 20)),
        ("羽毛球赛，桂城体育馆，限20名", EventWords("羽毛球赛", "桂城体育馆", 20)),
        ("3人篮球赛 20人", EventWords("3人篮球赛", "", 20)),
        ("3人篮球赛 不限", EventWords("3人篮球赛", "", 0)),
        ("包饺子 在昭信饭堂 40 席", EventWords("包饺子", "昭信饭堂", 40)),
        ("包饺子 地点：昭信饭堂", EventWords("包饺子", "昭信饭堂", None)),
        ("羽毛球赛", EventWords("羽毛球赛", "", None)),
        (
            "Badminton match at Guicheng hall, 20 people",
            EventWords("Badminton match", "Guicheng hall", 20),
        ),
        ("Choir evening, no limit", EventWords("Choir evening", "", 0)),
        ("", EventWords()),
        ("20人", EventWords("", "", 20)),
    ],
)
def test_a_message_says_title_place_and_seats(words: str, expected: EventWords) -> None:
    assert understand(words) == expected


@given(st.text(max_size=80))
def test_any_message_is_read_without_losing_its_way(words: str) -> None:
    read = understand(words)
    assert read.seats is None or read.seats >= 0
    assert set(read.title) <= set(words) | {" "}


@pytest.mark.parametrize(
    ("words", "seats"),
    [("20", 20), ("20人", 20), ("限 20 名", 20), ("不限", 0), ("unlimited", 0), ("12 seats", 12)],
)
def test_a_number_of_seats_is_read(words: str, seats: int) -> None:
    assert read_seats(words) == seats


@pytest.mark.parametrize("words", ["", "0", "-3", "很多", "1000001", "二十来个", "3.5"])
def test_what_is_no_number_of_seats_is_refused(words: str) -> None:
    assert read_seats(words) is None


@pytest.mark.parametrize(
    ("title", "kind", "category"),
    [
        ("羽毛球友谊赛", "contest", "culture"),
        ("电工培训班", "training", "career"),
        ("相亲联谊会", "social", "life"),
        ("走进灯具厂", "tour", "career"),
        ("理论宣讲", "lecture", "thought"),
        ("年终汇报演出", "gala", "culture"),
        ("广场舞队", "session", "culture"),
        ("Badminton match", "contest", "culture"),
    ],
)
def test_a_title_names_kind_and_category(title: str, kind: str, category: str) -> None:
    assert guess_kind(title) == kind
    assert guess_category(title, kind) == category


def test_a_title_that_names_no_kind_leaves_it_open() -> None:
    assert guess_kind("包饺子") == ""
    # Games and swimming are written with the character of a tour.
    assert guess_kind("桌游夜") == guess_kind("游泳") == ""


ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("周六下午3点 羽毛球 20人", "羽毛球 20人"),
        ("周六 下午3点羽毛球 桂城站", "羽毛球 桂城站"),
        ("明天羽毛球 晚上7点", "羽毛球"),
        ("羽毛球 晚上7点 桂城站", "羽毛球 桂城站"),
        ("周六 羽毛球", "羽毛球"),
        ("周末读书会 周六下午3点 桂城站", "周末读书会 桂城站"),
        ("12月生日会 12月20日 14:00", "12月生日会"),
        ("7点半读书会 周六晚上7点半", "7点半读书会"),
        ("五一劳动节歌唱大赛 晚上7点", "五一劳动节歌唱大赛"),
        ("元旦健步走 2027年1月1日9:00 千灯湖", "元旦健步走 千灯湖"),
        ("明天会更好合唱团展演", "明天会更好合唱团展演"),
        ("三八妇女节花艺课", "三八妇女节花艺课"),
        ("New Year run, Sat 9am at the lake", "New Year run at the lake"),
    ],
)
def test_a_word_that_only_holds_something_like_a_time_stays_whole(message: str, left: str) -> None:
    now = datetime(2026, 11, 28, 21, tzinfo=ZONE)
    assert words_beside(message, reading.read(message, now, ZONE), now, ZONE) == left
