"""The rounds of a stage: who appears in which heat and order, by a draw for all to check.

What happens on the evening is in ``models.contests.calling``, who goes on in ``promoting``. Each
verb of an organizer raises ``roles.NotAllowed`` when ``by`` may not run the contest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, or_, select

from models.contests import contests, entries
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.events.events import Event
from models.network.members import Member
from models.network.stations import Enterprise, Station
from models.network.translations import Translatable
from models.rules.contests import orders, promotion
from models.rules.contests.promotion import Rule
from models.rules.contests.states import Form, Named, Phase, phase_of
from models.rules.events import draws
from models.rules.languages import Translated
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment, one_of
from models.teams.teams import Team

LONGEST_NAME, MOST_ROUNDS = 30, 20
FINAL = Rule(0)


class RoundState(StrEnum):
    PLANNED = "planned"
    DRAWN = "drawn"
    OVER = "over"


class ContestRound(Translatable, table=True):
    """A heat, a semi-final or the final of a contest on the stage, at an event.

    Rounds of one ``level`` are heats of each other; those of level 1 are the first. Of each heat
    the first ``promotes`` go on, then the ``others`` best of all heats; ``standby`` wait behind
    them, and of one company at most ``per_company`` go on; in level 1 as many may enter. ``secret``
    and what follows stand in the first round of a level, whose draw holds for all of its heats.
    """

    __tablename__ = "contest_round"

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    name: str
    level: int
    promotes: int = 0
    others: int = 0
    standby: int = 0
    per_company: int = 0
    state: RoundState = Field(default=RoundState.PLANNED, sa_type=one_of(RoundState))
    secret: str
    number: str = ""
    listed: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    drawn: list[str] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    drawn_at: Moment | None = None
    ended_at: Moment | None = None

    @property
    def rule(self) -> Rule:
        return Rule(self.promotes, self.others, self.standby, self.per_company)


class AppearanceState(StrEnum):
    """STANDBY waits for somebody to withdraw."""

    STANDBY = "standby"
    WAITING = "waiting"
    CALLED = "called"
    ON_STAGE = "on_stage"
    DONE = "done"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"


AHEAD = (AppearanceState.CALLED, AppearanceState.WAITING)


class Appearance(SQLModel, table=True):
    """An entry in a round. ``position`` is its place in the order, of standbys their turn.

    ``place`` and ``score`` are the result, None and empty until the round is over. ``goes_on`` says
    that it has been promoted, ``standby_turn`` that it waits for the next level, and as which.
    """

    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    id: int = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="contest_round.id")
    entry_id: int = Field(foreign_key="entry.id", index=True)
    position: int
    state: AppearanceState = Field(default=AppearanceState.WAITING, sa_type=one_of(AppearanceState))
    called_at: Moment | None = None
    done_at: Moment | None = None
    place: int | None = None
    score: str = ""
    goes_on: bool = False
    standby_turn: int | None = None


class WhyNot(StrEnum):
    """Why nothing was done about a round."""

    NOT_A_STAGE = "not_a_stage"
    ENTERING = "entering"
    IS_DRAWN = "is_drawn"
    NOT_DRAWN = "not_drawn"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NOT_JUDGED = "not_judged"
    NOBODY_LEFT = "nobody_left"
    SCORES_LACK = "scores_lack"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class NotDone:
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a round when it is planned."""

    name: Translated
    level: int
    event_id: int | None = None
    rule: Rule = FINAL


@dataclass(frozen=True, slots=True)
class Drawn:
    """The order of a level is drawn; ``beyond`` the quota of their company were these entries."""

    rounds: tuple[ContestRound, ...]
    beyond: tuple[str, ...]


def add(
    session: Session, contest_id: int, told: Told, by: int | None, now: Moment
) -> ContestRound | NotDone:
    """Plan a round; the hash of the secret for its order is published from now on."""
    contest = contests.locked(session, contest_id, by, now)
    there = of_contest(session, contest_id)
    if contest.form is not Form.STAGE:
        return NotDone(WhyNot.NOT_A_STAGE)
    if len(there) >= MOST_ROUNDS:
        return NotDone(WhyNot.TOO_MANY)
    if any(each.level == told.level and each.drawn_at is not None for each in there):
        return NotDone(WhyNot.IS_DRAWN)
    row = ContestRound(
        contest_id=contest_id,
        event_id=told.event_id,
        name="",
        level=told.level,
        promotes=told.rule.first,
        others=told.rule.others,
        standby=told.rule.standby,
        per_company=told.rule.per_company,
        secret=token_hex(orders.SECRET_BYTES),
        by_member_id=by,
    )
    row.put_text("name", told.name)
    session.add(row)
    session.flush()
    commitment = draws.commitment_of(row.secret)
    contests.record(session, contest, by, now, "round planned", round=row.id, commitment=commitment)
    return row


