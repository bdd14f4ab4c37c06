"""Cut a pasted announcement into what stands behind its labels, and the rest of its lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = {
    "title": r"名称|题目|赛事|课程$|^课题$|^活动$",
    "topic": r"主题",
    "closes": r"截止|截至",
    "gathers": r"集合时间(?!.{0,2}地点)|出发时间|上车时间|发车时间",
    "opens": r"报名(?:开始|开放|起始)(?:时间)?$|(?:开始|开放)报名(?:时间)?$|开抢",
    "signs_up": r"报名(?:起止|开放|开始)?(?:时间|日期|期)",
    "content": r"^(?:活动|比赛)?(?:内容|介绍|简介|详情|项目)$",
    "ends": r"结束时间|结束$|散场",
    "other": r"报名方式|返程|签到|入场|[领取发换抢购售]票|发布|公示|投票|缴费"
    r"|日程|流程|注意|提示|备注",
    "meet": r"集合时间.{0,2}地点|集合地|集合点|集合$|上车|乘车|接送|集中地|^起点$",
    "time": r"时间|日期|^(?:发车|出发|开始|开赛|开班|开课)$",
    "place": r"地点|地址|场地$|会场|场所|地方$|在哪",
    "seats": r"名额|学位|学额|人数|限额|席位|座位|规模",
    "companions": r"家属|亲友|同行",
    "who": r"(?:参加|参与|参训|参会|参赛|培训|活动|招募|招收|面向)(?:人员|对象|范围)$|^对象$"
    r"|^招[收募生](?:学员|志愿者|对象)?$|^(?:参赛|参加|参与)$",
    "cost": r"费用|收费|费$|价格",
    "contact": r"联系|咨询|电话|负责人|领队|报名找",
    "bring": r"^带|自备|自带|请带|需带|要带|携带|物品|资料$",
}
"""What a label is about, by a part of its name; the first that fits counts."""

ENGLISH = {
    "title": "what|title|event|activity",
    "topic": "topic|theme",
    "time": "when|date|time|day|date and time|start|starts",
    "place": "where|place|venue|location|address",
    "seats": "seats|places|capacity|spots|limit|people",
    "bring": "bring|please bring|what to bring",
    "opens": "sign-up opens|sign up opens|registration opens|opens",
    "closes": "sign up by|sign-up by|deadline|register by|rsvp by|closes",
    "cost": "cost|fee|price|entry",
    "meet": "meet|meeting point|meet at|pick-up|pickup|pick-up points",
    "contact": "contact|questions|call|phone|organizer|host",
    "companions": "companions|family|guests",
    "ends": "end|ends|end time",
    "content": "about|about it|details",
    "other": "speaker|prizes|notes|note|who|why",
}
ICONS = {
    "time": "📆📅🗓🕰⏱⏰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛🕤🕢🕝⌚",
    "place": "📍🏠🏟🏢📌🚩🗺🏫🏛🏭🎪",
    "meet": "🚌🚏🚍",
    "seats": "👥👭👤👫🧑🎫🎟🪑",
    "bring": "📎🎒",
    "cost": "💰💵💴",
    "contact": "☎📞📱",
    "closes": "⏳⌛",
}
_OF_ICON = {icon: kind for kind, icons in ICONS.items() for icon in icons}
_OF_WORD = {word: kind for kind, words in ENGLISH.items() for word in words.split("|")}
_KINDS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}

NUMBERING = r"(?:[（(]?(?:[一二三四五六七八九十]{1,2}|\d{1,2})[)）、.．]\s{0,3})?"
_NAME = r"[\u4e00-\u9fff]{1,8}|[\u4e00-\u9fff] {1,3}[\u4e00-\u9fff]|[a-z][a-z -]{1,20}"
_COLON = re.compile(
    rf"(?<![\w（(《“「\[/.])(?:{NUMBERING})(?P<name>{_NAME})\s{{0,3}}"
    r"(?:[:：]|(?<=时间|日期|地点|人数|名额|费用)[|｜])\s{0,3}",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"(?:^|(?<=\s))【(?P<name>[\u4e00-\u9fff]{2,8})】\s{0,3}[:：]?\s{0,3}")
_SPACED = re.compile(rf"^{NUMBERING}(?P<name>[\u4e00-\u9fff]{{2,6}})\s{{1,3}}(?=\S)")
_ICON = re.compile(
    rf"(?P<icon>[{''.join(_OF_ICON)}])\ufe0f?\s{{0,3}}(?:[:：]\s{{0,3}}"
    r"|(?P<name>[\u4e00-\u9fff]{2,6})\s{1,3}(?=\S))?"
)
_NAMED = re.compile(
    r"^\s{0,3}(?P<number>\d{1,3})\s{0,3}[.、．)）:：\s]\s{0,3}(?P<name>[^\s\d].{0,30})$"
)
_LISTS = ("meet", "other")
"""Kinds whose values may stand below, in lines that are numbered."""
_LISTED = re.compile(
    r"^\s*(?:(?:[（(]?\d{1,2}|[（(]?[一二三四五六七八九十]{1,2})[)）、.．](?!\d)|[①-⑳]|[-•·▪●])\s*(?=\S)"
)
CHAIN = re.compile(r"#?\s?接龙")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. ``kind`` is empty where no label stands before it."""

    kind: str
    value: str
    line: int


