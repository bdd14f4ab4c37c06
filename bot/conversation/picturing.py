"""Pictures that people send: fetched only where the open question takes one, and made anew."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.conversation.finding import Routes
from bot.conversation.incoming import Fetch, Incoming, Picture
from bot.conversation.senders import keep_aside, sender_of
from models.events import pictures
from models.rules.events.picturing import cleaned
from models.sending import inbox
from models.store import Store, StoreDown

log = structlog.get_logger()


class Pictures:
    """Lets the pictures in that are asked for."""

    def __init__(self, store: Store, routes: Routes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._routes = routes
        self._now = now
        self._decoding = asyncio.Lock()

    async def taken(self, incoming: Incoming, fetch: Fetch) -> Incoming:
        """The message with its picture; without one where none is asked for or to be had.

        Raises StoreDown.
        """
        picture = None
        try:
            if await self._store.read(self._is_wanted, incoming):
                sent = await fetch()
                picture = await self._clean(sent) if sent is not None else None
            if picture is not None:
                await keep_aside(self._store, incoming, [picture.content], self._has_enough)
        except StoreDown:
            raise
        except Exception:
            log.exception("a picture was not taken", account=incoming.account)
        return replace(incoming, fetch=None, picture=picture, not_text=True)

    def _has_enough(self, session: Session, member_id: int) -> bool:
        return pictures.has_enough(session, member_id, self._now())

    def _is_wanted(self, session: Session, incoming: Incoming) -> bool:
        """Whether a question or a command of a member who has consented takes it."""
        account = incoming.account
        if inbox.repeated(session, account, incoming.key)[0]:
            return False
        if incoming.album and inbox.is_taken(session, account, album_of(incoming), incoming.key):
            return False
        caller = sender_of(session, incoming)
        if caller is None or caller.consented_at is None:
            return False
        return self._routes.takes_picture(caller.dialog, incoming.text)

    async def _clean(self, sent: Picture) -> Picture | None:
        """Let only the pixels of a picture in; what cannot be decoded counts as no picture.
        Pictures are decoded one after the other, so that many at once do not fill the memory.
        """
        async with self._decoding:
            made = await asyncio.to_thread(cleaned, sent.content)
        return Picture(*made) if made is not None else None


def album_of(incoming: Incoming) -> str:
    """The name in the inbox of what came together."""
    return f"album {incoming.address} {incoming.album}"
