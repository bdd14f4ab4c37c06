"""A station that has lived, for what reads everything of it."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

import demo
from demo import living
from models.loading import network as loading
from models.network.stations import Care
from models.store import Store
from tests.migrations import scenario
from tests.miniature.rows import ZONE

CARE = Care(ZONE, "22:00-08:00")
NANHAI = Path(demo.__file__).parent / "nanhai.toml"


@pytest.fixture(scope="session")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with rows in every table, and the demo with three weeks of its life."""
    path = tmp_path_factory.mktemp("lively") / "yizhan.db"
    scenario.play(f"sqlite:///{path}")
    with closing(Store(f"sqlite:///{path}")) as store:
        store.write_now(_load)
        store.write_now(living.live, CARE, scenario.AT)
        store.write_now(_add_what_is_hard)
        with closing(store.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _load(session: Session) -> None:
    loading.load(session, loading.read(NANHAI), CARE, scenario.AT)


def _add_what_is_hard(session: Session) -> None:
    """A claim that refers to a later one, numbers given to rows that are gone, two alphabets."""
    session.execute(
        text(
            "UPDATE signup SET party_id = (SELECT max(id) FROM signup) WHERE id ="
            " (SELECT min(id) FROM signup)"
        )
    )
    session.execute(text("UPDATE sqlite_sequence SET seq = 90000 WHERE name IN ('event', 'quota')"))
    for name in ("a", "B", "é", "阿", "_", "𝄞"):
        session.execute(text("INSERT INTO key VALUES (:name, '00')"), {"name": name})
