"""Menus and who is told of them: rows above, verbs below. A verb never commits."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.members.inventory import Erasure, Merge, keeps
from models.network import roles, stations
from models.network.members import Member
from models.network.stations import Care, Station
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment
from scheduler.planning import Duty

TOPIC = "lunch-menu"
TOLD_AT, OVER_AT = time(10, 30), time(13, 30)
"""When readers are told of the day's menu, and when it is of no use any more."""

AT_ONCE = 100


class Menu(SQLModel, table=True):
    """What the canteen of a place has on a day; ``told`` says that its readers have been told."""

    __tablename__ = "lunch_menu"
    __table_args__ = (UniqueConstraint("station_id", "day"),)

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    day: date = Field(index=True)
    dishes: str
    told: bool = False
    # The menu stays when its author is erased: it belongs to the canteen.
    by_member_id: int | None = Field(
        default=None,
        foreign_key="member.id",
        index=True,
        sa_column_kwargs=keeps(Erasure.CLEAR, Merge.POINT, told="lunch_menus_written"),
    )


class Reader(SQLModel, table=True):
    """A member who wants to be told of each day's menu."""

    __tablename__ = "lunch_reader"

    member_id: int = Field(
        primary_key=True,
        foreign_key="member.id",
        sa_column_kwargs=keeps(Erasure.DELETE, Merge.ONE, told="lunch_told_daily"),
    )
    since: Moment


def write(session: Session, by: int, station: Station, day: date, dishes: str, now: Moment) -> Menu:
    """Write the menu of a place for a day, or write it anew.

    Raises roles.NotAllowed for a member who may publish nothing there.
    """
    roles.require(session, by, Act.PUBLISH_EVENT, station.id, now)
    menu = session.exec(
        select(Menu).where(Menu.station_id == station.id, Menu.day == day).with_for_update()
    ).first()
    menu = menu or Menu(station_id=station.id, day=day, dishes="")
    menu.dishes, menu.by_member_id = dishes, by
    session.add(menu)
    session.flush()
    return menu


def of_day(session: Session, station_id: int | None, day: date) -> Menu | None:
    """The menu of a place, or of the nearest place above it that has one."""
    station = stations.get(session, station_id)
    if station is None:
        return None
    upwards = [int(each) for each in station.path.strip("/").split("/")]
    found = session.exec(
        select(Menu).where(col(Menu.station_id).in_(upwards), Menu.day == day)
    ).all()
    return max(found, key=lambda each: upwards.index(each.station_id), default=None)


def get(session: Session, menu_id: int) -> Menu | None:
    return session.get(Menu, menu_id)


def is_told(session: Session, member_id: int) -> bool:
    return session.get(Reader, member_id) is not None


def tell_daily(session: Session, member_id: int, now: Moment) -> None:
    session.merge(Reader(member_id=member_id, since=now))


def tell_no_more(session: Session, member_id: int) -> None:
    session.exec(delete(Reader).where(col(Reader.member_id) == member_id))


def forget_before(session: Session, moment: Moment) -> None:
    """Delete old menus."""
    session.exec(delete(Menu).where(col(Menu.day) < moment.date()))


# By the clock


def duties(care: Care) -> Sequence[Duty]:
    def any_due(session: Session, at: datetime) -> bool:
        return _due(session, at, care) is not None

    def tell(session: Session, at: datetime) -> int:
        return tell_readers(session, at, care)

    return [Duty("lunch", any_due, tell)]


def _due(session: Session, at: datetime, care: Care) -> Menu | None:
    here = at.astimezone(care.zone)
    if not TOLD_AT <= here.time() < OVER_AT:
        return None
    due = select(Menu).where(Menu.day == here.date(), col(Menu.told).is_(False))
    return session.exec(due.order_by(col(Menu.id)).limit(1)).first()


def tell_readers(session: Session, at: datetime, care: Care) -> int:
    """Plan a notice to everybody who works below the place of one menu and is told daily.

    Nothing is sent here: what is planned goes out after the commit, at a fitting hour.
    """
    menu = _due(session, at, care)
    if menu is None:
        return 0
    place = session.get_one(Station, menu.station_id)
    readers = session.exec(
        select(Reader.member_id)
        .join(Member, col(Member.id) == col(Reader.member_id))
        .join(Station, col(Station.id) == col(Member.station_id))
        .where(col(Station.path).startswith(place.path))
    ).all()
    over = datetime.combine(menu.day, OVER_AT, care.zone)
    for first in range(0, len(readers), AT_ONCE):
        plans = [
            # The key makes a second notice of the same menu impossible.
            Plan(f"lunch:{menu.id}:{each}", each, TOPIC, {"menu": menu.id}, at, over)
            for each in readers[first : first + AT_ONCE]
            if of_day(session, _station_of(session, each), menu.day) == menu
        ]
        deliveries.plan_all(session, plans, at)
    menu.told = True
    session.add(menu)
    return 1


def _station_of(session: Session, member_id: int) -> int | None:
    return session.get_one(Member, member_id).station_id


def today(now: datetime, care: Care) -> date:
    return now.astimezone(care.zone).date()
