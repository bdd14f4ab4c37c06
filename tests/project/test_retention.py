"""The page on what is kept tells of every table, with the days that the duties have."""

import re
from pathlib import Path

from sqlmodel import SQLModel

import migrations
from bot.station import forgetting
from bot.station.settings import Settings
from scheduler.planning import KEEP_DELIVERIES, KEEP_TICKS

PAGE = (Path(__file__).parents[2] / "docs" / "retention.md").read_text("utf-8")
ROW = re.compile(r"(?m)^\| ([^|]+) \| (`[^|]+`) \| ([^|]+) \| ([^|]*) \|$")
ROWS: dict[tuple[str, ...], str] = {
    tuple(re.findall(r"`(\w+)`", tables)): told for _, tables, told, _ in ROW.findall(PAGE)
}


def told_of(table: str) -> str:
    (told,) = [told for tables, told in ROWS.items() if table in tables]
    return told


def test_every_table_stands_in_the_page_once() -> None:
    migrations.import_models()
    told = [table for tables in ROWS for table in tables]
    assert sorted(told) == sorted(SQLModel.metadata.tables)


def test_the_days_of_a_duty_are_those_that_the_page_tells() -> None:
    settings = Settings()
    duties = [(each.keep.days, each.tables) for each in forgetting.at_once(settings)]
    duties += [(each.keep.days, each.tables) for each in forgetting.in_turns(settings)]
    duties += [(KEEP_TICKS.days, ("tick",)), (KEEP_DELIVERIES.days, ("delivery",))]
    assert {table for _, tables in duties for table in tables} <= set(SQLModel.metadata.tables)
    for days, tables in duties:
        for table in tables:
            told = re.findall(r"([\d,]+) days?", told_of(table))
            if days:
                assert f"{days:,}" in told, table
            else:
                assert "until" in told_of(table), table


def test_what_an_operator_keeps_for_good_has_no_duty() -> None:
    kept = Settings.model_validate(
        {"keep": {"letters_days": 0, "sign_ups_days": 0, "announcements_days": 0}}
    )
    tables = {table for each in forgetting.in_turns(kept) for table in each.tables}
    assert tables.isdisjoint({"thread", "signup", "announcement"})
    assert "poster_arrival" in tables
