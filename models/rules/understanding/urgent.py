"""Need that stands anywhere in a text, whatever is said before or after it, and however long it is.

我老公打我，周六的活动我去不了 gives up a seat as well, but that can wait.
"""

import re

from models.rules.understanding.classifier import ranked
from models.rules.understanding.intents import NEED, Intent

CLAUSES = re.compile(r"[，。；,;!！?？…~～\n]+|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])|\.\s")
TITLES = re.compile("《[^》]{1,40}》")
JUMPS = re.compile(
    r"[想要去]跳(?:到|去|进|下)?了?(?:[这那]?[条个座])?"
    r"(?:河|江[里中]|海[里中]|湖里|楼(?![机价梯])|井里|天台|窗)"
)
SHORTEST, LONGEST = 3, 600
FIRST = frozenset({Intent.DESPAIR, Intent.VIOLENCE, Intent.DANGER})
"""Need that comes before all else that a text says; wages and injuries may be why one cancels."""
PLAIN = 0.85
"""How probable it must be that a part of a text is need for it to come before all else."""


def need_in(text: str) -> Intent | None:
    """The need that a part of a text plainly tells of, whatever stands before or after it."""
    said = TITLES.sub(" ", text[:LONGEST])
    if JUMPS.search(said):
        return Intent.DESPAIR
    for part in dict.fromkeys(map(str.strip, (said, *CLAUSES.split(said)))):
        if len(part) < SHORTEST:
            continue
        shares = [(intent, share) for intent, share in ranked(part) if intent in NEED]
        if sum(share for _intent, share in shares) >= PLAIN:
            return shares[0][0]
    return None
