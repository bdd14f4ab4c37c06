"""What people mean by what they type: commands are never needed, and a guess never acts.

A text is read by the rules of its language. Where none fits it is read again as it may have been
meant: by its sound, as pinyin, with a slip of the finger forgiven. Where that finds nothing either,
or what the text is made of speaks plainly against it, the classifier guesses. What was found in any
of these ways is likely at best, and so is what holds a doubt. Only what is plainly said is certain.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Protocol

from models.rules.understanding import oneself, slots, urgent
from models.rules.understanding.classifier import ranked
from models.rules.understanding.correcting import (
    CHINESE,
    by_sound,
    from_pinyin,
    put_right,
    spelt_right,
)
from models.rules.understanding.intents import (
    CHANGES,
    NEED,
    SMALL_TALK,
    Confidence,
    Intent,
    Understood,
)
from models.rules.understanding.phrasing import Doubt, Phrasing, Rule
from models.rules.understanding.phrasings import PHRASINGS

LONGEST, LONGEST_CHINESE = 140, 60
"""What is longer asks for more than one thing, and is answered with a choice."""
LONGEST_CERTAIN = 40
SHORTEST_NAME = 2
A_WISH, A_WISH_EN = 5, 20
LIKELY_AT = 0.45
"""How probable a guess must be for it to be likely; below it is offered."""
WORTH_OFFERING = 0.05
RULE_WEIGHT, LOOSE_WEIGHT = 60.0, 4.0
"""How many times as probable an intent is for which a rule speaks, than by the guess alone."""
LOOSE = frozenset({Intent.EVENTS, Intent.TEAMS, Intent.HELP, Intent.PROFILE, Intent.PUBLISH})
"""Intents whose rules take a word anywhere, and so say little."""
REFUSED = frozenset({Intent.NO, Intent.MINE})
"""Intents whose rules read what is not to be done: 别取消, 我没有要报名."""
RUNNING = frozenset({Intent.MY_EVENTS, Intent.EDIT_EVENT})
"""What an organizer wants of an event, which may be named by its number: 名单 42."""

ORGANIZING = frozenset({Intent.PUBLISH, Intent.MY_EVENTS, Intent.EDIT_EVENT, Intent.ANNOUNCE})
SURE = 0.8
"""How probable a guess at an organizer's act must be: most who write are none."""

OFFERED = 4
USUAL = (Intent.EVENTS, Intent.TEAMS, Intent.MINE)

BETWEEN_CHINESE = re.compile(
    r"(?<=[\u3400-\u9fff,]) +(?=[\u3400-\u9fff,\d])|(?<=\d) +(?=[\u3400-\u9fff])"
)
UNTIL = re.compile(r"(?<=[\d日号])\s?[~～–—]+\s?(?=\d)")
# What stands in a date, 12/5 or 12.5, stays.
COMMA = re.compile(r"(?:(?!(?<=\d)\.\d)[,，、;；。.!！~～…])+(?=\s*\w)")
NOISE = re.compile(r"(?:(?!(?<=\d)[./]\d)[^\w\s:,\-#\u3400-\u9fff])+|_+")
APOSTROPHES = re.compile(r"(?<=\w)['’‘`´](?=\w)")
TWICE = re.compile(r"([\u3400-\u9fff]{2,6}?),?\1+")
STRAY = re.compile(r"(?<=[\u3400-\u9fff])[a-z]{1,2}$")
WHETHER = re.compile("有没有|有什么|有哪些|有木有|有无|有啥|哪里有|哪有")
LAST_NUMBER = re.compile(r"(?<!\d)(\d{1,9})\s?号?$")
NUMBER = re.compile(r"^(?:no\.?|number|#)?\s*(\d{1,9})\s*号?$")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九十")} | {
    "两": 2
}


