"""The list of a contest's entries as a sheet; that it is taken is recorded first."""

from datetime import timedelta

from bot.conversation.messages import say
from console.desk import Desk
from console.pages.contests.listing import shows_contest
from console.pages.contests.section import ONE, found, path_of, section
from console.routing import Asked, Done, File, Missing
from handlers.contests import wording
from handlers.events.changing import SHEET
from models.contests import lists
from models.network import audit
from models.rules.network.permissions import Act
from models.rules.texts import file_name

OPEN_FOR = timedelta(minutes=15)
"""How long a list that was opened can be had without its opening being recorded again."""


@section.act(f"{ONE}/list", again=shows_contest)
def open_list(desk: Desk, asked: Asked) -> Done:
    contest, _station = found(desk, asked)
    lists.record_view(desk.session, contest, desk.member.id, desk.now)
    return Done(path_of(contest, "list.xlsx"))


@section.page(f"{ONE}/list.xlsx")
def sheet(desk: Desk, asked: Asked) -> File:
    contest, _station = found(desk, asked)
    about, since = f"contest:{contest.id}", desk.now - OPEN_FOR
    if not audit.has_done(
        desk.session, desk.member.id, Act.RUN_CONTEST, about, since, what=lists.TAKEN
    ):
        raise Missing
    headings = (
        say("Code"),
        say("Title"),
        say("Category"),
        say("Authors"),
        say("Whom it stands for"),
        say("State"),
        say("What is in it"),
        say("Handed in"),
    )
    words = lists.ListWords(
        tuple(desk.in_words(each) for each in headings),
        lambda state: desk.in_words(wording.TAGS[state]),
        lambda there: desk.in_words(wording.inside(there)),
        lambda entry: desk.in_words(wording.host_of(desk.session, entry) or ""),
    )
    content = lists.workbook(desk.session, contest, desk.reader.language, words, desk.care.zone)
    name = file_name(desk.in_words(wording.title_of(contest))) or f"contest-{contest.id}"
    return File(f"{name}.xlsx", SHEET, lambda: content)
