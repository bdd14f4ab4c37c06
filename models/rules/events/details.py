"""What an event tells besides its title, time, place, seats and host: the one table of it.

A further detail is a row here, a column of ``models.events.events.Event`` with its revision, and a
row with its words in ``handlers.events.fields``. Drafts, copies, weekly sessions, translations,
corrections, pasted announcements, sheets, cards, reminders and calendars follow from these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.rules.events.companions import Along, Companions
from models.rules.events.handing import Handing


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail under its column's ``name``, which is also its name in forms and sheets.

    ``header`` is its Chinese name in sheets, ``example`` and ``example_en`` stand in the template.
    ``most`` is the greatest length in characters, ``most_translated`` that in another language.
    ``choices`` are its values where it is no free text; such a cell may have ``most`` characters.
    With ``is_kept`` a row of a sheet without such a cell leaves what was written in a chat.
    """

    name: str
    header: str
    example: str
    most: int
    most_translated: int = 0
    example_en: str = ""
    choices: type[StrEnum] | None = None
    is_kept: bool = True

    def value(self, said: str) -> Any:
        """The value of its column for what a form holds."""
        return self.choices(said) if self.choices is not None else said


DETAILS = {
    each.name: each
    for each in (
        Detail("meet", "集合点", "8:40 桂城站门口", 120, 160, "8:40, Guicheng station"),
        Detail("bring", "自带", "身份证，穿平底鞋", 120, 160, "Your ID, flat shoes", is_kept=False),
        Detail("cost", "费用", "免费", 60, 80, "Free"),
        Detail("companions", "同行", "只限本人", 40, choices=Companions),
        Detail("along", "带几人", "2", 40, choices=Along),
        Detail("handing", "转让", "同单位", 40, choices=Handing),
        Detail("contact", "联系人", "小陈，桂城站", 60, 80, "Chen at Guicheng station"),
        Detail(
            *("about", "介绍", "看一盏灯怎么从图纸变成成品。", 600, 900),
            example_en="See how a lamp grows from a drawing.",
            is_kept=False,
        ),
    )
}
"""The details in the order of a card, by name."""

DETAIL_TEXTS = tuple(each.name for each in DETAILS.values() if each.choices is None)


def of_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the details that a form holds; what it does not hold is empty."""
    return {name: detail.value(form.get(name, "")) for name, detail in DETAILS.items()}


def to_form(event: object) -> dict[str, Any]:
    """What a form holds of the details of an event."""
    return {name: str(getattr(event, name)) for name in DETAILS}
