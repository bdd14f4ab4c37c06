"""Draw when it is due: fix the list, compute the result on a snapshot, and write it in turns.

``look`` reads and computes outside of write transactions, ``take`` writes. What ``look`` computes
from is fixed before, so that it is the same whoever computes it, and how often.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, update
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.events import changes, draws, entries, offers, quotas, reminders
from models.events._claims import CAME, EVENTS, SIGNUPS, count
from models.events.entries import ENTRIES, Draw
from models.events.events import Event, EventState, Signup, SignupState
from models.network import audit, roles
from models.network.stations import Care, Station
from models.rules.events import draw_records, windows
from models.rules.events import draws as rules
from models.rules.events.draws import DrawList, Entry
from models.rules.events.seating import Quota
from models.rules.events.states import DrawState
from models.rules.events.windows import Phase
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment, table_of
from models.store.compiled import Row

AT_ONCE = 40
"""How many entries have their result written at a time."""

MEMORY = timedelta(days=rules.MEMORY_DAYS)
_DRAWS = table_of(Draw)


@dataclass(frozen=True, slots=True)
class Close:
    """Entries have closed: the list is fixed."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Publish:
    """The list that was fixed at ``closed_at``."""

    event_id: int
    closed_at: Moment
    listed: dict[str, Any]
    list_hash: str


@dataclass(frozen=True, slots=True)
class DrawAlone:
    """There is no public number, or nobody has entered it in time."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A person in the drawn order: their claim, their turn in it, and whether they have a seat."""

    entry_id: int
    signup_id: int | None
    turn: int
    has_won: bool


@dataclass(frozen=True, slots=True)
class Write:
    """The result, by entries in the drawn order, each with its people."""

    event_id: int
    result: dict[str, Any]
    order: Sequence[Sequence[Placed]]


