"""Parties: people who sign up together, all or none. One leads; the others' claims follow theirs.

The verbs of ``models.events.signups`` and ``offers`` decide for the whole party; here the claims of
those who come along are written and read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, insert, or_, update
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.events import quotas, reminders
from models.events._claims import CAME, IN_FORCE, LIVE, SIGNUPS
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Care, Station, StationKind
from models.rules.events.companions import Along
from models.rules.events.seating import Party
from models.sending import deliveries
from models.sending.topics import is_muted
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who comes along: a member, or a person with a ``name``, which may be empty."""

    name: str = ""
    member_id: int | None = None
    is_child: bool = False


_OTHERS = Prepared(
    columns_of(SIGNUPS.c.id, SIGNUPS.c.takes_seat, SIGNUPS.c.counts_in)
    .where(SIGNUPS.c.party_id == bindparam("party_id"), IN_FORCE)
    .order_by(SIGNUPS.c.id)
)
_STATE = Prepared(
    update(SIGNUPS)
    .where(SIGNUPS.c.party_id == bindparam("party_id"), IN_FORCE)
    .values(state=bindparam("new_state"), at=bindparam("new_at"))
)


_COMPANY = Prepared(
    columns_of(SIGNUPS.c.id, SIGNUPS.c.member_id, SIGNUPS.c.name, SIGNUPS.c.is_child)
    .where(SIGNUPS.c.party_id == bindparam("party_id"), IN_FORCE)
    .order_by(SIGNUPS.c.id)
)
_NEWEST = Prepared(
    columns_of(SIGNUPS.c.id)
    .where(SIGNUPS.c.party_id == bindparam("party_id"))
    .order_by(SIGNUPS.c.turn.desc())
    .limit(bindparam("most", type_=Integer))
)
_NAMELESS = Prepared(
    insert(SIGNUPS),
    (
        *("event_id", "state", "turn", "at", "party_id", "by_member_id", "counts_in"),
        *("name", "is_child", "takes_seat", "brings", "stop", "seat"),
    ),
)
"""Prepared, as what is read of a party: they run for every claim of a rush."""


def takes_seat(event: Event | Row, companion: Companion) -> bool:
    """Return whether somebody who comes along takes a seat: children may be counted or not."""
    return not (companion.is_child and Along(event.along).children_free)


def as_seated(session: Session, claim: Row) -> Party:
    """Return the party that a claim leads as the rules take it: those who take a seat."""
    leader = quotas.person_of(claim.counts_in)
    if not claim.brings:
        return (leader,)
    others = _OTHERS.all(session, {"party_id": claim.id})
    return (leader, *(quotas.person_of(each.counts_in) for each in others if each.takes_seat))


def company(session: Session, party_id: int) -> Sequence[Row]:
    """Return who comes along with this claim's person (id, member_id, name, is_child)."""
    return _COMPANY.all(session, {"party_id": party_id})


def in_force(session: Session, party_id: int) -> Sequence[Signup]:
    """Return the claims in force of those who come along with this claim's person."""
    return session.exec(
        select(Signup)
        .where(Signup.party_id == party_id, col(Signup.state).in_(LIVE))
        .order_by(col(Signup.id))
        .execution_options(populate_existing=True)
    ).all()


def newest(session: Session, party_id: int, number: int) -> list[int]:
    """Return the claims of those who were added last to a party, in the order of ``add``."""
    if not number:
        return []
    latest = _NEWEST.all(session, {"party_id": party_id, "most": number})
    return [each.id for each in reversed(latest)]


def add(
    session: Session,
    event: Event | Row,
    leader: Row,
    companions: Sequence[Companion],
    columns: Sequence[str],
    state: SignupState,
    turn: int,
    by: int,
    now: Moment,
) -> None:
    """Write the claims of those who come along; their turns follow ``turn``, in their order.

    ``columns`` say in which quotas each counts. A member among them who gave up before gets the
    same claim again, and is told who signed them up. ``leader`` is the claim whose ``brings`` the
    caller sets.
    """
    nameless = []
    for number, (companion, column) in enumerate(zip(companions, columns, strict=True), start=1):
        values = {
            "state": state,
            "turn": turn + number,
            "at": now,
            "party_id": leader.id,
            "by_member_id": by,
            "counts_in": column,
            "name": companion.name,
            "is_child": companion.is_child,
            "takes_seat": takes_seat(event, companion),
            "brings": 0,
        }
        if companion.member_id is None:
            nameless.append({"event_id": event.id, "stop": "", "seat": "", **values})
        else:
            _add_member(session, event, companion.member_id, values, by, now)
    if nameless:
        _NAMELESS.run_many(session, nameless)


def _add_member(
    session: Session,
    event: Event | Row,
    member_id: int,
    values: Mapping[str, Any],
    by: int,
    now: Moment,
) -> None:
    """Write the claim of a member who comes along, and tell them."""
    claim = session.exec(
        select(Signup).where(Signup.event_id == event.id, Signup.member_id == member_id)
    ).first()
    if claim is None:
        claim = Signup(event_id=event.id, member_id=member_id, state=values["state"], at=now)
    for name, value in values.items():
        setattr(claim, name, value)
    session.add(claim)
    session.flush()
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"signed-up:{claim.id}:{claim.turn}",
        topic="signed-up",
        facts={"event_id": event.id},
        due_at=now,
        expires_at=event.starts_at,
        now=now,
        about=by,
    )