class Taught(Protocol):
    """What organizers taught, by texts as ``tidy`` leaves them."""

    def exactly(self, tidied: str) -> Intent | None: ...

    def alike(self, tidied: str) -> Intent | None:
        """The intent of texts that are like this one beyond doubt."""


# Many say the same in few words: in a rush a thousand answer a question with "2", XL or 没有.
@lru_cache(maxsize=1024)
def understand(text: str, taught: Taught | None = None) -> Understood:
    """What a text asks for, and what was ``taught`` of it, which does not change."""
    tidied = tidy(text)
    if not tidied:
        return Understood(None, likeliest=USUAL)
    if taught is not None and (lesson := taught.exactly(tidied)) is not None:
        return Understood(lesson, confidence=Confidence.LIKELY)
    need = urgent.need_in(text)
    if need in urgent.FIRST:
        return _guessed(need, tidied)
    if oneself.read(text) is not None:
        return Understood(Intent.PROFILE, confidence=Confidence.LIKELY, text=tidied)
    understood, is_plain = _find(tidied)
    spelt = _spelt_out(text)
    if spelt is not None and (understood is None or understood.intent == spelt.intent):
        return spelt
    if understood is None and taught is not None and (alike := taught.alike(tidied)) is not None:
        return _guessed(alike, tidied)
    if understood is None and (place := _place_alone(tidied)):
        return Understood(None, place, likeliest=USUAL, is_place=True)
    if understood is None or not is_plain or _names_what_it_changes(understood):
        understood = _weighed(text, tidied, understood)
    is_long = len(text) > (LONGEST_CHINESE if CHINESE.search(tidied) else LONGEST)
    if need is not None and (understood.intent is None or is_long):
        return _guessed(need, tidied)
    if understood.intent is None and not understood.likeliest:
        return replace(_unsure(tidied), likeliest=_offered(ranked(text)))
    if is_long:
        first = (
            ()
            if understood.intent is None or understood.intent in SMALL_TALK
            else (understood.intent,)
        )
        likeliest = dict.fromkeys([*first, *understood.likeliest, *USUAL])
        return Understood(None, likeliest=tuple(likeliest)[:OFFERED])
    if (
        understood.certain
        and understood.intent in CHANGES
        and (text.rstrip().endswith(("?", "？")) or len(tidied) > LONGEST_CERTAIN)
    ):
        return replace(understood, confidence=Confidence.LIKELY)
    return understood


def _names_what_it_changes(understood: Understood) -> bool:
    """报名羽毛球 is plain, and 报名什么时候截止 looks like it."""
    return understood.intent in CHANGES and bool(understood.words) and not understood.number


def _spelt_out(text: str) -> Understood | None:
    """``活动 思想`` and ``队伍 羽毛球`` name what is looked for, whatever it is made of."""
    first, space, rest = text.strip().partition(" ")
    if not space:
        return None
    spelt_out = (each for each in _all_readings() if each.phrasing.names_follow)
    intent = next((each.exact[first] for each in spelt_out if first in each.exact), None)
    if intent not in (Intent.EVENTS, Intent.TEAMS):
        return None
    words = tidy(rest)
    named = slots.read(words)
    return Understood(intent, named.rest, named.span, Confidence.CERTAIN)


def _find(tidied: str) -> tuple[Understood | None, bool]:
    """What the rules find, and whether it was plain, but for slips that were corrected."""
    right = put_right(tidied)
    if right != tidied:
        return _as_corrected(_as_typed(right))
    understood = _as_typed(tidied)
    if understood is not None:
        return understood, understood.certain
    return _as_corrected(_as_meant(tidied))


def _as_corrected(understood: Understood | None) -> tuple[Understood | None, bool]:
    if understood is None or understood.intent is None:
        return understood, False
    return replace(understood, confidence=Confidence.LIKELY), understood.certain


