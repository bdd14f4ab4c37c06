"""Whether what is pressed a second time is what was looked at: the same boxes, the same button."""

from console.routing import Asked


def is_sure(asked: Asked, field: str) -> bool:
    """Whether this button was pressed before with just these boxes; ``ui.sure`` sends them."""
    picked = asked.every("pick")
    return bool(picked) and asked.word(field) == ",".join(picked)
