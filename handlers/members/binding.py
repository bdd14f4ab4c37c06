"""Rows of files and their people: a staff number proposes, an organizer decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Reply, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE, PROFILE
from handlers.words import person, station_name
from models.members import binding
from models.members.binding import BindingNotDecided, NotProposed
from models.sending.reasons import Reason

router = Router()


@dataclass(frozen=True, slots=True)
class DecideBinding(Action, tag="bind"):
    """Says whether the row of a proposal is its member's."""

    request_id: int
    yes: int


@router.command("staff", zh="工号", also=("staff number",))
def propose(chat: Chat, words: str) -> Reply:
    """``工号 NUMBER NAME`` proposes that the row with these is theirs."""
    number, _, name = words.partition(" ")
    if not number or not name.strip():
        return Reply(
            say("Write “staff”, your staff number and your name: staff 0317 Li Wei."),
            buttons=(MENU,),
        )
    why = binding.propose(chat.session, chat.member, number, " ".join(name.split()), chat.now)
    if why is NotProposed.TOO_MANY:
        return Reply(say("Too many wrong codes. Try again in ten minutes."), buttons=(MENU,))
    return Reply(
        lines(
            say("Noted. If number and name stand in the list, your town's organizers are asked."),
            say("With a personal code it goes at once: “claim” and the code."),
        ),
        buttons=(MENU,),
    )


@router.notice("bind-asked")
def asked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = binding.proposal(chat.session, facts["request_id"], chat.member.id, chat.now)
    if isinstance(found, BindingNotDecided):
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say(
                "{who} says they are {name} in the list, staff number {number}, {place}.",
                who=person(found.by.name, found.by.id),
                name=found.row.name,
                number=found.row.staff_number,
                place=station_name(found.station),
            ),
            say("Do you know that it is so? A number and a name can be known to others."),
        ),
        buttons=(
            Button(say("It is them"), DecideBinding(found.id, 1)),
            Button(say("It is not"), DecideBinding(found.id, 0)),
        ),
    )


ANSWERED = {
    "yes": say("✅ Bound. They are told."),
    "no": say("✅ Not bound. They are told."),
    "over": say("This is decided, or not yours to decide."),
}
"""What an organizer reads of a decision."""


@router.button(DecideBinding)
def decide(chat: Chat, press: DecideBinding) -> Reply:
    yes = bool(press.yes)
    outcome = binding.decide(
        chat.session, press.request_id, chat.member.id, yes=yes, care=chat.care, now=chat.now
    )
    if outcome is not None:
        return Reply(ANSWERED["over"], buttons=(MENU,))
    return Reply(ANSWERED["yes" if yes else "no"], buttons=(MENU,))


@router.notice("bind-answered")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    text = (
        say("✅ You are the one in the list: {name}.", name=chat.member.name)
        if facts["bound"]
        else say("The organizers couldn't confirm your staff number. Ask them for your code.")
    )
    return Reply(text, buttons=(MINE, PROFILE, MENU))
