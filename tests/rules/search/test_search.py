"""What people type finds what they mean, among the names of the demo network."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, col, select

from models.events.events import Event
from models.loading.network import load, read
from models.loading.pinyin import index
from models.network.stations import Care, Station
from models.rules.search.search import rank
from models.rules.search.sounds import sound
from models.store import Store
from models.teams.teams import Team

DEMO = Path(__file__).parents[3] / "demo/nanhai.toml"

Entries = dict[str, list[tuple[int, str]]]
Codes = dict[str, dict[int, str]]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entries, Codes]:
    """The search texts of the demo's teams, events and stations, and whose they are."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('search')}/demo.db")
    SQLModel.metadata.create_all(store.engine)
    care = Care(ZoneInfo("Asia/Shanghai"), "22:00-08:00")
    store.write_now(load, read(DEMO), care, datetime(2026, 12, 1, 2, tzinfo=UTC))
    entries: Entries = {}
    codes: Codes = {}

    def keep(name: str, rows: Sequence[Team | Event | Station]) -> None:
        entries[name] = [(each.id, each.search) for each in rows]
        codes[name] = {each.id: each.code for each in rows}

    def collect(session: Session) -> None:
        keep("teams", session.exec(select(Team).order_by(col(Team.id))).all())
        keep("events", session.exec(select(Event).order_by(col(Event.id))).all())
        keep("stations", session.exec(select(Station).order_by(col(Station.id))).all())

    store.read_now(collect)
    store.close()
    return entries, codes


def found(network: tuple[Entries, Codes], what: str, words: str) -> list[str]:
    entries, codes = network
    return [codes[what][id] for id, _ in rank(words, entries[what])]


BADMINTON = {"guicheng-badminton", "danzao-badminton"}
BALLS = BADMINTON | {
    "shishan-basketball",
    "dali-table-tennis",
    "lishui-football",
    "xiqiao-volleyball",
}
SHISHAN = {
    "shishan-basketball",
    "shishan-night-run",
    "shishan-band",
    "shishan-robot",
    "shishan-read",
    "shishan-street-dance",
}

