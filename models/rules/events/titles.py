"""What a pasted announcement is about: its title, whole, without greetings and calls."""

import re
from itertools import islice

from models.rules.events.naming import ACTIVITY, PLACE_END
from models.rules.events.numbers import FILL
from models.rules.events.places import CHINESE, MOST, clauses

LONGEST = 40

_MOTTO = re.compile(
    r"[\u4e00-\u9fff]{2,8}[，,、 ·][\u4e00-\u9fff]{2,8}"
    r"(?:[，,、 ·][\u4e00-\u9fff]{2,8})*[^\w\n]*\n+"
)
"""A line of two halves in front of the title: 冬至到，团圆闹."""
_EMOJI = re.compile(r"[^\w\s【】《》“”\"'：:，,。！!？?（）()、·｜|/&+#@—-]+")
_ABOUT = re.compile(
    r"关于(?:举办|举行|召开|开展|组织|参加|做好){0,2}(?P<title>[^\n]{2,36}?)的?"
    r"(?:通知|公告|函|通告|安排|方案|倡议书?|邀请函)"
)
_HELD = re.compile(
    r"(?:举办|举行|召开|开展|组织(?![者方])|主办(?!方)|推出|开设)(?:一场|一次|一期|一个|了)?"
    rf"(?P<title>[“\"「《][^”\"」》]{{2,30}}[”\"」》][^\s，,。；;！!{FILL}]{{0,10}}"
    rf"|[^\s，,。；;！!{FILL}（(]{{2,30}})"
)
_WILL_HOLD = re.compile(
    rf"(?:will (?:hold|have|host|run)|are (?:holding|having|hosting|organi[sz]ing)"
    rf"|organi[sz]ing|there(?:'s| is| will be)|join us for|come to|invited to) (?:a |an |the "
    rf"|our )?(?P<title>[^,.;!\n{FILL}]{{3,40}}?)(?= (?:on|at|in)\b|[,.;!\n{FILL}]|$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"^(?:@[^\s“]+\s+){{0,3}}[^\w\n“]*“[^”\n]{{1,24}}”(?P<after>[^\s，,。；;！!|｜（(：:{FILL}]{{2,16}})",
    re.MULTILINE,
)
"""A motto in front of what it is: “健康南海 你我同行”健步行, at the beginning of a line."""
_BRACKETED = re.compile(r"【(?P<title>[^】\n]{2,40})】(?P<after>[^\n，,。；;！!]{0,30})")
_CALLS = re.compile(
    r"^(?:请|欢迎|报名|自带|自备|带|先到|名额|限|免费|联系|找|想|如|若|不限|需|可|有意|面向"
    r"|收到|戳|现将|根据|经|为|快来|[\u4e00-\u9fff]{2}有限|大家|地点|时间|差|一共|还有"
    r"|一起|一块|送票|[急诚]?招(?![聘新])"
    r"|open to|bring|please|all are|free|hi\b|hello|dear|when|where|meet|sign)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:#?\s?接龙|紧急通知|温馨提示|重要通知|培训通知|活动通知|通知|公告|转发|提醒"
    r"|[各大][位家企部车分][^\n]{0,14}|大家好|[^\n]{0,6}(?:工友|兄弟|姐妹|同事|朋友|家人"
    r"|伙伴)们|亲爱的[^\n]{0,8}|@\S+"
    r"|[^\n]{0,4}(?:[征召]集令|招募令|集结号|号外|好消息|福利)"
    r"|(?:hi|hey)\b.{0,20}|hello.*|dear .*|特此.*|收到.*)\W*$",
    re.IGNORECASE,
)
_FOLKS = re.compile(
    r"^[\u4e00-\u9fff]{0,8}(?:工友|兄弟|姐妹|同事|朋友|家人|伙伴|同学"
    r"|志愿者|义工|队员|会员|职工|员工|街坊|居民|村民|家长|乡亲|老乡|师傅)"
    r"(?:姐妹)?们?(?:请?(?:留意|注意|知悉|查收)|看过来|看这里)?$"
)
_NOTICE = re.compile(
    r"(?:预告|通知|公告|提醒|赠票|福利|重磅|报名|招募|征集|转发|资讯|快讯|推荐|预热|来啦|时间|地点)$"
)
_FILLER = re.compile(r"[啊嗯呃哦呢]+|那个|就是讲?|大概")
_LEADS = re.compile(
    r"^(?:#?\s?接龙|紧急通知|温馨提示|重要通知|[\u4e00-\u9fff]{2,4}通知(?=\s*[:：])|活动通知|通知"
    r"|公告|转发|转|预告|活动预告"
    r"|[A-Za-z\u4e00-\u9fff]{0,4}提醒|收到请回复|各位[\u4e00-\u9fff]{2,4}|各[\u4e00-\u9fff]{1,4}(?=[:：])|@\S+|免费[！!]"
    r"|大家好|工友们|兄弟们|姐妹们)\s*[:：!！，,~～]*\s*"
)
_TAIL = re.compile(
    r"(?:现|火热|正式|正在|现已|马上){0,3}(?:(?:开始|招募|招生|报名|开班|来|开课|上线|开放)+(?:中"
    r"|啦|了|咯|进行中)+|开始(?:报名|招募|接龙|招生)|(?:火热|正在|现已)(?:报名|招募|开始)中?"
    r"|(?:诚|特)?邀请?[您你]?(?:来|前来)?(?:参加|加入|光临)?|欢迎(?:参加|报名|加入)"
    r"|照常(?:举行|进行|开)?|(?<=[班课营社团队组])(?:招生|招募|招人|开班|开课)的?(?:通知)?"
    r"|报名(?:开始|从速)?|不见不散|(?:门票|入场券|赠票)\d{1,4}张|改(?:时间|期)了?|定[了啦]|约起来?|走起|搞起来?|等你来?|来玩|有人[来去打]?|缺人|差\S{0,3}人"
    r"|组局|约不约|集结|(?:活动)?(?:具体)?安排如下.*|如下.*|的?(?:通知|公告|预告"
    r"|邀请函?|(?:活动|实施|工作)?方案|(?:具体)?时间(?:[、和及]?地点)?(?:待定|未定|另行通知)))?[!！~～。，,：:\s]*$"
)
_PARENTHESIS = re.compile(r"[（(][^（()）]{0,20}[)）]$")
_VERBS = re.compile(
    r"^(?:有(?![机氧声奖效趣爱])一?[个场节次堂期]?|放(?![松映飞风学假生])|办(?![公证税事理])一?[个场]?"
    r"|搞(?!笑)一?[个场]?|开(?=[“「]|[\u4e00-\u9fff]{2,5}会)"
    r"|来一?[个场]?|将(?![军来])|要|听(?=\S{2,}[会座课班]$)|现(?![代场金])|进行"
    r"|举办)(?=[“「\u4e00-\u9fff]{2})"
)
_DAYS_BEHIND = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})\d{1,2}月\d{1,2}[日号](?:[、，和及至到-](?:\d{1,2}月)?\d{1,2}[日号])+"
    r"(?:[两二三四五]天)?$"
)
_JOIN = re.compile(
    r"^(?:please )?(?:join (?:us )?(?:for|at|in|our)|come to|welcome to|don't miss) "
    r"(?:(?:a|an|the|our) )?(?=\w{3})",
    re.IGNORECASE,
)
_DAYS_BEFORE = re.compile(
    r"^\d{1,2}月\d{1,2}[日号]?(?:[、，和及至到-](?:\d{1,2}月)?\d{1,2})+[日号](?:[两二三四五]天)?"
    r"(?=[\u4e00-\u9fff]{2})"
)
_NAMED_BEFORE = re.compile(
    rf"(?:[^\s，,。；;！!?？｜|“”《》：:{FILL}]{{1,8}})?(?:《[^》\n]{{1,30}}》|“[^”\n]{{1,16}}”)$"
)
_NAMED_BEHIND = re.compile(r"《[^》\n]{1,30}》")
_NAMED_AROUND = re.compile(rf"[》”](?P<after>[^\s，,。；;！!?？｜|“”《》（(：:{FILL}]{{2,16}})")
_SUFFIXES = ("", "会", "节", "班", "营", "日", "礼", "季", "周", "局", "式")
"""What may stand behind the word for an activity and still end a title: 汤圆会."""
_NATURE = re.compile(r"[湖山江河岛海]$")
_GENERIC = re.compile(
    r"(?:公益|精彩|周末|本周|本月|近期|最新|系列|培训|活动|课程|讲座|公开|免费|兴趣|技能|活动)+[课班]?"
)
"""What says only that there is something."""
_SPOKEN = re.compile(
    r"[你您我咱吗呢吧嘅喇啊呀]|们|大家|各[位家大]|[过睇看][来嚟]|注意|[了啦]$"
    r"|\b(?:you|we|all|everyone)\b"
)
"""Words of somebody who speaks to people, which no title holds."""
_EDGES = " \t，,。；;：:、|｜-—~～!！?？·\ue000"


