"""Pictures that people send: fetched where the station asked for one, and nowhere else."""

import pytest

from models.events.pictures import StoredPicture
from tests.pictures import png
from tests.stories.people import OnTelegram
from tests.stories.station import Nanhai


async def test_a_picture_before_the_consent_is_not_fetched(town: Nanhai) -> None:
    ana = town.person("小安")
    assert "这里是创思驿站" in await ana.sends_picture(png())
    assert "这里是创思驿站" in await ana.sends_picture(png())
    assert (town.downloads, town.count(StoredPicture)) == (0, 0)


async def test_a_picture_that_nobody_asked_for_is_not_fetched(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "我看得懂文字和按钮" in await ana.sends_picture(png())
    # A question that takes none stays open.
    await ana.says("资料")
    await ana.presses("班次")
    await ana.sends_picture(png())
    assert (town.downloads, town.count(StoredPicture)) == (0, 0)
    assert "班次：夜班" in await ana.presses("夜班")


async def test_a_picture_that_was_asked_for_is_fetched_once(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("心愿")
    await ana.sends_picture(png())
    assert (town.downloads, town.count(StoredPicture)) == (0 if town.channel == "web" else 1, 1)


@pytest.mark.parametrize("channel", ["telegram"])
@pytest.mark.parametrize("asked", [False, True])
async def test_an_album_gets_one_answer(town: Nanhai, asked: bool) -> None:
    ana = town.person("小安")
    assert isinstance(ana, OnTelegram)
    await ana.arrives()
    if asked:
        await ana.says("心愿")
    (shown,) = await ana.person.shows_together([png(shade) for shade in (50, 60, 70, 80, 90)])
    assert ("我看得懂文字和按钮" in shown.text) != asked
    assert (town.downloads, town.count(StoredPicture)) == (asked, asked)
    # The next album is another one.
    assert len(await ana.person.shows_together([png(), png(210)])) == 1
