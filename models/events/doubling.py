"""Hold an event a second time, or with a second bus: for those who wait, in their order.

The second one tells what the first one tells. Who waits for the first waits for the second too, in
the same order and with the same party, and is offered a seat there as any queue is: with a
deadline, within quotas, parties whole. Nobody loses a place by it: a seat taken at one ends the
place in the queue of the other (``either``), and a seat refused or left unanswered ends nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.events import offers, questions, quotas, repeating
from models.events.events import Event, EventState, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.questions import Answer
from models.events.quotas import TooMuch
from models.events.running import Meanwhile, TooLate, note, to_change
from models.network.stations import Care
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.rules.search import sounds
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

TOPIC = "another-one"


@dataclass(frozen=True, slots=True)
class HeldTwice:
    """The ``second`` one is published; ``offered`` of its seats are offered, ``told`` wait on."""

    event: Event
    second: Event
    offered: int
    told: int


@dataclass(frozen=True, slots=True)
class OfACourse:
    """It is one date of a course, whose people change to its other dates."""

    event: Event


def hold_twice(
    session: Session,
    event_id: int,
    starts_at: Moment,
    ends_at: Moment,
    seats: int | None,
    by: int,
    care: Care,
    now: Moment,
    *,
    seen: int | None = None,
) -> HeldTwice | TooMuch | OfACourse | TooLate | Meanwhile:
    """Publish a second one at this time, and ask those who wait for the first, in their order."""
    event = to_change(session, event_id, by, now, EventAct.HOLD_TWICE, seen)
    if not isinstance(event, Event):
        return event
    if event.draw not in (DrawState.NONE, DrawState.DRAWN):
        return TooLate(event, Why.BEING_DRAWN)
    series = _series_of(session, event)
    if series is None:
        return OfACourse(event)
    shares = [each.share for each in quotas.of_event(session, event_id)]
    if (refusal := quotas.too_much(shares, seats)) is not None:
        return refusal
    second = _second_of(session, event, series, starts_at, ends_at, seats, by)
    waiting = _bring_queue(session, event, second, now)
    note(session, event, by, now, "held twice", second=second.id)
    note(session, second, by, now, "second of", first=event.id)
    offered = offers.fill(session, second.id, care, now).offered
    told = _tell_who_waits_on(session, second, waiting, now)
    session.refresh(event)
    session.refresh(second)
    return HeldTwice(event, second, offered, told)


def _series_of(session: Session, event: Event) -> Series | None:
    """Return what binds it to its second one, made where there is none; None for a course."""
    if event.series_id is not None:
        series = session.get_one(Series, event.series_id)
        return series if series.mode is Mode.EITHER else None
    series = Series(code=f"either-{event.code}", station_id=event.station_id, mode=Mode.EITHER)
    session.add(series)
    session.flush()
    event.series_id = series.id
    session.add(event)
    session.flush()
    return series


def _second_of(
    session: Session,
    event: Event,
    series: Series,
    starts_at: Moment,
    ends_at: Moment,
    seats: int | None,
    by: int,
) -> Event:
    """Publish one more like it, whose title says which it is."""
    number = 1 + len(session.exec(select(Event.id).where(Event.series_id == series.id)).all())
    kept = event.model_dump(exclude={*repeating.OWN, "seats", "opens_at"})
    later = starts_at - event.starts_at
    kept |= {name: each + later for name, each in kept.items() if isinstance(each, datetime)}
    second = Event(
        **kept,
        code=f"{event.code}-no{number}",
        station_id=event.station_id,
        team_id=event.team_id,
        series_id=series.id,
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=min(event.closes_at + later, starts_at),
        state=EventState.OPEN,
        seats=seats,
        by_member_id=by,
    )
    first = session.exec(
        select(Event).where(Event.series_id == series.id).order_by(col(Event.id)).limit(1)
    ).one()
    said = first.text_of("title")
    second.put_text(
        "title",
        Translated(
            f"{said.text} ({number})",
            {code: f"{words} ({number})" for code, words in said.translations.items()},
        ),
    )
    titles = second.text_of("title").versions()
    second.search = sounds.renamed(event.search, event.text_of("title").versions(), titles)
    session.add(second)
    session.flush()
    repeating.carry(session, event.id, second)
    return second


def _bring_queue(session: Session, event: Event, second: Event, now: Moment) -> list[Signup]:
    """Let who waits for one event wait for another, in the same order; return who leads there."""
    of_first, of_second = (quotas.of_event(session, each.id) for each in (event, second))
    quota = {one.id: other.id for one, other in zip(of_first, of_second, strict=True)}
    waiting = session.exec(
        select(Signup)
        .where(Signup.event_id == event.id, Signup.state == SignupState.WAITING)
        .order_by(col(Signup.party_id).is_not(None), col(Signup.turn), col(Signup.id))
    ).all()
    made: dict[int, Signup] = {}
    for claim in waiting:
        leads = claim.party_id is None
        # Claims of erased members stay for the counts alone.
        if (leads and claim.member_id is None) or (not leads and claim.party_id not in made):
            continue
        kept = claim.model_dump(exclude={"id", "event_id", "party_id", "at", "knows"})
        counts_in = "".join(f"{quota[each]}/" for each in sorted(quotas.person_of(claim.counts_in)))
        kept["counts_in"] = f"/{counts_in}" if counts_in else ""
        party_id = made[claim.party_id].id if claim.party_id is not None else None
        copy = Signup(**kept, event_id=second.id, party_id=party_id, at=now)
        session.add(copy)
        session.flush()
        made[claim.id] = copy
    second.waiting = sum(each.takes_seat for each in made.values())
    second.turns = max((each.turn for each in made.values()), default=0)
    session.add(second)
    session.flush()
    _bring_answers(session, event, second, {was: each.id for was, each in made.items()})
    return [each for each in made.values() if each.party_id is None]


def _bring_answers(session: Session, event: Event, second: Event, claims: dict[int, int]) -> None:
    """Keep what they answered for the first with their claims on the second."""
    if not event.questions or not claims:
        return
    of_first, of_second = (questions.of_event(session, each.id) for each in (event, second))
    asked = {one.id: other.id for one, other in zip(of_first, of_second, strict=True)}
    later = second.ends_at - event.ends_at
    for each in session.exec(select(Answer).where(col(Answer.signup_id).in_(claims))).all():
        kept = each.model_dump(exclude={"id", "signup_id", "question_id", "erase_at"})
        session.add(
            Answer(
                **kept,
                signup_id=claims[each.signup_id],
                question_id=asked[each.question_id],
                erase_at=each.erase_at + later,
            )
        )
    session.flush()


def _tell_who_waits_on(session: Session, second: Event, waiting: list[Signup], now: Moment) -> int:
    """Tell those who were offered nothing that they wait for both; return how many."""
    for each in waiting:
        session.refresh(each)
    on = [each for each in waiting if each.state == SignupState.WAITING]
    plans = [
        Plan(
            key=f"another:{each.id}",
            member_id=each.member_id,
            topic=TOPIC,
            facts={"event_id": second.id},
            due_at=now,
            expires_at=second.starts_at,
        )
        for each in on
        if each.member_id is not None
    ]
    deliveries.plan_all(session, plans, now)
    return len(plans)
