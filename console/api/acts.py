"""Acts of the desk for programs: what is sent as JSON goes through the desk's own forms.

So a program is refused what a form is refused, with the same sentence; names of a form's fields are
told by the names of the schema.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from console.api.problems import Problem
from console.routing import Asked, Done, File, Wrong
from models.rules.languages import LANGUAGES

NAMES: Mapping[str, str] = {
    "starts": "starts_at",
    "ends": "ends_at",
    "more_starts": "starts_at",
    "closes": "closes_at",
    "opens": "opens_at",
    "approval": "is_approved_by_hand",
    "drawn": "is_drawn",
    "why_moved": "reason",
    "why_postponed": "reason",
    "why_cancelled": "reason",
    "at": "first_at",
    "stations": "audience.places",
    "enterprises": "audience.companies",
    "sure": "",
}
"""The fields of forms that are called otherwise in schemas."""

SURE = {"sure": "1"}
"""Nobody is asked twice: a program has no second look."""


def untaken(wrong: Wrong) -> Problem:
    """The problem of a form that was not taken: of a field, or of how things stand."""
    field = NAMES.get(wrong.field, wrong.field)
    name, dash, code = field.rpartition("-")
    if dash and code in LANGUAGES:
        field = f"translations.{name}.{code}"
    return Problem(422 if field else 409, wrong.said, field)


def done(outcome: Done | Wrong | File) -> None:
    """Go on after an act of the desk. Raises Problem where it was not done."""
    match outcome:
        case Wrong():
            raise untaken(outcome)
        case Done() | File():
            pass
        case never:
            assert_never(never)


def asked(path: Mapping[str, int], words: Mapping[str, Any], looked: Any = None) -> Asked:
    """A form with these fields; what is None is left empty."""
    sent = {name: _said(value) for name, value in words.items()}
    return Asked(dict(path), sent, looked=looked)


def _said(value: Any) -> Sequence[str]:
    if value is None or value is False:
        return [""]
    if value is True:
        return ["1"]
    if isinstance(value, datetime):
        return [value.isoformat()]
    if isinstance(value, (list, tuple)):
        return [str(each) for each in value]
    return [str(value)]
