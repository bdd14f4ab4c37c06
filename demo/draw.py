"""Make the pictures of the demo's events anew from their drawings: ``python -m demo.draw``.

``pictures/CODE.svg`` and ``works/NAME.svg`` are drawn by hand, in a few flat shapes; the PNG beside
it is what is loaded, for chats show no SVG. Look at what was made before it is committed.
"""

from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

HERE = Path(__file__).parent
FOLDERS = HERE / "pictures", HERE / "works"
PAGE = """\
#set page(width: 640pt, height: 320pt, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", width: 100%)
"""
COLOURS = 24
"""So few that a picture takes some three kilobytes."""


def png_of(svg: str) -> bytes:
    """Return a drawing as a PNG of 640 times 320 pixels."""
    drawn = typst.compile(PAGE.encode(), format="png", ppi=72, sys_inputs={"drawing": svg})
    assert isinstance(drawn, bytes)
    written = BytesIO()
    with Image.open(BytesIO(drawn)) as image:
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
        few.save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    for drawing in sorted(each for folder in FOLDERS for each in folder.glob("*.svg")):
        drawing.with_suffix(".png").write_bytes(png_of(drawing.read_text("utf-8")))


if __name__ == "__main__":
    main()
