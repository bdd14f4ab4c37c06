"""The press: sets papers by their templates with typst.

A paper's facts reach its template as JSON in ``sys.inputs`` and never as markup. Templates import
only each other, so nothing is fetched; fonts come from a package and none from the system. Loading
typst and the fonts takes some 50 ms and 30 MB, so it waits for the first paper.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from papers import codes
from papers.facts import (
    Account,
    Bar,
    Certificate,
    Chart,
    CodeSlips,
    Format,
    NameList,
    Order,
    Paper,
    PlaceCards,
    Poster,
    Printed,
    SeatPlan,
)

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    """A typst file, which imports only files beside it, and the width of its page in millimetres.

    Its facts stand in ``sys.inputs.facts`` as JSON.
    """

    path: Path
    width: int


_ADDED: dict[str, Template] = {}

PICTURE_WIDTH = 1080
POSTER_WIDTH = 960
"""Pixels of a picture; a poster is high, and takes as long to draw as it has pixels."""
MM_PER_INCH = 25.4
WIDTHS = {
    "poster": 210,
    "certificate": 297,
    "names": 210,
    "chart": 120,
    "seats": 297,
    "cards": 210,
    "slips": 210,
    "account": 210,
}
"""Millimetres."""

UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ufffd"
    "\u2600-\u27bf\ud800-\udfff\U0001f000-\U0001faff\U000e0000-\U000e01ef]"
)
"""What the fonts cannot show: control characters, emoji and their joiners."""

PARTS = re.compile(r"(?<=[：:])(?<![0-9]:)\s*(?=\S)")
"""Where a title is broken: behind a colon that is no clock's."""


def add_template(name: str, template: Template) -> None:
    """Set papers of this name by a template of an extension; one of ours gives way to it."""
    _ADDED[name] = template


def template_of(name: str) -> Template:
    """The template of papers of this name. Raises KeyError for a name that nobody added."""
    return _ADDED.get(name) or Template(TEMPLATES / f"{name}.typ", WIDTHS[name])


def draw(order: Order) -> bytes:
    """Return the paper as a PDF, or its first page as a PNG. It takes some 5 to 60 ms."""
    name, facts = _template(order.paper, order.format)
    width = POSTER_WIDTH if name == "poster" else PICTURE_WIDTH
    pixels = width / (template_of(name).width / MM_PER_INCH)
    drawn = _compiler(name).compile(
        format=order.format,
        ppi=pixels,
        sys_inputs={"facts": json.dumps(_printable(facts), ensure_ascii=False)},
        timestamp=0,
    )
    first = drawn[0] if isinstance(drawn, list) else drawn
    assert first is not None
    return first


def _template(paper: Paper, format: Format) -> tuple[str, dict[str, Any]]:
    """The template of a paper, and the facts as it takes them."""
    facts = asdict(paper)
    match paper:
        case Poster():
            facts["title"] = in_parts(_clean(paper.title))
            facts["rows"] = [[each.label, each.said, each.leads] for each in paper.rows]
            facts["codes"] = [
                [each.label, codes.drawing(each.leads_to)] for each in paper.codes if each.leads_to
            ]
            return "poster", facts | {"is_picture": format == "png"}
        case Certificate():
            facts["code"] = codes.drawing(paper.leads_to) if paper.leads_to else ""
            return "certificate", facts
        case NameList():
            facts["rows"] = [[each.number, each.name, each.place] for each in paper.rows]
            return "names", facts
        case Chart():
            facts["bars"] = _lengths(paper.bars)
            return "chart", facts
        case SeatPlan():
            facts["units"] = [
                [label, [[each.number, each.name, each.kept] for each in seats]]
                for label, seats in paper.units
            ]
            return "seats", facts | {"is_picture": format == "png"}
        case Account():
            facts["figures"] = [[e.label, e.now, e.before, e.change] for e in paper.figures]
            facts["charts"] = [
                [each.title, _lengths(each.bars), each.upright] for each in paper.charts
            ]
            return "account", facts
        case PlaceCards():
            return "cards", facts
        case CodeSlips():
            return "slips", facts
        case Printed():
            return paper.template, dict(paper.facts)
        case never:
            assert_never(never)


def _lengths(bars: Sequence[Bar]) -> list[list[str | int | float]]:
    """Each bar with its length as a part of the longest."""
    most = max((each.number for each in bars), default=0) or 1
    return [[each.label, each.number, each.number / most] for each in bars]


def in_parts(title: str) -> str:
    """A title in two parts, as 企业体验游：走进灯具厂, in two lines, if neither is short."""
    parts = PARTS.split(title)
    if len(parts) != 2 or min(map(len, parts)) < 3:
        return title
    return "\n".join(parts)


def _printable(value: Any) -> Any:
    match value:
        case str():
            return _clean(value)
        case dict():
            return {key: _printable(each) for key, each in value.items()}
        case list() | tuple():
            return [_printable(each) for each in value]
        case _:
            return value


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("", text)


@cache
def _compiler(name: str) -> "typst.Compiler":
    import typst

    path = template_of(name).path
    return typst.Compiler(
        str(path),
        root=str(path.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
    )


@cache
def _fonts() -> "typst.Fonts":
    import typst
    from pylopdf_fonts_zh_cn import sans_path

    # Both fonts of the package stand in one folder.
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(sans_path().parent)],
    )
