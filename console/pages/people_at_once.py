"""What is done at once with people of a list: taken as a file, blocked, erased.

Pressed once, it is done and undone again, to say what would become of each; pressed once more, it
is done.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from console.pages.people import (
    NOT_BLOCKED,
    last_day,
    people,
    section,
    wanted,
)
from console.pages.sure import is_sure
from console.routing import Asked, BadForm, Done, File, Wrong
from handlers.members.roles import ROLES
from handlers.members.row_codes import SHEET, workbook
from models.members import at_once
from models.members.at_once import Each, NoList
from models.members.blocking import Blocked, NotBlocked
from models.members.looking_up import Person
from models.members.removing import ErasedAt, NotErased, WhyErased
from models.rules.network.permissions import Act
from models.rules.texts import file_name

HERE = "/console/people"
MOST = 30
"""A page of the list."""

NO_LIST = {
    NoList.NO_REASON: say("Say what for: the audit keeps it, and those on the list read it."),
    NoList.NOBODY: say("Nobody is found."),
    NoList.TOO_MANY: say("More than {n} at once: choose a place.", n=at_once.MOST_IN_LIST),
}
HEADINGS = (
    say("Number"),
    say("Name"),
    say("Place"),
    say("Staff number"),
    say("Role"),
    say("Reached by"),
)


@section.act("/people/list", again=people)
def take_list(desk: Desk, asked: Asked) -> Wrong | File:
    """The people of the list, by its filters, as a workbook."""
    by, reason = desk.member.id, asked.word("what_for")
    done = at_once.take_list(desk.session, wanted(asked), reason, by, desk.now)
    if isinstance(done, NoList):
        return Wrong(NO_LIST[done], "what_for")
    called = desk.in_words(say("Workers"))
    table = [[desk.in_words(each) for each in HEADINGS], *(_row(desk, each) for each in done)]
    return File(f"{file_name(called)}.xlsx", SHEET, lambda: workbook(called, table))


def _row(desk: Desk, each: Person) -> list[str]:
    roles = " · ".join(desk.in_words(ROLES[role]) for role in each.roles)
    place = desk.in_words(each.place) if each.place is not None else ""
    return [
        str(each.id),
        each.name,
        place,
        each.staff_number,
        roles,
        " · ".join(each.platforms),
    ]


@section.act("/people/ticked/block", needs=Act.BLOCK_MEMBER, again=people)
def block(desk: Desk, asked: Asked) -> Done | Wrong:
    until = last_day(desk, asked)
    if isinstance(until, Wrong):
        return until

    def does(ids: Sequence[int], reason: str) -> Sequence[Each[Any]]:
        who = (desk.member.id, desk.care, desk.now)
        return at_once.block(desk.session, ids, reason, *who, until=until)

    return _done(desk, asked, does, asked.word("why_blocked"), _blocked, "sure-block")


def _blocked(done: Blocked | NotBlocked) -> tuple[bool, Sayable]:
    if isinstance(done, NotBlocked):
        return False, NOT_BLOCKED[done]
    return True, say("Blocked. Seats given up: {n}.", n=done.given_up)


@section.act("/people/ticked/erase", needs=Act.ERASE_MEMBER, again=people)
def erase(desk: Desk, asked: Asked) -> Done | Wrong:
    why = asked.word("why_erased")
    if why not in set(WhyErased):
        return Wrong(say("Say why: the audit keeps it."), "why_erased")

    def does(ids: Sequence[int], reason: str) -> Sequence[Each[Any]]:
        who = (desk.member.id, desk.care, desk.now)
        return at_once.erase(desk.session, ids, WhyErased(reason), *who)

    def said(done: ErasedAt | NotErased) -> tuple[bool, Sayable]:
        if isinstance(done, NotErased):
            return False, say("That was asked already; it is done within a day.")
        return True, _erased(done.due_at, desk.now)

    return _done(desk, asked, does, why, said, "sure-erase")


def _erased(due_at: datetime, now: datetime) -> Sayable:
    if due_at <= now:
        return say("Erased.")
    return say("They are told, and erased within a day unless they object.")


def _done(
    desk: Desk,
    asked: Asked,
    does: Callable[[Sequence[int], str], Sequence[Each[Any]]],
    reason: str,
    said: Callable[[Any], tuple[bool, Sayable]],
    sure: str,
) -> Done | Wrong:
    """Do it with each, and say what became of them; what was pressed once is undone."""
    picked = asked.every("pick")
    if len(picked) > MOST or not all(each.isdecimal() and len(each) < 10 for each in picked):
        raise BadForm("pick")
    if not picked:
        return Wrong(say("Tick somebody first."))
    told: list[tuple[bool, Sayable]] = []
    for each in does([int(number) for number in picked], reason):
        name = each.name or say("Member {n}", n=each.member_id)
        is_done, what = (
            (False, say("That's not yours to do.")) if each.done is None else said(each.done)
        )
        told.append((is_done, say("{label}: {value}", label=name, value=what)))
    number = sum(is_done for is_done, _line in told)
    # What was not done stands first: it is what somebody has to look at.
    rows = [line for _is_done, line in sorted(told, key=lambda one: one[0])]
    if number and not is_sure(asked, sure):
        return Wrong(lines(*rows, say("Press once more to do it.")), sure)
    if not number:
        return Wrong(lines(*rows))
    return Done(HERE, lines(say_n("Done with {n} person.", "Done with {n} people.", number), *rows))
