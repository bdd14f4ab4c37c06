"""A forecast out of a sample, held against the count of everybody."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlmodel import Session

from models.announcements import audiences, forecasts
from models.network.members import Address, Member
from models.network.stations import Station, StationKind
from models.rules.network.audience import Audience
from models.sending.reasons import Reason
from models.store import Store

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
PEOPLE = 3000
EVERYBODY, FEW = Audience(stations=(1,)), Audience(stations=(2,))


def _settle(session: Session) -> None:
    """Every seventh has blocked us, every third is at the small station's place in turn."""
    for number, parent in ((1, None), (2, 1)):
        path = "/1/" if parent is None else "/1/2/"
        kind = StationKind.DISTRICT if parent is None else StationKind.TOWN
        session.add(
            Station(id=number, code=f"s{number}", kind=kind, parent_id=parent, path=path, name="站")
        )
        session.flush()
    numbers = range(1, PEOPLE + 1)
    session.execute(
        insert(Member),
        [
            {
                "id": each,
                "station_id": 2 if each % 100 == 0 else 1,
                "consented_at": NOW,
                "created_at": NOW,
                "calendar_key": f"k{each}",
                "leads": [],
                "muted": [],
            }
            for each in numbers
        ],
    )
    session.execute(
        insert(Address),
        [
            {
                "member_id": each,
                "account": "telegram.nanhai",
                "external": str(each),
                "unreachable": "blocked" if each % 7 == 0 else "",
                "created_at": NOW,
            }
            for each in numbers
        ],
    )


def test_a_sample_says_by_how_much_it_may_be_wrong(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write_now(_settle)
    monkeypatch.setattr(forecasts, "QUICK", 1000)

    def look(session: Session) -> tuple[forecasts.Forecast, int, forecasts.Forecast]:
        judged = forecasts.of(session, EVERYBODY, NOW, sees_reach=True, sample=500)
        few = forecasts.of(session, FEW, NOW, sees_reach=True, sample=500)
        return judged, audiences.count(session, EVERYBODY), few

    judged, exact, few = store.read_now(look)
    assert 0 < judged.margin < PEOPLE / 10
    assert abs(judged.preview.people.number - exact) <= judged.margin
    assert set(judged.preview.not_reached) == {Reason.BLOCKED}
    assert (few.margin, few.preview.people.number) == (0, 26), "a few are counted"


def test_the_sample_falls_once_into_every_step(store: Store) -> None:
    scattered = forecasts._scattered(1000, 7)

    def look(session: Session) -> list[int]:
        return list(session.execute(select(scattered.c.number)).scalars())

    numbers = store.read_now(look)
    assert [(each - 1) // 7 for each in numbers] == list(range(1000 // 7))
    assert len({each % 7 for each in numbers}) == 7


def test_below_the_sample_and_for_who_may_not_see_reach_nothing_is_judged(store: Store) -> None:
    store.write_now(_settle)

    def look(session: Session) -> tuple[forecasts.Forecast, forecasts.Forecast]:
        hidden = forecasts.of(session, EVERYBODY, NOW, sees_reach=False, sample=500)
        return forecasts.of(session, EVERYBODY, NOW, sees_reach=True), hidden

    exact, hidden = store.read_now(look)
    assert (exact.margin, exact.preview.people.number) == (0, PEOPLE - PEOPLE // 7)
    assert (hidden.margin, hidden.preview.people.is_exact, hidden.preview.reached) == (0, False, {})
