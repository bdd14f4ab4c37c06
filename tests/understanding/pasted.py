"""How well pasted announcements are read, in three sets: what each field came out as.

The reader was built on the texts of ``pasted_seen.txt``; for those that are kept apart, or were not
looked at, nothing was written.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.events import pasting

HERE = Path(__file__).parent
SETS = {
    "seen": "pasted_seen.txt",
    "kept apart": "pasted_kept_apart.txt",
    "not looked at": "pasted_not_looked_at.txt",
    "volunteers, looked at": "pasted_volunteers_looked_at.txt",
    "volunteers, not looked at": "pasted_volunteers_not_looked_at.txt",
}
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, tzinfo=ZONE)
FIELDS = ("title", "starts", "place", "seats")
OUTCOMES = ("right", "a choice with it", "asked", "wrong")


@dataclass(frozen=True, slots=True)
class Pasted:
    text: str
    wanted: dict[str, Any]


def pasted(which: str) -> Iterator[Pasted]:
    for part in (HERE / SETS[which]).read_text("utf-8").split("\n====\n"):
        wanted, _, text = part.strip().partition("\n")
        yield Pasted(text, json.loads(wanted))


def read(text: str) -> dict[str, list[Any]]:
    """For each field what the station reads, or the answers that it offers; nothing: it asks."""
    form = pasting.understand(text, NOW, ZONE)
    times = [form["when"]] if "when" in form else form.get("choices", [])
    seats = [form[each] for each in ("seats", "seats_said") if each in form]
    return {
        "title": [form["title"]] if "title" in form else form.get("titles_said", []),
        "starts": [_local(each.partition("/")[0]) for each in times],
        "place": [form["place"]] if "place" in form else form.get("places_said", []),
        "seats": seats,
    }


def _local(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%Y-%m-%dT%H:%M}"


def judge(each: Pasted) -> dict[str, str]:
    """What became of each field; what is offered is a choice, even where it is alone."""
    form = pasting.understand(each.text, NOW, ZONE)
    outcomes: dict[str, str] = {}
    for field, said in read(each.text).items():
        wanted = each.wanted[field]
        is_offered = field == "starts" and "when" not in form
        # What comes again is read as its rule, which the preview tells with the next time.
        is_offered |= field == "starts" and "repeat" in form
        is_offered |= field != "starts" and field not in form
        if not wanted:
            # No limit is written as 0, or as nothing.
            outcomes[field] = "right" if not any(said) or is_offered else "wrong"
        elif wanted in said:
            outcomes[field] = "a choice with it" if is_offered else "right"
        else:
            outcomes[field] = "asked" if not said or is_offered else "wrong"
    return outcomes


def measure(which: str) -> dict[str, Counter[str]]:
    """For each field how many came out how; under ``whole`` the texts that need no correction."""
    counted = {field: Counter[str]() for field in (*FIELDS, "whole")}
    for each in pasted(which):
        outcomes = judge(each)
        for field, outcome in outcomes.items():
            counted[field][outcome] += 1
        counted["whole"]["wrong" if "wrong" in outcomes.values() else "right"] += 1
    return counted


def rows() -> Iterator[str]:
    """The table's lines."""
    yield f"| pasted | field | {' | '.join(OUTCOMES)} |"
    yield "|---|---|---|---|---|---|"
    for which in SETS:
        for field, counted in measure(which).items():
            numbers = " | ".join(str(counted[outcome]) for outcome in OUTCOMES)
            yield f"| {which} | {field} | {numbers} |"


def misses(which: str) -> Iterator[str]:
    """What came out wrong: the field, what was wanted and what was read."""
    for each in pasted(which):
        for field, outcome in judge(each).items():
            if outcome == "wrong":
                said = read(each.text)[field]
                yield f"{field}: {each.wanted[field]!r}, not {said!r}: {each.text[:40]!r}"
