"""All that a handler gets: the session, the member who talks, the time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.messages import Incoming
from models.members import Caller
from models.stations import Care


@dataclass(slots=True)
class Chat:
    """One exchange with one member, inside one transaction.

    ``incoming`` is None where the station speaks first, in a notice.
    """

    session: Session
    member: Caller
    now: datetime
    care: Care
    incoming: Incoming | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.member.language

    @property
    def has_consented(self) -> bool:
        return self.member.consented_at is not None
