"""Questions at sign-up: their kinds, what is a right answer, and which are asked.

An answer is kept as one string: of several choices a line each, of a date ``2001-05-31``, of a
consent ``yes``, of a photo the number of the picture.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.texts import one_line

LONGEST = 200
"""Characters of an answer in words."""

MOST_QUESTIONS, MOST_CHOICES, LONGEST_CHOICE = 10, 12, 20

KEEP_DAYS, KEEP_DAYS_ID, KEEP_DAYS_PHOTO = 30, 7, 7
"""How many days after the event answers are erased, where nothing else is set."""

DAYS, DAYS_ID = (1, 7, KEEP_DAYS, 90), (1, 3, KEEP_DAYS_ID)
"""Between how many days an organizer chooses; ID numbers are kept no longer than ever needed."""

YES = "yes"

Values = Mapping[int, str]
"""Answers by the numbers of their questions; an empty one was skipped."""

STOP = 0
"""The number of the question at which stop of a tour somebody gets on: it is no row."""

NOTHING: Values = {}
SIZES = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL")
"""Sizes of clothes; XXL is 2XL."""


class QuestionKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"
    ID_NUMBER = "id number"
    SIZE = "size"
    PHOTO = "photo"
    CONSENT = "consent"


WITH_CHOICES = (QuestionKind.CHOICE, QuestionKind.CHOICES)

ASKED_AGAIN = tuple(
    each for each in QuestionKind if each not in (QuestionKind.ID_NUMBER, QuestionKind.PHOTO)
)
"""What can be asked again at check-in: what somebody else can tap or type for them at the door."""


class WrongAnswer(StrEnum):
    """Why an answer cannot be taken."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    NO_CHOICE = "none of the choices"
    NO_NUMBER = "no number"
    NO_DATE = "no date"
    NO_PHONE = "no phone number"
    NO_ID_NUMBER = "no ID number"
    NO_SIZE = "no size"
    HOLDS_ID_NUMBER = "holds an ID number"
    NO_CONSENT = "no consent"
    NO_PHOTO = "no photo"


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only where the answer to another one is, or holds, this choice."""

    question: int
    choice: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides whether a question is asked: its number, and the condition, if any."""

    number: int
    condition: Condition | None = None


def shown(questions: Iterable[Asked], answers: Mapping[int, str]) -> list[int]:
    """Return the numbers of the questions that are asked, given answers by number.

    One whose condition hangs on a question that is not asked is not asked, whatever was answered
    to that before.
    """
    found: list[int] = []
    for each in questions:
        condition = each.condition
        if condition is None or (
            condition.question in found
            and condition.choice in answers.get(condition.question, "").split("\n")
        ):
            found.append(each.number)
    return found


def days_for(kind: QuestionKind) -> tuple[int, ...]:
    """Return between how many days an organizer chooses for answers of this kind."""
    return DAYS_ID if kind is QuestionKind.ID_NUMBER else DAYS


def keep_days_of(kind: QuestionKind) -> int:
    """Return how many days answers of this kind are kept where nothing else is set."""
    match kind:
        case QuestionKind.ID_NUMBER:
            return KEEP_DAYS_ID
        case QuestionKind.PHOTO:
            return KEEP_DAYS_PHOTO
        case _:
            return KEEP_DAYS


def picked(value: str) -> list[str]:
    """Return the choices of an answer."""
    return [each for each in value.split("\n") if each]


def answers_of(own: Values, leader: Values, each_persons: Collection[int]) -> Values:
    """Return what holds for somebody of a party: their own answers, and those given for all.

    ``each_persons`` are the questions that are asked of each person.
    """
    for_all = {number: value for number, value in leader.items() if number not in each_persons}
    return {**for_all, **own}


def check(kind: QuestionKind, words: str, choices: Sequence[str] = ()) -> str | WrongAnswer:
    """Return an answer as it is kept, or why these words are none."""
    if kind is QuestionKind.CHOICES:
        return _check_choices(words, choices)
    said = one_line(unicodedata.normalize("NFKC", words))
    if not said:
        return WrongAnswer.EMPTY
    match kind:
        case QuestionKind.TEXT:
            if len(said) > LONGEST:
                return WrongAnswer.TOO_LONG
            return WrongAnswer.HOLDS_ID_NUMBER if holds_id_number(said) else one_line(words)
        case QuestionKind.CHOICE:
            return _choice(words, choices) or WrongAnswer.NO_CHOICE
        case QuestionKind.NUMBER:
            return read_number(said) or WrongAnswer.NO_NUMBER
        case QuestionKind.DATE:
            found = read_date(said)
            return found.isoformat() if found is not None else WrongAnswer.NO_DATE
        case QuestionKind.PHONE:
            return read_phone(said) or WrongAnswer.NO_PHONE
        case QuestionKind.ID_NUMBER:
            return read_id_number(said) or WrongAnswer.NO_ID_NUMBER
        case QuestionKind.SIZE:
            return read_size(said) or WrongAnswer.NO_SIZE
        case QuestionKind.CONSENT:
            return YES if said == YES else WrongAnswer.NO_CONSENT
        case QuestionKind.PHOTO:
            # It comes as a picture, whose number is the answer; no words are one.
            return WrongAnswer.NO_PHOTO


def _choice(words: str, choices: Sequence[str]) -> str | None:
    wanted = one_line(words).casefold()
    return next((each for each in choices if each.casefold() == wanted), None)


