"""A crowd after one tour with quotas, parties and three questions: the rows, and what must hold.

Three companies' people ask, some with one or two others who have no chat, each in four messages:
the wish, and an answer to each question. The last answer is what decides about the seats.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel, col, select

from benchmarks import stations
from benchmarks.driver import press, text
from benchmarks.plan import SEATS, Plan, make_rush_plan
from handlers.actions import Bring
from models.events import quotas, signups
from models.events.events import Event, Signup, SignupState
from models.events.questions import Answer, EventQuestion
from models.events.quotas import Quota, person_of
from models.events.reminders import Reminder
from models.events.signups import GaveUp
from models.network import members
from models.network.members import Address, Member
from models.network.memberships import Membership
from models.network.stations import Care, Station, StationKind
from models.rules.events import seating
from models.rules.events.companions import Along
from models.rules.events.questions import QuestionKind
from models.rules.events.seating import Room, Seated
from models.rules.members.interests import Interest
from models.store import open_engine
from models.teams.teams import Team

PLACES = (2, 3, 4)
"""Stations of the three companies' contact points; the people take turns in them."""

TEAM = 1
IN_TEAM = 5
"""Every fifth person is in the team."""

SHARES = (("/s2/", 12, 20), ("/s3/", 9, 15), ("/t1/", 5, None))
"""Of 45 seats: whom they are for, how many they must have, how many they may have."""

ANSWERS = ("2", "XL", "对海鲜过敏")
STEPS = 1 + len(ANSWERS)

QUESTIONS = (
    EventQuestion(
        id=1,
        event_id=1,
        position=1,
        kind=QuestionKind.CHOICE,
        text="在哪里上车？",
        choices=["桂城站", "千灯湖", "灯湖西"],
    ),
    EventQuestion(
        id=2, event_id=1, position=2, kind=QuestionKind.SIZE, text="衣服穿多大？", ready="size"
    ),
    EventQuestion(id=3, event_id=1, position=3, kind=QuestionKind.TEXT, text="有什么忌口？"),
)


