"""Share the seats of an event out: the quotas, who counts in them, and the room that is left."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from sqlalchemy import bindparam, delete, func, or_, text, update
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.events import audiences, declared, entries
from models.events._claims import CAME, HAS_SEAT, LIVE, SIGNUPS
from models.events.audiences import Somebody
from models.events.events import Event, Signup, SignupState
from models.events.questions import Answer, EventQuestion
from models.network.members import Member
from models.rules.events import declared as declared_rules
from models.rules.events import questions as asking
from models.rules.events import seating
from models.rules.events.questions import NOTHING, STOP, Values
from models.rules.events.seating import ANYBODY, Person, Room
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared

NO_CLAIMS: Mapping[int, Values] = {}

MOST_QUOTAS = 12
"""How many quotas an event may have: more could not be told in a chat."""


class Quota(SQLModel, table=True):
    """Seats of an event for a group: at ``least`` so many are kept, it may have ``most``.

    ``who`` is the group, as the column of an event's audience, or of ``declared``: of an interest,
    a shift or those who are new. It is empty of those whose answer to question ``question_id`` is
    ``choice``, or who get on at the stop ``choice``. ``most`` None sets no limit.
    """

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    who: str
    least: int = 0
    most: int | None = None
    question_id: int | None = Field(default=None, foreign_key="event_question.id")
    choice: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


@dataclass(frozen=True, slots=True)
class Share:
    """A quota as it is set: the group as the columns of ``Quota`` have it, and the seats."""

    who: str
    least: int = 0
    most: int | None = None
    question_id: int | None = None
    choice: str = ""

    @property
    def kind(self) -> str:
        """Of what the group is one: quotas of one kind leave each other room.

        A company is a place as a contact point is.
        """
        if self.choice:
            return f"answer {self.asked}"
        return _KINDS[self.who.strip("/")[:1]]

    @property
    def asked(self) -> int | None:
        """The number of the question whose answer decides, ``STOP`` for the stop; None: none."""
        return (self.question_id or STOP) if self.choice else None

    def counts(self, said: Values) -> bool:
        """Return whether somebody who said this counts in it, by their answer."""
        asked = self.asked
        return asked is not None and self.choice in asking.picked(said.get(asked, ""))


_KINDS = {
    "s": "place",
    "e": "place",
    "t": "team",
    declared_rules.INTEREST: "interest",
    declared_rules.SHIFT: "shift",
    declared_rules.NEW: "new",
}

_HELD = Prepared(
    columns_of(SIGNUPS.c.counts_in, func.count())
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        HAS_SEAT,
        SIGNUPS.c.takes_seat,
    )
    .group_by(SIGNUPS.c.counts_in)
)


_QUOTAS = table_of(Quota)
_OF_EVENT = Prepared(
    columns_of(
        *(_QUOTAS.c.id, _QUOTAS.c.who, _QUOTAS.c.least, _QUOTAS.c.most),
        *(_QUOTAS.c.question_id, _QUOTAS.c.choice),
    )
    .where(_QUOTAS.c.event_id == bindparam("event_id"))
    .order_by(_QUOTAS.c.id)
)
"""Prepared, as what is read beside it: they run for every claim of a rush."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A quota of an event as it is set, and its number."""

    id: int
    share: "Share"


Quotas = Sequence[Numbered]


@lru_cache(maxsize=1024)
def _numbered(row: Row) -> Numbered:
    number, *columns = row
    return Numbered(number, Share(*columns))


def of_event(session: Session, event_id: int) -> Quotas:
    """Return the quotas of an event in the order in which they were made."""
    return [_numbered(row) for row in _OF_EVENT.all(session, {"event_id": event_id})]


def shared_by(session: Session, event: Event | Row) -> Quotas:
    """Return the quotas of an event; reads nothing of one that has none."""
    return of_event(session, event.id) if event.quotas else ()


