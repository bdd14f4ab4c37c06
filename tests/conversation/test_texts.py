"""The station's words: complete, unused ones gone, and by the rules of its voice."""

import re

import pytest

import locales

HAN = r"[\u4e00-\u9fff]"
MONTH = re.compile(r"\d{1,2}月")
PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("locale", locales.TRANSLATED)
def test_every_text_is_translated_and_no_translation_is_left_over(locale: str) -> None:
    said = set(locales.originals())
    known = {original for original, words in locales.translations(locale).items() if words}
    assert said - known == set(), "run `make texts` and translate these"
    assert known - said == set(), "run `make texts`: nobody says these any more"


@pytest.mark.parametrize("locale", locales.TRANSLATED)
def test_a_translation_fills_in_what_its_original_fills_in(locale: str) -> None:
    for original, words in locales.translations(locale).items():
        forms = (original,) if isinstance(original, str) else original
        wanted = {name for form in forms for name in PLACEHOLDER.findall(form)}
        used = set(PLACEHOLDER.findall(words))
        # A first form may leave its number out: "You're next in the queue."
        assert used <= wanted, words
        assert wanted - used <= {"{n}"}, words


def test_chinese_is_plain_warm_and_well_set() -> None:
    for words in locales.translations("zh_CN").values():
        assert "您" not in words, words
        assert "！" not in words, words
        assert "!" not in words, words
        # Full-width punctuation after Chinese, and a space between Chinese and Latin or digits.
        assert not re.search(HAN + r"[,;:?]", words), words
        # A date is written without it: 12月5日.
        spaced = "" if MONTH.fullmatch(words) else words
        assert not re.search(HAN + r"[A-Za-z0-9]|[A-Za-z0-9]" + HAN, spaced), words
        # A time begins and ends with digits.
        assert not re.search(HAN + r"\{when\}|\{when\}" + HAN, words), words


def test_english_is_plain_and_friendly() -> None:
    for original in locales.originals():
        for words in (original,) if isinstance(original, str) else original:
            assert "!" not in words, words
            assert "please" not in words.casefold(), words
            assert "be informed" not in words.casefold(), words


def test_a_text_has_no_sign_but_those_that_every_phone_shows() -> None:
    signs = re.compile("[\u2300-\u27bf\U0001f000-\U0001faff]")
    said = [part for id in locales.originals() for part in ((id,) if isinstance(id, str) else id)]
    assert {sign for text in said for sign in signs.findall(text)} <= set("✅⏳🔔⚠❌★")
