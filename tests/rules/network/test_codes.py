"""A typed code is recognized among other words."""

import secrets

import pytest

from models.rules.network import codes


def test_a_code_that_was_made_is_recognized_however_it_is_typed() -> None:
    for _time in range(200):
        code = codes.make(secrets.choice)
        assert codes.is_code(code)
        assert codes.is_code(code.lower())
        assert codes.plain(f" {code[:4].lower()}-{code[4:]} ") == code


@pytest.mark.parametrize("words", ["ABCD2345", "abcd2345", "abcd 2345", "ABCD-2345", "qqqqqqqq"])
def test_these_are_codes(words: str) -> None:
    assert codes.is_code(words)


@pytest.mark.parametrize("words", ["", "手机号总是失败", "free cake", "ABCD234", "ABCD23456", "3"])
def test_these_are_other_words(words: str) -> None:
    assert not codes.is_code(words)
