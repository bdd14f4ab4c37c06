"""A name given in a chat is found as one from a file is."""

import pytest

from models.loading import pinyin
from models.rules.search import search, sounds


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        ("狮山羽毛球队", ("Shishan badminton", "球类")),
        ("夜跑队", ("狮山", "Shishan", "跑步健身")),
        ("3D 打印小组", ()),
        ("女子篮球队", ("绿茶社",)),
        ("Badminton", ("  羽毛球  ", "", "Badminton")),
    ],
)
def test_the_search_text_is_the_one_that_files_get(name: str, aliases: tuple[str, ...]) -> None:
    assert sounds.index(name, *aliases) == pinyin.index(name, *aliases)


@pytest.mark.parametrize("words", ["夜跑", "yepao", "yp", "shishan", "狮山"])
def test_a_name_indexed_without_a_dictionary_is_found_by_its_sounds(words: str) -> None:
    assert search.rank(words, [(7, sounds.index("夜跑队", "狮山", "Shishan"))])


def test_a_character_outside_the_table_is_kept_without_a_sound() -> None:
    assert sounds.index("㙍滘队") == "㙍滘队\tdui\tdui d"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("羽毛球队", "羽毛球队\tyu mao qiu dui\tyumaoqiudui ymqd"),
        ("badminton", "badminton"),
        ("Table Tennis", "Table Tennis\t\ttabletennis"),
        ("KTV 之夜", "KTV 之夜\tktv zhi ye\tktv之夜 ktvzhiye kzy"),
    ],
)
def test_what_is_typed_stands_in_the_search_text_as_it_is_typed(name: str, text: str) -> None:
    assert sounds.index(name) == text
