"""Who does not judge what: their own entries, those of their company, and what they declared."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from models.contests import judges
from models.contests.entries import Entry, EntryAuthor
from models.contests.judges import Judge
from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.contests import assigning
from models.rules.contests.assigning import Conflict, Pair, Ties


def between(
    session: Session,
    rows: Sequence[Entry],
    able: Sequence[Judge],
    declined: Collection[Pair],
) -> tuple[frozenset[Pair], dict[Conflict, int]]:
    """Return who does not judge what, by codes, and how often for each reason."""
    of_entry, of_judge = entry_ties(session, rows), _judge_ties(session, able)
    found, reasons = set(declined), defaultdict[Conflict, int](int)
    for entry in rows:
        for judge in able:
            pair = (entry.code, judge.code)
            why = assigning.conflict(
                of_entry[entry.id], of_judge[judge.id], declared=pair in declined
            )
            if why is not None:
                found.add(pair)
                reasons[why] += 1
    return frozenset(found), dict(reasons)


def entry_ties(session: Session, rows: Sequence[Entry]) -> dict[int, Ties]:
    """Return to whom entries belong: their authors, those of their team, and their companies."""
    people, companies = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    contest_ids = {each.contest_id for each in rows}
    authors = session.exec(
        select(EntryAuthor.entry_id, EntryAuthor.member_id)
        .join(Entry, col(Entry.id) == col(EntryAuthor.entry_id))
        .where(col(Entry.contest_id).in_(contest_ids), col(EntryAuthor.agreed_at).is_not(None))
    ).all()
    for entry_id, member_id in authors:
        people[entry_id].add(member_id)
    of_team = defaultdict[int, set[int]](set)
    team_ids = {each.team_id for each in rows if each.team_id is not None}
    for team_id, member_id in session.exec(
        select(Membership.team_id, Membership.member_id).where(
            col(Membership.team_id).in_(team_ids)
        )
    ):
        of_team[team_id].add(member_id)
    for each in rows:
        if each.member_id is not None:
            people[each.id].add(each.member_id)
        if each.enterprise_id is not None:
            companies[each.id].add(each.enterprise_id)
    works = _companies(session, set().union(*people.values()) if people else set())
    for entry_id, own_people in people.items():
        companies[entry_id] |= {works[each] for each in own_people if each in works}
    for each in rows:
        # Whoever is in the team has a part in its entry; where they work says nothing of it.
        people[each.id] |= of_team.get(each.team_id or 0, set())
    return {
        each.id: Ties(frozenset(people[each.id]), frozenset(companies[each.id])) for each in rows
    }


def _judge_ties(session: Session, able: Sequence[Judge]) -> dict[int, Ties]:
    members = {each.id: each.member_id for each in able if each.member_id is not None}
    works = _companies(session, set(members.values()))
    declared = judges.ties_of(session, list(members))
    return {
        judge_id: Ties(
            frozenset({member_id}),
            declared.get(judge_id, frozenset())
            | ({works[member_id]} if member_id in works else frozenset()),
        )
        for judge_id, member_id in members.items()
    }


def _companies(session: Session, member_ids: Collection[int]) -> dict[int, int]:
    """Return the company of each of these members who has one."""
    rows = session.exec(
        select(Member.id, Station.enterprise_id)
        .join(Station, col(Station.id) == col(Member.station_id))
        .where(col(Member.id).in_(member_ids), col(Station.enterprise_id).is_not(None))
    )
    return {member_id: company for member_id, company in rows if company is not None}