def title_in(text: str, place: tuple[int, int]) -> str:
    """The title: what is announced formally, in brackets, or named by a word for activities."""
    for pattern in (_ABOUT, _WILL_HOLD):
        if (match := pattern.search(text)) is not None and ACTIVITY.search(match["title"]):
            return match["title"]
    if (quoted := _QUOTED.search(text)) is not None and ACTIVITY.search(quoted["after"]):
        return quoted[0]
    bracketed = _in_brackets(text)
    if bracketed and ACTIVITY.search(bracketed):
        return bracketed
    if (match := _HELD.search(text)) is not None:
        return match["title"]
    if bracketed:
        return bracketed
    text = _EMOJI.sub(lambda match: FILL * len(match[0]), text)
    text = _FILLER.sub(lambda match: FILL * len(match[0]), text)
    best, score = "", 0
    first_line = len(text) - len(text.lstrip(f"\n {FILL}"))
    motto = _MOTTO.match(text, first_line)
    if motto is not None and not ACTIVITY.search(motto[0]):
        first_line = motto.end()
    for begins, ends in _stretches(text, place):
        words = text[begins:ends].strip(_EDGES)
        line_ends = text.find("\n", first_line)
        is_first = first_line <= begins and (line_ends < 0 or begins < line_ends)
        own = _score(words, is_first=is_first)
        if own and is_first and _is_heading(text, begins, ends, first_line, line_ends):
            own += 1
        if own > score:
            best, score = _with_names(text, begins, ends), own
    return best


