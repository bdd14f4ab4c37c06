"""Take out of a text what says who wrote it or how to reach somebody.

What is left is what may leave the house, for a reader elsewhere. Rather too much is taken than too
little: what is missed costs one guess.
"""

import re
import unicodedata
from collections.abc import Iterable

GONE = "□"
"""What stands where something was taken out."""

LONGEST = 200
"""How many characters leave at most."""
READ = 400
"""How many characters are looked at."""

_HAN = "\u3400-\u9fff"
_DOUBLE = "欧阳|司徒|上官|诸葛|司马|东方|皇甫|尉迟|公孙|令狐|慕容"
_SINGLE = (
    "王李张刘陈杨黄赵吴徐孙朱胡郭何罗宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷汤尹黎易常武乔贺赖龚梁林高马周莫覃韦农蓝"
)
_NO_NAME = (
    "(?!周[末一二三四五六日天几]|马上|高[兴中考铁速]|方[便法向式]|白[天班]|何时|常常|任何|江边|许多|易|"
    "夏[天令季]|白色|龙舟|农[民村历]|武术|石头|黄色|雷雨|江西|江苏|陆续)"
)
_SURNAME = f"(?:{_DOUBLE}|{_NO_NAME}[{_SINGLE}])"
_CALLED = f"(?:{_DOUBLE}|[{_HAN}])[{_HAN}]{{0,2}}"

_TOLD = (
    "(?:(?:我|他|她|本人|名字|名|我也)(?:的名字)?是?叫做?|姓名是?|名字是?|叫我|称呼我?)[ :]?"
    f"(?P<told>(?:{_CALLED})|[A-Za-z][A-Za-z'-]*(?: [A-Z][a-z'-]+)*)"
)
_FAMILY = f"(?:我|他|她|免贵)?姓(?P<family>{_DOUBLE}|[{_HAN}])"
_AFTER = (
    "(?:我是|我系|帮|替|给|找|叫|跟|和|同|问|喊|约|联系|同事|工友|老乡|朋友|室友|舍友|老婆|老公|"
    "对象|儿子|女儿|孩子|弟弟|妹妹|哥哥|姐姐|师傅|组长|主管|经理|队长|老板)[ ,:]?"
    f"(?P<after>{_SURNAME}[{_HAN}]{{1,2}})"
)
_TITLE = (
    f"(?P<titled>{_SURNAME}[{_HAN}]{{0,2}}?)"
    "(?:师傅|经理|主管|老师|队长|组长|班长|厂长|医生|先生|女士|小姐|老板|阿姨|叔叔?|大?[哥姐]|[总工]\\b)"
)
_NICK = f"(?P<nick>[小老阿]{_SURNAME}(?![{_HAN}]{{0,1}}(?:鱼|蜂|家))|阿(?![姨公婆])[{_HAN}])"
_QUOTED = (
    f"[“\"'‘「『](?P<quoted>{_SURNAME}[{_HAN}]{{1,3}}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)[”\"'’」』]"
)
_ENGLISH = (
    r"\b(?:[Mm]y name(?:'s| is)|[Nn]ame:|[Cc]all me|[Tt]his is|I'm|I am|[Mm]rs?\.?|[Mm]s\.?)"
    r" (?P<english>[A-Z][A-Za-z'-]*(?: [A-Z][a-z'-]+)*)"
)
_NAMES = tuple(
    re.compile(each) for each in (_QUOTED, _TOLD, _FAMILY, _ENGLISH, _AFTER, _TITLE, _NICK)
)

_MAIL = r"[\w.+-]*@[\w.-]+"
_ACCOUNT = (
    r"(?:微信号?|威信|[Ww]e[Cc]hat|[VvWw][Xx]|[Qq][Qq]号?|扣扣)[ :是加]{0,3}[A-Za-z0-9_-]{4,40}"
)
_WHOLE = re.compile(
    r"(?:https?://|www\.)[^\s□]*"
    f"|{_MAIL}"
    r"|\b[\w-]{1,60}\.(?:com|cn|net|org|top|xyz|io|me|cc|vip)\b[^\s□]{0,200}"
    f"|{_ACCOUNT}"
    r"|[A-Za-z]{0,8}\d[A-Za-z]{0,3}\d[A-Za-z0-9]{3,40}"
    r"|\+?\d(?:[ ()./—–_-]{0,2}\d){5,30}[Xx]?"
    r"|[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]{5,40}"
    f"|[{_HAN}]?[A-Z][·. ]?(?=[A-Z]*\\d)[A-Z0-9]{{5,6}}"
    f"|[{_HAN}]{{1,6}}(?:路|街|巷|大道|村)\\d{{1,5}}(?:号|弄)?"
    r"|\d{1,5}(?:栋|座|幢|号楼|单元|室|号房|房间|房)(?:\d{1,5}(?:室|房)?)?"
)

_DATE = re.compile(r"(?<!\d)\d{4}[-./年]\d{1,2}[-./月]\d{1,2}(?!\d)")
_REACHES = re.compile(
    f"{_MAIL}|{_ACCOUNT}"
    r"|\d(?:[ ()—–-]{0,2}\d){6,30}"
    r"|[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]{7,40}"
)
"""A person's number or account: a hotline has fewer digits, and a date is none."""


def hidden(text: str, names: Iterable[str] = ()) -> str:
    """Return the text without names, numbers and addresses, in one line and of bounded length.

    ``names`` are those that are known to be somebody's.
    """
    left = " ".join(unicodedata.normalize("NFKC", text[:READ]).split())
    for name in sorted({each.strip() for each in names}, key=len, reverse=True):
        if len(name) > 1:
            left = re.sub(re.escape(name), GONE, left, flags=re.IGNORECASE)
    left = _WHOLE.sub(GONE, left)
    for pattern in _NAMES:
        left = pattern.sub(_without, left)
    return re.sub(f"{GONE}(?: ?{GONE})+", GONE, left)[:LONGEST]


def _without(found: re.Match[str]) -> str:
    """What was found, without the name in it."""
    group = found.lastgroup
    assert group is not None
    start, end = (each - found.start() for each in found.span(group))
    return found[0][:start] + GONE + found[0][end:]


def tells_of(text: str, name: str) -> bool:
    """Whether words for many tell of somebody of this name, or how to reach a single person."""
    plain = unicodedata.normalize("NFKC", text)
    names_them = len(name.strip()) > 1 and name.strip().casefold() in plain.casefold()
    return names_them or _REACHES.search(_DATE.sub(" ", plain)) is not None
