"""Load known answers; those that an organizer has written or changed stay as they are."""

from typing import Any

from sqlmodel import col, select

from models.desk.known import KnownAnswer
from models.events.events import Event
from models.loading.cells import CellReader
from models.loading.saving import Saver, columns_of, set_columns
from models.network.stations import Station
from models.rules.desk.likeness import LONGEST_QUESTION, MOST_VARIANTS

Key = tuple[int | None, int | None, str]
"""Station, event and question, which tell the answers apart."""


class AnswerSaver(Saver):
    """Saves the rows of known answers."""

    def answers(self) -> None:
        stations, events = self.by_code(Station), self.by_code(Event)
        rows = self.session.exec(select(KnownAnswer).order_by(col(KnownAnswer.id).desc()))
        existing: dict[Key, KnownAnswer] = {_key(each): each for each in rows}
        seen: dict[Key, int] = {}
        for row in self.sheets.rows["answers"]:
            reader = self.reader("answers", row)
            station = reader.reference("station", stations, "station", required=True)
            event = reader.reference("event", events, "event")
            texts = {
                "question": reader.texts("question", required=True),
                "answer": reader.texts("answer", required=True),
                "source": reader.texts("source"),
            }
            values: dict[str, Any] = {
                "station_id": station.id if station else None,
                "event_id": event.id if event else None,
                "variants": self._variants(reader),
                "valid_until": reader.last_day("valid_until"),
                **columns_of(**texts),
            }
            key = values["station_id"], values["event_id"], values["question"]
            if key in seen and not reader.is_bad:
                reader.problem(f"the same question stands in line {seen[key]} already", "question")
            if reader.is_bad:
                continue
            seen[key] = row.line
            self._answer(existing.get(key), values)

    def _variants(self, reader: CellReader) -> list[str]:
        variants = list(dict.fromkeys(reader.phrases("variants")))
        if len(variants) > MOST_VARIANTS:
            reader.problem(f"variants: {len(variants)}; {MOST_VARIANTS} at most", "variants")
        if any(len(each) > LONGEST_QUESTION for each in variants):
            reader.problem(f"variants: one is longer than {LONGEST_QUESTION}", "variants")
        return variants

    def _answer(self, stored: KnownAnswer | None, values: dict[str, Any]) -> None:
        if stored is None:
            self.session.add(KnownAnswer(**values, changed_at=self.now, is_loaded=True))
            self.count("answers", new=True)
            return
        differs = stored.is_loaded and set_columns(stored, values)
        if differs:
            stored.changed_at = self.now
        self.count("answers", changed=differs)


def _key(row: KnownAnswer) -> Key:
    return row.station_id, row.event_id, row.question
