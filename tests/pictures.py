"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def png(shade: int = 200) -> bytes:
    """A grey square, encoded as the station encodes it: it comes out as it went in."""
    written = BytesIO()
    Image.new("L", (16, 16), shade).save(written, "PNG")
    return written.getvalue()
