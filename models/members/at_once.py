"""What is done to several people at once, for one reason: each is decided alone by its own verb."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import insert
from sqlmodel import Session, col, select

from models.members import blocking, looking_up, removing
from models.members.blocking import LONGEST_REASON, Blocked, NotBlocked
from models.members.looking_up import Person, Wanted
from models.members.removing import ErasedAt, NotErased, WhyErased
from models.network import audit, roles, stations
from models.network.audit import Audit
from models.network.members import Member
from models.network.roles import NotAllowed
from models.network.stations import Care
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.texts import one_line
from models.store import Moment

MOST_IN_LIST = 1000
"""How many people a list that is taken holds at most."""

Done = TypeVar("Done")


class NoList(StrEnum):
    """Why no list was taken."""

    NO_REASON = "no reason"
    NOBODY = "nobody"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Each(Generic[Done]):
    """What became of one of them; ``done`` None: it is not for this organizer to do."""

    member_id: int
    name: str
    done: Done | None


def block(
    session: Session,
    ids: Iterable[int],
    reason: str,
    by: int,
    care: Care,
    now: Moment,
    *,
    until: Moment | None = None,
) -> Sequence[Each[Blocked | NotBlocked]]:
    """Block these people as ``blocking.block`` does."""

    def does(number: int) -> Blocked | NotBlocked:
        return blocking.block(session, number, reason, by, care, now, until=until)

    return _each(session, ids, does)


def erase(
    session: Session, ids: Iterable[int], why: WhyErased, by: int, care: Care, now: Moment
) -> Sequence[Each[ErasedAt | NotErased]]:
    """Ask for the erasure of these people as ``removing.ask`` does."""

    def does(number: int) -> ErasedAt | NotErased:
        return removing.ask(session, number, why, by, care, now)

    return _each(session, ids, does)


def _each(
    session: Session, ids: Iterable[int], does: Callable[[int], Done]
) -> Sequence[Each[Done]]:
    numbers = sorted(set(ids))
    found = select(Member.id, Member.name).where(col(Member.id).in_(numbers))
    names = dict(session.exec(found).all())
    done: list[Each[Done]] = []
    for number in numbers:
        if number not in names:
            continue
        try:
            done.append(Each(number, names[number], does(number)))
        except NotAllowed:
            # The verbs ask before they change anything, so the others go on.
            done.append(Each(number, names[number], None))
    return done


# A list of people


def take_list(
    session: Session, wanted: Wanted, reason: str, by: int, now: Moment
) -> Sequence[Person] | NoList:
    """Return the people of a list for an organizer, who says what for; each can read who took it.

    Only those whom they may see. Raises NotAllowed for who may see nobody.
    """
    allowed = permissions.roles_for(Act.SEE_PERSON)
    if not any(each.role in allowed for each, _place in roles.grants_of(session, by, now)):
        raise NotAllowed(Act.SEE_PERSON)
    reason = one_line(reason)[:LONGEST_REASON]
    if not reason:
        return NoList.NO_REASON
    found: list[Person] = []
    after = None
    while True:
        page = looking_up.look_up(session, by, wanted, now, after=after, limit=looking_up.MOST)
        found += page.people
        after = page.after
        if after is None or len(found) > MOST_IN_LIST:
            break
    people = list({each.id: each for each in found}.values())
    if not people:
        return NoList.NOBODY
    if len(people) > MOST_IN_LIST:
        return NoList.TOO_MANY
    _record(session, [each.id for each in people], reason, by, now)
    return people


def _record(session: Session, ids: Sequence[int], reason: str, by: int, now: Moment) -> None:
    """Record it with each of them, as the opening of a person is."""
    found = select(Member.id, Member.station_id).where(col(Member.id).in_(ids))
    where = dict(session.exec(found).all())
    desks = {each: stations.desk_of(session, each) for each in {*where.values()}}
    rows = []
    for number in ids:
        desk = desks[where[number]]
        rows.append(
            {
                "at": now,
                "member_id": by,
                "act": Act.SEE_PERSON,
                "subject": f"member:{number}",
                "station_id": desk.id if desk is not None else None,
                "details": {"what": audit.PEOPLE_TAKEN, "reason": reason},
            }
        )
    session.execute(insert(Audit), rows)
