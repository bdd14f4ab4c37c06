"""Voice messages that the open question takes as sounds: fetched, and copied for browsers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session

from bot.conversation.finding import Routes
from bot.conversation.incoming import Incoming, Voice
from bot.conversation.senders import keep_aside, sender_of
from models.contests import sounds
from models.rules.contests.recording import LARGEST, LONGEST, Recording, recorded
from models.sending import inbox
from models.store import Store, StoreDown

log = structlog.get_logger()


class Recordings:
    """Lets the sounds in that are asked for; of others nothing is fetched."""

    def __init__(self, store: Store, routes: Routes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._routes = routes
        self._now = now
        self._decoding = asyncio.Lock()

    async def taken(self, incoming: Incoming, voice: Voice) -> Incoming:
        """The message with its sound; as it was where none is asked for. Raises StoreDown.

        Where one is asked for and cannot be had, it is a message without words.
        """
        recording = None
        try:
            if not await self._store.read(self._is_wanted, incoming):
                return incoming
            if voice.size <= LARGEST and voice.seconds <= LONGEST:
                sent = await voice.fetch()
                recording = await self._record(sent.content) if sent is not None else None
            if recording is not None:
                has_enough = partial(self._has_enough, recording)
                contents = (recording.content, recording.copy_content)
                await keep_aside(self._store, incoming, contents, has_enough)
        except StoreDown:
            raise
        except Exception:
            log.exception("a sound was not taken", account=incoming.account)
        return replace(incoming, voice=None, text="", recording=recording, not_text=True)

    def _is_wanted(self, session: Session, incoming: Incoming) -> bool:
        """Whether it is new, and an open question of a member who has consented takes it."""
        if inbox.repeated(session, incoming.account, incoming.key)[0]:
            return False
        caller = sender_of(session, incoming)
        if caller is None or caller.consented_at is None:
            return False
        return self._routes.takes_sound(caller.dialog)

    def _has_enough(self, recording: Recording, session: Session, member_id: int) -> bool:
        return sounds.has_enough(session, member_id, recording, self._now())

    async def _record(self, content: bytes) -> Recording | None:
        """Copy one after the other, so that many at once do not take the machine."""
        async with self._decoding:
            return await asyncio.to_thread(recorded, content)
