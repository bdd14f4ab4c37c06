"""Lists of personal codes, to be printed and handed out."""

import os
from collections.abc import Sequence
from pathlib import Path


def write(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """Write codes to a new workbook that only the operator can read.

    A row is station, name, staff number and code. Raises OSError when the file exists or cannot be
    made.
    """
    from openpyxl import Workbook

    from models.events.sign_up_lists import text

    book = Workbook(write_only=True)
    sheet = book.create_sheet("codes")
    sheet.append(("站点", "姓名", "工号", "个人码（发：绑定 码）"))
    for row in rows:
        sheet.append([text(sheet, cell) for cell in row])
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        book.save(file)
