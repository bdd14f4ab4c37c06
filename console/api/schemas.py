"""What several subjects share: texts and times as they are told, places, pages of lists."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.conversation.messages import MAX_NUMBER
from models.network.stations import Station, StationKind
from models.network.translations import Translatable

MOST = 100
"""Rows on a page at most."""

NO_NUL = r"^[^\x00]*$"
"""No text holds the character that databases refuse."""

Number = Annotated[int, Field(ge=1, le=MAX_NUMBER)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Cursor = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,9})?$")]
At = Annotated[
    datetime,
    Field(description="A moment with the offset of the station's time zone (RFC 3339)."),
]
Moment = Annotated[
    AwareDatetime,
    # In any other zone it is a moment as well: not so at the ends of what a calendar holds.
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC)),
]
Sent = Annotated[
    Moment,
    Field(description="A moment with any offset, such as `2026-12-05T14:00:00+08:00` (RFC 3339)."),
]
Translations = Annotated[
    dict[str, dict[str, str]],
    Field(description="By name of the text: by language code, the text in that language."),
]

Row = TypeVar("Row")


class Strict(BaseModel):
    """What a program sends: nothing that the station does not know."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """A query holds words only, which are read as what they stand for."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[Row]):
    """A page of a list. `next` goes into the query as `after`; null at the end."""

    items: list[Row]
    next: str | None = None


class Paged(Query):
    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows on a page.")] = 50
    after: Annotated[Cursor, Field(description="`next` of the page before.")] = ""


class Place(BaseModel):
    """A station of the network: the district, a town or a contact point."""

    number: int
    name: str
    kind: StationKind

    @classmethod
    def of(cls, station: Station) -> "Place":
        return cls(number=station.id, name=station.name, kind=station.kind)


def translations(row: Translatable, names: Mapping[str, Any] | tuple[str, ...]) -> Translations:
    """The texts of these columns in further languages."""
    found = {name: dict(row.text_of(name).translations) for name in names}
    return {name: said for name, said in found.items() if said}


def number_in(cursor: str) -> int:
    """The number behind which a page begins; 0 for the first page."""
    return int(cursor or 0)
