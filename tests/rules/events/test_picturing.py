"""What is taken for a picture."""

import pytest

from models.rules.events.picturing import LARGEST, media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"GIF87a....", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""),
        (b"<html>", ""),
        (b"%PDF-1.7", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


def test_a_picture_that_is_too_large_is_none() -> None:
    jpeg = b"\xff\xd8\xff"
    assert media_type_of(jpeg + b"0" * (LARGEST - 3)) == "image/jpeg"
    assert media_type_of(jpeg + b"0" * (LARGEST - 2)) == ""
