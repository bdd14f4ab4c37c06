"""What people mean by what they type: commands are never needed, and a guess never acts.

A text is read by the rules of its language. Where none fits it is read again as it may have been
meant: by its sound, as pinyin, with a slip of the finger forgiven. What was found that way is
likely at best, and so is what holds a doubt. Only what is plainly said is certain.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from models.rules.search.sounds import sound
from models.rules.understanding import phrasing_en, phrasing_zh, spans
from models.rules.understanding.intents import CHANGES, SMALL_TALK, Confidence, Intent, Understood
from models.rules.understanding.phrasing import Doubt, Phrasing, Rule

LONGEST, LONGEST_CHINESE = 140, 60
"""What is longer asks for more than one thing, and is answered with a choice."""
LONGEST_CERTAIN = 40
SHORTEST_NAME = 2
A_WISH, A_WISH_EN = 5, 20
ALIKE = 84
"""How alike (of 100) a text and a phrase must be for it to be likely."""
SIMILAR = 80
"""How alike a phrase must be for its meaning to be offered."""
OFFERED = 3
USUAL = (Intent.EVENTS, Intent.TEAMS, Intent.MINE)
NOTHING_TAUGHT: Mapping[str, Intent] = {}

CHINESE = re.compile(r"[\u3400-\u9fff]")
BETWEEN_CHINESE = re.compile(
    r"(?<=[\u3400-\u9fff,]) +(?=[\u3400-\u9fff,\d])|(?<=\d) +(?=[\u3400-\u9fff])"
)
COMMA = re.compile(r"[,，、;；。.!！~～…]+(?=\s*\w)")
NOISE = re.compile(r"[^\w\s:,\-#\u3400-\u9fff]+|_+")
APOSTROPHES = re.compile(r"(?<=\w)['’‘`´](?=\w)")
TWICE = re.compile(r"([\u3400-\u9fff]{2,6}?),?\1+")
STRAY = re.compile(r"(?<=[\u3400-\u9fff])[a-z]{1,2}$")
WHETHER = re.compile("有没有|有什么|有哪些|有木有|有无|有啥|哪里有|哪有")
NUMBER = re.compile(r"^(?:no\.?|number|#)?\s*(\d{1,9})\s*号?$")
OFTEN_EN, KNOWN_EN = tuple(phrasing_en.OFTEN.split()), frozenset(phrasing_en.KNOWN.split())
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九十")} | {
    "两": 2
}


def understand(text: str, taught: Mapping[str, Intent] = NOTHING_TAUGHT) -> Understood:
    """What the text means; ``taught`` are texts whose meaning an organizer has told."""
    said = tidy(text)
    if not said:
        return Understood(None, likeliest=USUAL)
    if said in taught:
        return Understood(taught[said], confidence=Confidence.LIKELY)
    found = _find(said)
    spelt = _spelt_out(text)
    if spelt is not None and (found is None or found.intent == spelt.intent):
        return spelt
    if found is None:
        return Understood(None, words=_words_of(said), likeliest=_likeliest(said))
    if len(text) > (LONGEST_CHINESE if CHINESE.search(said) else LONGEST):
        first = () if found.intent is None or found.intent in SMALL_TALK else (found.intent,)
        likeliest = dict.fromkeys([*first, *found.likeliest, *USUAL])
        return Understood(None, likeliest=tuple(likeliest)[:OFFERED])
    if (
        found.certain
        and found.intent in CHANGES
        and (text.rstrip().endswith(("?", "？")) or len(said) > LONGEST_CERTAIN)
    ):
        return replace(found, confidence=Confidence.LIKELY)
    return found


def _spelt_out(text: str) -> Understood | None:
    """``活动 思想`` and ``队伍 羽毛球`` name what is looked for, whatever it is made of."""
    first, space, rest = text.strip().partition(" ")
    intent = _chinese().exact.get(first) if space else None
    if intent not in (Intent.EVENTS, Intent.TEAMS):
        return None
    words = tidy(rest)
    span, left = spans.read(words)
    return Understood(intent, left if span else words, span, Confidence.CERTAIN)


def _find(said: str) -> Understood | None:
    right = _put_right(said)
    if right != said:
        found = _as_typed(right)
        return _likely(found) if found is not None else None
    return _as_typed(said) or _as_meant(said) or _by_likeness(said)


QUESTION = re.compile(r"^(?:怎么|怎样|如何|是什么|是谁|在哪)|(?:吗|么)[?？]?$")


def asks(text: str) -> bool:
    """Whether words after a command ask about it: 发布活动怎么弄, 邀请别人可以吗."""
    return QUESTION.search(text.strip()) is not None


@lru_cache(maxsize=1024)
def tidy(text: str) -> str:
    """A text without case, width, emoji, repetition and what punctuation adds; as it is taught."""
    said = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold()
    said = APOSTROPHES.sub("", said).replace("–", "-").replace("：", ":")
    said = COMMA.sub(",", said)
    said = NOISE.sub(" ", said)
    said = " ".join(said.split()).strip(" ,:-#")
    if CHINESE.search(said):
        said = BETWEEN_CHINESE.sub("", said)
        said = STRAY.sub("", said)
        said = TWICE.sub(r"\1", said)
    return said


# As it stands


def _as_typed(said: str) -> Understood | None:
    if not CHINESE.search(said):
        return _read(said, _english())
    found = _read(said, _chinese())
    return found or (_read(said, _english()) if re.search("[a-z]{3}", said) else None)


class _Reading:
    """A language's rules, compiled once."""

    def __init__(self, phrasing: Phrasing, separator: str | None) -> None:
        self.phrasing = phrasing
        self.exact = {
            phrase: intent
            for intent, phrases in phrasing.exact.items()
            for phrase in phrases.split(separator)
        }
        self.rules = [(each, re.compile(each.pattern)) for each in phrasing.rules]
        self.plain = {
            id(each): re.compile(f"^{phrasing.before}{each.plain}{phrasing.after}$")
            for each in phrasing.rules
            if isinstance(each, Rule) and each.plain
        }


