"""What the station does for a channel, for tests of a channel by itself."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels import File, Services
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Attachment, Message, Sayable
from models.rules.languages import LANGUAGES

TUESDAY = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PHRASEBOOK = phrasebook()


def link_to(path: str) -> str:
    return "https://station.example" + path


def file_link(file: Attachment) -> str:
    return "https://station.example/files/" + file.name


def render(text: Sayable, language: str) -> str:
    """The words of the real catalogue; the station's own language is Chinese."""
    return to_text(text, PHRASEBOOK.reader(language or "zh", ZoneInfo("Asia/Shanghai"), TUESDAY))


async def listen(incoming: Incoming) -> Message | None:
    return None


async def make_file(file: Attachment) -> File:
    raise LookupError(file.name)


def services(**given: Any) -> Services:
    defaults: dict[str, Any] = {
        "listen": listen,
        "make_file": make_file,
        "file_link": file_link,
        "link_to": link_to,
        "now": lambda: TUESDAY,
        "render": render,
        "languages": list(LANGUAGES),
    }
    return Services(**defaults | given)
