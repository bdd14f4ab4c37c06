"""Who sits at the desk: one request of a signed-in organizer, inside one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import Phrasebook, Reader, to_text
from bot.conversation.messages import Sayable
from models.announcements.progress import Watched
from models.desk.recall import Recall
from models.network import members, roles
from models.network.consoles import ConsoleSession
from models.network.members import Member
from models.network.roles import Grant, NotAllowed
from models.network.stations import Care, Station
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.permissions import Act, Held


@dataclass(frozen=True, slots=True)
class House:
    """What every request shares. ``called`` is the station's name, ``home`` its language.

    ``link_to`` makes the public address of a path; it is empty where the station has none.
    ``problems`` are the accounts that do not work, and why; ``recall`` finds known answers,
    ``watched`` keeps counts of announcements that go out.
    """

    care: Care
    phrasebook: Phrasebook
    called: Translated
    home: str
    link_to: Callable[[str], str]
    problems: Callable[[], Mapping[str, str]]
    recall: Recall = field(default_factory=Recall)
    watched: Watched = field(default_factory=Watched)


@dataclass
class Desk:
    """``grants`` are the roles in force of the member who asks, with their stations.

    ``helps`` are the events at which they help for an evening. ``signed_in`` is their browser's
    session; None where a program asks for them.
    """

    session: Session
    house: House
    member: Member
    signed_in: ConsoleSession | None
    grants: Sequence[tuple[Grant, Station]]
    helps: Sequence[int]
    now: datetime
    held: Sequence[Held] = field(init=False)

    def __post_init__(self) -> None:
        self.held = [
            Held(grant.role, station.path, grant.team_id, grant.until)
            for grant, station in self.grants
        ]

    @property
    def browser(self) -> ConsoleSession:
        """The session of the browser that asks, for what only a browser asks."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def care(self) -> Care:
        return self.house.care

    @cached_property
    def reader(self) -> Reader:
        return self.house.phrasebook.reader(self.member.language, self.care.zone, self.now)

    def in_words(self, said: Sayable) -> str:
        return to_text(said, self.reader)

    @cached_property
    def chat(self) -> Chat:
        """This member as a chat that nobody writes in, for words that the handlers have."""
        house = self.house
        return Chat(
            self.session,
            members.without_address(self.member),
            self.now,
            self.care,
            house.called,
            house.phrasebook,
            house.home,
            link_to=house.link_to,
        )

    # Rights

    def holds(self, act: Act | None) -> bool:
        """Whether the member may do this anywhere; None is for everybody who holds a role."""
        if act in permissions.FOR_AN_EVENING and self.helps:
            return True
        return any(act is None or each.role in permissions.roles_for(act) for each in self.held)

    def may(
        self,
        act: Act,
        station: Station | None,
        *,
        team_id: int | None = None,
        event_id: int | None = None,
    ) -> bool:
        about = {"team_id": team_id, "event_id": event_id}
        return station is not None and roles.may(
            self.session, self.member.id, act, station, self.now, **about
        )

    def require(
        self,
        act: Act,
        station: Station | None,
        *,
        team_id: int | None = None,
        event_id: int | None = None,
    ) -> None:
        """Raises NotAllowed, which the browser is answered with 403, where the member may not."""
        if not self.may(act, station, team_id=team_id, event_id=event_id):
            raise NotAllowed(act)

    def places(self, act: Act) -> list[Station]:
        """The stations at which, and below which, the member may do this; the highest first."""
        allowed = permissions.roles_for(act)
        found = {
            station.id: station
            for grant, station in self.grants
            if grant.role in allowed and grant.role not in permissions.LEADERS
        }
        highest = sorted(found.values(), key=lambda each: (len(each.path), each.path))
        return [
            each
            for each in highest
            if not any(
                other.id != each.id and each.path.startswith(other.path) for other in highest
            )
        ]

    def teams(self, act: Act) -> list[int]:
        """The teams in which the member may do this as one who leads them."""
        allowed = permissions.roles_for(act)
        return [
            grant.team_id
            for grant, _station in self.grants
            if grant.role in allowed and grant.team_id is not None
        ]
