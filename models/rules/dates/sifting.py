"""Find the pieces of a text that speak of time, and drop those that only look like it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from models.rules.dates.patterns import READERS, Pattern
from models.rules.dates.pieces import (
    BareNumber,
    ClockTime,
    Dash,
    Day,
    Holiday,
    Length,
    NotAMoment,
    OnDate,
    OnDayOfMonth,
    Piece,
    Weekday,
    WholePeriod,
    Why,
)
from models.rules.dates.words import AFTER_A_TIME, BEFORE_A_TIME, ZH, DayPart

# Full-width forms are as long as the plain ones, so places in the text stay the same.
PLAIN = {0xFF01 + number: 0x21 + number for number in range(94)}
PLAIN |= {0x3000: 0x20, 0x2236: ord(":"), 0x2019: ord("'")}
PLAIN |= {
    ord(old): ord(new)
    for old, new in zip("點號週後兩個鐘時間禮這節農聽", "点号周后两个钟时间礼这节农听", strict=True)
}


def plain(text: str) -> str:
    """The text in plain signs and small letters, character for character."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return small.translate(PLAIN)


@dataclass(frozen=True, slots=True)
class Found:
    begins: int
    ends: int
    pieces: Sequence[Piece]


def pieces_in(text: str, most: int = 1000) -> list[Found]:
    """What in a plain text may speak of time, from left to right, at ``most`` so many pieces."""
    spans: list[Found] = []
    place = 0
    while place < len(text) and len(spans) < most:
        piece = None if _inside_a_word(text, place, spans) else _piece_at(text, place)
        if piece is None:
            place += 1
        else:
            spans.append(piece)
            place = piece.ends
    return spans


def _piece_at(text: str, place: int) -> Found | None:
    for pattern, make in _beginning(text[place]):
        match = pattern.match(text, place)
        made = make(match) if match and match.end() > place else None
        if match and made is not None:
            ends = place + len(match[0].rstrip())
            return Found(place, ends, made if isinstance(made, tuple) else (made,))
    return None


GROUP = re.compile(r"\(\?(?:P<\w+>|[:=!]|<[=!])|\\.|\{[0-9,]+\}")
RANGE = re.compile("[0-9]-[0-9]")


@lru_cache(maxsize=1024)
def _beginning(character: str) -> Sequence[Pattern]:
    """The patterns that may begin with this character: those in which it is written."""
    if character.isspace():
        return ()
    return [each for each, written in _WRITTEN if character in written]


def _written(source: str) -> frozenset[str]:
    digits = "0123456789" if RANGE.search(source) else ""
    return frozenset(GROUP.sub("", source) + digits)


_WRITTEN = [(each, _written(each[0].pattern)) for each in READERS]


def _inside_a_word(text: str, place: int, spans: Sequence[Found]) -> bool:
    """Whether a number or a Latin word would be cut in two by beginning here."""
    if place == 0 or (spans and spans[-1].ends == place):
        return False
    before, here = text[place - 1], text[place]
    if here.isascii() and here.isalnum():
        # In 12.5/12.12/12.19 each is a day.
        listed = before == "/" and spans and spans[-1].ends == place - 1
        sign = before in "._/:" and place > 1 and text[place - 2].isdigit() and not listed
        return (before.isascii() and before.isalnum()) or sign or before in "¥$#"
    return here in _NUMERALS and (before in _NUMERALS or before in "0123456789")


_NUMERALS = frozenset(ZH.strip("[]"))


# What is meant, and what is left

SIGNS = r"[\s,，、。.;；:：!！?？()（）\[\]【】|/@·]"
EDGES = r"[\s,，、;；:：|@·]"
# Enough for every phrase people use; a text of nothing but "9-9-9-" is not worth more.
ROUNDS = 8
CLOSE = re.compile(rf"{SIGNS}*(?:的|at|on)?{SIGNS}*")


def _leading(some: Sequence[str]) -> str:
    return "|".join(sorted(some, key=len, reverse=True))


BEFORE = re.compile(rf"(?:^|(?<![a-z]))(?:{_leading(BEFORE_A_TIME)}){SIGNS}*$")
AFTER = re.compile(rf"^{SIGNS}*(?:{_leading(AFTER_A_TIME)})(?![a-z])")


def meant(text: str, spans: Sequence[Found]) -> list[Found]:
    """Drop lone numbers, dashes between words, and day names that name an event."""
    kept = _placed(_with_company(text, list(spans)))
    dated = any(isinstance(piece, Day) for each in kept for piece in each.pieces)
    if len(kept) == 1 and kept[0].pieces and _is_bare_hour(kept[0].pieces[0]) and rest(text, kept):
        # "便宜一点" and "3点建议" do not speak of time.
        return []
    result = []
    for each in kept:
        match each.pieces:
            case (Holiday(on=on),):
                if not dated:
                    result.append(replace(each, pieces=(on,)))
            case (NotAMoment(weak=True),) if dated:
                pass
            case _:
                result.append(each)
    return result


