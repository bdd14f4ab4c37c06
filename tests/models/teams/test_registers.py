"""Register numbers on the real store: one after the other, whatever fails and whoever asks."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete

from models.network.stations import Station, StationKind
from models.store import Store
from models.teams import clubs
from models.teams.clubs import ClubRegister

DISTRICTS = ("南海区", "宁河区", "顺德区")


def _districts(session: Session) -> None:
    for number, name in enumerate(DISTRICTS, start=1):
        path = f"/{number}/"
        row = Station(code=f"d{number}", kind=StationKind.DISTRICT, path=path, name=name)
        session.add(row)


class _Undone(Exception):
    pass


def _forget(session: Session) -> None:
    session.execute(delete(ClubRegister))


def _take(session: Session, district: int, year: int, fails: bool) -> str:
    number = clubs.next_number(session, session.get_one(Station, district), year)
    if fails:
        raise _Undone
    return number


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = Store(store_url)
    store.write_now(_districts)
    yield store
    store.close()


async def test_many_who_ask_at_once_get_numbers_without_gap_or_repeat(store: Store) -> None:
    asked = [store.write(_take, 1, 2026, number % 4 == 0) for number in range(60)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    numbers = sorted(each for each in outcomes if isinstance(each, str))
    failed = [each for each in outcomes if not isinstance(each, str)]
    assert all(isinstance(each, _Undone) for each in failed)
    assert numbers == [f"NH-2026-{n:03}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) == 45


async def test_districts_of_the_same_letters_count_apart(store: Store) -> None:
    taken = [await store.write(_take, district, 2026, False) for district in (1, 2, 1, 2, 3)]
    assert taken == [
        "NH-2026-001",
        "NH2-2026-001",
        "NH-2026-002",
        "NH2-2026-002",
        "SD-2026-001",
    ]
    # The letters stay the district's own in the next year, whoever comes first then.
    assert await store.write(_take, 2, 2027, False) == "NH2-2027-001"
    assert await store.write(_take, 1, 2027, False) == "NH-2027-001"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    asked=st.lists(
        st.tuples(st.sampled_from((1, 2, 3)), st.sampled_from((2026, 2027)), st.booleans()),
        max_size=25,
    )
)
def test_each_district_counts_each_year_from_one_without_gaps(
    store: Store, asked: list[tuple[int, int, bool]]
) -> None:
    store.write_now(_forget)
    given_out: dict[tuple[int, int], list[str]] = {}
    for district, year, fails in asked:
        if fails:
            with pytest.raises(_Undone):
                store.write_now(_take, district, year, True)
            continue
        number = store.write_now(_take, district, year, False)
        given_out.setdefault((district, year), []).append(number)
    everything = [number for numbers in given_out.values() for number in numbers]
    assert len(set(everything)) == len(everything)
    for (_district, year), numbers in given_out.items():
        prefix = numbers[0].partition("-")[0]
        assert numbers == [f"{prefix}-{year}-{n:03}" for n in range(1, len(numbers) + 1)]
