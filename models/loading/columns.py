"""The sheets of a file and their columns, by their English and their Chinese names.

A text may stand in further languages, each in a column of its own: ``title_en``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from models.rules.desk.likeness import LONGEST_ANSWER, LONGEST_QUESTION, LONGEST_SOURCE
from models.rules.events.details import DETAILS, Detail
from models.rules.languages import LANGUAGES, Translated


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; ``most`` is the greatest length of a cell in characters.

    ``most_translated`` is the greatest length of a translation, 0 where the column has none.
    Translations stand in columns such as ``title_en``; ``examples`` are theirs by language code.
    ``also`` is what offices and the desk's own lists call it besides.
    """

    name: str
    zh: str
    example: str = ""
    most: int = 60
    most_translated: int = 0
    examples: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def translation(self, code: str) -> "Column":
        """The column of its texts in this language."""
        zh = f"{LANGUAGES[code].header}{self.zh}"
        example = self.examples.get(code, "")
        return Column(f"{self.name}_{code}", zh, example, self.most_translated)


def _detail(detail: Detail) -> Column:
    """The column of a detail of an event."""
    examples = {"en": detail.example_en} if detail.example_en else {}
    sizes = (detail.most, detail.most_translated)
    return Column(detail.name, detail.header, detail.example, *sizes, examples)


SHEETS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "stations": (
        "站点",
        (
            Column("code", "代码", "guicheng"),
            Column("kind", "类型", "镇街"),
            Column("parent", "上级", "nanhai"),
            Column("enterprise", "企业"),
            Column("name", "名称", "桂城", 60, 60, {"en": "Guicheng"}),
            Column(
                "address", "地址", "南海大道北 60 号", 120, 120, {"en": "60 Nanhai Avenue North"}
            ),
            Column("map_url", "地图", "https://uri.amap.com/marker?position=113.15,23.03", 300),
            Column("aliases", "别名", "桂城街道", 300),
        ),
    ),
    "enterprises": (
        "企业",
        (
            Column("code", "代码", "mingdeng"),
            Column("name", "名称", "明灯照明", 60, 60, {"en": "Mingdeng Lighting"}),
        ),
    ),
    "teams": (
        "队伍",
        (
            Column("code", "代码", "guicheng-badminton"),
            Column("station", "站点", "guicheng"),
            Column("interest", "兴趣", "球类"),
            Column("name", "名称", "千灯湖羽毛球队", 60, 60, {"en": "Lakeside Badminton"}),
            Column(
                "about",
                "简介",
                "下班来打两局，新手有人带。",
                300,
                400,
                {"en": "A few games after work; beginners welcome."},
            ),
            Column(
                "meets",
                "集合时间",
                "每周三 19:30，桂城站球馆",
                120,
                160,
                {"en": "Wednesdays 19:30, Guicheng hall"},
            ),
            Column("aliases", "别名", "羽毛球", 300),
        ),
    ),
    "clubs": (
        "社团",
        (
            Column("code", "代码"),
            Column("enterprise", "企业", "明灯照明"),
            Column("station", "站点", "桂城"),
            Column("interest", "兴趣", "球类"),
            Column("name", "名称", "明灯羽毛球社", 60, 60, {"en": "Mingdeng Badminton Club"}),
            Column("about", "简介", "", 300, 400),
            Column("meets", "集合时间", "", 120, 160),
            Column("responsible", "负责人", "", 60),
            Column("expected_members", "预计人数", "", 10),
            Column("aliases", "别名", "", 300),
        ),
    ),
    "members": (
        "工友",
        (
            Column("code", "代码", "", 40),
            Column("name", "姓名", "小李", also=("称呼", "名字")),
            Column("station", "站点", "guicheng", also=("地方", "镇街", "联系点")),
            Column("staff_number", "工号", "", 20, also=("员工号", "员工编号")),
            Column("interests", "兴趣", "球类、摄影", 200),
            Column("shift", "班次", "白班"),
            Column("language", "语言", "zh"),
        ),
    ),
    "roles": (
        "角色",
        (
            Column("person", "人员", "", 40),
            Column("name", "姓名", "小李", also=("称呼", "名字")),
            Column("station", "站点", "guicheng", also=("地方", "镇街", "联系点")),
            Column("role", "角色", "活动骨干", also=("职务",)),
            Column("place", "负责", "guicheng"),
            Column("until", "截止", "", 20),
        ),
    ),
    "events": (
        "活动",
        (
            Column("code", "代码", "lamp-works-tour"),
            Column("station", "站点", "guicheng"),
            Column("team", "队伍"),
            Column("audience", "面向", "", 300),
            Column("category", "类别", "职场提升"),
            Column("kind", "形式", "体验游"),
            Column("title", "标题", "走进灯具厂", 60, 60, {"en": "Inside the lamp works"}),
            Column("day", "日期", "2030-12-05", 20),
            Column("time", "开始", "9:00", 10),
            Column("until_day", "结束日期", "", 20),
            Column("until", "结束", "12:00", 10),
            Column("closes_before", "提前截止", "2h", 10),
            Column("seats", "名额", "45", 10),
            Column("draw", "抽签", "", 10),
            Column("place", "地点", "明灯照明厂区", 120, 160, {"en": "Mingdeng Lighting"}),
            Column("map_url", "地图", "https://uri.amap.com/marker?position=113.15,23.03", 300),
            Column("questions", "报名问题", "要不要订餐？要/不要", 1000),
            Column("shares", "名额分配", "guicheng 至少 10", 300),
            Column("hall", "座位", "", 300),
            Column("course", "系列", "", 60),
            Column("repeat", "定期", "", 120),
            Column("shared_until", "提前放开", "1d", 10),
            Column("opens_before", "提前开放", "7d", 10),
            Column("conditions", "报名条件", "18-60岁", 300),
            Column("hosts", "联合举办", "", 300),
            Column("teaches", "授课", "", 300),
            Column("sponsors", "支持", "", 300),
            *(_detail(each) for each in DETAILS.values()),
            Column("picture", "图片", "", 100),
            Column("aliases", "别名", "工厂参观", 300),
            Column("postponed", "延期", "", 10),
            Column("reason", "改期原因", "", 120),
        ),
    ),
    "answers": (
        "常见问答",
        (
            Column("station", "站点", "nanhai"),
            Column("event", "活动"),
            Column(
                "question",
                "问题",
                "加班费怎么算？",
                LONGEST_QUESTION,
                2 * LONGEST_QUESTION,
                {"en": "How is overtime paid?"},
            ),
            Column("variants", "问法", "周末上班几倍工资；加班没有加班费", 2000),
            Column(
                "answer",
                "回答",
                "休息日加班又不能补休，2 倍。",
                LONGEST_ANSWER,
                2 * LONGEST_ANSWER,
                {"en": "Twice the wage on rest days without time off instead."},
            ),
            Column(
                "source",
                "来源",
                "《劳动法》第 44 条",
                LONGEST_SOURCE,
                LONGEST_SOURCE,
                {"en": "Labour Law, article 44"},
            ),
            Column("valid_until", "有效期至", "2030-12-31", 20),
        ),
    ),
}


