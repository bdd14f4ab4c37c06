"""A call for texts and pictures in the stories' Nanhai, and entries that people handed in."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.contests import categories, contests, entries, parts
from models.contests.categories import ContestCategory
from models.contests.contests import Contest, Draft
from models.contests.entries import Entry
from models.network.members import Member
from models.rules.contests.states import PartKind
from models.rules.languages import Translated
from tests.miniature.rows import SHISHAN

TITLE = Translated("创意文案征集", {"en": "A call for creative texts"})
CATEGORIES = ("文案", "摄影")


def call(
    session: Session, now: datetime, *, named: tuple[str, ...] = (), **changed: Any
) -> Contest:
    """An open call of Shishan until twelve days from now, with categories of these names."""
    values: dict[str, Any] = {
        "station_id": SHISHAN,
        "title": TITLE,
        "opens_at": now,
        "closes_at": now + timedelta(days=12),
        "kinds": tuple(PartKind),
        "is_gallery_open": True,
    }
    contest = contests.create(session, Draft(**{**values, **changed}), None, now)
    for position, title in enumerate(named, start=1):
        session.add(ContestCategory(contest_id=contest.id, position=position, title=title))
    contests.publish(session, contest.id, None, now)
    return contest


def entry(
    session: Session, contest: Contest, member_id: int, now: datetime, *, title: str = "我的岗位"
) -> Entry:
    """An entry with one text that a member handed in, in the first category there is."""
    found = categories.of_contest(session, contest.id)
    begun = entries.begin(
        session,
        contest.id,
        member_id,
        now,
        title=title,
        category_id=found[0].id if found else None,
    )
    assert isinstance(begun, entries.Done)
    parts.add(session, begun.entry.id, PartKind.TEXT, member_id, text=f"{title}：平凡也发光。")
    entries.declare(session, begun.entry.id, now)
    done = entries.hand_in(session, begun.entry.id, now)
    assert isinstance(done, entries.Done)
    return done.entry


def entrants(session: Session, number: int, now: datetime, station_id: int = SHISHAN) -> list[int]:
    """So many consented members of a station, by their numbers."""
    people = [
        Member(name=f"作者{each}", station_id=station_id, consented_at=now, created_at=now)
        for each in range(number)
    ]
    session.add_all(people)
    session.flush()
    return [each.id for each in people]
