"""Whose known answers and taught words count for somebody: their station's and all above it."""

from collections.abc import Mapping


def above(paths: Mapping[int, str], station_id: int | None) -> tuple[int, ...]:
    """Return a station and those above it, the nearest last.

    ``paths`` are those of all stations by their numbers. Who has no station, or one that is gone,
    belongs to the district alone.
    """
    path = paths.get(station_id, "") if station_id is not None else ""
    found = tuple(int(each) for each in path.split("/") if each)
    return found or tuple(number for number, each in paths.items() if each.count("/") == 2)