def _placed(spans: Sequence[Found]) -> list[Found]:
    """Apply "下周" to the Saturday and "下个月" to the 5th, wherever they stand."""
    wholes = {piece for each in spans for piece in each.pieces if isinstance(piece, WholePeriod)}
    if not wholes:
        return list(spans)
    whole = wholes.pop() if len(wholes) == 1 else None
    placed = [
        replace(each, pieces=tuple(_in_whole(piece, whole) for piece in each.pieces))
        for each in spans
    ]
    placed_any = placed != list(spans)
    dated = any(isinstance(piece, Day) for each in placed for piece in each.pieces)
    result = []
    for each in placed:
        match each.pieces:
            case (WholePeriod() as alone,):
                why = Why.IN_THE_PAST if alone.over else Why.WHICH_DAY
                if placed_any or not dated:
                    result.append(replace(each, pieces=() if placed_any else (NotAMoment(why),)))
            case _:
                result.append(each)
    return result


def _in_whole(piece: Piece, whole: WholePeriod | None) -> Piece:
    unclear = NotAMoment(Why.WHICH_DAY, weak=False)
    match piece:
        case Weekday(number=number, week=None):
            if whole == WholePeriod(weekend=True):
                return piece
            if whole is None or whole.weeks is None:
                return unclear
            return Weekday(number, whole.weeks)
        case OnDayOfMonth(day=day, months=None):
            if whole is not None and whole.month is not None:
                return OnDate(whole.month, day)
            if whole is not None and whole.months is not None:
                return OnDayOfMonth(day, whole.months)
            return piece if whole is not None else unclear
    return piece


def _is_bare_hour(piece: Piece) -> bool:
    return isinstance(piece, ClockTime) and not (piece.digital or piece.part or piece.minute)


def rest(text: str, spans: Sequence[Found]) -> str:
    """The words between the pieces, without the small ones that only led to a time."""
    begins = 0
    parts = []
    for each in spans:
        parts.append(_trimmed(text[begins : each.begins], after=begins > 0, before=True))
        begins = each.ends
    parts.append(_trimmed(text[begins:], after=begins > 0, before=False))
    return re.sub(r"\s*[（(\[【]\s*[)）\]】]\s*", " ", " ".join(filter(None, parts))).strip()


def _trimmed(between: str, *, after: bool, before: bool) -> str:
    simple = plain(between)
    begins, ends = 0, len(between)
    if after and (led := AFTER.search(simple)):
        begins = led.end()
    if before and (led := BEFORE.search(simple, begins)):
        ends = led.start()
    return re.sub(rf"^{EDGES}+|{EDGES}+$", "", between[begins:ends])


def _with_company(text: str, spans: list[Found]) -> list[Found]:
    """Keep pieces that need a neighbour only where they have one, until nothing changes."""
    for _ in range(ROUNDS):
        beside = [_settled(text, spans, number) for number in range(len(spans))]
        kept = [each for each in beside if each is not None]
        if kept == spans:
            break
        spans = kept
    return spans


def _settled(text: str, spans: Sequence[Found], number: int) -> Found | None:
    """This piece as its neighbours make it, or None where they give it no meaning."""
    here = spans[number]
    last, first = _near(text, spans, number, -1), _near(text, spans, number, 1)
    match here.pieces[0]:
        case BareNumber() as bare:
            piece = _hour_or_day(bare, *(_near(text, spans, number, by) for by in (-2, -1, 1, 2)))
            return None if piece is None else replace(here, pieces=(piece,))
        case Dash():
            return here if _joins(last) and _joins(first) else None
        case ClockTime(digital=True, doubtful=True):
            return here if isinstance(last, Day | DayPart | Dash) else None
        case DayPart() if len(here.pieces) == 1:
            return here if _joins(last) or _joins(first) or isinstance(last, Dash) else None
        case Length():
            return here if isinstance(last, ClockTime | DayPart) else None
    return here


def _near(text: str, spans: Sequence[Found], number: int, by: int) -> Piece | None:
    """The piece ``by`` places on, if only signs and small words stand between."""
    other = number + by
    if not 0 <= other < len(spans):
        return None
    run = spans[min(number, other) : max(number, other) + 1]
    for each, following in pairwise(run):
        if not CLOSE.fullmatch(text[each.ends : following.begins]):
            return None
    return spans[other].pieces[0 if by > 0 else -1]


def _joins(piece: Piece | None) -> bool:
    return isinstance(piece, Day | Holiday | WholePeriod | DayPart | ClockTime | BareNumber)


def _hour_or_day(
    bare: BareNumber,
    behind: Piece | None,
    last: Piece | None,
    first: Piece | None,
    beyond: Piece | None,
) -> Piece | None:
    """``2-4pm``, ``9到11点``, ``5-7日``, ``周六9-11``, ``at 7``: a number is what its range is."""
    hour = ClockTime(bare.number, doubtful=not bare.after_at) if bare.number <= 24 else None
    if isinstance(first, Dash):
        if isinstance(beyond, OnDayOfMonth):
            return OnDayOfMonth(bare.number)
        if isinstance(beyond, ClockTime) and hour is not None:
            return replace(hour, doubtful=False)
        if isinstance(beyond, BareNumber) and isinstance(last, Day | DayPart):
            return hour
    if isinstance(last, Dash):
        # The number before the dash is settled first.
        return (
            bare
            if isinstance(behind, BareNumber)
            else hour
            if isinstance(behind, ClockTime)
            else None
        )
    if isinstance(first, DayPart) and hour is not None:
        return replace(hour, doubtful=False)
    return hour if bare.after_at or isinstance(last, DayPart) else None
