"""Who is reached by what: the preview's one statement, held against the rule it stands for."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlmodel import Session, select

from models.announcements import audiences
from models.network.members import Address, Member
from models.network.stations import Station, StationKind
from models.rules.network.audience import Audience
from models.rules.sending.reach import likelihood, may_write
from models.sending import accounts, deliveries
from models.sending.accounts import PlatformAccount
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
ACCOUNTS = {
    "telegram.nanhai": PlatformAccount(account="telegram.nanhai", platform="Telegram"),
    "wecom.nanhai": PlatformAccount(account="wecom.nanhai", platform="WeCom"),
    "wechat.nanhai": PlatformAccount(account="wechat.nanhai", platform="WeChat", is_windowed=True),
    "wechat.shishan": PlatformAccount(
        account="wechat.shishan", platform="WeChat", is_windowed=True
    ),
    "web.chat": PlatformAccount(account="web.chat", platform="web page", notifies=False),
}
EVERYBODY = Audience(stations=(1,))


def _settle(session: Session, dice: Random) -> dict[int, list[Address]]:
    """Two hundred people, at up to four addresses each, as they may stand."""
    accounts.register(session, ACCOUNTS.values())
    session.add(Station(id=1, code="s1", kind=StationKind.TOWN, path="/1/", name="站"))
    session.flush()
    known: dict[int, list[Address]] = {}
    for number in range(1, 201):
        session.add(Member(id=number, station_id=1, consented_at=NOW, created_at=NOW))
        session.flush()
        known[number] = []
        for place in range(dice.choice([1, 1, 2, 3, 4])):
            account = dice.choice(list(ACCOUNTS))
            is_windowed = ACCOUNTS[account].is_windowed
            until = dice.choice([None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)])
            address = Address(
                member_id=number,
                account=account,
                external=f"{number}-{place}",
                unreachable=dice.choice(["", "", "", "blocked"]),
                window_until=until if is_windowed else None,
                allowance=dice.choice([0, 1, 5]) if is_windowed else 0,
                created_at=NOW,
            )
            session.add(address)
            session.flush()
            session.refresh(address)
            session.expunge(address)
            known[number].append(address)
    return known


def _likeliest(theirs: list[Address]) -> Address:
    return max(theirs, key=lambda address: (_likelihood(address), address.id))


def _likelihood(address: Address) -> tuple[bool, bool, bool]:
    account = ACCOUNTS[address.account]
    return likelihood(
        unreachable=address.unreachable,
        notifies=account.notifies,
        is_windowed=account.is_windowed,
        window_until=address.window_until,
        allowance=address.allowance,
        now=NOW,
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_preview_says_what_the_rule_says(store: Store, seed: int) -> None:
    known = store.write_now(_settle, Random(seed))
    reached: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wait = 0
    for theirs in known.values():
        likeliest = _likeliest(theirs)
        if likeliest.unreachable:
            missed[likeliest.unreachable] += 1
            continue
        reached[ACCOUNTS[likeliest.account].platform] += 1
        now = may_write(
            ACCOUNTS[likeliest.account].is_windowed,
            likeliest.window_until,
            likeliest.allowance,
            NOW,
        )
        wait += not now
    found = store.read_now(audiences.preview, EVERYBODY, NOW)
    assert (found.reached, found.wait, found.not_reached) == (reached, wait, missed)
    assert min(reached.values()) > 0
    assert 0 < wait < found.people.number


def test_whoever_is_previewed_is_planned_for_at_the_same_address(store: Store) -> None:
    known = store.write_now(_settle, Random(7))

    def plan(session: Session) -> dict[int, tuple[int | None, DeliveryState]]:
        for number in known:
            deliveries.plan_for_member(
                session,
                number,
                key=str(number),
                topic="offer",
                facts={},
                due_at=NOW,
                expires_at=NOW + timedelta(days=1),
                now=NOW,
            )
        rows = session.exec(select(Delivery)).all()
        return {row.member_id or 0: (row.address_id, row.state) for row in rows}

    planned = store.write_now(plan)
    for number, theirs in known.items():
        likeliest = _likeliest(theirs)
        state = DeliveryState.UNREACHABLE if likeliest.unreachable else DeliveryState.PLANNED
        assert planned[number] == (likeliest.id, state)
