"""Write events: those that are to come are changed by the verbs that organizers use."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from models.events import (
    draws,
    editing,
    gating,
    halls,
    partnering,
    pictures,
    postponing,
    quotas,
    running,
)
from models.events.draws import NotDone
from models.events.events import Event, EventState
from models.events.gating import GatesNotSet
from models.events.quotas import TooMuch
from models.events.running import Changed, TooLate
from models.loading import event_groups, event_partners, questions
from models.loading.cells import CellReader
from models.loading.event_cells import NO, PROBLEMS, UNDRAWN, WITH_WEB, YES, column_of
from models.loading.loader import Plan
from models.loading.rows import Fate, Ready, as_row, differences
from models.rules.events import gates, picturing, undated, windows
from models.rules.events.draws import SHORTEST
from models.rules.events.gates import Gates
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.sentences import say
from models.store import Moment

if TYPE_CHECKING:
    from models.loading.events import EventRow

Span = dict[str, Moment]
"""When an event begins and ends, and when its sign-up does."""


def span_of(ready: Ready, event: Event, now: Moment) -> tuple[Span, bool] | None:
    """The times that a stored event gets, and whether that moves it; None where it cannot be.

    A relative day is fixed when it is first loaded: an event still to come keeps its times. A past
    one gets new times if nobody ever signed up for it, and is left alone otherwise. One that was
    postponed gets a date where the row says so, or with another day than it had.
    """
    row: EventRow = ready.more
    times = row.times
    assert times is not None
    span = {
        "starts_at": times.starts_at,
        "ends_at": times.ends_at,
        "closes_at": times.closes_at,
    }
    if times.is_relative and (event.starts_at > now or event.turns > 0):
        span = {name: getattr(event, name) for name in span}
    later = {name: undated.put_off(each) for name, each in span.items()}
    is_same_day = (later["starts_at"], later["ends_at"]) == (event.starts_at, event.ends_at)
    if is_same_day and row.postponed != NO:
        # The day that it had stands in the file still: that sets no date.
        span = later
    is_moved = span["starts_at"] != event.starts_at or span["ends_at"] != event.ends_at
    if is_moved and span["starts_at"] <= now:
        ready.reader.problem(say("it cannot be moved to a time that has passed"), "day")
        return None
    return span, is_moved


def would_change(session: Session, ready: Ready, event: Event, plan: Plan) -> list[str]:
    """The columns that loading would change about a stored event; what could not be is reported.

    What depends on who signs up meanwhile is seen when it is written.
    """
    row: EventRow = ready.more
    found = span_of(ready, event, plan.now)
    if found is None:
        return []
    span, is_moved = found
    is_running = windows.refusal(EventAct.EDIT, event, plan.now) is None
    seats = ready.values["seats"]
    if is_running and seats is not None and seats < event.held:
        ready.reader.wrong("seats", say("already taken: {number}", number=event.held))
        return []
    values = {**ready.values}
    if row.audience is not None:
        values["audience"] = column_of(row.audience)
    _changes, fields = differences(event, values)
    columns = list(fields)
    if is_moved:
        columns.append("day")
    elif is_running and _closes(event, span["closes_at"]) is not None:
        columns.append("closes_before")
    if row.postponed == YES and not undated.is_to_come(span["starts_at"]):
        columns.append("postponed")
    if questions.new(session, event, row.questions):
        columns.append("questions")
    if row.shares is not None and _shares_differ(session, event, row):
        columns.append("shares")
    if row.hall is not None and row.hall != event.hall:
        columns.append("hall")
    columns += event_groups.differing(session, ready.reader, event, row.course, row.rule)
    if row.partners is not None:
        columns += event_partners.differing(partnering.chosen(session, event.id), row.partners)
    if row.drawn and not event.draw:
        why = draws.why_not(event, plan.now)
        if why is not None:
            ready.reader.wrong("draw", UNDRAWN.get(why, say("its draw is fixed")))
        columns.append("draw")
    if row.conditions is not None and event.starts_at > plan.now:
        wanted, opens_at = _gates(row, event, plan)
        if wanted.to_column() != event.gates or opens_at != event.opens_at:
            columns.append("conditions")
    return list(dict.fromkeys(columns))


def _shares_differ(session: Session, event: Event, row: "EventRow") -> bool:
    if any(each.of is not None and each.of[1].id is None for each in row.shares or ()):
        return True
    wanted = questions.linked(session, event, [each.share() for each in row.shares or ()])
    until = _shared_until(row, event)
    now = [each.share for each in quotas.of_event(session, event.id)]
    return now != list(wanted) or event.quotas_until != until


def _shared_until(row: "EventRow", event: Event) -> Moment | None:
    before = row.shared_until
    return event.starts_at - before if before is not None and row.shares else None


# Writing


def write(session: Session, ready: Ready, plan: Plan) -> Fate:
    """Save the row of an event; one that moved notifies its people."""
    row: EventRow = ready.more
    reader, values = ready.reader, {**ready.values}
    assert ready.known is not None
    if row.audience is not None:
        values["audience"] = column_of(row.audience) or ""
    if row.picture is not None:
        values["picture_id"] = _keep_picture(session, row.picture, plan)
    event = session.exec(select(Event).where(Event.code == ready.key)).first()
    if event is None:
        event, fate = _add(session, ready, values), Fate.ADDED
    else:
        fate = _save(session, ready, event, values, plan)
    ready.known.id = event.id
    if reader.is_bad:
        return Fate.BAD
    is_changed = _write_more(session, reader, row, event, plan)
    return Fate.CHANGED if is_changed and fate is Fate.SAME else fate


def _add(session: Session, ready: Ready, values: Mapping[str, Any]) -> Event:
    times = ready.more.times
    event = Event(
        code=ready.key,
        **as_row(values),
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        closes_at=times.closes_at,
    )
    session.add(event)
    session.flush()
    return event


def _keep_picture(session: Session, name: str, plan: Plan) -> int | None:
    """Keep a picture, of a photo the pixels alone, unless it is there already."""
    from models.loading.events import picture_path

    path = picture_path(plan.sheets.folder, name) if name else None
    if path is None:
        return None
    content = path.read_bytes()
    if picturing.holds_pixels_alone(content):
        return pictures.keep(session, content, "image/png", None, plan.now)
    made = picturing.cleaned(content)
    return pictures.keep(session, made[1], made[0], None, plan.now) if made is not None else None


def _save(session: Session, ready: Ready, event: Event, values: dict[str, Any], plan: Plan) -> Fate:
    found = span_of(ready, event, plan.now)
    if found is None:
        return Fate.BAD
    span, is_moved = found
    if windows.refusal(EventAct.EDIT, event, plan.now) is None:
        return _change(session, ready, event, values, span, is_moved, plan)
    if is_moved and ready.more.times.is_relative:
        # Nobody had signed up for it, so it is published again as if it were new.
        event.state, event.reason = EventState.OPEN, ""
    changes, _fields = differences(event, values | span)
    for name, value in changes.items():
        setattr(event, name, value)
    session.add(event)
    session.flush()
    return Fate.CHANGED if changes else Fate.SAME


def _change(
    session: Session,
    ready: Ready,
    event: Event,
    values: dict[str, Any],
    span: Span,
    is_moved: bool,
    plan: Plan,
) -> Fate:
    """Change an event that people may have signed up for, by the verbs, which tell them."""
    reader, by, care, now = ready.reader, plan.by, plan.care, plan.now
    seats, place, map_url = values.pop("seats"), values["place"], values["map_url"]
    if seats is not None and seats < event.held:
        reader.wrong("seats", say("already taken: {number}", number=event.held))
        return Fate.BAD
    is_changed = is_moved
    if is_moved:
        running.move(
            session,
            event.id,
            span["starts_at"],
            span["ends_at"],
            by,
            care,
            now,
            closes_at=span["closes_at"],
            reason=ready.more.reason,
            place=place,
            map_url=map_url,
        )
    else:
        is_changed = _close_at(session, event, span["closes_at"], plan)
        if place.text != event.place:
            running.relocate(session, event.id, place, by, now, map_url=map_url)
            is_changed = True
    if "meet" in values and values["meet"].text != event.meet:
        running.gather(session, event.id, values["meet"], by, now)
        is_changed = True
    if seats != event.seats:
        done = running.change_seats(session, event.id, seats, by, care, now)
        if isinstance(done, TooMuch):
            reader.wrong("seats", say("shares keep {number}: lower those first", number=done.kept))
        is_changed |= isinstance(done, Changed)
    if not differences(event, values)[0]:
        return Fate.CHANGED if is_changed else Fate.SAME
    edited = editing.edit(session, event.id, _numbered(values), by, now)
    return Fate.CHANGED if is_changed or isinstance(edited, Changed) else Fate.SAME


def _numbered(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the numbers of what they refer to."""
    rows = as_row(values)
    return {name: rows[name] if name.endswith("_id") else value for name, value in values.items()}


