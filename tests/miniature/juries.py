"""Judges of the stories' call, and points that they give."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.contests import assignments, calling, contests, judges, judging, rounds, scores
from models.contests.contests import Contest
from models.contests.judges import Judge
from models.contests.judging import Asked, Plan, SetUp
from models.contests.rounds import ContestRound
from models.network.stations import Enterprise, Station
from models.rules.languages import Translated
from tests.miniature.rows import CONTACT_POINT

CRITERIA = (
    Asked(Translated("立意", {"en": "Idea"}), 60),
    Asked(Translated("文采", {"en": "Style"}), 40),
)


def set_up(session: Session, contest: Contest, now: datetime, **changed: Any) -> None:
    """Two criteria, two judges an entry, points until a week after entries have closed."""
    values: dict[str, Any] = {
        "criteria": CRITERIA,
        "until": max(now, contest.closes_at) + timedelta(days=7),
        "per_entry": 2,
    }
    done = judging.set_up(session, contest.id, Plan(**{**values, **changed}), None, now)
    assert isinstance(done, SetUp)


def jury(
    session: Session, contest: Contest, member_ids: Sequence[int], now: datetime
) -> list[Judge]:
    """These members as judges who have accepted."""
    for each in member_ids:
        asked = judges.invite(session, contest.id, each, None, now)
        assert isinstance(asked, judges.Invited)
        judges.answer(session, asked.judge.id, each, now, yes=True)
    return [judge for judge, _member in judges.of_contest(session, contest.id)]


def close_and_assign(session: Session, contest: Contest, now: datetime) -> assignments.Assigned:
    contests.close(session, contest.id, None, now)
    done = assignments.assign(session, contest.id, None, now)
    assert isinstance(done, assignments.Assigned)
    return done


def take_the_stage(session: Session, contest: Contest, now: datetime) -> ContestRound:
    """The first round of a contest on a stage: its order is drawn, and the first is called."""
    contests.close(session, contest.id, None, now)
    told = rounds.Told(Translated("决赛"), 1)
    row = rounds.add(session, contest.id, told, None, now)
    assert isinstance(row, ContestRound)
    assert isinstance(rounds.draw(session, contest.id, 1, "", None, now), rounds.Drawn)
    assert isinstance(calling.call_next(session, row.id, None, now), calling.Called)
    return row


def mark_all(session: Session, judge: Judge, points: Sequence[int], now: datetime) -> None:
    """Give everything that a judge has these points, criterion by criterion."""
    criteria = judging.criteria_of(session, judge.contest_id)
    assert judge.member_id is not None
    for each in scores.of_judge(session, judge.id):
        for criterion, given in zip(criteria, points, strict=True):
            done = scores.give(session, each.id, criterion.id, given, judge.member_id, now)
            assert isinstance(done, scores.Given)


def lamp_company(session: Session) -> int:
    """The company of the contact point, which the network leaves out."""
    company = Enterprise(code="zhaoxin", name="昭信集团")
    session.add(company)
    session.flush()
    point = session.get_one(Station, CONTACT_POINT)
    point.enterprise_id = company.id
    session.add(point)
    session.flush()
    return company.id
