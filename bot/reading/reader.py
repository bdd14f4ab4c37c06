"""Reads what the station does not understand by a language model, which chooses among intents."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson

from bot.reading.asking import Failed, ModelServer
from models.rules.sending.buckets import Buckets
from models.rules.understanding import choosing
from models.rules.understanding.choosing import Unread
from models.rules.understanding.hiding import GONE, hidden
from models.rules.understanding.intents import Understood

READ_SECONDS = 2.0
"""WeChat waits five seconds for an answer, and the store needs its part."""
MOST_TOKENS = 150

OLDER = (400, 404, 415, 422, 501)
"""What servers answer to a form of answer that they do not know."""

SAMPLE = Unread("这周末有什么好玩的", choosing.intents_for(organizes=False))
NOTHING = Understood(None)


class ModelReader:
    """A language model of the operator's choice.

    ``PER_CHAT`` questions at once, and one in ten seconds, are asked for one chat.
    """

    PER_CHAT = 6

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str = "",
        *,
        seconds: float = READ_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._monotonic = monotonic
        self._server = ModelServer("read", base_url, key, seconds=seconds, monotonic=monotonic)
        self._knows_schemas = True
        self._chats = Buckets(per_second=0.1, burst=self.PER_CHAT)

    async def close(self) -> None:
        await self._server.close()

    async def read(self, unread: Unread, chat: str) -> Understood:
        """Return what the words of a chat mean; without an intent where the model does not know.

        It never raises: a model that is away, slow or confused is as good as none.
        """
        sent = hidden(unread.text, unread.names)
        if not sent.replace(GONE, "").strip():
            return NOTHING
        if self._chats.wait(chat, self._monotonic()):
            self._server.count("refused")
            return NOTHING
        said = await self._server.ask(partial(self._choose, unread, sent))
        if said is None:
            return NOTHING
        self._server.count("chose" if said.intent is not None or said.answer else "unsure")
        return said

    async def trouble(self) -> str:
        """Ask it about a sample and close; return what is wrong, empty for nothing."""
        try:
            await self._server.within(partial(self._choose, SAMPLE, SAMPLE.text))
        except Failed as problem:
            return str(problem)
        finally:
            await self.close()
        return ""

    async def _choose(self, unread: Unread, sent: str) -> Understood:
        """Ask, by a schema where the server knows them. Raises Failed or NoAnswer."""
        status, answer = 0, None
        if self._knows_schemas:
            status, answer = await self._complete(unread, sent, _by_schema(unread))
            self._knows_schemas = status not in OLDER
        if not self._knows_schemas:
            status, answer = await self._complete(unread, sent, {"type": "json_object"})
        if status != 200:
            raise Failed(f"HTTP {status}")
        match answer:
            case {"choices": [{"message": {"content": str(content)}}, *_]}:
                return choosing.understood(content, unread, sent)
        raise Failed("an answer without a choice")

    async def _complete(
        self, unread: Unread, sent: str, form: Mapping[str, Any]
    ) -> tuple[int, Any]:
        body = {
            "model": self._model,
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "response_format": form,
            "messages": [
                {"role": "system", "content": choosing.instructions(unread)},
                # As JSON, so that no line of it looks like one of the instructions.
                {"role": "user", "content": orjson.dumps({"message": sent}).decode()},
            ],
        }
        return await self._server.post_json("/chat/completions", body)


def _by_schema(unread: Unread) -> Mapping[str, Any]:
    named = {"name": "choice", "strict": True, "schema": choosing.schema(unread)}
    return {"type": "json_schema", "json_schema": named}
