"""One-time codes: how they are made, and how a typed one is recognized."""

import re
from collections.abc import Callable

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Read aloud in a workshop: no letters that sound or look like another's digit."""

LENGTH, LONG = 8, 12
"""Of a code that holds for a while, and of one that lies in a drawer for months."""

_PIECE = re.compile(f"[A-Z0-9]{{{LENGTH}}}|[A-Z0-9]{{{LONG}}}")
# Letters that no code has are let through: a misread code is a wrong code, and no other words.
_GROUPS = re.compile(r"(?=.*[0-9])[A-Z0-9]{4}(?:[ -][A-Z0-9]{4}){1,2}")


def make(choose: Callable[[str], str], length: int = LENGTH) -> str:
    """A new code with a digit in it; ``choose`` picks a letter and must not be predictable.

    By the digit ``is_code`` tells a code in groups from words such as ``good luck``.
    """
    while True:
        code = "".join(choose(LETTERS) for _ in range(length))
        if any(letter.isdecimal() for letter in code):
            return code


def in_groups(code: str) -> str:
    """A code as it is read and copied: ``ABCD-2345-EFGH``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain(words: str) -> str:
    """A code as it is compared: capital letters without the gaps that people type."""
    return words.strip().upper().replace("-", "").replace(" ", "")


def is_code(words: str) -> bool:
    """Whether words look like a code, as one piece or in groups: ``abcd 2345``."""
    typed = words.strip().upper()
    return bool(_PIECE.fullmatch(typed) or _GROUPS.fullmatch(typed))
