"""The right to publish events, and reading an event out of one message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from models.rules.dates import reading
from models.rules.dates.pieces import Holiday
from models.rules.dates.sifting import pieces_in, plain
from models.rules.network import permissions
from models.rules.network.permissions import Act, Held, Place

MOST_SEATS = 100_000
MOST_WORDS = 30
PRIVATE = 0xE000
"""The first of Unicode's private characters, which stand in no message."""

SEPARATORS = re.compile(r"[\s,，;；、。]+")
UNLIMITED = ("不限", "不限人数", "不限名额", "unlimited", "no limit", "open to all")
SEATS = re.compile(
    r"(?:限|共|名额)?\s*(\d{1,6})\s*(?:人|名|位|席|个名额|个位子|个座位|people|persons|seats|places)?",
    re.IGNORECASE,
)
SEATS_SAID = re.compile(
    r"(?:^|(?<=[\s,，;；、。]))(?:限|共|名额)?\s*(\d{1,6})\s*(?:人|名|位|席|个名额|个位子|个座位|people|persons|seats|places)(?=$|[\s,，;；、。])",
    re.IGNORECASE,
)
AT = re.compile(r"(?:^|[\s,，])(?:at|@|in)\s+(?P<place>[^,，;；]+)", re.IGNORECASE)
CHINESE = re.compile(r"[\u3400-\u9fff]")


TimeRead = reading.FoundTime | reading.UnclearTime


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


@dataclass(frozen=True, slots=True)
class EventWords:
    """What a message says apart from the time. ``seats``: None if not given, 0 for no limit."""

    title: str = ""
    place: str = ""
    seats: int | None = None


def words_beside(
    text: str, time: reading.FoundTime | reading.UnclearTime, now: datetime, zone: ZoneInfo
) -> str:
    """Return a message without the time that was read out of it.

    A word that only holds something like a time keeps it: ``周末读书会``, ``12月生日会``. Such a
    word loses it only where it gives a part of the time that no other word gives, and never the
    name of a holiday, as in ``元旦健步走 晚上7点``.
    """
    kept: list[str] = []
    words = dict.fromkeys(filter(None, SEPARATORS.split(text)))
    for word in islice(words, MOST_WORDS):
        alone = reading.read(word, now, zone)
        if alone.rest in (word, "") or _gives_the_time(word, alone, text, time, now, zone):
            continue
        # A private character stands for the word, and nothing is read out of it.
        text = text.replace(word, chr(PRIVATE + len(kept)))
        kept.append(word)
    rest = reading.read(text, now, zone).rest
    for number, word in enumerate(kept):
        rest = rest.replace(chr(PRIVATE + number), word)
    return rest


def _gives_the_time(
    word: str,
    alone: TimeRead,
    text: str,
    time: TimeRead,
    now: datetime,
    zone: ZoneInfo,
) -> bool:
    if not isinstance(time, reading.FoundTime) or _names_a_holiday(word):
        return False
    if isinstance(alone, reading.FoundTime) and alone.dated:
        return True
    without = reading.read(text.replace(word, " "), now, zone)
    return not isinstance(without, reading.FoundTime) or without.dated != time.dated


def _names_a_holiday(word: str) -> bool:
    return any(
        isinstance(piece, Holiday) for each in pieces_in(plain(word)) for piece in each.pieces
    )


def understand(words: str) -> EventWords:
    """``羽毛球赛 桂城体育馆 20 人``: first the title, then a place, and the seats anywhere."""
    words = " ".join(words.split())[: reading.LONGEST]
    seats: int | None = None
    seats_given = list(SEATS_SAID.finditer(words))
    if seats_given:
        # 3 人篮球赛 20 人: what is said last is the number of seats.
        seats = int(seats_given[-1][1]) or None
        words = words[: seats_given[-1].start()] + " " + words[seats_given[-1].end() :]
    for each in UNLIMITED:
        match = re.search(
            rf"(?:^|(?<=[\s,，;；、])){re.escape(each)}(?=$|[\s,，;；、])", words, re.IGNORECASE
        )
        if match:
            seats, words = 0, words[: match.start()] + " " + words[match.end() :]
            break
    place = ""
    if match := AT.search(words):
        place = match["place"].strip()
        words = words[: match.start()] + " " + words[match.end() :]
    words = words.strip(" ,，;；、。")
    if not CHINESE.search(words):
        return EventWords(" ".join(words.replace(",", " ").split()), place, seats)
    chunks = [each for each in SEPARATORS.split(words) if each]
    for each in chunks[1:]:
        if not place and each.startswith(("在", "地点")) and len(each) > 2:
            place = re.sub(r"^(在|地点[：:]?)", "", each)
            chunks.remove(each)
            break
    if not place and len(chunks) > 1:
        place, chunks = " ".join(chunks[1:]), chunks[:1]
    return EventWords(" ".join(chunks), place, seats)


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