def _closes(event: Event, closes_at: Moment) -> Moment | None:
    """When sign-up is to close from now on; None where that stays as it is."""
    if event.draw == DrawState.ENTERING:
        # Where the row names no time, entries close when the draw was set up to close.
        if closes_at >= event.starts_at:
            return None
        closes_at = min(closes_at, event.starts_at - SHORTEST)
    if closes_at == event.closes_at or event.draw in (*LISTED, DrawState.DRAWN):
        return None
    return closes_at


def _close_at(session: Session, event: Event, wanted: Moment, plan: Plan) -> bool:
    """Change when sign-up closes; return whether it did. Closed by hand, it stays closed."""
    closes_at = _closes(event, wanted)
    if closes_at is None:
        return False
    if event.state is not EventState.OPEN or closes_at <= plan.now:
        event.closes_at = closes_at
        session.add(event)
        session.flush()
        return True
    done = running.open_sign_up(session, event.id, closes_at, plan.by, plan.care, plan.now)
    return isinstance(done, Changed)


def _write_more(
    session: Session, reader: CellReader, row: "EventRow", event: Event, plan: Plan
) -> bool:
    """Write what stands beside an event's own columns; return whether anything changed."""
    by, now, is_changed = plan.by, plan.now, False
    if row.postponed == YES and not undated.is_to_come(event.starts_at):
        done = postponing.postpone(session, event.id, row.reason, by, now)
        if isinstance(done, TooLate):
            reader.wrong("postponed", say("it is over or cancelled"))
        is_changed = True
    if row.questions and not reader.is_bad:
        is_changed |= questions.add(session, reader, event, row.questions, plan)
    if row.shares is not None and not reader.is_bad:
        is_changed |= _share_out(session, reader, row, event, plan)
    if row.hall is not None and row.hall != event.hall and not reader.is_bad:
        halls.set_hall(session, event.id, row.hall, by, now, seen=None)
        is_changed = True
    if not reader.is_bad:
        is_changed |= event_groups.write(session, reader, event, row.course, row.rule, plan)
    if row.partners is not None and not reader.is_bad:
        is_changed |= row.partners != partnering.chosen(session, event.id)
        partnering.choose(session, event.id, row.partners, by, now)
    if row.drawn and not event.draw and not reader.is_bad:
        drawn = draws.set_up(session, event.id, by, now)
        if isinstance(drawn, NotDone):
            reader.wrong("draw", UNDRAWN.get(drawn.why, say("its draw is fixed")))
        elif row.drawn == WITH_WEB:
            draws.admit_web(session, event.id, by, now)
        is_changed = True
    if row.conditions is not None and not reader.is_bad and event.starts_at > now:
        is_changed |= _set_gates(session, reader, row, event, plan)
    return is_changed


