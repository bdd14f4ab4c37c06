"""Who belongs to the groups of ``models.rules.events.declared``: by their profile, or as new."""

from collections.abc import Sequence

from sqlalchemy import bindparam, column, exists, or_, select, table
from sqlmodel import Session

from models.events._claims import CAME, SIGNUPS
from models.events.audiences import Somebody
from models.network.members import Member, MemberInterest
from models.rules.events import audience, declared
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.store import table_of
from models.store.statements import Prepared

_MEMBERS, _LIKED = table_of(Member), table_of(MemberInterest)
_QUOTAS = table("quota", column("id"), column("event_id"))
_THIS_EVENT = (
    select(_QUOTAS.c.event_id).where(_QUOTAS.c.id == bindparam("quota_id")).scalar_subquery()
)
_CAME_BEFORE = exists().where(
    SIGNUPS.c.member_id == _MEMBERS.c.id,
    or_(*(SIGNUPS.c.state == each for each in CAME)),
    SIGNUPS.c.event_id != _THIS_EVENT,
)
_SAID = Prepared(
    select(_MEMBERS.c.shift, _LIKED.c.interest, _CAME_BEFORE.label("came"))
    .select_from(_MEMBERS)
    .outerjoin(_LIKED, _LIKED.c.member_id == _MEMBERS.c.id)
    .where(_MEMBERS.c.id == bindparam("member_id"))
)
"""What a member says of themselves, once for each interest, and whether they ever came."""


def belongs(
    session: Session, columns: Sequence[str], member: Somebody, quota_id: int
) -> list[bool]:
    """Return for each of these columns whether it is the member's; one statement for all.

    ``quota_id`` is any of those quotas: who is checked in at their event stays new to it.
    """
    if not columns:
        return []
    rows = _SAID.all(session, {"member_id": member.id, "quota_id": quota_id})
    liked = [Interest(each.interest) for each in rows if each.interest is not None]
    shift = Shift(rows[0].shift) if rows and rows[0].shift else None
    parts = declared.parts_of(shift, liked, is_new=not (rows and rows[0].came))
    return [audience.admits(each, parts) for each in columns]
