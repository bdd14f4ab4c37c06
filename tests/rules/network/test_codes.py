"""Every code that is made is recognized in each way it is shown and typed, among other words."""

from random import Random

import pytest

from models.rules.network import codes


@pytest.mark.parametrize("length", [codes.LENGTH, codes.LONG])
def test_a_code_is_recognized_as_one_piece_and_in_groups(length: int) -> None:
    # Predictable on purpose: codes of letters alone are among the first five hundred.
    choose = Random(1).choice
    for _ in range(500):
        code = codes.make(choose, length)
        shown = codes.in_groups(code)
        for typed in (code, shown, shown.lower(), shown.replace("-", " "), f" {shown} "):
            assert codes.is_code(typed)
            assert codes.plain(typed) == code


@pytest.mark.parametrize("words", ["ABCD2345", "abcd2345", "abcd 2345", "ABCD-2345", "qqqqqqqq"])
def test_these_are_codes(words: str) -> None:
    assert codes.is_code(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "3",
        "12",
        "ABCD234",
        "ABCD23456",
        "free cake",
        "good luck",
        "team name",
        "well-done",
        "羽毛球",
        "手机号总是失败",
    ],
)
def test_these_are_other_words(words: str) -> None:
    assert not codes.is_code(words)
