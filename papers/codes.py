"""QR codes as drawings for the templates."""

from collections.abc import Iterator, Sequence

MASK = 3
"""Which of the eight patterns lies over a code: readers take any, and the search costs 6 ms."""


def drawing(content: str) -> str:
    """Return the code of a text as SVG, one unit a module, without a quiet zone around it."""
    import segno

    matrix = segno.make(content, error="m", micro=False, mask=MASK).matrix
    size = len(matrix)
    path = "".join(_bars(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{path}"/></svg>'
    )


def _bars(matrix: Sequence[bytearray]) -> Iterator[str]:
    """The dark modules of each row, those side by side as one bar."""
    for y, row in enumerate(matrix):
        x = 0
        for run in bytes(row).split(b"\0"):
            if run:
                yield f"M{x} {y}h{len(run)}v1h-{len(run)}z"
            x += len(run) + 1
