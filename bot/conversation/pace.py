"""How fast one chat may write, and what of it was left out."""

from collections import OrderedDict

from bot.conversation.messages import Reply, say_n
from models.rules.sending.buckets import Buckets

WRITES, WRITES_AT_ONCE = 0.8, 120
"""What one chat may write a second in the long run, and at once. It is less than the one message a
second that Telegram takes for a chat: so what is owed to somebody who floods still gets its turn
among the answers."""

REMEMBERED = 20_000
"""Of how many chats it is known at most that something of theirs was left out."""


class LeftOut:
    """How many messages of a chat were left out unsaid since it was last answered.

    Whoever writes too fast is told so once in ten seconds, for more would be a flood of answers;
    the rest is told with the next answer, so that nobody waits for one that never comes.
    """

    def __init__(self) -> None:
        self._told = Buckets(per_second=0.1, burst=1)
        self._unsaid: OrderedDict[str, int] = OrderedDict()

    def note(self, chat: str, now: float) -> bool:
        """Count a message that is left out; return whether its chat is told so at once."""
        if not self._told.wait(chat, now):
            return True
        self._unsaid[chat] = self._unsaid.pop(chat, 0) + 1
        while len(self._unsaid) > REMEMBERED:
            self._unsaid.popitem(last=False)
        return False

    def unsaid(self, chat: str) -> int:
        """Return how many the chat has not been told of."""
        return self._unsaid.get(chat, 0)

    def say(self, chat: str, number: int) -> None:
        """Note that the chat has been told of this many."""
        left = self._unsaid.get(chat, 0) - number
        if left > 0:
            self._unsaid[chat] = left
        else:
            self._unsaid.pop(chat, None)


def left_out(number: int) -> Reply:
    """What is said of messages that were left out without a word."""
    return Reply(
        say_n(
            "⚠️ Before this I've left out {n} message; send again what matters.",
            "⚠️ Before this I've left out {n} messages; send again what matters.",
            number,
        )
    )
