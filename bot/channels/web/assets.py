"""The files of a page: read and compressed once, named so that a browser may keep them for good."""

import gzip
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

WORKER = "worker.js"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page, read and compressed once. ``tag`` changes when its content does."""

    content: bytes
    packed: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, suffix: str) -> "Asset":
        tag = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content, mtime=0), MEDIA_TYPES[suffix], tag)


@dataclass(frozen=True, slots=True)
class Page:
    """``worker`` is the script that runs while the page is closed; no page loads it."""

    index: Asset
    static: Mapping[str, Asset]
    worker: Asset

    @classmethod
    def read(cls, folder: Path, made: Mapping[str, bytes], blanks: Mapping[str, str]) -> "Page":
        """The files of a folder and those that are ``made``; ``$name`` in its index is a blank.

        Its files are named with their tags, so that they can be cached for good.
        """
        static = {
            path.name: Asset.of(path.read_bytes(), path.suffix)
            for path in sorted(folder.iterdir())
            if path.suffix in MEDIA_TYPES and path.suffix != ".html"
        }
        worker = static.pop(WORKER)
        static |= {name: Asset.of(content, Path(name).suffix) for name, content in made.items()}
        index = (folder / "index.html").read_text()
        for name, asset in static.items():
            index = index.replace(f"/chat/static/{name}", f"/chat/static/{name}?v={asset.tag}")
        filled = {name: html.escape(words) for name, words in blanks.items()}
        index = Template(index).substitute(filled)
        return cls(Asset.of(index.encode(), ".html"), static, worker)


def serve(request: Request, asset: Asset, headers: Mapping[str, str]) -> Response:
    headers = {**headers, "ETag": f'"{asset.tag}"', "Vary": "Accept-Encoding"}
    if f'"{asset.tag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
