"""A file out of the store in one piece or, where a browser asks for it, from one byte to another.

Safari plays no sound of which it cannot get a range (RFC 9110, 14).
"""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

RANGE = re.compile(r"bytes=([0-9]{0,9})-([0-9]{0,9})")


def ranged(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Return the file, or the range of it that was asked for; one that is no range is ignored."""
    said = {**headers, "Accept-Ranges": "bytes"}
    read = RANGE.fullmatch(request.headers.get("range", ""))
    if read is None or not (read[1] or read[2]):
        return Response(content, headers=said, media_type=media_type)
    size = len(content)
    if read[1]:
        first, last = int(read[1]), min(int(read[2]) if read[2] else size - 1, size - 1)
    else:
        first, last = max(0, size - int(read[2])), size - 1
    if first > last:
        return Response(status_code=416, headers={**said, "Content-Range": f"bytes */{size}"})
    said["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, headers=said, media_type=media_type)