def _is_heading(text: str, begins: int, ends: int, line: int, line_ends: int) -> bool:
    """Whether a stretch is all of the first line, of which nothing else was read, above others."""
    around = text[line:begins] + text[ends : max(line_ends, ends)]
    is_spoken = _SPOKEN.search(text[line:line_ends]) is not None
    return (
        line_ends > 0
        and not is_spoken
        and not re.search(r"\w", around)
        and text.count("\n", line_ends) > 0
    )


def _with_names(text: str, begins: int, ends: int) -> str:
    """A stretch with the names in 《》 or “” that touch it: 第38期《工匠之路》, 《活着》读书会."""
    before = _NAMED_BEFORE.search(text[:begins])
    behind = _NAMED_BEHIND.match(text, ends)
    words = text[begins:ends].strip(_EDGES)
    is_inside = text[begins - 1 : begins] + text[ends : ends + 1] in ("《》", "“”")
    if is_inside:
        around = _NAMED_AROUND.match(text, ends)
        goes_on = around is not None and ACTIVITY.search(around["after"])
        return text[begins - 1 : around.end()] if around is not None and goes_on else words
    return (before[0] if before is not None else "") + words + (behind[0] if behind else "")


def _in_brackets(text: str) -> str:
    """What stands in 【】, with what follows where that alone names the activity."""
    plain = ""
    for match in _BRACKETED.finditer(text):
        inner = match["title"]
        after = match["after"].strip(_EDGES)
        if _NOTICE.search(inner):
            continue
        if ACTIVITY.search(inner):
            return inner
        is_place = any(each.end() == len(inner) for each in PLACE_END.finditer(inner))
        if _GREETING.match(inner) or ACTIVITY.search(after) or is_place:
            continue
        plain = plain or inner
    return plain


