"""A name is found by whatever part of it somebody types, through an index of beginnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.search import people

CHARACTERS = st.sampled_from("李王张刘陈曾区欧阳小明伟丽强军秀英志")
NAMES = st.text(CHARACTERS, min_size=1, max_size=5)


def _finds(words: str, name: str) -> bool:
    asked = people.asked(words)
    under = any(key.startswith(each) for each in asked.keys for key in people.keys_of(name))
    return under and asked.written.casefold() in name.casefold()


@pytest.mark.parametrize(
    ("name", "found", "missed"),
    [
        (
            "李小明",
            ["李", "李小", "小明", "lixiaoming", "lix", "xiaoming", "lxm", "LXM", "ＬＸ"],
            ["明"],
        ),
        ("曾志伟", ["zengzhiwei", "曾志", "志伟", "zzw", "zeng"], ["ceng"]),
        ("欧阳小明", ["欧阳", "阳小明", "ouyang", "oyxm", "xiaom"], ["oym"]),
        ("Nguyễn Văn An", ["nguyen", "NGUYỄN", "van an", "văn", "nva"], ["guyen"]),
        ("吕丽", ["lv", "lü", "lǚ", "lvli", "吕"], ["lu"]),
        ("小李Leo", ["leo", "小李", "xiaoli"], ["eo"]),
        ("阿卜杜拉·买买提", ["阿卜", "买买提", "maimaiti"], []),
        ("𠮷野", ["𠮷野", "𠮷"], []),
        ("7号", ["7", "7号"], []),
    ],
)
def test_a_name_is_found_by_its_parts(name: str, found: list[str], missed: list[str]) -> None:
    assert [each for each in found if not _finds(each, name)] == []
    assert [each for each in missed if _finds(each, name)] == []


@given(NAMES, st.data())
def test_a_whole_name_its_beginning_and_its_end_find_it(name: str, data: st.DataObject) -> None:
    assert _finds(name, name)
    cut = data.draw(st.integers(1, len(name)))
    assert _finds(name[:cut], name)
    end = name[-cut:]
    if cut == len(name) or cut > 1:
        assert _finds(end, name)
    assert people.fit(name, name) == people.EXACT


@given(st.text(max_size=80))
def test_anything_can_be_a_name_or_words(text: str) -> None:
    keys = people.keys_of(text)
    assert len(keys) == len(set(keys)) <= people.MOST_TOKENS + 2
    assert all(0 < len(key) <= people.LONGEST_KEY for key in keys)
    asked = people.asked(text)
    assert bool(asked.keys) == bool(keys)
    assert 0 < people.fit(text, text) <= 1


def test_what_was_typed_exactly_stands_before_what_sounds_so() -> None:
    fits = [people.fit("小明", name) for name in ("小明", "小明明", "李小明", "晓鸣")]
    assert fits == sorted(fits, reverse=True)
    assert len(set(fits)) == len(fits)


def test_a_range_holds_every_key_that_begins_so() -> None:
    keys = ["li", "lixiaoming", "liz", "李", "李明", "lj"]
    assert [key for key in keys if "li" <= key < people.until("li")] == ["li", "lixiaoming", "liz"]
    assert [key for key in keys if "李" <= key < people.until("李")] == ["李", "李明"]