def brings_less(session: Session, party_id: int) -> None:
    """Count one fewer of those who sit with the leader of a party, who gave up alone."""
    session.execute(
        update(SIGNUPS).where(SIGNUPS.c.id == party_id).values(brings=SIGNUPS.c.brings - 1)
    )


def set_state(session: Session, party_id: int, state: SignupState, now: Moment) -> None:
    """Set the state of all who come along and have not given up."""
    _STATE.run(session, {"party_id": party_id, "new_state": state, "new_at": now})


def remind(
    session: Session, event: Event | Row, party_id: int, care: Care, now: Moment, *, but: int
) -> None:
    """Plan the reminders of the members of a party ``but`` for one, as each has them set."""
    others = session.exec(
        select(Signup.id, Member)
        .join(Member, col(Member.id) == col(Signup.member_id))
        .where(
            or_(col(Signup.party_id) == party_id, col(Signup.id) == party_id),
            Signup.id != but,
            Signup.state == SignupState.SEATED,
        )
    ).all()
    for signup_id, member in others:
        if is_muted("reminder", member.muted):
            continue
        reminders.forget(session, signup_id)
        reminders.plan(
            session,
            signup_id=signup_id,
            member_id=member.id,
            event_id=event.id,
            starts_at=event.starts_at,
            leads=member.leads,
            quiet=care.quiet_of(member.quiet, member.shift),
            zone=care.zone,
            now=now,
        )


def give_up(
    session: Session, event: Event | Row, party_id: int, by: int | None, now: Moment
) -> int:
    """Cancel the claims of those who come along with a leader who does not; return their seats.

    Whoever of them is there already stays, by themselves.
    """
    others = _OTHERS.all(session, {"party_id": party_id})
    seats = sum(bool(each.takes_seat) for each in others)
    tell_given_up(session, event, party_id, by, now)
    set_state(session, party_id, SignupState.CANCELLED, now)
    came = or_(*(SIGNUPS.c.state == each for each in CAME))
    session.execute(
        update(SIGNUPS).where(SIGNUPS.c.party_id == party_id, came).values(party_id=None)
    )
    return seats


def tell_given_up(
    session: Session, event: Event | Row, party_id: int, by: int | None, now: Moment
) -> None:
    """Tell the members who came along that the party was given up, and forget their reminders."""
    for each in in_force(session, party_id):
        reminders.forget(session, each.id)
        tell_one(session, event, each, by, now)


def tell_one(
    session: Session, event: Event | Row, claim: Signup, by: int | None, now: Moment
) -> None:
    """Tell a member who came along with somebody that they were signed off."""
    if claim.member_id is None or claim.member_id == by:
        return
    deliveries.plan_for_member(
        session,
        claim.member_id,
        key=f"signed-off:{claim.id}:{claim.turn}",
        topic="signed-off",
        facts={"event_id": event.id},
        due_at=now,
        expires_at=event.starts_at,
        now=now,
        about=by,
    )


def colleague(session: Session, member: Member, name: str) -> int | None:
    """Return the only member of this name whom a member knows; None for none or several.

    They know who is at the same place, unless it is the district or a town, and who is in one of
    their teams: so nobody finds out by a name that somebody else is here. Whoever cannot be told,
    having muted such notices, is signed up by nobody else.
    """
    theirs = select(Membership.team_id).where(Membership.member_id == member.id)
    together = col(Member.id).in_(
        select(Membership.member_id).where(col(Membership.team_id).in_(theirs))
    )
    at_work = select(Station.id).where(
        Station.id == member.station_id, Station.kind == StationKind.CONTACT_POINT
    )
    found = session.exec(
        select(Member.id, Member.muted)
        .where(
            Member.name == name,
            Member.id != member.id,
            or_(together, col(Member.station_id).in_(at_work)),
        )
        .limit(2)
    ).all()
    if not name or len(found) != 1:
        return None
    number, muted = found[0]
    return None if is_muted("signed-up", muted) else number


def leaders(session: Session, claims: Sequence[Signup]) -> dict[int, str]:
    """Return the names of those with whom the people of these claims come along, by party."""
    ids = {each.party_id for each in claims if each.party_id is not None}
    if not ids:
        return {}
    rows = session.exec(
        select(Signup.id, Member.name)
        .join(Member, col(Member.id) == col(Signup.member_id))
        .where(col(Signup.id).in_(ids))
    )
    return dict(rows.all())


def forget_member(session: Session, member_id: int) -> None:
    """Clear who signed others up, with the names that they gave, and what was said of them."""
    theirs = update(Signup).where(col(Signup.member_id) == member_id)
    session.execute(theirs.values(name="", refused=None))
    session.execute(
        update(Signup)
        .where(col(Signup.by_member_id) == member_id)
        .values(by_member_id=None, name="")
    )
