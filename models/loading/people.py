"""Load members: rows that people bind to when they come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select, text, update
from sqlmodel import Session

from models.loading.cells import CellReader
from models.loading.directory import Known
from models.loading.loader import Loader, Plan
from models.loading.places import STATION
from models.loading.rows import (
    Compared,
    Fate,
    Ready,
    Report,
    as_row,
    blank,
    differences,
)
from models.loading.words import INTEREST_WORDS, SHIFTS
from models.network import erased_rows, name_keys
from models.network.members import Address, Member, MemberInterest
from models.rules.members.interests import Interest
from models.rules.sentences import Text, say
from models.store import table_of
from models.store.lists import among, listed
from models.store.statements import Prepared

MEMBER, ADDRESS, INTEREST = table_of(Member), table_of(Address), table_of(MemberInterest)


@dataclass(slots=True)
class Person:
    """What a row says besides the table's columns.

    ``others`` are the keys by which the row was known before it had a code or a staff number.
    """

    interests: frozenset[Interest]
    others: tuple[str, ...] = ()
    number: str = ""
    code: str = ""


@dataclass(slots=True)
class Rows:
    """The file's people by code, by staff number and by name: for who is given a role."""

    by_code: dict[str, list[Ready]] = field(default_factory=dict)
    by_number: dict[str, list[Ready]] = field(default_factory=dict)
    by_name: dict[str, list[Ready]] = field(default_factory=dict)


ERASED = say("they were erased since this file was read")
"""Said of rows of people who were in the store when somebody looked at the file."""

ERASED_BEFORE = say(
    "this person was erased and is not made anew: take the row out; if it is somebody else of that "
    "name, they write to the station themselves"
)