def brings(number: int) -> int:
    """How many come along with this person: half come alone, a third with one, the rest with two.

    That is spread evenly over companies and the team.
    """
    return (0, 1, 0, 2, 0, 1)[number // 30 % 6]


def make_crowd_plan(people: int) -> Plan:
    return make_rush_plan(people)


def updates(plan: Plan, step: int) -> list[tuple[int, bytes]]:
    """What each person sends at a step: their chat and the update."""
    first = step * len(plan.asks)
    made = []
    for number, ask in enumerate(plan.asks):
        chat = ask.chat_id
        if step:
            body = text(first + number, chat, ANSWERS[step - 1])
        elif others := brings(number):
            body = press(first + number, chat, Bring(ask.event_id, others).pack())
        else:
            body = text(first + number, chat, f"/signup {ask.event_id}")
        made.append((chat, body))
    return made


def prepare(store: str, plan: Plan) -> None:
    """Put the people into companies and a team, and give the event all that a tour has.

    The store holds what ``stations.prepare`` makes of the plan.
    """
    engine = open_engine(store)
    now = datetime.now(UTC)
    with engine.begin() as connection:
        for number in PLACES:
            row = Station(
                id=number,
                code=f"firm-{number}",
                kind=StationKind.CONTACT_POINT,
                parent_id=1,
                path=f"/1/{number}/",
                name=f"{number} 号厂",
            )
            connection.execute(insert(Station), [row.model_dump()])
            here = col(Member.id) % len(PLACES) == number - PLACES[0]
            connection.execute(update(Member).where(here).values(station_id=number))
        team = Team(
            id=TEAM, code="walkers", station_id=1, interest=Interest.OUTDOORS, name="徒步队"
        )
        connection.execute(insert(Team), [team.model_dump()])
        in_team = range(1, plan.members + 1, IN_TEAM)
        connection.execute(
            insert(Membership),
            [{"member_id": each, "team_id": TEAM, "joined_at": now} for each in in_team],
        )
        rows: list[SQLModel] = [
            *QUESTIONS,
            *(
                Quota(id=number, event_id=1, who=who, least=least, most=most)
                for number, (who, least, most) in enumerate(SHARES, start=1)
            ),
        ]
        for each in rows:
            connection.execute(insert(type(each)), [each.model_dump()])
        event = update(Event).values(questions=len(QUESTIONS), quotas=len(SHARES), along=Along.TWO)
        connection.execute(event)
        if connection.dialect.name == "postgresql":
            stations.mend_sequences(connection, Station, Team, EventQuestion, Quota)
    engine.dispose()


# Afterwards


def verify(store: str, plan: Plan, told: set[int]) -> int:
    """Raise AssertionError unless every seat went to whom it was due; return the seats sold.

    ``told`` are the chats that heard of a seat. Seats that are left are those that the next party
    of the queue is too large for; it then gives up, and so on, until all of them are sold.
    """
    engine = open_engine(store)
    with Session(engine) as session:
        _verify_whole(session, plan)
        _verify_in_turn(session, told)
        sold = _sell_the_rest(session, plan)
        session.commit()
        _verify_quotas(session)
    engine.dispose()
    return sold


def _claims(session: Session) -> Sequence[Signup]:
    return session.exec(_IN_TURN).all()


_IN_TURN = (
    select(Signup)
    .order_by(col(Signup.turn), col(Signup.id))
    .execution_options(populate_existing=True)
)


def _leaders(session: Session, state: SignupState) -> Iterator[Signup]:
    """Whoever signed a party up, in the order of their turns, read as far as it is asked for."""
    alone = (col(Signup.party_id).is_(None), col(Signup.state) == state)
    return iter(session.exec(_IN_TURN.where(*alone).execution_options(yield_per=100)))


def _verify_whole(session: Session, plan: Plan) -> None:
    """Everybody is there once, with all whom they bring, in one state, with every answer kept."""
    claims = _claims(session)
    leaders = {each.id: each for each in claims if each.party_id is None}
    if {each.member_id for each in leaders.values()} != set(range(1, plan.members + 1)):
        raise AssertionError("somebody's sign-up is lost, or there twice")
    parties = defaultdict[int | None, list[Signup]](list)
    for each in claims:
        parties[each.party_id].append(each)
    for each in leaders.values():
        assert each.member_id is not None
        party = parties[each.id]
        if len(party) != brings(each.member_id - 1) or each.brings != len(party):
            raise AssertionError(f"the party of {each.member_id} is not as it asked")
        if any(one.state != each.state or one.counts_in != each.counts_in for one in party):
            raise AssertionError(f"the party of {each.member_id} is torn")
        if [one.turn for one in party] != list(range(each.turn + 1, each.turn + 1 + len(party))):
            raise AssertionError(f"the party of {each.member_id} does not stand together")
    answers = session.exec(select(Answer.signup_id)).all()
    if sorted(answers) != sorted([*leaders] * len(QUESTIONS)):
        raise AssertionError("answers are lost")
    event = session.get_one(Event, 1)
    held = sum(each.state == SignupState.SEATED for each in claims)
    waiting = sum(each.state == SignupState.WAITING for each in claims)
    if (event.held, event.waiting, event.turns) != (held, waiting, len(claims)):
        raise AssertionError("the event's counts are wrong")
    if sorted(each.turn for each in claims) != list(range(1, len(claims) + 1)):
        raise AssertionError("a turn was given out twice")


def _verify_in_turn(session: Session, told: set[int]) -> None:
    """Decide once more by the rule alone, party by party, in the order of their turns.

    The queue is walked from its head for each: so whoever was passed had a quota in their way, or
    was too many for what was left, and then kept it.
    """
    claims = [each for each in _claims(session) if each.party_id is None]
    room = Room(
        SEATS, 0, tuple(seating.Quota(n, w[1], lo, hi) for n, (w, lo, hi) in enumerate(SHARES, 1))
    )
    queue: list[list[seating.Person]] = []
    for each in claims:
        party = [person_of(each.counts_in)] * (1 + each.brings)
        kept = room
        # Who counts alike behind the first who wait keeps nothing that these do not keep already.
        for waiting in queue:
            if kept.is_open_to_each(waiting):
                kept = kept.keeping_for(waiting)
        fits = kept.fits(party)
        if fits != (each.state == SignupState.SEATED):
            raise AssertionError(f"turn {each.turn} should{'' if fits else ' not'} have a seat")
        if fits:
            room = room.seating(party)
        elif party not in queue:
            queue.append(party)
    seated = {each.member_id for each in claims if each.state == SignupState.SEATED}
    chats = session.exec(select(Address.external).where(col(Address.member_id).in_(seated))).all()
    if set(map(int, chats)) != told:
        raise AssertionError(f"{len(told)} were told of a seat, {len(chats)} have one")
    owed = session.exec(select(Reminder.member_id)).all()
    if sorted(owed) != sorted([each for each in seated if each is not None] * 2):
        raise AssertionError("reminders are not owed to those who have a seat, and nobody else")


def _sell_the_rest(session: Session, plan: Plan) -> int:
    """Let the parties for whom too little is left give up, and the next ones take the seats."""
    care = Care(ZoneInfo("Asia/Shanghai"), "22:00-08:00")
    day = (plan.starts_at - timedelta(days=2)).astimezone(care.zone).date()
    noon = datetime.combine(day, time(12), care.zone).astimezone(UTC)
    for _ in range(3 * SEATS):
        session.expire_all()
        event = session.get_one(Event, 1)
        if event.held == SEATS:
            break
        room = quotas.room_of(session, event, noon)
        first = next(
            each
            for each in _leaders(session, SignupState.WAITING)
            if room.is_open_to_each([person_of(each.counts_in)])
        )
        assert first.member_id is not None
        gave_up = signups.give_up(session, 1, first.member_id, care, noon)
        assert isinstance(gave_up, GaveUp)
        session.expire_all()
        for each in list(_leaders(session, SignupState.OFFERED)):
            assert each.member_id is not None
            who = members.at_address(session, _address(session, each.member_id))
            assert who is not None
            taken = signups.sign_up(session, 1, who, care, noon)
            assert taken is not None
            assert isinstance(taken.outcome, Seated)
    session.expire_all()
    sold = sum(each.state == SignupState.SEATED for each in _claims(session))
    if sold != SEATS:
        raise AssertionError(f"{sold} of {SEATS} seats were sold")
    return sold


def _address(session: Session, member_id: int) -> int:
    return session.exec(select(Address.id).where(Address.member_id == member_id)).one()


def _verify_quotas(session: Session) -> None:
    """Count the seats of each group by who the people are, not by what their claims say."""
    seated = [each for each in _claims(session) if each.state == SignupState.SEATED]
    who = {each.id: each.member_id for each in _claims(session)}
    number_of = [(each.member_id or who[each.party_id or 0] or 0) for each in seated]
    held = {
        "/s2/": sum(each % len(PLACES) == 0 for each in number_of),
        "/s3/": sum(each % len(PLACES) == 1 for each in number_of),
        "/t1/": sum(each % IN_TEAM == 1 for each in number_of),
    }
    for group, least, most in SHARES:
        if held[group] < least or (most is not None and held[group] > most):
            raise AssertionError(f"{group} has {held[group]} seats, not {least} to {most}")
