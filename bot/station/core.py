"""What all parts of a process share: settings, store, clock, dispatcher."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

import structlog

from bot.channels import LinkTo, Services
from bot.channels.leases import LASTS, Lease
from bot.conversation.dispatch import Dispatcher
from bot.conversation.finding import Routes
from bot.conversation.language import Phrasebook, Reader, phrasebook, to_text
from bot.conversation.messages import Sayable
from bot.conversation.watched import Span, Watched, untraced
from bot.reading import Models
from bot.station.extending import Extensions, found
from bot.station.files import Files
from bot.station.parts import EVERYTHING, Part
from bot.station.settings import Settings
from models.rules.languages import LANGUAGES
from models.rules.understanding import classifier
from models.sending import speakers
from models.store import Store, blobs, keys

log = structlog.get_logger(__name__)

Now = Callable[[], datetime]
"""Returns the present moment, aware."""


@dataclass(frozen=True, slots=True)
class Core:
    """What the channels and the worker of a process share; ``models`` read and hear.

    ``extensions`` are what other distributions add. ``process`` distinguishes this process from the
    station's others: ``host:pid:random``.
    """

    settings: Settings
    store: Store
    now: Now
    parts: frozenset[Part]
    process: str
    routes: Routes
    phrasebook: Phrasebook
    dispatcher: Dispatcher
    watched: Watched
    files: Files
    link_to: LinkTo
    models: Models
    extensions: Extensions

    def runs(self, *parts: Part) -> bool:
        """Whether this process runs any of these parts."""
        return not self.parts.isdisjoint(parts)

    def reader(self, language: str) -> Reader:
        """A reader of this language, in the station's zone."""
        return self.phrasebook.reader(language, self.settings.care().zone, self.now())

    async def close(self) -> None:
        """Let go of what was connected, at the end."""
        await self.models.close()

    def services(self) -> Services:
        """What the station does for its channels."""
        own = self.settings.station.language

        def render(text: Sayable, language: str) -> str:
            return to_text(text, self.reader(language or own))

        return Services(
            listen=self.watched.listen,
            make_file=self.files.make,
            file_link=self.files.link,
            link_to=self.link_to,
            now=self.now,
            render=render,
            languages=sorted(LANGUAGES, key=lambda each: each != own),
        )

    def lease(self, name: str) -> Lease:
        """A lease that one of the station's processes holds at a time."""
        lasts = timedelta(seconds=LASTS)

        async def claim() -> bool:
            lease = (name, self.process, lasts, self.now())
            return await self.store.write(speakers.claim, *lease)

        async def release() -> None:
            await self.store.write(speakers.release, name, self.process, self.now())

        return Lease(claim, release)


def build_core(
    settings: Settings,
    store: Store,
    now: Now,
    parts: frozenset[Part] = EVERYTHING,
    span: Span = untraced,
) -> Core:
    """Build what a process of these parts needs whatever its channels are."""
    extensions = found()
    routes, words = extensions.routes(), phrasebook()
    # Read now, so that nobody's message waits for it inside the writing turn.
    classifier.weights()
    given = settings.reader
    models = Models(
        given.base_url,
        given.api_key.get_secret_value(),
        reads=given.model,
        hears=given.transcription_model,
    )
    link_to = partial(_public_address, settings.server.public_url)
    dispatcher = Dispatcher(
        store,
        routes,
        words,
        settings.care(),
        now,
        station=settings.station.called,
        default_language=settings.station.language,
        read=models.read,
        hear=models.hear,
        link_to=link_to,
    )
    try:
        # The folder names a key that is committed, or a store that was killed would lose its own.
        store.write_now(keys.shared, blobs.OWNING)
        store.read_now(blobs.claim)
    except blobs.FolderDown as problem:
        # Everything but pictures goes on without it.
        log.error("the folder of pictures cannot be used", reason=str(problem))
    key = store.write_now(keys.shared, "files")
    own = settings.station.language
    files = Files(store, routes.files, link_to, key, now, rights=routes.rights, language=own)
    process = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    watched = Watched(dispatcher.listen, span)
    parts_of = (routes, words, dispatcher, watched, files, link_to, models)
    return Core(settings, store, now, parts, process, *parts_of, extensions)


def _public_address(origin: str, path: str) -> str:
    return f"{origin}{path}" if origin else ""