def parts(text: str, is_title: re.Pattern[str]) -> Iterator[Part]:
    """Return the text's pieces in order; ``is_title`` finds what no label says: 讲座, 比赛.

    The numbered lines below a 接龙 are of the kind ``name``.
    """
    is_chain = CHAIN.search(text) is not None
    opened, has_begun = "", False
    for number, written in enumerate(map(str.strip, text.splitlines())):
        kind, name, line = ("", "", written) if has_begun else _headed(written, is_title)
        if name:
            yield Part(kind, name, number)
        found = list(_labels(line, is_title)) if line else []
        has_begun = has_begun or bool(line)
        if not found and is_chain and (named := _NAMED.match(line)):
            yield Part("name", named["name"].strip(), number)
            continue
        if not found and opened and (listed := _LISTED.match(line)):
            yield Part(opened, line[listed.end() :].strip(), number)
            continue
        begins, kind = 0, ""
        for start, end, following in found:
            value = line[begins:start].strip(" \t,，;；。、|｜")
            yield from _rest(kind, value, number, inline=True)
            begins, kind = end, following
        if line:
            opened = kind if kind in _LISTS and not line[begins:].strip() else ""
        yield from _rest(
            kind,
            line[begins:].strip(),
            number,
            inline=len(found) > 1 or (begins > 0 and _has_words(line[: found[0][0]])),
        )


def _rest(kind: str, value: str, line: int, *, inline: bool) -> Iterator[Part]:
    """The value of a label, and what follows it in the same line and is none of it."""
    if not value:
        return
    ends = len(value)
    if kind and kind != "other" and (inline or kind != "cost"):
        stops = _STOPS if inline else _MORE
        match = stops.search(value)
        ends = match.start() if match is not None else ends
    yield Part(kind, value[:ends].strip(), line)
    if following := value[ends:].strip(" \t,，;；。！!"):
        yield Part("", following, line)


_MORE = re.compile(
    r"[，,；;。！!]\s?(?=(?:只?限|名额|自带|自备|请带|请自|报名|联系|咨询|截止)[^，,]{0,20})"
)
_STOPS = re.compile(r"[；;。！!]|[，,](?!\s?(?:电话|1[3-9]\d{9}|0\d{2,3}-))")