def _share_out(
    session: Session, reader: CellReader, row: "EventRow", event: Event, plan: Plan
) -> bool:
    """Share the seats of an event out as its row says, unless they are so already."""
    until = _shared_until(row, event)
    shares = questions.linked(session, event, [each.share() for each in row.shares or ()])
    now = [each.share for each in quotas.of_event(session, event.id)]
    if now == list(shares) and event.quotas_until == until:
        return False
    done = running.share_out(session, event.id, shares, until, plan.by, plan.care, plan.now)
    if isinstance(done, TooMuch):
        what = say("they keep {kept} of {seats} seats", kept=done.kept, seats=done.seats)
        reader.wrong("shares", what)
    return True


def _gates(row: "EventRow", event: Event, plan: Plan) -> tuple[Gates, Moment | None]:
    """Who may sign up and from when, as the row says it of a stored event."""
    assert row.conditions is not None
    wanted = row.conditions.onto(gates.NONE)
    first = plan.directory.events.by_code.get(wanted.done)
    if first is not None and first.id is not None:
        wanted = replace(wanted, done=f"#{first.id}")
    opens_at = row.conditions.opens_at
    if opens_at is None and row.opens_before:
        opens_at = event.starts_at - row.opens_before
    was = gates.from_column(event.gates)
    if wanted.done_number is not None and wanted.done_number == was.done_number:
        wanted = replace(wanted, done=was.done)
    return wanted, opens_at


def _set_gates(
    session: Session, reader: CellReader, row: "EventRow", event: Event, plan: Plan
) -> bool:
    """Set who may sign up and from when; without its cells an event keeps what it has."""
    wanted, opens_at = _gates(row, event, plan)
    if wanted.to_column() == event.gates and opens_at == event.opens_at:
        return False
    done = gating.put(session, event.id, wanted, opens_at, plan.by, plan.care, plan.now)
    if isinstance(done, GatesNotSet):
        cell = "opens_before" if done.why is Why.CLOSED and row.opens_before else "conditions"
        reader.wrong(cell, PROBLEMS.get(done.why, say("they cannot be set any more")))
    return True
