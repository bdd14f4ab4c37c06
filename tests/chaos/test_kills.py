"""Processes that are killed amid a rush and an announcement: nothing is lost, nothing doubled."""

from pathlib import Path

from models.rules.announcements.trial import TrialSize
from tests.chaos.run import begun

SEED = 20261122
KILLS = 2
RECIPIENTS = 1000
PEOPLE = 40
TRIAL = TrialSize().wave
"""Those whom the announcement is tried on: the rest would wait until a dead sender's lease ends."""


async def test_a_station_killed_amid_a_rush_and_an_announcement_keeps_what_it_answered(
    store_url: str, tmp_path: Path
) -> None:
    async with begun(
        store_url, tmp_path, seed=SEED, recipients=RECIPIENTS, people=PEOPLE, reminders_within=4
    ) as run:
        await run.announces(TRIAL)
        for _kill in range(KILLS):
            await run.is_at_work(RECIPIENTS // KILLS)
            await run.kills_one()
        found = await run.settles()
        assert not found.wrong, run.tells(found)
        assert found.acknowledged
        assert found.states["sent"] > RECIPIENTS / 2