def _stretches(text: str, place: tuple[int, int]) -> list[tuple[int, int]]:
    """The stretches that may be a title: without a place that stands before or after it."""
    found: list[tuple[int, int]] = []
    for begins, ends in islice(clauses(text), MOST):
        if not begins <= place[0] < place[1] <= ends:
            found.append((begins, ends))
            continue
        before, after = text[begins : place[0]], text[place[1] : ends]
        has_led = re.search(r"(?:在|于|去|到|at|in|@)\s?$", before) is not None
        bare = re.sub(r"(?:在|于|去|到|at|in|@)\s?$", "", before)
        if len(bare.strip(_EDGES)) > 1:
            found.append((begins, begins + len(bare)))
        if has_led or _VERBS.match(after):
            found.append((place[1], ends))
        elif not before and after:
            # 映月湖夜跑 is a name; 健身房瑜伽 is a place and what is there.
            is_named = _NATURE.search(text[slice(*place)]) or not CHINESE.search(after)
            found.append((begins if is_named else place[1], ends))
        elif after:
            found.append((place[1], ends))
    return found


def _score(words: str, *, is_first: bool) -> int:
    """How much a stretch looks like a title; nothing for greetings, calls and mere places."""
    bare = _LEADS.sub("", _EMOJI.sub(" ", words).strip()).strip(_EDGES)
    if len(bare) < 2 or len(bare) > LONGEST or _GREETING.match(bare) or bare.isdecimal():
        return 0
    if _CALLS.match(bare) or _FOLKS.match(bare):
        return 0
    bare = _PARENTHESIS.sub("", _TAIL.sub("", bare)) or bare
    found = list(ACTIVITY.finditer(bare))
    score = 1 + 2 * is_first
    if found:
        is_at_end = bare[found[-1].end() :] in _SUFFIXES
        score += 3 + 2 * is_at_end - (len(bare) < 3) - 3 * bool(_GENERIC.fullmatch(bare))
    if re.match(r"\d{1,3}\s?(?:公里|km)", bare, re.IGNORECASE):
        score -= 3
    elif (
        not found
        and CHINESE.search(bare)
        and any(each.end() == len(bare) for each in PLACE_END.finditer(bare))
    ):
        score -= 2
    return max(score, 0)


def cleaned(title: str) -> str:
    """A title without signs around it, greetings before it and calls to sign up after it."""
    words = _EMOJI.sub(" ", title).strip(_EDGES).lstrip("）)")
    for _again in range(2):
        words = _LEADS.sub("", words).strip(_EDGES)
    words = re.sub(r"^【[^】]{1,12}】\s*(?=\S)", "", words)
    words = re.sub(r"^(?:活动|项目)\s*[:：]\s*(?=\S{2})", "", words)
    words = _DAYS_BEFORE.sub("", _DAYS_BEHIND.sub("", words))
    words = re.sub(r"^\d{1,2}[.．)）、]\s*(?=\D)", "", words)
    quoted = re.fullmatch(r"[“\"「](.{2,})[”\"」]", words)
    words = quoted[1] if quoted is not None else words
    words = re.sub(
        r"^(?:的|原(?:定|计划)[^，,。；;\n]{0,16}?的)|(?:推迟到|延期到|提前到|[将兹]?定?于|(?:定|安排|约)在|改到"
        r"|改为|改成|改在|改期)$",
        "",
        words,
    )
    words = re.sub(r"\s(?:at|on|in|from|this|with|is|starts?)$", "", words)
    words = _JOIN.sub("", words)
    shorter = _VERBS.sub("", words)
    words = shorter if ACTIVITY.search(shorter) else words
    without = _TAIL.sub("", _PARENTHESIS.sub("", words)).strip(_EDGES)
    return " ".join((without if len(without) > 1 else words).split())
