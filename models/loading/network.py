"""A network out of files: judge each row, save the good ones by their codes, report the others.

Loading twice changes nothing. A row that changed in the file changes in the store; what people did
meanwhile (sign-ups, counters, a cancellation) is never touched.

A relative day is fixed when it is first loaded: while the event is still to come it keeps its
times. Once it has passed it gets new ones if nobody ever signed up, and is left alone otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from models.events import signups
from models.events.events import Event, EventState, Kind
from models.loading.cells import (
    CATEGORIES,
    EVENT_KINDS,
    INTEREST_WORDS,
    LANGUAGES,
    SHIFTS,
    STATION_KINDS,
    CellReader,
)
from models.loading.pinyin import index
from models.loading.sheets import (
    SHEETS,
    SheetFile,
    SheetProblem,
    SheetRow,
    Unreadable,
    read,
    template,
)
from models.network.members import INTERESTS, Address, Interest, Member, MemberInterest
from models.network.stations import Care, Enterprise, Station, StationKind
from models.store import Moment
from models.teams.teams import Team

__all__ = ["Report", "SheetFile", "SheetProblem", "Unreadable", "load", "read", "template"]

Coded = TypeVar("Coded", Enterprise, Station, Team, Event)
Known = Mapping[str, Coded]

PARENTS = {
    StationKind.DISTRICT: (),
    StationKind.TOWN: (StationKind.DISTRICT,),
    StationKind.CONTACT_POINT: (StationKind.TOWN, StationKind.DISTRICT),
}


@dataclass(slots=True)
class Report:
    """How many rows of each sheet were new, changed or as before, and what is wrong with others."""

    added: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    same: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    problems: list[SheetProblem] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report in words: a line for each sheet that had rows, then one for each problem."""
        said = []
        for sheet in SHEETS:
            counts = self.added[sheet], self.changed[sheet], self.same[sheet]
            if any(counts):
                new, changed, same = counts
                said.append(f"{sheet}: {new} new, {changed} changed, {same} as before")
        return said + [str(problem) for problem in self.problems]


def load(session: Session, sheets: SheetFile, care: Care, now: Moment) -> Report:
    """Save what is right in the sheets; the report names every row that is not."""
    loading = _Loading(session, sheets, care, now, Report(problems=list(sheets.problems)))
    loading.enterprises()
    loading.stations()
    loading.teams()
    loading.members()
    loading.events()
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


