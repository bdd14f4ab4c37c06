"""Read the cells of an event that take more than a word or a number."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from models.events.events import Kind
from models.events.quotas import Share
from models.loading.cells import CellReader
from models.loading.saving import Existing
from models.network.stations import Enterprise, Station, StationKind
from models.rules.events import (
    companions,
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
from models.teams.teams import Team

Said = TypeVar("Said")


def details_of(reader: CellReader) -> dict[str, Any]:
    """The details of the row, without those of empty cells that stay as they are."""
    return {
        name: READ[detail.choices](reader) if detail.choices else reader.texts(name)
        for name, detail in DETAILS.items()
        if reader.has_text(name) or not detail.is_kept
    }


PROBLEMS = {
    Why.NOT_WITH_DRAW: "its seats are drawn, so nobody is let in by hand",
    Why.NO_SUCH_EVENT: "there is no event of that number",
    Why.CLOSED: "sign-up would open after it closes",
}
"""Why conditions could not be set, as a problem with their cell says it."""

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
    halls_read.Why.WORDS: "tells no hall, as in 10排×20座；前两排留给嘉宾",
    halls_read.Why.HOW_MANY: "doesn't say how many rows or tables there are in all",
    halls_read.Why.SIZE: "doesn't say how many seats each row or table has",
    halls_read.Why.NO_SUCH: "speaks of a row, table or seat that there is none",
    halls_read.Why.TOO_LARGE: "is larger than 5000 seats",
    halls_read.Why.ALL_KEPT: "leaves no seat to give",
}
"""Why a hall cannot be read, as a problem with a cell names it."""


def hall_of(reader: CellReader) -> str:
    """The hall of the cell, in its words."""
    words = reader.text("hall")
    found = halls_read.read(words) if words else None
    if isinstance(found, halls_read.Unread):
        reader.problem(f"hall: {(found.part or words)!r} {HALLS[found.why]}", "hall")
    return words


def _said(
    reader: CellReader, column: str, read: Callable[[str], Said | None], known: str, unsaid: Said
) -> Said:
    """What the words of a cell mean; ``known`` names those there are, should they mean nothing."""
    words = reader.text(column)
    found = read(words)
    if words and found is None:
        reader.problem(f"{column}: {words!r} is {known}", column)
    return found or unsaid


def _companions(reader: CellReader) -> Companions:
    """Whom the cell lets people bring, in the words that organizers use."""
    known = f"none of {', '.join(COMPANIONS)}"
    return _said(reader, "companions", companions.read, known, Companions.UNSAID)


def _along(reader: CellReader) -> Along:
    """How many the cell lets come along: a number, or ``2，小孩不占座``."""
    known = f"no number from 1 to {Along.FIVE.most}"
    return _said(reader, "along", companions.read_along, known, Along.NOBODY)


def _handing(reader: CellReader) -> Handing:
    """To whom the cell lets seats be handed over."""
    return _said(
        reader, "handing", handing.read, "none of 同单位, 谁都可以, 不能转让", Handing.ALIKE
    )


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


def shares_of(
    reader: CellReader,
    answers: frozenset[str],
    stations: Existing[Station],
    employers: Existing[Enterprise],
    teams: Existing[Team],
) -> list[Share]:
    """The shares in the cell: by an answer, by a code, or by a name that only one of them has."""
    said = reading.read(reader.text("shares"))
    if isinstance(said, str):
        what = "names no place, company or team with its seats, as in 昭信集团 10；狮山 至少 5"
        reader.problem(f"shares: {said!r} {what}", "shares")
        return []
    shares = []
    for each in said:
        if each.name in answers:
            shares.append(Share("", each.least, each.most, choice=each.name))
            continue
        found = [
            (group, row.id)
            for group, rows in (
                ("stations", stations),
                ("enterprises", employers),
                ("teams", teams),
            )
            for code, row in rows.items()
            if each.name == code or each.name in row.text_of("name").versions()
        ]
        # A contact point is called as its company: its own people are meant.
        if not found or len({group for group, _ in found}) != len(found):
            reader.problem(f"shares: {each.name!r} is no code and no name of only one", "shares")
            continue
        who = to_column(Audience().toggled(*found[0]))
        shares.append(Share(who, each.least, each.most))
    return shares


OPEN = ("全区", "all")
"""What opens an event to everybody, in the column of its audience."""


def audience_of(
    reader: CellReader,
    stations: Existing[Station],
    employers: Existing[Enterprise],
    teams: Existing[Team],
) -> str:
    """The audience of the codes in the cell; a code of several sheets means the first of these."""
    audience = Audience()
    for code in reader.words("audience"):
        if code.casefold() in OPEN:
            continue
        if (station := stations.get(code)) is not None:
            if station.kind is StationKind.DISTRICT:
                return ""
            audience = audience.toggled("stations", station.id)
        elif (employer := employers.get(code)) is not None:
            audience = audience.toggled("enterprises", employer.id)
        elif (team := teams.get(code)) is not None:
            audience = audience.toggled("teams", team.id)
        else:
            what = "is the code of no station, enterprise or team, and not 全区"
            reader.problem(f"audience: {code!r} {what}", "audience")
    return to_column(audience)
