"""Workbooks to fill in."""

from pathlib import Path
from typing import Any

from models.loading.columns import SHEETS, columns
from models.rules.languages import DEFAULT


def template(path: Path | str) -> None:
    """Write a new workbook to fill in: every sheet with headers and an example row.

    Raises OSError when the file exists or cannot be made.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    # The file comes first: a half-written workbook without one ends in errors that nothing catches.
    with Path(path).open("xb") as file:
        book = Workbook(write_only=True)
        for sheet, (zh, _columns) in SHEETS.items():
            page = book.create_sheet(zh)
            page.freeze_panes = "A2"
            # The language of the headers is that of the plain columns.
            written = [each for each in columns(sheet) if not each.name.endswith(f"_{DEFAULT}")]
            for number, column in enumerate(written, 1):
                width = max(len(column.zh) * 2, min(len(column.example.encode()), 40)) + 4
                page.column_dimensions[get_column_letter(number)].width = width
            page.append([_bold(page, column.zh, Font(bold=True)) for column in written])
            example = [column.example for column in written]
            example[0] = f"# {example[0]}"
            page.append(example)
        book.save(file)


def _bold(page: Any, text: str, font: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=text)
    cell.font = font
    return cell
