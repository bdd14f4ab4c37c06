"""Recognize pictures by their first bytes (the formats' magic numbers)."""

LARGEST = 5 * 1024 * 1024

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
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