def _check_choices(words: str, choices: Sequence[str]) -> str | WrongAnswer:
    found = [_choice(each, choices) for each in words.split("\n") if each.strip()]
    if None in found:
        return WrongAnswer.NO_CHOICE
    picked = [each for each in choices if each in found]
    return "\n".join(picked) or WrongAnswer.EMPTY


# Numbers, dates, sizes

NUMBER = re.compile(r"-?[0-9]{1,9}")
DATE = re.compile(r"([0-9]{4})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*日?")
COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
LANDLINE = re.compile(r"(0[0-9]{2,3})([2-9][0-9]{6,7})")
ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
BETWEEN = re.compile(r"[\s()-]+")


def read_number(words: str) -> str | None:
    said = words.removesuffix("个").removesuffix("人").strip()
    return str(int(said)) if NUMBER.fullmatch(said) else None


def read_date(words: str) -> date | None:
    """Return a day that is written with its year: 1990-5-1, 1990年5月1日 or 19900501."""
    match = DATE.fullmatch(words) or COMPACT_DATE.fullmatch(words)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def read_phone(words: str) -> str | None:
    """Return a phone number in digits: a mobile, a landline with its area, or one abroad (+).

    GB/T 15279 writes them in groups; here they stand without.
    """
    said = BETWEEN.sub("", words)
    if match := MOBILE.fullmatch(said):
        return match[1]
    if match := LANDLINE.fullmatch(said):
        return f"{match[1]}-{match[2]}"
    if match := ABROAD.fullmatch(said):
        return f"+{match[1]}"
    return None


def read_size(words: str) -> str | None:
    said = words.upper().removesuffix("码").replace(" ", "")
    # XXL is 2XL, XXXL is 3XL.
    if len(said) > 2 and set(said[:-1]) == {"X"} and said[-1] == "L":
        said = f"{len(said) - 1}XL"
    return said if said in SIZES else None


# ID numbers

ID_NUMBER = re.compile(r"[1-9][0-9]{5}([0-9]{8})[0-9]{3}[0-9Xx]")
_SOMEWHERE = re.compile(r"(?<![0-9])[1-9](?:[\s-]?[0-9]){16}[\s-]?[0-9Xx](?![0-9A-Za-z])")
_CHECKS = "10X98765432"
FIRST_YEAR = 1900


def read_id_number(words: str) -> str | None:
    """Return an ID number of GB 11643-1999 whose date exists and whose check character is right."""
    said = BETWEEN.sub("", words).upper()
    match = ID_NUMBER.fullmatch(said)
    if match is None or said[-1] != check_character(said[:17]):
        return None
    born = read_date(match[1])
    return said if born is not None and born.year >= FIRST_YEAR else None


def check_character(digits: str) -> str:
    """Return the check character of 17 digits: ISO 7064, MOD 11-2."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits))
    return _CHECKS[total % 11]


def holds_id_number(text: str) -> bool:
    """Return whether an ID number stands somewhere in a text."""
    said = unicodedata.normalize("NFKC", text)
    return any(read_id_number(each) is not None for each in _SOMEWHERE.findall(said))


def masked_id(number: str) -> str:
    """Return an ID number as lists show it: ``440***********1234``."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def shown_of(value: str) -> str:
    """Return what lists show of an ID number that is kept; empty without one."""
    return value.partition(" ")[0]


def told(kind: QuestionKind, value: str) -> str:
    """Return an answer as it may be told in a chat and in files: an ID number is masked.

    Of a photo that is its number among the pictures of whoever sent it.
    """
    if kind is QuestionKind.PHOTO and value:
        return f"picture {value}"
    return shown_of(value) if kind is QuestionKind.ID_NUMBER else value


def masked(number: str) -> str:
    """Return an ID number of which only the last four characters can be read."""
    return "*" * (len(number) - 4) + number[-4:]


# A question that an organizer writes in one line

_ANSWERS = re.compile(r"^(.*?[？?:：])\s*(.+)$")
_BETWEEN_CHOICES = re.compile(r"\s*[/／、|]\s*")


@dataclass(frozen=True, slots=True)
class Written:
    """A question with its choices, as it was written: none means any words."""

    text: str
    choices: tuple[str, ...] = ()


def read_question(words: str) -> Written | WrongAnswer:
    """Read ``要不要订餐？要/不要``: the question up to its mark, and behind it the choices."""
    said = one_line(words)
    match = _ANSWERS.fullmatch(said)
    text, rest = (match[1], match[2]) if match is not None else (said, "")
    choices = read_choices(rest) if rest else ()
    if rest and len(choices) < 2:
        # What stands behind the mark are no choices, but more of the question.
        text, choices = said, ()
    text = text.rstrip(":：")
    if not text:
        return WrongAnswer.EMPTY
    if len(text) > LONGEST or len(choices) > MOST_CHOICES:
        return WrongAnswer.TOO_LONG
    if any(len(each) > LONGEST_CHOICE for each in choices):
        return WrongAnswer.TOO_LONG
    return Written(text, choices)


def read_choices(words: str) -> tuple[str, ...]:
    """Return the choices of ``桂城/狮山/大沥``, each once."""
    parts = (each.strip() for each in _BETWEEN_CHOICES.split(one_line(words)))
    return tuple(dict.fromkeys(filter(None, parts)))
