"""The order of sides or entries, by a draw that anybody can check.

It is the draw of ``models.rules.events.draws`` with the same lots for each code and no limit of
seats, so that its record is checked by the same means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.rules.events import draw_records, draws
from models.rules.events.draws import DrawList, Entry

SECRET_BYTES = draws.SECRET_BYTES


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is kept of a draw: the published list, and the codes in the drawn order."""

    listed: dict[str, Any]
    order: tuple[str, ...]


def draw(codes: Iterable[str], secret: str, number: str = "", number_name: str = "") -> Drawn:
    """Draw the order of these codes with a secret and a public number, empty without one."""
    lots = draws.lots_of(0, 0)
    entries = tuple(Entry(code, lots, (frozenset(),)) for code in sorted(codes))
    listed = DrawList(draws.commitment_of(secret), number_name, None, (), entries)
    return Drawn(listed.to_json(), draws.order_of(draws.seed_of(secret, number), entries))


def record_of(
    secret: str, number: str, listed: dict[str, Any], order: Iterable[str]
) -> dict[str, Any]:
    """What is published of it afterwards, for ``yizhan draw verify``."""
    codes = list(order)
    return {
        "format": draws.FORMAT,
        "commitment": draws.commitment_of(secret),
        "number_name": listed["number_name"],
        "list": listed,
        "list_hash": draws.hash_of(listed),
        "secret": secret,
        "number": number,
        "gone": draw_records.gone_to_json({}),
        "order": codes,
        "seated": codes,
    }
