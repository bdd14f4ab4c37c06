"""What a member's roles let them do, and what of it waits; shown by help and the menu."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Sayable, say, say_n
from handlers.announcements.audiences import Announce
from handlers.desk.answering import DESK
from handlers.events.buttons import MY_EVENTS, NewEvent
from handlers.teams.approvals import ListPending, waiting_teams
from models.desk import listing
from models.events import publishing
from models.network import roles
from models.rules.network import permissions
from models.rules.network.permissions import Act, Role

NEW_EVENT = Button(say("New event"), NewEvent())
ANNOUNCE = Button(say("Announce"), Announce())
PENDING = Button(say("Teams to approve"), ListPending())


def roles_of(chat: Chat) -> frozenset[Role]:
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    return frozenset(each.role for each in held)


def can(mine: frozenset[Role], *acts: Act) -> bool:
    """Whether roles like these may do one of the acts somewhere."""
    return any(mine & permissions.roles_for(act) for act in acts)


def buttons_for(mine: frozenset[Role]) -> tuple[Button, ...]:
    """The three jobs that organizers come for, as far as these roles may do them."""
    buttons = []
    if can(mine, Act.PUBLISH_EVENT):
        buttons.append(NEW_EVENT)
    if can(mine, Act.RUN_EVENT, Act.CHECK_IN):
        buttons.append(MY_EVENTS)
    if can(mine, Act.ANNOUNCE, Act.POST_TO_TEAM):
        buttons.append(ANNOUNCE)
    return tuple(buttons)


def desk_for(chat: Chat, mine: frozenset[Role]) -> tuple[Button, ...]:
    """The desk, with how many letters wait there for this organizer; nothing for others."""
    if not mine:
        return ()
    number = listing.count_waiting(chat.session, chat.member.id, chat.now)
    if number:
        return (Button(say("Letters ({n})", n=number), DESK.action),)
    return (DESK,) if can(mine, Act.ANSWER_THREAD) else ()


def waiting(chat: Chat) -> list[tuple[Sayable, Button]]:
    """What waits for an answer of this member: how much of it, and the button that shows it."""
    chores: list[tuple[Sayable, Button]] = []
    asked = len(publishing.to_be_answered(chat.session, chat.member.id, chat.now))
    if asked:
        chores.append((say_n("{n} event", "{n} events", asked), MY_EVENTS))
    proposed = len(waiting_teams(chat))
    if proposed:
        chores.append((say_n("{n} team", "{n} teams", proposed), PENDING))
    unanswered = listing.count_waiting(chat.session, chat.member.id, chat.now)
    if unanswered:
        chores.append((say_n("{n} letter", "{n} letters", unanswered), DESK))
    return chores
