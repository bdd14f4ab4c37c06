"""Whoever writes again is shown what has not reached them, whatever the reason, and once."""

from datetime import timedelta

import pytest

from bot.channels import Doubtful, Outcome, Refused, TryLater, Unreachable
from bot.conversation.incoming import Incoming
from models.sending import missed
from models.sending.deliveries import DeliveryState
from tests.miniature.house import House
from tests.miniature.platform import ACCOUNT, Platform

AN_HOUR = timedelta(hours=1)

REASONS: dict[str, Outcome] = {
    "blocked": Unreachable("blocked"),
    "does not follow": Unreachable("errcode 43004: does not follow"),
    "refused": Refused("errcode 45002"),
    "in doubt": Doubtful("an answer that is not JSON"),
    "halted": TryLater(AN_HOUR, "errcode 45009", whole_account=True),
    "outside the window": Unreachable("errcode 45015: the window is closed", for_good=False),
}


async def _says(house: House, text: str = "hi") -> str:
    house.hands.now += timedelta(seconds=1)
    key = f"{house.hands.now.timestamp()}"
    message = await house.dispatcher.listen(Incoming(ACCOUNT, "ana", key, text=text))
    assert message is not None
    return message.text


@pytest.mark.parametrize("outcome", REASONS.values(), ids=REASONS)
async def test_a_notice_that_did_not_arrive_is_shown_with_the_next_answer_and_only_once(
    house: House, platform: Platform, outcome: Outcome
) -> None:
    house.owe(house.member(), "called-off")
    platform.answers = lambda to, message: outcome
    for _ in range(3):
        await house.at(house.hands.now + timedelta(seconds=30))
    assert "called-off" in await _says(house)
    assert (house.only().state, house.only().reason) == (DeliveryState.SENT, "shown")
    assert "called-off" not in await _says(house)
    await house.at(house.hands.now + 2 * AN_HOUR)
    assert platform.said == []


async def test_what_came_due_while_the_account_was_halted_is_shown_as_well(
    house: House, platform: Platform
) -> None:
    member = house.member()
    house.owe(member, "moved")
    platform.answers = lambda to, message: REASONS["halted"]
    await house.at(house.hands.now)
    house.owe(member, "called-off")
    said = await _says(house)
    assert "moved" in said
    assert "called-off" in said


async def test_what_is_only_due_is_sent_and_not_shown(house: House) -> None:
    house.owe(house.member(), "moved")
    assert "moved" not in await _says(house)
    assert house.only().state == DeliveryState.PLANNED


async def test_what_is_of_no_use_any_more_is_not_shown_and_not_looked_at_again(
    house: House, platform: Platform
) -> None:
    member = house.member()
    house.owe(member, "called-off")
    platform.answers = lambda to, message: Unreachable("blocked")
    await house.at(house.hands.now)
    house.hands.now += timedelta(days=2)
    assert "called-off" not in await _says(house)
    assert not house.store.read_now(missed.is_anything, member, house.hands.now)
    assert house.only().state == DeliveryState.UNREACHABLE
