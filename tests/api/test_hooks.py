"""Programs that are told of what happens: by whom, of what, how often, and when no more."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import update
from sqlmodel import Session, col, select

from models.desk import telling
from models.events import checking_in, running, signups
from models.events.events import Signup
from models.hooks import addresses, delivering, keeping, spreading
from models.hooks.delivering import Trouble
from models.hooks.keeping import HookDelivery
from models.network import members, roles
from models.network.sealing import Sealing
from models.rules.network.permissions import Role
from models.rules.sending import hook_kinds
from models.rules.sending.hook_kinds import HookKind
from models.sending.deliveries import Delivery
from models.sending.noting import Hook, HookNote
from models.store import Store
from scheduler.hooks import Hooks
from tests.api.receivers import SILENCE, Receiver, receiving
from tests.console.browsing import DISTRICT, GUICHENG, SEALING_KEY, SHISHAN, ZHAOXIN, Nanhai, nanhai
from tests.console.rows import keep
from tests.miniature.rows import badminton, local

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]+=*")
HASTY = 0.2


@pytest_asyncio.fixture
async def desks(store: Store, now: datetime) -> AsyncIterator[Nanhai]:
    """A station whose hooks may reach this machine."""
    sealing = Sealing((SEALING_KEY,))
    async with nanhai(store, now, sealing=sealing, private_hooks=True) as town:
        yield town


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def hook(
    desks: Nanhai,
    url: str,
    role: Role = Role.TOWN,
    station_id: int = SHISHAN,
    kinds: tuple[HookKind, ...] = hook_kinds.CHOSEN,
) -> str:
    """A hook of somebody with this role; returns its secret."""
    by = desks.member(f"{role} {station_id}", role, station_id)

    def make(session: Session) -> str:
        ((grant, _station),) = roles.grants_of(session, by, desks.now)
        made = keeping.make(session, grant.id, url, kinds, by, desks.care, desks.now)
        assert isinstance(made, keeping.Kept)
        return made.secret

    return desks.store.write_now(make)


async def pass_on(desks: Nanhai) -> None:
    """Let the station do what its clock would: make out who is told, and tell them."""
    await desks.store.write(spreading.spread, desks.now)
    await Hooks(desks.store, desks.care, lambda: desks.now, seconds=HASTY).work()


def signs_up(desks: Nanhai, event_id: int, name: str) -> int:
    """Somebody signs up by themselves; returns the number of their claim."""
    number = desks.member(name)

    def sign_up(session: Session) -> int:
        caller = members.find(session, "telegram.nanhai", f"{number}")
        assert caller is not None
        signups.sign_up(session, event_id, caller, desks.care, desks.now)
        ((claim, _event),) = signups.of_member(session, number, desks.now)
        return claim.id

    return desks.store.write_now(sign_up)


def log(desks: Nanhai) -> list[HookDelivery]:
    def rows(session: Session) -> list[HookDelivery]:
        return list(session.exec(select(HookDelivery).order_by(col(HookDelivery.id))))

    return desks.look(rows)


async def test_a_program_is_told_in_numbers_of_all_that_happens_at_its_place(
    desks: Nanhai, receiver: Receiver
) -> None:
    secret = hook(desks, receiver.url)
    (match,) = keep(desks, badminton())
    claim = signs_up(desks, match, "安娜")
    await pass_on(desks)
    boss = desks.look(lambda session: session.exec(select(Hook.member_id)).one())
    desks.store.write_now(running.change_seats, match, 30, boss, desks.care, desks.now)
    desks.store.write_now(running.close_sign_up, match, boss, desks.now)
    await pass_on(desks)
    desks.now = local(5, 13, 30)
    desks.store.write_now(checking_in.from_list, match, claim, boss, desks.now)

    def tell(session: Session) -> None:
        ben = members.meet(session, "telegram.nanhai", "ben", language="zh", now=desks.now)
        ben.station_id = SHISHAN
        told = telling.tell(session, ben, "想要篮球场", desks.care, desks.now)
        assert isinstance(told, telling.Told)

    desks.store.write_now(tell)
    await pass_on(desks)
    assert receiver.said(secret) == [
        {"type": "event.changed", "data": {"event": match}},
        {"type": "sign_up.made", "data": {"event": match, "sign_up": claim}},
        {"type": "event.changed", "data": {"event": match}},
        {"type": "sign_up.checked_in", "data": {"event": match, "sign_up": claim}},
        {"type": "thread.opened", "data": {"thread": 1}},
    ]
    assert "安娜" not in str(receiver.taken)
    assert all(each.took_at is not None and each.attempts == 1 for each in log(desks))
    assert desks.look(lambda session: session.exec(select(HookNote)).all()) == []


async def test_who_gives_up_is_told_of_and_nobody_elses_place(
    desks: Nanhai, receiver: Receiver
) -> None:
    secret = hook(desks, receiver.url, kinds=(HookKind.CANCEL,))
    hook(desks, receiver.url, station_id=GUICHENG)
    hook(desks, receiver.url, Role.CONTACT_POINT, ZHAOXIN)
    (match,) = keep(desks, badminton())
    claim = signs_up(desks, match, "安娜")
    ana = desks.look(lambda session: session.get_one(Signup, claim).member_id)
    desks.store.write_now(signups.give_up, match, ana, desks.care, desks.now)
    await pass_on(desks)
    assert receiver.said(secret) == [
        {"type": "sign_up.cancelled", "data": {"event": match, "sign_up": claim}}
    ]


async def test_without_a_hook_nothing_is_noted(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton())
    signs_up(desks, match, "安娜")
    assert desks.look(lambda session: session.exec(select(HookNote)).all()) == []


async def test_a_receiver_in_trouble_is_asked_again_later_and_later(
    desks: Nanhai, receiver: Receiver
) -> None:
    secret = hook(desks, receiver.url, kinds=(HookKind.EVENT,))
    keep(desks, badminton())
    receiver.answers = [500, 429, 302, SILENCE, 200]
    receiver.headers = {"Retry-After": "3600", "Location": receiver.url}
    waits, begun = list[timedelta](), desks.now
    while len(waits) < 4:
        await pass_on(desks)
        (tried,) = log(desks)
        assert tried.next_at is not None
        waits.append(tried.next_at - desks.now)
        assert tried.answer == (500, 429, 302, None)[len(waits) - 1]
        desks.now = tried.next_at
    # The receiver asked for an hour, which only makes it longer; who is silent asked for nothing.
    hour = timedelta(hours=1)
    assert waits == [hour, hour, hour, hook_kinds.AGAIN[3]]
    await pass_on(desks)
    (row,) = log(desks)
    assert (row.attempts, row.answer, row.next_at, row.took_at) == (5, 200, None, desks.now)
    assert desks.now - begun == sum(waits, timedelta())
    assert len({headers["webhook-id"] for headers, _body in receiver.taken}) == 1
    assert len(receiver.said(secret)) == 5


async def test_after_three_days_of_trouble_it_is_turned_off_and_its_member_told(
    desks: Nanhai, receiver: Receiver
) -> None:
    hook(desks, receiver.url, kinds=(HookKind.EVENT,))
    receiver.answers = [500] * 100
    for day in range(4):
        keep(desks, badminton(code=f"b{day}"))
        await pass_on(desks)
        desks.now += timedelta(days=1)
    row = desks.look(lambda session: session.exec(select(Hook)).one())
    assert row.disabled_at is not None

    def notices(session: Session) -> list[tuple[str, int]]:
        rows = session.exec(select(Delivery).where(Delivery.topic == "hook-off"))
        return [(each.topic, each.member_id or 0) for each in rows]

    assert desks.look(notices) == [("hook-off", row.member_id)]
    before = len(receiver.taken)
    keep(desks, badminton(code="later"))
    await pass_on(desks)
    assert len(receiver.taken) == before
    # At the desk it is turned on again, once it takes a test.
    receiver.answers = []
    browser = await desks.signed_in(row.member_id)
    page = await browser.opens(f"/console/programs/hooks/{row.id}")
    assert "500" in page.text
    await browser.sends(f"/console/programs/hooks/{row.id}/test")
    await pass_on(desks)
    assert "测试" in (await browser.opens(f"/console/programs/hooks/{row.id}")).text
    await browser.sends(f"/console/programs/hooks/{row.id}/on")
    keep(desks, badminton(code="again"))
    await pass_on(desks)
    assert len(receiver.taken) == before + 2


async def test_who_is_gone_is_told_nothing_more(desks: Nanhai, receiver: Receiver) -> None:
    hook(desks, receiver.url, kinds=(HookKind.EVENT,))
    receiver.answers = [410]
    keep(desks, badminton())
    await pass_on(desks)
    assert desks.look(lambda session: session.exec(select(Hook)).one()).disabled_at


async def test_a_hook_ends_with_its_role(desks: Nanhai, receiver: Receiver) -> None:
    hook(desks, receiver.url)

    def withdraw(session: Session) -> None:
        by = session.exec(select(Hook.member_id)).one()
        ((grant, _station),) = roles.grants_of(session, by, desks.now)
        roles.withdraw(session, grant.id, by, desks.now)

    keep(desks, badminton())
    await desks.store.write(spreading.spread, desks.now)
    desks.store.write_now(withdraw)
    await pass_on(desks)
    assert receiver.taken == []
    assert [each.trouble for each in log(desks)] == [Trouble.OFF]


async def test_an_organizer_makes_and_ends_a_hook_at_the_desk(
    desks: Nanhai, receiver: Receiver
) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    browser = await desks.signed_in(chen)
    ((grant, _station),) = desks.look(lambda session: roles.grants_of(session, chen, desks.now))
    await browser.opens("/console/programs/hooks")
    path = "/console/programs/hooks"
    bad = await browser.sends(path, url="ftp://x.example", grant=grant.id, kind="event.changed")
    assert bad.status == 422
    assert (await browser.sends(path, url=receiver.url, grant=grant.id)).status == 422
    made = await browser.sends(path, url=receiver.url, grant=grant.id, kind=["event.changed"])
    found = SECRET.search(made.text)
    assert found is not None, made.text
    kept = desks.look(lambda session: session.exec(select(Hook)).one())
    assert found[0] not in str(kept.model_dump())
    keep(desks, badminton())
    await pass_on(desks)
    assert receiver.said(found[0]) == [{"type": "event.changed", "data": {"event": 1}}]
    other = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await other.opens(f"{path}/{kept.id}")).status == 404
    # Who organizes there as well sees where it leads, and no secret of the address.
    beside = await desks.desk_of(Role.DISTRICT)
    for each in (path, f"{path}/{kept.id}"):
        assert kept.url in (await browser.opens(each)).text
        seen = (await beside.opens(each)).html
        assert ("127.0.0.1" in seen, kept.url in seen) == (True, False)
    await browser.opens(f"{path}/{kept.id}")
    await browser.sends(f"{path}/{kept.id}/end")
    assert log(desks) == []


class Lying(AbstractResolver):
    """A name server that answers with an address of the house."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=self._address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        return None