def _weighed(text: str, tidied: str, by_rule: Understood | None) -> Understood:
    """What is most probable by the rule that fits and the guesses together, or what to offer."""
    if by_rule is not None and by_rule.intent is None:
        # A doubt about somebody else's seat; these answers change nothing.
        intent, share = ranked(text)[0]
        is_answered = share >= LIKELY_AT and (intent == Intent.COMPANIONS or intent in NEED)
        return _guessed(intent, tidied) if is_answered else by_rule
    shares = _together(text, by_rule)
    intent, share = next(each for each in shares if each[0] not in ORGANIZING or each[1] >= SURE)
    if by_rule is not None and intent == by_rule.intent:
        return by_rule
    if share < LIKELY_AT or intent == Intent.JUNK:
        return replace(_unsure(tidied), likeliest=_offered(shares))
    return _guessed(intent, tidied)


def _together(text: str, by_rule: Understood | None) -> Sequence[tuple[Intent, float]]:
    """The guesses, the likeliest first, with the weight of the rule that fits."""
    known = dict(ranked(text))
    if by_rule is None or by_rule.intent is None:
        return tuple(known.items())
    ruled = by_rule.intent
    # A rule may have seen a "not", so that no guess at an act stands beside it; and whoever
    # names a day does not chat.
    hidden = CHANGES if ruled in REFUSED else SMALL_TALK if by_rule.span else frozenset()
    known = {each: share for each, share in known.items() if each not in hidden or each == ruled}
    is_day_alone = by_rule.span != "" and not by_rule.words
    weight = LOOSE_WEIGHT if ruled in LOOSE and not is_day_alone else RULE_WEIGHT
    weighted = known | {ruled: weight * known.get(ruled, 1 / len(known))}
    whole = sum(weighted.values())
    shares = ((each, share / whole) for each, share in weighted.items())
    return sorted(shares, key=lambda each: -each[1])


def _unsure(tidied: str) -> Understood:
    """What may be looked for where no intent is found."""
    named = slots.read(tidied)
    return Understood(None, words=_words_of(named.rest or tidied), span=named.span)


def _guessed(intent: Intent, tidied: str) -> Understood:
    """What was guessed of a text, with the number of the event that an organizer's ends with."""
    span = slots.read(tidied).span
    number = LAST_NUMBER.search(tidied) if intent in RUNNING else None
    words = number[1] if number is not None else ""
    return Understood(intent, words, span=span, confidence=Confidence.LIKELY, text=tidied)


def _offered(shares: Sequence[tuple[Intent, float]]) -> tuple[Intent, ...]:
    """The intents to offer: those that are most probable, then the usual ones."""
    likely = [
        intent for intent, share in shares if share >= WORTH_OFFERING and intent not in SMALL_TALK
    ]
    return tuple(dict.fromkeys([*likely[:OFFERED], *USUAL]))[:OFFERED]


QUESTION = re.compile(r"^(?:怎么|怎样|如何|是什么|是谁|在哪)|(?:吗|么)[?？]?$")


def asks(text: str) -> bool:
    """Whether words after a command ask about it: 发布活动怎么弄, 邀请别人可以吗."""
    return QUESTION.search(text.strip()) is not None


@lru_cache(maxsize=1024)
def tidy(text: str) -> str:
    """A text without case, width, emoji, repetition and punctuation that adds nothing."""
    tidied = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold()
    tidied = UNTIL.sub("-", APOSTROPHES.sub("", tidied)).replace("–", "-").replace("：", ":")
    tidied = COMMA.sub(",", tidied)
    tidied = NOISE.sub(" ", tidied)
    tidied = " ".join(tidied.split()).strip(" ,:-#")
    if CHINESE.search(tidied):
        tidied = BETWEEN_CHINESE.sub("", tidied)
        tidied = STRAY.sub("", tidied)
        tidied = TWICE.sub(r"\1", tidied)
    return tidied


# As it stands


def _as_typed(tidied: str) -> Understood | None:
    return next(filter(None, (_read(tidied, each) for each in _readings(tidied))), None)


