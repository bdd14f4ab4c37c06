"""Load enterprises and stations."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from models.loading.cells import CellReader
from models.loading.directory import Known
from models.loading.loader import CodedLoader
from models.loading.pinyin import index
from models.loading.rows import Fate, Ready, Report, insert_all, update_row
from models.loading.sheets import SheetFile
from models.loading.words import STATION_KINDS
from models.network.stations import Enterprise, Station, StationKind
from models.rules.sentences import Text, say
from models.store import table_of

PARENTS = {
    StationKind.DISTRICT: (),
    StationKind.TOWN: (StationKind.DISTRICT,),
    StationKind.CONTACT_POINT: (StationKind.TOWN, StationKind.DISTRICT),
}
KINDS = {
    StationKind.DISTRICT: say("district"),
    StationKind.TOWN: say("town"),
    StationKind.CONTACT_POINT: say("contact point"),
}
RANKS = tuple(PARENTS)

STATION, ENTERPRISE, TEAM, EVENT = say("station"), say("enterprise"), say("team"), say("event")


class SecondDistrict(Exception):
    """The file holds a second district; ``why`` is one sentence."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


def require_one_district(sheets: SheetFile, root: Known | None) -> None:
    """Raises SecondDistrict when the file would give the tree of stations a second root."""
    known = (root.code, root.names[0]) if root else None
    for row in sheets.rows["stations"]:
        kind = str(row.values.get("kind", "")).strip().casefold()
        if STATION_KINDS.get(kind) is not StationKind.DISTRICT or "parent" in row.values:
            continue
        code, name = (str(row.values.get(cell, "")).strip() for cell in ("code", "name"))
        if known is None:
            known = code, name
        elif code != known[0] and (code or name != known[1]):
            what = say(
                "{file}:{line}: stations: '{code}' would be a second district; "
                "one deployment is one district, and this one is '{known}' ({name})",
                file=sheets.file,
                line=row.line,
                code=code or name,
                known=known[0],
                name=known[1],
            )
            raise SecondDistrict(what)


class EnterpriseLoader(CodedLoader):
    sheet = "enterprises"
    model = Enterprise
    at_once = 200

    def read(self, session: Session) -> None:
        names = self.directory.enterprises
        for reader in self.readers():
            name = reader.texts("name", required=True)
            code = self.code_of(reader, names, name.text, "", lambda _each: True)
            known = names.by_code.get(code) or Known(code, None, ())
            if not reader.is_bad and known.names != name.versions():
                self._require(reader, known)
            ready = Ready(reader, code, name.text, {"code": code, "name": name}, known)
            self.keep(ready)
            if not reader.is_bad:
                names.by_code[code] = known
                names.call(known, name.versions())

    def _require(self, reader: CellReader, known: Known) -> None:
        """A company is renamed only by who may load into all of its contact points."""
        if known.id is None:
            return
        for station in self.directory.stations.by_code.values():
            if station.enterprise is known:
                self.plan.require(reader, station, "name")


class StationLoader(CodedLoader):
    sheet = "stations"
    model = Station

    def read(self, session: Session) -> None:
        # A parent may stand below its children in the file: it is read before them.
        kinds = [
            (each, each.choice("kind", STATION_KINDS, "kind of station")) for each in self.readers()
        ]
        for reader, kind in sorted(
            kinds, key=lambda each: RANKS.index(each[1]) if each[1] else len(RANKS)
        ):
            self._read(reader, kind)

    def _read(self, reader: CellReader, kind: StationKind | None) -> None:
        names = self.directory.stations
        parent = reader.reference("parent", names, STATION)
        employer = reader.reference("enterprise", self.directory.enterprises, ENTERPRISE)
        if kind is not None:
            self._check_parent(reader, kind, parent)
        name = reader.texts("name", required=True)
        code = self.code_of(
            reader,
            names,
            name.text,
            "",
            lambda each: (
                each.kind is kind
                and (kind is not StationKind.CONTACT_POINT or each.above is parent)
            ),
        )
        around = [*employer.names] if employer else []
        if parent is not None and parent.kind is not StationKind.DISTRICT:
            around += parent.names
        known = names.by_code.get(code) or Known(code, None, ())
        # Their own station is changed by who loads into the one above it.
        self.plan.require(reader, parent, "parent")
        if known.id is not None:
            self.plan.require(reader, known.above, "code")
        values = {
            "code": code,
            "kind": kind,
            "parent_id": parent,
            "enterprise_id": employer,
            "name": name,
            "address": reader.texts("address"),
            "map_url": reader.url("map_url"),
            "search": index(*name.versions(), *reader.words("aliases"), *around) if name else "",
        }
        self.keep(Ready(reader, code, name.text, values, known))
        if not reader.is_bad:
            names.by_code[code] = known
            known.above, known.kind, known.enterprise = parent, kind, employer
            names.call(known, name.versions())

    def _check_parent(self, reader: CellReader, kind: StationKind, parent: Known | None) -> None:
        allowed = PARENTS[kind]
        if not allowed and reader.has("parent"):
            reader.problem(say("a district has no parent"), "parent")
        elif allowed and not reader.has("parent"):
            reader.problem(say("a {kind} needs a parent", kind=KINDS[kind]))
        elif parent is not None and parent.kind not in allowed:
            expected = KINDS[allowed[0]]
            if len(allowed) > 1:
                expected = say("{one} or {other}", one=KINDS[allowed[0]], other=KINDS[allowed[1]])
            what = say(
                "the parent of a {kind} is a {expected}", kind=KINDS[kind], expected=expected
            )
            reader.problem(what, "parent")

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        compared = self.compare(session, rows)
        new: list[Ready] = []
        for each in compared:
            report.count(self.sheet, each.fate)
            known = each.ready.known
            assert known is not None
            if each.fate is Fate.ADDED:
                if known.above is not None and known.above.id is None:
                    # The row above is among those that are to be added.
                    new = self._add(session, new)
                known.id = None
                new.append(each.ready)
                continue
            new = self._add(session, new)
            if each.changes:
                update_row(session, Station, each.stored.id, each.changes)
            known.path = _path(known)
            _write_path(session, known.number(), each.stored.path, known.path)
        self._add(session, new)

    def _add(self, session: Session, rows: Sequence[Ready]) -> list[Ready]:
        """Insert stations whose parents are there; a path holds a station's own number."""
        insert_all(session, Station, self.blank(), rows)
        paths = []
        for each in rows:
            assert each.known is not None
            each.known.path = _path(each.known)
            paths.append({"key": each.known.number(), "path": each.known.path})
        if paths:
            table = table_of(Station)
            session.execute(update(table).where(table.c.id == bindparam("key")), paths)
        return []


def _path(known: Known) -> str:
    above = known.above.path if known.above is not None else "/"
    return f"{above}{known.number()}/"


def _write_path(session: Session, number: int, was: str, path: str) -> None:
    """Give a station its path: a moved town takes its contact points along."""
    if was == path:
        return
    update_row(session, Station, number, {"path": path})
    table = table_of(Station)
    below = select(table.c.id, table.c.path).where(table.c.parent_id == number)
    for child, path_of_child in session.execute(below).all():
        _write_path(session, child, path_of_child, f"{path}{child}/")
