"""How the station speaks: what its texts keep to, and what the check of every story finds."""

import re

import pytest

from bot.conversation.messages import Message, ShownButton, ShownChoice
from locales import translations
from tests.stories import manners

MENU = ShownButton("菜单", "menu")


def texts() -> list[str]:
    """Every text in both languages."""
    found: list[str] = []
    for original, chinese in translations("zh_CN").items():
        found += [original] if isinstance(original, str) else [*original]
        found.append(chinese)
    return found


def test_no_text_raises_its_voice_or_keeps_its_distance() -> None:
    assert len(texts()) > 500
    assert [each for each in texts() if re.search("[!！您]|尊敬", each)] == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("好", buttons=(MENU,) * 4), "4 buttons"),
        (Message("好", buttons=(ShownButton("看看全部活动吧", "menu"),)), "a long button"),
        (Message("Good", buttons=(ShownButton("Have a look around", "menu"),)), "a long button"),
        (Message("好\n" * 7, buttons=(MENU,)), "7 lines"),
        (Message("好"), "no way on"),
    ],
)
def test_what_is_too_much_for_one_screen_is_found(message: Message, fault: str) -> None:
    assert [each.startswith(fault) for each in manners.faults(message)] == [True]


def test_a_list_and_what_was_asked_for_in_full_may_be_longer() -> None:
    choice = ShownChoice(1, "羽毛球友谊赛", "event.1")
    card = ShownButton("报名", "sign-up.1")
    assert list(manners.faults(Message("好\n" * 9, choices=(choice,), buttons=(MENU,) * 3))) == []
    assert list(manners.faults(Message("好\n" * 9, buttons=(card, MENU)))) == []
    assert list(manners.faults(Message("Bye", buttons=(ShownButton("Can't make it", "x"),)))) == []
