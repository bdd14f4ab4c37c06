"""Load events: those that are to come are changed by the verbs that organizers use."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from models.events import draws, editing, gating, halls, pictures, postponing, quotas, running
from models.events.draws import NotDone, WhyNot
from models.events.events import Event, EventState, Kind
from models.events.gating import GatesNotSet
from models.events.quotas import Share, TooMuch
from models.events.running import Changed, TooLate
from models.loading import questions
from models.loading.cells import CATEGORIES, EVENT_KINDS, CellReader
from models.loading.pinyin import index
from models.loading.saving import Existing, Saver, columns_of, names_around, names_of, set_columns
from models.loading.sheets import SheetRow
from models.network.stations import Enterprise, Station, StationKind
from models.rules.events import (
    companions,
    gate_words,
    gates,
    handing,
    picturing,
    undated,
    windows,
)
from models.rules.events import halls as halls_read
from models.rules.events import shares as reading
from models.rules.events.audience import to_column
from models.rules.events.companions import Along, Companions
from models.rules.events.details import DETAILS
from models.rules.events.draws import SHORTEST
from models.rules.events.handing import Handing
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.store import Moment
from models.teams.teams import Team


class EventSaver(Saver):
    """Saves the rows of events."""

    def events(self) -> None:
        existing, stations, teams = self.by_code(Event), self.by_code(Station), self.by_code(Team)
        employers = self.by_code(Enterprise)
        for row, reader, code in self.rows_with_code("events"):
            station = reader.reference("station", stations, "station", required=True)
            team = reader.reference("team", teams, "team")
            category = reader.choice("category", CATEGORIES)
            kind = reader.choice("kind", EVENT_KINDS)
            title = reader.texts("title", required=True)
            about_it = [*reader.words("aliases"), *(names_of(team) if team else ())]
            about_it += [
                *names_around(station, stations),
                *(EVENT_WORDS.get(kind, ()) if kind else ()),
            ]
            values = {
                "station_id": station.id if station else None,
                "team_id": team.id if team else None,
                "category": category,
                "kind": kind,
                "title": title,
                "place": reader.texts("place"),
                **_details(reader),
                "map_url": reader.url("map_url"),
                "seats": reader.seats(),
                "search": index(*title.versions(), *about_it),
            }
            # Without the cell an event keeps whom it is for: that may have been narrowed in a chat.
            if reader.has("audience"):
                values["audience"] = _audience(reader, stations, employers, teams)
            if reader.has("picture"):
                values["picture_id"] = self._picture(reader)
            asked = questions.read(reader)
            shares = None
            if reader.has("shares"):
                meet = values["meet"].text if "meet" in values else ""
                known = questions.answers(self.session, existing.get(code), asked, meet)
                shares = _shares(reader, known, stations, employers, teams)
            hall = _hall(reader) if reader.has("hall") else None
            drawn = reader.choice("draw", DRAWN, required=False)
            postponed = reader.choice("postponed", POSTPONED, required=False)
            if drawn and values["seats"] is None:
                reader.problem(f"draw: {WhyNot.NO_LIMIT}", "draw")
            self._event(row, reader, code, existing, values, gets_date=postponed == NO)
            if postponed == YES and not reader.is_bad and code in existing:
                self._postpone(reader, existing[code])
            if asked and not reader.is_bad and code in existing:
                questions.add(self.session, reader, existing[code], asked, self.now)
            if shares is not None and not reader.is_bad and code in existing:
                self._share_out(reader, existing[code], shares)
            if hall is not None and not reader.is_bad and code in existing:
                self._put_hall(existing[code], hall)
            if drawn and not reader.is_bad and code in existing:
                self._draw(reader, existing[code], drawn)
            self._set_gates(reader, code, existing)

    def _set_gates(self, reader: CellReader, code: str, existing: dict[str, Event]) -> None:
        """Set who may sign up and from when; without its cells an event keeps what it has."""
        if not reader.has("conditions") and not reader.has("opens_before"):
            return
        said = gate_words.read(reader.text("conditions"), self.now, self.care.zone)
        before = reader.span("opens_before")
        if isinstance(said, str):
            what = "is no condition, as 18-35岁；上过焊接基础班；要同意；爽约的不收"
            reader.problem(f"conditions: {said!r} {what}", "conditions")
            return
        event = existing.get(code)
        if reader.is_bad or event is None or event.starts_at <= self.now:
            return
        wanted = said.onto(gates.NONE)
        if (first := existing.get(wanted.done)) is not None:
            wanted = replace(wanted, done=f"#{first.id}")
        opens_at = said.opens_at
        if opens_at is None and before:
            opens_at = event.starts_at - before
        self.session.flush()
        if (
            wanted.done_number is not None
            and wanted.done_number == gates.from_column(event.gates).done_number
        ):
            wanted = replace(wanted, done=gates.from_column(event.gates).done)
        if wanted.to_column() == event.gates and opens_at == event.opens_at:
            return
        done = gating.put(self.session, event.id, wanted, opens_at, None, self.care, self.now)
        if isinstance(done, GatesNotSet):
            cell = "opens_before" if done.why is Why.CLOSED and before else "conditions"
            reader.problem(f"{cell}: {PROBLEMS.get(done.why, str(done.why))}", cell)

    def _picture(self, reader: CellReader) -> int | None:
        """Keep the picture whose file the cell names, unless it is there already."""
        name = reader.text("picture")
        if not name:
            return None
        folder = self.sheets.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            reader.problem(f"picture: there is no file {name!r} beside this one", "picture")
            return None
        content = path.read_bytes()
        if picturing.holds_pixels_alone(content):
            return pictures.keep(self.session, content, "image/png", None, self.now)
        if (made := picturing.cleaned(content)) is None:
            what = "is no JPEG, PNG, WebP or GIF of at most 5 MB"
            reader.problem(f"picture: {name!r} {what}", "picture")
            return None
        return pictures.keep(self.session, made[1], made[0], None, self.now)

    def _put_hall(self, event: Event, hall: str) -> None:
        """Give an event its hall; who sits there already keeps their seat if there still is one."""
        if hall == event.hall:
            return
        self.session.flush()
        halls.set_hall(self.session, event.id, hall, None, self.now, seen=None)

    def _draw(self, reader: CellReader, event: Event, drawn: str) -> None:
        """Let the seats of an event be drawn, unless they are already."""
        if event.draw:
            return
        self.session.flush()
        done = draws.set_up(self.session, event.id, None, self.now)
        if isinstance(done, NotDone):
            reader.problem(f"draw: {done.why}", "draw")
        elif drawn == WITH_WEB:
            draws.admit_web(self.session, event.id, None, self.now)

    def _postpone(self, reader: CellReader, event: Event) -> None:
        """Leave the date of an event to come, unless it is so already."""
        if undated.is_to_come(event.starts_at):
            return
        self.session.flush()
        reason = reader.text("reason")
        done = postponing.postpone(self.session, event.id, reason, None, self.now)
        if isinstance(done, TooLate):
            reader.problem("postponed: it is over or cancelled", "postponed")

    def _event(
        self,
        row: SheetRow,
        reader: CellReader,
        code: str,
        existing: dict[str, Event],
        values: dict[str, Any],
        *,
        gets_date: bool,
    ) -> None:
        """Save an event; one that moved notifies its people.

        One that was postponed gets a date with ``gets_date``, or with another day than it had.

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
            row_values = _columns(values) | span
            self.save("events", row, reader, existing, Event, code, row_values)
            return
        if times.is_relative and (event.starts_at > self.now or event.turns > 0):
            span = {"starts_at": event.starts_at, "ends_at": event.ends_at}
            span["closes_at"] = event.closes_at
        later = {name: undated.put_off(each) for name, each in span.items()}
        is_same_day = (later["starts_at"], later["ends_at"]) == (event.starts_at, event.ends_at)
        if is_same_day and not gets_date:
            # The day that it had stands in the file still: that sets no date.
            span = later
        is_moved = span["starts_at"] != event.starts_at or span["ends_at"] != event.ends_at
        if is_moved and span["starts_at"] <= self.now:
            reader.problem("it cannot be moved to a time that has passed", "day")
            return
        if windows.refusal(EventAct.EDIT, event, self.now) is None:
            self._change(reader, event, values, span, reason)
            return
        if is_moved and times.is_relative:
            # Nobody had signed up for it, so it is published again as if it were new.
            event.state, event.reason = EventState.OPEN, ""
        self.save("events", row, reader, existing, Event, code, _columns(values) | span)

    def _change(
        self,
        reader: CellReader,
        event: Event,
        values: dict[str, Any],
        span: dict[str, Moment],
        reason: str,
    ) -> None:
        """Change an event that people may have signed up for, by the verbs, which tell them."""
        seats, place, map_url = values.pop("seats"), values["place"], values["map_url"]
        if seats is not None and seats < event.held:
            reader.problem(f"seats: {event.held} are taken already", "seats")
            return
        self.session.flush()
        is_changed = False
        if (span["starts_at"], span["ends_at"]) != (event.starts_at, event.ends_at):
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
                place=place,
                map_url=map_url,
            )
            is_changed = True
        else:
            is_changed = self._close_at(event, span["closes_at"])
            if place.text != event.place:
                running.relocate(self.session, event.id, place, None, self.now, map_url=map_url)
                is_changed = True
        if "meet" in values and values["meet"].text != event.meet:
            running.gather(self.session, event.id, values["meet"], None, self.now)
            is_changed = True
        if seats != event.seats:
            done = running.change_seats(self.session, event.id, seats, None, self.care, self.now)
            if isinstance(done, TooMuch):
                reader.problem(f"seats: {done.kept} are kept by shares: lower those first", "seats")
            is_changed |= isinstance(done, Changed)
        edited = editing.edit(self.session, event.id, values, None, self.now)
        self.count("events", changed=is_changed or isinstance(edited, Changed))

    def _share_out(self, reader: CellReader, event: Event, shares: Sequence[Share]) -> None:
        """Share the seats of an event out as its row says, unless they are so already."""
        before = reader.span("shared_until") if reader.has("shared_until") else None
        until = event.starts_at - before if before is not None and shares else None
        self.session.flush()
        shares = questions.linked(self.session, event, shares)
        now = [each.share for each in quotas.of_event(self.session, event.id)]
        if reader.is_bad or (now == list(shares) and event.quotas_until == until):
            return
        done = running.share_out(self.session, event.id, shares, until, None, self.care, self.now)
        if isinstance(done, TooMuch):
            reader.problem(f"shares: they keep {done.kept} of {done.seats} seats", "shares")

    def _close_at(self, event: Event, closes_at: Moment) -> bool:
        """Change when sign-up closes; return whether it did. Closed by hand, it stays closed."""
        if event.draw == DrawState.ENTERING:
            # Where the row names no time, entries close when the draw was set up to close.
            if closes_at >= event.starts_at:
                return False
            closes_at = min(closes_at, event.starts_at - SHORTEST)
        if closes_at == event.closes_at or event.draw in (*LISTED, DrawState.DRAWN):
            return False
        if event.state is not EventState.OPEN or closes_at <= self.now:
            set_columns(event, {"closes_at": closes_at})
            self.session.flush()
            return True
        done = running.open_sign_up(self.session, event.id, closes_at, None, self.care, self.now)
        return isinstance(done, Changed)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new row, with their texts as columns."""
    texts = {name: said for name, said in values.items() if isinstance(said, Translated)}
    return {**values, **columns_of(**texts)}


def _details(reader: CellReader) -> dict[str, Any]:
    """The details of the row, without those of empty cells that stay as they are."""
    return {
        name: READ[detail.choices](reader) if detail.choices else reader.texts(name)
        for name, detail in DETAILS.items()
        if reader.has_text(name) or not detail.is_kept
    }


PROBLEMS = {
    Why.NOT_WITH_DRAW: "its seats are drawn, so nobody is let in by hand",
    Why.NO_SUCH_EVENT: "there is no event of that number",
    Why.CLOSED: "sign-up would open after it closes",
}
"""Why conditions could not be set, as a problem with their cell says it."""

WITH_WEB = "web"
DRAWN = {
    **dict.fromkeys(("是", "yes", "抽签"), "yes"),
    **dict.fromkeys(("含网页", "web"), WITH_WEB),
    **dict.fromkeys(("否", "no"), ""),
}
"""Words for whether seats are drawn; ``web``: also among people with a web chat alone."""

YES, NO = "yes", "no"
POSTPONED = {**dict.fromkeys(("是", "yes", "延期"), YES), **dict.fromkeys(("否", "no"), NO)}
"""Words for whether the date of an event is to come; its day is the one it had."""

COMPANIONS = (
    *("只限本人", "可带家属", "可带孩子", "可带朋友", "都可以带"),
    *(each.value for each in Companions if each),
)
"""Words for whom people may bring, as a problem with a cell names them."""


HALLS = {
    halls_read.Why.WORDS: "tells no hall, as in 10排×20座；前两排留给嘉宾",
    halls_read.Why.HOW_MANY: "doesn't say how many rows or tables there are in all",
    halls_read.Why.SIZE: "doesn't say how many seats each row or table has",
    halls_read.Why.NO_SUCH: "speaks of a row, table or seat that there is none",
    halls_read.Why.TOO_LARGE: "is larger than 5000 seats",
    halls_read.Why.ALL_KEPT: "leaves no seat to give",
}
"""Why a hall cannot be read, as a problem with a cell names it."""


def _hall(reader: CellReader) -> str:
    """The hall of the cell, in its words."""
    words = reader.text("hall")
    found = halls_read.read(words) if words else None
    if isinstance(found, halls_read.Unread):
        reader.problem(f"hall: {(found.part or words)!r} {HALLS[found.why]}", "hall")
    return words


def _companions(reader: CellReader) -> Companions:
    """Whom the cell lets people bring, in the words that organizers use."""
    words = reader.text("companions")
    found = companions.read(words)
    if words and found is None:
        reader.problem(f"companions: {words!r} is none of {', '.join(COMPANIONS)}", "companions")
    return found or Companions.UNSAID


def _along(reader: CellReader) -> Along:
    """How many the cell lets come along: a number, or ``2，小孩不占座``."""
    words = reader.text("along")
    found = companions.read_along(words)
    if words and found is None:
        reader.problem(f"along: {words!r} is no number from 1 to {Along.FIVE.most}", "along")
    return found or Along.NOBODY


def _handing(reader: CellReader) -> Handing:
    """To whom the cell lets seats be handed over."""
    words = reader.text("handing")
    found = handing.read(words)
    if words and found is None:
        reader.problem(f"handing: {words!r} is none of 同单位, 谁都可以, 不能转让", "handing")
    return found or Handing.ALIKE


READ: dict[type[StrEnum], Callable[[CellReader], Any]] = {
    Companions: _companions,
    Along: _along,
    Handing: _handing,
}
"""How a detail that is no free text is read from its cell."""


EVENT_WORDS = {
    Kind.LECTURE: ("讲座", "大讲堂", "lecture", "talk"),
    Kind.TOUR: ("体验游", "tour", "visit"),
    Kind.SOCIAL: ("联谊", "social"),
    Kind.CONTEST: ("大赛", "比赛", "contest", "match"),
    Kind.TRAINING: ("培训", "training", "course"),
    Kind.GALA: ("汇报会", "晚会", "gala"),
    Kind.SESSION: ("队伍活动", "team session"),
}


def _shares(
    reader: CellReader,
    answers: frozenset[str],
    stations: Existing[Station],
    employers: Existing[Enterprise],
    teams: Existing[Team],
) -> list[Share]:
    """The shares in the cell: by an answer, by a code, or by a name that only one of them has."""
    said = reading.read(reader.text("shares"))
    if isinstance(said, str):
        what = "names no place, company or team with its seats, as in 昭信集团 10；狮山 至少 5"
        reader.problem(f"shares: {said!r} {what}", "shares")
        return []
    shares = []
    for each in said:
        if each.name in answers:
            shares.append(Share("", each.least, each.most, choice=each.name))
            continue
        found = [
            (group, row.id)
            for group, rows in (
                ("stations", stations),
                ("enterprises", employers),
                ("teams", teams),
            )
            for code, row in rows.items()
            if each.name == code or each.name in row.text_of("name").versions()
        ]
        # A contact point is called as its company: its own people are meant.
        if not found or len({group for group, _ in found}) != len(found):
            reader.problem(f"shares: {each.name!r} is no code and no name of only one", "shares")
            continue
        who = to_column(Audience().toggled(*found[0]))
        shares.append(Share(who, each.least, each.most))
    return shares


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
