"""Load a network from a file: save correct rows by code, report the others.

Loading is idempotent. A row that changed in the file changes in the store; what people did since
(sign-ups, counters, a cancellation) stays.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from models.events import offers, running
from models.events.events import Event, EventState, Kind
from models.loading.cells import (
    CATEGORIES,
    EVENT_KINDS,
    INTEREST_WORDS,
    SHIFTS,
    STATION_KINDS,
    CellReader,
)
from models.loading.pinyin import index
from models.loading.saving import Coded, Report, Saver, set_columns
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
from models.network.stations import Care, Enterprise, Station, StationKind, district
from models.network.translations import translations_of
from models.rules.events.audience import to_column
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.store import Moment
from models.teams.teams import Team

__all__ = [
    "Report",
    "SecondDistrict",
    "SheetFile",
    "SheetProblem",
    "Unreadable",
    "load",
    "read",
    "template",
]

Existing = Mapping[str, Coded]
"""Stored rows by code."""

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


class _Loading(Saver):
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
            values = _texts(name=reader.texts("name", required=True))
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
        around = [*_names(employer)] if employer else []
        if parent is not None and parent.kind is not StationKind.DISTRICT:
            around += _names(parent)
        values = {
            "kind": kind,
            "parent_id": parent.id if parent else None,
            "enterprise_id": employer.id if employer else None,
            **_texts(name=name, address=reader.texts("address")),
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
            about_it = [*reader.words("aliases"), *_around(station, stations)]
            if interest is not None:
                about_it += INTERESTS[interest]
            values = {
                "station_id": station.id if station else None,
                "interest": interest,
                **_texts(name=name, about=reader.texts("about"), meets=reader.texts("meets")),
                "search": index(*name.versions(), *about_it),
            }
            self.save("teams", row, reader, existing, Team, code, values)

    def members(self) -> None:
        """Save members by name and station, for they have no codes."""
        stations, seen = self.by_code(Station), dict[tuple[str, int | None], int]()
        for row in self.sheets.rows["members"]:
            reader = self.reader("members", row)
            station = reader.reference("station", stations, "station")
            who = reader.text("name", required=True), station.id if station else None
            interests = set(reader.choices("interests", INTEREST_WORDS))
            values = {
                "shift": reader.choice("shift", SHIFTS, required=False),
                "language": reader.language("language"),
            }
            if who in seen:
                reader.problem(
                    f"the same name and station stand in line {seen[who]} already", "name"
                )
            if reader.is_bad:
                continue
            seen[who] = row.line
            self._member(who, values, interests)

    def _member(
        self, who: tuple[str, int | None], values: dict[str, Any], interests: set[Interest]
    ) -> None:
        name, station_id = who
        matches = self.session.exec(
            select(Member).where(Member.name == name, Member.station_id == station_id)
        ).all()
        reached = select(Address.member_id).where(
            col(Address.member_id).in_([each.id for each in matches])
        )
        if matches and self.session.exec(reached).first() is not None:
            # A member who talks with the station keeps their own answers.
            self.report.same["members"] += 1
            return
        member = (
            matches[0] if matches else Member(name=name, station_id=station_id, created_at=self.now)
        )
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

    def events(self) -> None:
        existing, stations, teams = self.by_code(Event), self.by_code(Station), self.by_code(Team)
        employers = self.by_code(Enterprise)
        for row, reader, code in self.rows_with_code("events"):
            station = reader.reference("station", stations, "station", required=True)
            team = reader.reference("team", teams, "team")
            category = reader.choice("category", CATEGORIES)
            kind = reader.choice("kind", EVENT_KINDS)
            title = reader.texts("title", required=True)
            texts = {each: reader.texts(each) for each in ("about", "place", "bring")}
            about_it = [*reader.words("aliases"), *(_names(team) if team else ())]
            about_it += [*_around(station, stations), *(EVENT_WORDS.get(kind, ()) if kind else ())]
            values = {
                "station_id": station.id if station else None,
                "team_id": team.id if team else None,
                "category": category,
                "kind": kind,
                **_texts(title=title, **texts),
                "map_url": reader.url("map_url"),
                "seats": reader.seats(),
                "search": index(*title.versions(), *about_it),
            }
            # Without the cell an event keeps whom it is for: that may have been narrowed in a chat.
            if reader.has("audience"):
                values["audience"] = _audience(reader, stations, employers, teams)
            self._event(row, reader, code, existing, values)

    def _event(
        self,
        row: SheetRow,
        reader: CellReader,
        code: str,
        existing: dict[str, Event],
        values: dict[str, Any],
    ) -> None:
        """Save an event; one that moved notifies its people.

        A relative day is fixed when it is first loaded: an event still to come keeps its times. A
        past one gets new times if nobody ever signed up for it, and is left alone otherwise.
        """
        event = existing.get(code)
        times = reader.times(self.now, self.care.zone)
        reason = reader.text("reason")
        if times is None or reader.is_bad:
            return
        span = {"starts_at": times.starts_at, "ends_at": times.ends_at}
        span["closes_at"] = times.closes_at
        if event is None:
            if times.starts_at <= self.now:
                reader.problem("this day and time have passed", "day")
            self.save("events", row, reader, existing, Event, code, values | span)
            return
        if times.is_relative and (event.starts_at > self.now or event.turns > 0):
            span = {"starts_at": event.starts_at, "ends_at": event.ends_at}
            span["closes_at"] = event.closes_at
        is_moved = span["starts_at"] != event.starts_at or span["ends_at"] != event.ends_at
        if is_moved and span["starts_at"] <= self.now:
            reader.problem("it cannot be moved to a time that has passed", "day")
            return
        is_live = event.state is not EventState.CANCELLED and event.starts_at > self.now
        grown = values["seats"] is None or (
            event.seats is not None and values["seats"] > event.seats
        )
        if is_moved and is_live:
            self.session.flush()
            running.move(
                self.session,
                event.id,
                span["starts_at"],
                span["ends_at"],
                None,
                self.care,
                self.now,
                closes_at=span["closes_at"],
                reason=reason,
                place=values["place"],
            )
        elif is_moved and times.is_relative:
            # Nobody had signed up for it, so it is published again as if it were new.
            event.state, event.reason = EventState.OPEN, ""
        self.save(
            "events",
            row,
            reader,
            existing,
            Event,
            code,
            values | span,
            changed=is_moved and is_live,
        )
        if grown and is_live and event.waiting:
            self.session.flush()
            offers.fill(self.session, event.id, self.care, self.now)


EVENT_WORDS = {
    Kind.LECTURE: ("讲座", "大讲堂", "lecture", "talk"),
    Kind.TOUR: ("体验游", "tour", "visit"),
    Kind.SOCIAL: ("联谊", "social"),
    Kind.CONTEST: ("大赛", "比赛", "contest", "match"),
    Kind.TRAINING: ("培训", "training", "course"),
    Kind.GALA: ("汇报会", "晚会", "gala"),
    Kind.SESSION: ("队伍活动", "team session"),
}


OPEN = ("全区", "all")
"""What opens an event to everybody, in the column of its audience."""


def _audience(
    reader: CellReader,
    stations: Existing[Station],
    employers: Existing[Enterprise],
    teams: Existing[Team],
) -> str:
    """The audience of the codes in the cell; a code of several sheets means the first of these."""
    audience = Audience()
    for code in reader.words("audience"):
        if code.casefold() in OPEN:
            continue
        if (station := stations.get(code)) is not None:
            if station.kind is StationKind.DISTRICT:
                return ""
            audience = audience.toggled("stations", station.id)
        elif (employer := employers.get(code)) is not None:
            audience = audience.toggled("enterprises", employer.id)
        elif (team := teams.get(code)) is not None:
            audience = audience.toggled("teams", team.id)
        else:
            what = "is the code of no station, enterprise or team, and not 全区"
            reader.problem(f"audience: {code!r} {what}", "audience")
    return to_column(audience)


def _in_words(kind: StationKind) -> str:
    return kind.value.replace("_", " ")


def _texts(**texts: Translated) -> dict[str, Any]:
    """The values of a row for these texts."""
    written: dict[str, Any] = {name: said.text for name, said in texts.items()}
    return written | {"translations": translations_of(texts)}


def _names(row: Enterprise | Station | Team) -> tuple[str, ...]:
    return row.text_of("name").versions()


def _around(station: Station | None, stations: Existing[Station]) -> list[str]:
    """The names of the station and its town: people search by place."""
    if station is None or station.kind is StationKind.DISTRICT:
        return []
    names = [*_names(station)]
    for above in stations.values():
        if above.id == station.parent_id and above.kind is StationKind.TOWN:
            names += _names(above)
    return names
