"""Accounts registered by several processes that start at the same time."""

import asyncio
import threading

from sqlalchemy import text
from sqlmodel import Session, select

from models.sending import accounts
from models.sending.accounts import PlatformAccount
from models.store import Store

WAITING = text(
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def rows(*names: str, platform: str = "Telegram") -> list[PlatformAccount]:
    return [PlatformAccount(account=name, platform=platform) for name in names]


def platforms(session: Session) -> dict[str, str]:
    return {row.account: row.platform for row in session.exec(select(PlatformAccount))}


async def test_what_an_account_is_changes_with_its_registration(store: Store) -> None:
    await store.write(accounts.register, rows("a", "b"))
    await store.write(accounts.register, rows("b", platform="WeChat"))
    await store.write(accounts.register, [])
    assert await store.read(platforms) == {"a": "Telegram", "b": "WeChat"}


async def test_processes_that_start_together_register_the_same_accounts(
    postgresql_url: str,
) -> None:
    one, other = Store(postgresql_url), Store(postgresql_url)
    registered = threading.Event()

    def register_until_the_other_waits(session: Session) -> None:
        accounts.register(session, rows("a", "b"))
        registered.set()
        while not session.execute(WAITING).scalar_one():
            pass

    def register_after(session: Session) -> None:
        assert registered.wait(10)
        accounts.register(session, rows("b", "a", platform="WeChat"))

    await asyncio.gather(one.write(register_until_the_other_waits), other.write(register_after))
    assert await one.read(platforms) == {"a": "WeChat", "b": "WeChat"}
    one.close()
    other.close()
