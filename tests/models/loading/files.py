"""Files that tests load: a network in TOML, workbooks page by page, tables in text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from sqlmodel import Session

from bot.conversation.language import phrasebook
from models.loading.network import Preview, Report, load, preview, read_bytes
from models.loading.sheets import SheetProblem
from models.store import Store
from tests.miniature.rows import CARE

NETWORK = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "guicheng"
kind = "镇街"
parent = "nanhai"
name = "桂城"

[[enterprises]]
code = "zhaoxin"
name = "昭信集团"

[[stations]]
code = "zhaoxin-point"
kind = "联系点"
parent = "guicheng"
enterprise = "zhaoxin"
name = "昭信集团"

[[teams]]
code = "chess"
station = "guicheng"
interest = "chess"
name = "象棋角"

[[members]]
name = "李伟"
station = "guicheng"
staff_number = "0317"

[[members]]
name = "王芳"
station = "zhaoxin-point"
"""


def put(store: Store, text: str, now: datetime) -> Report:
    """Load rows in TOML."""
    return store.write_now(load, read_bytes(text.encode(), "network.toml"), CARE, now)


def put_book(store: Store, pages: Mapping[str, Any], now: datetime) -> Report:
    """Load a workbook."""
    return store.write_now(load, read_bytes(book(pages), "network.xlsx"), CARE, now)


def shown(store: Store, content: bytes, name: str, now: datetime, by: int | None = None) -> Preview:
    """What loading this file would do."""

    def look(session: Session) -> Preview:
        return preview(session, content, name, CARE, now, by=by)

    return store.read_now(look)


def book(pages: Mapping[str, Any]) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in pages.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def told(problems: Sequence[SheetProblem], language: str = "en") -> list[str]:
    """The problems as their reader has them, each behind its line."""
    put_in_words = phrasebook().into(language)
    return [f"{each.line}: {put_in_words(each.text)}" for each in problems]
