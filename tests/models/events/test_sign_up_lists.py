"""Words stand in a workbook as they are: none is a formula, and none breaks the file."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from models.events.sign_up_lists import text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("=1+1", "=1+1"),
        ("+8613800000000", "+8613800000000"),
        ("-1", "-1"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("#N/A", "#N/A"),
        ("0317", "0317"),
        ("李\x00\x0b伟\ufffe", "李\n伟"),
        ("\u202e李伟\ud800", "李伟"),
    ],
)
def test_a_name_is_a_text_cell(words: str, shown: str) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("list")
    sheet.append([text(sheet, words)])
    content = BytesIO()
    book.save(content)
    assert b"<f>" not in ZipFile(content).read("xl/worksheets/sheet1.xml")
    [[cell]] = load_workbook(content).active.iter_rows()  # type: ignore[union-attr]
    assert (cell.value, cell.data_type) == (shown, "s")
    assert cell.quotePrefix == (shown[0] in "=+-@")