@dataclass(slots=True)
class _Loading:
    """One run over the sheets: where to, when, and what came of it."""

    session: Session
    sheets: SheetFile
    care: Care
    now: Moment
    report: Report

    # Sheets, in the order in which rows need each other

    def enterprises(self) -> None:
        known = self._known(Enterprise)
        for row, judge, code in self._rows("enterprises"):
            values = {"name": judge.text("name", required=True), "name_en": judge.text("name_en")}
            self._save("enterprises", row, judge, known, Enterprise, code, values)

    def stations(self) -> None:
        known, employers = self._known(Station), self._known(Enterprise)
        waiting = list(self._rows("stations"))
        while waiting:
            # A parent may stand below its children in the file.
            ready = [each for each in waiting if self._parent_is_there(each, known)]
            for row, judge, code in ready or waiting:
                self._station(row, judge, code, known, employers)
            waiting = [each for each in waiting if each not in ready] if ready else []
        self._draw_tree()

    def _parent_is_there(
        self, each: tuple[SheetRow, CellReader, str], known: Known[Station]
    ) -> bool:
        parent = each[0].values.get("parent")
        return parent is None or str(parent).strip() in known

    def _station(
        self,
        row: SheetRow,
        judge: CellReader,
        code: str,
        known: dict[str, Station],
        employers: Known[Enterprise],
    ) -> None:
        kind = judge.choice("kind", STATION_KINDS)
        parent = judge.reference("parent", known, "station")
        employer = judge.reference("enterprise", employers, "enterprise")
        if kind is not None:
            self._judge_parent(judge, kind, parent)
        name, name_en = judge.text("name", required=True), judge.text("name_en")
        around = [employer.name, employer.name_en] if employer else []
        if parent is not None and parent.kind is not StationKind.DISTRICT:
            around += [parent.name, parent.name_en]
        values = {
            "kind": kind,
            "parent_id": parent.id if parent else None,
            "enterprise_id": employer.id if employer else None,
            "name": name,
            "name_en": name_en,
            "address": judge.text("address"),
            "address_en": judge.text("address_en"),
            "map_url": judge.url("map_url"),
            "search": index(name, name_en, *judge.words("aliases"), *around),
        }
        self._save("stations", row, judge, known, Station, code, values)

    def _judge_parent(self, judge: CellReader, kind: StationKind, parent: Station | None) -> None:
        allowed = PARENTS[kind]
        if not allowed and judge.has("parent"):
            judge.object("a district has no parent", "parent")
        elif allowed and not judge.has("parent"):
            judge.object(f"a {_said(kind)} needs a parent")
        elif parent is not None and parent.kind not in allowed:
            wanted = " or ".join(f"a {_said(each)}" for each in allowed)
            judge.object(f"the parent of a {_said(kind)} is {wanted}", "parent")

    def _draw_tree(self) -> None:
        """Write every station's path anew: a town that moves takes its contact points along."""
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
        known, stations = self._known(Team), self._known(Station)
        for row, judge, code in self._rows("teams"):
            station = judge.reference("station", stations, "station", required=True)
            interest = judge.choice("interest", INTEREST_WORDS)
            name, name_en = judge.text("name", required=True), judge.text("name_en")
            about_it = [*judge.words("aliases"), *_around(station, stations)]
            if interest is not None:
                about_it += INTERESTS[interest]
            values = {
                "station_id": station.id if station else None,
                "interest": interest,
                "name": name,
                "name_en": name_en,
                "about": judge.text("about"),
                "about_en": judge.text("about_en"),
                "meets": judge.text("meets"),
                "meets_en": judge.text("meets_en"),
                "search": index(name, name_en, *about_it),
            }
            self._save("teams", row, judge, known, Team, code, values)

    def members(self) -> None:
        """Members have no codes: one is known by name and station, until they come themselves."""
        stations, seen = self._known(Station), dict[tuple[str, int | None], int]()
        for row in self.sheets.rows["members"]:
            judge = self._judge("members", row)
            station = judge.reference("station", stations, "station")
            who = judge.text("name", required=True), station.id if station else None
            wanted = set(judge.choices("interests", INTEREST_WORDS))
            values = {
                "shift": judge.choice("shift", SHIFTS, required=False),
                "language": judge.choice("language", LANGUAGES, required=False) or "zh",
            }
            if who in seen:
                judge.object(f"the same name and station stand in line {seen[who]} already", "name")
            if judge.is_bad:
                continue
            seen[who] = row.line
            self._member(who, values, wanted)

    def _member(
        self, who: tuple[str, int | None], values: dict[str, Any], wanted: set[Interest]
    ) -> None:
        name, station_id = who
        found = self.session.exec(
            select(Member).where(Member.name == name, Member.station_id == station_id)
        ).all()
        reached = select(Address.member_id).where(
            col(Address.member_id).in_([each.id for each in found])
        )
        if found and self.session.exec(reached).first() is not None:
            # Somebody who talks with the station keeps their own answers.
            self.report.same["members"] += 1
            return
        member = (
            found[0] if found else Member(name=name, station_id=station_id, created_at=self.now)
        )
        differs = _set(member, values)
        self.session.add(member)
        self.session.flush()
        has = self.session.exec(
            select(MemberInterest).where(MemberInterest.member_id == member.id)
        ).all()
        kept = {each.interest for each in has}
        for each in has:
            if each.interest not in wanted:
                self.session.delete(each)
        for interest in sorted(wanted - kept):
            self.session.add(MemberInterest(member_id=member.id, interest=interest))
        self._count("members", new=not found, changed=differs or kept != wanted)

    def events(self) -> None:
        known, stations, teams = self._known(Event), self._known(Station), self._known(Team)
        for row, judge, code in self._rows("events"):
            station = judge.reference("station", stations, "station", required=True)
            team = judge.reference("team", teams, "team")
            category = judge.choice("category", CATEGORIES)
            kind = judge.choice("kind", EVENT_KINDS)
            title, title_en = judge.text("title", required=True), judge.text("title_en")
            about_it = [*judge.words("aliases"), *([team.name, team.name_en] if team else [])]
            about_it += [*_around(station, stations), *(EVENT_WORDS.get(kind, ()) if kind else ())]
            values = {
                "station_id": station.id if station else None,
                "team_id": team.id if team else None,
                "category": category,
                "kind": kind,
                "title": title,
                "title_en": title_en,
                "about": judge.text("about"),
                "about_en": judge.text("about_en"),
                "place": judge.text("place"),
                "place_en": judge.text("place_en"),
                "map_url": judge.url("map_url"),
                "bring": judge.text("bring"),
                "bring_en": judge.text("bring_en"),
                "seats": judge.seats(),
                "search": index(title, title_en, *about_it),
            }
            self._event(row, judge, code, known, values)

    def _event(
        self,
        row: SheetRow,
        judge: CellReader,
        code: str,
        known: dict[str, Event],
        values: dict[str, Any],
    ) -> None:
        event = known.get(code)
        times = judge.times(self.now, self.care.zone)
        reason = judge.text("reason")
        if times is None or judge.is_bad:
            return
        span = {"starts_at": times.starts_at, "ends_at": times.ends_at}
        span["closes_at"] = times.closes_at
        if event is None:
            if times.starts_at <= self.now:
                judge.object("this day and time have passed", "day")
            self._save("events", row, judge, known, Event, code, values | span)
            return
        if times.is_relative and (event.starts_at > self.now or event.turns > 0):
            span = {"starts_at": event.starts_at, "ends_at": event.ends_at}
            span["closes_at"] = event.closes_at
        is_moved = span["starts_at"] != event.starts_at or span["ends_at"] != event.ends_at
        if is_moved and span["starts_at"] <= self.now:
            judge.object("it cannot be moved to a time that has passed", "day")
            return
        is_live = event.state is not EventState.CANCELLED and event.starts_at > self.now
        grown = values["seats"] is None or (
            event.seats is not None and values["seats"] > event.seats
        )
        if is_moved and is_live:
            signups.move(self.session, event, **span, reason=reason, care=self.care, now=self.now)
        elif is_moved and times.is_relative:
            # It comes round again as if it were new: nobody had signed up for it.
            event.state, event.reason = EventState.OPEN, ""
        self._save(
            "events", row, judge, known, Event, code, values | span, changed=is_moved and is_live
        )
        if grown and is_live and event.waiting:
            self.session.flush()
            signups.fill(self.session, event.id, self.care, self.now)

    # Steps that all sheets share

    def _judge(self, sheet: str, row: SheetRow) -> CellReader:
        return CellReader(self.sheets.file, sheet, row, self.report.problems)

    def _rows(self, sheet: str) -> list[tuple[SheetRow, CellReader, str]]:
        """The rows that have a code of their own."""
        rows, seen = [], dict[str, int]()
        for row in self.sheets.rows[sheet]:
            judge = self._judge(sheet, row)
            code = judge.code()
            if code in seen:
                judge.object(f"the code {code!r} stands in line {seen[code]} already", "code")
            elif code:
                seen[code] = row.line
                rows.append((row, judge, code))
        return rows

    def _known(self, model: type[Coded]) -> dict[str, Coded]:
        self.session.flush()
        return {each.code: each for each in self.session.exec(select(model)).all()}

    def _save(
        self,
        sheet: str,
        row: SheetRow,
        judge: CellReader,
        known: dict[str, Coded],
        model: Callable[..., Coded],
        code: str,
        values: dict[str, Any],
        changed: bool = False,
    ) -> None:
        if judge.is_bad:
            return
        there = known.get(code)
        if there is None:
            known[code] = there = model(code=code, **values)
            self.session.add(there)
            self.session.flush()
            self._count(sheet, new=True)
            return
        differs = _set(there, values)
        self._count(sheet, changed=differs or changed)

    def _count(self, sheet: str, *, new: bool = False, changed: bool = False) -> None:
        counts = self.report.added if new else self.report.changed if changed else self.report.same
        counts[sheet] += 1


EVENT_WORDS = {
    Kind.LECTURE: ("讲座", "大讲堂", "lecture", "talk"),
    Kind.TOUR: ("体验游", "tour", "visit"),
    Kind.SOCIAL: ("联谊", "social"),
    Kind.CONTEST: ("大赛", "比赛", "contest", "match"),
    Kind.TRAINING: ("培训", "training", "course"),
    Kind.GALA: ("汇报会", "晚会", "gala"),
    Kind.SESSION: ("队伍活动", "team session"),
}


def _said(kind: StationKind) -> str:
    return kind.value.replace("_", " ")


def _around(station: Station | None, stations: Known[Station]) -> list[str]:
    """The names of the station and its town: people search by place."""
    if station is None or station.kind is StationKind.DISTRICT:
        return []
    names = [station.name, station.name_en]
    for above in stations.values():
        if above.id == station.parent_id and above.kind is StationKind.TOWN:
            names += [above.name, above.name_en]
    return names


def _set(there: SQLModel, values: Mapping[str, Any]) -> bool:
    """Write what differs, and say whether anything did."""
    differing = {name: value for name, value in values.items() if getattr(there, name) != value}
    for name, value in differing.items():
        setattr(there, name, value)
    return bool(differing)
