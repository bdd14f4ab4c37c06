"""What says who wrote a text, or how to reach somebody, does not leave the station."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.understanding.hiding import GONE, LONGEST, hidden, tells_of


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫王小明，想报名羽毛球", "我叫□,想报名羽毛球"),
        ("我叫王小明想报名羽毛球", "我叫□想报名羽毛球"),
        ("我叫欧阳娜娜", "我叫□"),
        ("我是张伟,电话138-0013-8000", "我是□,电话□"),
        ("我姓陈的，宿舍3栋502", "我姓□的,宿舍□"),
        ("帮我同事李秀英也报一个", "帮我同事□也报一个"),
        ("王师傅说周六有车去吗", "□师傅说周六有车去吗"),
        ("小王让我来问下", "□让我来问下"),
        ("“李小龙”也想去", "“□”也想去"),
        ("My name is Anna Lee, is it on?", "My name is □, is it on?"),
        ("I'm Anna and want to come", "I'm □ and want to come"),
        ("１３８００１３８０００", "□"),
        ("一三八零零一三八零零零打给我", "□打给我"),
        ("身份证44060519900101123X要带吗", "身份证□要带吗"),
        ("粤E12345能停吗", "□能停吗"),
        ("加我vx:zhang2020", "加我□"),
        ("发到 me@example.com 行不", "发到 □ 行不"),
        ("http://x.cn/a?t=1 是你们的吗", "□ 是你们的吗"),
        ("我住南海大道88号，怎么去", "□,怎么去"),
    ],
)
def test_names_numbers_and_addresses_are_taken_out(text: str, left: str) -> None:
    assert hidden(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "我是新来的,周末有什么",
        "找周末的活动",
        "12月5日14:00那个还有位吗",
        "报名3",
        "“羽毛球新手夜”几点",
        "我想找马上能去的",
        "我老婆能去不",
        "想给小朋友报名",
        "老师讲课那个,阿姨能去吗",
        "I'm sorry I can't come",
    ],
)
def test_what_is_asked_stays(text: str) -> None:
    assert hidden(text) == text


def test_a_known_name_is_taken_out_wherever_it_stands() -> None:
    assert hidden("欢欢想去,huanhuan也想去", ("欢欢", "HuanHuan")) == "□想去,□也想去"


WORDS = st.sampled_from(("羽毛球", "想去", " ", "，", "明天", "what about", "3", "报名", "\n", ":"))
PHONE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SPACED = PHONE.map(lambda each: f"{each[:3]} {each[3:7]}-{each[7:]}")
WIDE = PHONE.map(lambda each: "".join(chr(ord(digit) + 0xFEE0) for digit in each))
MAIL = st.from_regex(r"[a-z]{3,9}@[a-z]{3,9}\.com", fullmatch=True)
SECRET = st.one_of(PHONE, SPACED, WIDE, MAIL, st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))


@given(st.lists(WORDS, max_size=8), SECRET, st.lists(WORDS, max_size=8))
def test_no_number_and_no_address_is_left(before: list[str], secret: str, after: list[str]) -> None:
    left = hidden("".join(before) + "，" + secret + "，" + "".join(after))
    assert GONE in left
    assert re.search(r"\d{5}|@", left) is None
    assert hidden(left) == left
    assert len(left) <= LONGEST


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("找我 138 0013 8000", True),
        ("打 0757-86391234 问", True),
        ("身份证号 44060519900101123X 报上来", True),
        ("加微信 shishan2026", True),
        ("写到 me@example.com", True),
        ("一三八零零一三八零零零", True),
        ("小安，你来文化站", True),
        ("打 12333 问，先留好考勤", False),
        ("2026-12-05 14:00-17:30，狮山大道88号", False),
        ("每人 30 元，2026年12月5日前交", False),
    ],
)
def test_words_for_many_tell_of_nobody(text: str, tells: bool) -> None:
    assert tells_of(text, "小安") is tells
