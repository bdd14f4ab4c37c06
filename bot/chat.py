"""All that a handler gets: the session, the member who talks, the time."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.messages import Bilingual, Incoming
from models.members import Caller
from models.stations import Care


@dataclass(slots=True)
class Chat:
    """One exchange with one member, inside one transaction.

    ``station`` is what the station calls itself. ``incoming`` is None where it speaks first, in a
    notice.
    """

    session: Session
    member: Caller
    now: datetime
    care: Care
    station: Bilingual
    incoming: Incoming | None = None

    @property
    def language(self) -> str:
        return self.member.language

    @property
    def has_consented(self) -> bool:
        return self.member.consented_at is not None
