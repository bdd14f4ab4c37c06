"""Workbooks to fill in."""

from io import BytesIO
from pathlib import Path
from typing import Any

from models.loading.columns import SHEETS, columns
from models.rules.languages import DEFAULT


def template(path: Path | str) -> None:
    """Write a new workbook to fill in: every sheet with headers and an example row.

    Raises OSError when the file exists or cannot be made.
    """
    with Path(path).open("xb") as file:
        file.write(blank_book(DEFAULT))


def blank_book(language: str) -> bytes:
    """The workbook that ``template`` writes; its headers are Chinese, or else English."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    is_chinese = language == DEFAULT
    book = Workbook(write_only=True)
    for sheet, (zh, _columns) in SHEETS.items():
        page = book.create_sheet(zh if is_chinese else sheet)
        page.freeze_panes = "A2"
        # The language of the headers is that of the plain columns.
        written = [each for each in columns(sheet) if not each.name.endswith(f"_{DEFAULT}")]
        headers = [each.zh if is_chinese else each.name for each in written]
        for number, (header, column) in enumerate(zip(headers, written, strict=True), 1):
            width = max(len(header.encode()), min(len(column.example.encode()), 40)) + 4
            page.column_dimensions[get_column_letter(number)].width = width
        page.append([_bold(page, each, Font(bold=True)) for each in headers])
        example = [column.example for column in written]
        example[0] = f"# {example[0]}"
        page.append(example)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _bold(page: Any, text: str, font: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=text)
    cell.font = font
    return cell
