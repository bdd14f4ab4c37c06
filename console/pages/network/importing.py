"""Files of places, teams and people: sent, looked at row by row, and written once somebody says so.

A file is read and written by a job, so each page shows how far it is and asks again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.network.section import IMPORT, section, tabs
from console.routing import Asked, Done, File, Page, Wrong
from models.loading import uploads
from models.loading.columns import title
from models.loading.uploads import Uploaded, UploadState
from models.rules.network.permissions import Act

NEEDS = Act.LOAD
HERE = f"/console{IMPORT}"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5_000_000
SHOWN = 50
FATES: Mapping[str, Sayable] = {
    "bad": say("Wrong"),
    "added": say("New"),
    "changed": say("Changed"),
    "same": say("As before"),
}
AT_WORK = (UploadState.SENT, UploadState.WANTED)


@section.page(IMPORT, needs=NEEDS)
def importing(desk: Desk, asked: Asked) -> Page:
    """The member's file wherever it is on its way; without one, the form to send one."""
    file = uploads.of(desk.session, desk.member.id, desk.now)
    facts: dict[str, Any] = {"tabs": tabs(desk), "open": "import", "file": file, "here": HERE}
    if file is None:
        return Page("network/import.html", say("Import"), facts)
    told = file.facts
    facts |= {
        "told": told,
        "is_at_work": file.state in AT_WORK,
        "sheets": _sheets(told),
        "sheet_title": title,
        "fates": FATES,
    }
    if file.state is UploadState.SHOWN:
        facts |= _rows(asked, told)
    return Page("network/file.html", say("Import"), facts)


def _sheets(told: Mapping[str, Any]) -> list[tuple[Any, Sequence[int], int]]:
    """Of each sheet: its name, how many rows are new, changed and the same, and how many wrong."""
    wrong = dict.fromkeys((sheet for sheet, *_rest in told.get("problems", ())), 0)
    wrong |= told.get("bad", {})
    counts = {sheet: numbers for sheet, *numbers in told.get("counts", ())}
    return [
        (title(sheet), counts.get(sheet, (0, 0, 0)), wrong.get(sheet, 0))
        for sheet in dict.fromkeys((*counts, *wrong))
    ]


def _rows(asked: Asked, told: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the rows of one fate; what is wrong comes first where anything is."""
    found = {fate: [each for each in told["rows"] if each["fate"] == fate] for fate in FATES}
    there = [fate for fate, rows in found.items() if rows]
    fate = asked.word("fate")
    if fate not in found:
        fate = there[0] if there else "added"
    after = max(asked.number("after", 0), 0)
    rows = found[fate]
    more = len(rows) > after + SHOWN
    return {
        "rows": rows[after : after + SHOWN],
        "fate": fate,
        "numbers": {each: len(rows) for each, rows in found.items()},
        "following": asked.query(fate=fate, after=after + SHOWN) if more else "",
    }


@section.act(IMPORT, needs=NEEDS, again=importing)
def send(desk: Desk, asked: Asked) -> Done | Wrong:
    from models.loading.sheets import KINDS

    file = asked.files.get("file")
    if file is None or not file.content:
        return Wrong(say("Choose a file."), "file")
    if not file.name.lower().endswith(KINDS):
        return Wrong(say("Only .xlsx, .csv and .toml files can be read."), "file")
    if len(file.content) > LARGEST:
        most = say("The file is larger than {n} MB: send it in parts.", n=LARGEST // 1_000_000)
        return Wrong(most, "file")
    name = file.name.replace("\\", "/").rpartition("/")[2]
    if not uploads.send(desk.session, desk.member.id, name, file.content, desk.now):
        return Wrong(say("Your last file is still being written."), "file")
    return Done(HERE)


@section.act(f"{IMPORT}/write", needs=NEEDS, again=importing)
def write(desk: Desk, asked: Asked) -> Done | Wrong:
    if not uploads.want(desk.session, asked.number("file"), desk.member.id, desk.now):
        return Wrong(say("That file is not here any more: send it again."))
    return Done(HERE)


@section.act(f"{IMPORT}/forget", needs=NEEDS, again=importing)
def forget(desk: Desk, asked: Asked) -> Done:
    file = uploads.of(desk.session, desk.member.id, desk.now)
    if file is not None:
        uploads.throw_away(desk.session, desk.member.id, desk.now)
    return Done(HERE, _forgotten(file))


def _forgotten(file: Uploaded | None) -> Sayable:
    if file is None or file.state not in (UploadState.SHOWN, UploadState.WANTED):
        return ""
    if file.state is UploadState.SHOWN:
        return say("The file is forgotten; nothing was written.")
    return say("Stopped. What was written by then stays.")


@section.page(f"{IMPORT}/template.xlsx", needs=NEEDS)
def template(desk: Desk, asked: Asked) -> File:
    from models.loading.templates import blank_book

    language = desk.member.language
    return File(desk.in_words(say("template.xlsx")), SPREADSHEET, lambda: blank_book(language))
