"""Write the list of an event as a workbook.

openpyxl takes 16 MB, so it is imported with the first list that is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.events import answers, handovers, parties, questions, running
from models.events.events import Event, Signup, SignupState
from models.events.questions import EventQuestion
from models.network import stations
from models.network.members import Member
from models.rules.events import undated
from models.rules.texts import visible
from models.store import Moment

TIME = "yyyy-mm-dd hh:mm"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (6, 16, 24, 10, 8, 18, 18, 18, 16)
PLACE, SEAT = 2, 8
STATES = (*running.ORDER, SignupState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ListWords:
    """The list's own words, in its reader's language.

    ``headings`` are number, name, place, state, queue, the times of sign-up, check-in and giving
    up, and the seat in the hall. ``answer`` words what was answered to a question, ``seat`` where
    somebody sits.
    """

    title: str
    headings: tuple[str, ...]
    states: Mapping[SignupState, str]
    answer: Callable[[EventQuestion, str], str]
    seat: Callable[[Event, Signup], str]


def workbook(
    session: Session,
    event_id: int,
    language: str,
    words: ListWords,
    zone: str,
    *,
    with_places: bool,
) -> bytes:
    """Return an xlsx file of all claims in the list's order, times in the station's zone.

    Above them stand the event's title, time and place; claims that were given up stand last.
    ``with_places`` says whether its reader may see where people work. What was answered at sign-up
    stands in a column a question.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(words.title)
    event = session.get_one(Event, event_id)
    left_out = {PLACE: not with_places, SEAT: not event.hall}
    columns = [number for number in range(len(WIDTHS)) if not left_out.get(number)]
    for letter, number in zip("ABCDEFGHI", columns, strict=False):
        sheet.column_dimensions[letter].width = WIDTHS[number]
    asked = questions.of_event(session, event_id)
    values = answers.of_event_claims(session, event_id)
    for line in _about(session, event, language, ZoneInfo(zone)):
        sheet.append([_cell(sheet, line) if isinstance(line, datetime) else text(sheet, line)])
    sheet.append([])
    sheet.append(
        [words.headings[number] for number in columns]
        + [text(sheet, each.text_of("text").to(language)) for each in asked]
    )
    queue = 0
    rows = running.people(session, event_id, STATES)
    claims = [each[0] for each in rows]
    leaders, givers = parties.leaders(session, claims), handovers.givers(session, claims)
    for number, (signup, member, station) in enumerate(rows, start=1):
        queue += signup.state == SignupState.WAITING
        place = station or stations.district(session) if member is None else station
        row = (
            number,
            text(sheet, _name(signup, member, leaders, givers)),
            text(sheet, place.text_of("name").to(language))
            if place is not None and member is not None
            else "",
            words.states.get(SignupState(signup.state), ""),
            queue if signup.state == SignupState.WAITING else "",
            *(_cell(sheet, each) for each in _times(signup, ZoneInfo(zone))),
            words.seat(event, signup),
        )
        said = values.get(signup.id, {})
        sheet.append(
            [row[number] for number in columns]
            + [text(sheet, words.answer(each, said.get(each.id, ""))) for each in asked]
        )
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _name(
    claim: Signup,
    member: Member | None,
    leaders: Mapping[int, str],
    givers: Mapping[int, str],
) -> str:
    """The name of a person; of one who comes along also with whom: ``小李（阿梅）``.

    Of one to whom a seat was handed over it tells whose it was: ``小李（← 阿梅）``.
    """
    name = member.name if member is not None else claim.name
    leader = leaders.get(claim.party_id or 0)
    if giver := givers.get(claim.from_member_id or 0):
        return f"{name}（← {giver}）"
    return f"{name}（{leader}）" if leader else name


def text(sheet: Any, words: str) -> Any:
    """Return a cell with words as they are: a name such as ``=1+1`` is no formula.

    It stays so when somebody edits the cell. Characters that a workbook cannot hold are left out.
    """
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    shown = ILLEGAL_CHARACTERS_RE.sub("", visible(words))
    cell = WriteOnlyCell(sheet, shown)
    # openpyxl takes "=1+1" for a formula and "#N/A" for an error.
    cell.data_type = "s"
    cell.quotePrefix = shown.startswith(FORMULA)
    return cell


def _about(session: Session, event: Event, language: str, zone: ZoneInfo) -> list[str | datetime]:
    """The event's title, its beginning and its place, which stand above the list."""
    station = stations.get(session, event.station_id)
    place = event.text_of("place").to(language)
    if not place and station is not None:
        place = station.text_of("name").to(language)
    title = event.text_of("title").to(language)
    when = "" if undated.is_to_come(event.starts_at) else _local(event.starts_at, zone)
    return [title, when, place]


def _times(
    signup: Signup, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When they signed up, were checked in and gave up.

    ``Signup.at`` is the time of the latter once they have.
    """
    at = _local(signup.at, zone)
    if signup.state == SignupState.CANCELLED:
        return None, None, at
    came = signup.attended_at
    return at, _local(came, zone) if came is not None else None, None


def _local(at: Moment, zone: ZoneInfo) -> datetime:
    # A cell holds no zone: it is the station's, as on the clocks there.
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _cell(sheet: Any, value: str | datetime | None) -> Any:
    """A cell that a spreadsheet can sort and count by where it holds a time."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, datetime):
        cell.number_format = TIME
    return cell