def draw(
    session: Session, contest_id: int, level: int, number: str, by: int | None, now: Moment
) -> Drawn | NotDone:
    """Draw the order of a level and spread it over its heats; who appears is told when and where.

    In level 1 these are the entries that were handed in, within the quotas of their companies; in
    others those that go on. ``number`` is a public one, empty without.
    """
    contest = contests.locked(session, contest_id, by, now)
    heats = of_level(session, contest_id, level)
    if not heats:
        return NotDone(WhyNot.EMPTY)
    if any(each.drawn_at is not None for each in heats):
        return NotDone(WhyNot.IS_DRAWN)
    if phase_of(contest, now) is not Phase.CLOSED:
        return NotDone(WhyNot.ENTERING)
    inside, beyond, waiting = _who(session, contest, heats[0])
    if not inside:
        return NotDone(WhyNot.EMPTY)
    first = heats[0]
    drawn = orders.draw(inside, first.secret, number)
    first.listed, first.drawn, first.number = drawn.listed, list(drawn.order), number
    ids = dict(_ids(session, contest_id))
    for at, code in enumerate(drawn.order):
        heat, position = heats[at % len(heats)], at // len(heats) + 1
        session.add(Appearance(round_id=heat.id, entry_id=ids[code], position=position))
    for turn, code in enumerate(waiting, start=1):
        state = AppearanceState.STANDBY
        session.add(Appearance(round_id=first.id, entry_id=ids[code], position=turn, state=state))
    for heat in heats:
        heat.state, heat.drawn_at = RoundState.DRAWN, now
        session.add(heat)
    session.flush()
    contests.record(session, contest, by, now, "order drawn", level=level, number=number)
    for heat in heats:
        for each in of_round(session, heat.id):
            tell(session, each, "stage-order", now)
    return Drawn(tuple(heats), tuple(beyond))


def _ids(session: Session, contest_id: int) -> Sequence[tuple[str, int]]:
    return session.exec(select(Entry.code, Entry.id).where(Entry.contest_id == contest_id)).all()


def _who(
    session: Session, contest: Contest, first: ContestRound
) -> tuple[list[str], list[str], list[str]]:
    """Return the codes that appear in a level, those beyond a quota, and the standbys."""
    if first.level == 1:
        rows = sorted(
            entries.handed_in(session, contest.id),
            key=lambda each: (each.handed_in_at or each.begun_at, each.id),
        )
        companies = companies_of(session, rows)
        ordered = [(each.code, companies[each.id]) for each in rows]
        return *promotion.within_quota(ordered, first.per_company), []
    before = session.exec(
        select(Appearance, Entry.code)
        .join(ContestRound, col(ContestRound.id) == col(Appearance.round_id))
        .join(Entry, col(Entry.id) == col(Appearance.entry_id))
        .where(ContestRound.contest_id == contest.id, ContestRound.level == first.level - 1)
        .order_by(col(Appearance.position))
    ).all()
    inside = [code for each, code in before if each.goes_on]
    waits = [(each.standby_turn, code) for each, code in before if each.standby_turn is not None]
    return inside, [], [code for _turn, code in sorted(waits)]


def companies_of(session: Session, rows: Sequence[Entry]) -> dict[int, int | None]:
    """Return the company of each entry: for whom it stands, or where who hands it in works."""
    found = dict[int, int | None]()
    for each in rows:
        company = each.enterprise_id
        if company is None and each.team_id is not None:
            company = session.get_one(Team, each.team_id).enterprise_id
        if company is None and each.member_id is not None:
            member = session.get(Member, each.member_id)
            place = member.station_id if member is not None else None
            station = session.get(Station, place) if place is not None else None
            company = station.enterprise_id if station is not None else None
        found[each.id] = company
    return found


# Telling


def performers(session: Session, entry_id: int) -> set[int]:
    """Return who performs an entry: its authors, and who handed it in."""
    authors = {
        each.member_id
        for each in entries.authors_of(session, entry_id)
        if each.agreed_at is not None
    }
    entry = session.get_one(Entry, entry_id)
    return authors | ({entry.member_id} if entry.member_id is not None else set())


def tell(
    session: Session,
    each: Appearance,
    topic: str,
    now: Moment,
    *,
    of: str = "",
    lasts: timedelta = A_WEEK,
) -> None:
    """Plan a notice to those who perform; ``of`` tells repetitions of a topic apart."""
    plans = [
        Plan(
            key=f"{topic}:{each.id}:{of}:{member_id}",
            member_id=member_id,
            topic=topic,
            facts={"appearance_id": each.id},
            due_at=now,
            expires_at=now + lasts,
        )
        for member_id in sorted(performers(session, each.entry_id))
    ]
    deliveries.plan_all(session, plans, now)


# Reading


def get(session: Session, round_id: int) -> ContestRound | None:
    return session.get(ContestRound, round_id)


def of_contest(session: Session, contest_id: int) -> Sequence[ContestRound]:
    """Return the rounds of a contest, by levels and as they were planned."""
    query = select(ContestRound).where(ContestRound.contest_id == contest_id)
    return session.exec(query.order_by(col(ContestRound.level), col(ContestRound.id))).all()


