"""What a pasted announcement says beside the fields that were read out of it."""

import re
from collections.abc import Sequence

from models.rules.events.numbers import FILL

UNREAD = ("topic", "content", "who", "other")
"""Labels that no field is read from; title and place may stand behind some of them."""
_SELF_EVIDENT = re.compile(
    r"发布|活动|通知|各位|大家|工友们?|我们|咱们?|准备|计划|组织|举办|举行|开展|欢迎|参加|报名|一起|来|去"
    r"|[在于到的个搞办有场次了]|[哦啊呀啦噢哈喔吧]|\b(?:at|in|on|the|a|an|for|of|with|and|to|from|"
    r"we|us|let's|join|come|please|sign up|people|everyone|all|is|are|will|be|there)\b",
    re.IGNORECASE,
)
"""What is said around an event, and loses nothing when it is left out."""

_WORDS = re.compile(rf"[^\W_{FILL}]+")


def unsaid(left: str, fields: Sequence[str]) -> str:
    """Return the words that stand in no field, without signs and what goes without saying.

    ``left`` is the text in which what was read is filled up by ``FILL``; ``fields`` are texts that
    were read and are not.
    """
    for text in sorted(filter(None, fields), key=len, reverse=True):
        left = left.replace(text, FILL)
    return "".join(_WORDS.findall(_SELF_EVIDENT.sub("", left)))
