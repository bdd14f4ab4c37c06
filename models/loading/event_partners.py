"""Read which partners a row of an event names: a column for each part, a name or several in it."""

from collections.abc import Collection

from sqlmodel import Session

from models.events import partnering
from models.events.partnering import Chosen
from models.loading.cells import CellReader
from models.loading.directory import Known
from models.network import partners
from models.network.partners import Part, Partner
from models.network.stations import Station
from models.rules.sentences import say


def read(
    session: Session, reader: CellReader, station: Known | None, event: Known
) -> frozenset[Chosen] | None:
    """Return the partners that the event is to have; None where the row names none.

    A part whose cell is empty stays with those that the event has.
    """
    named = [part for part in Part if reader.has(part)]
    if not named:
        return None
    kept = partnering.chosen(session, event.id) if event.id is not None else frozenset()
    found = {each for each in kept if each[1] not in named}
    offered = [*_offered(session, station), *(session.get_one(Partner, each) for each, _ in kept)]
    for part in named:
        for name in reader.words(part):
            row = _called(offered, name, part)
            if row is not None:
                found.add((row.id, part))
            else:
                what = say("'{words}' is no partner of this place that does so", words=name)
                reader.wrong(part, what)
    return frozenset(found)


def differing(was: Collection[Chosen], wanted: Collection[Chosen]) -> list[str]:
    """Return the columns of the parts in which two choices differ."""
    differ = {part for _partner, part in {*was} ^ {*wanted}}
    return [part for part in Part if part in differ]


def _offered(session: Session, station: Known | None) -> list[Partner]:
    """The partners of a place: of what is above it, where it stands in the file alone."""
    stored = (
        next((each for each in station.line() if each.id is not None), None) if station else None
    )
    if stored is None:
        return []
    return [*partners.of_station(session, session.get_one(Station, stored.number()))]


def _called(offered: Collection[Partner], name: str, part: Part) -> Partner | None:
    """The partner of this name in any language that does this."""
    folded = name.casefold()
    return next(
        (
            each
            for each in offered
            if part in each.does
            and folded in (said.casefold() for said in each.text_of("name").versions())
        ),
        None,
    )
