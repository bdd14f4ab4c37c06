"""What is left of a text when everything invisible is taken out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.texts import BLANKS, JOINER, file_name, one_line, visible

KEPT = (
    "",
    "王伟",
    "Ann O'Neill",
    "：（）「」",
    "甲\n乙",
    "👨‍👩‍👧",
    "👩🏽‍🔧 焊工",
    "🏳️‍🌈",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "❤️‍🔥",
    "é",
    "7️⃣",
)


@pytest.mark.parametrize("text", KEPT)
def test_what_is_seen_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("甲 · 来了\n2. 乙 · 来了", "甲 · 来了 2. 乙 · 来了"),
        ("甲\r\n乙\u2028丙\x0b丁", "甲 乙 丙 丁"),
        ("\u200b\u200d\u2060\ufeff", ""),
        ("\u2800\u3164", ""),
        ("\u202e伟王\u202c", "伟王"),
        ("王\u200d伟", "王伟"),
        ("a\x00\x07\x1b[2J", "a[2J"),
        ("👍\u200d", "👍"),
        ("  王\u3000\t伟  ", "王 伟"),
        ("\ud83d", ""),
        ("\U000e0041x", "x"),
    ],
)
def test_a_name_is_one_line_that_is_seen(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@given(st.text(st.characters(), max_size=40))
def test_any_text_becomes_one_visible_line_once(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert line == line.strip()
    assert "\n" not in line
    hidden = [each for each in line if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    assert all(each == JOINER or "\U000e0020" <= each <= "\U000e007f" for each in hidden)
    assert BLANKS.isdisjoint(line)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("羽毛球友谊赛", "2026-12-05"), "羽毛球友谊赛 2026-12-05"),
        (("走进：A/B 车间", "2026"), "走进：A B 车间 2026"),
        (('a\\b:"c"*?<d>|', ""), "a b c d"),
        (("..", ""), ""),
        (("长" * 80, ""), "长" * 60),
    ],
)
def test_a_files_name_has_nothing_that_a_file_system_refuses(
    parts: tuple[str, ...], expected: str
) -> None:
    assert file_name(*parts) == expected
