"""What a place says of itself: its name, its address, and where it is on a map."""

from collections.abc import Mapping

from sqlmodel import Session

from models.network import audit, roles
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.search import sounds
from models.rules.texts import is_link
from models.store import Moment

TEXTS: Mapping[str, int] = {"name": 60, "address": 120}
"""The texts and their greatest length, as in a file."""

LONGEST_LINK = 300


def describe(
    session: Session,
    station_id: int,
    texts: Mapping[str, Translated],
    map_url: str,
    by: int,
    now: Moment,
) -> Station:
    """Change the texts of a place, by the names of ``TEXTS``, and its link to a map, or none.

    It is found by its new name at once. Raises NotAllowed when ``by`` may not load the places
    there, and ValueError for an empty name or what is no link.
    """
    row = session.get_one(Station, station_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.LOAD, station_id, now)
    if not texts["name"].text or (map_url and not is_link(map_url)):
        raise ValueError("a place has a name, and its map is a link")
    changed = [name for name in TEXTS if name in texts and row.text_of(name) != texts[name]]
    if "name" in changed:
        old = row.text_of("name").versions()
        row.search = sounds.renamed(row.search, old, texts["name"].versions())
    for name in changed:
        row.put_text(name, texts[name])
    if map_url != row.map_url:
        row.map_url = map_url
        changed.append("map_url")
    if changed:
        session.add(row)
        session.flush()
        subject = f"station:{station_id}"
        audit.record(session, by, Act.LOAD, subject, now, station_id=station_id, changed=changed)
    return row
