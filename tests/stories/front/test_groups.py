"""A group on Telegram: whoever calls the bot there is shown the way to their own chat with it."""

from collections.abc import Callable

import pytest

from models.network.members import Member
from tests.platforms.telegram.groups import Group
from tests.stories.people import OnTelegram, Person
from tests.stories.station import Nanhai

HINT = "我在群里不说话，单独找我聊：https://t.me/nanhai_yizhan_bot"

pytestmark = pytest.mark.parametrize("channel", ["telegram"])


@pytest.fixture
def group(town: Nanhai, person: Callable[..., Person]) -> Group:
    assert town.telegram is not None
    ana = person("ana", language="en")
    assert isinstance(ana, OnTelegram)
    return town.telegram.group(ana.person)


async def test_who_brings_it_into_a_group_is_told_where_it_talks(
    town: Nanhai, group: Group
) -> None:
    (hint,) = await group.adds_the_bot()
    assert hint.text == HINT
    assert await group.says("/events@nanhai_yizhan_bot") == []
    assert await group.says("@nanhai_yizhan_bot 报名 1") == []
    assert await group.replies(hint, "好的") == []
    assert town.count(Member) == 0


async def test_it_says_so_once_a_day_and_group(town: Nanhai, group: Group) -> None:
    assert town.telegram is not None
    assert await group.says("周六打球吗") == []
    assert [each.text for each in await group.says("@nanhai_yizhan_bot 在吗")] == [HINT]
    assert await group.says("@nanhai_yizhan_bot 在吗") == []
    other = town.telegram.group(group.member, title="平洲广场舞")
    assert [each.text for each in await other.says("/start@nanhai_yizhan_bot")] == [HINT]
    await town.after(hours=14)
    assert [each.text for each in await group.replies(group.screen[0], "在吗")] == [HINT]
    assert await group.adds_the_bot() == []
    assert len(group.screen) == 2


async def test_a_process_that_was_not_there_does_not_say_it_again(
    town: Nanhai, group: Group
) -> None:
    assert await group.adds_the_bot() != []
    await town.restarts()
    assert await group.says("/start@nanhai_yizhan_bot") == []


async def test_an_update_that_is_repeated_is_answered_the_same(town: Nanhai, group: Group) -> None:
    assert town.telegram is not None
    message = group.message(text="@nanhai_yizhan_bot")
    group.started = True
    update = town.telegram.push("message", message, lane=group.chat_id)
    await update.settled.wait()
    for _ in range(2):
        town.telegram.updates.repeat(update)
        await update.settled.wait()
        await town.restarts()
    assert [each.text for each in group.screen] == [HINT] * 3
