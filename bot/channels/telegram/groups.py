"""Groups, where the station serves nobody: it says once a day that it talks to people alone."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels import Render
from bot.conversation.messages import Message, say

AWAY, THERE = ("left", "kicked"), ("member", "administrator")

IsFirstToday = Callable[[int, int], Awaitable[bool]]
"""Whether an update, by its number, is the first of its day to be answered in a group.

It is asked again for an update that is repeated, and then says the same. Raises StoreDown.
"""


@dataclass(slots=True)
class Me:
    """The bot itself; its ``username`` is empty until Telegram has told it."""

    number: int = 0
    username: str = ""


@dataclass(frozen=True, slots=True)
class GroupHints:
    """Words the hint, in the station's own language: nobody knows a group's."""

    render: Render
    is_first_today: IsFirstToday

    async def hint(self, group: int, update: int, me: Me) -> Message | None:
        """What to say in a group where the bot is addressed; None if it was said today."""
        if not me.username or not await self.is_first_today(group, update):
            return None
        link = f"https://t.me/{me.username}"
        said = say("I keep quiet in groups; talk to me alone there: {link}", link=link)
        return Message(self.render(said, ""))


def is_addressed(message: Mapping[Any, Any], me: Me) -> bool:
    """Whether somebody in a group wants the bot: by its name, a command with it, or a reply."""
    if not me.username:
        return False
    match message:
        case {"from": {"is_bot": True}} if "sender_chat" not in message:
            # Another bot; whoever writes in the name of a group is shown as a bot as well.
            return False
        case {"reply_to_message": {"from": {"id": int(number)}}} if number == me.number:
            return True
        case {"text": str(said)} | {"caption": str(said)}:
            name = re.escape(me.username)
            return bool(re.search(rf"(?:^|[^\w@]|/\w+)@{name}(?!\w)", said, re.IGNORECASE))
        case _:
            return False


def is_added(change: Mapping[Any, Any]) -> bool:
    """Whether somebody has just brought the bot into a group."""
    match change:
        case {"old_chat_member": {"status": before}, "new_chat_member": {"status": now}}:
            return before in AWAY and now in THERE
        case _:
            return False