@cache
def _chinese() -> _Reading:
    return _Reading(phrasing_zh.PHRASING, None)


@cache
def _english() -> _Reading:
    return _Reading(phrasing_en.PHRASING, "|")


def _read(said: str, reading: _Reading) -> Understood | None:
    exact = reading.exact.get(said)
    if exact is not None:
        return Understood(exact, span=spans.read(said)[0], confidence=Confidence.CERTAIN)
    for rule, pattern in reading.rules:
        found = pattern.search(said)
        if found is None:
            continue
        if isinstance(rule, Doubt):
            return Understood(None, likeliest=rule.likeliest)
        return _by_rule(said, reading, rule, found)
    span, rest = spans.read(said)
    if span and len(rest) <= 2:
        return Understood(Intent.EVENTS, "", span, Confidence.LIKELY)
    return None


def _by_rule(said: str, reading: _Reading, rule: Rule, found: re.Match[str]) -> Understood:
    phrasing = reading.phrasing
    how = rule.how or (rule.intent in CHANGES and phrasing.how.search(said) is not None)
    if rule.certain:
        return Understood(rule.intent, found["words"].strip(), "", Confidence.CERTAIN)
    plain = reading.plain.get(id(rule))
    whole = plain.match(said) if plain is not None and not how else None
    if whole is not None and not phrasing.doubts.search(said):
        words = whole.groupdict().get("words") or ""
        confidence = Confidence.CERTAIN
    else:
        words = f"{said[: found.start()]} | {said[found.end() :]}"
        confidence = Confidence.LIKELY
    if rule.intent == Intent.WISH:
        # What is told at once need not be told again: the wish is the whole text.
        told = _clean(words, phrasing)[0]
        least = A_WISH if CHINESE.search(said) else A_WISH_EN
        return Understood(rule.intent, said if len(told) >= least else "", "", confidence, how)
    span = ""
    if rule.intent not in _KEEP_WORDS:
        span, words = spans.read(said)[0], spans.read(words)[1]
    words, is_place = _clean(words, phrasing)
    if is_place:
        confidence = Confidence.LIKELY
    return Understood(rule.intent, words, span, confidence, how, is_place=is_place)


# What these are asked with is not a name.
_KEEP_WORDS = {Intent.QUIET, Intent.REMINDERS, Intent.LANGUAGE}


def _clean(words: str, phrasing: Phrasing) -> tuple[str, bool]:
    """The name or number that is left, and whether it is a place in a list."""
    parts = []
    for part in WHETHER.sub("|", words).split("|"):
        bare = part.strip(" ,:-")
        for _again in range(2):
            for edge in (phrasing.trail, phrasing.lead):
                if not (NUMBER.match(bare) or phrasing.ordinal.match(bare)):
                    bare = edge.sub("", bare).strip(" ,:-")
        bare = phrasing.play.sub("", bare)
        if len(bare) < SHORTEST_NAME <= len(part.strip()) and not bare.isdecimal():
            # A name that is made of such words, 点心 say.
            bare = part.strip(" ,:-") if bare else ""
        if bare:
            parts.append(bare)
    left = " ".join(parts)
    place = phrasing.ordinal.match(left)
    if place is not None:
        number = _number(place[1])
        return (str(number), True) if number else ("", False)
    as_number = NUMBER.match(left)
    return (as_number[1], False) if as_number else (left, False)


def _number(written: str) -> int:
    if written in ORDINALS:
        return ORDINALS[written]
    digits = re.match(r"\d{1,9}", written)
    if digits is not None:
        return int(digits[0])
    return DIGITS.get(written, 0)


def _words_of(said: str) -> str:
    phrasing = (_chinese() if CHINESE.search(said) else _english()).phrasing
    return _clean(said, phrasing)[0]


# As it may have been meant


def _put_right(said: str) -> str:
    """The few words put right that are hardly ever meant as anything else."""
    if not CHINESE.search(said):
        return " ".join(_word(each, phrasing_en.ALWAYS) for each in said.split())
    heard = [sound(each) or "" for each in said]
    for word in phrasing_zh.ALWAYS:
        wanted = [sound(each) for each in word]
        for start in range(len(said) - len(word) + 1):
            if heard[start : start + len(word)] == wanted:
                said = said[:start] + word + said[start + len(word) :]
    return said