def room_of(
    session: Session, event: Event | Row, now: Moment, quotas: Quotas | None = None
) -> Room:
    """Return the room of an event: its seats, and its quotas while they hold.

    The seats in each quota are counted from the claims, so that no counter can be wrong.
    ``quotas`` are those of the event, if the caller has read them.
    """
    if not has_quotas(event, now):
        return Room(event.seats, event.held)
    held: Counter[int] = Counter()
    for column, number in _HELD.all(session, {"event_id": event.id}):
        for each in person_of(column):
            held[each] += number
    if quotas is None:
        quotas = of_event(session, event.id)
    return Room(event.seats, event.held, tuple(in_room(each, held[each.id]) for each in quotas))


def waiting_in(session: Session, event_id: int) -> Counter[int]:
    """Return how many wait for a seat by the quota in which they would count."""
    found: Counter[int] = Counter()
    rows = session.execute(
        columns_of(SIGNUPS.c.counts_in, func.count())
        .where(
            SIGNUPS.c.event_id == event_id,
            SIGNUPS.c.state == SignupState.WAITING,
            SIGNUPS.c.takes_seat,
        )
        .group_by(SIGNUPS.c.counts_in)
    )
    for column, number in rows:
        for each in person_of(column):
            found[each] += number
    return found


def in_room(quota: Numbered, held: int = 0) -> seating.Quota:
    """Return a quota as the rules take it."""
    return seating.Quota(quota.id, quota.share.kind, quota.share.least, quota.share.most, held)


def has_quotas(event: Event | Row, now: Moment) -> bool:
    """Return whether quotas share out the seats of an event now."""
    return bool(event.quotas) and (event.quotas_until is None or now < event.quotas_until)


def counts_in(
    session: Session, event: Event | Row, member: Somebody, said: Values = NOTHING
) -> str:
    """Return the quotas in which a member counts who ``said`` this, as a claim's column holds them.

    They are kept with the claim also after the quotas end: the organizer's list tells them.
    """
    if not event.quotas:
        return ""
    return _counted(session, of_event(session, event.id), member, said)


def _counted(session: Session, quotas: Quotas, member: Somebody, said: Values) -> str:
    return _with_answers(quotas, _by_place(session, quotas, member), said)


def _by_place(session: Session, quotas: Quotas, member: Somebody) -> set[int]:
    """Return the quotas in which a member counts by place, team, profile, or as new here."""
    of_groups = [each for each in quotas if each.share.who]
    said = [each for each in of_groups if declared_rules.is_declared(each.share.who)]
    by_place = [each for each in of_groups if each not in said]
    belongs = [
        *audiences.belongs(session, [each.share.who for each in by_place], member),
        *declared.belongs(
            session, [each.share.who for each in said], member, said[0].id if said else 0
        ),
    ]
    return {each.id for each, is_in in zip((*by_place, *said), belongs, strict=True) if is_in}


def _with_answers(quotas: Quotas, by_place: Collection[int], said: Values) -> str:
    """Return the column of who counts in these quotas by place, and in others by what they said."""
    return _column(each.id for each in quotas if each.id in by_place or each.share.counts(said))


def of_party(
    session: Session,
    quotas: Quotas,
    people: Sequence[Somebody | None],
    said: Sequence[Values],
) -> list[str]:
    """Return the columns of people who sign up together for an event with these quotas.

    The first of them leads. None is somebody without a chat, who belongs where the leader does.
    What is asked once for a party holds for all of it. ``said`` may be shorter: the others said
    nothing.
    """
    if not quotas:
        return [""] * len(people)
    leader, each_persons = people[0], asked_of_each(session, quotas)
    assert leader is not None
    leaders = _by_place(session, quotas, leader)
    led = said[0] if said else NOTHING
    columns = []
    for place, person in enumerate(people):
        one = person or leader
        by_place = leaders if one is leader else _by_place(session, quotas, one)
        own = said[place] if place < len(said) else NOTHING
        holds = asking.answers_of(own, led, each_persons)
        columns.append(_with_answers(quotas, by_place, holds))
    return columns


