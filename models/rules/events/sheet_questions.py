"""The questions of an event as a cell of a sheet has them.

With ``；`` between them stand ready-made questions by their names (``订餐``), and others with their
answers (``喝什么？茶/水``). ``每人：`` before one asks it for each person. Behind it, in ``[ ]``,
stands what else there is to say: how it is answered, whether it may be skipped, after which answer
it is asked, how many days its answers are kept, and what is done at check-in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from models.rules.events.questions import (
    ASKED_AGAIN,
    WITH_CHOICES,
    QuestionKind,
    Written,
    days_for,
    read_question,
)
from models.rules.events.ready_questions import READY, named
from models.rules.languages import Translated


@dataclass(frozen=True, slots=True)
class OfSheet:
    """A question as a sheet has it; the fields are those of ``EventQuestion``.

    ``if_choice`` is the answer to a question before it after which alone it is asked.
    """

    text: Translated
    kind: QuestionKind
    choices: tuple[Translated, ...] = ()
    required: bool = True
    per_person: bool = False
    if_choice: str = ""
    at_check_in: bool = False
    asked_again: bool = False
    ready: str = ""
    keep_days: int | None = None


class Fault(StrEnum):
    """Why what stands in a cell is no question."""

    NO_QUESTION = "no question with its answers"
    NO_NOTE = "nothing that can be said of a question"
    NO_CHOICES = "needs answers to choose from"
    HAS_CHOICES = "is not answered by a choice"
    NO_ANSWER = "no question before it has this answer"
    NO_DAYS = "cannot be kept so many days"
    NOT_AGAIN = "cannot be asked again"


@dataclass(frozen=True, slots=True)
class NotRead:
    """What cannot be read: the question as it was written, and of it these ``words``."""

    why: Fault
    question: str
    words: str = ""
    days: tuple[int, ...] = ()


_EACH = re.compile(r"\s*(?:每人|每个人|each)\s*[:：]\s*", re.IGNORECASE)
_NOTES = re.compile(r"^(.*?)\s*[\[【［]([^\]】］]*)[\]】］]\s*$")
_BETWEEN_NOTES = re.compile(r"\s*[,，、]\s*")
_AFTER = re.compile(r"(?:答|if|after)\s*[“\"”]?(.+?)[“\"”]?\s*(?:才问)?", re.IGNORECASE)
_KEEP = re.compile(r"(?:保留|留|keep|kept)\s*([0-9]{1,3})\s*(?:天|日|days?)", re.IGNORECASE)

NOTES: Mapping[str, tuple[str, Any]] = {
    "多选": ("kind", QuestionKind.CHOICES),
    "可选多个": ("kind", QuestionKind.CHOICES),
    "several": ("kind", QuestionKind.CHOICES),
    "单选": ("kind", QuestionKind.CHOICE),
    "数字": ("kind", QuestionKind.NUMBER),
    "number": ("kind", QuestionKind.NUMBER),
    "日期": ("kind", QuestionKind.DATE),
    "date": ("kind", QuestionKind.DATE),
    "电话": ("kind", QuestionKind.PHONE),
    "phone": ("kind", QuestionKind.PHONE),
    "身份证号": ("kind", QuestionKind.ID_NUMBER),
    "id number": ("kind", QuestionKind.ID_NUMBER),
    "尺码": ("kind", QuestionKind.SIZE),
    "size": ("kind", QuestionKind.SIZE),
    "照片": ("kind", QuestionKind.PHOTO),
    "photo": ("kind", QuestionKind.PHOTO),
    "同意": ("kind", QuestionKind.CONSENT),
    "consent": ("kind", QuestionKind.CONSENT),
    "可跳过": ("required", False),
    "可不答": ("required", False),
    "选填": ("required", False),
    "optional": ("required", False),
    "必答": ("required", True),
    "必填": ("required", True),
    "required": ("required", True),
    "每人": ("per_person", True),
    "each": ("per_person", True),
    "同行一次": ("per_person", False),
    "once": ("per_person", False),
    "签到时显示": ("at_check_in", True),
    "shown at check-in": ("at_check_in", True),
    "签到时再问": ("asked_again", True),
    "asked again at check-in": ("asked_again", True),
}
"""What can stand behind a question, and what it sets; 答“要”才问 and 保留 7 天 besides."""


def read_questions(cell: str) -> list[OfSheet] | NotRead:
    """Return the questions of a cell, in their order; or the first that is none."""
    found: list[OfSheet] = []
    parts: list[str] = re.split(r"[\n;；]", cell)
    for part in filter(None, (each.strip() for each in parts)):
        one = _read(part)
        if isinstance(one, NotRead):
            return one
        known = {choice.text for each in found for choice in each.choices}
        if one.if_choice and one.if_choice not in known:
            return NotRead(Fault.NO_ANSWER, one.text.text, one.if_choice)
        found.append(one)
    return found


def _read(part: str) -> OfSheet | NotRead:
    each = _EACH.match(part)
    body, notes = part[each.end() :] if each is not None else part, ""
    if match := _NOTES.match(body):
        body, notes = match[1], match[2]
    said = read_question(body)
    if not isinstance(said, Written):
        return NotRead(Fault.NO_QUESTION, part)
    choices = tuple(Translated(choice) for choice in said.choices)
    if key := named(said.text):
        ready = READY[key]
        one = OfSheet(
            ready.text,
            ready.kind,
            choices or ready.choices,
            ready.required,
            ready.per_person,
            at_check_in=ready.at_check_in,
            ready=key,
        )
    else:
        kind = QuestionKind.CHOICE if choices else QuestionKind.TEXT
        one = OfSheet(Translated(said.text), kind, choices)
    if each is not None:
        one = replace(one, per_person=True)
    noted = _noted(one, notes)
    return _checked(noted) if isinstance(noted, OfSheet) else noted


def _noted(one: OfSheet, notes: str) -> OfSheet | NotRead:
    """Return a question with what is said of it."""
    said: dict[str, Any] = {}
    for note in filter(None, _BETWEEN_NOTES.split(notes.strip())):
        if known := NOTES.get(" ".join(note.split()).casefold()):
            said[known[0]] = known[1]
        elif match := _KEEP.fullmatch(note):
            said["keep_days"] = int(match[1])
        elif match := _AFTER.fullmatch(note):
            said["if_choice"] = match[1].strip()
        else:
            return NotRead(Fault.NO_NOTE, one.text.text, note)
    return replace(one, **said)


def _checked(one: OfSheet) -> OfSheet | NotRead:
    text = one.text.text
    if one.kind in WITH_CHOICES and len(one.choices) < 2:
        return NotRead(Fault.NO_CHOICES, text)
    if one.choices and one.kind not in WITH_CHOICES:
        return NotRead(Fault.HAS_CHOICES, text)
    if one.asked_again and one.kind not in ASKED_AGAIN:
        return NotRead(Fault.NOT_AGAIN, text)
    days = days_for(one.kind)
    if one.keep_days is not None and one.keep_days not in days:
        return NotRead(Fault.NO_DAYS, text, str(one.keep_days), days)
    return one
