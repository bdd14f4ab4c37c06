"""What there is before the first process starts: events, many people, an announcement to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models.announcements import announcements, audiences, holding, lifecycle
from models.announcements.announcements import AnnouncementState
from models.announcements.lifecycle import Started
from models.events import signups
from models.network import members, roles
from models.network.members import Address, Member
from models.network.stations import Care, Station
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import Role, SoloLimits
from models.store import Store
from tests.miniature.rows import CONTACT_POINT, ZONE, event, network

ACCOUNT = "telegram.nanhai"
SEATS = 3
SCARCE, OPEN = 1, 2
"""Two events by number: one with fewer seats than people, and one with room for everybody."""

TITLE = "羽毛球友谊赛"
FIRST_CHAT = 7_000_000_001
WORDS = "明早七点到九点全区停水，请提前备水。"
A_DAY = timedelta(days=1)
CARE = Care(ZONE, "")
NIGHT_CLASSES = 3


@dataclass(frozen=True, slots=True)
class Town:
    """``crowd`` are the chats that the announcement goes to; ``reminded`` of them have a seat.

    ``organizer`` is the chat of who wrote it.
    """

    crowd: range
    organizer: int
    reminded: frozenset[int]
    announcement_id: int


def found(store: Store, recipients: int, *, reminders_within: float) -> Town:
    """Write it all into a fresh store; reminders become due one after the other."""
    return store.write_now(_found, recipients, reminders_within)


def _found(session: Session, recipients: int, reminders_within: float) -> Town:
    now = datetime.now(UTC)
    crowd = range(FIRST_CHAT, FIRST_CHAT + recipients)
    network(session)
    session.add(event("scarce", "走进灯具厂", now + 3 * A_DAY, seats=SEATS))
    session.flush()
    session.add(event("open", TITLE, now + 5 * A_DAY))
    session.flush()
    _people(session, crowd, now)
    reminded = _night_classes(session, crowd, now, reminders_within)
    organizer = crowd.stop
    return Town(crowd, organizer, frozenset(reminded), _announcement(session, organizer, now))


def _people(session: Session, crowd: range, now: datetime) -> None:
    """Members of one contact point, whom no quiet hours protect."""
    people = [
        Member(name="工友", station_id=CONTACT_POINT, consented_at=now, created_at=now, quiet="off")
        for _chat in crowd
    ]
    session.add_all(people)
    session.flush()
    session.add_all(
        Address(member_id=each.id, account=ACCOUNT, external=str(chat), created_at=now)
        for each, chat in zip(people, crowd, strict=True)
    )
    session.flush()


def _night_classes(session: Session, crowd: range, now: datetime, within: float) -> list[int]:
    """Seats at events a day ahead: their reminders come due within so many seconds from now."""
    chats = list(crowd)[:: max(1, len(crowd) // 100)]
    for number in range(NIGHT_CLASSES):
        starts_at = now + A_DAY + timedelta(seconds=within * (number + 1) / NIGHT_CLASSES)
        row = event(f"night-{number}", f"夜校{number}", starts_at)
        session.add(row)
        session.flush()
        for chat in chats[number::NIGHT_CLASSES]:
            caller = members.find(session, ACCOUNT, str(chat))
            assert caller is not None
            assert signups.sign_up(session, row.id, caller, CARE, now) is not None
    return chats


def _announcement(session: Session, organizer: int, now: datetime) -> int:
    """Written by the district's organizer, and started."""
    member = members.meet(session, ACCOUNT, str(organizer), language="zh", now=now)
    district = session.get_one(Station, 1)
    roles.give(session, member.id, Role.DISTRICT, district, now)
    audience = Audience(stations=(district.id,))
    row = announcements.draft(session, district, member.id, now, audience=audience)
    announcements.change(session, row, text=WORDS)
    people = Count(audiences.count(session, audience))
    alone = SoloLimits(district=people.number)
    outcome = lifecycle.start(session, row, member.id, now, people=people, limits=alone)
    assert isinstance(outcome, Started)
    return row.id


def lets_go_on(session: Session, announcement_id: int) -> None:
    """Have the organizer send the rest of an announcement that was held after its trial."""
    row = announcements.locked(session, announcement_id)
    if row is not None and row.state == AnnouncementState.HELD:
        assert row.by_member_id is not None
        holding.resume(session, row, row.by_member_id, datetime.now(UTC), CARE.zone)
