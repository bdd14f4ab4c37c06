from hypothesis import given
from hypothesis import strategies as st

from models.loading import pinyin
from models.rules.search.naming import named

TITLES = (
    "西樵山登山",
    "羽毛球友谊赛",
    "羽毛球新手夜",
    "走进灯具厂",
    "叉车证培训",
    "English corner",
    "亲子手工下午",
)
ENTRIES = [(number, pinyin.index(title)) for number, title in enumerate(TITLES)]


def _named(text: str) -> set[str]:
    return {TITLES[each] for each in named(text, ENTRIES)}


def test_a_name_is_found_wherever_it_stands() -> None:
    for text, found in (
        ("周六那个登山几点集合啊", {"西樵山登山"}),
        ("我想问一下羽毛球友谊赛要不要钱", {"羽毛球友谊赛"}),
        ("羽毛球那个要自己带拍子吗", {"羽毛球友谊赛", "羽毛球新手夜"}),
        ("有冇叉车嘅课", {"叉车证培训"}),
        ("when is the english thing", {"English corner"}),
        ("亲自手工几点", {"亲子手工下午"}),
        ("几点开始", set()),
        ("今天有什么活动可以参加", set()),
        ("", set()),
    ):
        assert _named(text) == found, text


def test_a_wrong_character_of_the_same_sound_still_names() -> None:
    assert _named("登珊什么时候") == {"西樵山登山"}


@given(st.sampled_from(TITLES), st.sampled_from(("几点", "在哪", "要钱吗", "?", "")))
def test_a_whole_title_is_found(title: str, after: str) -> None:
    assert title in _named(f"{title} {after}")


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert set(named(text, ENTRIES)) <= set(range(len(TITLES)))
