"""Every field of an event: published, corrected, loaded, shown, in calendars and reminders.

A field that is added is a row here. What it is not in stands in its row, with the reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import Workbook
from sqlmodel import Session, select

from bot.conversation.messages import Text, say
from handlers.events.editing import WORDS
from handlers.events.fields import FIELDS
from models.events.events import Category, Companions, Event, Kind
from models.loading import columns as sheets
from models.loading.network import load, read
from models.rules.events.companions import Along
from models.rules.events.details import DETAILS
from models.rules.events.handing import Handing
from models.store import Store
from tests.miniature.rows import CARE, badminton, local
from tests.pictures import png
from tests.stories.people import Person
from tests.stories.scenes import organizer, published
from tests.stories.station import Nanhai

# Ways of a field. Where a row names one, the field is not there, for this reason.
PUBLISHED, CORRECTED, LOADED, CARD, CALENDAR, REMINDER = (
    "published",
    "corrected",
    "loaded",
    "card",
    "calendar",
    "reminder",
)
AT_A_GLANCE = "a reminder tells what people need on the way, and leads to the rest"


@dataclass(frozen=True)
class Told:
    """A field: its ``label`` among the changes, the answer, and the columns that follow.

    ``cells`` are the same in a sheet. ``shown`` is how members read it, ``but`` where not and why.
    """

    label: str
    answer: str
    columns: Mapping[str, Any]
    cells: Mapping[str, str]
    shown: str = ""
    but: Mapping[str, str] = field(default_factory=dict)


BEGINS, ENDS = local(5, 15), local(5, 17)
TABLE = {
    "title": Told("名称", "灯会", {"title": "灯会"}, {"title": "灯会"}, "灯会"),
    "when": Told(
        "时间",
        "12月5日 15:00-17:00",
        {"starts_at": BEGINS, "ends_at": ENDS},
        {"day": "2026-12-05", "time": "15:00", "until": "17:00"},
        "12月5日 周六 15:00–17:00",
    ),
    "place": Told("地方", "文化站", {"place": "文化站"}, {"place": "文化站"}, "文化站"),
    "seats": Told(
        "名额",
        "20",
        {"seats": 20},
        {"seats": "20"},
        "20 席",
        {CALENDAR: "who reads it has a seat", REMINDER: "who reads it has a seat"},
    ),
    "closes": Told(
        "报名截止",
        "12月5日 12:00",
        {"closes_at": local(5, 12)},
        {"closes_before": "3h"},
        "12月5日 周六 12:00",
        {CALENDAR: "who reads it has signed up", REMINDER: "who reads it has signed up"},
    ),
    "gates": Told(
        "报名条件",
        "爽约也能报",
        {"gates": "comes no"},
        {"conditions": "爽约也能报"},
        "以前没来过也能报",
        {
            CORRECTED: "it has a page of its own, which stories of conditions tell",
            CALENDAR: "who reads it has signed up",
            REMINDER: "who reads it has signed up",
        },
    ),
    "kind": Told(
        "形式",
        "联谊聚会",
        {"kind": Kind.SOCIAL},
        {"kind": "联谊"},
        but={
            CARD: "the title says it; the preview shows it",
            CALENDAR: "it sorts events",
            REMINDER: "it sorts events",
        },
    ),
    "category": Told(
        "类别",
        "生活服务",
        {"category": Category.LIFE},
        {"category": "生活服务"},
        but={
            CARD: "lists are narrowed by it; the preview shows it",
            CALENDAR: "it sorts events",
            REMINDER: "it sorts events",
        },
    ),
    "meet": Told(
        "集合点", "14:40 地铁口", {"meet": "14:40 地铁口"}, {"meet": "14:40 地铁口"}, "14:40 地铁口"
    ),
    "bring": Told("要带什么", "水杯", {"bring": "水杯"}, {"bring": "水杯"}, "带上：水杯"),
    "cost": Told(
        "费用", "5 元", {"cost": "5 元"}, {"cost": "5 元"}, "费用：5 元", {REMINDER: AT_A_GLANCE}
    ),
    "companions": Told(
        "同行",
        "可带孩子",
        {"companions": Companions.CHILDREN},
        {"companions": "可带孩子"},
        "可带孩子",
        {REMINDER: AT_A_GLANCE},
    ),
    "along": Told(
        "带几人",
        "最多带 2 人",
        {"along": Along.TWO},
        {"along": "2"},
        "最多带 2 人",
        {REMINDER: AT_A_GLANCE},
    ),
    "handing": Told(
        "转让",
        "谁都可以",
        {"handing": Handing.ANYBODY},
        {"handing": "谁都可以"},
        "名额可以转给任何人",
        {REMINDER: AT_A_GLANCE},
    ),
    "contact": Told(
        "联系人",
        "小陈",
        {"contact": "小陈"},
        {"contact": "小陈"},
        "联系人：小陈",
        {REMINDER: AT_A_GLANCE},
    ),
    "about": Told(
        "介绍",
        "猜灯谜。",
        {"about": "猜灯谜。"},
        {"about": "猜灯谜。"},
        "猜灯谜。",
        {REMINDER: AT_A_GLANCE},
    ),
    "picture": Told(
        "图片",
        "",
        {},
        {},
        but={
            LOADED: "a sheet holds no pictures",
            CALENDAR: "an entry holds text",
            REMINDER: AT_A_GLANCE,
        },
    ),
    "for": Told(
        "主办",
        "",
        {},
        {"station": "zhaoxin"},
        but={
            PUBLISHED: "who has one place is not asked; other stories choose among several",
            CORRECTED: "a place of one's own is needed for it; stories of corrections choose one",
            CARD: "the place says where it is, and “who runs it” is answered",
            CALENDAR: "the same",
            REMINDER: "the same",
        },
    ),
    "audience": Told(
        "面向谁",
        "",
        {},
        {"audience": "all"},
        but={
            PUBLISHED: "it has a dialog of its own, which stories of audiences tell",
            CORRECTED: "the same",
            CARD: "said where it is not everybody, which stories of audiences tell",
            CALENDAR: "who reads it is one of them",
            REMINDER: "who reads it is one of them",
        },
    ),
}
OTHER_COLUMNS = {
    "id": "the number",
    "code": "the name in files",
    "station_id": "the host",
    "team_id": "the host",
    "picture_id": "the picture",
    "audience": "for whom it is",
    "map_url": "loaded with the place, and dropped with it",
    "translations": "texts in other languages, asked for one by one",
    **dict.fromkeys(
        ("state", "state_was", "reason", "held", "waiting", "turns"), "follows from what people do"
    ),
    "by_member_id": "who published it",
    "page_open": "opened and closed by a tap under More",
    "search": "follows from the title",
    **dict.fromkeys(("revision", "changed_at"), "counts changes"),
    **dict.fromkeys(
        ("asked_again_at", "queue_told_at", "feedback_asked_at"), "notices that were sent"
    ),
    **dict.fromkeys(("quotas", "quotas_until"), "how its seats are shared out"),
    **dict.fromkeys(("repeating_id", "series_id"), "what it is one of"),
    **dict.fromkeys(("draw", "entered"), "how its seats are drawn"),
    "questions": "counts what is asked at sign-up",
    "door_rotates": "how its door checks in",
    "is_template": "kept so that one like it is held",
    "opens_at": "told with the conditions",
    **dict.fromkeys(("certifying_at", "certifying_minutes"), "certificates that are to come"),
    **dict.fromkeys(("hall", "hall_seats", "hall_seated_at"), "who sits where"),
}
"""Columns that are no field of their own, with what they are."""


def there(way: str) -> list[tuple[str, Told]]:
    return [(name, told) for name, told in TABLE.items() if way not in told.but]


def expected(way: str) -> dict[str, Any]:
    return {name: value for _, told in there(way) for name, value in told.columns.items()}


def holds(event: Event, columns: Mapping[str, Any]) -> None:
    assert {name: getattr(event, name) for name in columns} == columns


# The table is whole


def test_every_field_and_every_column_of_an_event_stands_in_the_table() -> None:
    assert list(TABLE) == [*FIELDS, "audience"]
    assert TABLE.keys() == WORDS.keys()
    told = {column for each in TABLE.values() for column in each.columns}
    assert told | OTHER_COLUMNS.keys() == set(Event.model_fields)
    assert not told & OTHER_COLUMNS.keys()
    assert DETAILS.keys() <= told
    assert all(FIELDS[name].calls for name in FIELDS)


# Sheets


def _row() -> dict[str, str]:
    cells = {name: cell for _, told in there(LOADED) for name, cell in told.cells.items()}
    return {"code": "lights", **cells}


def _toml(folder: Path) -> Path:
    rows = "\n".join(f'{name} = "{cell}"' for name, cell in _row().items())
    (folder / "n.toml").write_text(f"[[events]]\n{rows}\n", "utf-8")
    return folder / "n.toml"


def _xlsx(folder: Path) -> Path:
    headers = {each.name: each.zh for each in sheets.columns("events")}
    book = Workbook()
    page = book.create_sheet("活动", 0)
    page.append([headers[name] for name in _row()])
    page.append(list(_row().values()))
    book.save(folder / "n.xlsx")
    return folder / "n.xlsx"


NETWORK = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "zhaoxin"
kind = "town"
parent = "nanhai"
name = "昭信"
"""


