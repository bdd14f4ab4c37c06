"""The categories and the prizes of a contest, written anew by those who run it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.contests import contests
from models.contests.categories import ContestCategory, ContestPrize, of_contest, prizes_of
from models.contests.entries import Entry
from models.network import partners
from models.network.stations import Station
from models.rules.languages import Translated
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Prize:
    """A prize as it is written: so many of it, and who gives it, if a partner does."""

    title: Translated
    number: int = 1
    partner_id: int | None = None


def put(
    session: Session, contest_id: int, titles: Sequence[Translated], by: int | None, now: Moment
) -> list[ContestCategory]:
    """Give a contest these categories in this order; return those that stay beside them.

    One that has entries is never taken away: it stands after the others.
    """
    contest = contests.locked(session, contest_id, by, now)
    there = {each.title: each for each in of_contest(session, contest_id)}
    wanted = list({each.text: each for each in titles if each.text}.values())
    gone = [row for title, row in there.items() if title not in {each.text for each in wanted}]
    used = set(
        session.exec(
            select(Entry.category_id).where(col(Entry.category_id).in_([each.id for each in gone]))
        )
    )
    stays = [each for each in gone if each.id in used]
    for each in gone:
        if each.id not in used:
            session.delete(each)
    for position, title in enumerate(wanted, start=1):
        row = there.get(title.text) or ContestCategory(contest_id=contest_id, position=0, title="")
        row.put_text("title", title)
        row.position = position
        session.add(row)
    for position, each in enumerate(stays, start=len(wanted) + 1):
        each.position = position
        session.add(each)
    session.flush()
    contests.record(session, contest, by, now, "categories", categories=len(wanted) + len(stays))
    return stays


def put_prizes(
    session: Session, contest_id: int, prizes: Sequence[Prize], by: int | None, now: Moment
) -> bool:
    """Give a contest these prizes; False where a partner is none of its station's."""
    contest = contests.locked(session, contest_id, by, now)
    station = session.get_one(Station, contest.station_id)
    known = {each.id for each in partners.of_station(session, station)}
    known |= {row.partner_id for row, _partner in prizes_of(session, contest_id) if row.partner_id}
    if any(each.partner_id is not None and each.partner_id not in known for each in prizes):
        return False
    session.execute(delete(ContestPrize).where(col(ContestPrize.contest_id) == contest_id))
    for position, each in enumerate(prizes, start=1):
        row = ContestPrize(
            contest_id=contest_id,
            position=position,
            title="",
            number=each.number,
            partner_id=each.partner_id,
        )
        row.put_text("title", each.title)
        session.add(row)
    session.flush()
    contests.record(session, contest, by, now, "prizes", prizes=len(prizes))
    return True
