"""Load teams, and the clubs of enterprises."""

from collections.abc import Sequence

from sqlmodel import Session

from models.loading.cells import CellReader
from models.loading.directory import Known
from models.loading.loader import CodedLoader
from models.loading.pinyin import index
from models.loading.places import ENTERPRISE, STATION
from models.loading.rows import Fate, Ready, Report, insert_all, update_row
from models.loading.words import INTEREST_WORDS
from models.network import registers
from models.network.stations import Station, StationKind
from models.rules.members.interests import INTERESTS
from models.rules.sentences import say
from models.teams import clubs
from models.teams.teams import Team


class TeamLoader(CodedLoader):
    sheet = "teams"
    model = Team

    def read(self, session: Session) -> None:
        for reader in self.readers():
            station = reader.reference("station", self.directory.stations, STATION, required=True)
            self.keep_group(reader, station)

    def keep_group(
        self, reader: CellReader, station: Known | None, employer: Known | None = None
    ) -> Ready:
        """Read what teams and clubs have in common, and keep the row."""
        names = self.directory.teams
        interest = reader.choice("interest", INTEREST_WORDS, "interest")
        name = reader.texts("name", required=True)
        code = self.code_of(
            reader,
            names,
            name.text,
            station.code if station else "",
            lambda each: each.above is station,
        )
        known = names.by_code.get(code) or Known(code, None, (), station)
        self.plan.require(reader, station)
        if known.id is not None:
            self.plan.require(reader, known.above, "code")
        about_it = [*reader.words("aliases"), *self.directory.around(station)]
        if employer is not None:
            about_it += employer.names
        if interest is not None:
            about_it += INTERESTS[interest]
        values = {
            "code": code,
            "station_id": station,
            "interest": interest,
            "name": name,
            "about": reader.texts("about"),
            "meets": reader.texts("meets"),
            "search": index(*name.versions(), *about_it) if name else "",
        }
        ready = Ready(reader, code, name.text, values, known)
        self.keep(ready)
        if not reader.is_bad:
            names.by_code[code] = known
            known.above = station
            names.call(known, name.versions())
        return ready


class ClubLoader(TeamLoader):
    """A club is a team at a contact point of its enterprise, with a number in the register."""

    sheet = "clubs"

    def read(self, session: Session) -> None:
        for reader in self.readers():
            employer = reader.reference(
                "enterprise", self.directory.enterprises, ENTERPRISE, required=True
            )
            station = reader.reference("station", self.directory.stations, STATION)
            if station is None and employer is not None and not reader.has("station"):
                station = self._only_place(reader, employer)
            elif station is not None and employer is not None and _is_of_others(station, employer):
                what = say("this is a contact point of another enterprise")
                reader.wrong("station", what)
            ready = self.keep_group(reader, station, employer)
            ready.values["enterprise_id"] = employer
            ready.values["responsible"] = reader.text("responsible")
            if reader.has("expected_members"):
                ready.values["expected_members"] = reader.count("expected_members")

    def _only_place(self, reader: CellReader, employer: Known) -> Known | None:
        """The contact point of an enterprise that has one alone."""
        found = [
            each
            for each in self.directory.stations.by_code.values()
            if each.enterprise is employer and each.kind is StationKind.CONTACT_POINT
        ]
        if len(found) == 1:
            return found[0]
        if found:
            what = say(
                "the enterprise has several contact points: give one of {codes}",
                codes=", ".join(each.code for each in found[:9]),
            )
        else:
            what = say("the enterprise has no contact point yet")
        reader.wrong("station", what)
        return None

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        compared = self.compare(session, rows)
        unnumbered = [
            each
            for each in compared
            if each.stored is None or (each.stored.register_number is None)
        ]
        root = self.directory.root
        if unnumbered and root is not None:
            district = session.get_one(Station, root.number())
            year = registers.year_of(self.plan.now, self.plan.care.zone)
            numbers = registers.take(session, clubs.ClubRegister, district, year, len(unnumbered))
            for each, number in zip(unnumbered, numbers, strict=True):
                each.ready.values["register_number"] = number
                if each.stored is not None:
                    each.changes["register_number"] = number
                    each.fate = Fate.CHANGED
        new = [each.ready for each in compared if each.stored is None]
        insert_all(session, Team, self.blank(), new)
        for each in compared:
            if each.stored is not None and each.changes:
                update_row(session, Team, each.stored.id, each.changes)
            report.count(self.sheet, each.fate)


def _is_of_others(station: Known, employer: Known) -> bool:
    """Whether a station belongs to another company; a town or the district is no company's."""
    return station.kind is StationKind.CONTACT_POINT and station.enterprise is not employer