def _as_meant(said: str) -> Understood | None:
    """Read again with wrong characters, pinyin or slips put right; never certain."""
    for meant in (_heard, _pinyin, _spelt_right):
        corrected = meant(said)
        if corrected and corrected != said:
            found = _as_typed(corrected)
            if found is not None and found.intent is not None:
                return _likely(found)
    return None


def _likely(found: Understood) -> Understood:
    return replace(found, confidence=Confidence.LIKELY) if found.intent is not None else found


def _loose(sounding: str) -> str:
    """Sounds that many speakers and typists do not keep apart become one."""
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sounding = sounding.replace(one, other)
    return sounding


@cache
def _often_heard() -> dict[int, dict[str, str]]:
    by_length: dict[int, dict[str, str]] = {}
    for word in phrasing_zh.OFTEN.split():
        heard = sound(word)
        assert heard is not None, word
        by_length.setdefault(len(word), {})[_loose(heard)] = word
    return dict(sorted(by_length.items(), reverse=True))


def _heard(said: str) -> str:
    """Other characters of the same sound put right: 保名 is 报名."""
    if not CHINESE.search(said):
        return ""
    heard = [_loose(sound(each) or "") if CHINESE.match(each) else "" for each in said]
    for length, words in _often_heard().items():
        for start in range(len(said) - length + 1):
            window = heard[start : start + length]
            word = words.get("".join(window)) if all(window) else None
            if word is not None:
                said = said[:start] + word + said[start + length :]
    return said


@cache
def _spelt() -> dict[str, str]:
    return {heard: word for word in phrasing_zh.SPELT.split() if (heard := sound(word)) is not None}


LONGEST_SPELT = 14


def _pinyin(said: str) -> str:
    """A text in pinyin as characters: ``youshenme huodong`` is 有什么活动; names stay."""
    if CHINESE.search(said) or len(said) > LONGEST_CHINESE:
        return ""
    together = said.replace(" ", "")
    whole = _syllables(together) if together.isalpha() else None
    if whole is not None:
        return "".join(whole) if any(len(each) > 1 for each in whole) else ""
    parts: list[str] = []
    has_word = False
    for token in said.split():
        read = _syllables(token) or _split_off(token)
        if read is None:
            parts.append(f" {token} ")
        else:
            has_word = has_word or any(len(each) > 1 and CHINESE.match(each) for each in read)
            parts.append("".join(read))
    return " ".join("".join(parts).split()) if has_word else ""


def _split_off(token: str) -> list[str] | None:
    """``baomingyumaoqiu``: a known beginning of two syllables or more, then a name."""
    for length in range(min(len(token) - 3, LONGEST_SPELT), 4, -1):
        word = _spelt().get(token[:length])
        if word is not None and len(word) > 1:
            return [word, f" {token[length:]} "]
    return None


def _syllables(token: str) -> list[str] | None:
    """The token as known words, the longest first; None when it is not made of them."""
    known = _spelt()
    best: list[list[str] | None] = [None] * (len(token) + 1)
    best[0] = []
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - LONGEST_SPELT), end):
            before, word = best[start], known.get(token[start:end])
            if before is None or word is None:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, word]
    return best[-1]


def _spelt_right(said: str) -> str:
    """English words with a slip put right: ``evnets``, ``unsubscibe``, ``sing me up``."""
    right = [_word(each, OFTEN_EN) for each in said.split()]
    return re.sub(r"\bsing( me| us)? up\b", r"sign\1 up", " ".join(right))


@lru_cache(maxsize=2048)
def _word(word: str, known: tuple[str, ...]) -> str:
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word in KNOWN_EN:
        return word
    allowed = 1 if len(word) < 7 else 2
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=allowed)
    return found[0] if found is not None and found[0][0] == word[0] else word


# How alike it is to what others ask


@cache
def _phrases() -> tuple[tuple[str, ...], tuple[Intent, ...]]:
    pairs = [*_chinese().exact.items(), *_english().exact.items()]
    pairs = [(phrase, intent) for phrase, intent in pairs if len(phrase) >= 2]
    return tuple(phrase for phrase, _intent in pairs), tuple(intent for _phrase, intent in pairs)


def _by_likeness(said: str) -> Understood | None:
    if len(said) < 4:
        return None
    phrases, intents = _phrases()
    found = process.extractOne(said, phrases, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if found is None:
        return None
    return Understood(intents[found[2]], confidence=Confidence.LIKELY)


def _likeliest(said: str) -> tuple[Intent, ...]:
    """The intents to offer: those whose phrases are most alike, then the usual ones."""
    phrases, intents = _phrases()
    ranked = process.extract(said, phrases, scorer=fuzz.WRatio, limit=8, score_cutoff=SIMILAR)
    likely = [intents[place] for _phrase, _score, place in ranked]
    asked = [each for each in likely if each not in SMALL_TALK]
    return tuple(dict.fromkeys([*asked, *USUAL]))[:OFFERED]
