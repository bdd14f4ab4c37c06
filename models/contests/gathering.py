"""Gathering an entry: parts added, moved and taken out, its title, category and whom it is for.

Each verb returns None for whoever is no author of the entry, and Shut where it is not changed any
more. What is done is kept at once: an entry that is gathered is its own draft.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, func, select

from models.contests import categories, entries, parts
from models.contests.contests import Contest
from models.contests.entries import Done, Entry, Shut
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.network import roles, stations
from models.network.members import Member
from models.network.stations import Station
from models.rules.contests.states import PartKind
from models.rules.network.permissions import Act
from models.store import Moment
from models.teams import teams
from models.teams.teams import Team


@dataclass(frozen=True, slots=True)
class Given:
    """What an author gives: words, the address of a link, a picture or a sound by number."""

    kind: PartKind
    text: str = ""
    picture_id: int | None = None
    sound_id: int | None = None


class WhyNot(StrEnum):
    """Why a part is not taken."""

    KIND = "kind"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The part was not taken; ``most`` is the limit of the contest that stands against it."""

    contest: Contest
    why: WhyNot
    most: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """The part is kept, the ``number``-th of the entry."""

    entry: Entry
    contest: Contest
    number: int


def add(
    session: Session, entry_id: int, given: Given, by: int, now: Moment
) -> Added | NotTaken | Shut | None:
    """Add a part at the end. A sound that is not taken is forgotten at once."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        _forget_sound(session, given.sound_id)
        return entry
    contest = session.get_one(Contest, entry.contest_id)
    there = parts.of_entry(session, entry_id)
    letters = sum(len(each.text) for each in there) + len(given.text)
    limits = contest.limits
    refusal = None
    if given.kind not in contest.takes:
        refusal = NotTaken(contest, WhyNot.KIND)
    elif len(there) >= limits.parts:
        refusal = NotTaken(contest, WhyNot.TOO_MANY, limits.parts)
    elif letters > limits.letters:
        refusal = NotTaken(contest, WhyNot.TOO_LONG, limits.letters)
    if refusal is not None:
        _forget_sound(session, given.sound_id)
        return refusal
    parts.add(
        session,
        entry_id,
        given.kind,
        by,
        text=given.text,
        picture_id=given.picture_id,
        sound_id=given.sound_id,
    )
    entries.touch(session, entry, now)
    return Added(entry, contest, len(there) + 1)


def take_out(
    session: Session, entry_id: int, part_id: int, by: int, now: Moment
) -> Done | Shut | None:
    """Delete a part, with its sound; its picture is forgotten by the next tidying."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    part = session.get(EntryPart, part_id)
    if part is not None and part.entry_id == entry_id:
        sound_id = part.sound_id
        session.delete(part)
        session.flush()
        _forget_sound(session, sound_id)
        entries.touch(session, entry, now)
    return Done(entry)


def move_up(
    session: Session, entry_id: int, part_id: int, by: int, now: Moment
) -> Done | Shut | None:
    """Put a part before the one above it; the first stays where it is."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    order = list(parts.of_entry(session, entry_id))
    at = next((place for place, each in enumerate(order) if each.id == part_id), 0)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
        for place, each in enumerate(order, start=1):
            each.position = place
            session.add(each)
        entries.touch(session, entry, now)
    return Done(entry)


def name(session: Session, entry_id: int, title: str, by: int, now: Moment) -> Done | Shut | None:
    """Give an entry its title."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    entry.title = title
    entries.touch(session, entry, now)
    return Done(entry)


def sort(
    session: Session, entry_id: int, category_id: int, by: int, now: Moment
) -> Done | Shut | None:
    """Put an entry into a category of its contest; another one's changes nothing."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    there = {each.id for each in categories.of_contest(session, entry.contest_id)}
    if category_id in there:
        entry.category_id = category_id
        entries.touch(session, entry, now)
    return Done(entry)


def enter_for_team(
    session: Session, entry_id: int, team_id: int, by: int, now: Moment
) -> Done | Shut | None:
    """Enter for a team that the author leads; for any other nothing is changed."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    if team_id in {each.id for each in teams_of(session, by, now)}:
        entry.team_id = team_id
        entries.touch(session, entry, now)
    return Done(entry)


def enter_for_company(
    session: Session, entry_id: int, enterprise_id: int, by: int, now: Moment
) -> Done | Shut | None:
    """Enter for the company for which the author may; for any other nothing is changed."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    if enterprise_id in companies_of(session, by, now):
        entry.enterprise_id = enterprise_id
        entries.touch(session, entry, now)
    return Done(entry)


# Reading


def letters_left(session: Session, entry: Entry, contest: Contest) -> int:
    """Return how many letters the texts of an entry may still have."""
    length = func.coalesce(func.sum(func.length(EntryPart.text)), 0)
    used = session.exec(select(length).where(EntryPart.entry_id == entry.id)).one()
    return max(0, contest.most_letters - int(used))


def teams_of(session: Session, member_id: int, now: Moment) -> list[Team]:
    """Return the teams for which a member may enter: those that they lead."""
    grants = roles.grants_of(session, member_id, now)
    found = [teams.get(session, grant.team_id) for grant, _station in grants if grant.team_id]
    return list({each.id: each for each in found if each is not None}.values())


def companies_of(session: Session, member_id: int, now: Moment) -> list[int]:
    """Return the companies for which a member may enter: whose events they may publish."""
    member = session.get(Member, member_id)
    here = [grant.station_id for grant, _station in roles.grants_of(session, member_id, now)]
    if member is not None and member.station_id is not None:
        here.append(member.station_id)
    rows = session.exec(
        select(Station).where(col(Station.id).in_(here), col(Station.enterprise_id).is_not(None))
    )
    may = [each for each in rows if roles.may(session, member_id, Act.PUBLISH_EVENT, each, now)]
    return list(dict.fromkeys(each.enterprise_id for each in may if each.enterprise_id))


def host_of(session: Session, entry: Entry) -> Team | str | None:
    """Return the team or the name of the company that an entry is for; None: a person."""
    if entry.team_id is not None:
        return teams.get(session, entry.team_id)
    if entry.enterprise_id is not None:
        found = stations.enterprises(session, [entry.enterprise_id])
        return found[0][1].text if found else None
    return None


def _forget_sound(session: Session, sound_id: int | None) -> None:
    sound = session.get(Sound, sound_id) if sound_id is not None else None
    if sound is not None:
        session.delete(sound)
        session.flush()