TEAMS: list[tuple[str, set[str]]] = [
    # Chinese, in full and in part.
    ("羽毛球", BADMINTON),
    ("千灯湖羽毛球队", {"guicheng-badminton"}),
    ("丹灶羽毛球", {"danzao-badminton"}),
    ("篮球", {"shishan-basketball"}),
    ("瑜伽", {"guicheng-yoga"}),
    ("读书", {"shishan-read"}),
    ("跑步", {"shishan-night-run"}),
    ("爬山", {"xiqiao-climb"}),
    ("3D 打印", {"danzao-3d"}),
    ("３Ｄ打印", {"danzao-3d"}),
    ("下棋", {"dali-chess", "jiujiang-go"}),
    ("醒狮", {"dali-lion"}),
    ("球类", BALLS),
    # Pinyin: full, partial, with spaces, apostrophes, tones.
    ("yumaoqiu", BADMINTON),
    ("yu mao qiu", BADMINTON),
    ("yu'mao'qiu", BADMINTON),
    ("yǔmáoqiú", BADMINTON),
    ("yǔ máo qiú", BADMINTON),
    ("yu3mao2qiu2", BADMINTON),
    ("YUMAOQIU", BADMINTON),
    ("yumao", BADMINTON),
    ("lanqiu", {"shishan-basketball"}),
    ("hechang", {"guicheng-choir"}),
    ("taiji", {"xiqiao-taichi"}),
    ("longzhou", {"jiujiang-dragon-boat"}),
    ("dushuhui", {"shishan-read"}),
    ("zhuoyou", {"jiujiang-games"}),
    # Initials, alone and mixed with whole syllables.
    ("ymq", BADMINTON),
    ("YMQ", BADMINTON),
    ("ppq", {"dali-table-tennis"}),
    ("dsh", {"shishan-read"}),
    ("sylc", set()),
    ("yumq", BADMINTON),
    ("pingpq", {"dali-table-tennis"}),
    # English.
    ("badminton", BADMINTON),
    ("Lakeside Badminton", {"guicheng-badminton"}),
    ("basketball", {"shishan-basketball"}),
    ("choir", {"guicheng-choir"}),
    ("tai chi", {"xiqiao-taichi"}),
    ("photo", {"guicheng-photo", "xiqiao-video"}),
    ("ball games", BALLS),
    ("the chess club", {"dali-chess", "jiujiang-go", "jiujiang-games"}),
    ("soccer", {"lishui-football"}),
    ("hiking", {"lishui-hike"}),
    # A town and a word.
    ("狮山", SHISHAN),
    ("狮山 篮球", {"shishan-basketball"}),
    ("篮球 狮山", {"shishan-basketball"}),
    ("丹灶 羽毛球", {"danzao-badminton"}),
    ("桂城羽毛球", {"guicheng-badminton"}),
    ("danzao badminton", {"danzao-badminton"}),
    ("danzao yumaoqiu", {"danzao-badminton"}),
    ("狮山 瑜伽", set()),
    # More said than the name says.
    ("羽毛球队", BADMINTON),
    ("羽毛球俱乐部", BADMINTON),
    ("badminton team", BADMINTON),
    ("书法班", {"lishui-calligraphy"}),
    # Slips: another character of the same sound, a similar one, wrong letters.
    ("羽毛求", BADMINTON),
    ("雨毛球", BADMINTON),
    ("羽手球", BADMINTON),
    ("瑜珈", {"guicheng-yoga"}),
    ("书发", {"lishui-calligraphy"}),
    ("兵乓球", {"dali-table-tennis"}),
    ("丹灶羽毛求", {"danzao-badminton"}),
    ("yumoqiu", BADMINTON),
    ("yumaoqui", BADMINTON),
    ("badmitton", BADMINTON),
    ("bandminton", BADMINTON),
    ("basketbal", {"shishan-basketball"}),
    ("calligrafy", {"lishui-calligraphy"}),
    ("photografy", {"guicheng-photo", "xiqiao-video"}),
    ("gutiar", {"danzao-guitar"}),
    # What there is not.
    ("高尔夫", set()),
    ("游泳", set()),
    ("golf", set()),
    ("swimming", set()),
    ("biking", {"dali-cycling"}),
    ("viking", set()),
    ("你好", set()),
    ("hello", set()),
    ("zzzz", set()),
    ("？！", set()),
    ("", set()),
]

EVENTS: list[tuple[str, set[str]]] = [
    ("灯具厂", {"lamp-works-tour"}),
    ("dengjuchang", {"lamp-works-tour"}),
    ("工厂参观", {"lamp-works-tour", "xiqiao-looms-tour", "hydrogen-tour"}),
    ("factory visit", {"lamp-works-tour", "xiqiao-looms-tour", "hydrogen-tour"}),
    ("歌唱大赛", {"singing-heats"}),
    ("excel", {"excel-basics"}),
    ("exel", {"excel-basics"}),
    ("ymq", {"badminton-beginners"}),
    ("羽毛求", {"badminton-beginners"}),
    ("桌游", {"board-games-social"}),
    ("联谊", {"family-crafts", "hometown-evening", "board-games-social"}),
    ("氢能", {"hydrogen-tour"}),
    ("qingneng", {"hydrogen-tour"}),
    ("劳动合同", {"contract-evening"}),
    ("加班", {"contract-evening"}),
    ("西樵 培训", {"video-editing"}),
    ("盛大婚礼", set()),
]

STATIONS: list[tuple[str, str]] = [
    ("桂城", "guicheng"),
    ("桂城街道", "guicheng"),
    ("guicheng", "guicheng"),
    ("归城", "guicheng"),
    ("狮山镇", "shishan"),
    ("西桥", "xiqiao"),
    ("jiujiang", "jiujiang"),
    ("昭信", "zhaoxin"),
    ("zhaoxin", "zhaoxin"),
    ("萤火灯饰", "yinghuo"),
    ("ying huo", "yinghuo"),
    ("Qianzhi", "qianzhi"),
    ("久稼", "jiujia"),
]


@pytest.mark.parametrize(("words", "wanted"), TEAMS)
def test_a_team_is_found_as_people_type_it(
    network: tuple[Entries, Codes], words: str, wanted: set[str]
) -> None:
    assert set(found(network, "teams", words)) == wanted


