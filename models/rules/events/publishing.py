"""The right to publish events, and guessing the kind of an event by its title."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from models.rules.network import permissions
from models.rules.network.permissions import Act, Held, Place

MOST_SEATS = 100_000
UNLIMITED = ("不限", "不限人数", "不限名额", "unlimited", "no limit", "open to all")
SEATS = re.compile(
    r"(?:限|共|名额)?\s*(\d{1,6})\s*(?:人|名|位|席|个名额|个位子|个座位|people|persons|seats|places)?",
    re.IGNORECASE,
)


class PublishRight(StrEnum):
    """Whether a member publishes at a place at once, needs approval, or may not."""

    AT_ONCE = "at_once"
    ASKS = "asks"
    NO = "no"


def publish_right(held: Iterable[Held], place: Place, now: datetime) -> PublishRight:
    """Organizers publish at their place at once; helpers, and those below, ask first."""
    held = list(held)
    if permissions.may(Act.APPROVE_EVENT, held, place, now):
        return PublishRight.AT_ONCE
    if permissions.may(Act.PUBLISH_EVENT, held, place, now):
        return PublishRight.ASKS
    for each in held:
        in_force = each.until is None or now < each.until
        is_below = bool(each.path) and each.path.startswith(place.path)
        # A captain speaks for the team alone, wherever.
        is_theirs = each.team_id is None or each.team_id == place.team_id
        if (
            in_force
            and is_below
            and is_theirs
            and each.role in permissions.roles_for(Act.PUBLISH_EVENT)
        ):
            return PublishRight.ASKS
    return PublishRight.NO


def read_seats(words: str) -> int | None:
    """A number of seats, 0 for no limit; None for anything else."""
    plain = words.strip().casefold()
    if plain in UNLIMITED:
        return 0
    match = SEATS.fullmatch(plain)
    if match is None or not 0 < int(match[1]) <= MOST_SEATS:
        return None
    return int(match[1])


KIND_WORDS = {
    "training": ("培训", "课", "训练营", "学习班", "training", "course", "class", "workshop"),
    "contest": ("赛", "比拼", "擂台", "contest", "match", "tournament", "competition"),
    "lecture": ("讲座", "讲堂", "宣讲", "分享会", "lecture", "talk"),
    "social": ("联谊", "相亲", "交友", "聚会", "聚餐", "social", "party", "mixer"),
    "gala": ("汇报", "晚会", "演出", "表演", "文艺汇演", "gala", "show", "concert"),
    "tour": ("走进", "参观", "体验", "一日游", "春游", "秋游", "夜游", "tour", "visit", "trip"),
    "session": ("队", "训练", "练习", "例会", "约", "session", "practice"),
}
CATEGORY_WORDS = {
    "thought": ("党", "思想", "宣讲", "理论", "读书会", "红色"),
    "career": (
        "技能",
        "求职",
        "简历",
        "电工",
        "焊",
        "考证",
        "职",
        "走进",
        "career",
        "skills",
        "job",
    ),
    "life": ("联谊", "相亲", "义诊", "体检", "亲子", "健康", "理发", "家常", "cooking", "health"),
    "culture": (
        "球",
        "舞",
        "歌",
        "唱",
        "书法",
        "摄影",
        "画",
        "跑",
        "棋",
        "电影",
        "badminton",
        "dance",
    ),
}
CATEGORY_OF_KIND = {
    "lecture": "thought",
    "tour": "career",
    "social": "life",
    "contest": "culture",
    "training": "career",
    "gala": "culture",
    "session": "culture",
}


def guess_kind(title: str) -> str:
    """The kind that a title names; empty where it names none."""
    return _named(title, KIND_WORDS)


def guess_category(title: str, kind: str) -> str:
    """The category that a title names, else the usual one of its kind."""
    return _named(title, CATEGORY_WORDS) or CATEGORY_OF_KIND.get(kind, "culture")


def _named(title: str, words: dict[str, tuple[str, ...]]) -> str:
    plain = title.casefold()
    for name, markers in words.items():
        if any(each in plain for each in markers):
            return name
    return ""