def drawn(session: Session, contest_id: int) -> ContestRound | None:
    """Return the last round of a contest whose order is drawn, over or not."""
    rows = [each for each in of_contest(session, contest_id) if each.state != RoundState.PLANNED]
    return rows[-1] if rows else None


def to_come(session: Session, limit: int = 50) -> Sequence[ContestRound]:
    """Return the rounds whose order is drawn, and after them those that are over, the last first.

    So many of each: who reads which of them is asked of each alone.
    """
    drawn = select(ContestRound).where(ContestRound.state == RoundState.DRAWN)
    over = select(ContestRound).where(ContestRound.state == RoundState.OVER)
    last = over.order_by(col(ContestRound.ended_at).desc(), col(ContestRound.id).desc())
    return [
        *session.exec(drawn.order_by(col(ContestRound.id)).limit(limit)),
        *session.exec(last.limit(limit)),
    ]


def stages_below(session: Session, paths: Sequence[str]) -> Sequence[tuple[Contest, Station]]:
    """Return the contests on a stage of these paths and below, the newest first."""
    under = or_(*(col(Station.path).startswith(path) for path in paths))
    return session.exec(
        select(Contest, Station)
        .join(Station, col(Station.id) == col(Contest.station_id))
        .where(Contest.form == Form.STAGE, under)
        .order_by(col(Contest.id).desc())
    ).all()


def of_level(session: Session, contest_id: int, level: int) -> Sequence[ContestRound]:
    return [each for each in of_contest(session, contest_id) if each.level == level]


def final_of(session: Session, contest_id: int) -> ContestRound | None:
    """Return the round whose places are those of the contest: the only one of the last level.

    None while any round is to come.
    """
    every = of_contest(session, contest_id)
    is_over = bool(every) and all(each.state is RoundState.OVER for each in every)
    last = [each for each in every if each.level == every[-1].level]
    return last[0] if is_over and len(last) == 1 else None


def of_event(session: Session, event_id: int) -> Sequence[ContestRound]:
    """Return the rounds at an event, those of lower levels first."""
    query = select(ContestRound).where(ContestRound.event_id == event_id)
    return session.exec(query.order_by(col(ContestRound.level), col(ContestRound.id))).all()


def of_round(session: Session, round_id: int) -> Sequence[Appearance]:
    """Return the appearances of a round in their order, standbys last."""
    rows = session.exec(
        select(Appearance).where(Appearance.round_id == round_id).order_by(col(Appearance.position))
    ).all()
    return sorted(rows, key=lambda each: each.state is AppearanceState.STANDBY)


def of_member(session: Session, contest_id: int, member_id: int) -> Sequence[Appearance]:
    """Return where a member appears in a contest."""
    own = select(EntryAuthor.entry_id).where(EntryAuthor.member_id == member_id)
    return session.exec(
        select(Appearance)
        .join(ContestRound, col(ContestRound.id) == col(Appearance.round_id))
        .where(ContestRound.contest_id == contest_id, col(Appearance.entry_id).in_(own))
        .order_by(col(ContestRound.level))
    ).all()


@dataclass(frozen=True, slots=True)
class Performer:
    """An entry as an audience reads it: what is performed, for whom, and by whom as they chose."""

    code: str
    title: str
    host: Translated | None
    names: tuple[str, ...]


def performer(session: Session, entry_id: int) -> Performer:
    entry = session.get_one(Entry, entry_id)
    host: Translated | None = None
    if entry.team_id is not None:
        host = session.get_one(Team, entry.team_id).text_of("name")
    elif entry.enterprise_id is not None:
        host = session.get_one(Enterprise, entry.enterprise_id).text_of("name")
    names = list[str]()
    for each in entries.authors_of(session, entry_id):
        if each.named is Named.NICKNAME:
            names.append(each.nickname)
        elif each.named is Named.NAME and each.agreed_at is not None:
            names.append(session.get_one(Member, each.member_id).name)
    return Performer(entry.code, entry.title, host, tuple(filter(None, names)))


def event_of(session: Session, row: ContestRound) -> Event | None:
    return session.get(Event, row.event_id) if row.event_id is not None else None


def record_of(session: Session, contest_id: int, level: int) -> dict[str, Any] | None:
    """What is published of the draw of a level; None before it."""
    heats = of_level(session, contest_id, level)
    first = heats[0] if heats else None
    if first is None or first.listed is None or first.drawn is None:
        return None
    return {
        **orders.record_of(first.secret, first.number, first.listed, first.drawn),
        "contest": contest_id,
        "level": level,
        "heats": [each.name for each in heats],
    }


def made_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the rounds that a member planned, as plain values."""
    rows = session.exec(
        select(ContestRound, Contest.title)
        .join(Contest, col(Contest.id) == col(ContestRound.contest_id))
        .where(ContestRound.by_member_id == member_id)
    ).all()
    return [{"contest": title, "round": row.name} for row, title in rows]
