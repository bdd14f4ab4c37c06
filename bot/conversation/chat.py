"""All that a handler gets: the session, the member who talks, the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, TypeVarTuple

from sqlmodel import Session

from bot.conversation.messages import Bilingual, Incoming
from models.network.members import Caller
from models.network.stations import Care

Asked = TypeVarTuple("Asked")
Seen = TypeVar("Seen")


class Unseen(Exception):
    """A handler asks for what has not been looked up yet: nothing it did is kept."""

    def __init__(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
        super().__init__(fn.__name__)
        self.fn = fn
        self.args_of_fn = args


@dataclass(slots=True)
class Chat:
    """One exchange with one member, inside one transaction.

    ``station`` is what the station calls itself. ``incoming`` is None where it speaks first, in a
    notice. ``seen`` is what was looked up for this exchange so far; None where it is a read itself.
    """

    session: Session
    member: Caller
    now: datetime
    care: Care
    station: Bilingual
    incoming: Incoming | None = None
    seen: dict[tuple[Callable[..., Any], tuple[Any, ...]], Any] | None = None

    def look(self, fn: Callable[[Session, *Asked], Seen], *args: *Asked) -> Seen:
        """What ``fn(session, *args)`` finds, beside the writers: for counts that may take long.

        Where it has not been looked up yet the exchange is undone, and begun anew once it has. So a
        handler looks first and writes afterwards; what it wrote before is not yet to be seen.
        """
        if self.seen is None:
            return fn(self.session, *args)
        if (fn, args) not in self.seen:
            raise Unseen(fn, args)
        found: Seen = self.seen[fn, args]
        return found

    @property
    def language(self) -> str:
        return self.member.language

    @property
    def has_consented(self) -> bool:
        return self.member.consented_at is not None
