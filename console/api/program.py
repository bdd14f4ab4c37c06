"""Who asks by a token: a member's desk without a browser, narrowed by the token's scopes."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from bot.conversation.language import Reader
from console.desk import Desk, House
from models.network import roles, tokens
from models.network.stations import Station
from models.network.tokens import ApiToken


@dataclass
class Program(Desk):
    """``place`` is the station of the role to which the token belongs.

    ``language`` is the one in which the program is told what is wrong.
    """

    token: ApiToken
    place: Station
    language: str

    @cached_property
    def reader(self) -> Reader:
        return self.house.phrasebook.reader(self.language, self.care.zone, self.now)

    def local(self, at: datetime) -> datetime:
        """A moment with the offset of the station's zone, as every answer tells it."""
        return at.astimezone(self.care.zone)


def program_of(
    session: Session, house: House, secret: str, language: str, now: datetime
) -> Program | None:
    """The program of a token, while it lasts and its member holds the role it belongs to."""
    held = tokens.find(session, secret, now)
    if held is None:
        return None
    grants = roles.grants_of(session, held.member.id, now)
    return Program(
        *(session, house, held.member, None, grants, (), now),
        *(held.token, held.station, language),
    )
