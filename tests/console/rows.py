"""Events of the desk's stories, as they stand in the store."""

from sqlmodel import Session

from models.events.events import Event
from tests.console.browsing import Nanhai


def keep(desks: Nanhai, *rows: Event) -> list[int]:
    """Store these events; return their numbers."""

    def add(session: Session) -> list[int]:
        for each in rows:
            session.add(each)
            session.flush()
        return [each.id for each in rows]

    return desks.store.write_now(add)
