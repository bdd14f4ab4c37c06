"""Personal codes for the rows of files at one's places, as a list to print and hand out."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.members.audit import ShowAudit
from handlers.permission import reason
from handlers.words import station_name
from models.members import binding
from models.members.binding import CodeList, NoCodes, RowCode
from models.network import roles, stations
from models.network.stations import Station, StationKind
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.texts import file_name, one_line
from papers.facts import CodeSlips

router = Router()

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLACES = 5
HEADINGS = (say("Place"), say("Name"), say("Staff number"), say("Send this: claim and the code"))


@dataclass(frozen=True, slots=True)
class TakeCodes(Action, tag="row-codes"):
    """Asks what the codes of a place are needed for, and then gives them."""

    station_id: int


@router.command("codes", zh="个人码", also=("personal codes",))
def take_by_words(chat: Chat, words: str) -> Reply:
    """``个人码`` takes the codes of one's own place, ``个人码 PLACE`` those of one below it."""
    mine = _mine(chat)
    if not mine:
        return _refused()
    found = mine
    if words:
        below = [each.path for each in mine]
        exact = stations.named(chat.session, words)
        is_mine = exact is not None and any(exact.path.startswith(path) for path in below)
        found = stations.matching(
            chat.session, words, PLACES, kinds=tuple(StationKind), below=below
        )
        found = [exact] if exact is not None and is_mine else found
    if not found:
        return Reply(say("None of your places is called “{name}”.", name=words), buttons=(MENU,))
    if len(found) == 1:
        return take(chat, TakeCodes(found[0].id))
    return Reply(
        say("Of which place?"),
        tuple(
            Choice(number, station_name(each), TakeCodes(each.id), station_name(each))
            for number, each in enumerate(found, start=1)
        ),
        (MENU,),
    )


def _mine(chat: Chat) -> list[Station]:
    """The stations, of all below which this member may have the codes."""
    allowed = permissions.roles_for(Act.BIND_MEMBER)
    held = roles.grants_of(chat.session, chat.member.id, chat.now)
    return [station for grant, station in held if grant.role in allowed]


def _refused() -> Reply:
    return Reply(
        lines(
            say("Personal codes are handed out by the organizers of your town or district."),
            say("Have you got one? Write “claim” and the code."),
        ),
        buttons=(MENU,),
    )


def _may(session: Session, member_id: int, station: Station | None, now: datetime) -> bool:
    return station is not None and roles.may(session, member_id, Act.BIND_MEMBER, station, now)


@router.button(TakeCodes)
def take(chat: Chat, press: TakeCodes) -> Reply:
    station = stations.get(chat.session, press.station_id)
    if station is None or not _may(chat.session, chat.member.id, station, chat.now):
        return _refused()
    number = binding.how_many(chat.session, station, chat.now)
    if not 0 < number <= binding.MOST_CODES:
        return _none(station, NoCodes.TOO_MANY if number else NoCodes.NOBODY)
    waiting = say_n(
        "{place}: {n} person of your lists has no chat here yet.",
        "{place}: {n} people of your lists have no chat here yet.",
        number,
        place=station_name(station),
    )
    void = say("Each gets a new code; codes from before end.")
    return what_for.begin(chat, before=lines(waiting, void), station_id=station.id)


@router.dialog("row-codes")
def what_for(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    why = yield Question(
        "reason",
        say("What do you need them for? It stands in the audit, and those on the list read it."),
        check=_reason,
    )
    return start["station_id"], why


def _reason(words: str) -> str | Wrong:
    said = one_line(words)
    return reason(said) if said else Wrong(say("Write a few words."))


@what_for.done
def give(chat: Chat, form: tuple[int, str]) -> Reply:
    station = stations.get(chat.session, form[0])
    if station is None or not _may(chat.session, chat.member.id, station, chat.now):
        return _refused()
    match binding.take_codes(chat.session, station, chat.member.id, form[1], chat.now):
        case NoCodes() as why:
            return _none(station, why)
        case CodeList(seed, number):
            called = chat.in_words(station_name(station)), chat.in_words(say("personal codes"))
            args = (chat.member.id, station.id, chat.language, seed)
            return Reply(
                lines(
                    say_n(
                        "{n} code for {place}.",
                        "{n} codes for {place}.",
                        number,
                        place=station_name(station),
                    ),
                    say("Who has a code becomes that person: give each their own, on paper."),
                    say("Sent as “claim” and the code, each works once, for 180 days."),
                ),
                buttons=(Button(say("Audit"), ShowAudit()), MENU),
                file=Attachment(f"{file_name(*called)}.xlsx", SHEET, "row-codes", args),
            )


def _none(station: Station, why: NoCodes) -> Reply:
    place = station_name(station)
    text = (
        say("At {place} nobody of a list waits for a code.", place=place)
        if why is NoCodes.NOBODY
        else say(
            "{place} has more than {n} at once. Write “codes” and the name of a company there.",
            place=place,
            n=binding.MOST_CODES,
        )
    )
    return Reply(text, buttons=(MENU,))


def _may_have_codes(
    session: Session, now: datetime, by: int, station_id: int, language: str, seed: str
) -> bool:
    return _may(session, by, stations.get(session, station_id), now)


@router.file("row-codes", may=_may_have_codes)
def list_of_codes(session: Session, by: int, station_id: int, language: str, seed: str) -> bytes:
    """Place, name, staff number and code of everybody on the list, as .xlsx."""
    station = session.get_one(Station, station_id)
    in_words = phrasebook().into(language)
    rows = binding.codes_of_list(session, station, seed)
    if not rows:
        raise LookupError("none of these codes binds anybody any more")
    return workbook(in_words(say("personal codes")), table(rows, in_words))


def table(rows: Sequence[RowCode], in_words: Callable[[Sayable], str]) -> list[list[str]]:
    """The list of codes, headings first."""
    cells = [[row.station, row.name, row.staff_number, row.shown] for row in rows]
    return [[in_words(each) for each in HEADINGS], *cells]


def slips(rows: Sequence[RowCode], language: str, in_words: Callable[[Sayable], str]) -> CodeSlips:
    """The same list as slips to cut out, each with what to do with it."""
    how = say("Open the station's chat and send this line. It works once, for 180 days.")
    cells = tuple(
        (row.station, row.name, row.staff_number, in_words(say("claim {code}", code=row.shown)))
        for row in rows
    )
    return CodeSlips(language, in_words(how), cells)


def workbook(called: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with one sheet of these texts, as .xlsx."""
    from openpyxl import Workbook

    from models.events.sign_up_lists import text

    book = Workbook(write_only=True)
    # A sheet's name has 31 characters at most.
    sheet = book.create_sheet(called[:31])
    for row in rows:
        sheet.append([text(sheet, each) for each in row])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()
