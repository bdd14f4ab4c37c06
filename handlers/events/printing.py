"""What is printed of events: as which file, and in whose words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Attachment, Sayable
from papers.facts import Format

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KINDS: dict[Format, str] = {"pdf": "application/pdf", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Words:
    """Puts texts into a language and dates into a zone, as of a time."""

    language: str
    zone: ZoneInfo
    now: datetime

    @classmethod
    def in_full(cls, language: str, zone: ZoneInfo) -> Self:
        """Words that hold for years: no day is so near that its year goes without saying."""
        return cls(language, zone, LONG_AGO)

    @classmethod
    def of(cls, language: str, zone: str, at: str) -> Self:
        return cls(language, ZoneInfo(zone), datetime.fromisoformat(at))

    def __call__(self, said: Sayable) -> str:
        return to_text(said, phrasebook().reader(self.language, self.zone, self.now))


def printed(chat: Chat, called: str, maker: str, number: int, *, is_picture: bool) -> Attachment:
    """The file of a paper, for a maker of ``(number, language, zone, station, now, format)``."""
    format: Format = "png" if is_picture else "pdf"
    station, zone = chat.in_words(chat.station), str(chat.care.zone)
    args = (number, chat.language, zone, station, chat.now.isoformat(), format)
    return Attachment(f"{called}.{format}", KINDS[format], maker, args)


def format_of(said: str) -> Format:
    return "png" if said == "png" else "pdf"
