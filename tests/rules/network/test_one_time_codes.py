"""Every code that is made is recognized in each way it is shown and typed."""

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
        for typed in (code, shown, shown.lower(), shown.replace("-", " ")):
            assert codes.is_code(typed)
            assert codes.plain(typed) == code


@pytest.mark.parametrize("words", ["good luck", "team name", "well-done", "12", "", "羽毛球"])
def test_words_are_no_code(words: str) -> None:
    assert not codes.is_code(words)
