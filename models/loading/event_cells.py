"""Read the cells of an event that take more than a word or a number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from models.events.draws import WhyNot
from models.events.events import Kind
from models.events.quotas import Share
from models.loading.cells import CellReader
from models.loading.directory import Directory, Known, Names
from models.network.stations import StationKind
from models.rules.events import (
    companions,
    declared,
    handing,
)
from models.rules.events import halls as halls_read
from models.rules.events import shares as reading
from models.rules.events.audience import to_column
from models.rules.events.companions import Along, Companions
from models.rules.events.details import DETAILS
from models.rules.events.handing import Handing
from models.rules.events.windows import Why
from models.rules.network.audience import Audience
from models.rules.sentences import Text, say

Said = TypeVar("Said")


def details_of(reader: CellReader) -> dict[str, Any]:
    """The details of the row, without those of empty cells that stay as they are."""
    return {
        name: READ[detail.choices](reader) if detail.choices else reader.texts(name)
        for name, detail in DETAILS.items()
        if reader.has_text(name) or not detail.is_kept
    }


PROBLEMS = {
    Why.NOT_WITH_DRAW: say("its seats are drawn, so nobody is let in by hand"),
    Why.NO_SUCH_EVENT: say("there is no event of that number"),
    Why.CLOSED: say("sign-up would open after it closes"),
}
"""Why conditions could not be set, as a problem with their cell says it."""

UNDRAWN = {
    WhyNot.IS_DRAWN: say("its seats are drawn already"),
    WhyNot.NOT_OPEN: say("sign-up is over"),
    WhyNot.HAS_CLAIMS: say("somebody has signed up, so that its seats are not drawn any more"),
    WhyNot.NO_LIMIT: say("seats for all are not drawn: give their number"),
    WhyNot.BY_HAND: say("its organizers let people in by hand"),
    WhyNot.TOO_SOON: say("it begins too soon for a draw"),
}
"""Why the seats of an event cannot be drawn."""

WITH_WEB = "web"
DRAWN = {
    **dict.fromkeys(("是", "yes", "抽签"), "yes"),
    **dict.fromkeys(("含网页", "web"), WITH_WEB),
    **dict.fromkeys(("否", "no"), ""),
}
"""Words for whether seats are drawn; ``web``: also among people with a web chat alone."""

YES, NO = "yes", "no"
POSTPONED = {**dict.fromkeys(("是", "yes", "延期"), YES), **dict.fromkeys(("否", "no"), NO)}
"""Words for whether the date of an event is to come; its day is the one it had."""

COMPANIONS = (
    *("只限本人", "可带家属", "可带孩子", "可带朋友", "都可以带"),
    *(each.value for each in Companions if each),
)
"""Words for whom people may bring, as a problem with a cell names them."""


HALLS = {
    halls_read.Why.WORDS: say("tells no hall, as in 10排×20座；前两排留给嘉宾"),
    halls_read.Why.HOW_MANY: say("doesn't say how many rows or tables there are in all"),
    halls_read.Why.SIZE: say("doesn't say how many seats each row or table has"),
    halls_read.Why.NO_SUCH: say("speaks of a row, table or seat that there is none"),
    halls_read.Why.TOO_LARGE: say("is larger than 5000 seats"),
    halls_read.Why.ALL_KEPT: say("leaves no seat to give"),
}
"""Why a hall cannot be read, as a problem with a cell names it."""


def hall_of(reader: CellReader) -> str:
    """The hall of the cell, in its words."""
    words = reader.text("hall")
    found = halls_read.read(words) if words else None
    if isinstance(found, halls_read.Unread):
        what = say("'{words}' {problem}", words=found.part or words, problem=HALLS[found.why])
        reader.wrong("hall", what)
    return words


def _said(
    reader: CellReader, column: str, read: Callable[[str], Said | None], known: Text, unsaid: Said
) -> Said:
    """What the words of a cell mean; ``known`` names those there are, should they mean nothing."""
    words = reader.text(column)
    found = read(words)
    if words and found is None:
        reader.wrong(column, say("'{words}' is {known}", words=words, known=known))
    return found or unsaid


def _companions(reader: CellReader) -> Companions:
    """Whom the cell lets people bring, in the words that organizers use."""
    known = say("none of {known}", known=", ".join(COMPANIONS))
    return _said(reader, "companions", companions.read, known, Companions.UNSAID)


def _along(reader: CellReader) -> Along:
    """How many the cell lets come along: a number, or ``2，小孩不占座``."""
    known = say("no number from 1 to {most}", most=Along.FIVE.most)
    return _said(reader, "along", companions.read_along, known, Along.NOBODY)


def _handing(reader: CellReader) -> Handing:
    """To whom the cell lets seats be handed over."""
    known = say("none of {known}", known="同单位, 谁都可以, 不能转让")
    return _said(reader, "handing", handing.read, known, Handing.ALIKE)


READ: dict[type[StrEnum], Callable[[CellReader], Any]] = {
    Companions: _companions,
    Along: _along,
    Handing: _handing,
}
"""How a detail that is no free text is read from its cell."""


EVENT_WORDS = {
    Kind.LECTURE: ("讲座", "大讲堂", "lecture", "talk"),
    Kind.TOUR: ("体验游", "tour", "visit"),
    Kind.SOCIAL: ("联谊", "social"),
    Kind.CONTEST: ("大赛", "比赛", "contest", "match"),
    Kind.TRAINING: ("培训", "training", "course"),
    Kind.GALA: ("汇报会", "晚会", "gala"),
    Kind.SESSION: ("队伍活动", "team session"),
}


Part = tuple[str, Known]
"""A group of an audience, as it calls it, and which one."""


@dataclass(frozen=True, slots=True)
class SaidShare:
    """A share as the cell says it: of a group, or of an answer or stop called ``choice``.

    ``who`` is the column of one by interest, by shift or of those who are new.
    """

    of: Part | None
    least: int
    most: int | None
    choice: str = ""
    who: str = ""

    def share(self) -> Share:
        """The share, once its group is in the store."""
        who = column_of([self.of]) if self.of is not None else self.who
        return Share(who or "", self.least, self.most, choice=self.choice)


def shares_of(reader: CellReader, answers: frozenset[str], directory: Directory) -> list[SaidShare]:
    """The shares in the cell: by an answer, by a code, or by a name that only one of them has."""
    said = reading.read(reader.text("shares"))
    if isinstance(said, str):
        reader.wrong(
            "shares",
            say(
                "'{words}' names no place, company or team with its seats, as in {example}",
                words=said,
                example="昭信集团 10；狮山 至少 5",
            ),
        )
        return []
    shares = []
    for each in said:
        if each.name in answers:
            shares.append(SaidShare(None, each.least, each.most, each.name))
            continue
        found: list[Part] = [
            (group, known)
            for group, names in _groups(directory)
            for known in {names.by_code.get(each.name), *names.called(each.name)}
            if known is not None
        ]
        if not found and (who := declared.column_of(each.name)):
            shares.append(SaidShare(None, each.least, each.most, who=who))
            continue
        # A contact point is called as its company: its own people are meant.
        if not found or len({group for group, _ in found}) != len(found):
            reader.wrong(
                "shares", say("'{words}' is no code and no name of only one", words=each.name)
            )
            continue
        shares.append(SaidShare(found[0], each.least, each.most))
    return shares


def _groups(directory: Directory) -> tuple[tuple[str, Names], ...]:
    return (
        ("stations", directory.stations),
        ("enterprises", directory.enterprises),
        ("teams", directory.teams),
    )


OPEN = ("全区", "all")
"""What opens an event to everybody, in the column of its audience."""


def audience_of(reader: CellReader, directory: Directory) -> list[Part]:
    """The audience of the codes and names in the cell; empty for everybody.

    What several sheets know means the first of stations, enterprises, teams.
    """
    parts: list[Part] = []
    for words in reader.words("audience"):
        if words.casefold() in OPEN:
            continue
        found = [(group, names.find(words)) for group, names in _groups(directory)]
        part = next(((group, each) for group, each in found if isinstance(each, Known)), None)
        if part is None:
            reader.wrong(
                "audience",
                say(
                    "'{words}' is the code of no station, enterprise or team, and not {all}",
                    words=words,
                    all=OPEN[0],
                ),
            )
        elif part[1].kind is StationKind.DISTRICT:
            return []
        elif part not in parts:
            parts.append(part)
    return parts


def column_of(parts: Sequence[Part]) -> str | None:
    """An audience as its column has it; None while one of its parts is not in the store."""
    audience = Audience()
    for group, known in parts:
        if known.id is None:
            return None
        audience = audience.toggled(group, known.id)
    return to_column(audience)
