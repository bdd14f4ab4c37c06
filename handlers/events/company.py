"""Who comes along with whom, in words."""

from collections.abc import Sequence
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, Sayable, listing, say, say_n
from handlers.actions import GiveUp, LeaveOut, OpenEvent
from handlers.words import title
from models.events import parties
from models.events.events import Event, Signup
from models.events.parties import Companion
from models.network import members
from models.store.compiled import Row


def with_you(chat: Chat, claim: Row | None, brought: Sequence[Companion] = ()) -> Sayable | None:
    """Who comes along with the member of a claim, in a line; or with whom they come.

    Those of a claim that was made just now are the ``brought``, and not read.
    """
    if claim is None:
        return None
    if claim.party_id is not None:
        leader = chat.session.get(Signup, claim.party_id)
        name = members.names_of(chat.session, [leader.member_id or 0]) if leader else {}
        who = next(iter(name.values()), "")
        return say("Together with {name}.", name=who) if who else None
    others = brought or parties.company(chat.session, claim.id)
    if not others:
        return None
    return say("With you: {people}.", people=listing(*_people(chat, others)))


def _people(chat: Chat, others: Sequence[Row | Companion]) -> list[Sayable]:
    """Those who come along: by name, and how many have none."""
    named = [name for each in others if (name := _name(chat, each))]
    kids = sum(each.is_child for each in others if not _name(chat, each))
    grown = len(others) - len(named) - kids
    said: list[Sayable] = [*named]
    if grown:
        said.append(how_many(grown, 0))
    if kids:
        said.append(how_many(0, kids))
    return said


def _name(chat: Chat, claim: Signup | Companion | Row) -> str:
    name: str = claim.name
    if claim.member_id is None:
        return name
    return members.names_of(chat.session, [claim.member_id]).get(claim.member_id, "") or name


def called(chat: Chat, claim: Signup) -> Sayable:
    """One of a party as its leader reads it."""
    if claim.member_id == chat.member.id:
        return say("My own")
    kind = say("one child") if claim.is_child else say("one of the others")
    return _name(chat, claim) or kind


def ask_who_stays_away(chat: Chat, event: Event, others: Sequence[Signup]) -> Reply:
    """Whether all give up, or one of those who come along."""
    choices: list[tuple[Sayable, Any]] = [(say("All of us"), GiveUp(event.id, 1))]
    choices += [(called(chat, each), LeaveOut(event.id, each.id)) for each in others]
    return Reply(
        say("Who can't come to {title}?", title=title(event)),
        tuple(Choice(number, *each) for number, each in enumerate(choices, start=1)),
        (Button(say("Keep it"), OpenEvent(event.id)),),
    )


def how_many(grown: int, kids: int) -> Sayable:
    if kids:
        return say_n("{n} child", "{n} children", kids)
    return say_n("{n} person", "{n} people", grown)