Step = Close | Publish | DrawAlone | Write


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``look`` has work."""
    return next(_due(session, now), None) is not None


def look(session: Session, now: Moment) -> Step | None:
    """Return the next step of a draw that is due, with all it writes; None if there is none."""
    found = next(_due(session, now), None)
    if found is None:
        return None
    match found.draw:
        case DrawState.ENTERING:
            return Close(found.event_id)
        case DrawState.CLOSING:
            return _list(session, found.event_id, found.closed_at)
        case DrawState.CLOSED:
            return DrawAlone(found.event_id)
        case _:
            return _result(session, found.event_id)


def take(session: Session, now: Moment, step: Step, care: Care) -> bool:
    """Take one step, or a part of it; return False if nothing was left to do of it."""
    event = session.get_one(Event, step.event_id, with_for_update=True, populate_existing=True)
    if event.state == EventState.CANCELLED:
        return False
    match step:
        case Close():
            return _close(session, event, now)
        case Publish():
            return _publish(session, event, step, now)
        case DrawAlone():
            return _draw_alone(session, event, now)
        case Write():
            return _write_some(session, event, step, care, now)


def _due(session: Session, now: Moment) -> Iterator[Row]:
    """Yield the draws with something to do now, whose events are neither over nor cancelled."""
    rows = session.execute(
        columns_of(
            _DRAWS.c.event_id,
            _DRAWS.c.closed_at,
            _DRAWS.c.number_name,
            EVENTS.c.draw,
            EVENTS.c.state,
            EVENTS.c.starts_at,
            EVENTS.c.ends_at,
            EVENTS.c.closes_at,
        )
        .join(EVENTS, EVENTS.c.id == _DRAWS.c.event_id)
        .where(
            _DRAWS.c.drawn_at.is_(None),
            EVENTS.c.state.in_((EventState.OPEN, EventState.CLOSED)),
            EVENTS.c.ends_at > now,
        )
        .order_by(EVENTS.c.starts_at, EVENTS.c.id)
    )
    return (each for each in rows.all() if _is_due(each, now))


def _is_due(row: Row, now: Moment) -> bool:
    match row.draw:
        case DrawState.ENTERING:
            return windows.phase_of(row, now) in (Phase.CLOSED, Phase.BEGUN)
        case DrawState.CLOSED:
            until = rules.waits_for_number_until(row.closed_at, row.starts_at)
            return not row.number_name or now >= until
        case DrawState.CLOSING | DrawState.DRAWING:
            return True
    return False


# Closing


def _close(session: Session, event: Event, now: Moment) -> bool:
    if event.draw != DrawState.ENTERING or windows.phase_of(event, now) == Phase.OPEN:
        return False
    event.draw = DrawState.CLOSING
    session.execute(update(Draw).where(col(Draw.event_id) == event.id).values(closed_at=now))
    session.add(event)
    session.flush()
    return True


def _list(session: Session, event_id: int, closed_at: Moment) -> Publish:
    """Make the list of all who had entered when it was fixed."""
    event = session.get_one(Event, event_id)
    draw = draws.of_event(session, event)
    rows = session.execute(
        columns_of(ENTRIES.c.code, SIGNUPS.c.member_id, ENTRIES.c.takes_seat, SIGNUPS.c.counts_in)
        .join(SIGNUPS, SIGNUPS.c.id == ENTRIES.c.signup_id, isouter=True)
        .where(ENTRIES.c.event_id == event_id)
        .order_by(ENTRIES.c.id)
    ).all()
    balance = _memory(session, event_id, closed_at)
    has_quotas = quotas.has_quotas(event, closed_at)
    people, lots = defaultdict[str, list[frozenset[int]]](list), defaultdict[str, list[int]](list)
    for code, member_id, takes_seat, counts_in in rows:
        if takes_seat:
            people[code].append(quotas.person_of(counts_in or "") if has_quotas else frozenset())
        if member_id is not None:
            lots[code].append(rules.lots_of(*balance.get(member_id, (0, 0))))
    fresh = [rules.lots_of(0, 0)]
    listed = DrawList(
        rules.commitment_of(draw.secret),
        draw.number_name,
        event.seats,
        _quotas(session, event_id) if has_quotas else (),
        tuple(
            Entry(code, rules.lots_of_party(lots.get(code, fresh)), party)
            for code, party in people.items()
        ),
        entries.web_alone(session, event_id) if draw.admits_web else 0,
    ).to_json()
    return Publish(event_id, closed_at, listed, rules.hash_of(listed))


def _quotas(session: Session, event_id: int) -> tuple[Quota, ...]:
    return tuple(quotas.in_room(each) for each in quotas.of_event(session, event_id))


def _memory(session: Session, event_id: int, now: Moment) -> Mapping[int, tuple[int, int]]:
    """Return how often those in a draw lost and won others in the year before, by member."""
    own = columns_of(SIGNUPS.c.member_id).where(
        SIGNUPS.c.event_id == event_id, SIGNUPS.c.state == SignupState.ENTERED
    )
    got_one = or_(ENTRIES.c.has_won, SIGNUPS.c.state.in_((SignupState.SEATED, *CAME)))
    rows = session.execute(
        columns_of(
            SIGNUPS.c.member_id,
            func.sum(case((got_one, 0), else_=1)),
            func.sum(case((got_one, 1), else_=0)),
        )
        .join(ENTRIES, ENTRIES.c.signup_id == SIGNUPS.c.id)
        .join(_DRAWS, _DRAWS.c.event_id == SIGNUPS.c.event_id)
        .join(EVENTS, EVENTS.c.id == SIGNUPS.c.event_id)
        .where(
            SIGNUPS.c.member_id.in_(own),
            _DRAWS.c.drawn_at > now - MEMORY,
            ENTRIES.c.has_won.is_not(None),
            EVENTS.c.state != EventState.CANCELLED,
        )
        .group_by(SIGNUPS.c.member_id)
    )
    return {member_id: (losses, wins) for member_id, losses, wins in rows}


def _publish(session: Session, event: Event, step: Publish, now: Moment) -> bool:
    draw = draws.of_event(session, event)
    if event.draw != DrawState.CLOSING or draw.closed_at != step.closed_at:
        return False
    draw.listed, draw.list_hash = step.listed, step.list_hash
    event.draw = DrawState.CLOSED
    session.add_all((draw, event))
    session.flush()
    _audit(session, event, now, "draw list closed", list_hash=draw.list_hash)
    if draw.number_name:
        _ask_for_number(session, event, step.closed_at, now)
    return True


def _ask_for_number(session: Session, event: Event, closed_at: Moment, now: Moment) -> None:
    """Tell those who run the event that the number is waited for."""
    station = session.get_one(Station, event.station_id)
    able = {each.id for each in roles.who_can(session, Act.RUN_EVENT, station, now)}
    if event.by_member_id is not None:
        able.add(event.by_member_id)
    plans = [
        Plan(
            key=f"draw-closed:{event.id}:{closed_at:%Y%m%d%H%M%S}:{member_id}",
            member_id=member_id,
            topic="draw-closed",
            facts={"event_id": event.id},
            due_at=now,
            expires_at=max(event.starts_at, now + timedelta(hours=1)),
        )
        for member_id in sorted(able)
    ]
    deliveries.plan_all(session, plans, now)


# The draw


def _draw_alone(session: Session, event: Event, now: Moment) -> bool:
    if event.draw != DrawState.CLOSED:
        return False
    draws.start(session, event, "")
    _audit(session, event, now, "drawn", number="")
    return True


def _result(session: Session, event_id: int) -> Write:
    """Draw, from the list and the number as they are stored."""
    draw = draws.of_event(session, session.get_one(Event, event_id))
    assert draw.listed is not None
    gone = {code: frozenset(places) for code, places in draw.gone.items()}
    drawn = draw_records.list_from_json(draw.listed)
    result = rules.draw(drawn, draw.secret, draw.number or "", gone)
    people = defaultdict[str, list[tuple[int, int | None]]](list)
    for code, entry_id, signup_id in session.execute(
        columns_of(ENTRIES.c.code, ENTRIES.c.id, ENTRIES.c.signup_id)
        .where(ENTRIES.c.event_id == event_id)
        .order_by(ENTRIES.c.id)
    ):
        people[code].append((entry_id, signup_id))
    order, turn = list[Sequence[Placed]](), draw.first_turn
    for code in result.order:
        party = list[Placed]()
        for entry_id, signup_id in people[code]:
            turn += 1
            party.append(Placed(entry_id, signup_id, turn, code in result.seated))
        order.append(party)
    return Write(event_id, draw_records.result_to_json(result), order)


_SET_CLAIM = (
    update(SIGNUPS)
    .where(SIGNUPS.c.id == bindparam("signup_id"))
    .values(state=bindparam("new_state"), turn=bindparam("new_turn"), at=bindparam("new_at"))
)
_SET_ENTRY = (
    update(ENTRIES)
    .where(ENTRIES.c.id == bindparam("entry_id"))
    .values(has_won=bindparam("new_result"))
)


def _write_some(session: Session, event: Event, step: Write, care: Care, now: Moment) -> bool:
    """Write the result of some entries; the last step opens sign-up for who comes now."""
    if event.draw != DrawState.DRAWING:
        return False
    written = session.exec(select(Draw.written).where(Draw.event_id == event.id)).one()
    some = [each for party in step.order[written : written + AT_ONCE] for each in party]
    if not some:
        _finish(session, event, step, care, now)
        return True
    _write(session, event, some, care, now)
    session.execute(
        update(Draw).where(col(Draw.event_id) == event.id).values(written=written + AT_ONCE)
    )
    return True


def _write(session: Session, event: Event, some: Sequence[Placed], care: Care, now: Moment) -> None:
    """Seat these people or let them wait, and tell them; who gave up meanwhile stays away."""
    entry = [{"entry_id": each.entry_id, "new_result": each.has_won} for each in some]
    session.execute(_SET_ENTRY, entry)
    ids = [each.signup_id for each in some if each.signup_id is not None]
    still = {
        signup_id: (member_id, takes_seat)
        for signup_id, member_id, takes_seat in session.exec(
            select(Signup.id, Signup.member_id, Signup.takes_seat).where(
                col(Signup.id).in_(ids), Signup.state == SignupState.ENTERED
            )
        )
    }
    here = [each for each in some if each.signup_id in still]
    if not here:
        return
    states = {True: SignupState.SEATED, False: SignupState.WAITING}
    session.execute(
        _SET_CLAIM,
        [
            {
                "signup_id": each.signup_id,
                "new_state": states[each.has_won],
                "new_turn": each.turn,
                "new_at": now,
            }
            for each in here
        ],
    )
    seats = Counter(each.has_won for each in here if still[_id(each)][1])
    held, waiting = seats[True], seats[False]
    count(session, event.id, held=held, waiting=waiting, entered=-held - waiting)
    told = [(each, member_id) for each in here if (member_id := still[_id(each)][0]) is not None]
    deliveries.plan_all(session, [_news(event, each, who, now) for each, who in told], now)
    reminders.plan_for(session, [_id(each) for each, _who in told if each.has_won], care, now)


def _id(each: Placed) -> int:
    assert each.signup_id is not None
    return each.signup_id


def _news(event: Event, each: Placed, member_id: int, now: Moment) -> Plan:
    return Plan(
        key=f"drawn:{each.entry_id}",
        member_id=member_id,
        topic="drawn",
        facts={"event_id": event.id, "signup_id": each.signup_id},
        due_at=now,
        expires_at=max(event.starts_at, now + timedelta(hours=1)),
    )


def _finish(session: Session, event: Event, step: Write, care: Care, now: Moment) -> None:
    """Publish the result; what is free goes to the queue, and later ones stand behind it."""
    session.execute(
        update(Draw).where(col(Draw.event_id) == event.id).values(result=step.result, drawn_at=now)
    )
    session.refresh(event)
    event.draw, event.state, event.queue_told_at = DrawState.DRAWN, EventState.OPEN, None
    event.closes_at = event.starts_at
    event.turns += sum(map(len, step.order))
    changes.note_change(session, event, now)
    _audit(session, event, now, "draw done", seated=len(step.result["seated"]))
    offers.fill(session, event.id, care, now)


def _audit(session: Session, event: Event, now: Moment, what: str, **details: object) -> None:
    """Record what the clock did."""
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, None, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
