"""A party stays whole when its leader hands their seat over: it follows whoever takes it."""

from sqlalchemy import or_, update
from sqlmodel import Session

from models.events import handovers, quotas
from models.events._claims import CAME, IN_FORCE, SIGNUPS
from models.events.events import Event, Signup
from models.rules.events.handing import Handing, NotHanded
from models.rules.events.questions import STOP, Values
from models.rules.events.seating import Party, Room
from models.store import Moment
from models.store.compiled import Row

_CAME = or_(*(SIGNUPS.c.state == each for each in CAME))


def follow(
    session: Session,
    event: Row,
    claim: Row,
    signup_id: int,
    said: Values,
    room: Room,
    now: Moment,
) -> NotHanded | None:
    """Let those who come along with ``claim`` come with ``signup_id``, which takes its place.

    Who has no chat counts as their leader does, and gets on where they do. ``room`` is what there
    was before. Returns why the party cannot go along; then the caller undoes all of it.
    """
    moved = session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.party_id == claim.id, or_(IN_FORCE, _CAME))
        .values(party_id=signup_id)
        .returning(SIGNUPS.c.id, SIGNUPS.c.member_id, SIGNUPS.c.counts_in, SIGNUPS.c.takes_seat)
    ).all()
    if not moved:
        return None
    session.execute(update(SIGNUPS).where(SIGNUPS.c.id == signup_id).values(brings=claim.brings))
    handovers.withdraw(session, event.id, claim.member_id)
    changed: dict[int, Values] = {signup_id: said}
    if stop := said.get(STOP):
        nameless = [each.id for each in moved if each.member_id is None]
        session.execute(update(SIGNUPS).where(SIGNUPS.c.id.in_(nameless)).values(stop=stop))
        changed |= {number: {STOP: stop} for number in nameless}
    columns = quotas.columns_of_claims(session, event, changed=changed, party_id=signup_id)
    others = {each.id: each for each in moved if columns.get(each.id, "") != each.counts_in}
    if not others:
        return None
    if quotas.has_quotas(event, now):
        row = session.get_one(Event, event.id, populate_existing=True)
        if row.handing is Handing.ALIKE and row.waiting:
            return NotHanded.OTHER_QUOTA
        sitting = [each for each in others.values() if each.takes_seat]
        leader = session.get_one(Signup, signup_id, populate_existing=True)
        was = [claim.counts_in, *(each.counts_in for each in sitting)]
        then = [leader.counts_in, *(columns.get(each.id, "") for each in sitting)]
        if not room.without(_people(was)).fits(_people(then)):
            return NotHanded.NO_ROOM
    for number in others:
        column = columns.get(number, "")
        session.execute(update(SIGNUPS).where(SIGNUPS.c.id == number).values(counts_in=column))
    return None


def _people(columns: list[str]) -> Party:
    return [quotas.person_of(each) for each in columns]