def _labels(line: str, is_title: re.Pattern[str]) -> list[tuple[int, int, str]]:
    """Where labels begin and end in a line, and what they are about."""
    found: list[tuple[int, int, str]] = []
    for match in (*_COLON.finditer(line), *_BRACKETS.finditer(line)):
        kind = _kind_of(match["name"].strip().casefold(), is_title)
        # 【丹灶站】 is no label, whatever else stands in brackets.
        is_first = not _has_words(line[: match.start()])
        is_named = kind != "other" or (is_first and match.re is _COLON)
        if kind and is_named:
            found.append((match.start(), match.end(), kind))
    found += [_of_icon(each, is_title) for each in _ICON.finditer(line)]
    if not found and (spaced := _SPACED.match(line)):
        kind = _kind_of(spaced["name"], is_title)
        if kind not in ("", "other"):
            found.append((0, spaced.end(), kind))
    kept: list[tuple[int, int, str]] = []
    for each in sorted(found):
        if kept and each[0] <= kept[-1][1]:
            # An icon before a label is the same thing said twice; the label says it better.
            kept[-1] = (kept[-1][0], max(each[1], kept[-1][1]), each[2])
        else:
            kept.append(each)
    return kept


def _has_words(text: str) -> bool:
    return re.search(r"\w", text) is not None


def _of_icon(match: re.Match[str], is_title: re.Pattern[str]) -> tuple[int, int, str]:
    """What an icon stands for; a word behind it that is a label itself says it better."""
    kind = _kind_of(match["name"], is_title) if match["name"] else ""
    is_said = not match["name"] or kind not in ("", "other")
    return (
        match.start(),
        match.end() if is_said else match.start("name"),
        (kind if is_said and kind else _OF_ICON[match["icon"]]),
    )


_HEADING = re.compile(r"(?P<name>[\u4e00-\u9fff]{3,16})\s?[:：]\s{0,3}")
_TIMED = re.compile(
    r"(?:20\d\d年)?\d{1,2}(?:[月./-]\d{1,2}|[日号:：点])|[本下这]?周[一二三四五六日末天]|[今明后][天晚日]"
)
_BODIES = re.compile(r"(?:[办部委处局所科队站]|公司|中心|支部|工会|车间|妇联|协会|学校|社区)$")


def _headed(line: str, is_title: re.Pattern[str]) -> tuple[str, str, str]:
    """Cut what is no label from the beginning of a text: its kind, what it is, and the rest.

    A title may have its time behind it (升旗仪式：1月1日7:45); who speaks, or is spoken to, what is
    announced (家长们请留意：…).
    """
    heading = _HEADING.match(line)
    if heading is None or _is_known(heading["name"]) or not _TIMED.search(line, heading.end()):
        return "", "", line
    name, following = heading["name"], line[heading.end() :]
    speaks = _GREETS.match(name) or _NOTICE.search(name) or _BODIES.search(name) or "们" in name
    if _TIMED.match(following) and not (speaks and not is_title.search(name)):
        return "title", name, following
    return ("", name, following) if _kind_of(name, is_title) == "other" else ("", "", line)


def _is_known(name: str) -> bool:
    """Whether what stands before a time is a label of one, or of no event."""
    kinds = ("time", "closes", "opens", "gathers", "signs_up", "ends", "other", "title", "meet")
    return any(_KINDS[kind].search(name) for kind in kinds)


_GREETS = re.compile(r"^(?:各|大家|亲爱|尊敬|工友|同事|兄弟|姐妹|hi|hello|dear|to$)")
_NOTICE = re.compile(r"通知|提醒|提示|转发|公告|收到|接龙|注意|免费|预告|消息|请回复|^转$|^急$")


def _kind_of(name: str, is_title: re.Pattern[str]) -> str:
    """What a label of this name is about; ``other`` where it is a label of no use here."""
    if name.isascii():
        return _OF_WORD.get(name, "")
    name = name.replace(" ", "")
    for kind, pattern in _KINDS.items():
        if pattern.search(name):
            # 各车间注意：… speaks to people; what follows is the announcement.
            return "" if kind == "other" and _GREETS.match(name) else kind
    if is_title.search(name) or _GREETS.match(name) or _NOTICE.search(name):
        return ""
    return "other"
