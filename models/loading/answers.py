"""Load known answers; those that an organizer has written or changed stay as they are."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.desk.known import KnownAnswer
from models.loading.cells import CellReader
from models.loading.loader import Loader
from models.loading.places import EVENT, STATION
from models.loading.rows import Compared, Fate, Ready, Report, as_row, differences
from models.rules.desk.likeness import LONGEST_QUESTION, MOST_VARIANTS
from models.rules.sentences import Text, say

Key = tuple[int | None, int | None, str]
"""Station, event and question, which tell the answers apart."""


class AnswerLoader(Loader):
    sheet = "answers"
    at_once = 20

    def read(self, session: Session) -> None:
        today = self.plan.now.astimezone(self.plan.care.zone).date()
        for reader in self.readers():
            station = reader.reference("station", self.directory.stations, STATION, required=True)
            event = reader.reference("event", self.directory.events, EVENT, within=station)
            texts = {
                "question": reader.texts("question", required=True),
                "answer": reader.texts("answer", required=True),
                "source": reader.texts("source"),
            }
            self.plan.require(reader, station)
            values = {
                "station_id": station,
                "event_id": event,
                "variants": self._variants(reader),
                "valid_until": reader.last_day("valid_until", today),
                **texts,
            }
            question = texts["question"].text
            places = f"{station.code if station else ''}|{event.code if event else ''}"
            self.keep(Ready(reader, f"{places}|{question}", question, values), "question")

    def said_twice(self, ready: Ready, line: int) -> Text:
        return say("the same question stands in line {line} already", line=line)

    def _variants(self, reader: CellReader) -> list[str]:
        variants = list(dict.fromkeys(reader.phrases("variants")))
        if len(variants) > MOST_VARIANTS:
            what = say("{number}; {most} at most", number=len(variants), most=MOST_VARIANTS)
            reader.wrong("variants", what)
        if any(len(each) > LONGEST_QUESTION for each in variants):
            reader.wrong("variants", say("one is longer than {most}", most=LONGEST_QUESTION))
        return variants

    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        asked = [each.label for each in rows]
        query = select(KnownAnswer).where(col(KnownAnswer.question).in_(asked))
        stored: dict[Key, KnownAnswer] = {
            (each.station_id, each.event_id, each.question): each
            for each in session.exec(query.order_by(col(KnownAnswer.id).desc()))
        }
        found = []
        for ready in rows:
            row = as_row(ready.values)
            there = stored.get((row["station_id"], row["event_id"], row["question"]))
            if there is None:
                found.append(Compared(ready, Fate.ADDED))
            elif not there.is_loaded:
                found.append(Compared(ready, Fate.SAME, there))
            else:
                changes, fields = differences(there, ready.values)
                fate = Fate.CHANGED if changes else Fate.SAME
                found.append(Compared(ready, fate, there, changes, fields))
        return found

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        now = self.plan.now
        for each in self.compare(session, rows):
            if each.fate is Fate.ADDED:
                values = as_row(each.ready.values)
                session.add(KnownAnswer(**values, changed_at=now, is_loaded=True))
            elif each.fate is Fate.CHANGED:
                for name, value in each.changes.items():
                    setattr(each.stored, name, value)
                each.stored.changed_at = now
                session.add(each.stored)
            report.count(self.sheet, each.fate)
