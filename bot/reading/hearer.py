"""Makes text of voice messages by a model for transcription."""

import io
import time
import wave
from collections.abc import Callable
from functools import partial

from aiohttp import FormData

from bot.conversation.incoming import Sound
from bot.reading.asking import Failed, ModelServer
from models.rules.sending.buckets import Buckets

HEAR_SECONDS = 8.0
"""WeChat brings a message three times, five seconds apart; fetching and reading need their part."""
LONGEST_TEXT = 500
SAMPLE_RATE = 8000


class ModelHearer:
    """A model for transcription; limits for one chat are those of the reader."""

    PER_CHAT = 6

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str = "",
        *,
        seconds: float = HEAR_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._monotonic = monotonic
        self._server = ModelServer("hear", base_url, key, seconds=seconds, monotonic=monotonic)
        self._chats = Buckets(per_second=0.1, burst=self.PER_CHAT)

    async def close(self) -> None:
        await self._server.close()

    async def hear(self, sound: Sound, chat: str) -> str:
        """Return what was said, empty where that is not to be had. Never raises."""
        if self._chats.wait(chat, self._monotonic()):
            self._server.count("refused")
            return ""
        text = await self._server.ask(partial(self._transcribe, sound))
        if text is None:
            return ""
        self._server.count("chose" if text else "unsure")
        return text

    async def trouble(self) -> str:
        """Send a second of silence and close; return what is wrong, empty for nothing."""
        try:
            await self._server.within(partial(self._transcribe, Sound("voice.wav", _silence())))
        except Failed as problem:
            return str(problem)
        finally:
            await self.close()
        return ""

    async def _transcribe(self, sound: Sound) -> str:
        form = FormData()
        form.add_field("file", sound.content, filename=sound.name)
        form.add_field("model", self._model)
        form.add_field("response_format", "json")
        status, answer = await self._server.post("/audio/transcriptions", form)
        if status != 200:
            raise Failed(f"HTTP {status}")
        match answer:
            case {"text": str(text)}:
                return text.replace("\x00", "").strip()[:LONGEST_TEXT]
        raise Failed("an answer without a text")


def _silence() -> bytes:
    """A second of it, as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(bytes(2 * SAMPLE_RATE))
    return file.getvalue()
