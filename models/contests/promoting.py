"""The end of a round: its places and its record, who goes on, and who hears of it."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from sqlmodel import Session, col, select

from models.contests import judging, protocols, rounds, scores
from models.contests.entries import Entry
from models.contests.rounds import AppearanceState, ContestRound, RoundState
from models.events.events import Signup, SignupState
from models.rules.contests import promotion, scoring
from models.rules.contests.promotion import Promoted, Ranked
from models.rules.contests.scoring import Standing
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

AUDIENCE_AFTER = timedelta(minutes=3)
"""How long after those who performed their audience hears the result."""
AN_EVENING = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Ended:
    """The round is over: its places, and who goes on."""

    round: ContestRound
    standings: tuple[Standing, ...]


def standings(session: Session, row: ContestRound) -> list[Standing]:
    """Return the places of a round as its points are now."""
    rule = judging.of_contest(session, row.contest_id)
    if rule is None:
        return []
    done = {
        session.get_one(Entry, each.entry_id).code
        for each in rounds.of_round(session, row.id)
        if each.state is AppearanceState.DONE
    }
    criteria = judging.in_rules(judging.criteria_of(session, row.contest_id))
    scored = [each for each in scores.scored(session, row.contest_id, row.id) if each.entry in done]
    return scoring.standings(criteria, rule.method, scored, is_normalised=False)


def end(session: Session, row: ContestRound, now: Moment, *, is_corrected: bool = False) -> Ended:
    """Fix the places of a round with its record, say who goes on, and tell those concerned."""
    found = standings(session, row)
    by_code = {each.entry: each for each in found}
    for each in rounds.of_round(session, row.id):
        standing = by_code.get(session.get_one(Entry, each.entry_id).code)
        each.place = standing.place if standing is not None else None
        each.score = scoring.shown(standing.score, 2) if standing is not None else ""
        session.add(each)
    row.state, row.ended_at = RoundState.OVER, now
    session.add(row)
    session.flush()
    if judging.of_contest(session, row.contest_id) is not None:
        protocols.make(session, row.contest_id, now, row.id)
    _promote(session, row)
    _announce(session, row, now, is_corrected=is_corrected)
    return Ended(row, tuple(found))


def _promote(session: Session, row: ContestRound) -> None:
    """Say who goes on once all heats of a level are over."""
    heats = rounds.of_level(session, row.contest_id, row.level)
    if any(each.state is not RoundState.OVER for each in heats):
        return
    every = [each for heat in heats for each in rounds.of_round(session, heat.id)]
    rows = {each.entry_id: session.get_one(Entry, each.entry_id) for each in every}
    companies = rounds.companies_of(session, list(rows.values()))
    by_code = {each.code: companies[number] for number, each in rows.items()}
    ranked = [
        [Ranked(each.entry, by_code[each.entry], _key(each)) for each in standings(session, heat)]
        for heat in heats
    ]
    found: Promoted = promotion.promote(ranked, heats[0].rule)
    for each in every:
        code = rows[each.entry_id].code
        each.goes_on = code in found.on
        each.standby_turn = found.standby.index(code) + 1 if code in found.standby else None
        session.add(each)
    session.flush()


def _key(each: Standing) -> tuple[Fraction, ...]:
    return each.score, each.heaviest, each.middle


def _announce(session: Session, row: ContestRound, now: Moment, *, is_corrected: bool) -> None:
    """Tell those who performed at once, and those who watched a little later."""
    of = f"{now:%Y%m%d%H%M%S}"
    topic = "stage-corrected" if is_corrected else "stage-result"
    for each in rounds.of_round(session, row.id):
        if each.place is not None:
            rounds.tell(session, each, topic, now, of=of, lasts=AN_EVENING)
    if row.event_id is None:
        return
    own = {
        member_id
        for each in rounds.of_round(session, row.id)
        for member_id in rounds.performers(session, each.entry_id)
    }
    seen = session.exec(
        select(Signup.member_id).where(
            Signup.event_id == row.event_id,
            col(Signup.state).in_((SignupState.SEATED, SignupState.ATTENDED)),
            col(Signup.member_id).is_not(None),
        )
    ).all()
    plans = [
        Plan(
            key=f"stage-results:{row.id}:{of}:{member_id}",
            member_id=member_id,
            topic="stage-results",
            facts={"round_id": row.id},
            due_at=now + AUDIENCE_AFTER,
            expires_at=now + AN_EVENING,
        )
        for member_id in sorted({each for each in seen if each is not None} - own)
    ]
    deliveries.plan_all(session, plans, now)
