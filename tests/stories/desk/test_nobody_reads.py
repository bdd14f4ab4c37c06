"""A letter that nobody can read is seen by whoever runs the station, until somebody comes."""

import asyncio
from pathlib import Path
from typing import Any

from models.rules.network.permissions import Role
from tests.commands import run
from tests.miniature.rows import SHISHAN
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai

UNREAD = "1 wait where nobody holds a role to read them, the oldest since 2026-12-01 02:00 UTC"


async def _readiness(town: Nanhai) -> dict[str, Any]:
    async with town.http.get(f"{town.origin}/readyz") as response:
        assert response.status == 200
        body: dict[str, Any] = await response.json()
        return body


async def _checked(town: Nanhai, folder: Path) -> str:
    config = f'[store]\nurl = "{town.settings.store.url}"\n'
    (folder / "config.toml").write_text(config, "utf-8")
    done = await asyncio.to_thread(run, folder, "check")
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_readiness_and_check_tell_of_a_letter_that_nobody_can_read(
    town: Nanhai, tmp_path: Path
) -> None:
    # The company's own organizer is there, and is nobody for this letter.
    await organizer(town, Role.CONTACT_POINT, 4, "点长")
    ana = town.person("小安")
    await settles(ana, "昭信")
    assert "warnings" not in await _readiness(town)
    await ana.says("心愿 食堂的饭是凉的")
    assert "一直留着：这里还没有组织者" in await ana.presses("留名")
    ready = await _readiness(town)
    assert (ready["ready"], ready["store"]) == (True, "up")
    assert UNREAD in ready["warnings"]["letters"]
    assert f"letters: {UNREAD}" in await _checked(town, tmp_path)
    await organizer(town, Role.TOWN, SHISHAN, "镇长")
    assert "warnings" not in await _readiness(town)
    assert "letters: somebody can read each of them" in await _checked(town, tmp_path)