def sheet_named(name: str) -> str | None:
    """The sheet that is called so, in English or Chinese."""
    folded = name.strip().casefold()
    for sheet, (zh, _) in SHEETS.items():
        if folded in (sheet, zh):
            return sheet
    return None


def title(sheet: str) -> Translated:
    """What a sheet is called; a page that is no sheet by its own name."""
    return Translated(SHEETS[sheet][0], {"en": sheet}) if sheet in SHEETS else Translated(sheet)


@cache
def columns(sheet: str) -> tuple[Column, ...]:
    """Every column that the sheet may have, those of translations behind their own."""
    found: list[Column] = []
    for column in SHEETS[sheet][1]:
        found.append(column)
        if column.most_translated:
            found += [column.translation(code) for code in LANGUAGES]
    return tuple(found)


def column_named(sheet: str, name: str) -> Column | None:
    """The column of a sheet that is called so, in English or Chinese, or that offices call so."""
    return _by_name(sheet).get(plain(name))


@cache
def _by_name(sheet: str) -> dict[str, Column]:
    named = {also: column for column in columns(sheet) for also in column.also}
    named |= {column.zh: column for column in reversed(columns(sheet))}
    return named | {column.name: column for column in reversed(columns(sheet))}


@cache
def column(sheet: str, name: str) -> Column | None:
    """The column of this English name."""
    return next((each for each in columns(sheet) if each.name == name), None)


@cache
def most(sheet: str) -> Mapping[str, int]:
    """The greatest length of a cell by column."""
    return {each.name: each.most for each in columns(sheet)}


def enumerated(words: Iterable[str]) -> str:
    """Words one after the other, as their language does it."""
    words = list(words)
    return (", " if any(map(str.isascii, words)) else "、").join(words)


def plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())
