"""The number of a row that is gone is given to no other row.

Numbers leave the database: in buttons, links, dialogs and the keys of notices. An old one must find
nothing rather than somebody else's row.
"""

from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select, text
from sqlmodel import SQLModel

import migrations
from models.store import open_engine
from tests import databases
from tests.migrations import scenario

migrations.import_models()
NUMBERED = [
    table for table in SQLModel.metadata.sorted_tables if table.autoincrement_column is not None
]
IS_NEVER_DELETED_FROM = {"audit"}


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    """The address of a store with rows in every table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'filled.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        url = databases.create_database(server, f"numbers_{request.getfixturevalue('worker_id')}")
    scenario.play(url)
    return url


def test_the_number_of_a_row_that_is_deleted_is_given_to_no_other(filled: str) -> None:
    engine = open_engine(filled)
    with engine.connect() as connection:
        # Rows that refer to the deleted one stay, as an old button does.
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        given_again = {
            table.name
            for table in NUMBERED
            if table.name not in IS_NEVER_DELETED_FROM and not _is_new_after(connection, table)
        }
    engine.dispose()
    assert given_again == set()


def _is_new_after(connection: Connection, table: Table) -> bool:
    """Delete the newest row and add it once more; return whether its number is a new one."""
    number = table.autoincrement_column
    assert number is not None
    newest = connection.execute(select(table).order_by(number.desc()).limit(1)).mappings().one()
    connection.execute(table.delete().where(number == newest[number]))
    row = {column.name: newest[column] for column in table.columns if column is not number}
    added = connection.execute(insert(table).values(row)).inserted_primary_key
    assert added is not None
    return int(added[0]) > int(newest[number])


def test_the_tables_that_buttons_name_have_numbers() -> None:
    """Otherwise the test above would look at nothing."""
    named = {"announcement", "invite", "team_bid", "role_grant", "signup", "delivery", "miss"}
    assert named | {"member", "address", "event"} <= {table.name for table in NUMBERED}


def test_every_table_with_numbers_says_that_sqlite_counts_on() -> None:
    counted = {table.name for table in NUMBERED if table.dialect_options["sqlite"]["autoincrement"]}
    assert counted == {table.name for table in NUMBERED}
