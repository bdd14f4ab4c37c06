"""Write the list of an event as a workbook.

Only the maker of the file imports this module: openpyxl takes 16 MB.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from sqlmodel import Session

from models.events import running
from models.events.events import Signup, SignupState
from models.network import stations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (6, 16, 24, 10, 8, 18, 18)


@dataclass(frozen=True, slots=True)
class ListWords:
    """The list's own words, in its reader's language.

    ``headings`` are number, name, place, state, queue, time of sign-up and time of check-in.
    """

    title: str
    headings: tuple[str, ...]
    states: Mapping[SignupState, str]


def workbook(session: Session, event_id: int, language: str, words: ListWords, zone: str) -> bytes:
    """Return an xlsx file of all claims in the list's order, times in the station's zone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(words.title)
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFG"[number]].width = width
    sheet.append(words.headings)
    queue = 0
    for number, (signup, member, station) in enumerate(running.people(session, event_id), start=1):
        queue += signup.state == SignupState.WAITING
        place = station or stations.district(session) if member is None else station
        sheet.append(
            (
                number,
                harmless(member.name if member is not None else ""),
                harmless(place.text_of("name").to(language))
                if place is not None and member is not None
                else "",
                words.states.get(SignupState(signup.state), ""),
                queue if signup.state == SignupState.WAITING else "",
                *_times(signup, ZoneInfo(zone)),
            )
        )
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def harmless(text: str) -> str:
    """Return the text with an apostrophe before what a spreadsheet would read as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _times(signup: Signup, zone: ZoneInfo) -> tuple[str, str]:
    at, came = signup.at.astimezone(zone), signup.attended_at
    return f"{at:%Y-%m-%d %H:%M}", f"{came.astimezone(zone):%Y-%m-%d %H:%M}" if came else ""
