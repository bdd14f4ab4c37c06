"""Load a network from a file: save correct rows by code, report the others.

Loading is idempotent. A row that changed in the file changes in the store; what people did since
(sign-ups, counters, a cancellation) stays.
"""

from typing import Any

from sqlalchemy import and_
from sqlmodel import Session, col, select

from models.loading.answers import AnswerSaver
from models.loading.cells import INTEREST_WORDS, SHIFTS, STATION_KINDS, CellReader
from models.loading.events import EventSaver
from models.loading.pinyin import index
from models.loading.saving import (
    Existing,
    Report,
    columns_of,
    names_around,
    names_of,
    set_columns,
)
from models.loading.sheets import SHEETS, SheetFile, SheetProblem, SheetRow, Unreadable, read
from models.loading.templates import template
from models.network.members import Address, Member, MemberInterest
from models.network.stations import Care, Enterprise, Station, StationKind, district
from models.rules.members.interests import INTERESTS, Interest
from models.store import Moment
from models.teams.teams import Team

__all__ = [
    "Report",
    "SecondDistrict",
    "SheetFile",
    "SheetProblem",
    "Unreadable",
    "check",
    "load",
    "read",
    "template",
]

PARENTS = {
    StationKind.DISTRICT: (),
    StationKind.TOWN: (StationKind.DISTRICT,),
    StationKind.CONTACT_POINT: (StationKind.TOWN, StationKind.DISTRICT),
}


class SecondDistrict(Exception):
    """The file holds a second district; the message is one sentence."""


def load(session: Session, sheets: SheetFile, care: Care, now: Moment) -> Report:
    """Save the correct rows of a file in this transaction and report on all of them.

    Relative days count from ``now`` in the zone of ``care``. Raises SecondDistrict, and saves
    nothing, when the file would give the tree of stations a second root.
    """
    loading = _Loading(session, sheets, care, now, Report(problems=list(sheets.problems)))
    loading.require_one_district()
    loading.enterprises()
    loading.stations()
    loading.teams()
    loading.members()
    loading.events()
    loading.answers()
    session.flush()
    order = list(SHEETS)
    loading.report.problems.sort(
        key=lambda each: (
            (each.line, order.index(each.sheet) if each.sheet in order else -1)
            if sheets.file.endswith(".toml")
            else (order.index(each.sheet) if each.sheet in order else -1, each.line)
        )
    )
    return loading.report


def check(session: Session, sheets: SheetFile, care: Care, now: Moment) -> Report:
    """Report as ``load`` does, and save nothing."""
    undone = session.begin_nested()
    try:
        return load(session, sheets, care, now)
    finally:
        undone.rollback()


