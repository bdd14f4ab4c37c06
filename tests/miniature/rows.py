"""What there is in the stories' Nanhai: its places, its events, its team, its time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.events.events import Category, Event, Kind
from models.loading import pinyin
from models.network.stations import Care, Station, StationKind
from models.rules.languages import LANGUAGES
from models.rules.members.interests import Interest
from models.teams.teams import Team

ZONE = ZoneInfo("Asia/Shanghai")
CARE = Care(ZONE, "22:00-08:00")
"""Of a station that protects its members' nights."""

DISTRICT, GUICHENG, SHISHAN, CONTACT_POINT = 1, 2, 3, 4
"""The stations of the network by number."""


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of December 2026 in Nanhai; the stories begin on Tuesday the 1st at 10:00."""
    return datetime(2026, 12, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def lamp_works(**changed: Any) -> Event:
    """A visit on Thursday at 11:00, two days ahead."""
    values: dict[str, Any] = {
        "code": "lamps",
        "station_id": GUICHENG,
        "category": Category.CAREER,
        "kind": Kind.TOUR,
        "title": "走进灯具厂",
        "title_en": "The lamp works",
        "place": "桂城站集合",
        "place_en": "Meet at Guicheng station",
        "bring": "身份证",
        "bring_en": "your ID",
        "starts_at": local(3, 11),
        "ends_at": local(3, 13),
        "closes_at": local(3, 11),
        "seats": 2,
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def badminton(**changed: Any) -> Event:
    """A match on Saturday at 14:00 with room for everybody."""
    values: dict[str, Any] = {
        "code": "badminton",
        "station_id": SHISHAN,
        "category": Category.CULTURE,
        "kind": Kind.CONTEST,
        "title": "羽毛球友谊赛",
        "title_en": "Badminton match",
        "place": "狮山体育馆",
        "place_en": "Shishan sports hall",
        "starts_at": local(5, 14),
        "ends_at": local(5, 17),
        "closes_at": local(5, 12),
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def event(code: str, title: str, starts_at: datetime, **changed: Any) -> Event:
    """Two hours of anything, with room for everybody."""
    values: dict[str, Any] = {
        "code": code,
        "station_id": GUICHENG,
        "category": Category.CULTURE,
        "kind": Kind.SESSION,
        "title": title,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "closes_at": starts_at,
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def team(**changed: Any) -> Team:
    values: dict[str, Any] = {
        "code": "badminton",
        "station_id": SHISHAN,
        "interest": Interest.BALL_GAMES,
        "name": "狮山羽毛球队",
        "name_en": "Shishan badminton",
        "about": "下班一起打球，新手也欢迎。",
        "about_en": "We play after work; beginners welcome.",
        "meets": "每周三 19:30",
        "meets_en": "Wednesdays 19:30",
    }
    row = Team(**in_languages({**values, **changed}))
    row.search = pinyin.index(*row.text_of("name").versions())
    return row


def _indexed(event: Event) -> Event:
    event.search = pinyin.index(*event.text_of("title").versions())
    return event


def in_languages(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row, with what is called ``title_en`` among its translations."""
    kept, texts = dict[str, Any](), dict[str, dict[str, str]]()
    for name, value in values.items():
        column, _, code = name.rpartition("_")
        if code in LANGUAGES:
            texts.setdefault(column, {})[code] = value
        else:
            kept[name] = value
    return kept | {"translations": texts}


def network(session: Session) -> None:
    """A district, two towns, and a contact point in one of them."""
    for id, parent, path, kind, name, name_en in (
        (1, None, "/1/", StationKind.DISTRICT, "南海区", "Nanhai"),
        (2, 1, "/1/2/", StationKind.TOWN, "桂城", "Guicheng"),
        (3, 1, "/1/3/", StationKind.TOWN, "狮山", "Shishan"),
        (4, 3, "/1/3/4/", StationKind.CONTACT_POINT, "昭信集团", "Zhaoxin Group"),
    ):
        session.add(
            Station(
                code=f"s{id}",
                kind=kind,
                parent_id=parent,
                path=path,
                name=name,
                translations={"name": {"en": name_en}},
                search=pinyin.index(name, name_en),
            )
        )
        session.flush()