class MemberLoader(Loader):
    sheet = "members"
    at_once = 100

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.people = Rows()
        self._blank = blank(lambda: Member(created_at=plan.now))

    def read(self, session: Session) -> None:
        """Read people by their code, by station and staff number, or by station and name."""
        for reader in self.readers():
            ready = self._read(reader)
            self.keep(ready, "name")
            if not reader.is_bad:
                person: Person = ready.more
                self.people.by_name.setdefault(ready.label, []).append(ready)
                if person.code:
                    self.people.by_code.setdefault(person.code, []).append(ready)
                if person.number:
                    self.people.by_number.setdefault(person.number, []).append(ready)

    def _read(self, reader: CellReader) -> Ready:
        station = reader.reference("station", self.directory.stations, STATION)
        name = reader.own_name("name", required=True)
        number, code = reader.own_name("staff_number"), reader.code()
        at = station.code if station else ""
        keys = [f"@{code}"] if code else []
        keys += [erased_rows.number_key(at, number)] if number else []
        keys += [erased_rows.name_key(at, name)]
        self.plan.require(reader, station)
        values = {
            "name": name,
            "station_id": station,
            "staff_number": number,
            "loaded_as": keys[0],
            "shift": reader.choice("shift", SHIFTS, "shift", required=False),
            "language": reader.language("language"),
        }
        interests = frozenset(reader.choices("interests", INTEREST_WORDS, "interest"))
        known = Known(keys[0], None, (name,), station)
        return Ready(
            reader, keys[0], name, values, known, Person(interests, tuple(keys[1:]), number, code)
        )

    def said_twice(self, ready: Ready, line: int) -> Text:
        if ready.more.code:
            return say(
                "the code '{code}' stands in line {line} already", code=ready.more.code, line=line
            )
        if ready.more.number:
            return say("the same staff number and station stand in line {line} already", line=line)
        return say("the same name and station stand in line {line} already", line=line)

    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        found = self._stored(session, rows)
        matches = [self._match(each, found) for each in rows]
        numbers = [each.id for each in matches if each is not None]
        interests: dict[int, set[Interest]] = {}
        if numbers:
            for number, interest in _INTERESTS_OF.all(session, {"listed": listed(numbers)}):
                interests.setdefault(number, set()).add(interest)
        pairs = list(zip(rows, matches, strict=True))
        erased = self._erased_before(session, [each for each, stored in pairs if stored is None])
        compared = []
        for ready, stored in pairs:
            if ready.reader.line in erased:
                ready.reader.problem(ERASED_BEFORE)
                compared.append(Compared(ready, Fate.BAD))
            else:
                compared.append(self._compared(ready, stored, interests))
        return compared

    def _erased_before(self, session: Session, rows: Sequence[Ready]) -> set[int]:
        """The lines of new rows whose people were in the store once, and were erased."""
        keys = {
            each.reader.line: erased_rows.keys_of(
                (each.key, *each.more.others), is_name_alone=not each.more.others
            )
            for each in rows
        }
        every = [key for some in keys.values() for key in some]
        known = erased_rows.among(session, every, self.plan.care.sealing)
        return {line for line, some in keys.items() if not known.isdisjoint(some)}

    def _stored(self, session: Session, rows: Sequence[Ready]) -> dict[str, list[Any]]:
        """The stored rows by every key by which a row of the file may be known."""
        keys = listed(key for each in rows for key in (each.key, *each.more.others))
        found: dict[str, list[Any]] = {}
        for row in _BY_KEY.all(session, {"listed": keys}):
            found.setdefault(row.loaded_as, []).append(row)
        # Rows that 0.2.0 loaded are known by name and station.
        for row in _BY_NAME.all(session, {"listed": listed(each.label for each in rows)}):
            station = self.directory.by_id.get(row.station_id or 0)
            code = station.code if station is not None else ""
            found.setdefault(f"={code}/{row.name}", []).append(row)
        return found

    def _match(self, ready: Ready, found: dict[str, list[Any]]) -> Any:
        person: Person = ready.more
        for key in (ready.key, *person.others):
            # A row of the file that is known by this key itself is somebody else.
            if key != ready.key and key in self._lines:
                continue
            for row in found.get(key, ()):
                if key == ready.key or row.staff_number in ("", person.number):
                    return row
        by_name = person.others[-1] if person.others else ready.key
        return next(iter(found.get(f"={by_name}", ())), None)

    def _compared(self, ready: Ready, stored: Any, interests: dict[int, set[Interest]]) -> Compared:
        assert ready.known is not None
        if stored is None:
            ready.known.id = None
            return Compared(ready, Fate.ADDED)
        ready.known.id = stored.id
        if stored.has_chat or stored.consented_at is not None:
            # A member who talks with the station keeps their own answers.
            return Compared(ready, Fate.SAME, stored)
        there = self.directory.by_id.get(stored.station_id or 0)
        if not self.plan.covers(there):
            self.plan.require(ready.reader, there)
            return Compared(ready, Fate.BAD, stored)
        changes, fields = differences(stored, ready.values)
        if interests.get(stored.id, set()) != ready.more.interests:
            fields = (*fields, "interests")
        fate = Fate.CHANGED if fields else Fate.SAME
        return Compared(ready, fate, stored, changes, fields)

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        compared = [each for each in self.compare(session, rows) if not self._erased(each)]
        new = [each.ready for each in compared if each.fate is Fate.ADDED]
        self._add(session, new)
        changed = [each for each in compared if each.fate is Fate.CHANGED]
        if any(each.changes for each in changed):
            session.execute(
                _UPDATE,
                [{**as_row(e.ready.values), "key": e.stored.id} for e in changed if e.changes],
            )
        for each in changed:
            if "name" in each.changes:
                name_keys.put(session, each.stored.id, each.ready.label)
        again = [each.stored.id for each in changed if "interests" in each.fields]
        if again:
            session.execute(delete(INTEREST).where(INTEREST.c.member_id.in_(again)))
        wanted = [
            {"member_id": each.known.number(), "interest": interest}
            for each in (*new, *(e.ready for e in changed if "interests" in e.fields))
            if each.known is not None
            for interest in sorted(each.more.interests)
        ]
        if wanted:
            _INTERESTS.insert_all(session, wanted)
        for each in compared:
            report.count(self.sheet, each.fate)

    def _erased(self, each: Compared) -> bool:
        """Report a row whose person was erased since somebody looked at the file."""
        line = each.ready.reader.line
        if each.fate is not Fate.ADDED or line not in self.plan.were_there:
            return False
        each.ready.reader.problem(ERASED)
        return True

    def _add(self, session: Session, rows: Sequence[Ready]) -> None:
        """Insert members, and look up their numbers: cheaper than to have each returned."""
        if not rows:
            return
        values = [{**self._blank, **as_row(each.values)} for each in rows]
        _MEMBERS.insert_all(session, values)
        numbers = dict(_NUMBERS.all(session, {"listed": listed(each.key for each in rows)}))
        keys: list[dict[str, object]] = []
        for each in rows:
            assert each.known is not None
            each.known.id = numbers[each.key]
            keys += name_keys.rows_of(numbers[each.key], each.label)
        name_keys.put_all(session, keys)


