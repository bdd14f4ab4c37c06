"""Who sits where in the hall of an event: seated at closing, or when its organizer says so.

Who sits keeps their seat: only free ones are given to who comes later. All are seated anew by an
explicit act. Seats of those who gave up are cleared when others are seated; until then whoever
signs up again has theirs back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, update
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.events import quotas
from models.events._claims import SIGNUPS
from models.events.events import Event, EventState, Signup, SignupState
from models.events.reminders import Reminder
from models.rules.events import halls as rules
from models.rules.events import sitting
from models.rules.events.halls import Hall, Seat
from models.rules.events.sitting import Sitters
from models.rules.events.states import DrawState
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment
from models.store.compiled import Row

TOPIC = "hall-seat"
AT_THE_LATEST = timedelta(hours=3)
"""So long before the start people are seated where sign-up lasts longer: a reminder follows."""
AT_ONCE = 20
"""Events that are seated in one transaction of the clock."""

SITTING = (SignupState.SEATED, SignupState.ATTENDED)
HOLDING = (*SITTING, SignupState.NO_SHOW)
"""Whose seat is given to nobody else; who did not come gets none."""


# Outcomes


@dataclass(frozen=True, slots=True)
class Standing:
    """How many ``sit``, for how many the hall has ``left`` no seat, and who waits for one."""

    seats: int
    people: int
    sit: int

    @property
    def lack(self) -> int:
        """How many get no seat, for there are too few."""
        return max(0, self.people - self.seats)

    @property
    def is_lacking(self) -> bool:
        """Whether somebody has no seat yet who can be given one."""
        return self.sit < min(self.people, self.seats)


@dataclass(frozen=True, slots=True)
class Seated:
    """``given`` got a seat, ``moved`` another one, ``lost`` theirs; ``stay`` sit where they sat."""

    event: Event
    given: int = 0
    moved: int = 0
    lost: int = 0
    stay: int = 0


# What the clock does, and who lets people in


def any_due(session: Session, now: Moment) -> bool:
    """Return whether somebody is to be seated."""
    return bool(session.execute(select(exists().where(*_to_seat(now)))).scalar())


def seat_due(session: Session, now: Moment) -> int:
    """Seat who comes to events whose sign-up has closed, and who came to others since; return 0.

    An event that fails is not tried again in this call.
    """
    events = session.exec(
        select(Event).where(*_to_seat(now)).order_by(col(Event.id)).limit(AT_ONCE).with_for_update()
    ).all()
    for event in events:
        fill(session, event, now)
    return 0


def fill(session: Session, event: Event, now: Moment) -> None:
    """Seat who has no seat at a locked event; nobody else moves."""
    if (hall := of(event)) is not None:
        seat_all(session, event, hall, now)


def _to_seat(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """The condition of an event at which somebody is to be seated now.

    Its draw is over. Where there are too few seats, nothing is to be done once all are given.
    """
    theirs = col(Signup.event_id) == col(Event.id)
    sits = and_(theirs, col(Signup.seat) != "", col(Signup.state).in_(HOLDING))
    given = select(func.count()).where(sits).correlate(Event).scalar_subquery()
    waits = exists().where(theirs, *_WANTS, col(Signup.seat) == "").correlate(Event)
    is_closed = or_(
        col(Event.state) == EventState.CLOSED,
        col(Event.closes_at) <= now,
        col(Event.starts_at) <= now + AT_THE_LATEST,
    )
    return (
        col(Event.hall_seats) > 0,
        col(Event.ends_at) > now,
        col(Event.state).in_((EventState.OPEN, EventState.CLOSED)),
        or_(
            col(Event.hall_seated_at).is_not(None),
            and_(is_closed, col(Event.draw).in_((DrawState.NONE, DrawState.DRAWN))),
        ),
        waits,
        given < col(Event.hall_seats),
    )


_WANTS = (col(Signup.state).in_(SITTING), col(Signup.takes_seat))
"""The condition of a claim whose person is to sit."""


# Reading


def to_come(session: Session, now: Moment) -> Sequence[int]:
    """Return the events to come at which people sit on seats with numbers."""
    rows: Sequence[int] = session.exec(
        select(Event.id).where(col(Event.hall_seats) > 0, col(Event.ends_at) > now)
    ).all()
    return rows


def of(event: Event) -> Hall | None:
    """Return the hall of an event; None without one."""
    hall = rules.read(event.hall) if event.hall else None
    return hall if isinstance(hall, Hall) else None


def seats_of(session: Session, event: Event, claim: Signup | Row | None) -> list[Seat]:
    """Return the seat of a claim, and of those without a chat who come along with its member."""
    if claim is None or not event.hall or claim.state not in HOLDING:
        return []
    along = and_(col(Signup.party_id) == claim.id, col(Signup.member_id).is_(None))
    rows = session.exec(
        select(Signup.seat).where(
            or_(col(Signup.id) == claim.id, along), col(Signup.state).in_(HOLDING)
        )
    )
    return sorted(seat for each in rows if (seat := Seat.from_column(each)) is not None)


def standing(session: Session, event: Event) -> Standing:
    """Return how far an event is seated."""
    theirs = Signup.event_id == event.id
    people = session.exec(select(func.count()).where(theirs, *_WANTS)).one()
    sit = session.exec(select(func.count()).where(theirs, *_WANTS, Signup.seat != "")).one()
    return Standing(event.hall_seats, people, sit)


def would_seat(session: Session, event: Event) -> Seated:
    """Return what would change if all were seated anew; nothing is written."""
    hall = of(event)
    if hall is None:
        return Seated(event)
    before, after = _seats(session, event, hall, anew=True)
    return _difference(event, before, after)


# The steps


def clear(session: Session, event_id: int, *but: SignupState) -> None:
    """Take the seats of all claims, or of those in no state ``but`` these."""
    theirs = update(SIGNUPS).where(SIGNUPS.c.event_id == event_id, SIGNUPS.c.seat != "")
    session.execute(theirs.where(SIGNUPS.c.state.not_in(but)).values(seat=""))


def seat_all(
    session: Session, event: Event, hall: Hall, now: Moment, *, anew: bool = False
) -> Seated:
    """Seat people in a locked event, and tell those whom no reminder will tell."""
    is_first = event.hall_seated_at is None
    before, after = _seats(session, event, hall, anew=anew)
    changed = {number: seat for number, seat in after.items() if before.get(number) != seat}
    if anew:
        clear(session, event.id)
    else:
        clear(session, event.id, *HOLDING)
        lost = before.keys() - after.keys() | {each for each in changed if each in before}
        if lost:
            gone = update(SIGNUPS).where(SIGNUPS.c.id.in_(lost))
            session.execute(gone.values(seat=""))
    given = after if anew else changed
    if given:
        session.execute(
            update(SIGNUPS)
            .where(SIGNUPS.c.id == bindparam("signup_id"))
            .values(seat=bindparam("new_seat")),
            [{"signup_id": number, "new_seat": seat.to_column()} for number, seat in given.items()],
        )
    if is_first:
        event.hall_seated_at = now
        session.add(event)
        session.flush()
    for each in session.identity_map.values():
        if isinstance(each, Signup) and each.event_id == event.id:
            session.expire(each, ["seat"])
    _tell(session, event, before, changed, now)
    return _difference(event, before, after)


def _seats(
    session: Session, event: Event, hall: Hall, *, anew: bool
) -> tuple[dict[int, Seat], dict[int, Seat]]:
    """Return the seats by claim as they are, and as they would be."""
    rows = session.execute(
        columns_of(
            *(
                SIGNUPS.c.id,
                SIGNUPS.c.party_id,
                SIGNUPS.c.counts_in,
                SIGNUPS.c.state,
                SIGNUPS.c.seat,
            )
        )
        .where(SIGNUPS.c.event_id == event.id, SIGNUPS.c.state.in_(HOLDING), SIGNUPS.c.takes_seat)
        .order_by(SIGNUPS.c.turn, SIGNUPS.c.id)
    ).all()
    before = {each.id: seat for each in rows if (seat := Seat.from_column(each.seat)) is not None}
    keeps = {
        each.id: before[each.id]
        for each in rows
        if each.id in before and before[each.id] in hall and not (anew and each.state in SITTING)
    }
    ranks = {each.id: place for place, each in enumerate(quotas.of_event(session, event.id))}
    parties: dict[int, list[int]] = {}
    blocks: dict[int, int] = {}
    for each in rows:
        if each.state not in SITTING:
            continue
        leader = each.party_id or each.id
        parties.setdefault(leader, []).append(each.id)
        counted = (ranks[one] for one in quotas.person_of(each.counts_in) if one in ranks)
        blocks.setdefault(leader, min(counted, default=len(ranks)))
    sitters = [Sitters(tuple(people), blocks[leader]) for leader, people in parties.items()]
    return before, keeps | sitting.place(hall, sitters, keeps)


def _difference(event: Event, before: dict[int, Seat], after: dict[int, Seat]) -> Seated:
    stay = sum(before.get(number) == seat for number, seat in after.items())
    given = len(after.keys() - before.keys())
    return Seated(event, given, len(after) - stay - given, len(before.keys() - after.keys()), stay)


def _tell(
    session: Session,
    event: Event,
    before: dict[int, Seat],
    changed: dict[int, Seat],
    now: Moment,
) -> None:
    """Tell members their seats: those of a first one by their next reminder, if there is one.

    Whoever comes along without a chat is told of by who brings them.
    """
    if not changed or event.starts_at <= now:
        return
    rows = session.execute(
        columns_of(SIGNUPS.c.id, SIGNUPS.c.member_id, SIGNUPS.c.party_id, SIGNUPS.c.state).where(
            SIGNUPS.c.event_id == event.id, SIGNUPS.c.state.in_(SITTING)
        )
    ).all()
    members = {each.id: each.member_id for each in rows}
    reminded = set(
        session.exec(select(Reminder.signup_id).where(Reminder.event_id == event.id)).all()
    )
    told: dict[int, bool] = {}
    for each in rows:
        if each.id not in changed or each.state != SignupState.SEATED:
            continue
        claim = each.id if each.member_id is not None else each.party_id
        if claim is not None and members.get(claim) is not None:
            told[claim] = told.get(claim, False) or each.id in before
    plans = [
        Plan(
            key=f"{TOPIC}:{claim}:{now.timestamp():.0f}",
            member_id=member_id,
            topic=TOPIC,
            facts={"event_id": event.id, "moved": int(moved)},
            due_at=now,
            expires_at=event.starts_at,
        )
        for claim, moved in told.items()
        if (moved or claim not in reminded) and (member_id := members[claim]) is not None
    ]
    deliveries.plan_all(session, plans, now)


def plan_of(session: Session, event: Event) -> Sequence[tuple[Seat, int]]:
    """Return the seats that are given, each with its claim, from the front on."""
    rows = session.execute(
        columns_of(SIGNUPS.c.id, SIGNUPS.c.seat).where(
            SIGNUPS.c.event_id == event.id, SIGNUPS.c.seat != "", SIGNUPS.c.state.in_(HOLDING)
        )
    ).all()
    return sorted(
        (seat, each.id) for each in rows if (seat := Seat.from_column(each.seat)) is not None
    )
