"""Where an announcement without labels says that it is."""

import re
from collections.abc import Iterator
from itertools import islice

from models.rules.events.naming import ACTIVITY, ENGLISH_PLACE, PLACE_END
from models.rules.events.numbers import FILL

_TOWARDS = re.compile(
    r"^(?:(?:集合|活动|比赛|上课|培训|讲座)?(?:地点|地址)|大家|我们|咱们|一起|都|约在|定在|集中在"
    r"|就在|[去来到在喺于往至@＠])+"
)
LONGEST, LONGEST_ALONE = 30, 26
MOST = 60
"""How many stretches are looked at; what comes later is no title, nor the place."""

_GATHER = re.compile(
    r"(?:集合|集中|碰头|见面|见|出发|上车|坐车|坐大巴|乘车|举行|等你们?|准时到|先到先得"
    r"|不见不散)*$"
)

CLAUSE = re.compile(
    rf"(?<![\w])[A-Za-z][A-Za-z'&-]*(?: [A-Za-z][A-Za-z'&-]*)+(?![A-Za-z\d]|\s?:)"
    rf"|[^\s，,。；;！!?？｜|“”「」《》{FILL}]+"
)
ENGLISH_CLAUSE = re.compile(rf"(?:(?!\.\s+[A-Z])[^，,。；;！!?？｜|\n{FILL}])+")
CHINESE = re.compile(r"[\u3400-\u9fff]")

_HELD = re.compile(
    rf"(?:在|喺|(?<![关由对])于|假座)(?P<place>[^\s，,。；;！!在于{FILL}]{{2,{LONGEST}}}?)"
    r"(?=举办|举行|召开|开展|开讲|开课|开班|进行|组织|集合|集中|碰头|见面|承办|开放)"
)
_IN = re.compile(
    rf"(?:(?<!集合)(?<!集中)(?<!上车)地点在?|在|喺|(?<![关由对])于|去(?![爬看学做参打玩])|到)[:：]?"
    rf"(?P<place>[^\s，,。；;！!{FILL}]{{2,{LONGEST}}})"
)
_FURTHER = re.compile(
    r", (?:(?:north|south|east|west|main|front|back|side) )?"
    r"(?:gate|entrance|exit|room|hall|court|building|block|floor|unit)\b(?: ?[A-Z\d]{1,4}\b)?",
    re.IGNORECASE,
)
_AGAIN = re.compile(r".{2,}(?:[走去来]到|到达|前往|(?<!存)在)")
_MEETS = re.compile(
    rf"(?:^|(?<=[\s，,。；;！!{FILL}]))在?(?P<place>[^\s，,。；;！!{FILL}]{{2,24}}?)(?:集合"
    rf"|集中|碰头|见面|见)(?=$|[\s，,。；;！!{FILL}])"
)
_AT = re.compile(
    rf"(?:\b(?:at|in)|(?<!\S)@)\s(?:the )?(?P<place>(?!\d)[^,.;!\n{FILL}]{{3,40}}"
    rf"(?:, (?:room|building|block|floor|level|hall|gate|unit|\d)[^,.;!\n{FILL}]{{0,20}})?)",
    re.IGNORECASE,
)
_NOT_FIRST = re.compile(
    r"^(?:一起|请|欢迎|报名|自带|带|先到|名额|限|免费|联系|找|有|想|如|若|不|需|可|地点不变"
    r"|地点待定|主持|主讲|面向|为|由|关于|进行|举行|[各每]|全体|尊敬|亲爱)"
)
_INVITES = re.compile(r"邀请?[您你大]|欢迎[您你]|特此|联合(?:举办|主办)|(?:主办|承办|协办)$")


Span = tuple[int, int]


def clauses(text: str) -> Iterator[Span]:
    """The stretches between signs, used words and, in Chinese, spaces."""
    for each in ENGLISH_CLAUSE.finditer(text):
        if CHINESE.search(each[0]) is None:
            yield each.span()
            continue
        for part in CLAUSE.finditer(text, each.start(), each.end()):
            yield part.span()