class _Loading(EventSaver, AnswerSaver):
    """One run over the sheets, in the order in which their rows refer to each other."""

    def require_one_district(self) -> None:
        root = district(self.session)
        known = (root.code, root.name) if root else None
        for row in self.sheets.rows["stations"]:
            kind = str(row.values.get("kind", "")).strip().casefold()
            if STATION_KINDS.get(kind) is not StationKind.DISTRICT or "parent" in row.values:
                continue
            code, name = (str(row.values.get(cell, "")).strip() for cell in ("code", "name"))
            if known is None:
                known = code, name
            elif code != known[0]:
                place = f"{self.sheets.file}:{row.line}: stations"
                raise SecondDistrict(
                    f"{place}: {code!r} would be a second district; "
                    f"one deployment is one district, and this one is {known[0]!r} ({known[1]})"
                )

    def enterprises(self) -> None:
        existing = self.by_code(Enterprise)
        for row, reader, code in self.rows_with_code("enterprises"):
            values = columns_of(name=reader.texts("name", required=True))
            self.save("enterprises", row, reader, existing, Enterprise, code, values)

    def stations(self) -> None:
        existing, employers = self.by_code(Station), self.by_code(Enterprise)
        waiting = list(self.rows_with_code("stations"))
        while waiting:
            # A parent may stand below its children in the file.
            ready = [each for each in waiting if self._parent_is_there(each, existing)]
            for row, reader, code in ready or waiting:
                self._station(row, reader, code, existing, employers)
            waiting = [each for each in waiting if each not in ready] if ready else []
        self._write_paths()

    def _parent_is_there(
        self, each: tuple[SheetRow, CellReader, str], existing: Existing[Station]
    ) -> bool:
        parent = each[0].values.get("parent")
        return parent is None or str(parent).strip() in existing

    def _station(
        self,
        row: SheetRow,
        reader: CellReader,
        code: str,
        existing: dict[str, Station],
        employers: Existing[Enterprise],
    ) -> None:
        kind = reader.choice("kind", STATION_KINDS)
        parent = reader.reference("parent", existing, "station")
        employer = reader.reference("enterprise", employers, "enterprise")
        if kind is not None:
            self._check_parent(reader, kind, parent)
        name = reader.texts("name", required=True)
        around = [*names_of(employer)] if employer else []
        if parent is not None and parent.kind is not StationKind.DISTRICT:
            around += names_of(parent)
        values = {
            "kind": kind,
            "parent_id": parent.id if parent else None,
            "enterprise_id": employer.id if employer else None,
            **columns_of(name=name, address=reader.texts("address")),
            "map_url": reader.url("map_url"),
            "search": index(*name.versions(), *reader.words("aliases"), *around),
        }
        self.save("stations", row, reader, existing, Station, code, values)

    def _check_parent(self, reader: CellReader, kind: StationKind, parent: Station | None) -> None:
        allowed = PARENTS[kind]
        if not allowed and reader.has("parent"):
            reader.problem("a district has no parent", "parent")
        elif allowed and not reader.has("parent"):
            reader.problem(f"a {_in_words(kind)} needs a parent")
        elif parent is not None and parent.kind not in allowed:
            expected = " or ".join(f"a {_in_words(each)}" for each in allowed)
            reader.problem(f"the parent of a {_in_words(kind)} is {expected}", "parent")

    def _write_paths(self) -> None:
        """Recompute the path of every station: a moved town takes its contact points along."""
        self.session.flush()
        all_of_them = {each.id: each for each in self.session.exec(select(Station)).all()}
        for station in all_of_them.values():
            path, above = f"/{station.id}/", station.parent_id
            while above is not None:
                path, above = f"/{above}{path}", all_of_them[above].parent_id
            if station.path != path:
                station.path = path
        self.session.flush()

    def teams(self) -> None:
        existing, stations = self.by_code(Team), self.by_code(Station)
        for row, reader, code in self.rows_with_code("teams"):
            station = reader.reference("station", stations, "station", required=True)
            interest = reader.choice("interest", INTEREST_WORDS)
            name = reader.texts("name", required=True)
            about_it = [*reader.words("aliases"), *names_around(station, stations)]
            if interest is not None:
                about_it += INTERESTS[interest]
            values = {
                "station_id": station.id if station else None,
                "interest": interest,
                **columns_of(name=name, about=reader.texts("about"), meets=reader.texts("meets")),
                "search": index(*name.versions(), *about_it),
            }
            self.save("teams", row, reader, existing, Team, code, values)

    def members(self) -> None:
        """Save members by station and staff number, or by station and name."""
        stations, seen = self.by_code(Station), dict[str, int]()
        for row in self.sheets.rows["members"]:
            reader = self.reader("members", row)
            station = reader.reference("station", stations, "station")
            name, number = reader.text("name", required=True), reader.text("staff_number")
            who = f"{station.code if station else ''}/{f'#{number}' if number else name}"
            interests = set(reader.choices("interests", INTEREST_WORDS))
            values = {
                "name": name,
                "station_id": station.id if station else None,
                "staff_number": number,
                "loaded_as": who,
                "shift": reader.choice("shift", SHIFTS, required=False),
                "language": reader.language("language"),
            }
            if who in seen:
                what = "staff number" if number else "name"
                reader.problem(
                    f"the same {what} and station stand in line {seen[who]} already", "name"
                )
            if reader.is_bad:
                continue
            seen[who] = row.line
            self._member(values, interests)

    def _member(self, values: dict[str, Any], interests: set[Interest]) -> None:
        loaded = col(Member.loaded_as) == values["loaded_as"]
        # Rows that 0.2.0 loaded are known by name and station.
        same = and_(
            col(Member.loaded_as) == "",
            col(Member.name) == values["name"],
            col(Member.station_id) == values["station_id"],
        )
        matches = [
            *self.session.exec(select(Member).where(col(Member.loaded_as) != "", loaded)),
            *self.session.exec(select(Member).where(same)),
        ]
        reached = select(Address.member_id).where(
            col(Address.member_id).in_([each.id for each in matches])
        )
        has_chat = bool(matches) and self.session.exec(reached).first() is not None
        if has_chat or (matches and matches[0].consented_at is not None):
            # A member who talks with the station keeps their own answers.
            self.report.same["members"] += 1
            return
        member = matches[0] if matches else Member(created_at=self.now)
        differs = set_columns(member, values)
        self.session.add(member)
        self.session.flush()
        rows = self.session.exec(
            select(MemberInterest).where(MemberInterest.member_id == member.id)
        ).all()
        has = {each.interest for each in rows}
        for each in rows:
            if each.interest not in interests:
                self.session.delete(each)
        for interest in sorted(interests - has):
            self.session.add(MemberInterest(member_id=member.id, interest=interest))
        self.count("members", new=not matches, changed=differs or has != interests)


def _in_words(kind: StationKind) -> str:
    return kind.value.replace("_", " ")
