"""Objections to those who are proposed for an award."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Reply, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.contests.award_buttons import (
    AWARDS,
    ObjectTo,
)
from handlers.contests.dossiers import refused, sentences
from handlers.contests.finding import found
from models.contests import awards, deciding, nominations
from models.contests.awards import NotDone, WhyNot
from models.contests.deciding import Kept
from models.desk.telling import TooMany

router = Router()


@router.dialog("award-objection")
def objection(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    nomination = start["nomination"]
    if not nomination:
        nomination = yield Question(
            "who",
            say("About whom?"),
            options=tuple(Option(str(number), name) for number, name in start["proposed"]),
        )
    text = yield Question(
        "text",
        say("What speaks against it? Only those who decide on the award read it."),
        check=sentences,
        many_lines=True,
    )
    named = yield Question(
        "named",
        say("With your name?"),
        options=(Option("yes", say("With my name")), Option("no", say("Without a name"))),
    )
    return int(nomination), text, named == "yes"


@router.button(ObjectTo)
def object_to(chat: Chat, press: ObjectTo) -> Reply:
    row = awards.of_contest(chat.session, press.contest_id)
    if row is None or found(chat, press.contest_id) is None:
        return refused(WhyNot.NOT_OPEN)
    if row.notice_until is None or chat.now >= row.notice_until:
        return refused(WhyNot.NOT_OPEN)
    proposed = [
        [row.id, row.shown_name]
        for row, _entry in nominations.shown(chat.session, press.contest_id)
    ]
    only = proposed[0][0] if len(proposed) == 1 else 0
    return objection.begin(chat, nomination=press.nomination_id or only, proposed=proposed)


@objection.done
def keep_objection(chat: Chat, form: tuple[int, str, bool]) -> Reply:
    number, text, with_name = form
    done = deciding.object_to(
        *(chat.session, number, text, chat.member, chat.care, chat.now), with_name=with_name
    )
    match done:
        case Kept():
            return Reply(
                say("✅ Passed on. It's answered before anything is decided."),
                buttons=(AWARDS, MENU),
            )
        case TooMany():
            return Reply(
                say("That's many letters for one day. Write again tomorrow."), buttons=(MENU,)
            )
        case NotDone(why):
            return refused(why)
        case never:
            assert_never(never)
