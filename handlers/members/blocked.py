"""What members are told who are blocked; what they may still do is declared where that is done."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, REPORT, TEAMS, ShowPrivacy
from models.network.members import FOR_GOOD, is_blocked
from models.sending.reasons import Reason

router = Router()

DATA = Button(say("My data"), ShowPrivacy())


@router.bars_blocked
def refuse(chat: Chat) -> Reply:
    """The answer to everything but their own data and help."""
    return Reply(
        lines(
            _until(chat),
            say("Your data is here, and help: write what is wrong, any time."),
        ),
        buttons=(REPORT, DATA),
    )


def _until(chat: Chat) -> Sayable:
    until = chat.member.blocked_until
    if until is None or until >= FOR_GOOD:
        return say("You can't take part here at present.")
    return say("You can't take part here until {day}.", day=When(until))


@router.notice("blocked")
def told_blocked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    if not is_blocked(chat.member, chat.now):
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            _until(chat),
            say("Organizers decided so, to protect others; your seats went to the next in line."),
            say(
                "If that's not right, tell us here or call the union, {union}.",
                union=chat.care.help_lines.union,
            ),
        ),
        buttons=(REPORT, DATA),
    )


@router.notice("unblocked")
def told_unblocked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    if is_blocked(chat.member, chat.now):
        return Drop(Reason.OUTDATED)
    return Reply(
        say("✅ You can take part again. Good to have you back."), buttons=(EVENTS, TEAMS, MENU)
    )