@dataclass(frozen=True, slots=True)
class Open:
    """How many seats are open to who answers ``choice``, up to what was asked for."""

    choice: str
    left: int


def open_by_answer(
    session: Session,
    event: Event | Row,
    member: Somebody,
    now: Moment,
    most: int,
    said: Values = NOTHING,
) -> dict[int, list[Open]]:
    """Return what is open to a member by their answers, up to ``most`` seats, by question.

    Only of what decides and is not ``said`` yet, with the other answers that leave most.
    """
    quotas = shared_by(session, event)
    numbers = sorted(deciding(quotas) - {n for n, value in said.items() if value})
    if not numbers:
        return {}
    room = room_of(session, event, now, quotas)
    base = person_of(_counted(session, quotas, member, said))
    known = {each: _choices(session, each, quotas) for each in numbers}

    def left(answers: Sequence[tuple[int, str]]) -> int:
        given = dict(answers)
        counted = frozenset(each.id for each in quotas if each.share.counts(given))
        return room.left_for(base | counted, most)

    found: dict[int, list[Open]] = {}
    for number in numbers:
        others = [[(each, one) for one in known[each]] for each in numbers if each != number]
        found[number] = [
            Open(each, max(left([(number, each), *rest]) for rest in product(*others)))
            for each in known[number]
        ]
    return found


def _choices(session: Session, number: int, quotas: Quotas) -> Sequence[str]:
    """Return what can be answered; of stops those that have a quota."""
    question = session.get(EventQuestion, number) if number != STOP else None
    if question is not None:
        return question.choices
    return [each.share.choice for each in quotas if each.share.asked == number]


def asked(session: Session, event: Event | Row) -> set[int]:
    """Return the questions whose answers decide in which quotas people count, with ``STOP``."""
    return deciding(shared_by(session, event))


def deciding(quotas: Quotas) -> set[int]:
    """Return the same of quotas that were read."""
    return {number for each in quotas if (number := each.share.asked) is not None}


def asked_of_each(session: Session, quotas: Quotas) -> set[int]:
    """Return those of the questions behind quotas that are asked of each person of a party."""
    numbers = {n for each in quotas if (n := each.share.question_id) is not None}
    if not numbers:
        return set()
    query = select(EventQuestion.id).where(col(EventQuestion.id).in_(numbers))
    return set(session.exec(query.where(EventQuestion.per_person)).all())


def column_of(session: Session, event: Event | Row, numbers: Iterable[int]) -> str:
    """Return the column of somebody without a chat whom an organizer counts in these quotas."""
    wanted = set(numbers)
    return _column(each.id for each in of_event(session, event.id) if each.id in wanted)


def _column(numbers: Iterable[int]) -> str:
    joined = "/".join(map(str, numbers))
    return f"/{joined}/" if joined else ""


@lru_cache(maxsize=4096)
def person_of(column: str) -> Person:
    """Return the quotas of a claim's column as the rules take them."""
    return frozenset(map(int, filter(None, column.split("/")))) if column else ANYBODY


# Setting them


@dataclass(frozen=True, slots=True)
class TooMuch:
    """The quotas keep more seats than there are: ``kept`` of ``seats``."""

    kept: int
    seats: int


def too_much(shares: Iterable[Share], seats: int | None) -> TooMuch | None:
    """Return that these quotas keep more seats than there are; those of one kind add up."""
    kept: dict[str, int] = {}
    for each in shares:
        kept[each.kind] = kept.get(each.kind, 0) + each.least
    most = max(kept.values(), default=0)
    return TooMuch(most, seats) if seats is not None and most > seats else None


