"""What was left before its end: offered again, gone on with, or given up by saying so."""

from dataclasses import dataclass

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.drafts import GoOn
from bot.conversation.messages import Action, Button, Reply, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE
from handlers.announcements import audiences as announcing

router = Router()


@dataclass(frozen=True, slots=True)
class Drop(Action, tag="drop-draft"):
    """Gives up the draft of this number."""

    number: int


def unfinished(chat: Chat, *, writes: bool = True) -> tuple[Button, ...]:
    """The way back into what was left last; an announcement only for one who ``writes`` some."""
    if (button := drafts.go_on(chat)) is not None:
        return (button,)
    row = announcing.unsent(chat) if writes else None
    return (announcing.go_on(row),) if row is not None else ()


@router.button(GoOn)
def go_on(chat: Chat, press: GoOn) -> Reply:
    """Open this draft again; of one that is open, or open again, the newest is meant."""
    kept = drafts.useful(chat)
    draft = next((each for each in kept if each.number == press.number), next(iter(kept), None))
    if draft is not None:
        drafts.take(chat, draft.number)
        reply = chat.drafts[draft.state.topic].resume(chat, draft.state)
        if reply is not None:
            return reply
    return Reply(say("There is nothing left to go on with."), buttons=(MENU,))


@router.command("goon", zh="继续写公告", also=("继续", "接着写", "go on"))
def go_on_by_words(chat: Chat, words: str) -> Reply:
    kept = drafts.useful(chat)
    row = announcing.unsent(chat) if not kept or words else None
    return announcing.unsent_card(row) if row is not None else go_on(chat, GoOn(0))


@router.command("drop", zh="不发了", also=("算了", "不写了", "不弄了", "never mind"), alone=True)
@router.gives_up
def give_up(chat: Chat, words: str) -> Reply:
    """Leave the open question for good; without one, ask whether the draft is meant."""
    if chat.has_given_up:
        return Reply(say("All right, nothing was kept."), buttons=(EVENTS, MENU))
    kept = drafts.useful(chat)
    if kept:
        drop = Button(say("Drop it"), Drop(kept[0].number))
        return Reply(
            say("You have left something unfinished. Drop it?"), buttons=(*unfinished(chat), drop)
        )
    row = announcing.unsent(chat)
    if row is not None:
        return announcing.unsent_card(row)
    return Reply(say("All right, nothing was changed."), buttons=(MINE, EVENTS, MENU))


@router.button(Drop)
def drop(chat: Chat, press: Drop) -> Reply:
    drafts.take(chat, press.number)
    return Reply(say("All right, nothing was kept."), buttons=(EVENTS, MENU))