_MEMBERS = Prepared(insert(MEMBER), [each.name for each in MEMBER.c if each.name != "id"])
_INTERESTS = Prepared(insert(INTEREST), ["member_id", "interest"])
_UPDATE = update(MEMBER).where(MEMBER.c.id == bindparam("key"))

# The conditions of the indexes stand in the statements, since what is bound is not known to a plan.
_IS_LOADED = text("loaded_as <> ''")
_HAS_CHAT = exists().where(ADDRESS.c.member_id == MEMBER.c.id).label("has_chat")
_COMPARED = (
    *(MEMBER.c.id, MEMBER.c.name, MEMBER.c.staff_number, MEMBER.c.loaded_as, MEMBER.c.station_id),
    *(MEMBER.c.shift, MEMBER.c.language, MEMBER.c.consented_at, _HAS_CHAT),
)
_BY_KEY = Prepared(
    select(*_COMPARED).where(_IS_LOADED, among(MEMBER.c.loaded_as, "listed")).order_by(MEMBER.c.id)
)
_BY_NAME = Prepared(
    select(*_COMPARED)
    .where(text("loaded_as = '' AND name <> ''"), among(MEMBER.c.name, "listed"))
    .order_by(MEMBER.c.id)
)
_NUMBERS = Prepared(
    select(MEMBER.c.loaded_as, MEMBER.c.id)
    .where(_IS_LOADED, among(MEMBER.c.loaded_as, "listed"))
    .order_by(MEMBER.c.id)
)
_INTERESTS_OF = Prepared(
    select(INTEREST.c.member_id, INTEREST.c.interest).where(among(INTEREST.c.member_id, "listed"))
)


class People:
    """Finds the row of a person, in the file and in the store."""

    def __init__(self, session: Session, plan: Plan, rows: Rows, wanted: Sequence[str]) -> None:
        self._rows = rows
        stations = plan.directory.by_id
        self._stored: list[Known] = []
        self._by: dict[str, list[tuple[Known, str]]] = {}
        for start in range(0, len(wanted), 500):
            some = list(wanted[start : start + 500])
            query = select(
                MEMBER.c.id,
                MEMBER.c.name,
                MEMBER.c.staff_number,
                MEMBER.c.loaded_as,
                MEMBER.c.station_id,
            ).where(
                MEMBER.c.loaded_as != "",
                or_(
                    MEMBER.c.loaded_as.in_([f"@{each}" for each in some]),
                    and_(MEMBER.c.staff_number != "", MEMBER.c.staff_number.in_(some)),
                    and_(MEMBER.c.name != "", MEMBER.c.name.in_(some)),
                ),
            )
            for row in session.execute(query):
                at = stations.get(row.station_id or 0)
                known = Known(row.loaded_as, row.id, (row.name,), at)
                keys = {row.loaded_as, f"#{row.staff_number}", f"={row.name}"}
                for key in keys:
                    self._by.setdefault(key, []).append((known, row.staff_number))

    def find(self, reader: CellReader, station: Known | None) -> Known | None:
        """The person whom the cells name: by code or staff number and name, or by name alone."""
        words, name = reader.own_name("person"), reader.own_name("name", required=True)
        if reader.is_bad:
            return None
        if words:
            found = self._called(f"@{words}", self._rows.by_code.get(words, ()))
            found = found or self._called(f"#{words}", self._rows.by_number.get(words, ()))
        else:
            found = self._called(f"={name}", self._rows.by_name.get(name, ()))
        if station is not None:
            found = [each for each in found if each.above is station]
        named = [each for each in found if each.names[0] == name]
        if len(named) == 1:
            return named[0]
        if named:
            reader.problem(say("several are called '{name}': give the staff number or the code of "
                               "one, or their station", name=name))  # fmt: skip
        elif found:
            what = say("'{words}' is called {name}", words=words, name=found[0].names[0])
            reader.wrong("name", what)
        else:
            who = f"{words} {name}".strip()
            reader.problem(say("there is no row of '{who}' among the members", who=who))
        return None

    def _called(self, key: str, of_file: Sequence[Ready]) -> list[Known]:
        """Those of the file, and those of the store that the file does not name."""
        found = [each.known for each in of_file if each.known is not None]
        keys = {each.code for each in found}
        keys |= {key for each in of_file for key in each.more.others}
        stored = {known.code: known for known, _number in self._by.get(key, ())}
        return found + [each for code, each in stored.items() if code not in keys]