@pytest.mark.parametrize(("words", "wanted"), EVENTS)
def test_an_event_is_found_as_people_type_it(
    network: tuple[Entries, Codes], words: str, wanted: set[str]
) -> None:
    assert set(found(network, "events", words)) == wanted


@pytest.mark.parametrize(("words", "first"), STATIONS)
def test_a_town_or_enterprise_is_found_by_part_of_its_name(
    network: tuple[Entries, Codes], words: str, first: str
) -> None:
    assert found(network, "stations", words)[:1] == [first]


def test_the_name_itself_comes_before_its_beginning_and_its_inside() -> None:
    entries = [
        (1, index("周末羽毛球赛")),
        (2, index("羽毛球队")),
        (3, index("飞羽队", "羽毛球")),
        (4, index("羽毛球")),
    ]
    assert [id for id, _ in rank("羽毛球", entries)] == [4, 3, 2, 1]
    assert [id for id, _ in rank("yumaoqiu", entries)] == [4, 3, 2, 1]


def test_a_guess_never_stands_beside_what_was_asked_for() -> None:
    entries = [(1, index("Biking")), (2, index("Baking"))]
    assert [id for id, _ in rank("baking", entries)] == [2]
    assert [id for id, _ in rank("bakng", entries)] == [2]


def test_equal_ones_stay_in_their_order() -> None:
    entries = [(7, index("象棋角")), (3, index("象棋社")), (5, index("象棋队"))]
    assert [id for id, _ in rank("象棋", entries)] == [7, 3, 5]


def _calls(act: Callable[[], object]) -> int:
    """How many functions are called, Python's and C's: the same on every machine."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


def test_the_work_of_a_search_grows_with_the_names_and_not_faster(
    network: tuple[Entries, Codes],
) -> None:
    texts = [text for _, text in network[0]["teams"]]
    some, more = ([(n, f"{n} {texts[n % 40]}") for n in range(size)] for size in (250, 500))
    # What is read of a text is remembered for the next search.
    rank("篮球", more)
    for words in ("羽毛球", "ymq", "badmitton", "狮山羽毛求"):
        calls = _calls(partial(rank, words, more))
        assert calls < 120 * len(more), words
        # Twice as many names: with work that grows by the square it would be four times.
        assert calls < 3 * _calls(partial(rank, words, some)), words


def test_the_table_of_sounds_knows_common_characters() -> None:
    assert sound("羽毛求") == "yumaoqiu"
    assert sound("瑜珈") == "yujia"
    assert sound("abc") is None


NAMES = st.text(
    st.sampled_from("羽毛球队篮足乒乓狮山桂城读书会合唱团摄影3Dabcdefgnou ·（）-"),
    min_size=1,
    max_size=14,
).filter(lambda name: any(each.isalnum() for each in name))


def test_a_number_in_a_name_is_no_tone() -> None:
    assert rank("D3（D", [(1, index("D3（D"))])
    assert rank("yu3mao2qiu2", [(1, index("羽毛球"))])


@given(st.lists(NAMES, min_size=1, max_size=6), st.data())
def test_a_name_finds_itself_first(names: list[str], data: st.DataObject) -> None:
    entries = [(number, index(name)) for number, name in enumerate(names)]
    name = data.draw(st.sampled_from(names))
    best, _ = rank(name, entries)[0]

    def bare(name: str) -> str:
        return "".join(each for each in name.casefold() if each.isalnum())

    assert bare(names[best]) == bare(name)


@given(NAMES, st.text(max_size=8))
def test_case_width_and_spaces_do_not_matter(name: str, words: str) -> None:
    entries = [(1, index(name))]
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in name)
    typed = rank(name, entries)
    assert rank(name.upper(), entries) == typed
    assert rank(wide, entries) == typed
    assert rank(f"  {name} ", entries) == typed
    assert rank(words, entries) == rank(f" {words}　", entries)


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5))
def test_nothing_typed_breaks_a_search(words: str, texts: list[str]) -> None:
    entries = list(enumerate([*map(index, texts), *texts]))
    ranked = rank(words, entries)
    assert all(0 < score <= 1 for _, score in ranked)
    assert ranked == sorted(ranked, key=lambda each: -each[1])
