"""Who sent a message, looked at before its turn, and what they send besides words."""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from bot.conversation.incoming import Incoming
from models.network import members
from models.network.members import Caller
from models.sending import reach
from models.store import Store


def sender_of(session: Session, incoming: Incoming) -> Caller | None:
    """The member who wrote from this address; None for one who is new, or was erased."""
    address_id = reach.find_address(session, incoming.account, incoming.address)
    return members.at_address(session, address_id) if address_id is not None else None


async def keep_aside(
    store: Store,
    incoming: Incoming,
    contents: Sequence[bytes],
    has_enough: Callable[[Session, int], bool],
) -> None:
    """Have contents on the disk before anybody waits for their row, where a folder keeps them.

    ``has_enough`` reads of a member whether more of it is not taken; then nothing is written.
    Raises StoreDown.
    """

    def are_taken(session: Session) -> bool:
        sender = sender_of(session, incoming)
        return sender is not None and not has_enough(session, sender.id)

    await store.keep_aside(contents, are_taken)
