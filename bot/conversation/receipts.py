"""What platforms tell of messages that were sent."""

from datetime import datetime

from sqlmodel import Session

from bot.conversation.incoming import Incoming
from models.sending import reach
from models.store import StoreDown


def acknowledge(session: Session, incoming: Incoming, now: datetime) -> None:
    """Keep what became of messages; told twice it is the same, so nothing is put into the inbox."""
    address_id = reach.find_address(session, incoming.account, incoming.address)
    if address_id is None:
        return
    for consent in incoming.consents:
        reach.agree(session, address_id, consent.template, consent.times)
    for receipt in incoming.receipts:
        known = reach.acknowledge(
            session,
            address_id,
            receipt.reference,
            failure=receipt.failure,
            is_refused=receipt.is_refused,
            now=now,
        )
        if not known:
            raise StoreDown("a receipt came before its message was written down")
