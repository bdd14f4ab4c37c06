"""One-time codes: how they are made, and how a typed one is recognized."""

import re
from collections.abc import Callable

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Read aloud in a workshop: no letters that sound or look like another's digit."""

LENGTH = 8
_PIECE = re.compile(f"[A-Z0-9]{{{LENGTH}}}")
# Letters that no code has are let through: a misread code is a wrong code, and no other words.
_GROUPS = re.compile(r"(?=.*[0-9])[A-Z0-9]{4}[ -][A-Z0-9]{4}")


def make(choose: Callable[[str], str]) -> str:
    """A new code; ``choose`` picks a letter and must not be predictable."""
    return "".join(choose(LETTERS) for _ in range(LENGTH))


def plain(words: str) -> str:
    """A code as it is compared: capital letters without the gaps that people type."""
    return words.strip().upper().replace("-", "").replace(" ", "")


def is_code(words: str) -> bool:
    """Whether words look like a code, as one piece or in two groups: ``abcd 2345``."""
    typed = words.strip().upper()
    return bool(_PIECE.fullmatch(typed) or _GROUPS.fullmatch(typed))
