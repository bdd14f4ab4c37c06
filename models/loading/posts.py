"""Load who has which role: organizers, core members, captains and deputies.

A role may be given to a row that no chat is bound to yet: it counts from then on. What was done
with a role in a chat stays: one that was withdrawn there does not come back with the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from models.loading.cells import CellReader
from models.loading.directory import Known, Several
from models.loading.loader import Loader, Plan
from models.loading.people import ERASED, MemberLoader, People
from models.loading.places import KINDS, STATION
from models.loading.rows import Compared, Fate, Ready, Report
from models.loading.words import ROLES
from models.network import roles
from models.network.audit import Audit
from models.network.roles import LEVELS, Grant
from models.rules.network import permissions
from models.rules.network.permissions import LEADERS, ORGANIZERS, Act, Place, Role
from models.rules.sentences import Text, say
from models.store import Moment, table_of
from models.teams import teams
from models.teams.teams import Team

GRANT, AUDIT = table_of(Grant), table_of(Audit)


@dataclass(slots=True)
class Post:
    """A role at a station, or in a team of it, until a moment; None: for good."""

    person: Known
    role: Role
    station: Known
    team: Known | None
    until: Moment | None

    def key(self) -> tuple[int | None, Role, int | None, int | None]:
        team = self.team.id if self.team is not None else None
        return self.person.id, self.role, self.station.id, team


class RoleLoader(Loader):
    sheet = "roles"
    at_once = 100

    def __init__(self, plan: Plan, members: MemberLoader) -> None:
        super().__init__(plan)
        self._members = members

    def read(self, session: Session) -> None:
        """Read the rows beside the people of the store, who may be named as well."""
        rows = self.plan.sheets.rows[self.sheet]
        wanted = {
            str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
            for row in rows
            for name in ("person", "name")
            if isinstance(value := row.values.get(name), str | int | float)
        }
        people = People(session, self.plan, self._members.people, sorted(wanted))
        captains: dict[Known, int] = {}
        for reader in self.readers():
            at = reader.reference("station", self.directory.stations, STATION)
            role = reader.choice("role", ROLES, "role")
            place = self._place(reader, role, at)
            until = self._until(reader)
            person = people.find(reader, at)
            post = None
            if person is not None and role is not None and place is not None:
                station, team = place
                self._require(reader, role, station, team)
                post = Post(person, role, station, team, until)
                if role is Role.CAPTAIN and team is not None and not reader.is_bad:
                    if team in captains:
                        what = say("a team has one captain; line {line} names another",
                                   line=captains[team])  # fmt: skip
                        reader.wrong("role", what)
                    captains.setdefault(team, reader.line)
            key = f"{person.code}|{role}|{place[0].code}|{place[1].code if place[1] else ''}" if (
                person is not None and place is not None) else ""  # fmt: skip
            name = person.names[0] if person is not None else ""
            self.keep(Ready(reader, key, name, known=person, more=post), "person")

    def said_twice(self, ready: Ready, line: int) -> Text:
        return say("the same role stands in line {line} already", line=line)

    def _place(
        self, reader: CellReader, role: Role | None, at: Known | None
    ) -> tuple[Known, Known | None] | None:
        """The station of a role, and its team where it is one of a team."""
        words = reader.text("place", required=True)
        if not words or role is None:
            return None
        if role in LEADERS:
            team = self.directory.teams.find(words, at)
            if isinstance(team, Known) and team.above is not None:
                return team.above, team
            if isinstance(team, Several):
                what = say("several are called '{words}': give the code, one of {codes}",
                           words=words, codes=", ".join(team.codes[:9]))  # fmt: skip
                reader.wrong("place", what)
            else:
                reader.wrong("place", say("there is no team '{words}'", words=words))
            return None
        station = reader.reference("place", self.directory.stations, STATION)
        if station is None or station.kind is None:
            return None
        if role in ORGANIZERS and LEVELS[station.kind] is not role:
            what = say("{place} is a {kind}: this role is one of another level",
                       place=station.names[0], kind=KINDS[station.kind])  # fmt: skip
            reader.wrong("place", what)
            return None
        return station, None

    def _until(self, reader: CellReader) -> Moment | None:
        """The end of the last day, in the station's zone."""
        zone = self.plan.care.zone
        today = self.plan.now.astimezone(zone).date()
        day = reader.last_day("until", today)
        if day is None:
            return None
        if day < today:
            reader.wrong("until", say("this day is past"))
            return None
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)

    def _require(self, reader: CellReader, role: Role, station: Known, team: Known | None) -> None:
        """Nobody gives a role that they may not give in a chat."""
        self.plan.require(reader, station, "place")
        if self.plan.by is None or reader.is_bad:
            return
        path = next((each.path for each in station.line() if each.path), "")
        place = Place(path, team.id if team is not None else None)
        held = [each for each in self.plan.held if each.role not in LEADERS]
        if not permissions.may_grant(role, held, place, self.plan.now):
            reader.wrong("role", say("you may not give this role there"))

    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        people = [each.known.id for each in rows if each.known is not None and each.known.id]
        grants: dict[Any, list[Any]] = {}
        query = select(Grant).where(col(Grant.member_id).in_(people)).order_by(col(Grant.id))
        for grant in session.exec(query):
            key = grant.member_id, grant.role, grant.station_id, grant.team_id
            grants.setdefault(key, []).append(grant)
        teams_of_rows = [
            each.more.team.id for each in rows if each.more.team is not None and each.more.team.id
        ]
        leading = select(Grant.team_id, Grant.member_id).where(
            col(Grant.team_id).in_(teams_of_rows),
            Grant.role == Role.CAPTAIN,
            *roles.in_force(self.plan.now),
        )
        captains = dict(session.exec(leading).all())
        return [self._compared(each, grants, captains) for each in rows]

    def _compared(
        self, ready: Ready, grants: dict[Any, list[Any]], captains: dict[Any, Any]
    ) -> Compared:
        post: Post = ready.more
        found = grants.get(post.key(), []) if post.person.id else []
        now = self.plan.now
        if any(each.withdrawn_at is not None for each in found[-1:]):
            return Compared(ready, Fate.SAME, found[-1])
        if found and (found[-1].until is None or found[-1].until > now):
            if found[-1].until == post.until:
                return Compared(ready, Fate.SAME, found[-1])
            return Compared(ready, Fate.CHANGED, found[-1], {"until": post.until}, ("until",))
        captain = captains.get(post.team.id) if post.team is not None else None
        if post.role is Role.CAPTAIN and captain not in (None, post.person.id):
            ready.reader.wrong("role", say("the team has a captain, who hands it over in a chat"))
            return Compared(ready, Fate.BAD)
        return Compared(ready, Fate.ADDED)

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        for row in rows:
            if row.more.person.id is None:
                row.reader.problem(ERASED)
        compared = self.compare(session, [row for row in rows if not row.reader.is_bad])
        now, by = self.plan.now, self.plan.by
        new = [each.ready.more for each in compared if each.fate is Fate.ADDED]
        if new:
            session.execute(
                insert(GRANT),
                [
                    {
                        "member_id": post.person.number(),
                        "role": post.role,
                        "station_id": post.station.number(),
                        "team_id": post.team.number() if post.team is not None else None,
                        "since": now,
                        "until": post.until,
                    }
                    for post in new
                ],
            )
            session.execute(insert(AUDIT), [_record(post, by, now) for post in new])
        for each in compared:
            if each.fate is Fate.CHANGED:
                session.execute(
                    update(GRANT).where(GRANT.c.id == each.stored.id).values(**each.changes)
                )
            report.count(self.sheet, each.fate)
        for post in new:
            if post.team is not None:
                team = session.get_one(Team, post.team.number())
                teams.join(session, team, post.person.number(), now)


def _record(post: Post, by: int | None, now: Moment) -> dict[str, Any]:
    """Who was given which role, as a code that gives one is recorded."""
    is_organizer = post.role in ORGANIZERS
    return {
        "at": now,
        "member_id": by,
        "act": Act.INVITE_ORGANIZER if is_organizer else Act.INVITE_CORE_MEMBER,
        "subject": f"member:{post.person.number()}",
        "station_id": post.station.number(),
        "details": {"role": str(post.role)},
    }
