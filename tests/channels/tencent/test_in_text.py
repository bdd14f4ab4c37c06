"""What a channel lacks, imitated in text."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tencent.in_text import (
    TextLimits,
    id_to_press,
    in_one,
    in_parts,
    press_link,
    press_to_id,
    size,
    split,
)
from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice
from tests.channels.services import link_to, render

LIMIT = 2048
words = st.text(st.sampled_from("上班族好，。！？ \nab.,;:]><&\"'%🔔é"), max_size=3000)
labels = st.text(st.sampled_from("报名Ticket 1&<>\"'%+#~🔔"), min_size=1, max_size=40).filter(
    lambda label: label.strip()
)
packed = st.text(min_size=1, max_size=64).filter(
    lambda data: len(data.encode("utf-8", "replace")) <= 64 and data.isprintable()
)
buttons = st.builds(ShownButton, label=labels, data=packed)


def no_address(path: str) -> str:
    return ""


def file_link(file: Attachment) -> str:
    return f"https://station.example/files/{file.args[0]}"


PRESS_LINK = re.compile(
    r'<a href="weixin://bizmsgmenu\?msgmenucontent=[^"&]*&msgmenuid=(?P<id>[^"&]*)">'
    r"(?P<label>[^<]*)</a>"
)


def presses_in(text: str) -> list[tuple[str, str]]:
    """The label and the data of every pressing link in a text."""
    return [(each["label"], id_to_press(each["id"])) for each in PRESS_LINK.finditer(text)]


VERIFIED = TextLimits(
    max_bytes=LIMIT, has_press_links=True, link_to=link_to, file_link=file_link, render=render
)
UNVERIFIED = replace(VERIFIED, has_press_links=False)

TOWNS = (ShownChoice(1, "桂城", "town.1"), ShownChoice(2, "狮山", "town.2"))
EVENTS = Message(
    "这个周末：\n1. 羽毛球 周六 14:00\n2. 走进灯具厂 周日 9:00",
    choices=(ShownChoice(1, "羽毛球", "e.7", True), ShownChoice(2, "走进灯具厂", "e.8", True)),
    buttons=(ShownButton("更多", "more.2"),),
)


@given(words, st.integers(4, 400))
def test_a_text_that_is_split_loses_nothing_and_fits(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < size(part) <= limit for part in parts)


@given(st.text(max_size=2000), st.integers(4, 100))
def test_any_character_may_stand_where_a_text_is_split(text: str, limit: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert "".join(split(text, limit)) == text


def test_a_long_text_is_split_between_lines() -> None:
    line = "十二个字的一行，刚好是它。\n"
    parts = split(line * 100, LIMIT)
    assert len(parts) == 2
    assert all(part.endswith("。\n") for part in parts)


def test_a_long_line_is_split_between_sentences() -> None:
    parts = split("这句话有十个字左右吧。" * 100, LIMIT)
    assert all(part.endswith("。") for part in parts)


def test_a_word_is_not_cut_while_there_is_a_space() -> None:
    parts = split("workers " * 100, 100)
    assert all(part.endswith("workers ") for part in parts)


@given(words, st.lists(buttons, max_size=12), st.lists(st.tuples(labels, packed), max_size=30))
def test_everything_that_can_be_pressed_is_in_the_parts(
    text: str, pressable: list[ShownButton], pickable: list[tuple[str, str]]
) -> None:
    choices = tuple(
        ShownChoice(number, label, data) for number, (label, data) in enumerate(pickable, 1)
    )
    parts = in_parts(Message(text, choices, tuple(pressable)), VERIFIED)
    assert all(0 < size(part) <= LIMIT for part in parts)
    found = [data for part in parts for _, data in presses_in(part)]
    assert found == [each.data for each in choices] + [each.data for each in pressable]


@given(words, st.lists(buttons, max_size=3), st.lists(st.tuples(labels, packed), max_size=60))
def test_one_text_fits_and_keeps_what_can_be_done_next(
    text: str, pressable: list[ShownButton], pickable: list[tuple[str, str]]
) -> None:
    choices = tuple(
        ShownChoice(number, label, data) for number, (label, data) in enumerate(pickable, 1)
    )
    text = in_one(Message(text, choices, tuple(pressable)), VERIFIED)
    assert size(text) <= LIMIT
    found = [data for _, data in presses_in(text)]
    assert [each.data for each in pressable] == found[len(found) - len(pressable) :]


@given(words, st.lists(buttons, max_size=12), st.lists(st.tuples(labels, packed), max_size=60))
def test_one_text_without_links_fits_as_well(
    text: str, pressable: list[ShownButton], pickable: list[tuple[str, str]]
) -> None:
    choices = tuple(
        ShownChoice(number, label, data) for number, (label, data) in enumerate(pickable, 1)
    )
    assert size(in_one(Message(text, choices, tuple(pressable)), UNVERIFIED)) <= LIMIT


@given(packed)
def test_data_survives_a_link_however_it_is_decoded(data: str) -> None:
    id = press_to_id(data)
    assert re.fullmatch(r"[A-Za-z0-9._~-]*", id)
    assert id_to_press(id) == data


@pytest.mark.parametrize("id", ["101", "%E6", "~E6", "~zz", "a~b%41", "满意"])
def test_an_id_of_somebody_elses_making_is_left_alone(id: str) -> None:
    assert id_to_press(id) == id


def test_a_label_cannot_break_out_of_its_link() -> None:
    link = press_link('"><a href="https://evil.example">x</a>&msgmenuid=steal', "join.1")
    assert link.count("<a ") == 1
    assert [data for _, data in presses_in(link)] == ["join.1"]


def test_a_text_cannot_smuggle_a_link_in() -> None:
    message = Message('<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=erase">看</a> 1 < 2')
    assert presses_in(in_one(message, VERIFIED)) == []
    assert "1 < 2" in in_one(message, VERIFIED)


def test_choices_are_lines_to_tap_with_their_numbers() -> None:
    text = in_one(Message("你在哪个镇街？", TOWNS), VERIFIED)
    assert presses_in(text) == [("1 桂城", "town.1"), ("2 狮山", "town.2")]
    assert text.startswith("你在哪个镇街？\n\n<a ")


def test_without_links_choices_are_numbered_lines() -> None:
    text = in_one(Message("你在哪个镇街？", TOWNS), UNVERIFIED)
    assert text == "你在哪个镇街？\n\n1 桂城\n2 狮山"


def test_lines_that_are_numbered_already_become_the_links() -> None:
    text = in_one(EVENTS, VERIFIED)
    assert presses_in(text) == [
        ("1. 羽毛球 周六 14:00", "e.7"),
        ("2. 走进灯具厂 周日 9:00", "e.8"),
        ("更多", "more.2"),
    ]
    assert text.count("走进灯具厂 周日") == 1


def test_somebody_elses_numbered_line_is_not_taken_for_a_choice() -> None:
    message = Message(
        "带什么：\n1. 球拍\n选一个：\n1. 羽毛球", (ShownChoice(1, "羽毛球", "e.7", True),)
    )
    assert presses_in(in_one(message, VERIFIED)) == [("1. 羽毛球", "e.7")]


def test_without_links_buttons_are_words_to_reply_with() -> None:
    message = Message(
        "走进灯具厂", buttons=(ShownButton("报名", "s.1"), ShownButton("问一问", "a.1"))
    )
    assert in_one(message, UNVERIFIED) == "走进灯具厂\n\n回复：报名 / 问一问"


def test_each_notice_has_its_own_links_below_it() -> None:
    offers = (
        Message(f"🔔 空出一个位子：第{n}场", buttons=(ShownButton("要", f"s.{n}"),)) for n in (7, 8)
    )
    message = replace(EVENTS, notices=tuple(offers))
    text = in_one(message, VERIFIED)
    assert in_parts(message, VERIFIED) == [text]
    _list, *notices = text.split("\n\n🔔")
    assert [presses_in(each) for each in notices] == [[("要", "s.7")], [("要", "s.8")]]
    assert in_one(message, UNVERIFIED).count("场\n\n回复：要") == 2
    # Where a text is too long for all of it, what can be done is kept.
    shortened = in_one(replace(message, text="一句话。\n" * 300), VERIFIED)
    assert size(shortened) <= LIMIT
    assert [data for _, data in presses_in(shortened)][-3:] == ["more.2", "s.7", "s.8"]


def test_too_many_choices_give_up_their_links_and_keep_their_numbers() -> None:
    choices = tuple(ShownChoice(n, f"兴趣队伍第{n}队", f"team.{n}") for n in range(1, 31))
    text = in_one(Message("选一支队伍：", choices, (ShownButton("跳过", "skip"),)), VERIFIED)
    assert size(text) <= LIMIT
    assert "30 兴趣队伍第30队" in text
    assert presses_in(text) == [("跳过", "skip")]


def test_a_text_too_long_for_one_says_so_and_says_what_to_do() -> None:
    message = Message("一句话。\n" * 300, buttons=(ShownButton("知道了", "ok"),))
    text = in_one(message, VERIFIED)
    assert "一句话。\n…（太长了，后面的放不下）" in text
    assert presses_in(text) == [("知道了", "ok")]
    assert size(text) <= LIMIT


def test_a_path_is_opened_where_the_station_has_an_address() -> None:
    message = Message("日历", buttons=(ShownButton("打开", url="/calendar/x.ics"),))
    limits = replace(VERIFIED, link_to=no_address)
    assert '<a href="https://station.example/calendar/x.ics">打开</a>' in in_one(message, VERIFIED)
    assert in_one(message, limits) == "日历"


def test_a_file_is_a_link_to_it() -> None:
    file = Attachment("mine.json", "application/json", "export", (7,))
    text = in_one(Message("你的资料", file=file), VERIFIED)
    assert text == '你的资料\n\n<a href="https://station.example/files/7">下载 mine.json</a>'
    english = in_one(Message("Your data", file=file, language="en"), UNVERIFIED)
    assert "Download mine.json" in english