class _Reading:
    """A language's rules, compiled once."""

    def __init__(self, phrasing: Phrasing) -> None:
        self.phrasing = phrasing
        self.exact = {
            phrase: intent
            for intent, phrases in phrasing.exact.items()
            for phrase in phrases.split(phrasing.separator)
        }
        self.rules = [(each, re.compile(each.pattern)) for each in phrasing.rules]
        self.plain = {
            id(each): re.compile(f"^{phrasing.before}{each.plain}{phrasing.after}$")
            for each in phrasing.rules
            if isinstance(each, Rule) and each.plain
        }


@cache
def _all_readings() -> tuple[_Reading, ...]:
    return tuple(_Reading(each) for each in PHRASINGS.values())


def _readings(tidied: str) -> list[_Reading]:
    """The languages that a text may be in, in the order in which they are tried."""
    return [each for each in _all_readings() if each.phrasing.reads.search(tidied)]


def _read(tidied: str, reading: _Reading) -> Understood | None:
    exact = reading.exact.get(tidied)
    if exact is not None:
        return Understood(exact, span=slots.read(tidied).span, confidence=Confidence.CERTAIN)
    for rule, pattern in reading.rules:
        match = pattern.search(tidied)
        if match is None:
            continue
        if isinstance(rule, Doubt):
            return Understood(None, likeliest=rule.likeliest)
        return _by_rule(tidied, reading, rule, match)
    named = slots.read(tidied)
    if named.span and slots.may_be_a_thing(named.rest):
        words = _clean(named.rest, reading.phrasing)[0]
        # It may as well be the answer to a question: 晚上吧.
        return Understood(Intent.EVENTS, words, named.span, Confidence.UNSURE)
    return None


def _by_rule(tidied: str, reading: _Reading, rule: Rule, match: re.Match[str]) -> Understood:
    phrasing = reading.phrasing
    how = rule.how or (rule.intent in CHANGES and phrasing.how.search(tidied) is not None)
    if rule.certain:
        return Understood(rule.intent, match["words"].strip(), "", Confidence.CERTAIN)
    plain = reading.plain.get(id(rule))
    whole = plain.match(tidied) if plain is not None and not how else None
    if whole is not None and not phrasing.doubts.search(tidied):
        words = whole.groupdict().get("words") or ""
        confidence = Confidence.CERTAIN
    else:
        words = f"{tidied[: match.start()]} | {tidied[match.end() :]}"
        confidence = Confidence.LIKELY
    if rule.intent == Intent.WISH:
        # The wish is the whole text, so that it need not be repeated.
        wish = _clean(words, phrasing)[0]
        least = A_WISH if CHINESE.search(tidied) else A_WISH_EN
        return Understood(rule.intent, tidied if len(wish) >= least else "", "", confidence, how)
    span, (left, is_place) = "", _clean(words, phrasing)
    # "报名 5号" is a number; any other 5号 is a day.
    if rule.intent not in _KEEP_WORDS and not (is_place or left.isdecimal()):
        span = slots.read(tidied).span
        if span:
            left, is_place = _clean(slots.read(words).rest, phrasing)
    words = left
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


def _place_alone(tidied: str) -> str:
    """The number of a place in a list where nothing else is said: 就第二个吧."""
    words, is_place = _clean(tidied, _readings(tidied)[0].phrasing)
    return words if is_place else ""


def _words_of(tidied: str) -> str:
    return _clean(tidied, _readings(tidied)[0].phrasing)[0]


# With slips corrected


def _as_meant(tidied: str) -> Understood | None:
    """Read again with wrong characters, pinyin or slips corrected."""
    for meant in (by_sound, from_pinyin, spelt_right):
        corrected = meant(tidied)
        if corrected and corrected != tidied:
            understood = _as_typed(corrected)
            if understood is not None and understood.intent is not None:
                return understood
    return None
