"""What helpers write at check-in besides codes and names: 名单, 谁没来, 撤销, 好了."""

import re

FINISH, LIST, UNDO = "finish", "list", "undo"

_MISSING = (
    r"(?:还有)?(?:谁|哪些人?)(?:还)?(?:没|没有)(?:来|到|签到?)|还差谁|没[来到]的(?:人|有谁|是谁)?"
    r"|who(?:'s| is) (?:missing|not here)"
)
_WORDS = {
    FINISH: r"好了?|完了?|结束|完成|done|finish(?:ed)?",
    LIST: r"(?:看|按|打开)?(?:签到)?名单(?:签到)?|列表|(?:the )?list|tick a list"
    rf"|{_MISSING}",
    UNDO: r"撤销|撤回|撤掉|取消签到|[点签按弄]错(?:了|人了?)?|不是(?:他|她|这个人?)"
    r"|undo|take (?:it )?back",
}
_PATTERNS = {each: re.compile(words, re.IGNORECASE) for each, words in _WORDS.items()}


_WHO_IS_MISSING = re.compile(_MISSING, re.IGNORECASE)


def meant_by(words: str) -> str:
    """Return FINISH, LIST or UNDO where the words are one of these alone; empty otherwise."""
    said = _bare(words)
    return next((each for each, one in _PATTERNS.items() if one.fullmatch(said)), "")


def asks_who_is_missing(words: str) -> bool:
    """Whether the words ask who has not come, and nothing else."""
    return _WHO_IS_MISSING.fullmatch(_bare(words)) is not None


def _bare(words: str) -> str:
    return words.strip().rstrip("。.！!？?")
