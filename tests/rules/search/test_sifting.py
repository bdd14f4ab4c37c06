"""Ten thousand names are ranked as ten are, without each being weighed."""

import pytest

from models.rules.search import search, sifting, sounds

PLACES = ("桂城", "狮山", "里水", "大沥")
KINDS = (
    "羽毛球友谊赛",
    "走进灯具厂",
    "法律咨询",
    "春节联谊晚会",
    "Badminton match",
    "数控技能大赛",
)
ENTRIES = [
    (number, sounds.index(f"{KINDS[number % 6]}第{number}场", PLACES[number % 4]))
    for number in range(90)
]


@pytest.mark.parametrize(
    "words",
    [
        "羽毛球",
        "狮山羽毛球",
        "羽毛球 狮山",
        "yumaoqiu",
        "yu3 mao2 qiu2",
        "ymq",
        "yumq",
        "羽毛求",
        "badminton",
        "badmington",
        "灯具厂俱乐部",
        "数控技能大塞",
        "没有这个",
        "",
        "！",
    ],
)
def test_it_finds_what_weighing_each_finds(words: str) -> None:
    assert sifting.rank(words, ENTRIES) == search.rank(words, ENTRIES)


def test_a_slip_is_forgiven_among_the_first_alone() -> None:
    many = [(number, sounds.index(f"讲座{number}")) for number in range(sifting.MOST_GUESSED)]
    many.append((9999, sounds.index("Badminton")))
    assert sifting.rank("badmintno", many) == []
    assert [each for each, _ in sifting.rank("badminton", many)] == [9999]