def put(session: Session, event: Event, shares: Sequence[Share]) -> TooMuch | None:
    """Give a locked event these quotas in place of those it has; return why nothing was done.

    Each claim in force counts anew. Nobody loses a seat: where more hold one than a quota may
    have, nobody else of the group gets one until there are fewer. The list of a draw is fixed anew.
    """
    if (refusal := too_much(shares, event.seats)) is not None:
        return refusal
    session.execute(delete(Quota).where(col(Quota.event_id) == event.id))
    session.add_all(
        Quota(
            event_id=event.id,
            who=each.who,
            least=each.least,
            most=each.most,
            question_id=each.question_id,
            choice=each.choice,
        )
        for each in shares
    )
    # Whoever could skip the question would count in no quota.
    decide = {each.question_id for each in shares} - {None}
    required = update(EventQuestion).where(col(EventQuestion.id).in_(decide))
    session.execute(required.values(required=True))
    event.quotas = len(shares)
    session.add(event)
    session.flush()
    count_anew(session, event)
    entries.fix_anew(session, event)
    return None


def count_anew(session: Session, event: Event) -> None:
    """Find for each claim in force in which quotas its person counts; others as their leader."""
    for number, column in columns_of_claims(session, event).items():
        concerned = col(Signup.id) == number
        session.execute(update(Signup).where(concerned).values(counts_in=column))


def columns_of_claims(
    session: Session,
    event: Event | Row,
    *,
    changed: Mapping[int, Values] = NO_CLAIMS,
    party_id: int | None = None,
) -> dict[int, str]:
    """Return in which quotas the people of claims in force count, by claim.

    ``changed`` answers hold in place of those that are kept. With ``party_id`` only of the party
    that this claim leads. Who has no chat and no leader any more keeps no place.
    """
    in_force = select(Signup).where(
        Signup.event_id == event.id,
        col(Signup.state).in_((*LIVE, *CAME, SignupState.ENTERED)),
    )
    if party_id is not None:
        in_force = in_force.where(or_(col(Signup.id) == party_id, col(Signup.party_id) == party_id))
    claims = {
        each.id: each
        for each in session.exec(
            in_force.order_by(col(Signup.id)).execution_options(populate_existing=True)
        )
    }
    numbers = {each.member_id for each in claims.values() if each.member_id is not None}
    members = {
        each.id: each for each in session.exec(select(Member).where(col(Member.id).in_(numbers)))
    }
    quotas = of_event(session, event.id) if event.quotas else []
    each_persons, said = asked_of_each(session, quotas), _said(session, quotas, claims)
    for number, values in changed.items():
        said[number] = {**said.get(number, {}), **values}
    found = {}
    for each in claims.values():
        leader = claims.get(each.party_id or each.id, each)
        member = members.get(each.member_id or leader.member_id or 0)
        if member is None:
            continue
        own, led = said.get(each.id, {}), said.get(leader.id, {})
        holds = asking.answers_of(own, led, each_persons | {STOP})
        found[each.id] = _counted(session, quotas, member, holds)
    return found


def said_by(session: Session, event: Event | Row, claim_id: int) -> Values:
    """Return what the person of a claim answered of what decides in which quotas they count."""
    if not event.quotas:
        return NOTHING
    claim = session.get_one(Signup, claim_id, populate_existing=True)
    found = _said(session, of_event(session, event.id), {claim_id: claim})
    return found.get(claim_id, NOTHING)


def _said(
    session: Session, quotas: Quotas, claims: Mapping[int, Signup]
) -> dict[int, dict[int, str]]:
    """Return what the people of these claims answered of what decides, and where they get on."""
    numbers = {n for each in quotas if (n := each.share.question_id) is not None}
    found: dict[int, dict[int, str]] = {
        each.id: {STOP: each.stop} for each in claims.values() if each.stop
    }
    rows = select(Answer).where(col(Answer.question_id).in_(numbers)) if numbers else None
    for row in session.exec(rows) if rows is not None else ():
        if row.signup_id in claims:
            found.setdefault(row.signup_id, {})[row.question_id] = row.value
    return found


def relink(session: Session, event_id: int, numbers: Mapping[int, int]) -> None:
    """Let copied quotas hang on the copies of questions; ``numbers`` are these by those copied."""
    for each in session.exec(select(Quota).where(Quota.event_id == event_id)):
        if each.question_id is not None:
            each.question_id = numbers[each.question_id]
            session.add(each)
    session.flush()