def place_in(text: str, *, amid_titles: bool = True) -> Span | None:
    """Where the place stands: named by 在…举办, by a word for places, or by "at".

    One beside an activity, as in 桂城站瑜伽, only ``amid_titles``.
    """
    if (held := _HELD.search(text)) is not None:
        return held.span("place")
    for match in _IN.finditer(text):
        if end := _end_of_place(match["place"]):
            # 听到警报后走到A栋: the last of such words leads to the place.
            leads = _AGAIN.match(match["place"][:end])
            first = (
                leads.end()
                if leads is not None and _end_of_place(match["place"][leads.end() : end])
                else 0
            )
            return match.start("place") + first, match.start("place") + end
    whole, part, english = _by_words(text)
    if whole is not None:
        return whole
    if (meets := _MEETS.search(text)) is not None:
        return meets.span("place")
    if part is not None and amid_titles:
        return part
    if english is not None and "\n" in text[: english[0]].strip():
        return english
    at = _AT.search(text)
    if at is not None and CHINESE.search(text) is None:
        return at.start("place"), at.start("place") + len(at["place"].rstrip())
    return english


def _by_words(text: str) -> tuple[Span | None, Span | None, Span | None]:
    """A stretch that is a place, one that holds one beside an activity, and an English one."""
    whole: Span | None = None
    part: Span | None = None
    english: Span | None = None
    for begins, ends in islice(clauses(text), MOST):
        clause = text[begins:ends]
        if not CHINESE.search(clause):
            if english is None and ENGLISH_PLACE.search(clause) and not _leads(clause):
                further = _FURTHER.match(text, ends)
                english = _bare(text, begins, further.end() if further is not None else ends)
            continue
        # 《长津湖》 is the name of a film, no lake.
        if (
            text[begins - 1 : begins] == "《"
            or clause.startswith(("（", "("))
            or _NOT_FIRST.match(clause)
            or _INVITES.search(clause)
            or len(clause) > LONGEST
        ):
            continue
        end = _end_of_place(clause)
        if end and not ACTIVITY.search(clause):
            last = begins + len(_GATHER.sub("", clause[: _reach(clause, end)]))
            first = begins + len(clause) - len(_TOWARDS.sub("", clause))
            # What follows after a space goes on: 桂城站 二楼会议室.
            goes_on = whole is not None and not text[whole[1] : begins].strip(" ")
            whole = (whole[0], last) if whole is not None and goes_on else whole or (first, last)
        elif end and part is None:
            part = _within(clause, begins, end)
    return whole, part, english


def _reach(clause: str, end: int) -> int:
    return len(clause) if len(clause) <= LONGEST_ALONE else end


def _leads(clause: str) -> bool:
    """Whether an English stretch names an activity before any place, as a title does."""
    activity, place = ACTIVITY.search(clause), ENGLISH_PLACE.search(clause)
    if re.search(r"\b(?:leaves?|departs?|bus|from)\b", clause, re.IGNORECASE):
        return True
    return activity is not None and (place is None or activity.start() < place.start())


def _bare(text: str, begins: int, ends: int) -> tuple[int, int]:
    """A stretch without the spaces around it."""
    words = text[begins:ends]
    return begins + len(words) - len(words.lstrip(" -–")), begins + len(words.rstrip(" .-–"))


def _end_of_place(words: str) -> int:
    """The end of the last word for a place before an activity; 0 without one."""
    ends = [each.end() for each in PLACE_END.finditer(words) if each.start() or len(each[0]) > 1]
    if not ends:
        return 0
    activity = next((each.start() for each in ACTIVITY.finditer(words)), len(words))
    first = [each for each in ends if each <= activity]
    return first[-1] if first else ends[-1]


def _within(clause: str, begins: int, end: int) -> tuple[int, int] | None:
    """A place amid a stretch of words, before or after the activity that is named there."""
    activity = ACTIVITY.search(clause)
    if activity is None or re.search("走进|参观", clause):
        return None
    if activity.start() >= end:
        return begins + len(clause) - len(_TOWARDS.sub("", clause)), begins + end
    after = clause[activity.end() : end]
    return (begins + activity.end(), begins + end) if len(after) > 2 else None
