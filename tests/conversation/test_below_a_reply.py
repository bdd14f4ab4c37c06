"""What stood below a reply is meant as well by the words that follow it."""

from dataclasses import replace

import pytest

from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice
from bot.conversation.typed import agreed_to, link_shown_as, shown_as

LIST = Message(
    "这个周末：\n1. 羽毛球",
    (ShownChoice(1, "羽毛球", "event.7", True),),
    (ShownButton("菜单", "menu"),),
)
STOPS = Message(
    "从哪里上车？\n1. 桂城站",
    (ShownChoice(1, "桂城站", "stop.1", True),),
    (ShownButton("来不了", "give-up.8"), ShownButton("地图", url="https://maps.example/8")),
)
ASKED = Message(
    "你们的夜校被提名，同意吗？",
    buttons=(ShownButton("同意", "agree.3"),),
    picture="3.png",
    file=Attachment("a.pdf", "application/pdf", "a", (3,)),
)
BELOW = replace(LIST, notices=(STOPS, ASKED))


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [("菜单", "menu"), ("同意", "agree.3"), ("桂城站", "stop.1"), ("1", "event.7"), ("取消", "")],
)
def test_a_label_is_looked_for_in_the_reply_and_in_what_stood_below(
    typed: str, pressed: str
) -> None:
    assert shown_as(typed, lambda: BELOW) == pressed


@pytest.mark.parametrize("typed", ["60%", "60％", "2 60％", "2"])
def test_a_label_is_the_same_in_either_width(typed: str) -> None:
    part = (ShownChoice(1, "50%", "percent.50"), ShownChoice(2, "60%", "percent.60"))
    assert shown_as(typed, lambda: Message("占多少？", part)) == "percent.60"


def test_a_link_below_a_reply_is_opened_by_its_label() -> None:
    assert link_shown_as("地图", lambda: BELOW) == STOPS.buttons[1]
    assert link_shown_as("地图", lambda: LIST) is None


def test_yes_answers_the_one_question_that_was_asked() -> None:
    assert agreed_to(BELOW) == "agree.3"
    assert agreed_to(LIST) == ""
    assert agreed_to(replace(ASKED, notices=(LIST,))) == "agree.3"
    # Nobody knows which of two is meant.
    assert agreed_to(replace(ASKED, notices=(ASKED,))) == ""


def test_what_a_channel_shows_as_one_message_offers_all_of_it() -> None:
    joined = BELOW.joined()
    assert joined.text == f"{LIST.text}\n\n{STOPS.text}\n\n{ASKED.text}"
    assert joined.choices == LIST.choices
    assert joined.buttons == (*LIST.buttons, *STOPS.buttons, *ASKED.buttons)
    assert (joined.picture, joined.file) == (ASKED.picture, ASKED.file)
    assert joined.notices == ()