async def test_no_name_leads_into_the_house(store: Store, now: datetime) -> None:
    """A name is looked at when it is called: what it stood for before is nothing to rely on."""
    async with nanhai(store, now, sealing=Sealing((SEALING_KEY,))) as desks:
        hook(desks, "https://hooks.example/told", Role.DISTRICT, DISTRICT)
        keep(desks, badminton())
        await store.write(spreading.spread, now)
        await Hooks(store, desks.care, lambda: now, Lying("127.0.0.1"), seconds=HASTY).work()
        (row,) = log(desks)
        assert (row.answer, row.trouble) == (None, Trouble.NOT_PUBLIC)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://hooks.example/a?b=c", True),
        ("https://hooks.example:8443/", True),
        ("https://8.8.8.8/", True),
        ("http://hooks.example/", False),
        ("https://localhost/", False),
        ("https://127.0.0.1/", False),
        ("https://2130706433/", False),
        ("https://10.1.2.3/", False),
        ("https://169.254.169.254/latest", False),
        ("https://[::1]/", False),
        ("https://[::ffff:10.0.0.1]/", False),
        ("https://[::127.0.0.1]/", False),
        ("https://[64:ff9b::169.254.169.254]/", False),
        ("https://[64:ff9b::8.8.8.8]/", True),
        ("https://[fec0::1]/", False),
        ("https://user:word@hooks.example/", False),
        ("https://hooks.example/#part", False),
        ("https://hooks.example:port/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_a_hook_has_an_address_of_the_public_internet(url: str, is_taken: bool) -> None:
    assert addresses.is_address(url, private=False) is is_taken


async def test_a_receiver_with_many_takes_no_place_from_the_others(
    desks: Nanhai, receiver: Receiver
) -> None:
    hook(desks, receiver.url, kinds=(HookKind.SIGN_UP,))
    (match,) = keep(desks, badminton())
    for number in range(7):
        signs_up(desks, match, f"工友{number}")
    await desks.store.write(spreading.spread, desks.now)
    desks.now += timedelta(seconds=1)
    hook(desks, f"{receiver.url}/quick", kinds=(HookKind.SIGN_UP,))
    signs_up(desks, match, "安娜")
    await desks.store.write(spreading.spread, desks.now)
    first = desks.store.write_now(delivering.hand_out, desks.care, desks.now)
    told = Counter(each.url for each in first)
    assert told == {receiver.url: delivering.OF_ONE, f"{receiver.url}/quick": 1}


async def test_slow_and_dead_receivers_hold_nobody_up(desks: Nanhai) -> None:
    """Each has many to be told; who answers is told all of them while the others do not."""
    (match,) = keep(desks, badminton())
    many, kinds = 12, (HookKind.SIGN_UP,)
    async with receiving() as silent, receiving() as broken, receiving() as quick:
        silent.answers, broken.answers = [SILENCE] * 100, [500] * 100
        for each in (silent, broken, quick):
            hook(desks, each.url, kinds=kinds)
        for number in range(many):
            signs_up(desks, match, f"工友{number}")
        await desks.store.write(spreading.spread, desks.now)
        desks.now += timedelta(seconds=1)
        working = asyncio.create_task(
            Hooks(desks.store, desks.care, lambda: desks.now, seconds=60, look=0.05).work()
        )
        await quick.has_taken(many)
        await broken.has_taken(many)
        # What comes later is told while the silent one is still waited for.
        signs_up(desks, match, "安娜")
        await desks.store.write(spreading.spread, desks.now)
        await quick.has_taken(many + 1)
        assert (len(silent.taken), working.done()) == (delivering.OF_ONE, False)
        working.cancel()
        await asyncio.wait([working])


async def test_who_fails_is_tried_once_at_a_time(desks: Nanhai, receiver: Receiver) -> None:
    hook(desks, receiver.url, kinds=(HookKind.SIGN_UP,))
    receiver.answers = [500]
    (match,) = keep(desks, badminton())
    signs_up(desks, match, "安娜")
    await pass_on(desks)
    for number in range(5):
        signs_up(desks, match, f"工友{number}")
    await desks.store.write(spreading.spread, desks.now)
    (one,) = desks.store.write_now(delivering.hand_out, desks.care, desks.now)
    under_way = {one.hook_id: 1}
    assert desks.store.write_now(delivering.hand_out, desks.care, desks.now, under_way) == []
    done = [delivering.Answered(one.id, 204)]
    desks.store.write_now(delivering.settle, done, desks.now)
    more = desks.store.write_now(delivering.hand_out, desks.care, desks.now)
    assert len(more) == delivering.OF_ONE


async def test_many_that_fail_hold_nobody_up_who_takes(
    desks: Nanhai, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TO_FAILING", 1)
    monkeypatch.setattr(delivering, "AT_ONCE", delivering.OF_ONE)
    (match,) = keep(desks, badminton())
    for _ in range(2):
        hook(desks, f"{receiver.url}/fails", kinds=(HookKind.SIGN_UP,))
    for number in range(delivering.OF_ONE):
        signs_up(desks, match, f"工友{number}")
    await desks.store.write(spreading.spread, desks.now)

    def fail(session: Session) -> None:
        session.execute(update(Hook).values(failing_since=desks.now))

    desks.store.write_now(fail)
    desks.now += timedelta(seconds=1)
    hook(desks, f"{receiver.url}/takes", kinds=(HookKind.SIGN_UP,))
    signs_up(desks, match, "安娜")
    await desks.store.write(spreading.spread, desks.now)
    (one,) = desks.store.write_now(delivering.hand_out, desks.care, desks.now)
    under_way = {one.hook_id: 1}
    (other,) = desks.store.write_now(delivering.hand_out, desks.care, desks.now, under_way)
    assert (one.url, other.url) == (f"{receiver.url}/fails", f"{receiver.url}/takes")
