"""Write the list of a contest's entries as a workbook, with the names of their authors.

openpyxl takes 16 MB, so it is imported with the first list that is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.contests import categories, contests, gallery, organizing
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.parts import EntryPart
from models.events.sign_up_lists import text
from models.rules.contests.states import EntryState
from models.store import Moment

TAKEN = "list taken"
WIDTHS = (12, 24, 14, 24, 20, 16, 24, 18)


@dataclass(frozen=True, slots=True)
class ListWords:
    """The list's own words, in its reader's language."""

    headings: tuple[str, ...]
    state: Callable[[EntryState], str]
    inside: Callable[[Sequence[EntryPart]], str]
    host: Callable[[Entry], str]


def record_view(session: Session, contest: Contest, by: int, now: Moment) -> None:
    """Record that somebody takes the list with the names."""
    contests.record(session, contest, by, now, TAKEN)


def workbook(
    session: Session, contest: Contest, language: str, words: ListWords, zone: ZoneInfo
) -> bytes:
    """Return an xlsx file of all entries by their numbers, times in the station's zone."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(list(words.headings))
    query = select(Entry).where(Entry.contest_id == contest.id).order_by(col(Entry.id))
    rows = [each for each in session.exec(query) if organizing.is_told(contest, each)]
    names = organizing.authors(session, [each.id for each in rows])
    kinds = {
        each.id: each.text_of("title").to(language)
        for each in categories.of_contest(session, contest.id)
    }
    for shown in gallery.with_parts(session, rows):
        entry = shown.entry
        at = entry.handed_in_at
        sheet.append(
            [
                entry.code,
                text(sheet, entry.title),
                text(sheet, kinds.get(entry.category_id or 0, "")),
                text(sheet, "、".join(names.get(entry.id, ()))),
                text(sheet, words.host(entry)),
                words.state(entry.state),
                words.inside(shown.parts),
                # A cell holds no zone: it is the station's.
                at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at is not None else None,
            ]
        )
    content = BytesIO()
    book.save(content)
    return content.getvalue()
