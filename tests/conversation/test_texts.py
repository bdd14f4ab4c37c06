"""The station's words: complete, unused ones gone, and by the rules of its voice."""

import re

import pytest

import locales

HAN = r"[\u4e00-\u9fff]"
MONTH = re.compile(r"\d{1,2}月")
PLACEHOLDER = re.compile(r"\{\w+\}")
COUNTED = re.compile(r"\{(?!hours|line|same|team|title|unit|when)\w+\} (?:more )?([a-z-]+s)\b")
NEVER_ONE = {
    "As usual: {n} days, photos {photos}",
    "At most {n} names at once.",
    "Delete “{question}” with all answers at {n} dates?",
    "It needs {needed} supporters. They write “support {number}” here.",
    "It works once, for {n} minutes.",
    "One answer does for your {n} dates.",
    "Photos are sent after the event, for {n} days.",
    "That keeps {kept} seats, and there are {seats}.",
    "That's many; {n} lines at most.",
    "The link works once, for {n} minutes. Don't pass it on.",
    "There are {n} photos already. That's all there is room for.",
    "answers to '{question}' are kept {days} days, not {words}",
    "fewer than {n} attendances",
    "they keep {kept} of {seats} seats",
    "{n} answers at most.",
    "{n} attendances or more",
    "{n} dates: how do people sign up?",
    "{n} of {needed} supporters so far.",
    "{n} questions are asked already: more would keep people from signing up.",
    "{n} questions at most.",
    "“{question}” is asked at {n} dates.",
    "🔔 {team}: {n} of {needed} supporters.",
}
"""What counts things, and never one: limits that the code sets, and what is said of several."""


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


def test_what_counts_things_has_a_singular_in_english() -> None:
    texts = list(locales.originals())
    pairs = [id for id in texts if not isinstance(id, str)]
    words = [zip(*(re.findall(r"[a-z-]+", form) for form in id), strict=False) for id in pairs]
    nouns = {many for id in words for one, many in id if many in (f"{one}s", f"{one[:-1]}ies")}
    plain = [id for id in texts if isinstance(id, str)]
    counting = {id for id in plain if nouns & set(COUNTED.findall(id))}
    assert counting == NEVER_ONE, "say it with `say_n`, or without the noun"


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
