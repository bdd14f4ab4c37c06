"""Load events: those that are to come are changed by the verbs that organizers use."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from models.events import draws, editing, gating, halls, pictures, postponing, quotas, running
from models.events.draws import NotDone, WhyNot
from models.events.events import Event, EventState
from models.events.gating import GatesNotSet
from models.events.quotas import Share, TooMuch
from models.events.running import Changed, TooLate
from models.loading import questions
from models.loading.cells import CATEGORIES, EVENT_KINDS, CellReader
from models.loading.event_cells import (
    DRAWN,
    EVENT_WORDS,
    NO,
    POSTPONED,
    PROBLEMS,
    WITH_WEB,
    YES,
    audience_of,
    details_of,
    hall_of,
    shares_of,
)
from models.loading.pinyin import index
from models.loading.saving import Saver, columns_of, names_around, names_of, set_columns
from models.loading.sheets import SheetRow
from models.network.stations import Enterprise, Station
from models.rules.events import (
    gate_words,
    gates,
    picturing,
    undated,
    windows,
)
from models.rules.events.draws import SHORTEST
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
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
                **details_of(reader),
                "map_url": reader.url("map_url"),
                "seats": reader.seats(),
                "search": index(*title.versions(), *about_it),
            }
            # Without the cell an event keeps whom it is for: that may have been narrowed in a chat.
            if reader.has("audience"):
                values["audience"] = audience_of(reader, stations, employers, teams)
            if reader.has("picture"):
                values["picture_id"] = self._picture(reader)
            asked = questions.read(reader)
            shares = None
            if reader.has("shares"):
                meet = values["meet"].text if "meet" in values else ""
                known = questions.answers(self.session, existing.get(code), asked, meet)
                shares = shares_of(reader, known, stations, employers, teams)
            hall = hall_of(reader) if reader.has("hall") else None
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
