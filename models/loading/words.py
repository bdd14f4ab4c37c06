"""The words of sheets: what each means, and what people in offices write in their place."""

from collections.abc import Callable, Mapping

from models.events.events import Category, Kind
from models.loading.columns import enumerated
from models.network.stations import StationKind
from models.rules.events import publishing
from models.rules.members.interests import INTERESTS, Interest, named_in
from models.rules.members.shifts import Shift
from models.rules.network.permissions import Role

STATION_KINDS = {
    "区": StationKind.DISTRICT,
    "镇街": StationKind.TOWN,
    "联系点": StationKind.CONTACT_POINT,
    **{each.value: each for each in StationKind},
}
INTEREST_WORDS = {
    **{zh: each for each, (zh, _) in INTERESTS.items()},
    **{each.value: each for each in Interest},
}
SHIFTS = {
    "白班": Shift.DAY,
    "长白班": Shift.DAY,
    "中班": Shift.MIDDLE,
    "夜班": Shift.NIGHT,
    "倒班": Shift.ROTATING,
    "两班倒": Shift.ROTATING,
    "三班倒": Shift.ROTATING,
    **{each.value: each for each in Shift},
}
CATEGORIES = {
    "思想教育": Category.THOUGHT,
    "文体艺术": Category.CULTURE,
    "生活服务": Category.LIFE,
    "职场提升": Category.CAREER,
    **{each.value: each for each in Category},
}
EVENT_KINDS = {
    "大讲堂": Kind.LECTURE,
    "体验游": Kind.TOUR,
    "联谊": Kind.SOCIAL,
    "大赛": Kind.CONTEST,
    "培训": Kind.TRAINING,
    "汇报会": Kind.GALA,
    "队伍活动": Kind.SESSION,
    **{each.value: each for each in Kind},
}
ROLES = {
    "区组织者": Role.DISTRICT,
    "镇街组织者": Role.TOWN,
    "联系点组织者": Role.CONTACT_POINT,
    "活动骨干": Role.CORE_MEMBER,
    "队长": Role.CAPTAIN,
    "副队长": Role.DEPUTY,
    **{each.value: each for each in Role},
}

_STATION_KINDS_TOO = {
    **dict.fromkeys(("区级", "区县", "总站"), StationKind.DISTRICT),
    **dict.fromkeys(("镇", "街", "街道", "镇级", "乡镇", "镇街道", "街镇"), StationKind.TOWN),
    **dict.fromkeys(
        ("联络点", "企业", "单位", "公司", "园区", "企业联系点"), StationKind.CONTACT_POINT
    ),
}
_CATEGORIES_TOO = {
    **dict.fromkeys(("思想", "教育", "学习"), Category.THOUGHT),
    **dict.fromkeys(("文体", "文艺", "体育", "艺术", "文化"), Category.CULTURE),
    **dict.fromkeys(("生活", "服务"), Category.LIFE),
    **dict.fromkeys(("职场", "技能", "就业"), Category.CAREER),
}
_ROLES_TOO = {
    **dict.fromkeys(("骨干", "核心成员", "志愿者骨干"), Role.CORE_MEMBER),
    **dict.fromkeys(("社长", "会长"), Role.CAPTAIN),
    **dict.fromkeys(("副社长", "副会长"), Role.DEPUTY),
    **dict.fromkeys(("区管理员",), Role.DISTRICT),
    **dict.fromkeys(("镇管理员", "街道管理员", "镇街管理员", "街道组织者", "镇组织者"), Role.TOWN),
    **dict.fromkeys(("企业组织者", "企业管理员", "联系点管理员"), Role.CONTACT_POINT),
}


def _interest(word: str) -> Interest | None:
    """The one interest that the word speaks of: 羽毛球."""
    found = named_in(word)
    return found[0] if len(found) == 1 else None


def _event_kind(word: str) -> Kind | None:
    """The kind that the word names in a title: 比赛, 讲座."""
    named = publishing.guess_kind(word)
    return Kind(named) if named else None


def _shift(word: str) -> Shift | None:
    return SHIFTS.get(word.removesuffix("制")) or SHIFTS.get(f"{word}班")


BESIDES: Mapping[str, Callable[[str], object]] = {
    "kind of station": _STATION_KINDS_TOO.get,
    "interest": _interest,
    "shift": _shift,
    "category": _CATEGORIES_TOO.get,
    "kind of event": _event_kind,
    "role": _ROLES_TOO.get,
}
"""What other words mean than those that a sheet has for it, by what they are about."""


def options_in_words(options: Mapping[str, object], language: str) -> str:
    """The words that there are, in the file's language where it is a Chinese one."""
    words = [word for word in options if language != "zh" or not word.isascii()]
    return enumerated(words)
