"""What is left of a picture that a member sent."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from models.rules.events.picturing import LARGEST, LONGEST_SIDE, cleaned, media_type_of
from tests.pictures import png

FOSHAN = (23.0, 1.0, 18.0)


def written(image: Image.Image, kind: str, **more: object) -> bytes:
    content = BytesIO()
    image.save(content, kind, **more)
    return content.getvalue()


def shot(width: int = 40, height: int = 20) -> tuple[Image.Image, Image.Exif]:
    """A photo as a phone takes it upright: on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Handset"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = FOSHAN
    return Image.new("RGB", (width, height), "red"), exif


def opened(content: bytes) -> tuple[str, Image.Image]:
    made = cleaned(content)
    assert made is not None
    media_type, kept = made
    assert media_type == media_type_of(kept)
    return media_type, Image.open(BytesIO(kept))


def chunk(name: bytes, data: bytes) -> bytes:
    whole = name + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))


def bomb(side: int = 30_000) -> bytes:
    """A whole PNG of black and white, 900 million pixels in about 100 kB."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_where_a_picture_was_taken_does_not_survive(kind: str) -> None:
    image, exif = shot()
    sent = written(image, kind, exif=exif)
    assert Image.open(BytesIO(sent)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    _, kept = opened(sent)
    assert not kept.getexif()
    assert kept.size == (20, 40)


def test_comments_texts_and_profiles_do_not_survive() -> None:
    image, _ = shot()
    note = PngInfo()
    note.add_text("Author", "Wang Wei")
    for sent in (
        written(image, "PNG", pnginfo=note, icc_profile=b"Wang Wei"),
        written(image, "JPEG", comment=b"Wang Wei", icc_profile=b"Wang Wei"),
        written(image, "PNG") + b"Wang Wei",
    ):
        assert b"Wang Wei" in sent
        made = cleaned(sent)
        assert made is not None
        assert b"Wang Wei" not in made[1]
        assert "icc_profile" not in Image.open(BytesIO(made[1])).info


@pytest.mark.parametrize(
    ("mode", "kind", "media_type"),
    [
        ("RGB", "JPEG", "image/jpeg"),
        ("L", "JPEG", "image/jpeg"),
        ("CMYK", "JPEG", "image/jpeg"),
        ("RGB", "PNG", "image/png"),
        ("RGBA", "PNG", "image/png"),
        ("LA", "PNG", "image/png"),
        ("P", "PNG", "image/png"),
        ("1", "PNG", "image/png"),
        ("I;16", "PNG", "image/png"),
        ("P", "GIF", "image/png"),
        ("RGB", "WEBP", "image/jpeg"),
        ("RGBA", "WEBP", "image/png"),
    ],
)
def test_pictures_of_every_kind_come_out(mode: str, kind: str, media_type: str) -> None:
    made, kept = opened(written(Image.new(mode, (30, 10)), kind))
    assert (made, kept.size) == (media_type, (30, 10))


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    _, kept = opened(written(Image.new("RGB", (4000, 3000)), "JPEG"))
    assert kept.size == (LONGEST_SIDE, 1200)


def test_noise_stays_within_what_is_taken() -> None:
    noise = Image.effect_noise((1250, 1250), 90).convert("RGB")
    sent = written(Image.merge("RGBA", (*noise.split(), noise.getchannel(0))), "PNG")
    assert len(sent) <= LARGEST
    made = cleaned(sent)
    assert made is not None
    assert len(made[1]) <= LARGEST


def test_what_was_cleaned_stays_as_it_is() -> None:
    assert cleaned(png()) == ("image/png", png())


def test_what_is_damaged_or_of_another_kind_is_no_picture() -> None:
    image, _ = shot(400, 400)
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        whole = written(image, kind)
        for length in (4, 12, 30, len(whole) // 2):
            assert cleaned(whole[:length]) is None, (kind, length)
    for kind in ("BMP", "TIFF", "ICO", "PPM"):
        assert cleaned(written(image, kind)) is None, kind
    assert cleaned(b"\xff\xd8\xff" + bytes(1000)) is None
    assert cleaned(b"") is None


@pytest.mark.parametrize("side", [30_000, 9_500, 5_000])
def test_a_bomb_is_refused_without_being_unpacked(side: int) -> None:
    if sys.platform != "linux":
        pytest.skip("ru_maxrss is in kilobytes on Linux alone")
    code = (
        "import sys, resource\n"
        "from PIL import Image, ImageOps\n"
        "from models.rules.events.picturing import cleaned\n"
        "Image.preinit()\n"
        "sent = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(cleaned(sent), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input=bomb(side), capture_output=True, check=True, timeout=60
    )
    said, grown = ran.stdout.decode().split()
    assert said == "None"
    assert int(grown) < 16 * 1024
