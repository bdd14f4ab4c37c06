"""Recognize pictures by their first bytes (the formats' magic numbers), and encode them anew."""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
MOST_JPEG_PIXELS = 50_000_000
"""A JPEG can be decoded at a fraction of its size, so that a large one costs less memory."""

LONGEST_SIDE = 1600
QUALITY = 85
READ = ("JPEG", "PNG", "WEBP", "GIF")

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
SMALL = 100_000
GIFS = (b"GIF87a", b"GIF89a")


def media_type_of(content: bytes) -> str:
    """``image/png`` and its like; empty for anything else, and above ``LARGEST`` bytes."""
    if len(content) > LARGEST:
        return ""
    if content.startswith(PNG):
        return "image/png"
    if content.startswith(JPEG):
        return "image/jpeg"
    if content.startswith(GIFS):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def cleaned(content: bytes) -> tuple[str, bytes] | None:
    """Return media type and content of a picture made anew from its pixels alone.

    Metadata (EXIF with its GPS position, comments, text, profiles) is gone, the picture is turned
    as its EXIF said, at most ``LONGEST_SIDE`` pixels a side, and an animation is its first frame.
    None for what is no picture, is damaged or has too many pixels. Takes up to a second: call it
    in a thread.
    """
    if not media_type_of(content):
        return None
    # Pillow takes some megabytes, which a station without pictures need not pay.
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=READ) as opened:
            width, height = opened.size
            most = MOST_JPEG_PIXELS if opened.format == "JPEG" else MOST_PIXELS
            if width * height > most:
                return None
            is_jpeg = opened.format == "JPEG" or (
                opened.format == "WEBP" and not opened.has_transparency_data
            )
            return _encoded(_plain(opened), is_jpeg)
    except Exception:
        # The decoders raise about everything, and whatever it is, the bytes are no picture.
        return None


def holds_pixels_alone(content: bytes) -> bool:
    """Return whether this is a small PNG of pixels and colours, with nothing that says more.

    Its chunks are looked at, its pixels are not: such a file of the operator's is taken as it is.
    """
    if not content.startswith(PNG) or len(content) > SMALL:
        return False
    at, names = len(PNG), []
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        names.append(content[at + 4 : at + 8])
        at += size + 12
    sides = (int.from_bytes(content[n : n + 4], "big") for n in (16, 20))
    return (
        at == len(content)
        and names[:1] == [b"IHDR"]
        and names[-1:] == [b"IEND"]
        and set(names) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
        and all(0 < each <= LONGEST_SIDE for each in sides)
    )


def _plain(opened: "Image") -> "Image":
    """Return the picture in one of four modes, small enough, turned, and with nothing besides."""
    from PIL import Image, ImageOps

    image: Image.Image = opened
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # EXIF that cannot be read says nothing about the direction.
    with suppress(Exception):
        image = ImageOps.exif_transpose(image)
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGB")
    # Encoders write some of what is found here into the file.
    image.info = {}
    return image


def _encoded(image: "Image", is_jpeg: bool) -> tuple[str, bytes]:
    """Return a picture as JPEG, or as PNG where that does not become too large."""
    if not is_jpeg:
        written = BytesIO()
        image.save(written, "PNG")
        if written.tell() <= LARGEST:
            return "image/png", written.getvalue()
    written = BytesIO()
    image.convert("L" if image.mode == "L" else "RGB").save(written, "JPEG", quality=QUALITY)
    return "image/jpeg", written.getvalue()
