"""What papers say, in words of the reader's language already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Format = Literal["pdf", "png"]
LinkTo = Callable[[str], str]
"""The public address of a path of the station; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be scanned: ``leads_to`` is a path or an address, ``label`` stands below it."""

    label: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a poster: ``时间`` and what it is. What ``leads`` is set larger."""

    label: str
    said: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Poster:
    """An event's poster: one A4 page, or a picture 960 pixels wide.

    ``kind`` is what sort of event it is, ``call`` what the codes are for, ``hint`` how to come
    without scanning, ``hangs`` where this poster hangs. Any text may be empty, but not the title.
    """

    language: str
    title: str
    station: str
    kind: str = ""
    rows: tuple[Row, ...] = ()
    about: str = ""
    call: str = ""
    codes: tuple[Code, ...] = ()
    hint: str = ""
    hangs: str = ""

    def addressed(self, link_to: LinkTo) -> "Poster":
        """The same with whole addresses in its codes."""
        codes = tuple(replace(each, leads_to=_whole(each.leads_to, link_to)) for each in self.codes)
        return replace(self, codes=codes)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, A4 in landscape: who took part in what, from whom, and where to check it.

    ``said`` stands between name and title, ``details`` below the title. ``leads_to`` is the path or
    the address of the page that checks it, ``check`` what stands below its code.
    """

    language: str
    heading: str
    name: str
    said: str
    title: str
    details: str
    station: str
    issued: str
    number: str
    check: str
    leads_to: str

    def addressed(self, link_to: LinkTo) -> "Certificate":
        """The same with the whole address in its code."""
        return replace(self, leads_to=_whole(self.leads_to, link_to))


@dataclass(frozen=True, slots=True)
class Named:
    """A row of a list: the number, the name, and the place of work where it may be seen."""

    number: str
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class NameList:
    """A list of names to tick at the door, on as many pages as it takes.

    ``headings`` are those of number, name and place; ``foot`` stands on every page. Without
    ``ticks`` there are no boxes, as on a list of what somebody took part in.
    """

    language: str
    title: str
    subtitle: str
    headings: tuple[str, str, str]
    rows: tuple[Named, ...]
    foot: str = ""
    ticks: bool = True

    def addressed(self, link_to: LinkTo) -> "NameList":
        """The same: there is no code on it."""
        return self


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it counts, and how many."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A small chart: bars below each other, as long as their numbers; ``foot`` stands below."""

    language: str
    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    foot: str = ""

    def addressed(self, link_to: LinkTo) -> "Chart":
        """The same: there is no code on it."""
        return self


@dataclass(frozen=True, slots=True)
class SeatOnPlan:
    """A seat of a plan: its number, who sits there, and whether it is ``kept`` for somebody."""

    number: str
    name: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """The seats of a hall, A4 in landscape: each row, or each table, with its label and its seats.

    ``front`` is what the first row looks at. As a picture it is one page, as high as it takes.
    """

    language: str
    title: str
    subtitle: str
    front: str
    units: tuple[tuple[str, tuple[SeatOnPlan, ...]], ...]
    are_tables: bool = False
    foot: str = ""

    def addressed(self, link_to: LinkTo) -> "SeatPlan":
        """The same: there is no code on it."""
        return self


@dataclass(frozen=True, slots=True)
class PlaceCards:
    """Cards to stand on the seats, ten on a page to be cut: a name and where it belongs each."""

    language: str
    title: str
    cards: tuple[tuple[str, str], ...]

    def addressed(self, link_to: LinkTo) -> "PlaceCards":
        """The same: there is no code on it."""
        return self


@dataclass(frozen=True, slots=True)
class CodeSlips:
    """Personal codes to be cut out and handed over: ``how`` says what to do with one.

    ``slips`` are a place, a name, a staff number and the code each.
    """

    language: str
    how: str
    slips: tuple[tuple[str, str, str, str], ...]

    def addressed(self, link_to: LinkTo) -> "CodeSlips":
        """The same: there is no address on it."""
        return self


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of an account: what it is called, itself, what it was before, and the change."""

    label: str
    now: str
    before: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A small chart on an account; ``upright`` bars stand beside each other, as months do."""

    title: str
    bars: tuple[Bar, ...]
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a period on one A4 page: a sentence, the figures, small charts.

    ``compared`` says with what; ``foot`` stands at the bottom.
    """

    language: str
    title: str
    period: str
    sentence: str
    compared: str
    figures: tuple[Told, ...]
    charts: tuple[Bars, ...]
    foot: str = ""

    def addressed(self, link_to: LinkTo) -> "Account":
        """The same: there is no code on it."""
        return self


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper of an extension: the name of its template, and what that is fed with, for JSON."""

    template: str
    facts: Mapping[str, Any]

    def addressed(self, link_to: LinkTo) -> "Printed":
        """The same: the station knows of no code on it."""
        return self


Paper = (
    Account | Poster | Certificate | NameList | Chart | SeatPlan | PlaceCards | CodeSlips | Printed
)


@dataclass(frozen=True, slots=True)
class Order:
    """A paper that is to be drawn, and as what. A picture shows the first page only."""

    paper: Paper
    format: Format = "pdf"

    def addressed(self, link_to: LinkTo) -> "Order":
        """The same with whole addresses in the codes."""
        return replace(self, paper=self.paper.addressed(link_to))


def _whole(path: str, link_to: LinkTo) -> str:
    """The address of a path; without a public one its last part, which can be typed."""
    return link_to(path) or path.rpartition("/")[2]
