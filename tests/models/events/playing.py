"""Events with parties and quotas to play with, and what must hold whatever people do."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.events import (
    answering,
    bringing,
    checking_in,
    handing,
    handovers,
    parties,
    quotas,
    signups,
)
from models.events.events import Event, Signup, SignupState
from models.events.handing import OnItsWay, Taken
from models.events.parties import Companion
from models.events.questions import EventQuestion
from models.events.quotas import Share
from models.events.signups import LIVE, SignedUp
from models.network import members
from models.network.members import Caller
from models.rules.events import windows
from models.rules.events.companions import Along
from models.rules.events.questions import QuestionKind
from models.rules.events.seating import NotAdmitted
from models.rules.events.windows import Phase
from models.sending.deliveries import Delivery
from models.store import Moment
from tests.miniature.rows import CARE, badminton, local, network

MEN_OR_WOMEN, STOPS = ("男", "女"), ("桂城站", "狮山站")
NOW = local(1, 10)


CAME = (SignupState.ATTENDED, SignupState.NO_SHOW)


HOLDS = (SignupState.SEATED, SignupState.OFFERED, *CAME)


SHARES = ((), (Share("/s2/", least=3), Share("/s3/", most=4)), (Share("/s4/", least=2, most=2),))


def caller(session: Session, number: int, station_id: int | None = 2) -> Caller:
    one = members.meet(session, "web.chat", f"p{number}", language="zh", now=NOW)
    member = members.get(session, one.id)
    member.station_id = one.station_id = station_id
    session.flush()
    return one


def begun(session: Session, **changed: object) -> Event:
    network(session)
    event = badminton(**{"seats": 8, "along": Along.THREE, **changed})
    session.add(event)
    session.flush()
    return event


def claims(session: Session, event_id: int) -> list[Signup]:
    return list(
        session.exec(
            select(Signup)
            .where(Signup.event_id == event_id)
            .order_by(col(Signup.id))
            .execution_options(populate_existing=True)
        )
    )


def check(session: Session, event_id: int, now: Moment) -> None:
    """The counts are those of the claims, and what was promised is kept."""
    event = session.get_one(Event, event_id, populate_existing=True)
    rows = claims(session, event_id)
    sitting = [each for each in rows if each.takes_seat]
    assert event.held == sum(each.state in HOLDS for each in sitting)
    assert event.waiting == sum(each.state == SignupState.WAITING for each in sitting)
    assert event.seats is None or event.held <= event.seats
    for quota in quotas.of_event(session, event_id):
        held = sum(f"/{quota.id}/" in each.counts_in and each.state in HOLDS for each in sitting)
        assert quota.share.most is None or held <= quota.share.most
    for leader in rows:
        others = [e for e in rows if e.party_id == leader.id and e.state in (*LIVE, *CAME)]
        assert {each.state for each in others} <= {leader.state, *CAME} | seats_of(leader)
        assert leader.brings == sum(each.takes_seat for each in others)
        assert leader.party_id is None or leader.offered_until is None
        assert leader.state != SignupState.OFFERED or leader.party_id or leader.offered_until
    if windows.phase_of(event, now) != Phase.OPEN:
        return
    # Nobody of the queue could be seated now, but behind who waits with the seats that are free.
    room = quotas.room_of(session, event, now)
    keys = session.exec(select(Delivery.key).where(Delivery.topic == "offer")).all()
    asked = {tuple(map(int, each.split(":")[1:3])) for each in keys if each}
    for each in offers_waiting(rows):
        if (each.id, each.turn) in asked:
            continue
        party = parties.as_seated(session, each)
        assert not room.fits(party)
        if room.could_fit(party) and room.is_open_to_each(party):
            room = room.keeping_for(party)


def seats_of(leader: Signup) -> set[SignupState]:
    return {SignupState.SEATED} if leader.state in CAME else set()


def offers_waiting(rows: list[Signup]) -> Iterator[Signup]:
    return iter(
        sorted(
            (e for e in rows if e.state == SignupState.WAITING and e.party_id is None),
            key=lambda each: each.turn,
        )
    )


def check_in(session: Session, event: Event, one: Caller) -> None:
    for each in claims(session, event.id):
        if each.member_id == one.id and each.state == SignupState.SEATED:
            checking_in.check_in(session, event, each, None, NOW)


def promised(session: Session, event_id: int) -> list[tuple[object, ...]]:
    """What each claim has that no cancelling or postponing takes: an offer is a place in turn."""
    offers = (SignupState.OFFERED, SignupState.WAITING)
    return [
        (e.id, e.state if e.state not in offers else "in turn", e.turn, e.party_id, e.brings)
        for e in claims(session, event_id)
    ]


def hand_over(
    session: Session, event: Event, one: Caller, to: Caller, said: dict[int, str], now: Moment
) -> bool:
    """Whoever takes a seat has that one, and leads whom a leader brought; the party stays whole."""
    seats = handovers.seats_of(session, event.id, one.id)
    for each in seats[to.id % len(seats) :][:1] if seats else ():
        done = handing.give_code(session, event.id, each.id, one, CARE, now)
        if not isinstance(done, OnItsWay) or one.id == to.id:
            return False
        row = handing.by_code(session, to, done.code, now)
        assert row is not None
        before = session.get_one(Event, event.id, populate_existing=True).held
        taken = handing.take(session, row.id, to, CARE, now, said=said)
        if isinstance(taken, Taken):
            answering.keep_first(session, event.id, {taken.signup_id: said}, CARE, now)
            assert claim(session, event.id, to).state == SignupState.SEATED
            was = session.get_one(Signup, each.id, populate_existing=True)
            assert was.state == SignupState.CANCELLED
            rest = {seat.id for seat in seats} - {each.id}
            if each.member_id == one.id and each.party_id is None:
                assert {e.party_id for e in claims(session, event.id) if e.id in rest} <= {
                    taken.signup_id
                }
            return True
        assert session.get_one(Event, event.id, populate_existing=True).held == before
    return False


def claim(session: Session, event_id: int, one: Caller) -> Signup:
    return next(each for each in claims(session, event_id) if each.member_id == one.id)


def by_answers(session: Session, event: Event) -> tuple[tuple[int, int], list[Share]]:
    """Ask each person whether man or woman, and a party for its stop; share seats out by both."""
    rows = [
        EventQuestion(
            event_id=event.id,
            position=place,
            kind=QuestionKind.CHOICE,
            text=text,
            choices=list(choices),
            per_person=not place,
        )
        for place, (text, *choices) in enumerate((("你是", *MEN_OR_WOMEN), ("在哪上车", *STOPS)))
    ]
    session.add_all(rows)
    event.questions = len(rows)
    session.flush()
    sex, stop = (each.id for each in rows)
    return (sex, stop), [
        *(Share("", 4, 4, sex, each) for each in MEN_OR_WOMEN),
        Share("", 2, 6, stop, STOPS[0]),
    ]


def sign_up_with(
    session: Session,
    event: Event,
    one: Caller,
    with_them: list[Companion],
    said: list[dict[int, str]],
    now: Moment,
) -> None:
    """Sign up or bring more, and keep what each said, as the chat does."""
    mine = signups.claim_of(session, event.id, one.id)
    if mine is None:
        signups.sign_up(session, event.id, one, CARE, now, bringing=with_them, said=said)
        numbers = said
    elif with_them:
        done = bringing.bring(session, event.id, one, with_them, CARE, now, said=said[1:])
        numbers = said[1:] if isinstance(done, SignedUp) else []
        if not isinstance(done, SignedUp) or isinstance(done.outcome, NotAdmitted):
            return
    else:
        return
    if (claim := signups.claim_of(session, event.id, one.id)) is None or not said[0]:
        return
    added = parties.newest(session, claim.id, len(with_them))
    ids = [*added] if numbers is not said else [claim.id, *added]
    answering.keep_first(session, event.id, dict(zip(ids, numbers, strict=True)), CARE, now)
