"""The thing that a question is about, by words that are known: 有没有教跳舞的 is about 跳舞."""

import re

from models.rules.members import interests
from models.rules.members.interests import Interest

_KINDS = {
    "social": (
        r"联谊|相亲|交友|脱单|单身|(?:找|处|谈|有)个?(?:对象|[男女]朋?友|恋爱)|"
        r"\b(?:socials?|dating|singles?|girlfriend|boyfriend)\b"
    ),
    "lecture": r"讲座|大讲堂|\b(?:lectures?|talks?)\b",
    "tour": r"参观|一日游|游玩|\b(?:tours?|visits?)\b",
    "contest": r"比赛|大赛|擂台|\b(?:contests?|tournaments?|competitions?)\b",
    "training": r"培训|技能课|\b(?:trainings?|courses?)\b",
    "gala": r"晚会|演出|\b(?:galas?|concerts?)\b",
}
_READ = {kind: re.compile(words) for kind, words in _KINDS.items()}
"""Kinds of events by the words that ask for them. A team's own evenings are asked for as teams.

They are fewer than those by which the kind of a title is guessed (``publishing.KIND_WORDS``): a
question with 课 or 赛 in it mostly asks for one thing, and not for all trainings or contests.
"""


def named_in(text: str) -> str:
    """Return the words of a text that name a thing; empty where none does."""
    text = text.casefold()
    found = (each.search(text) for each in (*interests.READ.values(), *_READ.values()))
    spans = [match.span() for match in found if match is not None and match[0]]
    if not spans:
        return ""
    begins, ends = min(spans, key=lambda span: (span[0] - span[1], span[0]))
    return text[begins:ends]


def kind_of(words: str) -> str:
    """Return the kind of events that words ask for; empty for none."""
    return next((kind for kind, each in _READ.items() if each.search(words.casefold())), "")


def interest_of(words: str) -> Interest | None:
    """Return the first interest that words speak of."""
    return next(iter(interests.named_in(words)), None)