@pytest.mark.parametrize("write", [_toml, _xlsx])
def test_a_sheet_sets_every_field(
    sqlite_url: str, tmp_path: Path, now: datetime, write: Any
) -> None:
    store = Store(sqlite_url)
    (tmp_path / "network.toml").write_text(NETWORK, "utf-8")
    for path in (tmp_path / "network.toml", write(tmp_path)):
        assert store.write_now(load, read(path), CARE, now).problems == []

    def look(session: Session) -> None:
        holds(session.exec(select(Event)).one(), expected(LOADED))

    store.read_now(look)
    store.close()


# In the chat


async def _answers(person: Person, told: Told) -> str:
    if told.label == "图片":
        return await person.sends_picture(png())
    return await person.says(told.answer)


async def test_every_field_is_set_before_publishing_and_read_by_members(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 12月6日 9:00-10:00 讲座 饭堂 10人")
    for _name, told in there(PUBLISHED):
        await liu.presses("改一改")
        await liu.presses(told.label)
        preview = await _answers(liu, told)
        assert told.shown in preview, told.label
    await liu.presses("发布")
    (event,) = published(town)
    holds(event, expected(PUBLISHED))
    assert event.picture_id is not None
    # Whoever signs up reads it on the card, in the calendar and in the reminder.
    ana = town.person("小安")
    await ana.arrives()
    card = await ana.says(str(event.id))
    for _name, told in there(CARD):
        assert told.shown in card, told.label
    await ana.presses("报名")
    await ana.presses("加到日历")
    entry: Any = Calendar.from_ical((await ana.file()).content).walk("VEVENT")[0]
    begins, ends = entry["dtstart"].dt, entry["dtend"].dt
    day = f"{begins:%-m月%-d日} 周{'一二三四五六日'[begins.weekday()]}"
    texts = [str(entry[name]) for name in ("summary", "location", "description")]
    written = "\n".join([*texts, f"{day} {begins:%-H:%M}–{ends:%-H:%M}"])
    for _name, told in there(CALENDAR):
        assert told.shown in written, told.label
    # WeChat lets the station speak for two days after somebody wrote.
    await town.at(local(4, 20))
    await ana.says("菜单")
    await town.at(local(5, 13))
    reminder = await ana.hears("🔔 灯会")
    for _name, told in there(REMINDER):
        assert told.shown in reminder, told.label


async def test_every_field_is_corrected_afterwards(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, title_en="", place_en="", seats=8))
    liu = await organizer(town)
    for name, told in there(CORRECTED):
        await liu.says(f"{WORDS[name][0]} {event.id}")
        said = await _answers(liu, told)
        if "想说原因" in said:
            said = await liu.says("场馆检修")
        if "✅" not in said:
            said = await liu.presses(
                next(each for each in liu.labels if re.match(r"(就这么)?改", each))
            )
        assert "✅" in said, (name, said)
    (row,) = published(town)
    holds(row, expected(CORRECTED))
    assert row.picture_id is not None


# The documents


MARKS = (CARD, CALENDAR, REMINDER)


def rows(language: str) -> str:
    """The table of the README: label, word that changes it, columns of sheets, where it is read."""
    columns = sheets.columns("events")
    headers = {each.name: each.zh if language == "zh" else each.name for each in columns}
    written = []
    for name, told in TABLE.items():
        english = FIELDS[name].label if name in FIELDS else say("For whom")
        assert isinstance(english, Text)
        label = told.label if language == "zh" else english.id
        word = WORDS[name][0 if language == "zh" else -1]
        cells = " ".join(f"`{headers[each]}`" for each in told.cells) or "-"
        ticks = " | ".join("-" if way in told.but else "✓" for way in MARKS)
        written.append(f"| {label} | {word} | {cells} | {ticks} |")
    return "\n".join(written)


@pytest.mark.parametrize(("document", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_readme_lists_every_field(document: str, language: str) -> None:
    assert rows(language) in (Path(__file__).parents[3] / document).read_text("utf-8")
