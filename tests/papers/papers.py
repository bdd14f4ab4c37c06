"""Papers for tests, and what is read back out of drawn ones."""

import re
from io import BytesIO

import zxingcpp
from PIL import Image

from papers.facts import Certificate, Code, Poster, Row


def lamp_works(**changed: object) -> Poster:
    """The poster of a visit with two channels."""
    facts: dict[str, object] = {
        "language": "zh",
        "title": "企业体验游：走进灯具厂",
        "station": "创思驿站 · 桂城站",
        "kind": "职场提升",
        "rows": (Row("时间", "12月5日 周六 9:00–12:00", leads=True), Row("要带", "身份证")),
        "about": "看一盏灯从压铸到装配的全过程。",
        "call": "扫码报名",
        "codes": (Code("微信", "/go/wechat.nanhai/e31-k7f2mq"), Code("网页", "/go/web/e31-k7f2mq")),
        "hint": "群里可写：报名 31",
        "hangs": "食堂",
    }
    return Poster(**(facts | changed))  # type: ignore[arg-type]


def welding(**changed: str) -> Certificate:
    facts = {
        "language": "zh",
        "heading": "证书",
        "name": "张小兰",
        "said": "参加了",
        "title": "焊工实训",
        "details": "12月5日 周六 · 共 6 小时",
        "station": "创思驿站 · 桂城站",
        "issued": "2026年12月6日",
        "number": "编号 GC-2026-001",
        "check": "扫码验真",
        "leads_to": "/c/K7F2M9QX",
    }
    return Certificate(**(facts | changed))


def at_home(path: str) -> str:
    return f"https://station.example.org{path}"


def codes_in(picture: bytes) -> set[str]:
    """What a phone reads out of a PNG."""
    return {each.text for each in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))}


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(picture)).size


def pages_of(document: bytes) -> int:
    assert document.startswith(b"%PDF-")
    (count,) = re.findall(rb"/Count (\d+)", document)
    return int(count)
