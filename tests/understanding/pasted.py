"""How well pasted announcements are read: each field of 40 that nothing was written for."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.events import questions

PASTED = Path(__file__).with_name("pasted_kept_apart.txt")
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, tzinfo=ZONE)
FIELDS = ("title", "starts", "place", "seats")


@dataclass(frozen=True, slots=True)
class Pasted:
    text: str
    wanted: dict[str, Any]


def pasted() -> Iterator[Pasted]:
    for part in PASTED.read_text("utf-8").split("\n====\n"):
        wanted, _, text = part.strip().partition("\n")
        yield Pasted(text, json.loads(wanted))


def read(text: str) -> dict[str, Any]:
    """The fields that the station reads; None where it would ask."""
    form = questions.understand(text, NOW, ZONE)
    starts = form.get("when", "").partition("/")[0]
    at = datetime.fromisoformat(starts).astimezone(ZONE) if starts else None
    return {
        "title": form.get("title"),
        "starts": f"{at:%Y-%m-%dT%H:%M}" if at else None,
        "place": form.get("place"),
        "seats": form.get("seats"),
    }


def measure() -> dict[str, Counter[str]]:
    """For each field how many are right, asked for, and wrong."""
    counted = {field: Counter[str]() for field in FIELDS}
    for each in pasted():
        found = read(each.text)
        for field in FIELDS:
            wanted, said = each.wanted[field], found[field]
            is_right = str(wanted or "") == str(said or "")
            counted[field]["right" if is_right else "asked" if said is None else "wrong"] += 1
    return counted


def rows() -> Iterator[str]:
    """The table's lines."""
    yield "| pasted | right | asked | wrong |"
    yield "|---|---|---|---|"
    for field, counted in measure().items():
        yield f"| {field} | {counted['right']} | {counted['asked']} | {counted['wrong']} |"
